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
    // Always in one place, so that cargo replaces what it has built there before.
    let home = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let package = home.join("tea-house");
    let _ = fs::remove_dir_all(&package);
    let created = chor_in(home, &["new", "tea-house"]);
    assert_snapshot!(created.to_string().replace(&*checkout().to_string_lossy(), "CHECKOUT"), @r"
    exit code: 0
    output:
    created the package `tea-house`, with the runtime and the compiler of CHECKOUT

      cd tea-house
      cargo run       an evening in a restaurant
      cargo test
    ");
    fs::copy(checkout().join("Cargo.lock"), package.join("Cargo.lock")).unwrap();
    let ran = cargo(&package, &["run"]);
    assert_eq!(ran.status, 0, "{ran}");
    assert_snapshot!(ran.stdout, @r"
    Guest orders dumplings
      Waiter passes dumplings on
      Kitchen cooks dumplings
      Waiter serves after 12 minutes
    Guest eats dumplings
    Guest orders noodles
      Waiter passes noodles on
      Kitchen cooks noodles
      Waiter serves after 12 minutes
    Guest eats noodles
    Guest orders soup
      Waiter passes soup on
      Kitchen has no soup left
      Waiter apologises
    Guest goes hungry: no soup left
    2 of 3 dishes were served
    ");
    let tested = cargo(&package, &["test"]);
    assert!(tested.status == 0 && tested.stdout.contains("1 passed"), "{tested}");
    let checked = chor_in(&package, &["check"]);
    assert!(checked.status == 0 && checked.stdout.ends_with(": no findings\n"), "{checked}");
}

/// Calls cargo without the network, beside what the workspace has built, so that little is built again.
fn cargo(package: &Path, arguments: &[&str]) -> super::Ran {
    let target = Path::new(env!("CARGO_BIN_EXE_chor")).ancestors().nth(2).unwrap();
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).args(["--offline", "--quiet"]).current_dir(package);
    command.env("CARGO_TARGET_DIR", target).env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only");
    ran(command.output().unwrap())
}

#[test]
fn what_exists_is_left_alone() {
    assert_snapshot!(chor(&["new", "shop"], &[("shop/precious.txt", "")]), @r"
    exit code: 2
    errors:
    error: `shop` exists already
      help: choose another name, or remove it
    ");
    assert_snapshot!(chor(&["new", "shop"], &[("shop", "")]), @r"
    exit code: 2
    errors:
    error: `shop` exists already
      help: choose another name, or remove it
    ");
}

#[test]
fn a_name_that_cargo_refuses_is_refused() {
    assert_snapshot!(chor(&["new", "match"], &[]), @r"
    exit code: 2
    errors:
    error: a package cannot be called `match`: it is a keyword of Rust
      help: choose one such as `shop` or `tea-house`
    ");
    assert_snapshot!(chor(&["new", "tea\nhouse"], &[]), @r"
    exit code: 2
    errors:
    error: a package cannot be called `tea\nhouse`: a name is made of the letters a to z, digits, `-` and `_`
      help: choose one such as `shop` or `tea-house`
    ");
    assert_snapshot!(chor(&["new", ".."], &[]), @r"
    exit code: 2
    errors:
    error: `..` is no name for a new folder
      help: name a folder that does not exist yet, such as `shop`
    ");
}

#[test]
fn the_crates_come_from_the_checkout_that_is_named() {
    let path = checkout().to_str().unwrap();
    let home = folder(&[]);
    assert_eq!(
        chor_in(home.path(), &["new", "deep/er/shop", "--path", path, "-q"]).to_string(),
        "exit code: 0"
    );
    let manifest = fs::read_to_string(home.path().join("deep/er/shop/Cargo.toml")).unwrap();
    assert!(manifest.contains(&format!("chor-runtime = {{ path = \"{path}/runtime\" }}")), "{manifest}");
    assert_snapshot!(chor(&["new", "shop", "--path", "."], &[]), @r"
    exit code: 2
    errors:
    error: `.` is no checkout of chor
      help: name the folder that holds `compiler` and `runtime`
    ");
}
