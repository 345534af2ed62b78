//! Patterns of paths: `contracts`, `drafts/*.chor`, `**/old`.

/// A pattern: `*` and `?` stay within one part of a path, `**` is any number of parts. What covers a folder covers
/// everything in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    parts: Vec<String>,
}

impl Pattern {
    /// Reads a pattern; `Err` says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let parts: Vec<String> =
            text.split('/').filter(|part| !matches!(*part, "" | ".")).map(str::to_owned).collect();
        if text.starts_with('/') || text.contains('\\') {
            return Err("a pattern is a path from the folder of this file, with `/` between its parts");
        }
        if parts.iter().any(|part| part == "..") {
            return Err("a pattern stays within the folder of this file");
        }
        if text.is_empty() {
            return Err("a pattern names something; `**` is everything");
        }
        Ok(Self { parts })
    }

    /// Whether the path, or a folder around it, is meant.
    pub(super) fn covers(&self, path: &str) -> bool {
        let path: Vec<&str> = path.split('/').collect();
        let pattern: Vec<&str> = self.parts.iter().map(String::as_str).collect();
        covers(&pattern, &path)
    }
}

fn covers(pattern: &[&str], path: &[&str]) -> bool {
    match (pattern.split_first(), path.split_first()) {
        (None, _) => true,
        (Some((&"**", rest)), _) if covers(rest, path) => true,
        (Some((&"**", _)), Some((_, path))) => covers(pattern, path),
        (Some((part, rest)), Some((name, path))) => {
            matches(part.as_bytes(), name.as_bytes()) && covers(rest, path)
        }
        (Some(_), None) => false,
    }
}

/// One part of a path. On a mismatch, the last `*` takes one more character: no other needs to be tried again.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut pos) = (0, 0);
    let mut star = None;
    while pos < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, pos));
                at += 1;
            }
            Some(sign) if *sign == b'?' || Some(sign) == name.get(pos) => (at, pos) = (at + 1, pos + 1),
            _ => {
                let Some((last, taken)) = star else { return false };
                star = Some((last, taken + 1));
                (at, pos) = (last + 1, taken + 1);
            }
        }
    }
    pattern.iter().skip(at).all(|sign| *sign == b'*')
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn a_pattern_covers_what_it_names_and_what_is_in_it() {
        for (pattern, path, covered) in [
            ("drafts", "drafts/a.chor", true),
            ("drafts/", "drafts/deep/a.chor", true),
            ("./drafts", "drafts/a.chor", true),
            ("drafts", "drafts2/a.chor", false),
            ("drafts", "old/drafts/a.chor", false),
            ("**/drafts", "old/drafts/a.chor", true),
            ("**/drafts", "drafts/a.chor", true),
            ("**", "a.chor", true),
            ("*.chor", "a.chor", true),
            ("*.chor", "drafts/a.chor", false),
            ("**/*.chor", "drafts/a.chor", true),
            ("drafts/**/old", "drafts/a/b/old/c.chor", true),
            ("drafts/**/old", "drafts/old/c.chor", true),
            ("dr?fts", "drafts/a.chor", true),
            ("d*f*s", "drafts/a.chor", true),
            ("d*f*x", "drafts/a.chor", false),
            ("a*b*c", "abxbxc", true),
            ("a.chor/b", "a.chor", false),
        ] {
            assert_eq!(Pattern::parse(pattern).unwrap().covers(path), covered, "{pattern} {path}");
        }
    }

    #[test]
    fn a_pattern_leads_nowhere_outside() {
        for wrong in ["", "/drafts", "../drafts", "drafts/../..", "drafts\\a.chor"] {
            assert!(Pattern::parse(wrong).is_err(), "{wrong}");
        }
    }
}
