//! `@allow`: what is silenced, and until when.

use super::{Ran, command, folder, ran};

const DROPPED: &str = "\
service Orders { emits OrderDropped }

@allow(dead_event, reason: \"the dashboard comes in spring\", until: 2027-03-31)
event OrderDropped { order: uuid }
";

/// Seconds since 1970 at noon of 2027-03-31.
const LAST_DAY: u64 = 1_806_494_400;

/// Calls `chor` on a day.
fn on(seconds: u64, arguments: &[&str]) -> Ran {
    let folder = folder(&[("shop.chor", DROPPED)]);
    ran(command(folder.path(), arguments).env("SOURCE_DATE_EPOCH", seconds.to_string()).output().unwrap())
}

#[test]
fn an_allow_counts_until_the_end_of_its_day() {
    let last = on(LAST_DAY, &["check"]);
    assert!(last.status == 0 && last.stdout.contains("no findings"), "{last}");
    insta::assert_snapshot!(on(LAST_DAY + 86_400, &["check"]), @r#"
    exit code: 1
    output:
    C0804 expired-suppression

      × this `@allow` of `dead-event` has expired
       ╭─[shop.chor:3:8]
     2 │ 
     3 │ @allow(dead_event, reason: "the dashboard comes in spring", until: 2027-03-31)
       ·        ─────┬────                                                  ─────┬────
       ·             │                                                           ╰── this day is over
       ·             ╰── counts until 2027-03-31
     4 │ event OrderDropped { order: uuid }
       ╰────
      help: mend what `dead-event` finds here, or choose a later day and say in the reason why

    checked 1 file: 1 error
    `chor explain C0804` says more about a finding
    "#);
}

#[test]
fn what_is_built_does_not_depend_on_the_calendar() {
    let ran = on(LAST_DAY + 86_400, &["build", "--out", "src"]);
    assert!(ran.status == 0 && ran.stdout.contains("wrote"), "{ran}");
}
