//! Bounds: `string(max: 64)`. Each is checked against the type that it narrows.

use std::cmp::Ordering;
use std::fmt;

use crate::diag::words::shown;
use crate::diag::{Diagnostic, Diagnostics, closest, codes};
use crate::model::{Bounds, DECIMAL_DIGITS, Decimal, Scalar, whole_text};
use crate::source::Span;
use crate::syntax::tree::{Argument, ValueKind};

/// The bounds of a scalar.
pub(super) fn of_scalar(scalar: Scalar, written: &[Argument<'_>], findings: &mut Diagnostics) -> Bounds {
    if written.is_empty() {
        return Bounds::default();
    }
    let measure = match scalar {
        Scalar::I32 => Measure::integer(i32::MIN, i32::MAX),
        Scalar::I64 => Measure::integer(i64::MIN, i64::MAX),
        Scalar::U32 => Measure::integer(u32::MIN, u32::MAX),
        Scalar::U64 => Measure::integer(u64::MIN, u64::MAX),
        Scalar::F64 => Measure::Float,
        Scalar::Decimal => Measure::Decimal,
        Scalar::String | Scalar::Bytes => Measure::Length,
        Scalar::Bool | Scalar::Uuid | Scalar::Date | Scalar::Timestamp | Scalar::Duration => Measure::Nothing,
    };
    let takes = match measure {
        Measure::Nothing => &[][..],
        _ if scalar == Scalar::String => &["min", "max", "pattern"],
        _ => &["min", "max"],
    };
    Reader { what: format_args!("`{}`", scalar.keyword()), takes, measure, findings }.read(written)
}

/// The bounds of a list: how many elements.
pub(super) fn of_list(written: &[Argument<'_>], findings: &mut Diagnostics) -> Bounds {
    of_length(format_args!("a list"), written, findings)
}

/// The bounds of a map: how many entries.
pub(super) fn of_map(written: &[Argument<'_>], findings: &mut Diagnostics) -> Bounds {
    of_length(format_args!("a map"), written, findings)
}

fn of_length(what: fmt::Arguments<'_>, written: &[Argument<'_>], findings: &mut Diagnostics) -> Bounds {
    if written.is_empty() {
        return Bounds::default();
    }
    Reader { what, takes: &["min", "max"], measure: Measure::Length, findings }.read(written)
}

/// A named type has the bounds of its declaration.
pub(super) fn of_named(name: &str, written: &[Argument<'_>], findings: &mut Diagnostics) {
    let Some(first) = written.first() else { return };
    let span = written.last().map_or(first.span, |last| first.span.to(last.span));
    let name = shown(name);
    findings.push(
        Diagnostic::new(&codes::BOUND_NOT_APPLICABLE, span, format!("`{name}` brings its own bounds"))
            .label("not possible on a named type")
            .help(format!("put the bounds where `{name}` is declared, or declare another `type` with them")),
    );
}

/// What `min` and `max` measure.
#[derive(Clone, Copy)]
enum Measure {
    Nothing,
    /// The value, between what the type can hold.
    Integer(i128, i128),
    Float,
    Decimal,
    /// How many characters, bytes, elements or entries.
    Length,
}

impl Measure {
    fn integer(least: impl Into<i128>, greatest: impl Into<i128>) -> Self {
        Self::Integer(least.into(), greatest.into())
    }
}

/// A bound that was understood.
enum Number {
    Whole(i128),
    Broken(f64),
    Exact(Decimal),
}

impl Number {
    fn exceeds(&self, other: &Self) -> bool {
        let order = match (self, other) {
            (Self::Whole(a), Self::Whole(b)) => a.partial_cmp(b),
            (Self::Broken(a), Self::Broken(b)) => a.partial_cmp(b),
            (Self::Exact(a), Self::Exact(b)) => a.partial_cmp(b),
            _ => None,
        };
        order == Some(Ordering::Greater)
    }
}

struct Reader<'a> {
    /// The type, as messages call it.
    what: fmt::Arguments<'a>,
    takes: &'a [&'a str],
    measure: Measure,
    findings: &'a mut Diagnostics,
}

impl Reader<'_> {
    fn read(mut self, written: &[Argument<'_>]) -> Bounds {
        let mut bounds = Bounds::default();
        let (mut min, mut max) = (None, None);
        for (at, argument) in written.iter().enumerate() {
            let Some(key) = self.key(argument) else { continue };
            let has_key = |before: &&Argument<'_>| before.key.is_some_and(|word| word.text == key);
            if let Some(first) = written.iter().take(at).find(has_key) {
                self.twice(key, argument.span, first.span);
                continue;
            }
            let content = argument.value.content();
            if key == "pattern" {
                self.pattern(argument, &content);
                bounds.pattern = Some(content);
                continue;
            }
            let Some(number) = self.number(key, argument) else { continue };
            let (place, kept) =
                if key == "min" { (&mut min, &mut bounds.min) } else { (&mut max, &mut bounds.max) };
            *place = Some((number, argument.span));
            *kept = Some(content);
        }
        if let (Some((min, min_span)), Some((max, max_span))) = (min, max)
            && min.exceeds(&max)
        {
            self.findings.push(
                Diagnostic::new(&codes::INVALID_BOUND, max_span, "no value lies between these bounds")
                    .label("smaller than `min`")
                    .related(min_span, "greater than `max`")
                    .help("make `min` the smaller of the two"),
            );
        }
        bounds
    }

    /// The bound's name, where the type has such a bound.
    fn key<'s>(&mut self, argument: &Argument<'s>) -> Option<&'s str> {
        let what = self.what;
        let offer = || match self.takes {
            [] => format!("remove it: {what} has no bounds"),
            takes => format!("{what} takes {}", list(takes)),
        };
        let Some(key) = argument.key else {
            let message = format!("`{}` says not which bound it is", shown(argument.value.text));
            self.findings.push(
                Diagnostic::new(&codes::BOUND_NOT_APPLICABLE, argument.span, message)
                    .label("a name and a colon are missing")
                    .help(offer()),
            );
            return None;
        };
        if self.takes.contains(&key.text) {
            return Some(key.text);
        }
        let message = format!("{what} has no bound `{}`", shown(key.text));
        let finding = Diagnostic::new(&codes::BOUND_NOT_APPLICABLE, key.span, message)
            .label("not a bound of this type");
        self.findings.push(match closest(key.text, self.takes.iter().copied()) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")).edit(key.span, meant),
            None => finding.help(offer()),
        });
        None
    }

    fn twice(&mut self, key: &str, span: Span, first: Span) {
        self.findings.push(
            Diagnostic::new(&codes::LISTED_TWICE, span, format!("`{key}` is given twice"))
                .label("once more here")
                .related(first, "given here")
                .help("remove one of the two"),
        );
    }

    fn number(&mut self, key: &str, argument: &Argument<'_>) -> Option<Number> {
        let text = argument.value.text;
        let problem = match (argument.value.kind, self.measure) {
            (ValueKind::Number, Measure::Integer(least, greatest)) => match text.parse::<i128>() {
                Ok(number) if (least..=greatest).contains(&number) => return Some(Number::Whole(number)),
                Ok(_) => format!("{} holds {least} to {greatest}", self.what),
                Err(_) => format!("{} holds whole numbers", self.what),
            },
            (ValueKind::Number, Measure::Length) => match text.parse::<u32>() {
                Ok(number) => return Some(Number::Whole(number.into())),
                Err(_) => "a length is a whole number from 0 to 4294967295".to_owned(),
            },
            (ValueKind::Number, Measure::Decimal) => match Decimal::parse(text) {
                Some(number) => return Some(Number::Exact(number)),
                None => format!("a `decimal` has at most {DECIMAL_DIGITS} digits"),
            },
            (ValueKind::Number, _) => match text.parse::<f64>() {
                Ok(number) if number.is_finite() => return Some(Number::Broken(number)),
                _ => "an `f64` cannot hold this number".to_owned(),
            },
            _ => "a number is expected here".to_owned(),
        };
        let message = format!("`{key}: {}` cannot be met", shown(text));
        self.findings.push(
            Diagnostic::new(&codes::INVALID_BOUND, argument.value.span, message)
                .label(problem)
                .help(format!("write another number behind `{key}:`, or remove this bound")),
        );
        None
    }

    fn pattern(&mut self, argument: &Argument<'_>, pattern: &str) {
        let span = argument.value.span;
        if argument.value.kind != ValueKind::String {
            self.findings.push(
                Diagnostic::new(&codes::INVALID_PATTERN, span, "a pattern stands in quotes")
                    .label("not a string")
                    .help("put the regular expression in quotes: `pattern: \"[A-Z]+\"`"),
            );
        } else if let Err(error) = whole_text(pattern) {
            let message = format!("`{}` is not a regular expression", shown(pattern));
            self.findings.push(
                Diagnostic::new(&codes::INVALID_PATTERN, span, message)
                    .label(error.to_string())
                    .help("mend the pattern; it is matched against the whole text, without `^` and `$`"),
            );
        }
    }
}

/// "`min`, `max` and `pattern`"
fn list(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}
