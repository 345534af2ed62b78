//! A run as a sequence diagram: participants side by side, time downwards.
//!
//! Each event takes two lines: its name, and an arrow from whoever publishes it to everybody who hears it. Where the
//! columns do not fit into the terminal, each event is one line of text.

use std::fmt::Write as _;

use anstyle::Style;

use super::Arrow;
use crate::terminal::Terminal;

/// What a cell shows, which decides its style.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tone {
    Life,
    Line,
    Name,
    Title,
    Passed,
}

/// The characters that lines are made of.
struct Pen {
    life: char,
    dash: char,
    /// An arrow crosses the line of somebody who does not hear it.
    cross: char,
    /// An arrow begins, and goes to the right, to the left, or both ways.
    begins: [char; 3],
    /// An arrow ends at the line of who hears it, or goes on from there.
    heads: [char; 2],
}

const UNICODE: Pen =
    Pen { life: '│', dash: '─', cross: '┼', begins: ['├', '┤', '┼'], heads: ['▶', '◀'] };
const ASCII: Pen = Pen { life: '|', dash: '-', cross: '+', begins: ['+', '+', '+'], heads: ['>', '<'] };

/// The diagram of one run.
pub(super) fn draw(participants: &[String], events: &[Arrow], terminal: &Terminal) -> String {
    let taking_part: Vec<&str> = participants
        .iter()
        .map(String::as_str)
        .filter(|name| events.iter().any(|it| it.from == *name || it.to.iter().any(|to| to == name)))
        .collect();
    match Columns::new(&taking_part, events, terminal.width) {
        Some(columns) => columns.draw(events, terminal),
        None => list(events, terminal),
    }
}

/// Where the line of each participant stands.
struct Columns<'a> {
    names: &'a [&'a str],
    at: Vec<usize>,
    width: usize,
}

impl<'a> Columns<'a> {
    /// `None`: they do not fit.
    fn new(names: &'a [&'a str], events: &[Arrow], width: usize) -> Option<Self> {
        let length = |name: &str| name.chars().count();
        let mut at = Vec::new();
        let mut here = names.first().map(|name| length(name) / 2)?;
        at.push(here);
        for (number, pair) in names.windows(2).enumerate() {
            let [left, right] = pair else { continue };
            let apart = (length(left) - length(left) / 2) + length(right) / 2 + 2;
            // Room for the names of what passes between these two alone.
            let between = |it: &&Arrow| {
                let ends = |name: &str| it.from == name || it.to.iter().any(|to| to == name);
                it.to.len() == 1 && ends(left) && ends(right)
            };
            let label = events.iter().filter(between).map(|it| length(&it.label())).max().unwrap_or(0) + 3;
            let comfortable = apart.max(label);
            let rest: usize = names.iter().skip(number + 2).map(|name| length(name) + 2).sum();
            let fits = here + comfortable + length(right) + rest <= width;
            here += if fits { comfortable } else { apart };
            at.push(here);
        }
        let last = names.last().map(|name| length(name))?;
        (here + last - last / 2 <= width).then_some(Self { names, at, width })
    }

    fn draw(&self, events: &[Arrow], terminal: &Terminal) -> String {
        let pen = if terminal.unicode { &UNICODE } else { &ASCII };
        let mut out = String::new();
        self.titles().write(&mut out, terminal);
        for event in events {
            self.label(event, pen).write(&mut out, terminal);
            self.arrow(event, pen).write(&mut out, terminal);
        }
        out
    }

    fn column(&self, name: &str) -> usize {
        let number = self.names.iter().position(|other| *other == name).unwrap_or_default();
        self.at.get(number).copied().unwrap_or_default()
    }

    fn titles(&self) -> Row {
        let mut row = Row::default();
        for (name, at) in self.names.iter().zip(&self.at) {
            row.text(at.saturating_sub(name.chars().count() / 2), name, Tone::Title);
        }
        row
    }

    fn lives(&self, pen: &Pen) -> Row {
        let mut row = Row::default();
        self.at.iter().for_each(|at| row.put(*at, pen.life, Tone::Life));
        row
    }

    /// The name stands beside the line of whoever publishes, on the side to which the arrow goes.
    fn label(&self, event: &Arrow, pen: &Pen) -> Row {
        let (from, label) = (self.column(&event.from), event.label());
        let length = label.chars().count();
        let leftwards = event.to.iter().all(|to| self.column(to) < from);
        let start = if leftwards { from.saturating_sub(length + 1) } else { from + 2 };
        let mut row = self.lives(pen);
        row.text(start.min(self.width.saturating_sub(length)), &label, event.tone());
        row
    }

    fn arrow(&self, event: &Arrow, pen: &Pen) -> Row {
        let from = self.column(&event.from);
        let to: Vec<usize> = event.to.iter().map(|to| self.column(to)).collect();
        let first = to.iter().copied().chain([from]).min().unwrap_or(from);
        let last = to.iter().copied().chain([from]).max().unwrap_or(from);
        let mut row = self.lives(pen);
        for at in first..=last {
            let crossed = self.at.contains(&at) && at != first && at != last;
            row.put(at, if crossed { pen.cross } else { pen.dash }, Tone::Line);
        }
        let [right, left, both] = pen.begins;
        let begins = match (first < from, from < last) {
            (false, _) => right,
            (true, false) => left,
            (true, true) => both,
        };
        row.put(from, begins, Tone::Line);
        let [rightwards, leftwards] = pen.heads;
        for at in to {
            let (beside, head) =
                if at > from { (at.saturating_sub(1), rightwards) } else { (at + 1, leftwards) };
            row.put(beside, head, Tone::Line);
            let ends = at == first || at == last;
            row.put(at, if ends { pen.life } else { pen.cross }, if ends { Tone::Life } else { Tone::Line });
        }
        row
    }
}

