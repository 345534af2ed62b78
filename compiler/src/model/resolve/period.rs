//! How long a deadline is.

use crate::diag::words::shown;
use crate::diag::{Diagnostic, codes};
use crate::syntax::tree::Word;

/// Longer than a hundred years of 365 days, nobody waits.
const LONGEST: u64 = 100 * 365 * UNITS[4].1;

/// The units, in the order in which they stand behind each other, with their milliseconds.
const UNITS: [(&str, u64); 5] =
    [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 24 * 3_600_000)];

/// The milliseconds of `15m` or `1h30m`.
pub(super) fn millis(word: Word<'_>) -> Result<u64, Box<Diagnostic>> {
    let text = word.text;
    let sum = parts(text).try_fold(0_u64, |sum, part| {
        let (number, unit) = part?;
        sum.checked_add(number.checked_mul(unit)?)
    });
    match sum {
        Some(millis @ 1..=LONGEST) => Ok(millis),
        Some(0) => Err(invalid(word, "a deadline of no time at all has passed before anything can happen")),
        _ => Err(invalid(word, &format!("`{}` is longer than a hundred years", shown(text)))),
    }
}

/// Number and unit of each part; `None` where the number is too large.
fn parts(text: &str) -> impl Iterator<Item = Option<(u64, u64)>> + '_ {
    let mut rest = text;
    std::iter::from_fn(move || {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, behind) = rest.split_at_checked(digits)?;
        let end = behind.find(|c: char| c.is_ascii_digit()).unwrap_or(behind.len());
        let (unit, behind) = behind.split_at_checked(end)?;
        rest = behind;
        let unit = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, millis)| *millis);
        Some(number.parse().ok().zip(unit))
    })
}

fn invalid(word: Word<'_>, message: &str) -> Box<Diagnostic> {
    let finding = Diagnostic::new(&codes::INVALID_PERIOD, word.span, message)
        .label("from 1 millisecond to a hundred years")
        .help("write a number and its unit: `500ms`, `30s`, `15m`, `2h`, `1d`, `1h30m`");
    Box::new(finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn check(text: &str, expected: Option<u64>) {
        assert_eq!(millis(Word { text, span: Span::default() }).ok(), expected, "{text}");
    }

    #[test]
    fn periods_are_sums_of_their_parts() {
        check("500ms", Some(500));
        check("30s", Some(30_000));
        check("1h30m", Some(5_400_000));
        check("2d", Some(172_800_000));
        check("0s", None);
        check("36501d", None);
        check("99999999999999999999d", None);
        check("18446744073709551615ms1ms", None);
    }
}
