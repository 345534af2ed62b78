//! Makes an input that breaks something smaller, for as long as it still does.

use std::time::{Duration, Instant};

/// A smaller input is a convenience: it is not waited for longer.
const LONGEST: Duration = Duration::from_mins(1);

/// Leaves out pieces, of half the input at first and of one byte in the end.
pub(crate) fn shrink(mut input: Vec<u8>, fails: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let end = Instant::now() + LONGEST;
    let mut piece = input.len() / 2;
    while piece > 0 {
        let mut at = 0;
        let mut smaller = false;
        while at < input.len() && Instant::now() < end {
            let rest = &input[(at + piece).min(input.len())..];
            let without = [&input[..at], rest].concat();
            if fails(&without) {
                input = without;
                smaller = true;
            } else {
                at += piece;
            }
        }
        if !smaller || Instant::now() >= end {
            piece /= 2;
        }
    }
    input
}

#[test]
fn what_does_not_matter_is_left_out() {
    let text = "a long text with a ( somewhere, and a ) behind it";
    let both = |text: &[u8]| text.iter().position(|it| *it == b'(') < text.iter().position(|it| *it == b')');
    let small = shrink(text.as_bytes().to_vec(), |text| text.contains(&b'(') && both(text));
    assert_eq!(small, b"()");
}
