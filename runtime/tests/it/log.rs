//! What is written to the log: one line a step, with choreography, key, service, event and what became of it.

use std::io;
use std::sync::{Arc, Mutex};

use chor_runtime::{HandlerError, Store};
use tracing_subscriber::fmt::MakeWriter;

use crate::people::{Bank, Ledger, hear, open_with, order};
use crate::tea::customer::Client;
use crate::trouble::{quick, set_aside};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// All on one thread, of which the log is taken.
#[tokio::test]
async fn each_step_is_a_line() {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_ansi(false)
        .without_time()
        .with_writer(lines.clone())
        .finish();
    let _log = tracing::subscriber::set_default(subscriber);
    let (store, ledger) = (Store::memory(), Ledger::default());
    let bank = Bank {
        ledger: ledger.clone(),
        before: |cx: &chor_runtime::Context| match cx.key() {
            "o1" => Err(HandlerError::transient("no line")),
            _ => Ok(()),
        },
    };
    let running = open_with(&store, &ledger, bank).retry(quick(2)).start();
    let client = Client::new(&store);
    client.order_with_id("first", &order(0)).await.unwrap();
    hear(&client, 1).await;
    client.order(&order(0)).await.unwrap();
    client.order(&order(1)).await.unwrap();
    set_aside(&store, "o1").await;
    running.shutdown().await.unwrap();
    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let has = |level: &str, words: &[&str]| {
        let found = text
            .lines()
            .any(|line| line.trim_start().starts_with(level) && words.iter().all(|word| line.contains(word)));
        assert!(found, "no line at {level} with {words:?} in:\n{text}");
    };
    let of = |key| format!("choreography=tea.Tea key={key}");
    has("DEBUG", &["heard", &of("o0"), r#"service="Shop""#, r#"event="Order""#, "id=first"]);
    has("WARN", &["refused", &of("o0"), r#"service="Shop""#, "Tea has been started already"]);
    let failed = [
        "handler failed, will be asked again",
        r#"choreography="tea.Tea" key=o1 service="Bank" event="Ordered""#,
    ];
    has("WARN", &failed);
    has("ERROR", &["instance set aside", &of("o1"), r#"service="Bank""#, "last with: no line"]);
}
