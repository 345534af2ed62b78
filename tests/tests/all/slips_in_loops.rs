//! What people are told when they slip in loops, or say it as other languages do.

use insta::assert_snapshot;

use crate::messages::told;

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
