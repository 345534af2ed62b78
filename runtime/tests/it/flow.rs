use chor_runtime::Store;

use crate::people::{Ledger, expected, hear, open, order};
use crate::tea::customer::Client;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_order_ends_as_its_choices_imply() {
    let (store, ledger) = (Store::memory(), Ledger::default());
    let running = open(&store, &ledger).start();
    let client = Client::new(&store);
    for number in 0..200 {
        client.order(&order(number)).await.unwrap();
    }
    let heard = hear(&client, 200).await;
    running.shutdown().await.unwrap();
    assert_eq!((ledger.lines(), heard), expected(0..200));
}
