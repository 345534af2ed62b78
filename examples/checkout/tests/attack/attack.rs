//! Orders come in while the processes suffer; then all is given time to end, and the oracle looks.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use checkout::customer::{order as order_of, told};
use checkout::goods::{self, Ending};
use checkout::stubs::customer::{Client, PlaceOrder};
use chor_runtime::{Decimal, EventId, Store, Uuid};
use fastrand::Rng;
use tokio::task::{JoinHandle, JoinSet};

use crate::kills::Kill;
use crate::ledger::Ledger;
use crate::oracle::{self, Faults, Heard};
use crate::people::SLOW;
use crate::place::Place;
use crate::processes::{Processes, Start, last_words};
use crate::report::Report;
use crate::strangers::Strangers;

/// So many orders are placed side by side.
const SIDE_BY_SIDE: usize = 32;

/// What is done to a shop.
#[derive(Clone, Debug)]
pub(crate) struct Attack {
    pub(crate) title: &'static str,
    pub(crate) orders: usize,
    pub(crate) kills: Vec<Kill>,
    pub(crate) seed: u64,
    /// The fault of the protocol that the processes have.
    pub(crate) mutation: Option<&'static str>,
    /// How long a service thinks at most, in milliseconds.
    pub(crate) thinks: u64,
    /// Once in so many orders, one waits for a bank that is slower than the server waits for a sign of life, and strangers
    /// come; never, if there are fewer.
    pub(crate) rare: usize,
    /// When nothing has moved for so long, what still waits is stuck.
    pub(crate) patience: Duration,
}

/// A shop under attack.
struct Shop {
    attack: Attack,
    began: Instant,
    place: Place,
    store: Store,
    client: Client,
    processes: Processes,
    strangers: Strangers,
    random: Rng,
    placed: HashMap<Uuid, Ending>,
    slow: usize,
    heard: Arc<Mutex<Heard>>,
    hearing: JoinHandle<()>,
    ledger: PathBuf,
    said: PathBuf,
}

impl Attack {
    pub(crate) fn new(title: &'static str, orders: usize, kills: Vec<Kill>, seed: u64) -> Self {
        let (rare, patience) = ((orders / 6).clamp(1, 3_000), Duration::from_mins(3));
        Self { title, orders, kills, seed, mutation: None, thinks: 3, rare, patience }
    }

    pub(crate) async fn run(self, place: Place) -> Report {
        println!("{}: CHOR_SEED={}", self.title, self.seed);
        let mut shop = Shop::open(self, place).await;
        let kills = shop.attack.kills.clone();
        for (round, kill) in kills.iter().enumerate() {
            let until = shop.attack.orders * (round + 1) / kills.len();
            shop.round(*kill, until).await;
        }
        shop.processes.thaw().await;
        let stuck = shop.wait().await;
        shop.judge(stuck).await
    }
}

impl Shop {
    async fn open(attack: Attack, place: Place) -> Self {
        let mut random = Rng::with_seed(attack.seed);
        let store = place.store().await;
        let client = Client::new(&store);
        let heard = Arc::new(Mutex::new(Heard::new()));
        let hearing = tokio::spawn(hear(client.clone(), Arc::clone(&heard)));
        let strangers = Strangers::new(&place, &store).await;
        let (ledger, said) = (place.folder().join("ledger"), place.folder().join("said"));
        let start = Start {
            address: place.address(),
            ledger: ledger.clone(),
            log: said.clone(),
            thinks: attack.thinks,
            mutation: attack.mutation,
        };
        Self {
            attack,
            began: Instant::now(),
            place,
            store,
            client,
            processes: Processes::start(start, random.fork()),
            strangers,
            random,
            placed: HashMap::new(),
            slow: 0,
            heard,
            hearing,
            ledger,
            said,
        }
    }

    /// Places orders until there are so many, while this is done to the processes.
    async fn round(&mut self, kill: Kill, until: usize) {
        let orders: Vec<_> = (self.placed.len()..until).map(|number| self.order(number)).collect();
        let first = orders.first().cloned();
        let placing = place_all(&self.client, orders, self.random.fork());
        let suffering = async {
            self.processes.suffer(kill).await;
            if matches!(kill, Kill::Server | Kill::FullServer)
                && self.place.suffer(kill, &mut self.random).await
            {
                self.processes.server_suffered(kill);
            }
        };
        tokio::join!(placing, suffering);
        let rounds = self.placed.len() / self.attack.rare;
        if let Some(order) = first.filter(|_| rounds > self.strangers.visits) {
            self.strangers.come(&order, &mut self.random).await;
        }
    }

