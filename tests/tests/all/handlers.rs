//! A handler that does what the choreography does not allow does not compile. (Those that are allowed compile
//! beside it, in `flow.rs`: a case that must pass would have everything built a second time, to be linked.)
//!
//! `ui/NAME.stderr` holds what the compiler says; `TRYBUILD=overwrite cargo test -p chor-tests handlers` writes
//! what it says now.

#[test]
fn a_handler_does_what_the_choreography_allows() {
    let cases = trybuild::TestCases::new();
    for refused in [
        "wrong_event",
        "another_branch",
        "two_events",
        "forgotten_event",
        "no_answer",
        "forgotten_method",
        "unread_field",
        "wrong_event_of_join",
        "wrong_event_of_expiry",
        "wrong_event_of_undo",
        "forgotten_join_and_expiry",
        "forgotten_undo",
        "another_branch_of_loop",
    ] {
        cases.compile_fail(format!("ui/{refused}.rs"));
    }
}
