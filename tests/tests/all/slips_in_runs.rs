//! What people are told when they slip in undos, rollbacks, runs, starts and observations.

use insta::assert_snapshot;

use crate::messages::told;

#[test]
fn an_undo_that_takes_back_no_step() {
    let text = "\
choreography Pay by order {
  choice at Orders {
    Orders -> Payment: OrderPlaced
  } or {
    Orders -> Payment: OrderClosed
  }
  undo Orders -> Payment: OrderReopened
  Orders => Payment: OrderClosed
}
";
    assert_snapshot!(told(text), @r"
    error[C0001 syntax-error]: expected a step or `choice at`, found `undo`
     --> shop.chor:7:3
      |
    7 |   undo Orders -> Payment: OrderReopened
      |   ^^^^
      |
      = help: `undo` stands directly behind the step that it takes back

    error[C0001 syntax-error]: the arrow of a step is `->`
     --> shop.chor:8:10
      |
    8 |   Orders => Payment: OrderClosed
      |          ^^
      |
      = help: write `->` instead
            - Orders => Payment: OrderClosed
            + Orders -> Payment: OrderClosed
    ");
}

#[test]
fn an_undo_that_names_an_event_only() {
    let text = "\
choreography Pay by order {
  Orders -> Payment: OrderPlaced
    undo OrderClosed
  Orders => Payment: OrderClosed
}
";
    assert_snapshot!(told(text), @r"
    error[C0001 syntax-error]: expected the step that takes it back, found `OrderClosed`
     --> shop.chor:3:10
      |
    3 |     undo OrderClosed
      |          ^^^^^^^^^^^
      |
      = help: write `undo Orders -> …: OrderClosed`

    error[C0001 syntax-error]: the arrow of a step is `->`
     --> shop.chor:4:10
      |
    4 |   Orders => Payment: OrderClosed
      |          ^^
      |
      = help: write `->` instead
            - Orders => Payment: OrderClosed
            + Orders -> Payment: OrderClosed
    ");
}

#[test]
fn a_run_without_brackets() {
    let text = "\
choreography Pay by order {
  run Delivery Orders, Payment
  Orders => Payment: OrderClosed
}
";
    assert_snapshot!(told(text), @r"
    error[C0001 syntax-error]: expected `(` and who plays its roles, found `Orders`
     --> shop.chor:2:16
      |
    2 |   run Delivery Orders, Payment
      |                ^^^^^^
      |
      = help: write `run Delivery(…)` with a service for each role

    error[C0001 syntax-error]: the arrow of a step is `->`
     --> shop.chor:3:10
      |
    3 |   Orders => Payment: OrderClosed
      |          ^^
      |
      = help: write `->` instead
            - Orders => Payment: OrderClosed
            + Orders -> Payment: OrderClosed
    ");
}

#[test]
fn a_run_of_nobody() {
    let text = "\
choreography Pay by order {
  run Delivery()
  Orders => Payment: OrderClosed
}
";
    assert_snapshot!(told(text), @r"
    error[C0001 syntax-error]: expected a service that plays a role, found `)`
     --> shop.chor:2:16
      |
    2 |   run Delivery()
      |                ^
      |
      = help: write a service that plays a role here

    error[C0001 syntax-error]: the arrow of a step is `->`
     --> shop.chor:3:10
      |
    3 |   Orders => Payment: OrderClosed
      |          ^^
      |
      = help: write `->` instead
            - Orders => Payment: OrderClosed
            + Orders -> Payment: OrderClosed
    ");
}

#[test]
fn a_run_without_its_word() {
    let text = "\
choreography Pay by order {
  Delivery(Orders, Payment)
  Orders => Payment: OrderClosed
}
";
    assert_snapshot!(told(text), @r"
    error[C0001 syntax-error]: `run` is missing before `Delivery`
     --> shop.chor:2:3
      |
    2 |   Delivery(Orders, Payment)
      |   ^^^^^^^^ the choreography to run
      |
      = help: write `run` before it
            - Delivery(Orders, Payment)
            + run Delivery(Orders, Payment)

    error[C0001 syntax-error]: the arrow of a step is `->`
     --> shop.chor:3:10
      |
    3 |   Orders => Payment: OrderClosed
      |          ^^
      |
      = help: write `->` instead
            - Orders => Payment: OrderClosed
            + Orders -> Payment: OrderClosed
    ");
}

#[test]
fn a_start_without_an_arrow() {
    let text = "\
choreography Pay by order {
  on OrderPlaced Payment
  Orders => Payment: OrderClosed
}
";
    assert_snapshot!(told(text), @r"
    error[C0001 syntax-error]: expected `->` and who hears it, found `Payment`
     --> shop.chor:2:18
      |
    2 |   on OrderPlaced Payment
      |                  ^^^^^^^
      |
      = help: write `on OrderPlaced -> …`

    error[C0001 syntax-error]: the arrow of a step is `->`
     --> shop.chor:3:10
      |
    3 |   Orders => Payment: OrderClosed
      |          ^^
      |
      = help: write `->` instead
            - Orders => Payment: OrderClosed
            + Orders -> Payment: OrderClosed
    ");
}

#[test]
fn a_rollback_with_a_name() {
    let text = "\
choreography Pay by order {
  rollback again
  Orders => Payment: OrderClosed
}
";
    assert_snapshot!(told(text), @r"
    error[C0001 syntax-error]: `rollback` takes back everything, and names nothing
     --> shop.chor:2:12
      |
    2 |   rollback again
      |            ^^^^^ not needed
      |
      = help: remove `again`
            - rollback again
            + rollback

    error[C0001 syntax-error]: the arrow of a step is `->`
     --> shop.chor:3:10
      |
    3 |   Orders => Payment: OrderClosed
      |          ^^
      |
      = help: write `->` instead
            - Orders => Payment: OrderClosed
            + Orders -> Payment: OrderClosed
    ");
}

#[test]
fn an_observer_whose_word_is_misspelt() {
    assert_snapshot!(told("service Audit\nAudit observe OrderPlaced\nservce Orders"), @r"
    error[C0001 syntax-error]: `observe` is not a word of the language
     --> shop.chor:2:7
      |
    2 | Audit observe OrderPlaced
      |       ^^^^^^^
      |
      = help: did you mean `observes`?
            - Audit observe OrderPlaced
            + Audit observes OrderPlaced

    error[C0001 syntax-error]: a comma is missing before `servce`
     --> shop.chor:3:1
      |
    3 | servce Orders
      | ^^^^^^ `,` is missing before this
      |
      = help: write `,` before it
            - Audit observe OrderPlaced
            + Audit observe OrderPlaced,

    error[C0001 syntax-error]: a comma is missing before `Orders`
     --> shop.chor:3:8
      |
    3 | servce Orders
      |        ^^^^^^ `,` is missing before this
      |
      = help: write `,` before it
            - servce Orders
            + servce, Orders
    ");
}

#[test]
fn a_choreography_whose_brackets_hold_no_role() {
    assert_snapshot!(told("choreography Pay() by order {\n  Orders => Payment: OrderPlaced\n}"), @r"
    error[C0001 syntax-error]: expected a role, found `)`
     --> shop.chor:1:18
      |
    1 | choreography Pay() by order {
      |                  ^
      |
      = help: write a role here
    ");
}
