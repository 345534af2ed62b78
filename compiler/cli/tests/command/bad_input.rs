//! What is no choreography at all: each is told in a sentence, and none takes the command down.

use std::fs;

use insta::assert_snapshot;

use super::{Ran, chor, chor_in, folder};

/// Checks a folder with one file of these bytes.
fn check(bytes: &[u8]) -> Ran {
    let folder = folder(&[]);
    fs::write(folder.path().join("a.chor"), bytes).unwrap();
    chor_in(folder.path(), &["check"])
}

#[test]
fn an_empty_file() {
    assert_snapshot!(check(b""), @r"
    exit code: 2
    errors:
    error: `a.chor` is empty
      help: declare a service and an event; `chor new NAME` makes an example to begin with
    ");
}

#[test]
fn another_encoding() {
    assert_snapshot!(check(b"service Orders\n// f\xFCnf"), @r"
    exit code: 2
    errors:
    error: `a.chor` is not UTF-8: byte 19, on line 2, is 0xFC
      help: save it as UTF-8
    ");
}

#[test]
fn fifty_megabytes() {
    assert_snapshot!(check(&vec![b' '; 50 * 1024 * 1024]), @r"
    exit code: 2
    errors:
    error: `a.chor` is too large: it has 50 MiB, a file may have 16 MiB
      help: split it into several files in one folder; all files of a folder are read together
    ");
}

#[test]
fn a_hundred_thousand_brackets() {
    let ran = check(format!("event E {{ a: {}", "[".repeat(100_000)).as_bytes());
    assert!(
        ran.status == 1 && ran.stderr.is_empty() && ran.stdout.len() < 5_000,
        "{} {}",
        ran.status,
        ran.stderr
    );
}

#[test]
fn nothing_there() {
    assert_snapshot!(chor(&["check", "shop.chor", "shop"], &[("shop.txt", "")]), @r"
    exit code: 2
    errors:
    error: there is no file or folder `shop.chor`
      help: check the path; it is taken from the folder in which the command runs
    error: there is no file or folder `shop`
      help: check the path; it is taken from the folder in which the command runs
    ");
    assert_snapshot!(chor(&["check"], &[("shop.txt", "")]), @r"
    exit code: 2
    errors:
    error: there is no `.chor` file in the current folder
      help: name a `.chor` file or the folder that holds some; hidden folders, `target` and `node_modules` are not searched
    ");
}

#[test]
fn a_folder_with_the_name_of_a_file() {
    assert_snapshot!(chor(&["check", "shop.chor"], &[("shop.chor/a.chor", "")]), @r"
    exit code: 2
    errors:
    error: `shop.chor` is a folder, though it is named like a choreography file
      help: rename the folder
    ");
}

#[cfg(unix)]
#[test]
fn a_link_to_nothing() {
    let folder = folder(&[]);
    std::os::unix::fs::symlink("gone", folder.path().join("a.chor")).unwrap();
    assert_snapshot!(chor_in(folder.path(), &["check"]), @r"
    exit code: 2
    errors:
    error: `a.chor` cannot be read: it is a link to something that does not exist
      help: remove the link, or mend it
    ");
}

#[test]
fn steering_characters_do_not_reach_the_terminal() {
    let ran = check("service Orders \u{1b}[31m\u{9b}31m {".as_bytes());
    assert!(ran.status == 1 && !ran.stdout.contains(['\u{1b}', '\u{9b}']), "{ran}");
}
