//! Orders from their start to their end.

use chor_runtime::Runtime;

use super::{Server, VERSIONS, store};
use crate::flow::check_all_orders;
use crate::people::{Bank, Kitchen, Ledger, Shop, expected, hear, order};
use crate::tea::customer::Client;
use crate::tea::{bank, kitchen, shop};

/// 200 orders, all placed before any is served.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_order_ends_as_its_choices_imply() {
    for version in VERSIONS {
        let server = Server::start(version);
        check_all_orders(store(&server, "tea").await).await;
    }
}

/// Each service has two replicas, each with a connection of its own, as processes would.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_of_services_share_the_work() {
    for version in VERSIONS {
        let server = Server::start(version);
        let ledger = Ledger::default();
        let mut running = Vec::new();
        for _ in 0..2 {
            let own = || store(&server, "tea");
            running.push(Runtime::new(&own().await).serve(shop::service(Shop)).start());
            let bank = bank::service(Bank::honest(&ledger));
            running.push(Runtime::new(&own().await).serve(bank).start());
            let kitchen = kitchen::service(Kitchen(ledger.clone()));
            running.push(Runtime::new(&own().await).serve(kitchen).start());
        }
        let client = Client::new(&store(&server, "tea").await);
        let placing = async {
            for number in 0..100 {
                client.order(&order(number)).await.unwrap();
            }
        };
        let (heard, ()) = tokio::join!(hear(&client, 100), placing);
        for running in running {
            running.shutdown().await.unwrap();
        }
        assert_eq!((ledger.lines(), heard), expected(0..100));
    }
}
