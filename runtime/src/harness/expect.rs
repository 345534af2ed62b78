//! Comparing a run with what was expected of it.

use std::fmt::Write as _;

use super::Run;

/// The way that a flow should go, one step behind the other, as a choreography has them.
///
/// ```
/// use chor_runtime::harness::trace;
///
/// let paid = trace![
///     Customer -> Orders: PlaceOrder;
///     Orders -> Payment, Inventory: OrderPlaced;
/// ];
/// assert_eq!(paid, ["Customer -> Orders: PlaceOrder", "Orders -> Payment, Inventory: OrderPlaced"]);
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __harness_trace {
    ($($from:ident -> $to:ident $(, $more:ident)* : $event:ident);* $(;)?) => {
        [$(concat!(
            stringify!($from), " -> ", stringify!($to), $(", ", stringify!($more),)* ": ", stringify!($event)
        )),*]
    };
}

impl Run {
    /// Asserts that this was published for this key, in the order of [`of`](Self::of); [`trace!`](super::trace) writes it.
    ///
    /// # Panics
    ///
    /// If it was not: with the steps that are missing and those that are too many, and with where each participant stands
    /// and which events it could take there.
    #[track_caller]
    pub fn expect(&self, key: &str, trace: impl AsRef<[&'static str]>) {
        let (went, expected) = (self.of(key), trace.as_ref());
        assert!(went == expected, "{}", self.otherwise(key, &went, expected));
    }

    fn otherwise(&self, key: &str, went: &[String], expected: &[&str]) -> String {
        let mut text = format!("{key} went another way than expected (seed {}):\n", self.seed);
        text.push_str(&difference(went, expected));
        text.push_str("where they stand:\n");
        for stand in self.stands.iter().filter(|stand| stand.instance.key.as_str() == key) {
            // Writing to a String does not fail.
            let _ = writeln!(text, "  {stand} (state {})", stand.state);
        }
        text
    }
}

/// Both side by side: `-` is missing, `+` is too much.
fn difference(went: &[String], expected: &[&str]) -> String {
    let (mut text, mut went) = (String::new(), went.iter().map(String::as_str).peekable());
    let mut line = |mark: char, step: &str| {
        // Writing to a String does not fail.
        let _ = writeln!(text, "{mark} {step}");
    };
    for wanted in expected {
        if !went.clone().any(|step| step == *wanted) {
            line('-', wanted);
            continue;
        }
        for step in went.by_ref() {
            if step == *wanted {
                line(' ', step);
                break;
            }
            line('+', step);
        }
    }
    went.for_each(|step| line('+', step));
    text
}

#[cfg(test)]
mod tests {
    fn check(went: &[&str], expected: &[&str], difference: &str) {
        let went: Vec<String> = went.iter().map(|step| (*step).to_owned()).collect();
        assert_eq!(super::difference(&went, expected), difference, "{went:?} instead of {expected:?}");
    }

    #[test]
    fn what_is_missing_and_what_is_too_much_is_marked() {
        check(&["a", "b"], &["a", "b"], "  a\n  b\n");
        check(&["a", "x"], &["a", "b"], "  a\n- b\n+ x\n");
        check(&["a", "x", "c"], &["a", "c", "d"], "  a\n+ x\n  c\n- d\n");
        check(&[], &["a"], "- a\n");
        check(&["a"], &[], "+ a\n");
    }

    #[test]
    fn steps_in_another_order_are_told() {
        check(&["b", "a"], &["a", "b"], "+ b\n  a\n- b\n");
    }
}
