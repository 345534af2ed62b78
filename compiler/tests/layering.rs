//! Who may know whom: the table of ARCHITECTURE.md, held against the `crate::` paths of the code.

#![allow(clippy::disallowed_methods, reason = "this test reads the compiler's own files")]
// A test that cannot go on has failed, in its helpers too.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A room, or one file of it with a rule of its own, and the rooms that it may know besides itself.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("fnv", &[]),
    ("parallel", &[]),
    ("diag", &["source"]),
    ("syntax", &["source", "diag", "parallel"]),
    ("model/resolve", &["source", "diag", "syntax"]),
    ("model", &["source", "diag"]),
    ("project", &["source", "diag", "fnv", "model", "parallel"]),
    ("lint", &["source", "diag", "model"]),
    ("explore", &["source", "model", "project"]),
    ("graph", &["source", "model", "project"]),
    ("check", &["source", "diag", "model", "parallel", "project", "graph", "lint"]),
    ("stats", &["diag", "model", "parallel", "project", "graph", "check", "explore", "lint"]),
    ("contract", &["diag", "lint", "model", "project", "source", "graph", "check"]),
    ("emit", &["fnv", "model", "project", "check"]),
    (
        "host",
        &["source", "diag", "syntax", "model", "project", "check", "lint", "emit", "compile", "compile_with"],
    ),
];

/// Libraries that one room alone may know.
const KEPT_IN: &[(&str, &str)] = &[
    ("chor_grammar", "syntax"),
    ("miette", "diag"),
    ("pest", "syntax"),
    ("prettyplease", "emit"),
    ("proc_macro2", "emit"),
    ("quote", "emit"),
    ("syn", "emit"),
    ("toml", "host"),
];

#[test]
fn rooms_know_only_whom_they_may() {
    let mut wrong = Vec::new();
    for (file, code) in code() {
        let Some((room, known)) = MAY_KNOW.iter().find(|(room, _)| is_in(&file, room)) else {
            assert!(file == "lib.rs", "{file} is in no room of the table");
            continue;
        };
        let own = room.split('/').next().unwrap();
        for other in rooms_named(&code) {
            if other != own && !known.contains(&other.as_str()) {
                wrong.push(format!("{file} may not know `{other}`"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn emitters_do_not_know_each_other() {
    let emitters: BTreeSet<_> = code().into_keys().filter_map(|file| emitter(&file)).collect();
    for (file, code) in code() {
        let Some(own) = emitter(&file) else { continue };
        for other in emitters.iter().filter(|other| **other != own) {
            assert!(!code.contains(&format!("emit::{other}")), "{file} may not know the emitter `{other}`");
        }
    }
}

#[test]
fn libraries_stay_in_their_room() {
    for (file, code) in code() {
        for (library, room) in KEPT_IN {
            let named = code.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
            let known = named.into_iter().any(|word| word.starts_with(&format!("{library}::")));
            assert!(!known || is_in(&file, room), "{file} may not know `{library}`, only `{room}` may");
        }
    }
}

#[test]
fn the_table_is_that_of_the_architecture() {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for (room, _) in MAY_KNOW.iter().filter(|(room, _)| !room.contains('/')) {
        assert!(page.contains(&format!("| `{room}` |")), "ARCHITECTURE.md has no line for `{room}`");
    }
}

#[test]
fn the_clippy_files_repeat_the_workspaces() {
    // Clippy reads the nearest of them alone.
    let workspace = fs::read_to_string(root().join("../clippy.toml")).unwrap();
    for file in ["clippy.toml", "cli/clippy.toml"] {
        let own = fs::read_to_string(root().join(file)).unwrap();
        assert!(own.contains(&workspace), "{file} does not repeat {workspace}");
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// `emit/rust/…` is in `emit`; so is `emit.rs`.
fn is_in(file: &str, room: &str) -> bool {
    file.strip_prefix(room).is_some_and(|rest| rest.starts_with(['/', '.']))
}

/// The emitter to which a file belongs: `rust` of `emit/rust/names.rs`.
fn emitter(file: &str) -> Option<String> {
    let name = file.strip_prefix("emit/")?.split(['/', '.']).next()?;
    (name != "mod").then(|| name.to_owned())
}

/// The rooms in `crate::room`, `crate::{room::…, other}`.
fn rooms_named(code: &str) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        let parts = match rest.strip_prefix('{') {
            Some(group) => outermost(group),
            None => vec![rest],
        };
        rooms.extend(parts.into_iter().map(first_word).filter(|word| !word.is_empty()));
    }
    rooms
}

/// The parts of `a::{b, c}, d}` up to the brace that closes it: `a::{b, c}` and `d`.
fn outermost(group: &str) -> Vec<&str> {
    let (mut depth, mut from, mut parts) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                parts.push(&group[from..at]);
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&group[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts
}

fn first_word(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The files of the compiler by their path below `src`, without comments and tests.
fn code() -> BTreeMap<String, String> {
    let source = root().join("src");
    let mut files = BTreeMap::new();
    read_into(&mut files, &source, &source);
    assert!(files.len() > 20, "only {} files were found", files.len());
    let tests: Vec<_> = files.iter().flat_map(|(file, code)| test_files(file, code)).collect();
    files.retain(|file, _| !tests.contains(file));
    files.into_iter().map(|(file, code)| (file, without_comments_and_tests(&code))).collect()
}

fn read_into(files: &mut BTreeMap<String, String>, folder: &Path, source: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        if path.is_dir() {
            read_into(files, &path, source);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(source).unwrap().to_str().unwrap().replace('\\', "/");
            files.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

/// The files that a file declares as `#[cfg(test)] mod name;`.
fn test_files(file: &str, code: &str) -> Vec<String> {
    let folder = match file.strip_suffix("/mod.rs") {
        Some(folder) => folder.to_owned(),
        None if file == "lib.rs" => String::new(),
        None => file.trim_end_matches(".rs").to_owned(),
    };
    let below = |name: &str| format!("{folder}/{name}.rs").trim_start_matches('/').to_owned();
    let declared = code.split("#[cfg(test)]").skip(1).map(str::trim_start);
    declared
        .filter_map(|rest| rest.strip_prefix("mod ")?.split_once(';'))
        .map(|(name, _)| below(name))
        .collect()
}

fn without_comments_and_tests(code: &str) -> String {
    let code = code.split("#[cfg(test)]\nmod tests {").next().unwrap();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn paths_are_read_in_every_spelling() {
    let code =
        "use crate::source::Span;\nuse crate::{diag::{self, Code}, model};\nfn f(x: &crate::emit::Files) {}";
    assert_eq!(rooms_named(code).into_iter().collect::<Vec<_>>(), ["diag", "emit", "model", "source"]);
}
