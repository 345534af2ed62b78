//! `chor new`.

use std::fs;
use std::path::Path;
use std::process::Command;

use insta::assert_snapshot;

use super::{chor, chor_in, folder, ran};

/// The folder of this workspace.
fn checkout() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()
}

#[test]
fn the_new_package_runs_and_passes_its_tests() {
    let home = folder(&[]);
    let created = chor_in(home.path(), &["new", "tea-house"]);
    assert_eq!(created.status, 0, "{created}");
    assert_snapshot!(created.to_string().replace(&*checkout().to_string_lossy(), "CHECKOUT"), @"");
    assert_eq!(cargo(&home.path().join("tea-house"), &["test"]).status, 0);
    assert_snapshot!(cargo(&home.path().join("tea-house"), &["run"]), @"");
    let checked = chor_in(&home.path().join("tea-house"), &["check"]);
    assert_eq!(checked.status, 0, "{checked}");
    assert!(checked.stdout.ends_with(": no findings\n"), "{checked}");
}

/// Calls cargo without the network; what the workspace has built is not built again.
fn cargo(package: &Path, arguments: &[&str]) -> super::Ran {
    fs::copy(checkout().join("Cargo.lock"), package.join("Cargo.lock")).unwrap();
    let target = checkout().join("target").join("new-package");
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).args(["--offline", "--quiet"]).current_dir(package).env("CARGO_TARGET_DIR", target);
    ran(command.output().unwrap())
}

#[test]
fn what_exists_is_left_alone() {
    assert_snapshot!(chor(&["new", "shop"], &[("shop/precious.txt", "")]), @"");
    assert_snapshot!(chor(&["new", "shop"], &[("shop", "")]), @"");
}

#[test]
fn a_name_that_cargo_refuses_is_refused() {
    assert_snapshot!(chor(&["new", "match"], &[]), @"");
    assert_snapshot!(chor(&["new", "tea\nhouse"], &[]), @"");
    assert_snapshot!(chor(&["new", ".."], &[]), @"");
}

#[test]
fn the_crates_come_from_the_checkout_that_is_named() {
    let path = checkout().to_str().unwrap();
    let home = folder(&[]);
    assert_eq!(chor_in(home.path(), &["new", "deep/er/shop", "--path", path, "-q"]).to_string(), "exit code: 0");
    let manifest = fs::read_to_string(home.path().join("deep/er/shop/Cargo.toml")).unwrap();
    assert!(manifest.contains(&format!("chor-runtime = {{ path = \"{path}/runtime\" }}")), "{manifest}");
    assert_snapshot!(chor(&["new", "shop", "--path", "."], &[]), @"");
}
