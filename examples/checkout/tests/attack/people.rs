//! The four services, as one process each plays them: the example's own, with a ledger of what they do outside.
//!
//! They take their time, fail now and then when they have done it already, and for some orders take longer than a server
//! waits for a sign of life.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use checkout::customer::order;
use checkout::goods;
use checkout::inventory::Warehouse;
use checkout::orders::Counter;
use checkout::payment::Bank;
use checkout::shipping::Carrier;
use checkout::stubs::customer::Client;
use checkout::stubs::{inventory, orders, payment, shipping};
use chor_runtime::{Answer, Context, Decimal, HandlerError, RetryPolicy, Runtime, Service};

use crate::ledger::Ledger;
use crate::place;

/// What a process is told: which service it plays, where, and where the ledger is; how long it thinks at most, in
/// milliseconds.
pub(crate) const PART: &str = "CHOR_ATTACK_PART";
pub(crate) const ADDRESS: &str = "CHOR_ATTACK_ADDRESS";
pub(crate) const LEDGER: &str = "CHOR_ATTACK_LEDGER";
pub(crate) const THINKS: &str = "CHOR_ATTACK_THINKS";

/// An order of this price has the bank think for longer than the ten seconds after which a delivery is given to another.
pub(crate) const SLOW: u32 = 11;
const SLOW_BANK: Duration = Duration::from_secs(11);

/// Plays the part that this process was started for, if it was.
pub(crate) async fn play() {
    let Ok(part) = std::env::var(PART) else { return };
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let said = |name: &str| std::env::var(name).unwrap();
    let ledger = Arc::new(Ledger::open(Path::new(&said(LEDGER))));
    let store = place::open(&said(ADDRESS)).await;
    if part == "customer" {
        return listen(&Client::new(&store), &ledger).await;
    }
    let desk = Desk { ledger: Arc::clone(&ledger), thinks: said(THINKS).parse().unwrap() };
    Runtime::new(&store)
        .serve(service(&part, desk))
        .retry(RetryPolicy { first: Duration::from_millis(20), ..RetryPolicy::default() })
        .observe(move |happening| ledger.note(happening))
        .run()
        .await
        .unwrap();
}

/// The customer hears how orders end.
async fn listen(client: &Client, ledger: &Ledger) {
    loop {
        ledger.heard(order(&client.next().await.unwrap().done().await.unwrap()));
    }
}

fn service(part: &str, desk: Desk) -> Service {
    match part {
        "orders" => orders::service(At { desk, who: Counter }),
        "payment" => payment::service(At { desk, who: goods::bank() }),
        "inventory" => inventory::service(At { desk, who: goods::warehouse() }),
        "shipping" => shipping::service(At { desk, who: Carrier }),
        other => panic!("there is no {other}"),
    }
}

/// Somebody at a desk with a ledger.
struct At<W> {
    desk: Desk,
    who: W,
}

struct Desk {
    ledger: Arc<Ledger>,
    thinks: u64,
}

impl Desk {
    /// Does what an event asks for.
    async fn does(&self, cx: &Context, event: &str) -> Answer<()> {
        if self.thinks > 0 {
            tokio::time::sleep(Duration::from_millis(fastrand::u64(0..=self.thinks))).await;
        }
        self.ledger.enter(cx, event);
        if fastrand::u8(..) < 3 {
            return Err(HandlerError::transient("the line is down"));
        }
        Ok(())
    }
}

impl orders::Orders for At<Counter> {
    async fn on_place_order(&self, event: orders::PlaceOrder, cx: &Context) -> Answer<orders::OrderPlaced> {
        self.desk.does(cx, "PlaceOrder").await?;
        self.who.on_place_order(event, cx).await
    }

    async fn on_stock_reserved(
        &self,
        event: orders::StockReserved,
        known: orders::KnownOnStockReserved,
        cx: &Context,
    ) -> Answer<()> {
        self.desk.does(cx, "StockReserved").await?;
        self.who.on_stock_reserved(event, known, cx).await
    }

    async fn on_stock_missing(
        &self,
        event: orders::StockMissing,
        known: orders::KnownOnStockMissing,
        cx: &Context,
    ) -> Answer<()> {
        self.desk.does(cx, "StockMissing").await?;
        self.who.on_stock_missing(event, known, cx).await
    }

    async fn on_payment_approved(
        &self,
        event: orders::PaymentApproved,
        known: orders::KnownOnPaymentApproved,
        cx: &Context,
    ) -> Answer<orders::OrderConfirmed> {
        self.desk.does(cx, "PaymentApproved").await?;
        self.who.on_payment_approved(event, known, cx).await
    }

