//! What people see and do when something has gone wrong: the same on every store.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chor_runtime::{HandlerError, Runtime, Skipped, Store, Which};

use crate::party::{Calls, ask, band_later, guest, hasty, heard, services, until_called};
use crate::people::{Bank, Ledger, hear, open, open_with, order, without_line};
use crate::stores::stores;
use crate::tea::customer::Client;
use crate::trouble::{bank_of, quick, set_aside, until};

/// `service: what it waits for`, of one order.
async fn stands(store: &Store, order: &str) -> Vec<String> {
    let found = store.instances(&Which::default().key(order), 100).await.unwrap();
    assert_eq!(found.total, found.instances.len());
    let line = |it: &chor_runtime::Instance| match &it.quarantine {
        Some(reason) => format!("{}: set aside, {reason}", it.id.service),
        // Whoever looks while services start may be told of an instance, and not yet of what its states mean.
        None => {
            format!("{}: {}", it.id.service, it.awaits.as_ref().map_or("?".to_owned(), ToString::to_string))
        }
    };
    let mut lines: Vec<_> = found.instances.iter().map(line).collect();
    lines.sort();
    lines
}

#[tokio::test]
async fn what_instances_wait_for_is_told_in_the_words_of_the_choreography() {
    let (_place, stores) = stores().await;
    for store in stores {
        let ledger = Ledger::default();
        let bank = Bank { ledger: ledger.clone(), before: |_: &_| Err(HandlerError::permanent("no line")) };
        let running = open_with(&store, &ledger, bank).start();
        Client::new(&store).order(&order(1)).await.unwrap();
        set_aside(&store, "o1").await;
        let lines = until("the shop", async || {
            let lines = stands(&store, "o1").await;
            (lines.len() == 3).then_some(lines)
        })
        .await;
        let expected = [
            "Bank: set aside, no line",
            "Kitchen: Paid or Refused from Bank",
            "Shop: Paid or Refused from Bank",
        ];
        assert_eq!(lines, expected);
        running.shutdown().await.unwrap();

        let check = async |which: Which, expected: &[&str]| {
            let found = store.instances(&which, 100).await.unwrap().instances;
            let mut services: Vec<_> = found.iter().map(|it| it.id.service.to_string()).collect();
            services.sort();
            assert_eq!(services, expected, "{which:?}");
        };
        check(Which::default().service("Shop"), &["Shop"]).await;
        check(Which::default().choreography("Tea"), &["Bank", "Kitchen", "Shop"]).await;
        check(Which::default().choreography("tea.Tea"), &["Bank", "Kitchen", "Shop"]).await;
        check(Which::default().choreography("Coffee"), &[]).await;
        check(Which::default().key("o"), &[]).await;
    }
}

#[tokio::test]
async fn what_is_over_is_left_out_and_the_oldest_come_first() {
    let (_place, stores) = stores().await;
    for store in stores {
        let ledger = Ledger::default();
        let running = open(&store, &ledger).start();
        let client = Client::new(&store);
        client.order(&order(0)).await.unwrap();
        assert_eq!(hear(&client, 1).await.len(), 1);
        until("the end", async || stands(&store, "o0").await.is_empty().then_some(())).await;
        let over = store.instances(&Which::default().and_over(), 100).await.unwrap();
        assert_eq!(over.total, 3, "{over:?}");
        let changed: Vec<_> = over.instances.iter().map(|it| it.changed).collect();
        assert!(changed.is_sorted(), "{changed:?}");
        let two = store.instances(&Which::default().and_over(), 2).await.unwrap();
        assert_eq!((two.total, two.instances.len()), (3, 2));
        assert_eq!(two.instances, over.instances[..2]);
        running.shutdown().await.unwrap();
    }
}

