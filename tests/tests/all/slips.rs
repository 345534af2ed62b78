//! What people are told when they slip in loops, parallel parts, deadlines, undos and runs.

use insta::assert_snapshot;

use crate::messages::told;

#[test]
fn a_deadline_without_else() {
    let text = "\
choreography Pay by order {
  within 15m at Orders {
    Payment -> Orders: OrderPaid
  }
  Orders => Payment: OrderClosed
}
";
    assert_snapshot!(told(text), @r"
    error[C0001 syntax-error]: expected `else` and what happens when the time is over behind `}`
     --> shop.chor:4:3
      |
    4 |   }
      |   ^ the line ends behind this
      |
      = help: write `else { … }` behind the body; it opens with an event of whoever keeps the deadline

    error[C0001 syntax-error]: the arrow of a step is `->`
     --> shop.chor:5:10
      |
    5 |   Orders => Payment: OrderClosed
      |          ^^
      |
      = help: write `->` instead
            - Orders => Payment: OrderClosed
            + Orders -> Payment: OrderClosed
    ");
}

#[test]
fn a_deadline_without_a_unit() {
    let text = "\
choreography Pay by order {
  within 15 at Orders {
    Payment => Orders: OrderPaid
  } else {
    Orders -> Payment: OrderClosed
  }
}
";
    assert_snapshot!(told(text), @r"
    error[C0001 syntax-error]: expected how long the deadline is, found `15`
     --> shop.chor:2:10
      |
    2 |   within 15 at Orders {
      |          ^^
      |
      = help: write a number and its unit: `500ms`, `30s`, `15m`, `2h`, `1d`, `1h30m`

    error[C0001 syntax-error]: the arrow of a step is `->`
     --> shop.chor:3:13
      |
    3 |     Payment => Orders: OrderPaid
      |             ^^
      |
      = help: write `->` instead
            - Payment => Orders: OrderPaid
            + Payment -> Orders: OrderPaid
    ");
}

#[test]
fn a_deadline_without_a_period() {
    let text = "\
choreography Pay by order {
  within at Orders {
    Payment -> Orders: OrderPaid
  } else {
    Orders -> Payment: OrderClosed
  }
}
";
    assert_snapshot!(told(text), @r"
    error[C0001 syntax-error]: expected how long the deadline is, found `at`
     --> shop.chor:2:10
      |
    2 |   within at Orders {
      |          ^^
      |
      = help: write a number and its unit: `500ms`, `30s`, `15m`, `2h`, `1d`, `1h30m`
    ");
}

#[test]
fn a_deadline_without_at() {
    let text = "\
choreography Pay by order {
  within 15m Orders {
    Payment -> Orders: OrderPaid
  } else {
    Orders -> Payment: OrderClosed
  }
}
";
    assert_snapshot!(told(text), @r"
    error[C0001 syntax-error]: `at` is missing between the period and who keeps the deadline
     --> shop.chor:2:14
      |
    2 |   within 15m Orders {
      |              ^^^^^^ `at` is missing before this
      |
      = help: write `at` before it
            - within 15m Orders {
            + within 15m at Orders {
    ");
}

#[test]
fn a_deadline_that_nobody_keeps() {
    let text = "\
choreography Pay by order {
  within 15m {
    Payment -> Orders: OrderPaid
  } else {
    Orders -> Payment: OrderClosed
  }
}
";
    assert_snapshot!(told(text), @r"
    error[C0001 syntax-error]: expected `at` and who keeps the deadline, found `{`
     --> shop.chor:2:14
      |
    2 |   within 15m {
      |              ^
      |
      = help: write `within 15m at Orders { … } else { … }`
    ");
}

#[test]
fn another_word_than_else() {
    let text = "\
choreography Pay by order {
  within 15m at Orders {
    Payment -> Orders: OrderPaid
  } or {
    Orders -> Payment: OrderClosed
  }
}
";
    assert_snapshot!(told(text), @r"
    error[C0001 syntax-error]: a deadline has `else` between its body and what happens when the time is over
     --> shop.chor:4:5
      |
    4 |   } or {
      |     ^^ write `else`
      |
      = help: write `else` instead
            - } or {
            + } else {
    ");
}

#[test]
fn a_request_for_the_else_that_several_hear() {
    let text = "\
choreography Pay by order {
  within 15m at Orders or Customer -> Orders, Payment: OrderCancelled {
    Payment -> Orders: OrderPaid
  } else {
    Orders -> Payment: OrderClosed
  }
}
";
    assert_snapshot!(told(text), @r"
    error[C0001 syntax-error]: expected `:` and the event, found `,`
     --> shop.chor:2:45
      |
    2 |   within 15m at Orders or Customer -> Orders, Payment: OrderCancelled {
      |                                             ^
      |
      = help: let whoever keeps the deadline hear it, and nobody else
    ");
}

#[test]
fn another_word_than_and() {
    let text = "\
choreography Pay by order {
  par {
    Payment -> Orders: OrderPaid
  } or {
    Orders -> Payment: OrderClosed
  }
}
";
    assert_snapshot!(told(text), @r"
    error[C0001 syntax-error]: the parts of a `par` have `and` between them
     --> shop.chor:4:5
      |
    4 |   } or {
      |     ^^ write `and`
      |
      = help: write `and` instead
            - } or {
            + } and {
    ");
}

#[test]
fn two_parts_without_a_word_between_them() {
    let text = "\
choreography Pay by order {
  par {
    Payment -> Orders: OrderPaid
  } {
    Orders -> Payment: OrderClosed
  }
}
";
    assert_snapshot!(told(text), @r"
    error[C0001 syntax-error]: `and` is missing between two parts
     --> shop.chor:4:5
      |
    4 |   } {
      |     ^ `and` is missing before this
      |
      = help: write `and` before it
            - } {
            + } and {
    ");
}

#[test]
fn a_repeat_without_a_name() {
    let text = "\
choreography Pay by order {
  loop again {
    Payment -> Orders: OrderPaid
    repeat
  }
  Orders => Payment: OrderClosed
}
";
    assert_snapshot!(told(text), @r"
    error[C0001 syntax-error]: expected the name of a loop behind `repeat`
     --> shop.chor:4:5
      |
    4 |     repeat
      |     ^^^^^^ the line ends behind this
      |
      = help: write which loop goes round again: `repeat again`

    error[C0001 syntax-error]: the arrow of a step is `->`
     --> shop.chor:6:10
      |
    6 |   Orders => Payment: OrderClosed
      |          ^^
      |
      = help: write `->` instead
            - Orders => Payment: OrderClosed
            + Orders -> Payment: OrderClosed
    ");
}

#[test]
fn a_loop_without_a_name() {
    let text = "\
choreography Pay by order {
  loop {
    Payment => Orders: OrderPaid
  }
}
";
    assert_snapshot!(told(text), @r"
    error[C0001 syntax-error]: expected the loop's name, found `{`
     --> shop.chor:2:8
      |
    2 |   loop {
      |        ^
      |
      = help: name it, for those who go back to it: `loop again { … repeat again … }`

    error[C0001 syntax-error]: the arrow of a step is `->`
     --> shop.chor:3:13
      |
    3 |     Payment => Orders: OrderPaid
      |             ^^
      |
      = help: write `->` instead
            - Payment => Orders: OrderPaid
            + Payment -> Orders: OrderPaid
    ");
}

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
      |   ^^^^^^^^ `run` is missing before this
      |
      = help: write `run` before it
            - choreography Pay by order {
            + choreography Pay by order {run

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
fn words_that_are_misspelt_or_of_another_language() {
    let text = "\
choreography Pay by order {
  lop again {
    parallel {
      Payment -> Orders: OrderPaid
    } and {
      Orders -> Payment: OrderClosed
    }
    continue again
  }
  witin 15m at Orders {
  } else {
    rolback
  }
}
";
    assert_snapshot!(told(text), @r"
    error[C0001 syntax-error]: `lop` is not a word of the language
     --> shop.chor:2:3
      |
    2 |   lop again {
      |   ^^^
      |
      = help: did you mean `loop`?
            - lop again {
            + loop again {

    error[C0001 syntax-error]: `parallel` is not a word of the language
     --> shop.chor:3:5
      |
    3 |     parallel {
      |     ^^^^^^^^
      |
      = help: did you mean `par`?
            - parallel {
            + par {

    error[C0001 syntax-error]: `continue` is not a word of the language
     --> shop.chor:8:5
      |
    8 |     continue again
      |     ^^^^^^^^
      |
      = help: did you mean `repeat`?
            - continue again
            + repeat again

    error[C0001 syntax-error]: `witin` is not a word of the language
      --> shop.chor:10:3
       |
    10 |   witin 15m at Orders {
       |   ^^^^^
       |
       = help: did you mean `within`?
             - witin 15m at Orders {
             + within 15m at Orders {

    error[C0001 syntax-error]: `rolback` is not a word of the language
      --> shop.chor:12:5
       |
    12 |     rolback
       |     ^^^^^^^
       |
       = help: did you mean `rollback`?
             - rolback
             + rollback
    ");
}

#[test]
fn a_label_before_a_loop() {
    let text = "\
choreography Pay by order {
  work: loop again {
    Payment => Orders: OrderPaid
    repeat again
  }
}
";
    assert_snapshot!(told(text), @r"
    error[C0001 syntax-error]: `loop` has no label
     --> shop.chor:2:9
      |
    2 |   work: loop again {
      |         ^^^^ only a step and a `par` have one
      |
      = help: remove the label, or write it before a step

    error[C0001 syntax-error]: the arrow of a step is `->`
     --> shop.chor:3:13
      |
    3 |     Payment => Orders: OrderPaid
      |             ^^
      |
      = help: write `->` instead
            - Payment => Orders: OrderPaid
            + Payment -> Orders: OrderPaid
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
