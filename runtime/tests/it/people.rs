//! Those who work in the tea shop, and the ledger of what they did.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chor_runtime::{Answer, Context, HandlerError, Runtime, Store};

use crate::tea::bank::{self, OnOrdered};
use crate::tea::customer::{self, Heard};
use crate::tea::kitchen::{self, KnownOnPaid};
use crate::tea::shop;

/// What was done outside, by idempotency key: the outside world does the same thing once only.
#[derive(Clone, Default)]
pub struct Ledger {
    entries: Arc<Mutex<BTreeMap<String, String>>>,
    /// Where processes keep a common ledger.
    file: Option<PathBuf>,
}

impl Ledger {
    /// A ledger that several processes share.
    pub fn file(path: &Path) -> Self {
        Self { file: Some(path.to_owned()), ..Self::default() }
    }

    pub fn enter(&self, cx: &Context, what: &str) {
        let (key, line) = (cx.idempotency_key(), format!("{} {} {what}", cx.key(), cx.service()));
        if let Some(path) = &self.file {
            let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
            // One write, so that lines of several processes do not mix.
            file.write_all(format!("{key} {line}\n").as_bytes()).unwrap();
        }
        self.entries.lock().unwrap().insert(key, line);
    }

    /// What was done, sorted.
    pub fn lines(&self) -> Vec<String> {
        let mut entries = self.entries.lock().unwrap().clone();
        if let Some(path) = &self.file {
            let text = std::fs::read_to_string(path).unwrap();
            let lines = text.lines().map(|line| line.split_once(' ').unwrap());
            entries.extend(lines.map(|(key, line)| (key.to_owned(), line.to_owned())));
        }
        let mut lines: Vec<String> = entries.into_values().collect();
        lines.sort();
        lines
    }
}

pub struct Shop;

impl shop::Shop for Shop {
    async fn on_order(&self, event: shop::Order, _cx: &Context) -> Answer<shop::Ordered> {
        Ok(shop::Ordered { order: event.order, cups: event.cups })
    }

    async fn on_paid(&self, _event: shop::Paid, _cx: &Context) -> Answer<()> {
        Ok(())
    }

    async fn on_refused(&self, event: shop::Refused, _cx: &Context) -> Answer<shop::Sorry> {
        Ok(shop::Sorry { order: event.order })
    }

    async fn on_brewed(&self, _event: shop::Brewed, _cx: &Context) -> Answer<()> {
        Ok(())
    }
}

/// Pays for up to ten cups; `before` may make it fail.
pub struct Bank<F> {
    pub ledger: Ledger,
    pub before: F,
}

impl Bank<fn(&Context) -> Result<(), HandlerError>> {
    pub fn honest(ledger: &Ledger) -> Self {
        Self { ledger: ledger.clone(), before: |_| Ok(()) }
    }
}

/// What may make a bank fail.
type Before = Box<dyn Fn(&Context) -> Result<(), HandlerError> + Send + Sync>;

/// A bank that has no line for one order, until that is mended; and how to mend it.
pub fn without_line(ledger: &Ledger, order: &'static str) -> (Bank<Before>, Arc<AtomicBool>) {
    let broken = Arc::new(AtomicBool::new(true));
    let still = Arc::clone(&broken);
    let before: Before =
        Box::new(move |cx: &Context| match cx.key() == order && still.load(Ordering::SeqCst) {
            true => Err(HandlerError::permanent("no line")),
            false => Ok(()),
        });
    (Bank { ledger: ledger.clone(), before }, broken)
}

impl<F> bank::Bank for Bank<F>
where
    F: Fn(&Context) -> Result<(), HandlerError> + Send + Sync + 'static,
{
    async fn on_ordered(&self, event: bank::Ordered, cx: &Context) -> Answer<OnOrdered> {
        (self.before)(cx)?;
        if event.cups > 10 {
            self.ledger.enter(cx, "refuses");
            return Ok(bank::Refused { order: event.order }.into());
        }
        self.ledger.enter(cx, "pays");
        Ok(bank::Paid { order: event.order }.into())
    }
}

pub struct Kitchen(pub Ledger);

impl kitchen::Kitchen for Kitchen {
    async fn on_ordered(&self, _event: kitchen::Ordered, _cx: &Context) -> Answer<()> {
        Ok(())
    }

    async fn on_paid(
        &self,
        event: kitchen::Paid,
        known: KnownOnPaid,
        cx: &Context,
    ) -> Answer<kitchen::Brewed> {
        // Half of the time the answer is not there at once.
        tokio::task::yield_now().await;
        self.0.enter(cx, &format!("brews {}", known.ordered.cups));
        Ok(kitchen::Brewed { order: event.order, cups: known.ordered.cups })
    }

    async fn on_refused(&self, _event: kitchen::Refused, _cx: &Context) -> Answer<()> {
        Ok(())
    }
}

/// All three services.
pub fn open(store: &Store, ledger: &Ledger) -> Runtime {
    open_with(store, ledger, Bank::honest(ledger))
}

/// All three services, with this bank.
pub fn open_with(store: &Store, ledger: &Ledger, bank: impl bank::Bank) -> Runtime {
    Runtime::new(store)
        .serve(shop::service(Shop))
        .serve(bank::service(bank))
        .serve(kitchen::service(Kitchen(ledger.clone())))
}

pub fn order(number: u32) -> customer::Order {
    // Every third order is too large for the bank.
    customer::Order { order: format!("o{number}"), cups: if number % 3 == 2 { 11 } else { 1 + number % 3 } }
}

/// What the ledger must hold after these orders, and what the customer must have heard.
pub fn expected(numbers: impl Iterator<Item = u32>) -> (Vec<String>, Vec<String>) {
    let (mut ledger, mut heard) = (Vec::new(), Vec::new());
    for number in numbers {
        let customer::Order { order, cups } = order(number);
        if cups > 10 {
            ledger.push(format!("{order} Bank refuses"));
            heard.push(format!("{order} sorry"));
        } else {
            ledger.push(format!("{order} Bank pays"));
            ledger.push(format!("{order} Kitchen brews {cups}"));
            heard.push(format!("{order} brewed {cups}"));
        }
    }
    ledger.sort();
    heard.sort();
    (ledger, heard)
}

/// One word about what the customer heard.
pub fn words(heard: &Heard) -> String {
    match heard {
        Heard::Brewed(event) => format!("{} brewed {}", event.order, event.cups),
        Heard::Sorry(event) => format!("{} sorry", event.order),
    }
}

/// Hears as many events as there are orders.
pub async fn hear(client: &customer::Client, count: usize) -> Vec<String> {
    let mut heard = Vec::new();
    while heard.len() < count {
        let next = tokio::time::timeout(Duration::from_secs(60), client.next()).await;
        let delivery = next.unwrap_or_else(|_| panic!("nothing is heard after {heard:?}")).unwrap();
        heard.push(words(&delivery.done().await.unwrap()));
    }
    heard.sort();
    heard
}
