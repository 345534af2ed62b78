//! What is created before anybody runs, and what each may do then: what the choreography lets it do, and no more.

use std::fmt::Write as _;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chor_runtime::deploy::{Participant, Permissions, deploy, permissions};
use chor_runtime::{NatsOptions, Runtime, Store, Timestamp, Which};

use super::{Server, VERSIONS, Version, log};
use crate::people::{Bank, Kitchen, Ledger, Shop, expected, hear, order, without_line};
use crate::tea::customer::Client;
use crate::tea::{bank, kitchen, shop};
use crate::trouble::{bank_of, set_aside, until};

const TEA: &str = "tea.Tea";

/// Those who take part in the tea shop.
fn participants() -> Vec<Participant> {
    let says = |events: &[&str]| events.iter().map(|it| (TEA.to_owned(), format!("tea.{it}"))).collect();
    let hears = |events: &[(&str, &str)]| {
        events.iter().map(|(by, it)| (TEA.to_owned(), (*by).to_owned(), format!("tea.{it}"))).collect()
    };
    let service = |name: &str, said: &[&str], heard: &[(&str, &str)]| Participant {
        name: name.to_owned(),
        says: says(said),
        hears: hears(heard),
        ..Participant::default()
    };
    vec![
        Participant {
            external: true,
            ..service("Customer", &["Order"], &[("Kitchen", "Brewed"), ("Shop", "Sorry")])
        },
        service(
            "Shop",
            &["Ordered", "Sorry"],
            &[("Customer", "Order"), ("Bank", "Paid"), ("Bank", "Refused"), ("Kitchen", "Brewed")],
        ),
        service("Bank", &["Paid", "Refused"], &[("Shop", "Ordered")]),
        service("Kitchen", &["Brewed"], &[("Shop", "Ordered"), ("Bank", "Paid"), ("Bank", "Refused")]),
    ]
}

/// A server on which each participant is a user, with its name as password, and `admin` may do everything.
fn guarded(version: Version) -> Server {
    let mut users = "{ user: admin, password: admin }\n".to_owned();
    let list = |subjects: &[String]| format!("[\"{}\"]", subjects.join("\", \""));
    for Permissions { participant, publish, subscribe, .. } in permissions("chor", &participants()) {
        let (publish, subscribe) = (list(&publish), list(&subscribe));
        let may = format!("{{ publish: {{ allow: {publish} }}, subscribe: {{ allow: {subscribe} }} }}");
        let _ = writeln!(users, "{{ user: {participant}, password: {participant}, permissions: {may} }}");
    }
    Server::start_with(version, &format!("authorization {{ users: [\n{users}] }}"))
}

fn as_user(server: &Server, user: &str) -> NatsOptions {
    NatsOptions::new(server.url()).user_and_password(user, user)
}

