//! `chor breaking`: against folders, lock files and real git repositories.

use std::fs;
use std::path::Path;
use std::process::Command;

use insta::assert_snapshot;
use serde_json::Value;
use tempfile::TempDir;

use super::{Ran, chor, chor_in, command, folder, ran};

const OLD: &str = "\
service Orders
service Payment { reads OrderPlaced { order, total } }
service Audit { reads OrderPlaced { order } }

event OrderPlaced { order: uuid, total: u32, note: string? }

choreography Checkout by order {
  Orders -> Payment, Audit: OrderPlaced
}
";

/// The total may be larger than a running Payment can hold.
fn new() -> String {
    OLD.replace("total: u32", "total: u64")
}

#[test]
fn a_finding_says_who_breaks_and_shows_it() {
    let files = [("old/shop.chor", OLD), ("new/shop.chor", &new())];
    assert_snapshot!(chor(&["breaking", "new", "--against", "old"], &files), @r#"
    exit code: 1
    output:
    C0905 type-changed

      × Payment cannot read `total` of `OrderPlaced`: written as `u64`, read as `u32`
       ╭─[new/shop.chor:5:34]
     4 │ 
     5 │ event OrderPlaced { order: uuid, total: u64, note: string? }
       ·                                  ──┬──
       ·                                    ╰── compared with `old`
     6 │ 
       ╰────
      note: written by Orders; noticed by Payment; heard and not read by Audit
      note: new readers of old events: fine; old readers of new events: broken
      note: the old reader refuses this new event, since `total` must be from 0 to 4294967295, is
            18446744073709551615: {"order":"67e55044-10b1-426f-9247-
            bb680e5fe0c8","total":18446744073709551615}
      help: deploy the readers first, then the writers

    checked 1 file: 3 services, 1 event, 1 choreography: 1 error
    `chor explain C0905` says more about a finding
    "#);
    // The other way round, it is old events that the new reader refuses.
    assert_snapshot!(chor(&["breaking", "old", "--against", "new", "--format", "github"], &files), @r#"
    exit code: 1
    output:
    ::error file=old/shop.chor,line=5,endLine=5,col=34,endColumn=38,title=C0905 type-changed::Payment cannot read `total` of `OrderPlaced`: written as `u64`, read as `u32`%0Awritten by Orders; noticed by Payment; heard and not read by Audit%0Anew readers of old events: broken; old readers of new events: fine%0Athe new reader refuses this old event, since `total` must be from 0 to 4294967295, is 18446744073709551615: {"order":"67e55044-10b1-426f-9247-bb680e5fe0c8","total":18446744073709551615}%0Ahelp: deploy the writers first, and the readers when every old event is read; a log that is read again breaks
    "#);
    let fine = chor(&["breaking", "new", "--against", "old", "--mode", "backward"], &files);
    assert_eq!(
        (fine.status, fine.stdout.as_str()),
        (0, "checked 1 file: 3 services, 1 event, 1 choreography: no findings\n")
    );
}

#[test]
fn every_format_of_check_is_one_of_breaking() {
    let files = [("old/shop.chor", OLD), ("new/shop.chor", &new())];
    for format in ["human", "json", "sarif", "github", "gitlab", "junit", "checkstyle"] {
        let call = || chor(&["breaking", "new", "--against", "old", "--format", format], &files);
        let first = call();
        assert_eq!(first.status, 1, "{format}: {first}");
        assert!(
            first.stdout.contains("type-changed") || first.stdout.contains("bound-changed"),
            "{format}: {first}"
        );
        assert_eq!(first.stdout, call().stdout, "{format}");
        // A reviewer sees nothing else of it: the verdict and an event that shows it.
        let verdict =
            if format == "json" { r#""forward": "broken""# } else { "old readers of new events: broken" };
        assert!(first.stdout.contains(verdict), "{format}: {first}");
        assert!(first.stdout.contains("18446744073709551615}"), "{format}: {first}");
    }
    let json = chor(&["breaking", "new", "--against", "old", "--format", "json"], &files);
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json["summary"]["errors"], 1);
    assert_eq!(json["findings"][0]["line"], 5);
}

#[test]
fn levels_and_allow_count() {
    let allowed =
        new().replace("total: u64", "@allow(type_changed, reason: \"nobody orders so much\")\n  total: u64");
    let files = [("old/shop.chor", OLD), ("new/shop.chor", &allowed)];
    assert_eq!(chor(&["breaking", "new", "--against", "old"], &files).status, 0);
    // By itself, the attribute is neither unused nor wrong.
    let checked = chor(&["check", "new"], &files);
    assert!(!checked.stdout.contains("C08"), "{checked}");
    let unused = chor(&["breaking", "new", "--against", "new"], &files);
    assert!(unused.stdout.contains("C0805"), "{unused}");
    let files = [
        ("old/shop.chor", OLD),
        ("new/shop.chor", &new()),
        ("new/chor.toml", "[lints]\ntype-changed = \"warn\"\n"),
    ];
    let warned = chor(&["breaking", "new", "--against", "old"], &files);
    assert_eq!(warned.status, 0, "{warned}");
    assert!(warned.stdout.contains("1 warning"), "{warned}");
    // What is denied in the files as they are, or were, is the affair of `chor check`.
    let files = [
        ("old/shop.chor", OLD),
        ("new/shop.chor", &new()),
        ("chor.toml", "[lints]\nunread-field = \"deny\"\ntype-changed = \"allow\"\n"),
    ];
    assert_eq!(chor(&["check", "new"], &files).status, 1);
    assert_eq!(chor(&["breaking", "new", "--against", "old"], &files).status, 0);
}

#[test]
fn a_history_of_lock_files() {
    let folder = folder(&[("shop.chor", OLD)]);
    fs::create_dir(folder.path().join("releases")).unwrap();
    let write = |name: &str, text: &str| {
        fs::write(folder.path().join("shop.chor"), text).unwrap();
        assert_eq!(chor_in(folder.path(), &["lock", "--out", &format!("releases/{name}.json")]).status, 0);
    };
    write("1.9", &OLD.replace("total: u32", "total: string"));
    write("1.10", &OLD.replace("total: u32, ", "").replace(", total", ""));
    fs::write(folder.path().join("shop.chor"), OLD.replace("total: u32", "total: u32 = 0")).unwrap();
    let against =
        |mode| chor_in(folder.path(), &["breaking", "shop.chor", "--against", "releases", "--mode", mode]);
    // The name is used again with another type: fine since the last version, and not over the history.
    assert_snapshot!(against("backward"), @r#"
    exit code: 0
    output:
    C0917 name-reuse

      ⚠ `total` of `OrderPlaced` was removed, and is back for something else: written as `string`,
      │ read as `u32`
       ╭─[shop.chor:5:34]
     4 │ 
     5 │ event OrderPlaced { order: uuid, total: u32 = 0, note: string? }
       ·                                  ──┬──
       ·                                    ╰── compared with `releases/1.9.json`
     6 │ 
       ╰────
      note: written by Orders; noticed by Payment; heard and not read by Audit
      note: new readers of old events: broken; old readers of new events: depends on what is written
      note: the new reader refuses this old event, since `total` must be a whole number, is a text:
            {"order":"67e55044-10b1-426f-9247-bb680e5fe0c8","total":"text"}
      help: give it a name that no version has had: what is in the log keeps its meaning

    checked 1 file: 3 services, 1 event, 1 choreography: 1 warning
    `chor explain C0917` says more about a finding
    "#);
    let forward = against("forward");
    assert!(forward.status == 0 && !forward.stdout.contains("C0917"), "{forward}");
    let transitive = against("backward-transitive");
    assert_eq!(transitive.status, 1, "{transitive}");
    assert!(transitive.stdout.contains("C0905") && transitive.stdout.contains("C0917"), "{transitive}");
    assert!(transitive.stdout.contains("releases/1.9.json"), "{transitive}");
    // Once the name is in the last version, that is done; so it is with a history of one version.
    write("1.11", &OLD.replace("total: u32", "total: u32 = 0"));
    assert!(!against("backward").stdout.contains("C0917"));
    let single = chor_in(folder.path(), &["breaking", "shop.chor", "--against", "releases/1.10.json"]);
    assert!(!single.stdout.contains("C0917"), "{single}");
}

#[test]
fn the_name_of_an_event_is_used_again() {
    let text =
        "service A { emits Noted }\nservice B { reads Noted }\nevent Noted { id: uuid, text: string }\n";
    let folder = folder(&[("notes.chor", text)]);
    fs::create_dir(folder.path().join("releases")).unwrap();
    let write = |text: &str| fs::write(folder.path().join("notes.chor"), text).unwrap();
    let release = |name: &str| {
        assert_eq!(chor_in(folder.path(), &["lock", "--out", &format!("releases/{name}.json")]).status, 0);
    };
    release("1");
    write("service A { emits Filed }\nservice B { reads Filed }\nevent Filed { id: uuid }\n");
    release("2");
    write(&text.replace("text: string", "text: u32"));
    let against =
        |mode| chor_in(folder.path(), &["breaking", "notes.chor", "--against", "releases", "--mode", mode]);
    // Nothing but the history holds events of the old shape.
    assert_eq!(against("backward").status, 0);
    let reused = "`Noted` was removed, and is back for something else: B cannot read `text`";
    assert!(against("full").stdout.contains(reused), "{}", against("full"));
    let transitive = against("backward-transitive");
    let told = "B cannot read `text` of `Noted`: written as `string`, read as `u32`";
    assert!(transitive.status == 1 && transitive.stdout.contains(told), "{transitive}");
    assert!(transitive.stdout.contains("releases/1.json"), "{transitive}");
}

/// A repository with these files in one commit.
fn repository(files: &[(&str, &str)]) -> TempDir {
    let folder = folder(files);
    git(folder.path(), &["init", "--quiet", "--initial-branch", "main"]);
    commit(folder.path());
    folder
}

fn commit(folder: &Path) {
    git(folder, &["add", "--all"]);
    git(folder, &["commit", "--quiet", "--allow-empty", "--message", "A version."]);
}

fn git(folder: &Path, arguments: &[&str]) {
    let identity =
        ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"];
    let output = Command::new("git").args(identity).args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn against(folder: &Path, arguments: &[&str]) -> Ran {
    let mut all = vec!["breaking"];
    all.extend(arguments);
    chor_in(folder, &all)
}

#[test]
fn a_git_ref_is_read_without_a_checkout() {
    let repository = repository(&[("contracts/shop.chor", OLD), ("contracts/target/old.chor", "nonsense")]);
    let shop = repository.path().join("contracts/shop.chor");
    assert_eq!(against(repository.path(), &["--against", "HEAD"]).status, 0);
    fs::write(&shop, new()).unwrap();
    let found = against(repository.path(), &["--against", "main"]);
    assert_eq!(found.status, 1, "{found}");
    assert!(found.stdout.contains("compared with `main`"), "{found}");
    // From a folder within, and of a file alone.
    let within = repository.path().join("contracts");
    assert_eq!(against(&within, &["--against", "main"]).status, 1);
    assert_eq!(against(&within, &["shop.chor", "--against", "main"]).status, 1);
    assert_eq!(against(&within, &[shop.to_str().unwrap(), "--against", "main"]).status, 1);
}

#[test]
fn a_ref_that_nobody_knows() {
    let repository = repository(&[("shop.chor", OLD)]);
    assert_snapshot!(against(repository.path(), &["--against", "trunk"]), @r"
    exit code: 2
    errors:
    error: there is no folder, lock file or git ref `trunk`
      help: fetch it: `git fetch origin trunk`, and see `git branch --all` and `git tag` for what there is
    ");
    assert_eq!(against(repository.path(), &["--against", "--help-me"]).status, 2);
}

#[test]
fn a_ref_that_is_counted_from_another() {
    let origin = repository(&[("shop.chor", OLD)]);
    git(origin.path(), &["branch", "topic"]);
    let clone = tempfile::tempdir().unwrap();
    git(clone.path(), &["clone", "--quiet", &origin.path().to_string_lossy(), "shop"]);
    let clone = clone.path().join("shop");
    assert_snapshot!(against(&clone, &["--against", "HEAD~5"]), @r"
    exit code: 2
    errors:
    error: there is no folder, lock file or git ref `HEAD~5`
      help: the history of `HEAD` does not go back so far: `git log --oneline HEAD` shows it
    ");
    assert_snapshot!(against(&clone, &["--against", "trunk^"]), @r"
    exit code: 2
    errors:
    error: there is no folder, lock file or git ref `trunk^`
      help: fetch it: `git fetch origin trunk`, and see `git branch --all` and `git tag` for what there is
    ");
    commit(&clone);
    git(&clone, &["push", "--quiet", "origin", "HEAD:topic"]);
    assert_snapshot!(against(&clone, &["--against", "topic~1"]), @r"
    exit code: 2
    errors:
    error: there is no folder, lock file or git ref `topic~1`
      help: there is `origin/topic~1`: `--against origin/topic~1`
    ");
}

#[test]
fn a_shallow_clone() {
    let origin = repository(&[("shop.chor", OLD)]);
    git(origin.path(), &["tag", "v1"]);
    commit(origin.path());
    let clone = tempfile::tempdir().unwrap();
    let url = format!("file://{}", origin.path().display());
    git(clone.path(), &["clone", "--quiet", "--depth", "1", &url, "shop"]);
    assert_snapshot!(against(&clone.path().join("shop"), &["--against", "v1"]), @r"
    exit code: 2
    errors:
    error: `v1` is not in this clone, which is shallow
      help: fetch the rest: `git fetch --unshallow --tags origin '+refs/heads/*:refs/remotes/origin/*'`; in a GitHub workflow, check out with `fetch-depth: 0`
    ");
    let counted = against(&clone.path().join("shop"), &["--against", "HEAD~1"]);
    assert!(counted.stderr.contains("`HEAD~1` is not in this clone, which is shallow"), "{counted}");
    // What it names mends it.
    let clone = clone.path().join("shop");
    git(
        &clone,
        &["fetch", "--quiet", "--unshallow", "--tags", "origin", "+refs/heads/*:refs/remotes/origin/*"],
    );
    assert_eq!(against(&clone, &["--against", "v1"]).status, 0);
}

#[test]
fn without_a_repository_and_without_git() {
    let folder = folder(&[("shop.chor", OLD)]);
    // A folder of the system may lie in somebody's repository.
    let mut outside = command(folder.path(), &["breaking", "--against", "main"]);
    outside.env("GIT_CEILING_DIRECTORIES", folder.path().parent().unwrap());
    assert_snapshot!(ran(outside.output().unwrap()), @r"
    exit code: 2
    errors:
    error: there is no folder or lock file `main`, and this is no git repository
      help: name a folder or a lock file, or run this in a clone: `git clone URL`
    ");
    let mut without = command(folder.path(), &["breaking", "--against", "main"]);
    without.env("PATH", folder.path());
    let without = ran(without.output().unwrap());
    assert_eq!(without.status, 2);
    assert!(without.stderr.contains("git cannot be run"), "{without}");
}

#[test]
fn files_that_were_deleted_and_renamed() {
    let repository = repository(&[
        ("shop.chor", OLD),
        ("more.chor", "service Idle { emits Left }\nevent Left { id: uuid }\n"),
    ]);
    git(repository.path(), &["mv", "shop.chor", "store.chor"]);
    git(repository.path(), &["rm", "--quiet", "more.chor"]);
    assert_snapshot!(against(repository.path(), &["store.chor", "--against", "HEAD"]), @r"
    exit code: 2
    errors:
    error: `store.chor` was `shop.chor` in `HEAD`
      help: compare the folder, in which files may come, go and be renamed: `chor breaking . --against HEAD`
    ");
    assert_snapshot!(against(repository.path(), &["more.chor", "--against", "HEAD"]), @r"
    exit code: 2
    errors:
    error: there is no `more.chor` here
      help: what became of a file that was deleted or renamed is seen in its folder: `chor breaking --against HEAD`
    ");
    // In the folder, a renamed file is no change, and a deleted event that nobody heard is none either.
    assert_eq!(against(repository.path(), &["--against", "HEAD"]).status, 0);
    fs::write(repository.path().join("new.chor"), "service New { emits Fresh }\nevent Fresh { id: uuid }\n")
        .unwrap();
    let new = against(repository.path(), &["new.chor", "--against", "HEAD"]);
    assert_eq!(new.status, 2, "{new}");
}

#[test]
fn a_base_that_is_refused_is_told_from_a_head_that_is() {
    let repository = repository(&[("shop.chor", "service Orders\nevnt A {}\n")]);
    fs::write(repository.path().join("shop.chor"), OLD).unwrap();
    assert_snapshot!(against(repository.path(), &["--against", "HEAD"]), @r"
    exit code: 2
    errors:
    error: the files of `HEAD` have errors: shop.chor:2:1: `evnt` is not a word of the language
      help: the files here have none; compare with another version, or with a lock file of one that was checked
    ");
    commit(repository.path());
    fs::write(repository.path().join("shop.chor"), "service Orders\nevnt A {}\n").unwrap();
    assert_snapshot!(against(repository.path(), &["--against", "HEAD"]), @r"
    exit code: 2
    errors:
    error: the files here have errors (1 in all), the first: `evnt` is not a word of the language
      help: mend what `chor check` shows; nothing was compared
    ");
}

#[test]
fn a_file_of_choreographies_is_no_version() {
    let folder = folder(&[("shop.chor", OLD), ("old/shop.chor", OLD)]);
    assert_snapshot!(against(folder.path(), &["--against", "shop.chor"]), @r"
    exit code: 2
    errors:
    error: `shop.chor` holds choreographies, and is neither a folder nor a lock file
      help: move it to a folder of its own, and name that; or name a git ref: `--against main`
    ");
    assert_snapshot!(against(folder.path(), &["--against", "old/shop.chor"]), @r"
    exit code: 2
    errors:
    error: `old/shop.chor` holds choreographies, and is neither a folder nor a lock file
      help: name its folder, `--against old`, or a git ref
    ");
}

#[test]
fn lock_files_that_cannot_be_read() {
    let folder =
        folder(&[("shop.chor", OLD), ("later.json", "{\"format\": 3, \"wonders\": []}"), ("bad.json", "[]")]);
    assert_snapshot!(against(folder.path(), &["--against", "later.json"]), @r"
    exit code: 2
    errors:
    error: `later.json`: a later version of chor wrote it: format 3, this one reads 1 to 2
      help: use that version of chor, or the newest: `cargo install --path compiler/cli`
    ");
    assert_snapshot!(against(folder.path(), &["--against", "bad.json"]), @r"
    exit code: 2
    errors:
    error: `bad.json`: it is no lock file: invalid length 0, expected struct LockFile with 5 elements at line 1 column 2
      help: name a file that `chor lock` has written
    ");
    assert_snapshot!(against(folder.path(), &["--against", "none.json"]), @r"
    exit code: 2
    errors:
    error: there is no lock file `none.json`
      help: write it: `chor lock --out none.json`
    ");
}

/// A change of a choreography is told at the step or deadline that has changed.
#[test]
fn a_change_stands_at_its_step() {
    let old = "\
service Orders
service Payment
service Stock

event Placed { order: uuid }
event Paid { order: uuid }
event Sent { order: uuid }
event Late { order: uuid }

choreography Checkout by order {
  Orders -> Payment: Placed
  within 14d at Orders {
    Payment -> Orders, Stock: Paid
      undo none
    Orders -> Payment: Sent
  } else {
    Orders -> Payment, Stock: Late
  }
}
";
    let new = old.replace("14d", "7d").replace("Payment: Sent", "Payment, Stock: Sent");
    let less =
        old.replace("Orders, Stock: Paid", "Orders: Paid").replace("Payment: Sent", "Payment, Stock: Sent");
    let places = |new: &str, old: &str| -> Vec<String> {
        let files = [("old/shop.chor", old), ("new/shop.chor", new)];
        let ran = chor(&["breaking", "new", "--against", "old", "--format", "json"], &files);
        let printed: Value = serde_json::from_str(&ran.stdout).unwrap();
        let text = |finding: &Value| {
            let [start, end] =
                ["start", "end"].map(|at| usize::try_from(finding[at].as_u64().unwrap()).unwrap());
            format!("{} {}", finding["code"].as_str().unwrap(), &new[start..end])
        };
        printed["findings"].as_array().unwrap().iter().map(text).collect()
    };
    assert_eq!(places(&new, old), ["C0916 Checkout", "C0915 7d", "C0912 Orders -> Payment, Stock: Sent"]);
    assert_eq!(
        places(&less, old),
        ["C0916 Checkout", "C0913 Payment -> Orders: Paid", "C0912 Orders -> Payment, Stock: Sent"]
    );
}

#[test]
fn a_new_field_gets_a_default() {
    let new = OLD
        .replace("total: u32", "total: u32, tax: u32")
        .replace("{ order, total }", "{ order, total, tax }");
    let files = [("old/shop.chor", OLD), ("new/shop.chor", &new)];
    let ran = chor(&["breaking", "new", "--against", "old"], &files);
    assert_snapshot!(ran, @r#"
    exit code: 1
    output:
    C0904 field-unreadable

      × Payment cannot read `tax` of `OrderPlaced`: `tax` is not written
       ╭─[new/shop.chor:5:46]
     4 │ 
     5 │ event OrderPlaced { order: uuid, total: u32, tax: u32, note: string? }
       ·                                              ─┬─
       ·                                               ╰── compared with `old`
     6 │ 
       ╰────
      note: written by Orders; noticed by Payment; heard and not read by Audit
      note: new readers of old events: broken; old readers of new events: fine
      note: the new reader refuses this old event, since `tax` is missing: {"order":"67e55044-10b1-426f-
            9247-bb680e5fe0c8","total":1}
      help: give `tax` a default (`= …`), or make it optional (a `?` behind its type); otherwise, deploy
            the writers first, and the readers when every old event is read; a log that is read again
            breaks

    checked 1 file: 3 services, 1 event, 1 choreography: 1 error
    `chor explain C0904` says more about a finding
    "#);
    // What it says mends it.
    for mended in ["tax: u32 = 0", "tax: u32?"] {
        let files = [("old/shop.chor", OLD), ("new/shop.chor", &new.replace("tax: u32", mended))];
        assert_eq!(chor(&["breaking", "new", "--against", "old"], &files).status, 0, "{mended}");
    }
}
