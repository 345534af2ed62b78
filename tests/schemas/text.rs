//! A `.chor` file of schemas of all kinds, made up from a seed: the same text everywhere.

use std::fmt::Write as _;

use fastrand::Rng;

/// So many events there are.
const EVENTS: usize = 320;
/// So many named types.
const TYPES: usize = 72;
/// Lists of lists end here.
const DEPTH: usize = 2;

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

/// What is declared so far: types name those alone, so none contains itself.
struct Writer {
    rng: Rng,
    types: Vec<String>,
    enums: Vec<String>,
}

/// A type as it is written, and the defaults that it may have.
struct Type {
    text: String,
    defaults: Vec<&'static str>,
}

/// The whole file.
pub(crate) fn text() -> String {
    let mut writer = Writer { rng: Rng::with_seed(4), types: Vec::new(), enums: Vec::new() };
    let mut out = String::new();
    for number in 0..TYPES {
        writer.named(number, &mut out);
    }
    let mut events = Vec::new();
    for number in 0..EVENTS {
        let name = format!("E{number}");
        let fields = writer.fields();
        let _ = writeln!(out, "event {name} {{ {fields} }}");
        events.push(name);
    }
    let events = events.join(", ");
    let _ = writeln!(out, "external Writer {{ emits {events} }}\nservice Reader {{ reads {events} }}");
    out
}

impl Writer {
    fn named(&mut self, number: usize, out: &mut String) {
        let name = format!("T{number}");
        let open = if self.rng.bool() { "open " } else { "" };
        let _ = match number % 4 {
            0 => {
                let ty = self.ty(0).text;
                writeln!(out, "type {name} = {ty}")
            }
            1 => {
                let fields = self.fields();
                writeln!(out, "record {name} {{ {fields} }}")
            }
            2 => {
                self.enums.push(name.clone());
                writeln!(out, "{open}enum {name} {{ one, @was(\"zwei\") two, three }}")
            }
            _ => {
                let (first, second) = (self.ty(0).text, self.ty(0).text);
                writeln!(out, "{open}union {name} {{ a: {first}, @was(\"bee\") b: {second}, nothing }}")
            }
        };
        self.types.push(name);
    }

    fn fields(&mut self) -> String {
        let fields: Vec<String> = (0..self.rng.usize(1..5)).map(|at| self.field(at)).collect();
        fields.join(", ")
    }

    fn field(&mut self, at: usize) -> String {
        let Type { text, defaults } = self.ty(0);
        let was = if self.rng.u8(..5) == 0 { format!("@was(\"old{at}\") ") } else { String::new() };
        let end = match self.rng.u8(..3) {
            0 => "?".to_owned(),
            1 => self.rng.choice(&defaults).map_or_else(String::new, |default| format!(" = {default}")),
            _ => String::new(),
        };
        format!("{was}f{at}: {text}{end}")
    }

    fn ty(&mut self, depth: usize) -> Type {
        match self.rng.u8(..10) {
            0 if depth < DEPTH => {
                let bounds = self.pick(&["", "(max: 3)", "(min: 1)", "(min: 1, max: 2)"]);
                let defaults = if bounds.contains("min") { Vec::new() } else { vec!["[]"] };
                Type { text: format!("[{}]{bounds}", self.ty(depth + 1).text), defaults }
            }
            1 if depth < DEPTH => {
                let bounds = self.pick(&["", "(max: 2)", "(min: 1)"]);
                let defaults = if bounds.is_empty() { vec!["{}"] } else { Vec::new() };
                let key = self.key();
                Type { text: format!("{{{key}: {}}}{bounds}", self.ty(depth + 1).text), defaults }
            }
            2..=4 if !self.types.is_empty() => {
                let name = self.rng.choice(&self.types).cloned().unwrap_or_default();
                let defaults = if self.enums.contains(&name) { vec!["one", "two"] } else { Vec::new() };
                Type { text: name, defaults }
            }
            _ => self.scalar(),
        }
    }

    fn key(&mut self) -> String {
        match self.rng.u8(..5) {
            0 if !self.enums.is_empty() => self.rng.choice(&self.enums).cloned().unwrap_or_default(),
            1 => "uuid".to_owned(),
            2 => "date".to_owned(),
            _ => self.pick(&["string", "string(max: 3)", "string(pattern: \"[a-c]+\")"]).to_owned(),
        }
    }

    fn scalar(&mut self) -> Type {
        let word = self.pick(&SCALARS);
        let (bounds, defaults): (&[&str], &[&str]) = match word {
            "bool" => (&[""], &["true", "false"]),
            "i32" | "i64" => (&["", "(min: -5)", "(max: 9)", "(min: -5, max: 9)"], &["0", "7", "-3"]),
            "u32" | "u64" => (&["", "(min: 1)", "(max: 9)", "(min: 1, max: 9)"], &["1", "7"]),
            "f64" => (&["", "(min: -0.5)", "(max: 9.25)", "(min: -0.5, max: 9.25)"], &["0.0", "1.5"]),
            "decimal" => (&["", "(min: -0.5)", "(max: 9.25)", "(min: -0.5, max: 9.25)"], &["0.0", "1.50"]),
            "string" => (
                &["", "(min: 2)", "(max: 4)", "(min: 2, max: 4)", "(pattern: \"[a-c]+|x[0-9]*\")"],
                &["\"ab\""],
            ),
            "bytes" => (&["", "(min: 1)", "(max: 4)"], &[]),
            _ => (&[""], &[]),
        };
        Type { text: format!("{word}{}", self.pick(bounds)), defaults: defaults.to_vec() }
    }

    fn pick(&mut self, all: &[&'static str]) -> &'static str {
        self.rng.choice(all).copied().unwrap_or_default()
    }
}
