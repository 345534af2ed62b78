//! A file and its declarations.

use super::tokens::Kind;
use super::{CLAUSES, ITEM_WORDS, MOST, Read, Reader, Told};
use crate::diag::{closest, codes};

/// How far down the file reading has come; what belongs further up is out of place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Docs,
    Namespace,
    Imports,
    Items,
}

impl Reader<'_> {
    /// The whole file.
    pub(super) fn file(&mut self) {
        let mut part = Part::Docs;
        while !self.at_end() && self.findings.len() < 2 * MOST {
            let (start, told) = (self.at, self.findings.len());
            let read = self.top(&mut part);
            let leftover = self.at == start + 1 && self.behind_mistake;
            self.behind_mistake = leftover || self.findings.len() > told || read.is_err();
            if read.is_err() {
                self.open.clear();
                self.doubtful.clear();
                // The word that was wrong may look like a declaration itself.
                self.at = self.at.max(start + 1);
                self.skip_until(Self::on_new_line);
            }
        }
    }

    /// Whether a line begins here without indent, as declarations do.
    fn on_new_line(&self) -> bool {
        let token = self.token();
        let line_start = token.start.checked_sub(1).and_then(|before| self.text.as_bytes().get(before));
        token.first_on_line && line_start.is_none_or(|byte| *byte == b'\n')
    }

    fn top(&mut self, part: &mut Part) -> Read {
        self.begin = self.at;
        if self.token().kind == Kind::FileDoc {
            if *part > Part::Docs {
                self.wanted("a declaration");
            }
            self.step();
            return Ok(());
        }
        if matches!(self.token().text, "}" | "]" | ")" | ";" | ",") && self.token().kind == Kind::Mark {
            self.leftover();
            return Ok(());
        }
        let above = self.at;
        self.preamble()?;
        let token = self.token();
        let here = match token.text {
            "namespace" => Part::Namespace,
            "use" => Part::Imports,
            _ => Part::Items,
        };
        if here < Part::Items && above < self.at {
            let finding = self.expected("a declaration that is documented by what stands above");
            self.tell(finding.help("a comment on the whole file begins its lines with `//!`"));
        }
        if here < *part || (here == *part && here == Part::Namespace) {
            let message = match here {
                Part::Namespace => "the namespace stands at the top of the file, once",
                _ => "`use` stands above all declarations",
            };
            self.tell(self.finding(&codes::SYNTAX, token, message).label("too far down").help("move it up"));
        }
        *part = here;
        self.declaration()
    }

    fn declaration(&mut self) -> Read {
        let token = self.token();
        if token.kind != Kind::Word {
            return self.no_declaration();
        }
        match token.text {
            "namespace" => self.namespace(),
            "use" => self.import(),
            "service" | "external" => self.participant(),
            "type" => self.alias(),
            "record" => {
                self.step();
                self.name("the record's name")?;
                self.fields("`{` and the fields of the record")
            }
            "open" => {
                self.step();
                if self.is_word("union") {
                    return self.union();
                }
                self.keyword("enum", "`enum` or `union` behind `open`")?;
                self.enumeration()
            }
            "union" => self.union(),
            "enum" => {
                self.step();
                self.enumeration()
            }
            "event" | "command" => self.event(),
            "choreography" => self.choreography(),
            _ => self.no_declaration(),
        }
    }

    /// A mark between declarations.
    fn leftover(&mut self) {
        match self.token().text {
            ";" | "," => self.needless("declarations stand behind each other without a mark"),
            // What could not be read before may have taken its opening bracket.
            _ if self.behind_mistake => {
                self.step();
            }
            _ => self.unopened(),
        }
    }

    /// What stands where a declaration is expected, and is none.
    fn no_declaration(&mut self) -> Read {
        let token = self.token();
        let next = self.ahead(1);
        if token.kind == Kind::Word && next.kind == Kind::Word && next.text == "observes" {
            return self.observation();
        }
        if token.kind == Kind::Word
            && next.kind == Kind::Word
            && !next.first_on_line
            && self.ahead(2).kind == Kind::Word
            && closest(next.text, ["observes"]).is_some()
        {
            self.step();
            self.misspelt("observes");
            return self.row("an event", |reader, wanted| reader.name(wanted).map(drop), Self::name_ahead);
        }
        if token.kind == Kind::Word
            && next.kind == Kind::Word
            && !next.first_on_line
            && let Some(meant) = closest(token.text, ITEM_WORDS)
        {
            self.misspelt(meant);
            self.at -= 1;
            return self.meant(meant);
        }
        if self.behind_mistake {
            // Most likely the rest of what could not be read.
            return Err(Told);
        }
        let finding = self.expected("a declaration");
        Err(self.tell(match next.text {
            "->" | "," => finding.help("a step stands within the braces of a choreography"),
            _ => finding.help(
                "a declaration begins with `service`, `external`, `type`, `record`, `enum`, `union`, `event`, `command` or `choreography`",
            ),
        }))
    }

    /// Reads the declaration with this word in place of the misspelt one.
    fn meant(&mut self, word: &'static str) -> Read {
        if let Some(token) = self.tokens.get_mut(self.at) {
            token.text = word;
        }
        self.declaration()
    }

    fn namespace(&mut self) -> Read {
        self.step();
        self.path("the namespace, such as `example.shop`")
    }

    fn import(&mut self) -> Read {
        self.step();
        if matches!(self.token().kind, Kind::String | Kind::BrokenString) {
            let finding = self.expected("a namespace, such as `example.money`");
            return Err(self.tell(finding.help(
                "`use` names names, not files: `use example.money::{Money}`; the files are given to the compiler",
            )));
        }
        self.path("a namespace, such as `example.money`")?;
        if !self.take_mark("::") {
            let finding = self.expected("`::{` and names");
            return Err(self.tell(finding.help("write `use example.money::{Money}`")));
        }
        if self.token().kind == Kind::Word {
            let token = self.token();
            let finding = self
                .expected("`{` and names")
                .help(format!("write `{{{}}}`", token.text))
                .edit(self.span(token), format!("{{{}}}", token.text));
            self.step();
            self.tell(finding);
            return Ok(());
        }
        self.bracketed(["{", "}"], "a name", |reader, wanted| reader.name(wanted).map(drop))
    }

    fn participant(&mut self) -> Read {
        let word = self.step();
        self.name(if word.text == "service" { "the service's name" } else { "the external's name" })?;
        if !self.is_mark("{") {
            return self.end_of_declaration("`{`, or the next declaration");
        }
        self.open("{", "`{`")?;
        let depth = self.open.len();
        while !self.take_close("}") {
            if self.left_open() {
                return Err(self.unclosed());
            }
            if self.clause().is_err() {
                self.open.truncate(depth);
                self.skip_until(|reader| CLAUSES.iter().any(|word| reader.is_word(word)));
            }
        }
        Ok(())
    }

    fn clause(&mut self) -> Read {
        self.begin = self.at;
        let token = self.token();
        match token.text {
            _ if token.kind != Kind::Word => {}
            "owner" => {
                self.step();
                self.no_colon();
                if matches!(self.token().kind, Kind::String | Kind::BrokenString) {
                    self.step();
                    return Ok(());
                }
                let finding = self.expected("the owner in quotes");
                return Err(self.tell(finding.help("write `owner \"team@shop.example\"`")));
            }
            "emits" => {
                self.step();
                self.no_colon();
                return self.row(
                    "an event",
                    |reader, wanted| reader.name(wanted).map(drop),
                    Self::name_ahead,
                );
            }
            "reads" => {
                self.step();
                self.no_colon();
                return self.row("an event", Self::read, Self::name_ahead);
            }
            word => {
                if let Some(meant) = closest(word, CLAUSES) {
                    self.misspelt(meant);
                    self.at -= 1;
                    if let Some(token) = self.tokens.get_mut(self.at) {
                        token.text = meant;
                    }
                    return self.clause();
                }
            }
        }
        if self.is_mark(",") || self.is_mark(";") {
            self.needless("`owner`, `emits` and `reads` stand behind each other without a mark");
            return Ok(());
        }
        let told = self.wanted("`owner`, `emits` or `reads`");
        self.step();
        Err(told)
    }

    fn no_colon(&mut self) {
        if self.is_mark(":") {
            self.needless("no colon stands here");
        }
    }

    /// Whether a name stands here that is no clause.
    fn name_ahead(&self) -> bool {
        self.token().kind == Kind::Word
            && !CLAUSES.iter().any(|word| self.is_word(word))
            && !self.item_ahead()
    }

    fn read(&mut self, wanted: &str) -> Read {
        self.name(wanted)?;
        if self.is_mark("{") {
            return self.bracketed(["{", "}"], "a field", |reader, wanted| reader.word(wanted).map(drop));
        }
        if self.is_mark("(") {
            let finding = self.expected("`{` and fields");
            return Err(
                self.tell(finding.help("the fields stand in braces: `reads OrderPlaced { order, total }`"))
            );
        }
        Ok(())
    }

    fn observation(&mut self) -> Read {
        self.name("the observing service")?;
        self.step();
        self.row("an event", |reader, wanted| reader.name(wanted).map(drop), Self::name_ahead)
    }

    fn alias(&mut self) -> Read {
        self.step();
        self.name("the type's name")?;
        if self.is_mark(":") {
            self.instead("=", "a type's name and meaning have `=` between them");
        } else if self.is_mark("{") {
            let finding = self.expected("`=`");
            return Err(self.tell(finding.help("what has fields is a `record`")));
        } else {
            self.mark("=", "`=` and what the type stands for")?;
        }
        self.ty()?;
        self.end_of_declaration("the next declaration")
    }

    fn enumeration(&mut self) -> Read {
        self.name("the enum's name")?;
        self.values()
    }

    fn union(&mut self) -> Read {
        self.step();
        self.name("the union's name")?;
        self.variants()
    }

    fn event(&mut self) -> Read {
        let word = self.step();
        self.name(if word.text == "event" { "the event's name" } else { "the command's name" })?;
        let version = self.token();
        let digits = version.text.strip_prefix('v').unwrap_or_default();
        if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            self.step();
        } else if matches!(version.kind, Kind::Number | Kind::Word) && !version.first_on_line {
            let finding = self.expected("`{` and the fields");
            let told = self.tell(finding.help("a version is written `v2`, behind the name"));
            self.skip_until(|reader| reader.is_mark("{") || reader.token().first_on_line);
            if !self.is_mark("{") {
                return Err(told);
            }
        }
        self.fields("`{` and the fields, such as `{ order: uuid }`")
    }

    /// Behind a declaration without braces, only another may follow.
    fn end_of_declaration(&mut self, wanted: &str) -> Read {
        let token = self.token();
        let ends = token.first_on_line
            || matches!(token.kind, Kind::Doc | Kind::Word)
            || matches!(token.text, "@" | "}" | ";");
        if ends { Ok(()) } else { Err(self.wanted(wanted)) }
    }
}