impl Arrow {
    fn label(&self) -> String {
        match (self.why, &self.period) {
            ("deadline", Some(period)) => format!("{} ({period} over)", self.event),
            ("undo", _) => format!("{} (undo)", self.event),
            ("on", _) => format!("{} (from elsewhere)", self.event),
            _ => self.event.clone(),
        }
    }

    fn tone(&self) -> Tone {
        if self.why == "deadline" { Tone::Passed } else { Tone::Name }
    }
}

/// One line of a diagram.
#[derive(Default)]
struct Row {
    cells: Vec<(char, Tone)>,
}

impl Row {
    fn put(&mut self, at: usize, character: char, tone: Tone) {
        if self.cells.len() <= at {
            self.cells.resize(at + 1, (' ', Tone::Life));
        }
        if let Some(cell) = self.cells.get_mut(at) {
            *cell = (character, tone);
        }
    }

    fn text(&mut self, start: usize, text: &str, tone: Tone) {
        for (offset, character) in text.chars().enumerate() {
            self.put(start + offset, character, tone);
        }
    }

    fn write(&self, out: &mut String, terminal: &Terminal) {
        for run in self.cells.chunk_by(|(_, one), (_, other)| one == other) {
            let style = run.first().map(|(_, tone)| style(*tone, terminal)).unwrap_or_default();
            let text: String = run.iter().map(|(character, _)| character).collect();
            let _ = write!(out, "{style}{text}{style:#}");
        }
        out.push('\n');
    }
}

fn style(tone: Tone, terminal: &Terminal) -> Style {
    let styles = terminal.styles;
    match tone {
        Tone::Life => styles.faint,
        Tone::Line => Style::new(),
        Tone::Name => styles.code,
        Tone::Title => styles.heading,
        Tone::Passed => styles.warning,
    }
}

fn list(events: &[Arrow], terminal: &Terminal) -> String {
    let mut out = String::new();
    for event in events {
        let style = style(event.tone(), terminal);
        let label = event.label();
        let _ = writeln!(out, "{} -> {}: {style}{label}{style:#}", event.from, event.to.join(", "));
    }
    out
}
