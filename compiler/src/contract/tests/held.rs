//! Whose open instances the runtime holds for the version that began them.

use std::collections::BTreeMap;

use insta::assert_snapshot;

use super::super::change::Verdict::Breaks;
use super::{changes, contracts};
use crate::contract::{Change, Mode, Order};

const CLAIM: &str = "\
external Portal
service Intake
service Assessment
service Payout
event ClaimFiled { claim: uuid }
event ClaimPassed { claim: uuid }
event PapersWanted { claim: uuid }
event ClaimAccepted { claim: uuid }
event ClaimDropped { claim: uuid }
event PayoutBooked { claim: uuid }
event PayoutUndone { claim: uuid }
choreography Claim by claim {
  Portal -> Intake: ClaimFiled
  Intake -> Assessment, Payout: ClaimPassed
  Payout -> Assessment: PayoutBooked
    undo Payout -> Assessment: PayoutUndone
  choice at Assessment {
    Assessment -> Portal, Payout: PapersWanted
  } or {
    Assessment -> Portal, Payout: ClaimAccepted
  } or {
    Assessment -> Portal, Payout: ClaimDropped
    rollback
  }
}
";

fn claim(from: &str, to: &str) -> String {
    assert!(CLAIM.contains(from), "{from}");
    CLAIM.replace(from, to)
}

/// The finding that instances are held.
fn held(new: &str, mode: Mode) -> Option<Change> {
    changes(CLAIM, new, mode).into_iter().find(|change| change.code.name == "flow-changed")
}

/// Those of our participants whose machine is another one, as the runtime sees it.
fn other_machines(new: &str) -> Vec<String> {
    let machines = |text: &str| -> BTreeMap<String, String> {
        let flow = contracts(text).choreographies.remove("Claim").unwrap();
        flow.parts.into_iter().map(|(who, part)| (who, part.machine)).collect()
    };
    let (was, is) = (machines(CLAIM), machines(new));
    was.into_iter()
        .filter(|(who, machine)| who != "Portal" && is.get(who) != Some(machine))
        .map(|(who, _)| who)
        .collect()
}

#[test]
fn whose_machine_changes_is_named() {
    for (what, new, expected) in [
        ("one more hears", claim("Portal, Payout:", "Portal, Payout, Intake:"), "Assessment, Intake"),
        ("a rollback less", claim("    rollback\n", ""), "Payout"),
        ("an undo less", claim("undo Payout -> Assessment: PayoutUndone", "undo none"), "Payout"),
        (
            "somebody takes no part any more",
            claim("  Payout -> Assessment: PayoutBooked\n    undo Payout -> Assessment: PayoutUndone\n", "")
                .replace("Assessment, Payout:", "Assessment:")
                .replace("Portal, Payout:", "Portal:")
                .replace("    rollback\n", ""),
            "Assessment, Intake, Payout",
        ),
        ("hearers in another order", claim("Assessment, Payout:", "Payout, Assessment:"), ""),
        (
            "a label",
            claim("  Payout -> Assessment: PayoutBooked", "  book: Payout -> Assessment: PayoutBooked"),
            "",
        ),
    ] {
        assert_eq!(other_machines(&new).join(", "), expected, "{what}");
        for mode in [Mode::Full, Mode::Backward, Mode::Forward] {
            let held = held(&new, mode);
            let readers = held.as_ref().map(|it| it.readers.join(", ")).unwrap_or_default();
            assert_eq!(readers, expected, "{what}");
            if let Some(held) = held {
                assert_eq!(
                    (held.backward, held.forward, held.order),
                    (Breaks, Breaks, Order::Drain),
                    "{what}"
                );
            }
        }
    }
}

/// Who is told of a new event has to let its open instances end as well: to deploy it first helps none of them.
#[test]
fn whoever_is_held_is_not_deployed_first() {
    let new = claim("Portal, Payout:", "Portal, Payout, Intake:");
    let found = changes(CLAIM, &new, Mode::Full);
    let orders: Vec<_> = found.iter().map(|it| (it.code.name, it.readers.join(", "), it.order)).collect();
    assert_eq!(
        orders,
        [
            ("flow-changed", "Assessment, Intake".to_owned(), Order::Drain),
            ("unknown-to-running", "Intake".to_owned(), Order::Drain),
        ]
    );
    // An external has no machine that runs.
    let portal = claim("Payout -> Assessment: PayoutBooked", "Payout -> Assessment, Portal: PayoutBooked");
    let found = changes(CLAIM, &portal, Mode::Full);
    let told = found.iter().find(|it| it.code.name == "unknown-to-running").unwrap();
    assert_eq!(
        (told.readers.as_slice(), told.order),
        (["Portal".to_owned()].as_slice(), Order::ConsumersFirst)
    );
}

#[test]
fn what_is_said_of_them() {
    let held = held(&claim("Portal, Payout:", "Portal, Payout, Intake:"), Mode::Full).unwrap();
    assert_snapshot!(format!("{}\n{}", held.message, held.notes.join("\n")), @r"
    open instances of `Claim` are held: Assessment and Intake do something else than before
    the machine of Assessment: 8a63b80875c640b2 before, 24ffd6f7c0e6aefc now
    the machine of Intake: 1dafcb799ff6f736 before, 9febc85f29caa8a9 now
    replicas of the old version go on with what they began, as long as they run
    a choreography under another name strands nobody, where `Claim` is left as it was until its instances have ended
    ");
}
