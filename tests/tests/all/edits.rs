//! Texts that are mended by what the findings say: all their edits are made at once, and nothing is left to mend.

use chor_compiler::compile;
use chor_compiler::diag::{Diagnostic, Severity};
use chor_compiler::source::Sources;

use crate::corpus::edited;

/// The files after every edit of every finding; only the last is of interest.
fn mended(files: &[(&str, &str)]) -> String {
    let mut sources = Sources::new();
    for (name, text) in files {
        sources.add(name, *text).unwrap();
    }
    let findings = compile(&sources).diagnostics;
    let edits: Vec<_> = findings.iter().flat_map(|finding| finding.edits.clone()).collect();
    let edited = edited(&sources, &edits);
    let left: Vec<_> = compile(&edited).diagnostics;
    let open = |finding: &&Diagnostic| finding.severity == Severity::Error || !finding.edits.is_empty();
    let errors: Vec<_> = left.iter().filter(open).collect();
    let text = edited.files().last().unwrap().text().to_owned();
    assert!(errors.is_empty(), "{text}\n{errors:#?}\n{findings:#?}");
    text
}

fn check(before: &str, after: &str) {
    assert_eq!(mended(&[("claim.chor", before)]), after);
}

#[test]
fn a_comma_before_the_next_clause() {
    let file = |clauses: &str| {
        format!(
            "service Fraud {{ {clauses} }}\nservice Intake {{ emits Filed reads Cleared }}\nevent Filed {{ claim: uuid }}\nevent Cleared {{ claim: uuid }}\n"
        )
    };
    check(&file("reads Filed { claim }, emits Cleared"), &file("reads Filed { claim } emits Cleared"));
    check(&file("emits Cleared, reads Filed"), &file("emits Cleared reads Filed"));
    check(&file("emits Cleared\n  reads Filed,\n"), &file("emits Cleared\n  reads Filed\n"));
    check(&file("emits Cleared,\n  reads Filed"), &file("emits Cleared\n  reads Filed"));
}

#[test]
fn a_comma_behind_the_last_subscriber() {
    let file = |who: &str| {
        format!(
            "service A\nservice B\nevent E {{ id: uuid }}\nchoreography F by id {{\n  A -> {who}: E\n}}\n"
        )
    };
    check(&file("B,"), &file("B"));
}

/// To correct the name, the import that it was to be must stay.
#[test]
fn a_misspelt_name_that_is_imported() {
    let events =
        "namespace ins.claims\nservice Intake { emits ClaimSettled }\nevent ClaimSettled { claim: uuid }\n";
    let file = |heard: &str| {
        format!(
            "namespace ins.payout\nuse ins.claims::{{ClaimSettled}}\nservice Payout {{ reads {heard} }}\n"
        )
    };
    let files = |heard: &str| mended(&[("claims.chor", events), ("payout.chor", &file(heard))]);
    assert_eq!(files("ClaimSetled"), file("ClaimSettled"));
}

/// Whoever is missing from the last event of a body is named, and added.
#[test]
fn a_body_whose_last_event_not_everybody_hears() {
    let file = |who: &str| {
        format!(
            "\
service Intake
service Policy
event ClaimPassed {{ claim: uuid }}
event CoverHeld {{ claim: uuid }}
event CoverFreed {{ claim: uuid }}
event ClaimKept {{ claim: uuid }}
event ClaimLate {{ claim: uuid }}
service Fraud
choreography Claim by claim {{
  Intake -> Policy, Fraud: ClaimPassed
  within 14d at Intake {{
    Policy -> Intake: CoverHeld
      undo Policy -> Intake: CoverFreed
    Intake -> {who}: ClaimKept
  }} else {{
    Intake -> Fraud, Policy: ClaimLate
    rollback
  }}
}}
"
        )
    };
    check(&file("Fraud"), &file("Fraud, Policy"));
}

/// One field of this type.
fn field(ty: &str) -> String {
    format!(
        "record Money {{ cents: i64 }}\nservice A {{ emits E }}\nservice B {{ reads E }}\nevent E {{ id: uuid, f: {ty} }}\n"
    )
}

#[test]
fn types_as_other_languages_write_them() {
    for (theirs, ours) in [
        ("Option<Money>", "Money?"),
        ("Optional<string(max: 3)>", "string(max: 3)?"),
        ("?Money", "Money?"),
        ("?Money?", "Money?"),
        ("?[Money]", "[Money]?"),
        ("List<Money>", "[Money]"),
        ("Vec<Money>?", "[Money]?"),
        ("Option<Vec<Money>>", "[Money]?"),
        ("Map<string, Money>", "{string: Money}"),
        ("u32(0..100)", "u32(min: 0, max: 100)"),
        ("u32(0..=100)?", "u32(min: 0, max: 100)?"),
        ("i32(-5..)", "i32(min: -5)"),
        ("u32(..100)", "u32(max: 100)"),
        ("float64", "f64"),
        ("u8", "u32"),
        ("Int16", "i32"),
    ] {
        check(&field(theirs), &field(ours));
    }
}

#[test]
fn periods_in_words() {
    let file = |period: &str| {
        format!(
            "\
service A
service B
event E {{ id: uuid }}
event F {{ id: uuid }}
event G {{ id: uuid }}
choreography Flow by id {{
  A -> B: E
  within {period} at A {{
    B -> A: F
      undo none
  }} else {{
    A -> B: G
  }}
}}
"
        )
    };
    for (theirs, ours) in [
        ("14 days", "14d"),
        ("1 day", "1d"),
        ("14 d", "14d"),
        ("15 minutes", "15m"),
        ("15min", "15m"),
        ("30 s", "30s"),
        ("30 seconds", "30s"),
        ("2 weeks", "14d"),
        ("500 ms", "500ms"),
        ("1 hour", "1h"),
    ] {
        check(&file(theirs), &file(ours));
    }
}

#[test]
fn another_word_for_undo() {
    let file = |undo: &str| {
        format!(
            "\
service A
service B
event E {{ id: uuid }}
event F {{ id: uuid }}
event Dropped {{ id: uuid }}
event Kept {{ id: uuid }}
choreography Flow by id {{
  A -> B: E
    {undo} A -> B: F
  choice at A {{
    A -> B: Kept
  }} or {{
    A -> B: Dropped
    rollback
  }}
}}
"
        )
    };
    check(&file("compensate"), &file("undo"));
}

#[test]
fn comments_as_other_languages_write_them() {
    let rest = "record Money { cents: i64 }\nservice A { emits E }\nservice B { reads E }\nevent E { id: uuid, f: Money }\n";
    for (theirs, ours) in [
        ("# What is paid, and \"how\n", "// What is paid, and \"how\n"),
        ("## Money\n", "// Money\n"),
        ("#Money\n", "// Money\n"),
        ("/* Money. */\n", "// Money.\n"),
        ("/** Money. */\n", "// Money.\n"),
        ("/*Money*/\n", "// Money\n"),
        ("/*\nMoney\n\n  of us\n*/\n", "//\n// Money\n\n  // of us\n\n"),
        ("/* Money\n * of us */\n", "// Money\n // * of us\n"),
    ] {
        check(&format!("{theirs}{rest}"), &format!("{ours}{rest}"));
    }
    let field = |comment: &str| rest.replace("cents: i64", &format!("{comment}\n  cents: i64 {comment}\n"));
    check(&field("# one"), &field("// one"));
    check(&field("/* one */"), &field("// one"));
}
