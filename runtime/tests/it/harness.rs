//! The harness: what users test their services with, and what shows that the machine loses and doubles
//! nothing, whatever the order of arrival, and whatever comes twice or is done again.

use chor_runtime::HandlerError;
use chor_runtime::harness::{Harness, Run};
use proptest::prelude::*;

use crate::people::{Bank, Kitchen, Ledger, Shop, expected, order, words};
use crate::tea::customer::Client;
use crate::tea::{bank, kitchen, shop};

fn harness(ledger: &Ledger) -> Harness {
    harness_with(ledger, Bank::honest(ledger))
}

fn harness_with(ledger: &Ledger, bank: impl bank::Bank) -> Harness {
    Harness::new()
        .serve(shop::service(Shop))
        .serve(bank::service(bank))
        .serve(kitchen::service(Kitchen(ledger.clone())))
}

/// The run of these orders, and what the customer has heard.
async fn run(mut harness: Harness, orders: u32) -> (Run, Vec<String>) {
    let client = Client::new(harness.store());
    for number in 0..orders {
        client.order(&order(number)).await.unwrap();
    }
    let run = harness.run().await.unwrap();
    let mut heard = Vec::new();
    for _ in run.published().iter().filter(|it| it.to.contains(&"Customer".to_owned())) {
        heard.push(words(&client.next().await.unwrap().done().await.unwrap()));
    }
    heard.sort();
    (run, heard)
}

#[tokio::test]
async fn a_run_reads_like_the_choreography() {
    let (run, _) = run(harness(&Ledger::default()), 3).await;
    run.ended().unwrap();
    let paid = [
        "Customer -> Shop: Order",
        "Shop -> Bank, Kitchen: Ordered",
        "Bank -> Shop, Kitchen: Paid",
        "Kitchen -> Shop, Customer: Brewed",
    ];
    let refused = [
        "Customer -> Shop: Order",
        "Shop -> Bank, Kitchen: Ordered",
        "Bank -> Shop, Kitchen: Refused",
        "Shop -> Customer: Sorry",
    ];
    assert_eq!(run.of("o1"), paid);
    assert_eq!(run.of("o2"), refused);
}

#[tokio::test]
async fn who_is_left_behind_is_named() {
    let harness =
        Harness::new().serve(shop::service(Shop)).serve(kitchen::service(Kitchen(Ledger::default())));
    let (run, _) = run(harness, 1).await;
    let stuck = run.ended().unwrap_err().to_string();
    let lines: Vec<&str> = stuck.lines().collect();
    let expected = [
        "with seed 0:",
        "Kitchen of o0: it waits for Paid from Bank or Refused from Bank",
        "Shop of o0: it waits for Paid from Bank or Refused from Bank",
        "",
        "after:",
        "o0",
        "  Customer -> Shop: Order",
        "  Shop -> Bank, Kitchen: Ordered",
    ];
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn an_instance_set_aside_is_named_and_can_go_on() {
    let ledger = Ledger::default();
    let broken = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
    let still = broken.clone();
    let before = move |_: &chor_runtime::Context| match still.load(std::sync::atomic::Ordering::SeqCst) {
        true => Err(HandlerError::permanent("no line to the bank")),
        false => Ok(()),
    };
    let mut harness = harness_with(&ledger, Bank { ledger: ledger.clone(), before });
    Client::new(harness.store()).order(&order(0)).await.unwrap();
    let stuck = harness.run().await.unwrap().ended().unwrap_err().to_string();
    let bank = "Bank of o0: it waits for Ordered from Shop; set aside: no line to the bank; parked: Ordered from Shop";
    assert!(stuck.lines().any(|line| line == bank), "{stuck}");

    broken.store(false, std::sync::atomic::Ordering::SeqCst);
    let aside = harness.store().quarantined().await.unwrap();
    assert!(harness.store().retry(&aside[0].instance).await.unwrap());
    harness.run().await.unwrap().ended().unwrap();
    assert_eq!(ledger.lines(), expected(0..1).0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_nothing_is_doubled(seed: u64, orders in 1_u32..12) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let ledger = Ledger::default();
        let calm = runtime.block_on(run(harness(&Ledger::default()), orders)).0;
        let (stormy, heard) = runtime.block_on(run(harness(&ledger).seed(seed).with_faults(), orders));
        stormy.ended().unwrap();
        prop_assert_eq!((ledger.lines(), heard), expected(0..orders));
        prop_assert_eq!(stormy.published(), calm.published());
    }
}
