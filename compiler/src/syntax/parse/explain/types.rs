//! Types, fields, values and variants.

use super::tokens::Kind;
use super::{Read, Reader};
use crate::diag::codes;

const SCALARS: [&str; 13] = [
    "bool",
    "i32",
    "i64",
    "u32",
    "u64",
    "f64",
    "decimal",
    "string",
    "bytes",
    "uuid",
    "date",
    "timestamp",
    "duration",
];

impl Reader<'_> {
    /// `{ name: type … }`
    pub(super) fn fields(&mut self, wanted: &str) -> Read {
        let more = |reader: &Self| reader.token().kind == Kind::Word && reader.ahead(1).text == ":";
        self.entries(wanted, Self::field, more)
    }

    fn field(&mut self) -> Read {
        self.preamble()?;
        if self.left_open() {
            return Err(self.unclosed());
        }
        let name = self.word("a field, such as `order: uuid`")?;
        if self.is_mark("=") {
            self.instead(":", "a field's name and type have a colon between them");
            return self.ty();
        }
        if self.is_mark("?") && self.ahead(1).text == ":" {
            let finding = self.finding(
                &codes::SYNTAX,
                self.token(),
                "the `?` of an optional field stands behind its type",
            );
            self.tell(finding.label("not here").help(format!("write `{}: …?`", name.text)));
            self.step();
        }
        if self.take_mark(":") {
            self.ty()?;
            return self.default();
        }
        let next = self.token();
        let begins_type = self.is_mark("[")
            || self.is_mark("{")
            || next.kind == Kind::Word && (is_type(next.text) || SCALARS.contains(&name.text));
        if !begins_type || next.first_on_line {
            return Err(self.wanted(&format!("`:` and the type of `{}`", name.text)));
        }
        if SCALARS.contains(&name.text) && !SCALARS.contains(&next.text) && next.kind == Kind::Word {
            let finding = self
                .finding(&codes::SYNTAX, name, "the name of a field stands before its type")
                .label("a type")
                .help(format!("write `{}: {}`", next.text, name.text))
                .edit(self.span(name).to(self.span(next)), format!("{}: {}", next.text, name.text));
            self.tell(finding);
            self.step();
            return Ok(());
        }
        self.missing(":", format!("a colon is missing between `{}` and its type", name.text));
        self.ty()
    }

    /// `= 1`, where it is here.
    fn default(&mut self) -> Read {
        if !self.is_mark("=") || self.token().first_on_line {
            return Ok(());
        }
        self.step();
        match (self.token().kind, self.token().text) {
            (Kind::Mark, "[") => {
                self.open("[", "`[`")?;
                self.close_default("]")
            }
            (Kind::Mark, "{") => {
                self.open("{", "`{`")?;
                self.close_default("}")
            }
            (Kind::String | Kind::BrokenString | Kind::Date | Kind::Number, _) => {
                self.step();
                Ok(())
            }
            // The next field begins already.
            (Kind::Word, _) if self.token().first_on_line && self.ahead(1).text == ":" => {
                Err(self.wanted("a value"))
            }
            _ => self.path("a value: a text in quotes, a number or a name"),
        }
    }

    fn close_default(&mut self, bracket: &str) -> Read {
        if self.take_close(bracket) {
            return Ok(());
        }
        let finding = self.expected(&format!("`{bracket}`"));
        let told =
            self.tell(finding.help(
                "only what is empty can be a default here; write a list in full where the event is built",
            ));
        self.skip_until(|reader| reader.is_mark(bracket) || reader.token().first_on_line);
        self.take_close(bracket);
        Err(told)
    }

    /// `string(max: 64)?`
    pub(super) fn ty(&mut self) -> Read {
        if let Some(read) = self.foreign_type() {
            return read;
        }
        let token = self.token();
        if self.is_mark("[") {
            self.open("[", "`[`")?;
            self.ty()?;
            self.close_type("]")?;
        } else if self.is_mark("{") {
            self.map()?;
        } else if token.kind == Kind::Word && SCALARS.contains(&token.text) {
            self.step();
        } else {
            self.name("a type")?;
        }
        self.behind_type()
    }

    /// `{string: u32}`
    fn map(&mut self) -> Read {
        self.open("{", "`{`")?;
        let depth = self.open.len();
        let read = self.key_and_value();
        if read.is_err() && self.open.len() == depth {
            // Its brace must not close what the map stands in.
            self.skip_until(|reader| reader.is_mark("}") || reader.token().first_on_line);
            self.take_close("}");
        }
        read
    }

    fn key_and_value(&mut self) -> Read {
        self.ty()?;
        if self.is_mark(",") {
            self.instead(":", "the type of a map's keys and that of its values have a colon between them");
        } else {
            self.mark(":", "`:` and the type of the values")?;
        }
        self.ty()?;
        self.close_type("}")
    }

    /// The bracket behind the types that stand in a list or a map.
    fn close_type(&mut self, bracket: &str) -> Read {
        if self.take_close(bracket) {
            return Ok(());
        }
        Err(if self.is_mark(",") || self.token().first_on_line || self.is_mark("}") {
            self.unclosed()
        } else {
            self.wanted(&format!("`{bracket}`"))
        })
    }

    /// Bounds, the `?`, and what is written there in other languages.
    pub(super) fn behind_type(&mut self) -> Read {
        if self.is_mark("(") && !self.token().first_on_line && !self.range() {
            self.arguments()?;
        }
        if self.is_mark("?") && !self.token().first_on_line {
            self.step();
        }
        let token = self.token();
        if token.first_on_line {
            return Ok(());
        }
        match token.text {
            "<" | "[" if token.kind == Kind::Mark => {
                let finding = self.expected("`,` or the end of the line");
                let told = self.tell(finding.help("a list is written `[Line]`, a map `{string: Line}`"));
                // The comma of `Map<string, Line>` does not end the field.
                self.skip_until(|reader| reader.is_mark(">") || reader.token().first_on_line);
                while self.take_mark(">") {}
                Err(told)
            }
            "?" => {
                self.needless("one `?` is enough");
                Ok(())
            }
            "(" => {
                let finding = self.expected("`,` or the end of the line");
                Err(self.tell(finding.help("bounds stand before the `?`: `string(max: 64)?`")))
            }
            _ => Ok(()),
        }
    }

    /// `{ value, value }`
    pub(super) fn values(&mut self) -> Read {
        let more = |reader: &Self| {
            let next = reader.ahead(1);
            reader.token().kind == Kind::Word && (matches!(next.text, "," | "}") || next.kind == Kind::Word)
        };
        self.entries("`{` and the values of the enum", Self::value, more)
    }

    fn value(&mut self) -> Read {
        self.preamble()?;
        if self.left_open() {
            return Err(self.unclosed());
        }
        self.word("a value of the enum")?;
        if self.is_mark("=") || self.is_mark(":") {
            let finding = self.expected("`,` or the end of the line");
            return Err(
                self.tell(finding.help("the values of an enum are names; on the wire they are texts"))
            );
        }
        Ok(())
    }

    /// `{ variant, variant: type }`
    pub(super) fn variants(&mut self) -> Read {
        let more = |reader: &Self| {
            reader.token().kind == Kind::Word && matches!(reader.ahead(1).text, "," | "}" | ":")
        };
        self.entries("`{` and the variants of the union", Self::variant, more)
    }

    fn variant(&mut self) -> Read {
        self.preamble()?;
        if self.left_open() {
            return Err(self.unclosed());
        }
        let name = self.word("a variant of the union")?;
        if self.take_mark(":") {
            return self.ty();
        }
        let next = self.token();
        if next.first_on_line {
            return Ok(());
        }
        match next.text {
            "=" => {
                self.instead(":", "a variant's name and type have a colon between them");
                self.ty()
            }
            "{" | "(" => {
                let finding = self.expected("`,`, `:` or the end of the line");
                Err(self.tell(finding.help("what a variant carries is a type: `card: Card`")))
            }
            word if next.kind == Kind::Word && self.ahead(1).text != ":" && is_type(word) => {
                self.missing(":", format!("a colon is missing between `{}` and its type", name.text));
                self.ty()
            }
            _ => Ok(()),
        }
    }
}

/// Whether a type begins with this word, most likely.
fn is_type(word: &str) -> bool {
    SCALARS.contains(&word) || word.starts_with(|first: char| first.is_ascii_uppercase())
}
