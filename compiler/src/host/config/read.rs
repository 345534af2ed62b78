//! From the text of a `chor.toml` to what it says. All that is wrong is reported, each with its place.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::pattern::Pattern;
use super::{Config, Override};
use crate::diag::{Code, Level, closest, codes};
use crate::host::problems::{Problem, Problems};
use crate::lint::limit;

/// The words on the left.
pub(super) const KEYS: [&str; 4] = ["include", "exclude", "lints", "overrides"];
pub(super) const OVERRIDE_KEYS: [&str; 2] = ["paths", "lints"];
pub(super) const LINT_KEYS: [&str; 2] = ["level", "max"];

/// What one rule is set to.
struct Setting {
    code: &'static Code,
    level: Option<Level>,
    /// The threshold, and where it stands.
    max: Option<(u32, Range<usize>)>,
}

/// Reads the text of the file of this name.
pub(super) fn read(name: &str, text: &str) -> Result<Config, Problems> {
    let (root, errors) = DeTable::parse_recoverable(text);
    let mut reader = Reader { name, text, problems: Vec::new() };
    for error in errors {
        reader.problem(error.span().unwrap_or_default(), error.message(), "mend the file: it must be TOML");
    }
    // What stands behind a mistake of the syntax may not be meant as it was read.
    let config = if reader.problems.is_empty() { reader.config(root.get_ref()) } else { Config::default() };
    // The parser keeps keys sorted by their names; a reader goes from the top of the file to its end.
    reader.problems.sort_by_key(|(offset, _)| *offset);
    Problems::none_of(reader.problems.into_iter().map(|(_, problem)| problem).collect())?;
    Ok(Config { name: name.to_owned(), ..config })
}

fn levels(settings: &[Setting]) -> Vec<(&'static Code, Level)> {
    settings.iter().filter_map(|one| Some((one.code, one.level?))).collect()
}

type Table<'t> = DeTable<'t>;
type Value<'t> = Spanned<DeValue<'t>>;

struct Reader<'a> {
    name: &'a str,
    text: &'a str,
    /// Each with the offset of its place.
    problems: Vec<(usize, Problem)>,
}

