//! A refusal shows the two runs that the participant cannot tell apart, and what to add.

use chor_compiler::compile;
use chor_compiler::diag::plain;
use chor_compiler::source::Sources;
use insta::assert_snapshot;

/// What a program of the corpus is told, with every finding.
fn told(program: &str) -> String {
    let path = format!("{}/corpus/refused/{program}.chor", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let text: Vec<&str> = text.lines().map(|line| line.split("   //~").next().unwrap_or_default()).collect();
    let mut sources = Sources::new();
    sources.add("shop.chor", text.join("\n")).unwrap();
    let findings = compile(&sources).diagnostics;
    findings.iter().map(|finding| plain(finding, &sources)).collect::<Vec<_>>().join("\n")
}

#[test]
fn who_cannot_know_whether_to_emit() {
    assert_snapshot!(told("choice_unknown_to_participant"), @"");
}

#[test]
fn who_cannot_know_whether_to_emit_or_to_wait() {
    assert_snapshot!(told("emit_or_hear"), @"");
}

#[test]
fn who_cannot_know_what_an_early_event_means() {
    assert_snapshot!(told("arrival_ambiguous"), @"");
}

#[test]
fn who_is_never_told() {
    assert_snapshot!(told("never_told"), @"");
}
