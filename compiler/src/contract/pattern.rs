//! Some texts that match a regular expression: enough of them to show a difference, not all.
//!
//! Literals, classes, groups, `|` and repetition are understood; for anything else there may be no text, and whoever asks
//! does without.

/// At most so many texts are made of one pattern.
const MOST: usize = 24;
/// What repeats without an end is repeated so often at most.
const REPEATS: usize = 3;
/// A text that would be longer, in bytes, is not made.
const LONGEST: usize = 4096;
/// Groups within groups beyond this are not followed.
const DEPTH: usize = 16;

/// Texts that are likely to match; the caller sees to it that they do.
pub(super) fn texts(pattern: &str) -> Vec<String> {
    let mut parser = Parser { rest: pattern.chars().collect::<Vec<_>>().into_iter().peekable() };
    let texts = parser.alternatives(0);
    if parser.rest.peek().is_some() { Vec::new() } else { texts }
}

struct Parser {
    rest: std::iter::Peekable<std::vec::IntoIter<char>>,
}

impl Parser {
    fn alternatives(&mut self, depth: usize) -> Vec<String> {
        let mut all = self.sequence(depth);
        while self.rest.next_if_eq(&'|').is_some() {
            all.extend(self.sequence(depth));
        }
        all.truncate(MOST);
        all
    }

    fn sequence(&mut self, depth: usize) -> Vec<String> {
        let mut texts = vec![String::new()];
        while let Some(next) = self.rest.peek() {
            if matches!(next, '|' | ')') {
                break;
            }
            let atom = self.atom(depth);
            let (least, most) = self.repetition();
            texts = joined(&texts, &repeated(&atom, least, most));
        }
        texts
    }

    fn atom(&mut self, depth: usize) -> Vec<String> {
        match self.rest.next() {
            Some('(') if depth < DEPTH => self.group(depth + 1),
            Some('[') => self.class(),
            Some('.') => of(['a', '0', '-']),
            Some('\\') => self.escape(),
            Some('^' | '$') => vec![String::new()],
            Some(c) => of([c]),
            None => Vec::new(),
        }
    }

    fn group(&mut self, depth: usize) -> Vec<String> {
        if self.rest.next_if_eq(&'?').is_some() {
            while self.rest.next_if(|c| *c != ':' && *c != ')' && *c != '>').is_some() {}
            self.rest.next_if(|c| *c == ':' || *c == '>');
        }
        let inside = self.alternatives(depth);
        if self.rest.next_if_eq(&')').is_some() { inside } else { Vec::new() }
    }

    /// The first, the last and one more of the characters of a class.
    fn class(&mut self) -> Vec<String> {
        let negated = self.rest.next_if_eq(&'^').is_some();
        let mut ranges: Vec<(char, char)> = Vec::new();
        while let Some(c) = self.rest.next() {
            match c {
                ']' if !ranges.is_empty() => break,
                '\\' => {
                    let escaped = self.escape();
                    ranges.extend(escaped.iter().filter_map(|text| text.chars().next()).map(|c| (c, c)));
                }
                '-' if !ranges.is_empty() && self.rest.peek().is_some_and(|next| *next != ']') => {
                    if let (Some(end), Some(last)) = (self.rest.next(), ranges.last_mut()) {
                        last.1 = end;
                    }
                }
                c => ranges.push((c, c)),
            }
        }
        let inside = |c: char| ranges.iter().any(|(from, to)| (*from..=*to).contains(&c));
        if negated {
            return of(['a', 'Z', '0', ' ', '-', '_', '~'].into_iter().filter(|c| !inside(*c)));
        }
        of(ranges.iter().flat_map(|(from, to)| if from == to { vec![*from] } else { vec![*from, *to] }))
    }

    fn escape(&mut self) -> Vec<String> {
        match self.rest.next() {
            Some('d') => of(['0', '9']),
            Some('w') => of(['a', '0', '_']),
            Some('s') => of([' ']),
            Some('D' | 'S') => of(['a']),
            Some('W') => of(['-']),
            Some('n') => of(['\n']),
            Some('t') => of(['\t']),
            Some('A' | 'z' | 'b' | 'B') => vec![String::new()],
            Some(c) if !c.is_alphanumeric() => of([c]),
            _ => Vec::new(),
        }
    }

    fn repetition(&mut self) -> (usize, usize) {
        let range = match self.rest.peek() {
            Some('*') => (0, REPEATS),
            Some('+') => (1, REPEATS),
            Some('?') => (0, 1),
            Some('{') => {
                self.rest.next();
                let mut text = String::new();
                while let Some(c) = self.rest.next_if(|c| *c != '}') {
                    text.push(c);
                }
                let (least, most) = text.split_once(',').unwrap_or((&text, &text));
                let least: usize = least.trim().parse().unwrap_or_default();
                (least, most.trim().parse().unwrap_or(least.saturating_add(REPEATS)))
            }
            _ => return (1, 1),
        };
        self.rest.next();
        self.rest.next_if_eq(&'?');
        range
    }
}

fn of(chars: impl IntoIterator<Item = char>) -> Vec<String> {
    chars.into_iter().map(String::from).collect()
}

/// Each text so often as least and most.
fn repeated(texts: &[String], least: usize, most: usize) -> Vec<String> {
    let mut counts = vec![least, most];
    counts.dedup();
    let all = counts.into_iter().flat_map(|count| texts.iter().map(move |text| (text, count)));
    let short = |(text, count): &(&String, usize)| text.len().max(1).saturating_mul(*count) <= LONGEST;
    all.filter(short).map(|(text, count)| text.repeat(count)).collect()
}

/// Each of the first with some of the second, so that every one is used and their number stays small.
fn joined(first: &[String], second: &[String]) -> Vec<String> {
    let count = if first.is_empty() || second.is_empty() {
        0
    } else if first.len() * second.len() <= MOST {
        let all = first.iter().flat_map(|start| second.iter().map(move |end| format!("{start}{end}")));
        return all.collect();
    } else {
        first.len().max(second.len()).min(MOST)
    };
    first
        .iter()
        .cycle()
        .zip(second.iter().cycle())
        .take(count)
        .map(|(start, end)| format!("{start}{end}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::matching::matches;
    use super::texts;

    /// A pattern of a lock file has not been looked at before.
    #[test]
    fn nothing_endless_is_made() {
        for pattern in ["((a{4000}){4000}){4000}", "a{18446744073709551615,}", "(a{4096}){2}"] {
            assert_eq!(texts(pattern), [""; 0], "{pattern}");
        }
    }

    #[test]
    fn what_is_made_of_a_pattern_matches_it() {
        for pattern in [
            "[A-Z]{3}-[0-9]{4}",
            "a|bc",
            r"\d+(\.\d{1,2})?",
            "(?:x|y)*z",
            "[^a-z]+",
            "[a-z0-9_-]{2,30}",
            "",
            "é+",
        ] {
            let texts = texts(pattern);
            assert!(!texts.is_empty(), "{pattern}");
            let wrong: Vec<_> = texts.iter().filter(|text| !matches(pattern, text)).collect();
            assert_eq!(wrong, [""; 0], "{pattern}");
        }
    }
}
