//! The words of a name, and what kind of words they are.

use std::borrow::Cow;

/// The words of `OrderPlaced`, `order_placed` or `HTTPRequest2`, in lower case: `order` `placed`, `http` `request2`.
pub(super) fn words(name: &str) -> Vec<Cow<'_, str>> {
    let mut words = Vec::new();
    for part in name.split('_') {
        let mut rest = part;
        while !rest.is_empty() {
            let (word, after) = rest.split_at(first_word(rest));
            words.push(lowercase(word));
            rest = after;
        }
    }
    words
}

/// How many bytes of something without underscores are its first word.
fn first_word(part: &str) -> usize {
    let bytes = part.as_bytes();
    let begins = |at: &usize| {
        let is = |at: usize, kind: fn(&u8) -> bool| bytes.get(at).is_some_and(kind);
        is(*at, u8::is_ascii_uppercase)
            && (!is(at - 1, u8::is_ascii_uppercase) || is(at + 1, u8::is_ascii_lowercase))
    };
    (1..part.len()).find(begins).unwrap_or(part.len())
}

fn lowercase(word: &str) -> Cow<'_, str> {
    if word.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(word.to_ascii_lowercase())
    } else {
        Cow::Borrowed(word)
    }
}

/// Whether something of this word has happened: `placed`, `sent`. A number behind it says only which: `sent2`.
pub(super) fn is_past(word: &str) -> bool {
    let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
    IRREGULAR.contains(&word) || (word.ends_with("ed") && word.len() > 3 && !ENDS_IN_ED.contains(&word))
}

/// What has happened without ending in `ed`.
const IRREGULAR: &[&str] = &[
    "begun",
    "bound",
    "bought",
    "broken",
    "brought",
    "built",
    "caught",
    "chosen",
    "cut",
    "dealt",
    "done",
    "drawn",
    "driven",
    "fallen",
    "fed",
    "felt",
    "forgiven",
    "forgotten",
    "fought",
    "found",
    "frozen",
    "given",
    "gone",
    "grown",
    "heard",
    "held",
    "hidden",
    "hit",
    "hurt",
    "kept",
    "known",
    "laid",
    "learnt",
    "led",
    "left",
    "lent",
    "lost",
    "made",
    "met",
    "missing",
    "overdue",
    "overridden",
    "overwritten",
    "paid",
    "proven",
    "put",
    "read",
    "rebuilt",
    "redone",
    "repaid",
    "resent",
    "reset",
    "rewritten",
    "ridden",
    "risen",
    "run",
    "rung",
    "said",
    "seen",
    "sent",
    "set",
    "shown",
    "shut",
    "sold",
    "spent",
    "split",
    "spoken",
    "stolen",
    "struck",
    "sunk",
    "swept",
    "taken",
    "taught",
    "thrown",
    "told",
    "torn",
    "understood",
    "undone",
    "unset",
    "upset",
    "withdrawn",
    "withheld",
    "won",
    "worn",
    "written",
];

/// What ends in `ed` and has not happened.
const ENDS_IN_ED: &[&str] = &[
    "bleed",
    "breed",
    "creed",
    "deed",
    "embed",
    "exceed",
    "feed",
    "greed",
    "heed",
    "hundred",
    "indeed",
    "need",
    "newsfeed",
    "proceed",
    "reed",
    "seed",
    "shed",
    "sled",
    "speed",
    "steed",
    "succeed",
    "watershed",
    "weed",
];

#[cfg(test)]
mod tests {
    use super::{is_past, words};

    #[test]
    fn names_fall_into_words_in_every_style() {
        for (name, expected) in [
            ("OrderPlaced", "order placed"),
            ("order_placed", "order placed"),
            ("HTTPRequestSent", "http request sent"),
            ("parseURL", "parse url"),
            ("OrderV2Placed", "order v2 placed"),
            ("ORDER_PLACED", "order placed"),
            ("_leading__two", "leading two"),
            ("A", "a"),
        ] {
            assert_eq!(words(name).join(" "), expected, "{name}");
        }
    }

    #[test]
    fn what_has_happened_is_told_from_what_has_not() {
        for past in ["placed", "sent", "paid", "withdrawn", "fed", "done0", "placed12"] {
            assert!(is_past(past), "{past}");
        }
        for not in ["feed", "seed", "red", "order", "place", "sending", "ed"] {
            assert!(!is_past(not), "{not}");
        }
    }
}