    /// The order with this number.
    fn order(&mut self, number: usize) -> PlaceOrder {
        let is_slow = number % self.attack.rare == self.attack.rare / 2;
        let kind = if is_slow { 0 } else { self.random.u32(..4) };
        let mut order = goods::order(kind, Uuid::from_u128(self.random.u128(..)));
        if is_slow {
            order.total = Decimal::from(SLOW);
            self.slow += 1;
        }
        self.placed.insert(order.order, goods::ending(kind));
        order
    }

    /// Waits until nobody waits any more. Says who does so for too long.
    async fn wait(&mut self) -> Vec<String> {
        let (mut moved, mut before) = (Instant::now(), (0, 0));
        loop {
            self.processes.revive();
            let heard = self.heard.lock().unwrap().len();
            let all_ended = heard == self.attack.orders;
            if all_ended && self.is_quiet().await {
                return Vec::new();
            }
            let now = (heard, std::fs::metadata(&self.ledger).map_or(0, |ledger| ledger.len()));
            if now != before {
                (moved, before) = (Instant::now(), now);
            }
            if moved.elapsed() >= self.attack.patience {
                let mut waiting = oracle::waiting(&self.store, &self.strangers.journal).await;
                waiting.push(format!("{heard} of {} orders have ended", self.attack.orders));
                return waiting;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Nobody waits, nothing is to be taken, and what is none of ours has been recorded.
    async fn is_quiet(&self) -> bool {
        let backlog = self.store.backlog().await.unwrap();
        backlog.iter().all(|behind| behind.events == 0)
            && oracle::waiting(&self.store, &self.strangers.journal).await.is_empty()
            && self.strangers.journal.is_subset(&oracle::journal(&self.store).await)
    }

    async fn judge(self, stuck: Vec<String>) -> Report {
        self.hearing.abort();
        let mut faults = Faults { stuck, ..Faults::default() };
        let (log, ledger) = (self.place.log().await, Ledger::read(&self.ledger));
        faults.look_at(&self.placed, &log, &ledger, &self.heard.lock().unwrap().clone());
        faults.look_at_journal(&self.store, &self.strangers.journal).await;
        let mut endings = BTreeMap::<Ending, usize>::new();
        self.placed.values().for_each(|ending| *endings.entry(*ending).or_default() += 1);
        Report {
            title: self.attack.title,
            seed: self.attack.seed,
            endings,
            events: log.values().map(Vec::len).sum(),
            duplicates: ledger.duplicates,
            early: ledger.early,
            effects: ledger.effects.values().map(Vec::len).sum(),
            calls: ledger.calls,
            slow: self.slow,
            strangers: self.strangers.count,
            done: self.processes.done.clone(),
            faults,
            took: self.began.elapsed(),
            said: last_words(&self.said),
        }
    }
}

async fn hear(client: Client, heard: Arc<Mutex<Heard>>) {
    let began = Instant::now();
    loop {
        let event = client.next().await.unwrap().done().await.unwrap();
        let told = (told(&event), began.elapsed());
        heard.lock().unwrap().entry(order_of(&event)).or_default().push(told);
    }
}

/// Places orders, many of them twice: sent again under its id, it is the same event.
async fn place_all(client: &Client, orders: Vec<PlaceOrder>, mut random: Rng) {
    let mut under_way = JoinSet::new();
    for order in orders {
        if under_way.len() >= SIDE_BY_SIDE {
            under_way.join_next().await.unwrap().unwrap();
        }
        let (client, id) = (client.clone(), EventId::from(Uuid::from_u128(random.u128(..))));
        let times = random.usize(1..=2);
        under_way.spawn(async move {
            for _ in 0..times {
                client.place_order_with_id(id.clone(), &order).await.unwrap();
            }
        });
    }
    while let Some(placed) = under_way.join_next().await {
        placed.unwrap();
    }
}
