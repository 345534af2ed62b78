//! The one style: whatever the program, nothing is lost, nothing means something else, and a second time changes
//! nothing. The project's own files have it.

mod programs;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use chor_compiler::host::load;
use chor_compiler::source::Sources;
use chor_compiler::syntax::parse::parse;
use chor_compiler::syntax::print::{WIDTH, formatted};
use proptest::prelude::*;

use crate::examples::files;
use programs::program;

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_program(text in program()) {
        let formatted = format(&text).unwrap_or_else(|| panic!("the program does not parse\n{text}"));
        is_the_same(&text, &formatted);
        is_in_style(&formatted);
    }
}

#[test]
fn all_files_of_the_project() {
    let loaded = load(&[root()]).unwrap();
    assert!(loaded.paths.len() > 90, "only {} files were found", loaded.paths.len());
    let mut wrong = String::new();
    for file in loaded.sources.files() {
        let Some(formatted) = format(file.text()) else { continue };
        is_the_same(file.text(), &formatted);
        if formatted != file.text() {
            let _ = writeln!(wrong, "{}", file.name());
        }
    }
    assert!(wrong.is_empty(), "not in the one style, run `cargo run -p chor -- fmt`:\n{wrong}");
}

#[test]
fn all_examples_in_documents() {
    let mut wrong = String::new();
    let mut seen = 0;
    for document in documents(&root()) {
        let text = fs::read_to_string(&document).unwrap();
        for block in text.split("\n```chor").skip(1) {
            let (_, block) = block.split_once('\n').unwrap();
            let (example, _) = block.split_once("```").unwrap();
            for (name, text) in files(example) {
                let text = text.trim_end().to_owned() + "\n";
                let formatted = format(&text);
                seen += usize::from(formatted.is_some());
                if let Some(formatted) = formatted.filter(|formatted| *formatted != text) {
                    let _ = writeln!(wrong, "{}, {name}, should be\n{formatted}", document.display());
                }
            }
        }
    }
    assert!(seen > 80, "only {seen} examples were found");
    assert!(wrong.is_empty(), "not in the one style:\n{wrong}");
}

/// The folder of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The documents in a folder and those below it.
fn documents(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            found.extend(documents(&path));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The text in the style, where it parses.
fn format(text: &str) -> Option<String> {
    let mut sources = Sources::new();
    sources.add("any.chor", text).unwrap();
    formatted(&sources.files()[0]).ok()
}

/// The second text is the first but for white space, and commas that a line end stands for.
fn is_the_same(text: &str, formatted: &str) {
    assert_eq!(tree(text), tree(formatted), "the tree is another\n{text}\n---\n{formatted}");
    let (before, after) = (Essence::of(text), Essence::of(formatted));
    assert_eq!(before.code, after.code, "\n{text}\n---\n{formatted}");
    assert_eq!(before.comments, after.comments, "\n{text}\n---\n{formatted}");
}

fn is_in_style(text: &str) {
    assert_eq!(format(text).as_deref(), Some(text), "a second time changes it");
    assert!(!text.contains("\n\n\n") && !text.starts_with('\n') && !text.ends_with("\n\n"), "{text}");
    for line in text.lines() {
        assert_eq!(line.trim_end(), line, "white space at the end of a line\n{text}");
        let code = line.split("//").next().unwrap_or_default().trim_end();
        // Where there is no comma, there is no place to go on behind.
        let fits = code.chars().count() <= WIDTH || !code.contains(", ");
        assert!(fits, "too wide: {line}\n{text}");
    }
}

/// The tree without its places.
fn tree(text: &str) -> String {
    let mut sources = Sources::new();
    sources.add("any.chor", text).unwrap();
    let parsed = parse(&sources.files()[0]);
    assert!(parsed.findings.is_empty(), "{:?}\n{text}", parsed.findings);
    let tree = format!("{:#?}", parsed.tree);
    let mut places = tree.split("Span {");
    let mut without = places.next().unwrap().to_owned();
    places.for_each(|place| without.push_str(place.split_once('}').unwrap().1));
    without
}

/// What must not change, read without the parser.
#[derive(Default)]
struct Essence {
    /// Everything but white space, comments and commas.
    code: String,
    /// Each comment, and how much of the code stands before it. Opening braces are not counted, nor are commas: a
    /// comment before one comes out behind it.
    comments: Vec<(usize, String)>,
}

impl Essence {
    fn of(text: &str) -> Self {
        let mut essence = Self::default();
        let mut before = 0;
        let mut rest = text;
        while let Some(char) = rest.chars().next() {
            let (piece, after) = rest.split_at(length(rest));
            rest = after;
            if piece.starts_with("//") {
                essence.comments.push((before, piece.trim_end().to_owned()));
            } else if !char.is_whitespace() && char != ',' {
                essence.code.push_str(piece);
                before += usize::from(char != '{');
            }
        }
        essence
    }
}

/// How long the comment, the string or the character is that stands here.
fn length(text: &str) -> usize {
    if text.starts_with("//") {
        return text.find('\n').unwrap_or(text.len());
    }
    let Some(inside) = text.strip_prefix('"') else { return text.chars().next().map_or(0, char::len_utf8) };
    let mut escaped = false;
    let end = inside.find(|char| {
        let ends = char == '"' && !escaped;
        escaped = char == '\\' && !escaped;
        ends
    });
    end.unwrap() + 2
}