impl Reader<'_> {
    fn config(&mut self, table: &Table<'_>) -> Config {
        let mut config = Config::default();
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "include" => config.include = self.patterns(value),
                "exclude" => config.exclude = self.patterns(value),
                "lints" => {
                    let settings = self.lints(value);
                    config.lints = levels(&settings);
                    config.limits =
                        settings.iter().filter_map(|one| Some((one.code, one.max.as_ref()?.0))).collect();
                }
                "overrides" => config.overrides = self.overrides(value),
                _ => self.unknown(key.span(), key.get_ref(), &KEYS),
            }
        }
        config
    }

    fn overrides(&mut self, value: &Value<'_>) -> Vec<Override> {
        let Some(list) = value.get_ref().as_array() else {
            self.problem(value.span(), "`overrides` is a list of tables", "begin each with `[[overrides]]`");
            return Vec::new();
        };
        list.iter().filter_map(|value| self.one_override(value)).collect()
    }

    fn one_override(&mut self, value: &Value<'_>) -> Option<Override> {
        let Some(table) = value.get_ref().as_table() else {
            self.problem(value.span(), "an override is a table", "begin it with `[[overrides]]`");
            return None;
        };
        let mut part = Override::default();
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "paths" => part.paths = self.patterns(value),
                "lints" => {
                    let settings = self.lints(value);
                    part.lints = levels(&settings);
                    for (_, place) in settings.into_iter().filter_map(|one| one.max) {
                        self.problem(
                            place,
                            "a threshold holds for the whole workspace",
                            "set it in `[lints]`",
                        );
                    }
                }
                _ => self.unknown(key.span(), key.get_ref(), &OVERRIDE_KEYS),
            }
        }
        for missing in OVERRIDE_KEYS.iter().filter(|key| !table.contains_key(**key)) {
            let help = "an override needs `paths`, and `lints` for them";
            self.problem(value.span(), format!("this override has no `{missing}`"), help);
        }
        Some(part)
    }

    fn patterns(&mut self, value: &Value<'_>) -> Vec<Pattern> {
        let Some(list) = value.get_ref().as_array() else {
            let help = "write a list of paths: `[\"contracts\", \"drafts/*.chor\"]`";
            self.problem(value.span(), "this is no list of paths", help);
            return Vec::new();
        };
        let mut patterns = Vec::new();
        for value in list {
            let Some(text) = value.get_ref().as_str() else {
                self.problem(value.span(), "this is no path", "write it in quotes");
                continue;
            };
            match Pattern::parse(text) {
                Ok(pattern) => patterns.push(pattern),
                Err(why) => self.problem(value.span(), format!("`{text}` is no pattern of paths"), why),
            }
        }
        patterns
    }

    fn lints(&mut self, value: &Value<'_>) -> Vec<Setting> {
        let Some(table) = value.get_ref().as_table() else {
            self.problem(
                value.span(),
                "`lints` is a table",
                "write `[lints]`, and below it `dead-event = \"deny\"`",
            );
            return Vec::new();
        };
        let mut lints = Vec::new();
        for (key, value) in table {
            let Some(code) = self.rule(key) else { continue };
            lints.push(self.lint(code, value));
        }
        lints
    }

    /// `"deny"` or `{ level = "deny", max = 8 }`.
    fn lint(&mut self, code: &'static Code, value: &Value<'_>) -> Setting {
        let mut setting = Setting { code, level: None, max: None };
        let Some(table) = value.get_ref().as_table() else {
            setting.level = self.level(value);
            return setting;
        };
        // A rule without threshold has no `max`.
        let known = if limit(code).is_some() { LINT_KEYS.as_slice() } else { &["level"] };
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "level" => setting.level = self.level(value),
                "max" if limit(code).is_some() => setting.max = self.number(value),
                _ => self.unknown(key.span(), key.get_ref(), known),
            }
        }
        setting
    }

    fn number(&mut self, value: &Value<'_>) -> Option<(u32, Range<usize>)> {
        let number = value
            .get_ref()
            .as_integer()
            .and_then(|number| u32::from_str_radix(number.as_str(), number.radix()).ok());
        if number.is_none() {
            self.problem(value.span(), "this is no threshold", "write a whole number from 0");
        }
        number.map(|number| (number, value.span()))
    }

    fn level(&mut self, value: &Value<'_>) -> Option<Level> {
        let level = value.get_ref().as_str().and_then(Level::from_keyword);
        if level.is_none() {
            self.problem(value.span(), "this is no level", "write \"deny\", \"warn\" or \"allow\"");
        }
        level
    }

    /// The lint of this name.
    fn rule(&mut self, key: &Spanned<std::borrow::Cow<'_, str>>) -> Option<&'static Code> {
        let written = key.get_ref().as_ref();
        let mut lints = codes::ALL.iter().copied().filter(|code| code.lint.is_some());
        if let Some(code) = lints.clone().find(|code| code.name == written) {
            return Some(code);
        }
        let (message, help) = match codes::find(written) {
            Some(code) if code.lint.is_none() => (
                format!("`{written}` is no rule that has a level: the language refuses it"),
                "remove it".to_owned(),
            ),
            // By number, or with `_`: one spelling is enough for a file.
            Some(code) => (format!("there is no rule `{written}`"), format!("write `{}`", code.name)),
            None => (
                format!("there is no rule `{written}`"),
                closest(written, lints.by_ref().map(|code| code.name)).map_or_else(
                    || "`chor check --list-rules` lists the rules".to_owned(),
                    |meant| format!("did you mean `{meant}`?"),
                ),
            ),
        };
        self.problem(key.span(), message, help);
        None
    }

    fn unknown(&mut self, span: Range<usize>, written: &str, known: &[&str]) {
        let help = match closest(written, known.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("there is `{}`", known.join("`, `")),
        };
        self.problem(span, format!("there is no setting `{written}`"), help);
    }

    fn problem(&mut self, span: Range<usize>, message: impl std::fmt::Display, help: impl Into<String>) {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.split('\n').count();
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let problem = Problem::new(format!("{}:{line}:{column}: {message}", self.name), help);
        self.problems.push((span.start, problem));
    }
}
