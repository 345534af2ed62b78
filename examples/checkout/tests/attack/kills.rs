//! What is done to the processes, and how often.

use std::time::Duration;

/// One thing that is done to them while orders are under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kill {
    /// One process dies by itself when it comes to this place.
    At(&'static str),
    /// One is killed at some moment.
    One,
    /// All are killed at some moment.
    All,
    /// One stands still for so long, and goes on where it stood as if nothing had been.
    Freeze(Duration),
    /// The server is killed.
    Server,
    /// The disk of one process has no more room, and is given more when the process has ended for it.
    FullDisk,
    /// The disk of the server has no more room for a while.
    FullServer,
    /// The clock of one process jumps by so many seconds, until it is started again for another reason.
    Clock(i64),
}

/// Longer than the ten seconds after which a delivery is given to another.
const PRESUMED_DEAD: Duration = Duration::from_millis(11_500);

/// Clocks that are slow and fast, by more than it takes until a delivery is given to another.
const CLOCKS: [(Kill, usize); 2] = [(Kill::Clock(-20), 2), (Kill::Clock(20), 2)];

/// Where a step on a file can be cut in two, and where one on NATS can.
const PLACES_ON_SQLITE: &[&str] =
    &["before_handler", "after_handler", "before_commit", "in_transaction", "after_commit"];
const PLACES_ON_NATS: &[&str] = &[
    "before_handler",
    "after_handler",
    "before_commit",
    "after_wakes",
    "after_state",
    "while_publishing",
    "before_ack",
    "after_commit",
];

/// Every place of a step on a file, four times and more; at random moments as often.
pub(crate) fn on_sqlite(orders: usize, seed: u64) -> Vec<Kill> {
    let at_places = PLACES_ON_SQLITE.iter().flat_map(|place| [Kill::At(place); 4]);
    let freeze = Kill::Freeze(Duration::from_millis(800));
    let others =
        [(Kill::One, 20), (Kill::All, 3), (freeze, 2), (Kill::FullDisk, 4)].into_iter().chain(CLOCKS);
    shuffled(orders, seed, at_places.chain(often(others)))
}

/// Every place of a step on NATS, twice and more; at random moments as often; and the server.
pub(crate) fn on_nats(orders: usize, seed: u64) -> Vec<Kill> {
    let at_places = PLACES_ON_NATS.iter().flat_map(|place| [Kill::At(place); 2]);
    let server = [(Kill::Server, 8), (Kill::FullServer, 2)];
    let others = [(Kill::One, 10), (Kill::All, 2), (Kill::Freeze(PRESUMED_DEAD), 2)].into_iter();
    shuffled(orders, seed, at_places.chain(often(others.chain(server).chain(CLOCKS))))
}

fn often(kills: impl Iterator<Item = (Kill, usize)> + Clone) -> impl Iterator<Item = Kill> + Clone {
    kills.flat_map(|(kill, times)| std::iter::repeat_n(kill, times))
}

/// In any order. Once for 2,000 orders, and thirteen times for 100,000: that is each place 25 times, and the server a hundred
/// times.
fn shuffled(orders: usize, seed: u64, kills: impl Iterator<Item = Kill> + Clone) -> Vec<Kill> {
    let times = (orders / 2_000).clamp(1, 13);
    let mut kills: Vec<Kill> = std::iter::repeat_n(kills, times).flatten().collect();
    fastrand::Rng::with_seed(seed).shuffle(&mut kills);
    kills
}

#[test]
fn somebody_dies_at_every_place() {
    let places = [PLACES_ON_SQLITE, PLACES_ON_NATS, crate::customer::PLACES].concat();
    let forgotten: Vec<_> = chor_runtime::FAILPOINTS.iter().filter(|place| !places.contains(place)).collect();
    assert_eq!(forgotten, Vec::<&&str>::new());
}
