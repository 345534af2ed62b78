//! A refusal shows the two runs that the participant cannot tell apart, and what to add.

use chor_compiler::compile;
use chor_compiler::diag::plain;
use chor_compiler::source::Sources;
use insta::assert_snapshot;

/// What a program of the corpus is told, with every finding.
fn told(program: &str) -> String {
    let path = format!("{}/corpus/refused/{program}.chor", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let text: Vec<&str> = text.lines().map(|line| line.split(" //~").next().unwrap_or_default()).collect();
    let mut sources = Sources::new();
    sources.add("shop.chor", text.join("\n")).unwrap();
    let findings = compile(&sources).diagnostics;
    findings.iter().map(|finding| plain(finding, &sources)).collect::<Vec<_>>().join("\n")
}

#[test]
fn who_cannot_know_whether_to_emit() {
    assert_snapshot!(told("choice_unknown_to_participant"), @r#"
    error[C0107 choice-unknown-to-participant]: Shipping cannot know whether to emit `OrderShipped`
      --> shop.chor:14:5
       |
    13 |     Payment -> Orders: PaymentApproved
       |     ---------------------------------- run 1, unheard by Shipping
    14 |     Shipping -> Orders: OrderShipped
       |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Shipping must emit this in run 1
    ...
    16 |     Payment -> Orders: PaymentDeclined
       |     ---------------------------------- run 2, unheard by Shipping
       |
       = note: Shipping cannot tell these two runs apart:
               run 1: Orders -> Payment, Shipping: OrderPlaced; Payment -> Orders: PaymentApproved; here Shipping must emit `OrderShipped`
               run 2: Orders -> Payment, Shipping: OrderPlaced; Payment -> Orders: PaymentDeclined; here it must not
       = help: add Shipping to the subscribers of `Payment -> Orders: PaymentApproved` and of `Payment -> Orders: PaymentDeclined`
             - Payment -> Orders: PaymentApproved
             + Payment -> Orders, Shipping: PaymentApproved
             - Payment -> Orders: PaymentDeclined
             + Payment -> Orders, Shipping: PaymentDeclined
    "#);
}

#[test]
fn who_cannot_know_whether_to_emit_or_to_wait() {
    assert_snapshot!(told("emit_or_hear"), @r#"
    error[C0106 emit-or-hear]: Shipping cannot know whether to emit `OrderShipped` or to wait for `OrderCancelled`
      --> shop.chor:15:5
       |
    14 |     Payment -> Orders: PaymentApproved
       |     ---------------------------------- run 1, unheard by Shipping
    15 |     Shipping -> Orders: OrderShipped
       |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Shipping must emit this in run 1
    ...
    17 |     Payment -> Orders: PaymentDeclined
       |     ---------------------------------- run 2, unheard by Shipping
    18 |     Orders -> Shipping: OrderCancelled
       |     ---------------------------------- Shipping must wait for this in run 2
       |
       = note: Shipping cannot tell these two runs apart:
               run 1: Orders -> Payment, Shipping: OrderPlaced; Payment -> Orders: PaymentApproved; here Shipping must emit `OrderShipped`
               run 2: Orders -> Payment, Shipping: OrderPlaced; Payment -> Orders: PaymentDeclined; here it must wait for `OrderCancelled`
       = help: add Shipping to the subscribers of `Payment -> Orders: PaymentApproved`
             - Payment -> Orders: PaymentApproved
             + Payment -> Orders, Shipping: PaymentApproved
    "#);
}

#[test]
fn who_cannot_know_what_an_early_event_means() {
    assert_snapshot!(told("arrival_ambiguous"), @r#"
    error[C0108 arrival-ambiguous]: Ledger cannot know what `StockChecked` means when it arrives before `StockBooked`
      --> shop.chor:20:5
       |
    15 |     Payment -> Stock: PaidLocally
       |     ----------------------------- run 2, unheard by Ledger
    16 |     Stock -> Ledger: StockBooked
       |     ---------------------------- in run 2, `StockBooked` comes before it
    17 |     Payment -> Ledger: StockChecked
       |     ------------------------------- in run 2, this one can arrive first: Payment does not wait
    ...
    19 |     Payment -> Stock: PaidAbroad
       |     ---------------------------- run 1, unheard by Ledger
    20 |     Payment -> Ledger: StockChecked
       |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ in run 1, Ledger takes it here
       |
       = note: Ledger cannot tell these two runs apart:
               run 1: Orders -> Payment: OrderPlaced; Payment -> Stock: PaidAbroad; here Ledger takes `StockChecked`
               run 2: Orders -> Payment: OrderPlaced; Payment -> Stock: PaidLocally; here `StockBooked` is next, but `StockChecked` may arrive first
       = help: add Ledger to the subscribers of `Payment -> Stock: PaidLocally`
             - Payment -> Stock: PaidLocally
             + Payment -> Stock, Ledger: PaidLocally
    "#);
}

#[test]
fn who_is_never_told() {
    assert_snapshot!(told("never_told"), @r#"
    error[C0109 never-told]: Payment may wait for `OrderConfirmed` for ever
      --> shop.chor:13:3
       |
    13 |   Payment -> Orders: PaymentApproved
       |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Payment acted here, and then waits
    ...
    15 |     Orders -> Shipping, Payment: OrderConfirmed
       |     ------------------------------------------- Payment waits for this, which not every run brings
    ...
    17 |     Orders -> Shipping: OrderCancelled
       |     ---------------------------------- run 2, unheard by Payment
       |
       = note: Payment cannot tell these two runs apart:
               run 1: Orders -> Payment: OrderPlaced; Payment -> Orders: PaymentApproved; here Payment hears how it goes on
               run 2: Orders -> Payment: OrderPlaced; Payment -> Orders: PaymentApproved; Orders -> Shipping: OrderCancelled; here it is over, and Payment is not told
       = help: add Payment to the subscribers of `Orders -> Shipping: OrderCancelled`
             - Orders -> Shipping: OrderCancelled
             + Orders -> Shipping, Payment: OrderCancelled
    "#);
}

#[test]
fn who_cannot_know_whether_to_take_back() {
    assert_snapshot!(told("literature_saga_untold"), @r"
    error[C0106 emit-or-hear]: Flights cannot know whether to take back `FlightBooked` or to wait for `RoomBooked`
      --> shop.chor:15:3
       |
    15 |   Flights -> Agent, Hotels: FlightBooked
       |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Flights must take this back in run 1
    ...
    18 |     Hotels -> Agent, Flights: RoomBooked
       |     ------------------------------------ Flights must wait for this in run 2
    ...
    20 |     Hotels -> Agent: RoomsSoldOut
       |     ----------------------------- run 1, unheard by Flights
       |
       = note: Flights cannot tell these two runs apart:
               run 1: Agent -> Flights, Hotels: TripPlanned; Flights -> Agent, Hotels: FlightBooked; Hotels -> Agent: RoomsSoldOut; here Flights must take back `FlightBooked`
               run 2: Agent -> Flights, Hotels: TripPlanned; Flights -> Agent, Hotels: FlightBooked; here it must wait for `RoomBooked`
       = help: add Flights to the subscribers of `Hotels -> Agent: RoomsSoldOut`
             - Hotels -> Agent: RoomsSoldOut
             + Hotels -> Agent, Flights: RoomsSoldOut
    ");
}

#[test]
fn a_run_in_which_something_is_taken_back() {
    assert_snapshot!(told("untold_behind_rollback"), @r"
    error[C0109 never-told]: Reader may wait for `OrderConfirmed` for ever
      --> shop.chor:17:3
       |
    17 |   Reader -> Orders: OrderRead
       |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^ Reader acted here, and then waits
    ...
    19 |     Orders -> Stock, Reader: OrderConfirmed
       |     --------------------------------------- Reader waits for this, which not every run brings
    ...
    21 |     Orders -> Stock: OrderCancelled
       |     ------------------------------- run 2, unheard by Reader
       |
       = note: Reader cannot tell these two runs apart:
               run 1: Orders -> Stock, Reader: OrderPlaced; Stock -> Orders: GoodsReserved; Reader -> Orders: OrderRead; here Reader hears how it goes on
               run 2: Orders -> Stock, Reader: OrderPlaced; Stock -> Orders: GoodsReserved; Reader -> Orders: OrderRead; Orders -> Stock: OrderCancelled; Stock takes back `GoodsReserved`; here it is over, and Reader is not told
       = help: add Reader to the subscribers of `Orders -> Stock: OrderCancelled`
             - Orders -> Stock: OrderCancelled
             + Orders -> Stock, Reader: OrderCancelled
    ");
}
