//! The same four services as one writes them by hand on NATS JetStream: durable pull consumers, publish and wait for the
//! answer, then acknowledge. Nothing is known twice, nothing is taken back, and what comes twice is done twice.
//!
//! With state, each reaction first writes where the order stands, by compare-and-set, as whoever wants to know what has
//! happened before would.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_nats::HeaderMap;
use async_nats::header::NATS_EXPECTED_LAST_SUBJECT_SEQUENCE;
use async_nats::jetstream::consumer::{PullConsumer, pull};
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::stream::{Config, Stream};
use async_nats::jetstream::{self, Context, Message};
use chor_runtime::Uuid;
use chor_runtime::codegen::{Decimal, Payload};
use futures_util::StreamExt;

use crate::services::{
    Line, OrderConfirmed, OrderPlaced, OrderShipped, PaymentApproved, PlaceOrder, StockReserved,
};

/// As many messages of a consumer are dealt with at once.
const AT_ONCE: usize = 256;

/// What a service says to a payload, if anything: the event and its payload.
type Reaction = fn(&[u8]) -> Option<(&'static str, Vec<u8>)>;

/// Who hears what.
const REACTIONS: &[(&str, &str, Reaction)] = &[
    ("Orders", "PlaceOrder", |text| {
        let PlaceOrder { order, lines, total } = read(text);
        Some(("OrderPlaced", write(&OrderPlaced { order, lines, total })))
    }),
    ("Payment", "OrderPlaced", |text| {
        let OrderPlaced { order, .. } = read(text);
        let authorization = "visa 4242".to_owned();
        Some(("PaymentApproved", write(&PaymentApproved { order, authorization })))
    }),
    ("Inventory", "OrderPlaced", |text| {
        let OrderPlaced { order, .. } = read(text);
        Some(("StockReserved", write(&StockReserved { order, warehouse: "Lyon".to_owned() })))
    }),
    ("Orders", "StockReserved", |text| hears::<StockReserved>(text)),
    ("Shipping", "StockReserved", |text| hears::<StockReserved>(text)),
    ("Orders", "PaymentApproved", |text| {
        let PaymentApproved { order, .. } = read(text);
        Some(("OrderConfirmed", write(&OrderConfirmed { order })))
    }),
    ("Payment", "OrderConfirmed", |text| hears::<OrderConfirmed>(text)),
    ("Inventory", "OrderConfirmed", |text| hears::<OrderConfirmed>(text)),
    ("Shipping", "OrderConfirmed", |text| {
        let OrderConfirmed { order } = read(text);
        Some(("OrderShipped", write(&OrderShipped { order, tracking: "Lyon".to_owned() })))
    }),
    ("Orders", "OrderShipped", |text| hears::<OrderShipped>(text)),
];

fn read<T: Payload>(text: &[u8]) -> T {
    let event: T = serde_json::from_slice(text).unwrap();
    event.validate().unwrap();
    event
}

fn write<T: Payload>(event: &T) -> Vec<u8> {
    event.validate().unwrap();
    serde_json::to_vec(event).unwrap()
}

fn hears<T: Payload>(text: &[u8]) -> Option<(&'static str, Vec<u8>)> {
    read::<T>(text);
    None
}

/// The services, running, and who orders from them.
pub struct Shop {
    jetstream: Context,
    shipped: PullConsumer,
    services: tokio::task::JoinSet<()>,
}

impl Shop {
    pub async fn open(url: &str, state: bool) -> Self {
        let jetstream = jetstream::new(async_nats::connect(url).await.unwrap());
        let stream = async |name: &str, max_messages_per_subject: i64| {
            let subjects = vec![format!("{name}.>")];
            let config = Config {
                name: name.to_owned(),
                subjects,
                max_messages_per_subject,
                allow_direct: true,
                ..Config::default()
            };
            jetstream.create_stream(config).await.unwrap()
        };
        let log = &stream("plain", -1).await;
        stream("stands", 1).await;
        let mut services = tokio::task::JoinSet::new();
        let mut known: HashMap<&str, Revisions> = HashMap::new();
        for (service, event, react) in REACTIONS {
            let consumer = consumer(log, service, event).await;
            // Each service is a process of its own, with its own connection.
            let own = jetstream::new(async_nats::connect(url).await.unwrap());
            let revisions = state.then(|| Arc::clone(known.entry(service).or_default()));
            services.spawn(serve(own, consumer, service, *react, revisions));
        }
        let shipped = consumer(log, "Customer", "OrderShipped").await;
        Self { jetstream, shipped, services }
    }

    /// Keeps so many orders open for a while: how long each took.
    pub async fn sell(&mut self, open: usize, time: Duration) -> Vec<Duration> {
        let jetstream = self.jetstream.clone();
        let place = async |order: Uuid| {
            let lines = vec![Line { sku: "TEA-0042".to_owned(), quantity: 2 }];
            let event = write(&PlaceOrder { order, lines, total: Decimal::new(1999, 2) });
            let publishing =
                jetstream.publish(format!("plain.PlaceOrder.{order}"), event.into()).await.unwrap();
            publishing.await.unwrap();
            (order, Instant::now())
        };
        let began = Instant::now();
        let mut placed: HashMap<Uuid, Instant> = HashMap::new();
        for _ in 0..open {
            placed.extend([place(Uuid::new_v4()).await]);
        }
        let mut latencies = Vec::new();
        let mut shipped = self.shipped.messages().await.unwrap();
        let mut placing = futures_util::stream::FuturesUnordered::new();
        while !placed.is_empty() || !placing.is_empty() {
            tokio::select! {
                biased;
                Some(order) = placing.next(), if !placing.is_empty() => placed.extend([order]),
                Some(message) = shipped.next() => {
                    let message = message.unwrap();
                    message.ack().await.unwrap();
                    let OrderShipped { order, .. } = read(&message.payload);
                    let Some(at) = placed.remove(&order) else { continue };
                    latencies.push(at.elapsed());
                    if began.elapsed() < time {
                        placing.push(place(Uuid::new_v4()));
                    }
                }
            }
        }
        latencies
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.services.abort_all();
    }
}

async fn consumer(log: &Stream, service: &str, event: &str) -> PullConsumer {
    let config = pull::Config {
        durable_name: Some(format!("{service}-{event}")),
        filter_subject: format!("plain.{event}.*"),
        max_ack_pending: 20_000,
        ..pull::Config::default()
    };
    log.create_consumer(config).await.unwrap()
}

/// The revisions of what a service has written, by order.
type Revisions = Arc<Mutex<HashMap<String, u64>>>;

async fn serve(
    jetstream: Context,
    consumer: PullConsumer,
    service: &str,
    react: Reaction,
    revisions: Option<Revisions>,
) {
    let (jetstream, revisions) = (&jetstream, revisions.as_ref());
    consumer
        .messages()
        .await
        .unwrap()
        .for_each_concurrent(AT_ONCE, |message| async move {
            let message = message.unwrap();
            let order = message.subject.rsplit('.').next().unwrap().to_owned();
            if let Some(revisions) = revisions {
                stands(jetstream, revisions, format!("stands.{service}.{order}"), &message).await;
            }
            if let Some((event, payload)) = react(&message.payload) {
                let subject = format!("plain.{event}.{order}");
                jetstream.publish(subject, payload.into()).await.unwrap().await.unwrap();
            }
            message.ack().await.unwrap();
        })
        .await;
}

/// Writes where an order stands at the service. Where another reaction has done so meanwhile, it is tried again behind that.
async fn stands(jetstream: &Context, revisions: &Revisions, subject: String, message: &Message) {
    let mut expected = revisions.lock().unwrap().get(&subject).copied().unwrap_or_default();
    let sequence = loop {
        let mut headers = HeaderMap::new();
        headers.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, expected.to_string());
        let publishing = jetstream.publish_with_headers(subject.clone(), headers, message.payload.clone());
        match publishing.await.unwrap().await {
            Ok(ack) => break ack.sequence,
            Err(error) if error.kind() == PublishErrorKind::WrongLastSequence => {
                let stream = jetstream.get_stream_no_info("stands").await.unwrap();
                expected = stream.direct_get_last_for_subject(subject.as_str()).await.unwrap().sequence;
            }
            Err(error) => panic!("{error}"),
        }
    };
    revisions.lock().unwrap().insert(subject, sequence);
}
