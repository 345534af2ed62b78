//! `chor fmt`.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use insta::assert_snapshot;

use super::{Ran, chor, chor_in, command, folder, ran};

const UNTIDY: &str = "\
service   Orders // takes orders

event OrderPlaced {order: uuid, total : decimal}
";

const TIDY: &str = "\
service Orders // takes orders

event OrderPlaced { order: uuid, total: decimal }
";

const BROKEN: &str = "service Orders\nevent OrderPlaced { order uuid }\n";

/// Calls `chor` with this on standard input.
fn chor_with_input(arguments: &[&str], input: &[u8]) -> Ran {
    let folder = folder(&[]);
    let mut command = command(folder.path(), arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    ran(child.wait_with_output().unwrap())
}

#[test]
fn files_are_changed_in_their_place() {
    let folder = folder(&[("a.chor", UNTIDY), ("b/b.chor", TIDY), ("c.chor", ""), ("d.chor", UNTIDY)]);
    assert_snapshot!(chor_in(folder.path(), &["fmt", "a.chor", "b", "c.chor"]), @"
    exit code: 0
    output:
    formatted 1 file, 2 files unchanged
    ");
    let content = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(content("a.chor"), TIDY);
    assert_eq!(content("d.chor"), UNTIDY, "it was not named");
    assert_snapshot!(chor_in(folder.path(), &["fmt"]), @"
    exit code: 0
    output:
    formatted 1 file, 3 files unchanged
    ");
    assert_snapshot!(chor_in(folder.path(), &["fmt", "--quiet"]), @"exit code: 0");
}

#[test]
fn check_shows_what_would_change_and_changes_nothing() {
    let folder = folder(&[("a.chor", UNTIDY), ("b.chor", TIDY)]);
    assert_snapshot!(chor_in(folder.path(), &["fmt", "--check"]), @"
    exit code: 1
    output:
    --- a.chor
    +++ a.chor
    @@ -1,3 +1,3 @@
    -service   Orders // takes orders
    +service Orders // takes orders
     
    -event OrderPlaced {order: uuid, total : decimal}
    +event OrderPlaced { order: uuid, total: decimal }
    1 file would be changed by `chor fmt`, 1 file unchanged
    ");
    assert_eq!(fs::read_to_string(folder.path().join("a.chor")).unwrap(), UNTIDY);
    assert_snapshot!(chor_in(folder.path(), &["fmt", "--check", "b.chor"]), @"
    exit code: 0
    output:
    1 file unchanged
    ");
}

#[test]
fn a_diff_shows_each_change_with_the_lines_around_it() {
    let untidy = format!("{UNTIDY}{}event  Last {{}}", "// a line\n".repeat(20));
    let ran = chor(&["fmt", "--check", "--quiet"], &[("a.chor", &untidy)]);
    assert_snapshot!(ran, @r#"
    exit code: 1
    output:
    --- a.chor
    +++ a.chor
    @@ -1,6 +1,6 @@
    -service   Orders // takes orders
    +service Orders // takes orders
     
    -event OrderPlaced {order: uuid, total : decimal}
    +event OrderPlaced { order: uuid, total: decimal }
     // a line
     // a line
     // a line
    @@ -21,4 +21,4 @@
     // a line
     // a line
     // a line
    -event  Last {}
    \ No newline at end of file
    +event Last {}
    "#);
}

#[test]
fn a_file_with_syntax_errors_is_left_as_it_is() {
    let folder = folder(&[("a.chor", BROKEN), ("b.chor", UNTIDY)]);
    assert_snapshot!(chor_in(folder.path(), &["fmt"]), @"
    exit code: 2
    output:
    C0001 syntax-error

      × a colon is missing between `order` and its type
       ╭─[a.chor:2:27]
     1 │ service Orders
     2 │ event OrderPlaced { order uuid }
       ·                           ──┬─
       ·                             ╰── `:` is missing before this
       ╰────
      help: write `:` before it
            - event OrderPlaced { order uuid }
            + event OrderPlaced { order: uuid }

    formatted 1 file, 1 file with syntax errors
    ");
    assert_eq!(fs::read_to_string(folder.path().join("a.chor")).unwrap(), BROKEN);
    assert_eq!(
        fs::read_to_string(folder.path().join("b.chor")).unwrap(),
        TIDY,
        "nothing is wrong with this one"
    );
    assert_eq!(chor_in(folder.path(), &["fmt", "--check"]).status, 2);
}

#[test]
fn a_file_that_is_only_wrong_is_formatted() {
    let ran = chor(&["fmt"], &[("a.chor", "event   A { a: nothing_known }")]);
    assert_eq!(ran.status, 0, "{ran}");
}

#[test]
fn standard_input_goes_to_standard_output() {
    let ran = chor_with_input(&["fmt", "-"], UNTIDY.as_bytes());
    assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.as_str()), (0, TIDY, ""));
    let ran = chor_with_input(&["fmt", "-"], TIDY.as_bytes());
    assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.as_str()), (0, TIDY, ""));
    assert_eq!(chor_with_input(&["fmt", "-"], b"").status, 0);
    assert_snapshot!(chor_with_input(&["fmt", "--check", "-"], UNTIDY.as_bytes()), @"
    exit code: 1
    output:
    --- <stdin>
    +++ <stdin>
    @@ -1,3 +1,3 @@
    -service   Orders // takes orders
    +service Orders // takes orders
     
    -event OrderPlaced {order: uuid, total : decimal}
    +event OrderPlaced { order: uuid, total: decimal }
    ");
}

#[test]
fn what_is_wrong_with_standard_input_goes_to_standard_error() {
    assert_snapshot!(chor_with_input(&["fmt", "-"], BROKEN.as_bytes()), @"
    exit code: 2
    errors:
    C0001 syntax-error

      × a colon is missing between `order` and its type
       ╭─[<stdin>:2:27]
     1 │ service Orders
     2 │ event OrderPlaced { order uuid }
       ·                           ──┬─
       ·                             ╰── `:` is missing before this
       ╰────
      help: write `:` before it
            - event OrderPlaced { order uuid }
            + event OrderPlaced { order: uuid }
    ");
    assert_snapshot!(chor_with_input(&["fmt", "-"], b"service \xFF"), @"
    exit code: 2
    errors:
    error: `<stdin>` is not UTF-8: byte 8, on line 1, is 0xFF
      help: save it as UTF-8
    ");
    assert_snapshot!(chor(&["fmt", "-", "a.chor"], &[("a.chor", TIDY)]), @"
    exit code: 2
    errors:
    error: `-` is standard input, whose text goes to standard output; it cannot be named with other paths
      help: format the other paths by a call of their own
    ");
}

#[test]
fn nothing_is_written_where_a_file_cannot_be_read() {
    let folder = folder(&[("a.chor", UNTIDY)]);
    fs::write(folder.path().join("b.chor"), b"\xFF").unwrap();
    assert_snapshot!(chor_in(folder.path(), &["fmt", "a.chor", "b.chor", "c.chor"]), @"
    exit code: 2
    errors:
    error: there is no file or folder `c.chor`
      help: check the path; it is taken from the folder in which the command runs
    error: `b.chor` is not UTF-8: byte 0, on line 1, is 0xFF
      help: save it as UTF-8
    ");
    assert_eq!(fs::read_to_string(folder.path().join("a.chor")).unwrap(), UNTIDY);
}

#[cfg(unix)]
#[test]
fn a_link_and_who_may_read_the_file_stay() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let folder = folder(&[("real/a.chor", UNTIDY)]);
    let (file, link) = (folder.path().join("real/a.chor"), folder.path().join("b.chor"));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    symlink("real/a.chor", &link).unwrap();
    assert_eq!(chor_in(folder.path(), &["fmt", "b.chor"]).status, 0);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&file).unwrap(), TIDY);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    fs::write(&file, UNTIDY).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o400)).unwrap();
    assert_snapshot!(chor_in(folder.path(), &["fmt", "b.chor"]), @"
    exit code: 2
    errors:
    error: `b.chor` cannot be written: it is read-only
      help: check that the folder may be written to, or name another one
    ");
}