/// The store as this participant has it.
async fn store_of(server: &Server, participant: &str) -> Store {
    let options = as_user(server, participant).deployed().inbox(format!("_INBOX_{participant}"));
    Store::nats(options).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_missing_is_created_once() {
    let server = Server::start(Version::Oldest);
    let run = async |dry| {
        let parts = deploy(server.url(), &participants(), dry).await.unwrap();
        parts.iter().map(|part| part.there).collect::<Vec<_>>()
    };
    // One log, four streams of instances, and a consumer for each event that somebody hears.
    let (missing, there) = (vec![false; 5 + 2 + 4 + 1 + 3], vec![true; 15]);
    assert_eq!(run(true).await, missing);
    assert_eq!(run(true).await, missing, "a dry run creates nothing");
    assert_eq!(run(false).await, missing);
    assert_eq!(run(false).await, there);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_what_each_may_do_the_shop_runs() {
    for version in VERSIONS {
        let server = guarded(version);
        deploy(as_user(&server, "admin"), &participants(), false).await.unwrap();
        let ledger = Ledger::default();
        let of = |name: &'static str| store_of(&server, name);
        #[cfg(feature = "metrics")]
        let (listener, at) = crate::status::listener();
        let shop = Runtime::new(&of("Shop").await).serve(shop::service(Shop));
        #[cfg(feature = "metrics")]
        let shop = shop.status_page(listener);
        let running = [
            shop.start(),
            Runtime::new(&of("Bank").await).serve(bank::service(Bank::honest(&ledger))).start(),
            Runtime::new(&of("Kitchen").await).serve(kitchen::service(Kitchen(ledger.clone()))).start(),
        ];
        let client = Client::new(&of("Customer").await);
        for number in 0..20 {
            client.order(&order(number)).await.unwrap();
        }
        let heard = hear(&client, 20).await;
        assert_eq!((ledger.lines(), heard), expected(0..20));
        #[cfg(feature = "metrics")]
        {
            let (_, page) = crate::status::page(at, "/metrics").await;
            let number = |what| crate::status::number(&page, what);
            let set_aside = number("chor_instances_set_aside{service=\"Shop\"}");
            assert_eq!((number("chor_store_answers"), set_aside), (Some(1.0), Some(0.0)), "{page}");
        }
        for running in running {
            running.shutdown().await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_the_rights_of_another_it_is_refused() {
    for version in VERSIONS {
        let server = guarded(version);
        deploy(as_user(&server, "admin"), &participants(), false).await.unwrap();
        // The bank comes with what the kitchen may.
        let store = store_of(&server, "Kitchen").await;
        let mut running = Runtime::new(&store).serve(bank::service(Bank::honest(&Ledger::default()))).start();
        let error = running.ended().await.unwrap_err().to_string();
        assert!(error.contains("the server does not allow it: give this user the permission"), "{error}");
        assert!(error.contains("$JS.API.STREAM.INFO.chor-Bank"), "{error}");
    }
}

/// Whoever may look after all needs no more than the last of these users.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_operator_may_deploy_and_look_after_all() {
    for version in VERSIONS {
        let server = guarded(version);
        deploy(as_user(&server, "operator"), &participants(), false).await.unwrap();
        let ledger = Ledger::default();
        let (bank, broken) = without_line(&ledger, "o1");
        let of = |name: &'static str| store_of(&server, name);
        let running = [
            Runtime::new(&of("Shop").await).serve(shop::service(Shop)).start(),
            Runtime::new(&of("Bank").await).serve(bank::service(bank)).start(),
            Runtime::new(&of("Kitchen").await).serve(kitchen::service(Kitchen(ledger.clone()))).start(),
        ];
        let client = Client::new(&of("Customer").await);
        for number in 0..3 {
            client.order(&order(number)).await.unwrap();
        }
        hear(&client, 2).await;
        let operator = Store::nats(as_user(&server, "operator").deployed()).await.unwrap();
        set_aside(&operator, "o1").await;
        let left = operator.instances(&Which::default(), 10).await.unwrap();
        assert!(
            left.instances.iter().all(|it| it.id.key.as_str() == "o1" && it.awaits.is_some()),
            "{left:?}"
        );
        assert_eq!(operator.journal().await.unwrap().len(), 1);
        broken.store(false, Ordering::SeqCst);
        assert!(operator.retry(&bank_of("o1")).await.unwrap());
        assert_eq!(hear(&client, 1).await, ["o1 brewed 2"]);
        until("all to be over", async || {
            let pruned = operator.prunable(Timestamp::now()).await.unwrap();
            (pruned.flows == 3).then_some(())
        })
        .await;
        assert_eq!(operator.prune(Timestamp::now()).await.unwrap().flows, 3);
        assert_eq!(operator.backlog().await.unwrap(), []);
        for running in running {
            running.shutdown().await.unwrap();
        }
    }
}

/// What permissions are for: nobody says what another says, not even by hand.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_says_what_another_says() {
    let server = guarded(Version::Current);
    deploy(as_user(&server, "admin"), &participants(), false).await.unwrap();
    let options = async_nats::ConnectOptions::with_user_and_password("Kitchen".into(), "Kitchen".into());
    let kitchen = options.custom_inbox_prefix("_INBOX_Kitchen").connect(server.url()).await.unwrap();
    let forged = [
        "chor.Bank.tea-Tea.tea-Paid.o1",
        "chor.Kitchen.tea-Tea.tea-Ordered.o1",
        "chor-state.Bank.at.tea-Tea.o1",
    ];
    for subject in forged {
        let answer =
            tokio::time::timeout(Duration::from_millis(500), kitchen.request(subject, "{}".into())).await;
        assert!(!matches!(answer, Ok(Ok(_))), "{subject}");
    }
    let read = [
        "$JS.API.DIRECT.GET.chor-Bank.chor-state.Bank.at.tea-Tea.o1",
        "$JS.API.DIRECT.GET.chor.chor.Bank.tea-Tea.tea-Paid.o1",
    ];
    for subject in read {
        let answer =
            tokio::time::timeout(Duration::from_millis(500), kitchen.request(subject, "".into())).await;
        assert!(!matches!(answer, Ok(Ok(_))), "{subject}");
    }
    assert!(log::events_as(&server, "admin", "chor").await.is_empty());
}
