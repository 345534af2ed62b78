//! Generated code, compared byte for byte with the copy in `golden/`.
//!
//! The copy changes only when asked: `CHOR_BLESS=1 cargo test -p chor-tests golden` has the build script write
//! what is generated now, for the author to read and the reviewer to see.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chor_compiler::check::Checked;
use chor_compiler::compile;
use chor_compiler::emit::Files;
use chor_compiler::emit::rust::{Options, Style, emit};
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

#[test]
fn a_team_gets_its_own_service_alone() {
    let checked = compiled("../examples/checkout/checkout.chor");
    let payment = checked.model().services.iter().find(|(_, service)| service.header.name.text == "Payment");
    let only = payment.map(|(id, _)| vec![id]);
    let alone = emit(&checked, &Options { only, style: Style::Modules });
    let whole = emit(&checked, &Options { only: None, style: Style::Modules });
    assert_eq!(alone.keys().collect::<Vec<_>>(), ["mod.rs", "payment.rs"]);
    assert_eq!(alone["payment.rs"], whole["payment.rs"]);
    assert_eq!(alone["mod.rs"].matches("pub mod").count(), 1);
}

/// `chor breaking` says that a machine has changed exactly where the runtime would set open instances aside.
#[test]
fn the_lock_tells_the_machines_that_the_runtime_goes_by() {
    let checked = compiled("../examples/checkout/checkout.chor");
    let files = emit(&checked, &Options { only: None, style: Style::Modules });
    let contracts = chor_compiler::contract::take(&checked);
    let parts = contracts.choreographies.values().flat_map(|flow| &flow.parts);
    let mut compared = 0;
    for (service, part) in parts {
        let stub = &files[&format!("{}.rs", service.rsplit('.').next().unwrap().to_lowercase())];
        // An external runs on nothing of ours.
        let hash = stub.lines().find_map(|line| line.trim().strip_prefix("hash: 0x"));
        let Some(hash) = hash else { continue };
        assert_eq!(hash.trim_end_matches(',').replace('_', ""), part.machine, "{service}");
        compared += 1;
    }
    assert_eq!(compared, 4, "all but the customer");
}

/// What is generated from `source` stands in `golden`, and nothing else does.
fn check(source: &str, golden: &str) {
    let generated = generate(source);
    let copy = read(&here(golden));
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
    emit(&compiled(source), &Options { only: None, style: Style::Modules })
}

fn compiled(source: &str) -> Checked {
    let mut sources = Sources::new();
    let name = Path::new(source).file_name().unwrap().to_str().unwrap();
    sources.add(name, fs::read_to_string(here(source)).unwrap()).unwrap();
    let compilation = compile(&sources);
    compilation.checked.unwrap_or_else(|| panic!("{:#?}", compilation.diagnostics))
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
