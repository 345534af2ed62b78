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
    assert_snapshot!(chor(&["verify"], &[("shop.chor", SHOP)]), @"");
}

#[test]
fn a_limit_is_told() {
    assert_snapshot!(chor(&["verify", "--situations", "3"], &[("shop.chor", SHOP)]), @"");
}

#[test]
fn what_was_explored_is_told_to_programs() {
    assert_snapshot!(chor(&["verify", "--format", "json"], &[("shop.chor", SHOP)]), @"");
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
    assert_snapshot!(chor(&["simulate", "shop.chor", "--all"], &[("shop.chor", SHOP)]), @"");
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
    assert_snapshot!(chor(&["simulate", "shop.chor", "--deadlines", "always", "--format", "json"], &[("shop.chor", SHOP)]), @"");
}

#[test]
fn one_of_several_is_chosen_by_name() {
    let several = format!("{SHOP}choreography Again by order {{ Customer -> Orders: PlaceOrder }}\n");
    let files = [("shop.chor", several.as_str())];
    assert_snapshot!(chor(&["simulate", "shop.chor"], &files), @"");
    assert_snapshot!(chor(&["simulate", "shop.chor", "--choreography", "Again"], &files), @"");
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
    assert_snapshot!(chor(&["simulate", "wide.chor"], &[("wide.chor", &file)]), @"");
}
