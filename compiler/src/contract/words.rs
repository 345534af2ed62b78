//! How changes speak of names, types and times.

use super::snapshot::{Length, Shape};

/// The last part of a qualified name.
pub(super) fn short(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// "Orders", "Orders and Payment", "Orders, Payment and 3 others"
pub(super) fn list(names: &[String]) -> String {
    match names {
        [] => "nobody".to_owned(),
        [one] => short(one).to_owned(),
        [one, other] => format!("{} and {}", short(one), short(other)),
        [one, other, third] => format!("{}, {} and {}", short(one), short(other), short(third)),
        [one, other, rest @ ..] => format!("{}, {} and {} others", short(one), short(other), rest.len()),
    }
}

/// "Orders, Payment, Stock and Shipping": nobody is left out.
pub(super) fn everybody(names: &[String]) -> String {
    let all: Vec<&str> = names.iter().map(|name| short(name)).collect();
    match all.split_last() {
        None => "nobody".to_owned(),
        Some((one, [])) => (*one).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// "`OrderPlaced`, `OrderPaid`"
pub(super) fn quoted(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{}`", short(name))).collect();
    quoted.join(", ")
}

/// `90s`, `15m`, `14d`: as the language writes it, in the largest unit that needs no other beside it.
pub(super) fn time(millis: u64) -> String {
    const UNITS: [(&str, u64); 4] = [("d", 24 * 3_600_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)];
    match UNITS.into_iter().find(|(_, unit)| millis.is_multiple_of(*unit)) {
        Some((name, unit)) => format!("{}{name}", millis / unit),
        None => format!("{millis}ms"),
    }
}

/// A type as the language writes it.
pub(super) fn words(shape: &Shape) -> String {
    match shape {
        Shape::Scalar { of, min, max, pattern } => {
            let mut bounds = Vec::new();
            bounds.extend(min.as_ref().map(|min| format!("min: {min}")));
            bounds.extend(max.as_ref().map(|max| format!("max: {max}")));
            bounds.extend(pattern.as_ref().map(|pattern| format!("pattern: {pattern:?}")));
            let bounds = if bounds.is_empty() { String::new() } else { format!("({})", bounds.join(", ")) };
            format!("`{}{bounds}`", of.keyword())
        }
        Shape::Named(name) => format!("`{name}`"),
        Shape::List { of, length } => format!("`[{}]{}`", words(of).trim_matches('`'), length_words(length)),
        Shape::Map { keys, of, length } => {
            format!(
                "`{{{}: {}}}{}`",
                words(keys).trim_matches('`'),
                words(of).trim_matches('`'),
                length_words(length)
            )
        }
    }
}

fn length_words(length: &Length) -> String {
    match (length.min, length.max) {
        (None, None) => String::new(),
        (Some(min), None) => format!("(min: {min})"),
        (None, Some(max)) => format!("(max: {max})"),
        (Some(min), Some(max)) => format!("(min: {min}, max: {max})"),
    }
}
