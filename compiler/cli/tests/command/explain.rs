//! `chor explain`.

use chor_compiler::diag::codes;
use insta::assert_snapshot;

use super::chor;

#[test]
fn every_finding_has_a_page_by_number_and_by_name() {
    for code in codes::ALL {
        let by_number = chor(&["explain", code.number], &[]);
        let by_name = chor(&["explain", &code.name.to_uppercase()], &[]);
        assert_eq!((by_number.status, &by_number.stdout), (0, &by_name.stdout), "{code}");
        let heading = format!("{code} (");
        assert!(by_number.stdout.starts_with(&heading), "{}", by_number.stdout);
    }
}

#[test]
fn without_a_code_all_are_listed() {
    let ran = chor(&["explain"], &[]);
    let numbers: Vec<_> = ran.stdout.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(numbers, codes::ALL.iter().map(|code| code.number).collect::<Vec<_>>());
}

#[test]
fn an_unknown_code_is_answered_with_the_nearest() {
    assert_snapshot!(chor(&["explain", "syntaxx-error"], &[]), @r"
    exit code: 2
    errors:
    error: there is no finding `syntaxx-error`
      help: did you mean C0001 syntax-error? `chor explain` lists all
    ");
    assert_snapshot!(chor(&["explain", "nonsense"], &[]), @r"
    exit code: 2
    errors:
    error: there is no finding `nonsense`
      help: `chor explain` lists all
    ");
}
