//! Numbers of the contract as literals of Rust.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// `1_000_000`, `-5`
pub(super) fn integer(text: &str) -> Option<TokenStream> {
    let number: i128 = text.parse().ok()?;
    signed(number < 0, &grouped(&number.unsigned_abs().to_string()))
}

/// `0.5`, `-1_000_000.0`
pub(super) fn float(text: &str) -> Option<TokenStream> {
    let number: f64 = text.parse().ok()?;
    let shown = format!("{:?}", number.abs());
    match shown.split_once('.') {
        Some((whole, part)) if part.bytes().all(|byte| byte.is_ascii_digit()) => {
            let part = grouped_fraction(part);
            signed(number < 0.0, &format!("{}.{part}", grouped(whole)))
        }
        _ => signed(number < 0.0, &shown),
    }
}

/// `0.25` as `rt::Decimal::new(25, 2)`; what an `i64` cannot hold, as a whole number of 128 bits and the digits of its part.
pub(super) fn decimal(text: &str) -> Option<TokenStream> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let mantissa: i128 = format!("{whole}{part}").parse().ok()?;
    let is_short = i64::try_from(mantissa).is_ok();
    let mantissa = signed(mantissa < 0, &grouped(&mantissa.unsigned_abs().to_string()))?;
    let scale = Literal::usize_unsuffixed(part.len());
    Some(if is_short {
        quote!(rt::Decimal::new(#mantissa, #scale))
    } else {
        quote!(rt::Decimal::from_i128_with_scale(#mantissa, #scale))
    })
}

fn signed(negative: bool, digits: &str) -> Option<TokenStream> {
    let literal: TokenStream = digits.parse().ok()?;
    Some(if negative { quote!(-#literal) } else { literal })
}

/// In groups of three from the right, where there are more than five.
fn grouped(digits: &str) -> String {
    let offset = if digits.len() > 5 { digits.len() % 3 } else { digits.len() };
    let (first, rest) = digits.split_at_checked(offset).unwrap_or((digits, ""));
    let groups = std::iter::once(first.to_owned()).filter(|first| !first.is_empty());
    groups.chain(threes(rest)).collect::<Vec<_>>().join("_")
}

/// In groups of three from the left, where there are more than five.
fn grouped_fraction(digits: &str) -> String {
    if digits.len() > 5 { threes(digits).join("_") } else { digits.to_owned() }
}

fn threes(digits: &str) -> Vec<String> {
    digits.as_bytes().chunks(3).map(|group| String::from_utf8_lossy(group).into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tokens: Option<TokenStream>, expected: &str) {
        assert_eq!(tokens.unwrap().to_string().replace(' ', ""), expected);
    }

    #[test]
    fn integers() {
        check(integer("1000"), "1000");
        check(integer("1000000"), "1_000_000");
        check(integer("-9223372036854775808"), "-9_223_372_036_854_775_808");
        assert!(integer("x").is_none());
    }

    #[test]
    fn floats() {
        check(float("1"), "1.0");
        check(float("-0.5"), "-0.5");
        check(float("1000000.1234567"), "1_000_000.123_456_7");
    }

    #[test]
    fn decimals() {
        check(decimal("0.25"), "rt::Decimal::new(25,2)");
        check(decimal("-1"), "rt::Decimal::new(-1,0)");
        check(decimal("92233720368547758.07"), "rt::Decimal::new(9_223_372_036_854_775_807,2)");
        let long = "rt::Decimal::from_i128_with_scale(-9_999_999_999_999_999_999_999,2)";
        check(decimal("-99999999999999999999.99"), long);
    }
}