#[tokio::test]
async fn deadlines_and_answers_that_are_put_off_are_told() {
    let (_place, stores) = stores().await;
    for store in stores {
        let calls = Calls::default();
        let all = services(&calls, &band_later());
        let running = all.into_iter().fold(Runtime::new(&store), Runtime::serve).start();
        ask(&store, "o1").await;
        let expected = [
            "Band: an answer to Play, which was put off; or for Over from Host instead",
            "Cook: Done or Over from Host",
            "Host: Played from Band",
        ];
        until("the band", async || (stands(&store, "o1").await == expected).then_some(())).await;
        let host = store.instances(&Which::default().service("Host"), 1).await.unwrap().instances.remove(0);
        let until_due = std::time::SystemTime::from(host.due.unwrap()).duration_since(host.changed.into());
        assert!(until_due.unwrap() > Duration::from_mins(14), "{host:?}");
        running.shutdown().await.unwrap();
    }
}

#[tokio::test]
async fn what_an_instance_failed_at_is_dropped_and_it_goes_on() {
    let (_place, stores) = stores().await;
    for store in stores {
        let ledger = Ledger::default();
        let (bank, broken) = without_line(&ledger, "o1");
        let running = open_with(&store, &ledger, bank).retry(quick(1)).start();
        Client::new(&store).order(&order(1)).await.unwrap();
        set_aside(&store, "o1").await;
        let aside = store.quarantined().await.unwrap().remove(0);
        assert_eq!(aside.event.as_ref().map(|event| event.name.short()), Some("Ordered"));

        let Skipped::Event(event) = store.skip(&bank_of("o1")).await.unwrap() else {
            panic!("it has failed")
        };
        assert_eq!(Some(event), aside.event);
        assert_eq!(store.skip(&bank_of("o1")).await.unwrap(), Skipped::NotSetAside);
        assert_eq!(store.quarantined().await.unwrap(), []);
        let noted = store.noted(&Which::default(), 1).await.unwrap().remove(0).record;
        assert_eq!(
            (noted.verdict.as_str(), noted.reason.as_str()),
            ("skipped", "dropped by hand, after: no line")
        );
        assert_eq!(noted.event_type.short(), "Ordered");
        // It is not called for it again, whatever it would answer now.
        broken.store(false, Ordering::SeqCst);
        running.shutdown().await.unwrap();
        let running = open(&store, &ledger).start();
        let client = Client::new(&store);
        client.order(&order(2)).await.unwrap();
        assert_eq!(hear(&client, 1).await, ["o2 sorry"]);
        running.shutdown().await.unwrap();
        assert!(!ledger.lines().iter().any(|line| line.starts_with("o1")), "{:?}", ledger.lines());
        assert_eq!(stands(&store, "o1").await[0], "Bank: Ordered from Shop");
    }
}

#[tokio::test]
async fn a_deadline_at_which_a_service_fails_is_nothing_to_drop() {
    let (_place, stores) = stores().await;
    for store in stores {
        let calls = Calls::default();
        let before: crate::party::Before = Arc::new(|name, point, cx| {
            Box::pin(async move {
                match (name, point) {
                    ("Host", 2) => Err(HandlerError::permanent("nobody is at home")),
                    ("Band", 0) => Err(cx.later()),
                    _ => Ok(()),
                }
            })
        });
        let running = hasty(&store, &calls, &before).start();
        ask(&store, "o1").await;
        let aside =
            until("the host to be set aside", async || store.quarantined().await.unwrap().pop()).await;
        assert_eq!((aside.event, aside.reason.as_str()), (None, "nobody is at home"));
        assert_eq!(store.skip(&aside.instance).await.unwrap(), Skipped::NoEvent);
        running.shutdown().await.unwrap();

        let running = hasty(&store, &calls, &band_later()).start();
        assert!(store.retry(&aside.instance).await.unwrap());
        assert_eq!(heard(&guest(&store)).await, "o1 Over");
        until_called(&calls, "Host 2").await;
        running.shutdown().await.unwrap();
    }
}
