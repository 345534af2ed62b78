//! What people are told when they slip in deadlines and parallel parts.

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