    async fn on_paid_in_vain(
        &self,
        event: orders::PaymentApproved,
        known: orders::KnownOnPaidInVain,
        cx: &Context,
    ) -> Answer<orders::OrderCancelled> {
        self.desk.does(cx, "PaymentApproved").await?;
        self.who.on_paid_in_vain(event, known, cx).await
    }

    async fn on_payment_declined(
        &self,
        event: orders::PaymentDeclined,
        known: orders::KnownOnPaymentDeclined,
        cx: &Context,
    ) -> Answer<orders::OrderCancelled> {
        self.desk.does(cx, "PaymentDeclined").await?;
        self.who.on_payment_declined(event, known, cx).await
    }

    async fn on_order_shipped(
        &self,
        event: orders::OrderShipped,
        known: orders::KnownOnOrderShipped,
        cx: &Context,
    ) -> Answer<()> {
        self.desk.does(cx, "OrderShipped").await?;
        self.who.on_order_shipped(event, known, cx).await
    }

    async fn on_stock_released(
        &self,
        event: orders::StockReleased,
        known: orders::KnownOnStockReleased,
        cx: &Context,
    ) -> Answer<()> {
        self.desk.does(cx, "StockReleased").await?;
        self.who.on_stock_released(event, known, cx).await
    }

    async fn on_payment_refunded(
        &self,
        event: orders::PaymentRefunded,
        known: orders::KnownOnPaymentRefunded,
        cx: &Context,
    ) -> Answer<()> {
        self.desk.does(cx, "PaymentRefunded").await?;
        self.who.on_payment_refunded(event, known, cx).await
    }
}

impl payment::Payment for At<Bank> {
    async fn on_order_placed(
        &self,
        event: payment::OrderPlaced,
        cx: &Context,
    ) -> Answer<payment::OnOrderPlaced> {
        self.desk.does(cx, "OrderPlaced").await?;
        if event.total == Decimal::from(SLOW) {
            tokio::time::sleep(SLOW_BANK).await;
        }
        self.who.on_order_placed(event, cx).await
    }

    async fn on_order_confirmed(
        &self,
        event: payment::OrderConfirmed,
        known: payment::KnownOnOrderConfirmed,
        cx: &Context,
    ) -> Answer<()> {
        self.desk.does(cx, "OrderConfirmed").await?;
        self.who.on_order_confirmed(event, known, cx).await
    }

    async fn on_order_cancelled(
        &self,
        event: payment::OrderCancelled,
        known: payment::KnownOnOrderCancelled,
        cx: &Context,
    ) -> Answer<payment::PaymentRefunded> {
        self.desk.does(cx, "OrderCancelled").await?;
        self.who.on_order_cancelled(event, known, cx).await
    }
}

impl inventory::Inventory for At<Warehouse> {
    async fn on_order_placed(
        &self,
        event: inventory::OrderPlaced,
        cx: &Context,
    ) -> Answer<inventory::OnOrderPlaced> {
        self.desk.does(cx, "OrderPlaced").await?;
        self.who.on_order_placed(event, cx).await
    }

    async fn on_order_confirmed(
        &self,
        event: inventory::OrderConfirmed,
        known: inventory::KnownOnOrderConfirmed,
        cx: &Context,
    ) -> Answer<()> {
        self.desk.does(cx, "OrderConfirmed").await?;
        self.who.on_order_confirmed(event, known, cx).await
    }

    async fn on_order_cancelled(
        &self,
        event: inventory::OrderCancelled,
        known: inventory::KnownOnOrderCancelled,
        cx: &Context,
    ) -> Answer<inventory::StockReleased> {
        self.desk.does(cx, "OrderCancelled").await?;
        self.who.on_order_cancelled(event, known, cx).await
    }
}

impl shipping::Shipping for At<Carrier> {
    async fn on_stock_reserved(&self, event: shipping::StockReserved, cx: &Context) -> Answer<()> {
        self.desk.does(cx, "StockReserved").await?;
        self.who.on_stock_reserved(event, cx).await
    }

    async fn on_order_confirmed(
        &self,
        event: shipping::OrderConfirmed,
        known: shipping::KnownOnOrderConfirmed,
        cx: &Context,
    ) -> Answer<shipping::OrderShipped> {
        self.desk.does(cx, "OrderConfirmed").await?;
        self.who.on_order_confirmed(event, known, cx).await
    }

    async fn on_order_cancelled(
        &self,
        event: shipping::OrderCancelled,
        known: shipping::KnownOnOrderCancelled,
        cx: &Context,
    ) -> Answer<()> {
        self.desk.does(cx, "OrderCancelled").await?;
        self.who.on_order_cancelled(event, known, cx).await
    }
}
