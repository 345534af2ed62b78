//! The harness: what users test their services with, and what shows that the machine loses and doubles
//! nothing, whatever the order of arrival, and whatever comes twice or is done again.

use chor_runtime::harness::{Harness, Run, explore, trace};
use chor_runtime::{Answer, Context, HandlerError};
use proptest::prelude::*;

use crate::party;
use crate::people::{Bank, Kitchen, Ledger, Shop, expected, order, words};
use crate::tea::customer::Client;
use crate::tea::{bank, kitchen, shop};

fn harness(ledger: &Ledger) -> Harness {
    harness_with(ledger, Bank::honest(ledger))
}

fn harness_with(ledger: &Ledger, bank: impl bank::Bank) -> Harness {
    serve(Harness::new(), ledger, bank)
}

fn serve(harness: Harness, ledger: &Ledger, bank: impl bank::Bank) -> Harness {
    harness
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
    let before = move |_: &Context| match still.load(std::sync::atomic::Ordering::SeqCst) {
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

#[tokio::test]
async fn an_exploration_tries_many_orders_of_arrival() {
    explore(0..100, async |harness| {
        let ledger = Ledger::default();
        let mut harness = serve(harness, &ledger, Bank::honest(&ledger));
        Client::new(harness.store()).order(&order(1)).await.unwrap();
        let run = harness.run().await.unwrap();
        run.ended().unwrap();
        run.expect(
            "o1",
            trace![
                Customer -> Shop: Order;
                Shop -> Bank, Kitchen: Ordered;
                Bank -> Shop, Kitchen: Paid;
                Kitchen -> Shop, Customer: Brewed;
            ],
        );
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_failure_of_an_exploration_has_its_seed_and_a_diagram() {
    let failed = explore([4], async |harness| {
        let ledger = Ledger::default();
        let mut harness = serve(harness, &ledger, Bank::honest(&ledger));
        Client::new(harness.store()).order(&order(2)).await.unwrap();
        let run = harness.run().await.unwrap();
        run.expect(
            "o2",
            trace![Customer -> Shop: Order; Shop -> Bank, Kitchen: Ordered; Bank -> Shop, Kitchen: Paid],
        );
    })
    .await
    .unwrap_err();
    let expected = "\
with CHOR_SEED=4: o2 went another way than expected (seed 4):
  Customer -> Shop: Order
  Shop -> Bank, Kitchen: Ordered
- Bank -> Shop, Kitchen: Paid
+ Bank -> Shop, Kitchen: Refused
+ Shop -> Customer: Sorry
where they stand:
  Bank of o2: it has finished (state 2)
  Kitchen of o2: it has finished (state 3)
  Shop of o2: it has finished (state 5)

sequenceDiagram
    Customer->>Shop: Order (o2)
    Shop->>Kitchen: Ordered (o2)
    Shop->>Bank: Ordered (o2)
    Bank->>Kitchen: Refused (o2)
    Bank->>Shop: Refused (o2)
    Shop->>Customer: Sorry (o2)
";
    assert_eq!(failed.to_string(), expected);
    let (shown, _) = expected.split_once("  Kitchen of o2").unwrap();
    assert!(include_str!("../../../README.md").contains(shown), "the README shows how a failure begins");
}

/// Whoever is called again in vain is seen: the diagram shows where a service died.
#[tokio::test]
async fn an_exploration_finds_a_handler_that_must_not_be_called_again() {
    let failed = explore(0..1000, async |harness| {
        let ledger = Ledger::default();
        let calls = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
        let before = move |_: &Context| {
            assert_eq!(calls.fetch_add(1, std::sync::atomic::Ordering::SeqCst), 0, "charged twice");
            Ok(())
        };
        let mut harness = serve(harness, &ledger, Bank { ledger: ledger.clone(), before });
        Client::new(harness.store()).order(&order(1)).await.unwrap();
        harness.run().await.unwrap().ended().unwrap();
    })
    .await
    .unwrap_err();
    let text = failed.to_string();
    assert!(text.contains("set aside") && text.contains("charged twice"), "{text}");
    assert!(text.contains("    Note over Bank: dies at Ordered of o1\n"), "{text}");
}

/// Notes the orders that it takes.
struct Noting(Ledger);

impl shop::Shop for Noting {
    async fn on_order(&self, event: shop::Order, cx: &Context) -> Answer<shop::Ordered> {
        self.0.enter(cx, "takes the order");
        Shop.on_order(event, cx).await
    }

    async fn on_paid(&self, event: shop::Paid, cx: &Context) -> Answer<()> {
        Shop.on_paid(event, cx).await
    }

    async fn on_refused(&self, event: shop::Refused, cx: &Context) -> Answer<shop::Sorry> {
        Shop.on_refused(event, cx).await
    }

    async fn on_brewed(&self, event: shop::Brewed, cx: &Context) -> Answer<()> {
        Shop.on_brewed(event, cx).await
    }
}

/// Two events say that the same instance begins. The service may die over the one and begin with the other.
#[tokio::test]
async fn an_instance_begins_once_outside_too() {
    explore(0..200, async |harness| {
        let ledger = Ledger::default();
        let mut harness = harness
            .serve(shop::service(Noting(ledger.clone())))
            .serve(bank::service(Bank::honest(&ledger)))
            .serve(kitchen::service(Kitchen(ledger.clone())));
        let client = Client::new(harness.store());
        for _ in 0..2 {
            client.order(&order(0)).await.unwrap();
        }
        harness.run().await.unwrap().ended().unwrap();
        assert_eq!(ledger.lines(), ["o0 Bank pays", "o0 Kitchen brews 1", "o0 Shop takes the order"]);
    })
    .await
    .unwrap();
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

/// The guest asks; cook and band do their parts in any order; the host tells all.
#[tokio::test]
async fn what_may_come_in_any_order_may_be_expected_in_any() {
    let mut harness = party::harness(&party::Calls::default(), &party::at_once());
    party::ask(harness.store(), "o1").await;
    let run = harness.run().await.unwrap();
    let is = |trace: &[&'static str]| {
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run.expect("o1", trace))).is_ok()
    };
    let (ask, done) = ("Guest -> Host: Ask", "Host -> Cook, Band, Guest: Done");
    let (cook, cooked) = ("Host -> Cook: Cook", "Cook -> Host: Cooked");
    let (play, played, card) = ("Host -> Band: Play", "Band -> Host: Played", "Post -> Guest: Card");
    // As the choreography writes it, part by part.
    assert!(is(&[ask, cook, cooked, play, played, done, card]));
    assert!(is(&[ask, cook, play, played, cooked, "Host -> Guest, Band, Cook: Done", card]));
    for (wrong, what) in [
        ([ask, cooked, cook, play, played, done, card], "a step before its cause"),
        ([ask, cook, cooked, play, done, played, card], "a join before its part"),
        ([ask, cook, cooked, play, played, "Host -> Cook, Guest: Done", card], "one who hears is missing"),
        ([ask, cook, cooked, play, played, played, done], "a step twice"),
    ] {
        assert!(!is(&wrong), "{what}");
    }
    assert!(!is(&[ask, cook, cooked, play, played, done]), "a step is missing");
}
