//! What a runtime tells of itself over HTTP.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use chor_runtime::{HandlerError, Store};

use crate::people::{Bank, Ledger, hear, open_with, order};
use crate::stores::stores;
use crate::tea::customer::Client;
use crate::trouble::{quick, set_aside, until};

/// The status and the body of a page.
pub async fn page(at: SocketAddr, path: &'static str) -> (u16, String) {
    let asked = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(at)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        write!(stream, "GET {path} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n")?;
        let mut text = String::new();
        stream.read_to_string(&mut text).map(|_| text)
    });
    let text = asked.await.unwrap().unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

/// The number behind this.
pub fn number(text: &str, what: &str) -> Option<f64> {
    let line = text.lines().find(|line| line.strip_prefix(what).is_some_and(|rest| rest.starts_with(' ')))?;
    line.rsplit(' ').next().unwrap().parse().ok()
}

pub fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    (listener, at)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_happens_is_counted() {
    let (_place, stores) = stores().await;
    for store in stores {
        let ((listener, at), ledger) = (listener(), Ledger::default());
        let bank = Bank {
            ledger: ledger.clone(),
            before: |cx: &chor_runtime::Context| match cx.key() {
                "o1" => Err(HandlerError::transient("no line")),
                _ => Ok(()),
            },
        };
        let running = open_with(&store, &ledger, bank).retry(quick(2)).status_page(listener).start();
        let client = Client::new(&store);
        for number in 0..3 {
            client.order(&order(number)).await.unwrap();
        }
        assert_eq!(hear(&client, 2).await, ["o0 brewed 1", "o2 sorry"]);
        set_aside(&store, "o1").await;
        until("the runtime to be ready", async || (page(at, "/ready").await.0 == 200).then_some(())).await;
        assert_eq!(page(at, "/live").await, (200, "alive\n".to_owned()));
        assert_eq!(page(at, "/nothing").await.0, 404);
        // What is said to a customer is counted after the customer may have heard it.
        let text = until("all to be counted", async || {
            let text = page(at, "/metrics").await.1;
            let brewed =
                r#"chor_events_total{service="Shop",choreography="tea.Tea",event="Brewed",verdict="heard"}"#;
            (number(&text, brewed) == Some(1.0)).then_some(text)
        })
        .await;
        let check =
            |what: &str, expected: f64| assert_eq!(number(&text, what), Some(expected), "{what}\n{text}");
        check(
            r#"chor_events_total{service="Bank",choreography="tea.Tea",event="Ordered",verdict="heard"}"#,
            2.0,
        );
        check(
            r#"chor_events_total{service="Bank",choreography="tea.Tea",event="Ordered",verdict="set aside"}"#,
            1.0,
        );
        check(r#"chor_events_published_total{service="Bank",choreography="tea.Tea",event="Paid"}"#, 1.0);
        check(r#"chor_events_published_total{service="Bank",choreography="tea.Tea",event="Refused"}"#, 1.0);
        check(r#"chor_event_age_seconds_count{service="Bank"}"#, 2.0);
        check(
            r#"chor_call_duration_seconds_count{service="Bank",choreography="tea.Tea",outcome="failed"}"#,
            2.0,
        );
        check(
            r#"chor_call_duration_seconds_count{service="Bank",choreography="tea.Tea",outcome="answered"}"#,
            2.0,
        );
        check(r#"chor_instances_set_aside{service="Bank"}"#, 1.0);
        check(r#"chor_instances_set_aside{service="Shop"}"#, 0.0);
        check(r#"chor_events_waiting{service="Kitchen"}"#, 0.0);
        check("chor_store_answers", 1.0);
        assert!(text.ends_with("# EOF\n"), "{text}");
        running.shutdown().await.unwrap();
        assert!(TcpStream::connect(at).is_err(), "the page ends with the runtime");
    }
}

/// Whoever has asked and does not hang up keeps nobody from stopping.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_is_kept_open_holds_up_no_shutdown() {
    let (store, (listener, at)) = (Store::memory(), listener());
    let ledger = Ledger::default();
    let running = open_with(&store, &ledger, Bank::honest(&ledger)).status_page(listener).start();
    until("the runtime to be ready", async || (page(at, "/ready").await.0 == 200).then_some(())).await;
    let mut open = TcpStream::connect(at).unwrap();
    write!(open, "GET /live HTTP/1.1\r\nhost: here\r\n").unwrap();
    tokio::time::timeout(Duration::from_secs(10), running.shutdown()).await.unwrap().unwrap();
}
