//! `chor build`.

use std::fs;

use insta::assert_snapshot;

use super::{chor_in, folder};

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

#[test]
fn every_service_gets_a_module_and_only_changes_are_written() {
    let shop = folder(&[("shop.chor", SHOP), ("src/gen/mine.rs", "mine")]);
    let build = || chor_in(shop.path(), &["build", "--out", "src/gen"]);
    assert_snapshot!(build(), @r"
    exit code: 0
    output:
    checked 1 file: 2 services, 1 external, 3 events, 1 choreography: no findings
    wrote src/gen/customer.rs
    wrote src/gen/mod.rs
    wrote src/gen/orders.rs
    wrote src/gen/payment.rs
    ");
    fs::write(shop.path().join("src/gen/payment.rs"), "spoilt").unwrap();
    assert_snapshot!(build(), @r"
    exit code: 0
    output:
    checked 1 file: 2 services, 1 external, 3 events, 1 choreography: no findings
    wrote src/gen/payment.rs
    3 files are up to date
    ");
    assert_snapshot!(build(), @r"
    exit code: 0
    output:
    checked 1 file: 2 services, 1 external, 3 events, 1 choreography: no findings
    4 files are up to date
    ");
    assert_eq!(fs::read_to_string(shop.path().join("src/gen/mine.rs")).unwrap(), "mine");
}

#[test]
fn a_team_builds_its_own_service_alone() {
    let shop = folder(&[("shop.chor", SHOP)]);
    let build = |name| chor_in(shop.path(), &["build", "-q", "shop.chor", "--out", "gen", "--service", name]);
    assert_snapshot!(build("Payment"), @"exit code: 0");
    let mut files: Vec<_> =
        fs::read_dir(shop.path().join("gen")).unwrap().map(|file| file.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["mod.rs", "payment.rs"]);
    assert_snapshot!(build("Paymnt"), @r"
    exit code: 2
    errors:
    error: there is no service `Paymnt`
      help: did you mean `Payment`?
    ");
    assert_snapshot!(build("Warehouse"), @r"
    exit code: 2
    errors:
    error: there is no service `Warehouse`
      help: there are `Customer`, `Orders`, `Payment`
    ");
}

#[test]
fn nothing_is_written_while_something_is_wrong() {
    let shop = folder(&[("shop.chor", &SHOP.replace("-> Payment:", "-> Paymnt:"))]);
    assert_snapshot!(chor_in(shop.path(), &["build", "--out", "gen"]), @r"
    exit code: 1
    output:
    C0201 unknown-name

      × there is no service or external `Paymnt`
        ╭─[shop.chor:11:13]
     10 │   Customer -> Orders: PlaceOrder
     11 │   Orders -> Paymnt: OrderPlaced
        ·             ───┬──
        ·                ╰── nothing of this name is known here
     12 │   Payment -> Customer: OrderPaid
        ╰────
      help: did you mean `Payment`?
            - Orders -> Paymnt: OrderPlaced
            + Orders -> Payment: OrderPlaced

    checked 1 file: 1 error
    `chor explain C0201` says more about a finding
    nothing was written
    ");
    assert!(!shop.path().join("gen").exists());
}

#[test]
fn json_names_the_files() {
    let shop = folder(&[("shop.chor", SHOP)]);
    let build = || {
        let ran = chor_in(shop.path(), &["build", "--format", "json", "-o", "gen", "-s", "Payment"]);
        let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        json["files"].to_string()
    };
    assert_eq!(build(), r#"{"changed":["gen/mod.rs","gen/payment.rs"],"unchanged":[]}"#);
    assert_eq!(build(), r#"{"changed":[],"unchanged":["gen/mod.rs","gen/payment.rs"]}"#);
}

#[test]
fn a_folder_that_cannot_be_written_to() {
    let shop = folder(&[("shop.chor", SHOP), ("gen", "a file")]);
    let ran = chor_in(shop.path(), &["build", "--out", "gen"]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.starts_with("error: `gen` cannot be written: "), "{ran}");
}
