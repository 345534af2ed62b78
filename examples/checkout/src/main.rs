//! Runs the shop: all services in one process, or one of them.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use checkout::customer::{Endings, order, told};
use checkout::flow::{self, Flow};
use checkout::goods;
use checkout::orders::Counter;
use checkout::shipping::Carrier;
use checkout::stubs;
use checkout::stubs::customer::Client;
use chor_runtime::{EventId, Runtime, Service, Store, StoreError, Uuid};
use clap::{Parser, Subcommand};
use mimalloc::MiMalloc;

/// A service makes many small things on all cores, which the allocator of the system is slow at.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// An online shop without a coordinator.
///
/// Without a command, all services run in this process, on a temporary file or on NATS, and the customer places a
/// handful of orders.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// How many orders the customer places.
    #[arg(long, default_value_t = 8, global = true)]
    orders: u32,
    /// The file that the processes share.
    #[arg(long, value_name = "FILE", default_value = "shop.db", global = true)]
    store: PathBuf,
    /// The NATS server that the processes share, in place of a file.
    #[arg(long, value_name = "URL", global = true)]
    nats: Option<String>,
    /// Where a service tells how it is, over HTTP: `127.0.0.1:9464`.
    #[arg(long, value_name = "ADDRESS", global = true)]
    status: Option<SocketAddr>,
}

impl Arguments {
    /// Where the processes meet, and what that is called.
    async fn store(&self) -> Result<(Store, String), StoreError> {
        match &self.nats {
            Some(url) => Ok((Store::nats(url.as_str()).await?, url.clone())),
            None => Ok((Store::sqlite(&self.store)?, self.store.display().to_string())),
        }
    }
}

/// Who runs in this process.
#[derive(Clone, Copy, Debug, Subcommand)]
enum Command {
    /// Accept orders, and say how they end.
    Orders,
    /// Ask the bank.
    Payment,
    /// Set goods aside.
    Inventory,
    /// Pack and send.
    Shipping,
    /// Place orders, and wait until each has ended.
    Customer,
}

type Outcome = Result<(), Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let arguments = Arguments::parse();
    let outcome = match arguments.command {
        None => everything(&arguments).await,
        Some(Command::Customer) => customer(&arguments).await,
        Some(command) => one(command, &arguments).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The whole shop in one process. The customer places the next order when the one before has ended, so that
/// the events on the screen are in the order of their flows.
async fn everything(arguments: &Arguments) -> Outcome {
    let (orders, folder) = (arguments.orders, tempfile::tempdir()?);
    let store = match &arguments.nats {
        Some(url) => Store::nats(url.as_str()).await?,
        None => Store::sqlite(folder.path().join("shop.db"))?,
    };
    let flow = Arc::new(Flow::default());
    let watched = Arc::clone(&flow);
    let running = Runtime::new(&store)
        .serve(stubs::orders::service(Counter))
        .serve(stubs::payment::service(goods::bank()))
        .serve(stubs::inventory::service(goods::warehouse()))
        .serve(stubs::shipping::service(Carrier))
        .observe(move |happening| watched.happened(happening))
        .start();

    let client = Client::new(&store);
    let mut endings = Endings::default();
    for number in 0..orders {
        let placed = goods::order(number, Uuid::new_v4());
        let id = EventId::random();
        println!("\norder {number}: {}", goods::told(&placed));
        flow.placed(&id);
        client.place_order_with_id(id, &placed).await?;
        let delivery = client.next().await?;
        let id = delivery.id().clone();
        let heard = delivery.done().await?;
        flow.customer_heard(&id);
        flow.quiet().await;
        println!("  {}", told(&heard));
        endings.count(&heard);
    }
    running.shutdown().await?;
    println!("\n{orders} orders: {endings}");
    Ok(())
}

/// One service, until it is told to stop.
async fn one(command: Command, arguments: &Arguments) -> Outcome {
    let (name, service): (&str, Service) = match command {
        Command::Orders => ("Orders", stubs::orders::service(Counter)),
        Command::Payment => ("Payment", stubs::payment::service(goods::bank())),
        Command::Inventory => ("Inventory", stubs::inventory::service(goods::warehouse())),
        Command::Shipping => ("Shipping", stubs::shipping::service(Carrier)),
        Command::Customer => return Err("the customer is no service".into()),
    };
    let (store, place) = arguments.store().await?;
    println!("{name} on {place}; ctrl-C stops it");
    let mut runtime = Runtime::new(&store).serve(service);
    if let Some(address) = arguments.status {
        runtime = runtime.status_page(TcpListener::bind(address)?);
        println!("http://{address}/metrics");
    }
    runtime.observe(flow::print).run().await?;
    Ok(())
}

/// The customer: places orders all at once, and waits until each has ended.
async fn customer(arguments: &Arguments) -> Outcome {
    let (orders, client) = (arguments.orders, Client::new(&arguments.store().await?.0));
    let mut waiting = std::collections::HashMap::new();
    for number in 0..orders {
        let placed = goods::order(number, Uuid::new_v4());
        println!("order {number}: {} ({})", goods::told(&placed), placed.order);
        waiting.insert(placed.order, number);
        client.place_order(&placed).await?;
    }
    let mut endings = Endings::default();
    while !waiting.is_empty() {
        let next = tokio::time::timeout(Duration::from_mins(1), client.next()).await;
        let heard = next.map_err(|_| {
            let orders = waiting.len();
            format!("{orders} orders have not ended: do all services run, and is this the only customer?")
        })??;
        // There is one customer: what another run of it has ordered is taken off the file, and not counted.
        if let Some(number) = waiting.remove(&order(&heard.event)) {
            println!("order {number}: {}", told(&heard.event));
            endings.count(&heard.event);
        }
        heard.done().await?;
    }
    println!("{orders} orders: {endings}");
    Ok(())
}
