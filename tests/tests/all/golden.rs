//! Generated code, compared byte for byte with the copy in `golden/`.
//!
//! A copy changes only when asked: `CHOR_BLESS=1 cargo test -p chor-tests golden` writes what is generated now,
//! for the author to read and the reviewer to see.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chor_compiler::compile;
use chor_compiler::emit::Files;
use chor_compiler::emit::rust::{Options, emit};
use chor_compiler::source::Sources;

#[test]
fn the_checkout_is_generated_as_its_golden_copy() {
    check("../examples/checkout/checkout.chor", "golden/checkout");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let source = "../examples/checkout/checkout.chor";
    assert_eq!(generate(source), generate(source));
}

/// What is generated from `source` stands in `golden`, and nothing else does.
fn check(source: &str, golden: &str) {
    let generated = generate(source);
    let folder = here(golden);
    if std::env::var_os("CHOR_BLESS").is_some() {
        bless(&folder, &generated);
    }
    let copy = read(&folder);
    let names: Vec<_> = generated.keys().collect();
    assert_eq!(names, copy.keys().collect::<Vec<_>>(), "the files of {golden}");
    for (name, text) in &generated {
        assert!(
            copy.get(name) == Some(text),
            "{golden}/{name} is not what is generated now; see what changed with\n\
             CHOR_BLESS=1 cargo test -p chor-tests golden; git diff tests/{golden}"
        );
    }
}

fn generate(source: &str) -> Files {
    let mut sources = Sources::new();
    let name = Path::new(source).file_name().unwrap().to_str().unwrap();
    sources.add(name, fs::read_to_string(here(source)).unwrap()).unwrap();
    let compilation = compile(&sources);
    let checked = compilation.checked.unwrap_or_else(|| panic!("{:#?}", compilation.diagnostics));
    emit(&checked, &Options::default())
}

fn bless(folder: &Path, generated: &Files) {
    fs::create_dir_all(folder).unwrap();
    for name in read(folder).keys().filter(|name| !generated.contains_key(*name)) {
        fs::remove_file(folder.join(name)).unwrap();
    }
    for (name, text) in generated {
        fs::write(folder.join(name), text).unwrap();
    }
}

fn read(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).unwrap();
    let files = entries.map(|entry| entry.unwrap().path());
    files
        .map(|path| {
            (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap())
        })
        .collect()
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
