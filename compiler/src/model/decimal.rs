//! Decimal numbers as texts, compared without loss: none of them is an `f64`.

use std::cmp::Ordering;
use std::str::FromStr;

/// As many digits as the runtime's decimals hold, whatever they are.
pub const DECIMAL_DIGITS: usize = 28;

/// A number, kept as its sign and its digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    negative: bool,
    /// Digits before the point, without leading zeros.
    whole: String,
    /// Digits behind it, without trailing zeros.
    fraction: String,
}

impl Decimal {
    /// `-12.50`; `None`: it is none, or has too many digits.
    pub fn parse(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || whole.is_empty() {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        if whole.len() + fraction.len() > DECIMAL_DIGITS {
            return None;
        }
        let (whole, fraction) = (whole.to_owned(), fraction.trim_end_matches('0').to_owned());
        let zero = whole.is_empty() && fraction.is_empty();
        Some(Self { negative: text.starts_with('-') && !zero, whole, fraction })
    }

    fn size(&self) -> (usize, &str, &str) {
        (self.whole.len(), &self.whole, &self.fraction)
    }
}

impl FromStr for Decimal {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::parse(text).ok_or(())
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(match (self.negative, other.negative) {
            (false, false) => self.size().cmp(&other.size()),
            (true, true) => other.size().cmp(&self.size()),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Decimal;

    #[test]
    fn numbers_are_compared_by_value() {
        let number = |text| Decimal::parse(text).unwrap();
        assert!(number("9") < number("10.0"));
        assert!(number("-10") < number("-9.5"));
        assert!(number("0.25") < number("0.3"));
        assert_eq!(number("-0.0"), number("0"));
        assert_eq!(number("007.50"), number("7.5"));
        assert_eq!(number(&"0".repeat(40)), number("0"));
        assert_eq!(["", ".", "1e3", "1,5"].map(Decimal::parse), [None, None, None, None]);
    }
}
