//! `chor verify` and `chor simulate`.

use insta::assert_snapshot;

use super::{chor, chor_in, folder};

const SHOP: &str = "\
external Customer
service Orders
service Payment

event PlaceOrder { order: uuid }
event OrderPlaced { order: uuid }
event Paid { order: uuid }
event Refunded { order: uuid }
event Expired { order: uuid }

choreography Checkout by order {
  Customer -> Orders: PlaceOrder
  Orders -> Payment: OrderPlaced
  within 15m at Orders {
    Payment -> Orders: Paid
      undo Payment -> Orders: Refunded
    Orders -> Payment, Customer: OrderConfirmed
  } else {
    Orders -> Payment, Customer: Expired
    rollback
  }
}

event OrderConfirmed { order: uuid }
";

#[test]
fn machines_without_a_fault_are_counted() {
    assert_snapshot!(chor(&["verify"], &[("shop.chor", SHOP)]), @r"
    exit code: 0
    output:
    Checkout: no fault in 23 situations
    ");
}

#[test]
fn what_was_cut_short_is_no_success() {
    let verify = |more: &[&str]| chor(&[&["verify"], more].concat(), &[("shop.chor", SHOP)]);
    assert_snapshot!(verify(&["--situations", "3"]), @r"
    exit code: 2
    output:
    Checkout: no fault in 4 situations; not all was seen, the search stopped at a limit (situations)
    errors:
    error: Checkout was not explored to its end
      help: allow more with `--situations`
    ");
    assert_snapshot!(verify(&["--steps", "3"]), @r"
    exit code: 2
    output:
    Checkout: no fault in 4 situations; not all was seen, the search stopped at a limit (steps)
    errors:
    error: Checkout was not explored to its end
      help: allow more with `--steps`
    ");
    let json = verify(&["--situations", "3", "--format", "json"]);
    assert_eq!(json.status, 2);
    let told: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(told["choreographies"][0]["stopped_at"][0], "situations");
}

#[test]
fn who_may_run_ahead_for_ever_is_followed_as_far_as_is_asked() {
    let ahead = include_str!("../../../../tests/corpus/accepted/deadline_in_loop.chor");
    assert_snapshot!(chor(&["verify"], &[("ahead.chor", ahead)]), @r"
    exit code: 0
    output:
    Checkout: no fault in 102 situations; not all was seen, the search stopped at a limit (line)
    ");
}

#[test]
fn what_was_explored_is_told_to_programs() {
    assert_snapshot!(chor(&["verify", "--format", "json"], &[("shop.chor", SHOP)]), @r#"
    exit code: 0
    output:
    {
      "findings": [],
      "choreographies": [
        {
          "choreography": "Checkout",
          "situations": 23,
          "stopped_at": [],
          "faults": []
        }
      ]
    }
    "#);
}

#[test]
fn what_is_refused_is_not_explored() {
    let refused =
        SHOP.replace("Orders -> Payment, Customer: Expired", "Payment -> Orders, Customer: Expired");
    let ran = chor(&["verify"], &[("shop.chor", &refused)]);
    assert_eq!(ran.status, 1);
    assert!(ran.stdout.ends_with("not explored: mend what is refused first\n"), "{ran}");
}

#[test]
fn all_runs_are_drawn() {
    assert_snapshot!(chor(&["simulate", "shop.chor", "--all"], &[("shop.chor", SHOP)]), @r"
    exit code: 0
    output:
    Checkout, run 1

    Customer      Orders        Payment
        │ PlaceOrder │             │
        ├───────────▶│             │
        │            │ OrderPlaced │
        │            ├────────────▶│
        │            │        Paid │
        │            │◀────────────┤
        │            │ OrderConfirmed
        │◀───────────┼────────────▶│

    Checkout, run 2

    Customer      Orders            Payment
        │ PlaceOrder │                 │
        ├───────────▶│                 │
        │            │ OrderPlaced     │
        │            ├────────────────▶│
        │            │            Paid │
        │            │◀────────────────┤
        │            │ Expired (15m over)
        │◀───────────┼────────────────▶│
        │            │ Refunded (undo) │
        │            │◀────────────────┤

    Checkout, run 3

    Customer      Orders        Payment
        │ PlaceOrder │             │
        ├───────────▶│             │
        │            │ OrderPlaced │
        │            ├────────────▶│
        │            │ Expired (15m over)
        │◀───────────┼────────────▶│

    Checkout: 3 runs
    ");
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let folder = folder(&[("shop.chor", SHOP)]);
    let ran = |seed| chor_in(folder.path(), &["simulate", "shop.chor", "--seed", seed]).stdout;
    let runs: std::collections::BTreeSet<String> = ["0", "1", "2", "3", "4", "5", "6", "7"].map(ran).into();
    assert_eq!(ran("3"), ran("3"));
    assert!(runs.len() > 1, "every seed gives the same");
}

#[test]
fn deadlines_pass_when_that_is_asked_for() {
    assert_snapshot!(chor(&["simulate", "shop.chor", "--deadlines", "always", "--format", "json"], &[("shop.chor", SHOP)]), @r#"
    exit code: 0
    output:
    {
      "choreography": "Checkout",
      "participants": [
        "Customer",
        "Orders",
        "Payment"
      ],
      "runs": [
        {
          "ended": true,
          "events": [
            {
              "from": "Customer",
              "to": [
                "Orders"
              ],
              "event": "PlaceOrder",
              "why": "next"
            },
            {
              "from": "Orders",
              "to": [
                "Payment"
              ],
              "event": "OrderPlaced",
              "why": "next"
            },
            {
              "from": "Orders",
              "to": [
                "Customer",
                "Payment"
              ],
              "event": "Expired",
              "why": "deadline",
              "period": "15m"
            }
          ]
        }
      ],
      "more": false
    }
    "#);
}

#[test]
fn one_of_several_is_chosen_by_name() {
    let again =
        "event Reminded { order: uuid }\nchoreography Again by order { Orders -> Payment: Reminded }\n";
    let several = format!("{SHOP}{again}");
    let files = [("shop.chor", several.as_str())];
    assert_snapshot!(chor(&["simulate", "shop.chor"], &files), @r"
    exit code: 2
    errors:
    error: there are several choreographies
      help: choose one with `--choreography`: Checkout, Again
    ");
    assert_snapshot!(chor(&["simulate", "shop.chor", "--choreography", "Again"], &files), @r"
    exit code: 0
    output:
    Orders     Payment
       │ Reminded │
       ├─────────▶│

    Again: 1 run
    ");
}

#[test]
fn one_with_roles_does_not_happen_by_itself() {
    let roles = "\
service Orders
service Shipping
event ParcelSent { order: uuid }
choreography Delivery(Sender, Receiver) by order { Sender -> Receiver: ParcelSent }
";
    let alone = [("shop.chor", roles)];
    assert_snapshot!(chor(&["simulate", "shop.chor"], &alone), @r"
    exit code: 2
    errors:
    error: `Delivery` has roles: it happens only where another runs it
      help: name a file or a folder in which one runs it
    ");
    let run = format!("{roles}choreography Checkout by order {{ run Delivery(Orders, Shipping) }}\n");
    let files = [("shop.chor", run.as_str())];
    assert_snapshot!(chor(&["simulate", "shop.chor", "-c", "Delivery"], &files), @r"
    exit code: 2
    errors:
    error: `Delivery` has roles: it happens only where another runs it
      help: choose one that happens by itself: Checkout
    ");
    assert_snapshot!(chor(&["simulate", "shop.chor", "-c", "Deliver"], &files), @r"
    exit code: 2
    errors:
    error: there is no choreography of this name
      help: there are: Checkout
    ");
    assert_eq!(chor(&["simulate", "shop.chor"], &files).status, 0);
}

#[test]
fn many_participants_are_listed_where_they_do_not_fit() {
    let names: Vec<String> = (0..9).map(|number| format!("QuiteALongName{number}")).collect();
    let services = names.iter().map(|name| format!("service {name}")).collect::<Vec<_>>().join("\n");
    let file = format!(
        "{services}\nevent Told {{ order: uuid }}\nchoreography Wide by order {{ {} -> {}: Told }}\n",
        names[0],
        names[1..].join(", ")
    );
    assert_snapshot!(chor(&["simulate", "wide.chor"], &[("wide.chor", &file)]), @r"
    exit code: 0
    output:
    QuiteALongName0 -> QuiteALongName1, QuiteALongName2, QuiteALongName3, QuiteALongName4, QuiteALongName5, QuiteALongName6, QuiteALongName7, QuiteALongName8: Told

    Wide: 1 run
    ");
}
