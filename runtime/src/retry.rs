use std::time::Duration;

/// How often, and after which waits, a method is called again that failed for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How often it is called at most; after that the instance is set aside.
    pub attempts: u32,
    /// The wait after the first failure; each further one is twice as long.
    pub first: Duration,
    /// No wait is longer than this.
    pub longest: Duration,
}

impl Default for RetryPolicy {
    /// Ten calls within about a minute and a half.
    fn default() -> Self {
        Self { attempts: 10, first: Duration::from_millis(100), longest: Duration::from_secs(30) }
    }
}

impl RetryPolicy {
    /// The wait after this many failures, spread by `jitter` (0 to 1) so that many do not return at once:
    /// between half of the doubled wait and all of it.
    pub(crate) fn wait(&self, failures: u32, jitter: f64) -> Duration {
        let doublings = failures.saturating_sub(1).min(30);
        let full = self.first.saturating_mul(1_u32 << doublings).min(self.longest);
        full.mul_f64(0.5 + jitter.clamp(0.0, 1.0) / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let policy =
            RetryPolicy { attempts: 5, first: Duration::from_millis(100), longest: Duration::from_secs(1) };
        let check = |failures, jitter, millis| {
            assert_eq!(policy.wait(failures, jitter), Duration::from_millis(millis));
        };
        check(1, 1.0, 100);
        check(1, 0.0, 50);
        check(2, 1.0, 200);
        check(4, 1.0, 800);
        check(5, 1.0, 1000);
        check(u32::MAX, 1.0, 1000);
    }
}
