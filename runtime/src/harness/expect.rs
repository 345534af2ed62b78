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
    /// Asserts that this was published for this key, and nothing else; [`trace!`](super::trace) writes it. What must come
    /// first stands first; what may come in any order may stand in any, and so may those who hear an event.
    ///
    /// # Panics
    ///
    /// If it was not: with the steps that are missing and those that are too many, and with where each participant stands
    /// and which events it could take there.
    #[track_caller]
    pub fn expect(&self, key: &str, trace: impl AsRef<[&'static str]>) {
        let expected = trace.as_ref();
        assert!(self.is(key, expected), "{}", self.otherwise(key, expected));
    }

    /// Whether this is one of the orders in which what was published may have come.
    fn is(&self, key: &str, expected: &[&str]) -> bool {
        let steps = self.steps(key).map(|(number, it, after)| (number, sorted(&it.to_string()), after));
        let mut left: Vec<(usize, String, &[usize])> = steps.collect();
        for step in expected.iter().map(|step| sorted(step)) {
            let comes_first = |after: &[usize]| left.iter().all(|(number, ..)| !after.contains(number));
            let next = left.iter().position(|(_, other, after)| *other == step && comes_first(after));
            let Some(next) = next else { return false };
            left.remove(next);
        }
        left.is_empty()
    }

    fn otherwise(&self, key: &str, expected: &[&str]) -> String {
        let mut text = format!("{key} went another way than expected (seed {}):\n", self.seed);
        text.push_str(&difference(&self.of(key), expected));
        text.push_str("where they stand:\n");
        for stand in self.stands.iter().filter(|stand| stand.instance.key.as_str() == key) {
            // Writing to a String does not fail.
            let _ = writeln!(text, "  {stand} (state {})", stand.state);
        }
        text
    }
}

/// The step with those who hear it in order.
fn sorted(step: &str) -> String {
    let parts = step.split_once(" -> ").and_then(|(from, rest)| Some((from, rest.split_once(": ")?)));
    let Some((from, (to, event))) = parts else { return step.to_owned() };
    let mut to: Vec<&str> = to.split(", ").collect();
    to.sort_unstable();
    format!("{from} -> {}: {event}", to.join(", "))
}

/// Both side by side: `-` is missing, `+` is too much.
fn difference(went: &[String], expected: &[&str]) -> String {
    let (mut text, mut went) = (String::new(), went.iter().map(String::as_str).peekable());
    let mut line = |mark: char, step: &str| {
        // Writing to a String does not fail.
        let _ = writeln!(text, "{mark} {step}");
    };
    for wanted in expected {
        if !went.clone().any(|step| sorted(step) == sorted(wanted)) {
            line('-', wanted);
            continue;
        }
        for step in went.by_ref() {
            if sorted(step) == sorted(wanted) {
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
