//! A client that is not ours reads our events as CloudEvents, and starts an order by publishing one.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[expect(dead_code, reason = "no server is killed here")]
#[path = "../../../../tests/support/nats.rs"]
mod server;

use std::path::{Path, PathBuf};
use std::process::Command;

use checkout::goods;
use checkout::orders::Counter;
use checkout::shipping::Carrier;
use checkout::stubs;
use chor_runtime::{Runtime, Store, Uuid};
use serde_json::Value;
use server::{Server, Version};

const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/stranger");

/// The folder of the packages that the client needs; they are there when this returns.
fn packages() -> PathBuf {
    let target = std::env::current_exe().unwrap().ancestors().nth(3).unwrap().to_owned();
    let (folder, pins) = (target.join("nats/stranger"), Path::new(HERE).join("requirements.txt"));
    let (wanted, marker) = (std::fs::read_to_string(&pins).unwrap(), folder.join("installed"));
    if std::fs::read_to_string(&marker).unwrap_or_default() != wanted {
        eprintln!(
            "nats-py and cloudevents are not installed: installing them with pip into {}",
            folder.display()
        );
        let _ = std::fs::remove_dir_all(&folder);
        let mut pip = Command::new("python3");
        pip.args([
            "-m",
            "pip",
            "install",
            "-qq",
            "--disable-pip-version-check",
            "--no-deps",
            "--require-hashes",
        ]);
        let output = pip.arg("--target").arg(&folder).arg("-r").arg(&pins).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        std::fs::write(marker, wanted).unwrap();
    }
    folder
}

/// Lets the client place an order, and read all events of it.
fn run(url: &str, order: &str, last: &str) -> Vec<Value> {
    let script = Path::new(HERE).join("stranger.py");
    let mut python = Command::new("python3");
    let output = python.arg(script).args([url, order, last]).env("PYTHONPATH", packages()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_not_ours_starts_an_order_and_reads_its_events() {
    let server = Server::start(Version::Current);
    let url = server.url();
    let store = Store::nats(url.as_str()).await.unwrap();
    let running = Runtime::new(&store)
        .serve(stubs::orders::service(Counter))
        .serve(stubs::payment::service(goods::bank()))
        .serve(stubs::inventory::service(goods::warehouse()))
        .serve(stubs::shipping::service(Carrier))
        .start();
    let order = Uuid::new_v4().to_string();
    let events = tokio::task::block_in_place(|| run(&url, &order, "example.shop.OrderShipped"));
    running.shutdown().await.unwrap();

    let attribute =
        |event: &Value, name: &str| event["attributes"][name].as_str().unwrap_or_default().to_owned();
    let mut types: Vec<String> = events.iter().map(|event| attribute(event, "type")).collect();
    let of = |name: &str| events.iter().find(|event| attribute(event, "type") == name).unwrap();
    let placed = of("example.shop.OrderPlaced");
    assert_eq!(attribute(placed, "source"), "Orders");
    assert_eq!(attribute(placed, "subject"), order);
    assert_eq!(attribute(placed, "datacontenttype"), "application/json");
    assert_eq!(attribute(placed, "correlationid"), format!("example.shop.Checkout/{order}"));
    assert_eq!(attribute(placed, "causationid"), attribute(of("example.shop.PlaceOrder"), "id"));
    assert_eq!(attribute(placed, "chorseq"), "Payment=1,Inventory=1");
    assert_eq!(
        placed["subject"],
        format!("chor.Orders.example-shop-Checkout.example-shop-OrderPlaced.{order}")
    );
    assert_eq!(placed["data"]["order"], order);
    types.sort_unstable();
    let expected = [
        "example.shop.OrderConfirmed",
        "example.shop.OrderPlaced",
        "example.shop.OrderShipped",
        "example.shop.PaymentApproved",
        "example.shop.PlaceOrder",
        "example.shop.StockReserved",
    ];
    assert_eq!(types, expected);
    assert_eq!(store.journal().await.unwrap(), []);
}
