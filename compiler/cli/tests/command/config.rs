//! `chor.toml`, as users meet it.

use insta::assert_snapshot;

use super::{chor, chor_in, folder};

const DROPPED: &str = "\
service Orders { emits OrderDropped }
event OrderDropped { order: uuid }
";

const DENY: &str = "[lints]\ndead-event = \"deny\"\n";

#[test]
fn what_is_denied_is_an_error_and_what_is_allowed_is_nothing() {
    for (config, status, said) in [
        ("", 0, "1 warning"),
        (DENY, 1, "1 error"),
        ("[lints]\ndead-event = \"allow\"\n", 0, "no findings"),
        ("[[overrides]]\npaths = [\"old\"]\nlints = { dead-event = \"allow\" }\n", 0, "no findings"),
    ] {
        let ran = chor(&["check"], &[("chor.toml", config), ("old/shop.chor", DROPPED)]);
        assert!(ran.status == status && ran.stdout.contains(said), "{config}\n{ran}");
    }
}

#[test]
fn nothing_is_built_of_what_is_denied() {
    let files = [("chor.toml", DENY), ("shop.chor", DROPPED)];
    let ran = chor(&["build", "--out", "src"], &files);
    assert!(ran.status == 1 && ran.stdout.contains("nothing was written"), "{ran}");
}

#[test]
fn the_nearest_file_around_the_paths_counts() {
    let folder = folder(&[
        ("chor.toml", DENY),
        ("a/shop.chor", DROPPED),
        ("b/chor.toml", "[lints]\ndead-event = \"warn\"\n"),
        ("b/deep/shop.chor", DROPPED),
    ]);
    let status = |path: &str| chor_in(folder.path(), &["check", path]).status;
    assert_eq!((status("a"), status("b/deep/shop.chor")), (1, 0));
    assert_eq!(chor_in(&folder.path().join("b/deep"), &["check"]).status, 0);
    assert_eq!(chor_in(folder.path(), &["check", "b", "--config", "chor.toml"]).status, 1);
    assert_snapshot!(chor_in(folder.path(), &["check", "a", "b"]), @r"
    exit code: 2
    errors:
    error: `a` has its configuration in `chor.toml`, and `b` in `b/chor.toml`
      help: check them one after the other, or name the one that counts with `--config`
    ");
}

#[test]
fn what_is_excluded_is_read_only_when_it_is_named() {
    let config = "include = [\"**/*.chor\"]\nexclude = [\"old\", \"**/*.draft.chor\"]\n";
    let folder = folder(&[
        ("chor.toml", config),
        ("shop.chor", DROPPED),
        ("old/shop.chor", "no choreography"),
        ("new/shop.draft.chor", "no choreography"),
    ]);
    let checked = |path: &str| chor_in(folder.path(), &["check", path]);
    assert!(checked(".").stdout.contains("checked 1 file"), "{}", checked("."));
    assert_eq!((checked("old/shop.chor").status, checked("old").status), (1, 2));
    assert_snapshot!(checked("old"), @r"
    exit code: 2
    errors:
    error: `chor.toml` leaves out every `.chor` file in `old`
      help: name the file itself, or change `include` and `exclude`
    ");
}

#[test]
fn a_wrong_file_is_no_finding_but_a_reason_not_to_run() {
    let files = [("chor.toml", "[lints]\ndead-evnt = \"deny\"\nunused-type = 1\n"), ("shop.chor", DROPPED)];
    assert_snapshot!(chor(&["check"], &files), @r#"
    exit code: 2
    errors:
    error: chor.toml:2:1: there is no rule `dead-evnt`
      help: did you mean `dead-event`?
    error: chor.toml:3:15: this is no level
      help: write "deny", "warn" or "allow"
    "#);
    assert_snapshot!(chor(&["check", "--config", "chor.tml"], &files), @r"
    exit code: 2
    errors:
    error: there is no file or folder `chor.tml`
      help: check the path; it is taken from the folder in which the command runs
    ");
}

#[test]
fn a_threshold_is_set_where_the_rule_is() {
    let files = |config| {
        [
            ("chor.toml", config),
            ("shop.chor", "service A { emits E }\nservice B { reads E }\nevent E { id: uuid, of: uuid }\n"),
        ]
    };
    for (config, status) in [
        ("[lints]\ntoo-wide = { level = \"deny\", max = 1 }\n", 1),
        ("[lints]\ntoo-wide = { level = \"deny\", max = 2 }\n", 0),
    ] {
        assert_eq!(chor(&["check"], &files(config)).status, status, "{config}");
        let listed = chor(&["check", "--list-rules"], &files(config)).stdout;
        assert_eq!(
            listed.contains("An event with too many fields, max 1 (by default: warn)"),
            status == 1,
            "{listed}"
        );
    }
}

#[test]
fn the_rules_are_listed_with_their_levels() {
    let files = [("chor.toml", DENY)];
    let ran = chor(&["check", "--list-rules"], &files);
    let line = ran.stdout.lines().find(|line| line.contains("dead-event")).unwrap();
    assert_snapshot!(line, @"C0308  dead-event                deny   An event that is emitted and that nobody hears (by default: warn)");
    let ran = chor(&["check", "--list-rules", "--format", "json"], &files);
    let listed: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let rules = listed["rules"].as_array().unwrap();
    let dead = rules.iter().find(|rule| rule["name"] == "dead-event").unwrap();
    assert_snapshot!(dead, @r#"{"code":"C0308","default":"warn","level":"deny","name":"dead-event","title":"An event that is emitted and that nobody hears"}"#);
    assert!(
        rules.iter().all(|rule| rule["name"] != "syntax-error"),
        "what the language refuses has no level"
    );
}

#[test]
fn the_readme_shows_what_is_read() {
    let (_, readme) = include_str!("../../README.md").split_once("## Rules and their levels").unwrap();
    let block = |language: &str| {
        let (_, rest) = readme.split_once(&format!("```{language}\n")).unwrap();
        rest.split_once("```").unwrap().0
    };
    let files = [("chor.toml", block("toml")), ("shop.chor", block("chor"))];
    let ran = chor(&["check"], &files);
    assert!(ran.status == 0 && ran.stdout.contains("no findings"), "{ran}");
}
