//! `chor check`.

use insta::assert_snapshot;

use super::{chor, chor_in, folder};

const SHOP: &str = "\
external Customer
service Orders
service Payment

command PlaceOrder { order: uuid }
event OrderPlaced { order: uuid, total: decimal }
event OrderPaid { order: uuid }

choreography Checkout by order {
  Customer -> Orders: PlaceOrder
  Orders -> Payment: OrderPlaced
  Payment -> Customer: OrderPaid
}
";

const GUESS: &str = "\
service Orders
service Payment
service Shipping

event OrderPlaced { order: uuid }
event Approved { order: uuid }
event Declined { order: uuid }
event OrderShipped { order: uuid }

choreography Checkout by order {
  Orders -> Payment, Shipping: OrderPlaced
  choice at Payment {
    Payment -> Orders: Approved
    Shipping -> Orders: OrderShipped
  } or {
    Payment -> Orders: Declined
  }
}
";

#[test]
fn a_clean_folder_is_summed_up() {
    assert_snapshot!(chor(&["check"], &[("shop.chor", SHOP)]), @r"
    exit code: 0
    output:
    checked 1 file: 2 services, 1 external, 3 events, 1 choreography: no findings
    ");
}

#[test]
fn a_finding_is_shown_in_the_text_with_what_to_do() {
    assert_snapshot!(chor(&["check", "shop.chor"], &[("shop.chor", GUESS)]), @r"
    exit code: 1
    output:
    C0107 choice-unknown-to-participant

      × Shipping cannot know whether to emit `OrderShipped`
        ╭─[shop.chor:14:5]
     12 │   choice at Payment {
     13 │     Payment -> Orders: Approved
        ·     ─────────────┬─────────────
        ·                  ╰── run 1, unheard by Shipping
     14 │     Shipping -> Orders: OrderShipped
        ·     ────────────────┬───────────────
        ·                     ╰── Shipping must emit this in run 1
     15 │   } or {
     16 │     Payment -> Orders: Declined
        ·     ─────────────┬─────────────
        ·                  ╰── run 2, unheard by Shipping
     17 │   }
        ╰────
      note: Shipping cannot tell these two runs apart:
            run 1: Orders -> Payment, Shipping: OrderPlaced; Payment -> Orders: Approved; here Shipping
            must emit `OrderShipped`
            run 2: Orders -> Payment, Shipping: OrderPlaced; Payment -> Orders: Declined; here it must
            not
      help: add Shipping to the subscribers of `Payment -> Orders: Approved` and of `Payment -> Orders:
            Declined`
            - Payment -> Orders: Approved
            + Payment -> Orders, Shipping: Approved
            - Payment -> Orders: Declined
            + Payment -> Orders, Shipping: Declined

    checked 1 file: 1 error
    `chor explain C0107` says more about a finding
    ");
}

/// Where a text cannot be read, nothing is said of names and flows, and that is no praise of them.
#[test]
fn what_was_not_checked_is_told() {
    let unread = GUESS.replace("service Orders\n", "service Orders {\n");
    let told = chor(&["check"], &[("shop.chor", &unread)]);
    assert_snapshot!(told.stdout.split_once("checked 1 file").unwrap().1, @r"
    : 1 error
    note: names and flows are checked once the text can be read
    `chor explain C0003` says more about a finding
    ");
    let printed = chor(&["check", "--format", "json"], &[("shop.chor", &unread)]).stdout;
    let printed: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(printed["summary"]["read"], false);
}

#[test]
fn files_are_checked_together() {
    let (types, flow) = GUESS.split_once("choreography").unwrap();
    let flow = format!("choreography{}", flow.replace("OrderShipped", "OrderSent"));
    let files = [("flow/checkout.chor", flow.as_str()), ("types.chor", types)];
    assert_snapshot!(chor(&["check", "flow", "types.chor"], &files), @r"
    exit code: 1
    output:
    C0201 unknown-name

      × there is no event or command `OrderSent`
       ╭─[flow/checkout.chor:5:25]
     4 │     Payment -> Orders: Approved
     5 │     Shipping -> Orders: OrderSent
       ·                         ────┬────
       ·                             ╰── nothing of this name is known here
     6 │   } or {
       ╰────
      help: declare it: `event OrderSent { … }`

    checked 2 files: 1 error
    `chor explain C0201` says more about a finding
    ");
}

#[test]
fn quiet_leaves_the_summary_out() {
    assert_snapshot!(chor(&["check", "--quiet"], &[("shop.chor", SHOP)]), @"exit code: 0");
    let ran = chor(&["check", "-q"], &[("shop.chor", GUESS)]);
    assert!(ran.status == 1 && !ran.stdout.contains("checked"), "{ran}");
}

#[test]
fn json_has_findings_and_summary() {
    assert_snapshot!(chor(&["check", "--format", "json"], &[("shop.chor", SHOP)]), @r#"
    exit code: 0
    output:
    {
      "findings": [],
      "summary": {
        "files": 1,
        "errors": 0,
        "warnings": 0,
        "read": true,
        "declared": {
          "services": 2,
          "externals": 1,
          "events": 3,
          "choreographies": 1
        }
      }
    }
    "#);
    let ran = chor(&["check", "--format=json"], &[("shop.chor", GUESS)]);
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(ran.status, 1);
    assert_eq!(json["findings"][0]["code"], "C0107");
    assert_eq!(json["findings"][0]["file"], "shop.chor");
    assert_eq!(json["summary"]["errors"], 1);
    assert_eq!(json["summary"]["declared"], serde_json::Value::Null);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let (types, flow) = GUESS.split_once("choreography").unwrap();
    let flow = format!("choreography{flow}");
    let folder = folder(&[("b/flow.chor", flow.as_str()), ("a/types.chor", types), ("c/more.chor", SHOP)]);
    for format in ["human", "json", "sarif", "github", "gitlab", "junit", "checkstyle"] {
        let once = chor_in(folder.path(), &["check", "--format", format, "a", "b", "c"]);
        let again = chor_in(folder.path(), &["check", "--format", format, "c", "b", "a"]);
        assert_eq!(once.stdout, again.stdout);
        assert_eq!(once.status, 1);
    }
}

#[test]
fn the_readme_shows_the_json_as_it_is() {
    let (_, readme) = include_str!("../../README.md").split_once("## JSON").unwrap();
    let block = |language: &str| {
        let (_, rest) = readme.split_once(&format!("```{language}\n")).unwrap();
        rest.split_once("```").unwrap().0
    };
    let ran = chor(&["check", "--format", "json"], &[("shop.chor", block("chor"))]);
    assert_eq!(ran.stdout, block("json"), "{ran}");
}
