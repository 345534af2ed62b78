//! Markdown for a terminal: as much of it as the pages of the findings use.

use std::fmt::Write as _;

use anstyle::Style;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use crate::terminal::Terminal;

/// The text, broken to the terminal's width; code is indented and kept as it is.
pub(crate) fn render(text: &str, terminal: &Terminal) -> String {
    let mut page = Page { terminal, out: String::new(), block: String::new(), in_code: false, items: 0 };
    for event in Parser::new(text) {
        page.event(event);
    }
    page.out.trim_end().to_owned() + "\n"
}

struct Page<'a> {
    terminal: &'a Terminal,
    out: String,
    /// The text of the block that is being read.
    block: String,
    in_code: bool,
    /// How deep in lists.
    items: usize,
}

impl Page<'_> {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => self.in_code = true,
            Event::Start(Tag::Item) => {
                self.flush();
                self.items += 1;
            }
            Event::End(TagEnd::Heading(_)) => self.heading(),
            Event::End(TagEnd::CodeBlock) => self.code(),
            Event::End(TagEnd::Paragraph) => {
                self.flush();
                self.out.push('\n');
            }
            Event::End(TagEnd::Item) => {
                self.flush();
                self.items -= 1;
            }
            Event::End(TagEnd::List(_)) => self.out.push('\n'),
            Event::Text(text) => self.block.push_str(&text),
            Event::Code(code) => self.inline_code(&code),
            Event::SoftBreak | Event::HardBreak => self.block.push(' '),
            _ => {}
        }
    }

    fn heading(&mut self) {
        let text = std::mem::take(&mut self.block);
        let style = self.terminal.styles.heading;
        let _ = writeln!(self.out, "{style}{text}{style:#}");
        if !self.terminal.coloured {
            self.out.push_str(&"-".repeat(text.chars().count()));
            self.out.push('\n');
        }
        self.out.push('\n');
    }

    fn code(&mut self) {
        self.in_code = false;
        for line in std::mem::take(&mut self.block).lines() {
            let indented = format!("    {line}");
            self.out.push_str(indented.trim_end());
            self.out.push('\n');
        }
        self.out.push('\n');
    }

    fn inline_code(&mut self, code: &str) {
        let style = self.terminal.styles.code;
        let quote = if style == Style::new() { "`" } else { "" };
        // A piece of code is not broken over two lines: its spaces become hard ones until it is written.
        let code = code.replace(' ', "\u{a0}");
        let _ = write!(self.block, "{quote}{style}{code}{style:#}{quote}");
    }

    /// Writes what was read as a paragraph, or as an item of a list.
    fn flush(&mut self) {
        let text = std::mem::take(&mut self.block);
        if text.is_empty() || self.in_code {
            return;
        }
        let indent = "  ".repeat(self.items);
        let start = if self.items > 0 { format!("{}- ", "  ".repeat(self.items - 1)) } else { String::new() };
        let options =
            textwrap::Options::new(self.terminal.width).initial_indent(&start).subsequent_indent(&indent);
        self.out.push_str(&textwrap::fill(&text, options).replace('\u{a0}', " "));
        self.out.push('\n');
    }
}
