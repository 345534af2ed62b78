//! What people are told: the words, the place and the edit, for mistakes that are made often.

use chor_compiler::compile;
use chor_compiler::diag::plain;
use chor_compiler::source::Sources;
use insta::assert_snapshot;

pub(crate) fn told(text: &str) -> String {
    let mut sources = Sources::new();
    sources.add("shop.chor", text).unwrap();
    let findings = compile(&sources).diagnostics;
    findings.iter().map(|finding| plain(finding, &sources)).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_missing_colon() {
    assert_snapshot!(told("record Line { sku string }"), @r"
    error[C0001 syntax-error]: a colon is missing between `sku` and its type
     --> shop.chor:1:19
      |
    1 | record Line { sku string }
      |                   ^^^^^^ `:` is missing before this
      |
      = help: write `:` before it
            - record Line { sku string }
            + record Line { sku: string }
    ");
}

#[test]
fn a_missing_comma() {
    assert_snapshot!(told("service Orders { emits OrderPlaced OrderClosed }"), @r"
    error[C0001 syntax-error]: a comma is missing before `OrderClosed`
     --> shop.chor:1:36
      |
    1 | service Orders { emits OrderPlaced OrderClosed }
      |                                    ^^^^^^^^^^^ `,` is missing before this
      |
      = help: write `,` before it
            - service Orders { emits OrderPlaced OrderClosed }
            + service Orders { emits OrderPlaced, OrderClosed }
    ");
}

#[test]
fn another_arrow() {
    assert_snapshot!(told("choreography Pay by order {\n  Orders => Payment: OrderPlaced\n}"), @r"
    error[C0001 syntax-error]: the arrow of a step is `->`
     --> shop.chor:2:10
      |
    2 |   Orders => Payment: OrderPlaced
      |          ^^
      |
      = help: write `->` instead
            - Orders => Payment: OrderPlaced
            + Orders -> Payment: OrderPlaced
    ");
}

#[test]
fn a_misspelt_word() {
    assert_snapshot!(told("servce Orders"), @r"
    error[C0001 syntax-error]: `servce` is not a word of the language
     --> shop.chor:1:1
      |
    1 | servce Orders
      | ^^^^^^
      |
      = help: did you mean `service`?
            - servce Orders
            + service Orders
    ");
}

#[test]
fn something_missing_at_the_end_of_a_line() {
    assert_snapshot!(told("type Sku =\nservice Orders"), @r"
    error[C0001 syntax-error]: expected a type behind `=`
     --> shop.chor:1:10
      |
    1 | type Sku =
      |          ^ the line ends behind this
      |
      = help: write a type behind it
    ");
}

#[test]
fn a_branch_that_is_not_closed() {
    let text = "\
choreography Pay by order {
  choice at Payment {
    Payment -> Orders: OrderPaid
  } or {
    Payment -> Orders: OrderDeclined

}

event OrderPaid { order: uuid }
";
    assert_snapshot!(told(text), @r"
    error[C0003 unbalanced-bracket]: this `{` is never closed
     --> shop.chor:4:8
      |
    4 |   } or {
      |        ^ opened here
    ...
    9 | event OrderPaid { order: uuid }
      | ----- what follows begins here
      |
      = help: write the missing `}` where this part is meant to end
    ");
}

#[test]
fn a_name_that_nothing_declares() {
    let text = "\
service Orders
service Payment
event OrderPlaced { order: uuid }
choreography Pay by order {
  Orders -> Paymnt: OrderPlaced
}
";
    assert_snapshot!(told(text), @r"
    error[C0201 unknown-name]: there is no service or external `Paymnt`
     --> shop.chor:5:13
      |
    5 |   Orders -> Paymnt: OrderPlaced
      |             ^^^^^^ nothing of this name is known here
      |
      = help: did you mean `Payment`?
            - Orders -> Paymnt: OrderPlaced
            + Orders -> Payment: OrderPlaced
    ");
}

#[test]
fn a_field_that_the_key_needs() {
    let text = "\
service Orders
service Payment
event OrderPlaced { order: uuid }
event OrderPaid { receipt: string }
choreography Pay by order {
  Orders -> Payment: OrderPlaced
  Payment -> Orders: OrderPaid
}
";
    assert_snapshot!(told(text), @r"
    error[C0219 missing-key-field]: `OrderPaid` lacks the field `order`, the key of Pay
     --> shop.chor:7:22
      |
    4 | event OrderPaid { receipt: string }
      |       --------- the event is declared here
    5 | choreography Pay by order {
      |                     ----- the key
    ...
    7 |   Payment -> Orders: OrderPaid
      |                      ^^^^^^^^^ without `order`, nobody knows which instance this belongs to
      |
      = help: add `order: uuid` to `OrderPaid`
    ");
}

#[test]
fn a_service_that_does_not_state_what_it_hears() {
    let text = "\
service Orders
service Payment { reads OrderPlaced }
event OrderPlaced { order: uuid }
event OrderClosed { order: uuid }
choreography Pay by order {
  Orders -> Payment: OrderPlaced
  Orders -> Payment: OrderClosed
}
";
    assert_snapshot!(told(text), @r"
    error[C0305 reads-not-stated]: Payment hears `OrderClosed`, which its `reads` leaves out
     --> shop.chor:7:13
      |
    2 | service Payment { reads OrderPlaced }
      |         ------- Payment states what it reads
    ...
    7 |   Orders -> Payment: OrderClosed
      |             ^^^^^^^ Payment hears it here
      |
      = help: add `OrderClosed` to the `reads` of Payment
            - service Payment { reads OrderPlaced }
            + service Payment { reads OrderPlaced, OrderClosed }
    ");
}

#[test]
fn a_type_that_contains_itself() {
    let text = "\
record Left { right: Right }
record Right { left: Left }
event Met { left: Left }
service A { emits Met }
service B { reads Met }
";
    assert_snapshot!(told(text), @r"
    error[C0217 cyclic-type]: `Left` contains itself, so no value of it can end
     --> shop.chor:1:8
      |
    1 | record Left { right: Right }
      |        ^^^^
      |                      ----- `Left` holds `Right`
    2 | record Right { left: Left }
      |                      ---- `Right` holds `Left`
      |
      = help: make a field on this way optional (`?`), a list (`[…]`) or a map (`{string: …}`) in a record
    ");
}

#[test]
fn an_external_and_an_event_of_one_name() {
    assert_snapshot!(told("external Portal\nevent Portal { claim: uuid }"), @r"
    error[C0202 duplicate-declaration]: `Portal` is declared twice
     --> shop.chor:2:7
      |
    1 | external Portal
      |          ------ first declared here, as an external
    2 | event Portal { claim: uuid }
      |       ^^^^^^ declared again here
      |
      = help: give one of the two another name, or remove it
    ");
}

#[test]
fn a_method_of_two_choreographies() {
    let text = "external Customer\nservice Orders\nservice Support\ncommand Ask { order: uuid }\n\
                choreography Ordering by order {\n  Customer -> Orders: Ask\n}\n\
                choreography Helping by order {\n  Customer -> Support: Ask\n}";
    assert_snapshot!(told(text), @r"
    error[C0111 step-label-needed]: Customer would need two different methods called `ask`
     --> shop.chor:9:3
      |
    6 |   Customer -> Orders: Ask
      |   ----------------------- published to Orders in `Ordering`
    ...
    9 |   Customer -> Support: Ask
      |   ^^^^^^^^^^^^^^^^^^^^^^^^ published to Support in `Helping`
      |
      = help: put a label before one of the steps; the method is then named after it: `my_label: A -> B: Event`
            - Customer -> Support: Ask
            + ask_here: Customer -> Support: Ask
    ");
}

#[test]
fn a_deadline_that_nothing_settles() {
    let text = "service Intake\nservice Policy\nservice Fraud\nevent ClaimPassed { claim: uuid }\nevent CoverHeld { claim: uuid }\n\
                event CoverFreed { claim: uuid }\nevent ClaimKept { claim: uuid }\nevent ClaimLate { claim: uuid }\n\
                choreography Claim by claim {\n  Intake -> Policy, Fraud: ClaimPassed\n  within 14d at Intake {\n    \
                Policy -> Intake: CoverHeld\n      undo Policy -> Intake: CoverFreed\n    Intake -> Fraud: ClaimKept\n  } else {\n    \
                Intake -> Policy, Fraud: ClaimLate\n    rollback\n  }\n}\n";
    assert_snapshot!(told(text), @r"
    warning[C0133 deadline-never-settled]: the body may come to its end, and would still wait until the 14d are over
      --> shop.chor:11:10
       |
    11 |   within 14d at Intake {
       |          ^^^ nothing tells the others that Intake is content
    ...
    14 |     Intake -> Fraud: ClaimKept
       |     -------------------------- Policy may have something to do or to take back, and does not hear this
    15 |   } else {
       |          - this is how it goes on then
       |
       = help: add `, Policy` to the subscribers of `ClaimKept`
             - Intake -> Fraud: ClaimKept
             + Intake -> Fraud, Policy: ClaimKept
    ");
}

#[test]
fn a_deadline_at_an_external() {
    let text = "service Intake\nexternal Portal\nevent Asked { claim: uuid }\nevent Told { claim: uuid }\nevent Silent { claim: uuid }\n\
                choreography Claim by claim {\n  Intake -> Portal: Asked\n  within 14d at Portal {\n    Portal -> Intake: Told\n  } else {\n    \
                Intake -> Portal: Silent\n  }\n}\n";
    assert_snapshot!(told(text), @r"
    error[C0126 deadline-at-external]: Portal is external, and keeps no deadline
     --> shop.chor:8:17
      |
    8 |   within 14d at Portal {
      |                 ^^^^^^ nobody measures its time
      |
      = help: let a service keep the deadline that hears what must come in time; the `else` then opens with an event of that service
    ");
}

#[test]
fn a_condition() {
    let text = "choreography Claim by claim {\n  if budget > 3 {\n    A -> B: Paid\n  } else if late {\n    A -> B Late\n  } else {\n    A -> B: Kept\n  }\n}\n";
    assert_snapshot!(told(text), @r"
    error[C0001 syntax-error]: there is no `if`: the others cannot see a condition, only an event
     --> shop.chor:2:3
      |
    2 |   if budget > 3 {
      |   ^^ a decision is a `choice`
      |
      = help: write `choice at Orders { … } or { … }` with whoever decides, who opens each branch with an event of its own

    error[C0001 syntax-error]: a colon is missing between the subscribers and the event
     --> shop.chor:5:12
      |
    5 |     A -> B Late
      |            ^^^^ `:` is missing before this
      |
      = help: write `:` before it
            - A -> B Late
            + A -> B: Late
    ");
}

#[test]
fn an_enum_within_a_field() {
    assert_snapshot!(told("event Paid { claim: uuid, how: enum { cash, card }, at: Map<string> }"), @r"
    error[C0001 syntax-error]: an `enum` is declared by itself, and has a name
     --> shop.chor:1:32
      |
    1 | event Paid { claim: uuid, how: enum { cash, card }, at: Map<string> }
      |                                ^^^^ a type is used here
      |
      = help: declare it above: `enum Name { cash, card }`, and write `Name` here

    error[C0001 syntax-error]: expected `,` and the type of the values, found `>`
     --> shop.chor:1:67
      |
    1 | event Paid { claim: uuid, how: enum { cash, card }, at: Map<string> }
      |                                                                   ^
      |
      = help: write `,` and the type of the values here
    ");
}

#[test]
fn an_undo_that_stands_behind_no_step() {
    assert_snapshot!(told("choreography Claim by claim {\n  compensate Policy -> Intake: CoverFreed\n}"), @r"
    error[C0001 syntax-error]: expected a step or `choice at`, found `compensate`
     --> shop.chor:2:3
      |
    2 |   compensate Policy -> Intake: CoverFreed
      |   ^^^^^^^^^^
      |
      = help: write `undo` instead, directly behind the step that it takes back; `rollback` takes back everything
    ");
}
