//! Types as other languages write them: `Option<Money>`, `?Money`, `u32(0..100)`, `enum { a, b }` where a type is used.

use super::tokens::{Kind, Token};
use super::{Read, Reader};
use crate::diag::codes;

/// The marks that stand in front of a type, between two and behind it.
type Marks = [&'static str; 3];

const OPTIONAL: Marks = ["", "", "?"];
const LIST: Marks = ["[", "", "]"];
const MAP: Marks = ["{", ":", "}"];

/// What others write around a type, and what stands for it here.
const AROUND: [(&str, Marks, &str); 16] = [
    ("option", OPTIONAL, "what may be absent has a `?` behind its type: `Money?`"),
    ("optional", OPTIONAL, "what may be absent has a `?` behind its type: `Money?`"),
    ("maybe", OPTIONAL, "what may be absent has a `?` behind its type: `Money?`"),
    ("nullable", OPTIONAL, "what may be absent has a `?` behind its type: `Money?`"),
    ("list", LIST, "a list is written `[Line]`"),
    ("vec", LIST, "a list is written `[Line]`"),
    ("vector", LIST, "a list is written `[Line]`"),
    ("array", LIST, "a list is written `[Line]`"),
    ("set", LIST, "a list is written `[Line]`"),
    ("seq", LIST, "a list is written `[Line]`"),
    ("sequence", LIST, "a list is written `[Line]`"),
    ("map", MAP, "a map is written `{string: Line}`"),
    ("hashmap", MAP, "a map is written `{string: Line}`"),
    ("dict", MAP, "a map is written `{string: Line}`"),
    ("dictionary", MAP, "a map is written `{string: Line}`"),
    ("record", MAP, "a map is written `{string: Line}`"),
];

impl Reader<'_> {
    /// Reads such a type; `None`: here is none.
    pub(super) fn foreign_type(&mut self) -> Option<Read> {
        let (token, next) = (self.token(), self.ahead(1));
        if self.is_mark("?") && (next.kind == Kind::Word || matches!(next.text, "[" | "{")) {
            return Some(self.question_in_front());
        }
        if token.kind != Kind::Word || next.kind != Kind::Mark && next.kind != Kind::Word {
            return None;
        }
        let name = token.text.to_ascii_lowercase();
        if next.text == "<" && !next.first_on_line {
            let (_, marks, help) = AROUND.iter().find(|(word, ..)| *word == name)?;
            return Some(self.generic(*marks, help));
        }
        let declares = matches!(token.text, "enum" | "record" | "union")
            && !token.first_on_line
            && (next.text == "{" || next.kind == Kind::Word && self.ahead(2).text == "{");
        declares.then(|| self.declared_within())
    }

    /// `?Money`
    fn question_in_front(&mut self) -> Read {
        let question = self.step();
        self.ty()?;
        let end = self.last().map_or(question.end(), |last| last.end());
        let mut finding = self
            .finding(&codes::SYNTAX, question, "the `?` of what may be absent stands behind its type")
            .help("write `Money?`")
            .edit(self.span(question), "");
        if self.last().is_some_and(|last| last.text != "?") {
            finding = finding.edit(self.place(end, end), "?");
        }
        self.tell(finding);
        Ok(())
    }

    /// `Option<Money>`, `Map<string, Line>`
    fn generic(&mut self, [front, between, behind]: Marks, help: &str) -> Read {
        let (name, opens) = (self.step(), self.step());
        self.ty()?;
        let comma = self.token();
        if !between.is_empty() {
            self.mark(",", "`,` and the type of the values")?;
            self.ty()?;
        }
        let closes = self.token();
        self.mark(">", "`>`")?;
        let message = format!("`{}<…>` is how other languages write it", name.text);
        let mut finding = self
            .finding(&codes::SYNTAX, name, message)
            .help(help)
            .edit(self.span(name).to(self.span(opens)), front)
            .edit(self.span(closes), behind);
        if !between.is_empty() {
            finding = finding.edit(self.span(comma), between);
        }
        self.tell(finding);
        self.behind_type()
    }

    /// `enum { a, b }`
    fn declared_within(&mut self) -> Read {
        let word = self.step();
        if self.token().kind == Kind::Word {
            self.step();
        }
        let opens = self.token();
        let (article, read) = match word.text {
            "enum" => ("an", self.values()),
            "union" => ("a", self.variants()),
            _ => ("a", self.fields("`{` and the fields")),
        };
        let end = self.last().map_or(opens.end(), |last| last.end());
        let braces = self.text.get(opens.start..end).filter(|text| !text.contains('\n')).unwrap_or("{ … }");
        let word_text = word.text;
        let finding = self
            .finding(
                &codes::SYNTAX,
                word,
                format!("{article} `{word_text}` is declared by itself, and has a name"),
            )
            .label("a type is used here")
            .help(format!("declare it above: `{word_text} Name {braces}`, and write `Name` here"));
        self.tell(finding);
        read
    }

    /// `(0..100)`, where it stands here: as bounds with their names.
    pub(super) fn range(&mut self) -> bool {
        let Some((bounds, length)) = self.range_ahead() else { return false };
        let opens = self.step();
        self.at += length;
        let closes = self.step();
        let finding = self
            .finding(&codes::SYNTAX, opens, "bounds have names")
            .help(format!("write `({bounds})`"))
            .edit(self.place(opens.end(), closes.start), bounds);
        self.tell(finding);
        true
    }

    /// The bounds that a range stands for, and how many tokens it has between its brackets.
    fn range_ahead(&self) -> Option<(String, usize)> {
        let number = |at: usize| Some(self.ahead(at)).filter(|token| token.kind == Kind::Number);
        let is_dot = |at: usize| self.ahead(at).text == ".";
        let min = number(1);
        let dots = 1 + usize::from(min.is_some());
        if !is_dot(dots) || !is_dot(dots + 1) {
            return None;
        }
        let behind = dots + 2 + usize::from(self.ahead(dots + 2).text == "=");
        let max = number(behind);
        let closes = behind + usize::from(max.is_some());
        if self.ahead(closes).text != ")" {
            return None;
        }
        let named = |name: &str, token: Token<'_>| format!("{name}: {}", token.text);
        let bounds = [min.map(|it| named("min", it)), max.map(|it| named("max", it))];
        let bounds: Vec<_> = bounds.into_iter().flatten().collect();
        (!bounds.is_empty()).then(|| (bounds.join(", "), closes - 1))
    }
}
