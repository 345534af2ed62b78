//! One test in many orders of arrival, with faults.

use std::fmt;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;

use super::Harness;
use crate::text;

/// The variable that names the only seed to run.
const ONLY: &str = "CHOR_SEED";

/// Why an exploration has failed: the seed, what the test said, and what had happened.
pub struct Failed(String);

/// Runs a test once for each seed: each is another order in which events arrive, and with odd seeds events come twice and
/// services die between their handlers and the commit, too. The test gets an empty harness, and fails as tests do, by a
/// panic.
///
/// A failure names its seed and shows the run as a sequence diagram; `CHOR_SEED=17` runs the test with that seed alone.
///
/// ```no_run
/// # async fn example(orders: chor_runtime::Service, payment: chor_runtime::Service) {
/// use chor_runtime::harness::{explore, trace};
///
/// explore(0..200, async |harness| {
///     let mut harness = harness.serve(orders.clone()).serve(payment.clone());
///     // Clients of generated code publish what comes from outside: `customer::Client::new(harness.store())`.
///     let run = harness.run().await.unwrap();
///     run.expect("o1", trace![Customer -> Orders: PlaceOrder; Orders -> Payment: OrderPlaced]);
/// })
/// .await
/// .unwrap();
/// # }
/// ```
pub async fn explore(
    seeds: impl IntoIterator<Item = u64>,
    test: impl AsyncFn(Harness),
) -> Result<(), Failed> {
    let only = std::env::var(ONLY).ok();
    let only = only.map(|text| text.parse().map_err(|_| Failed(format!("{ONLY}={text} is no number"))));
    let seeds: Vec<u64> = match only.transpose()? {
        Some(seed) => vec![seed],
        None => seeds.into_iter().collect(),
    };
    for seed in seeds {
        one(seed, &test).await?;
    }
    Ok(())
}

async fn one(seed: u64, test: &impl AsyncFn(Harness)) -> Result<(), Failed> {
    let harness = Harness::new().seed(seed);
    let harness = if seed % 2 == 1 { harness.with_faults() } else { harness };
    let diary = harness.diary.clone();
    AssertUnwindSafe(test(harness)).catch_unwind().await.map_err(|panic| {
        let (words, diagram) = (text::of_panic(&*panic).trim_end(), diary.diagram());
        Failed(format!("with {ONLY}={seed}: {words}\n\n{diagram}"))
    })
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The same as for people: a test that unwraps it should be readable.
impl fmt::Debug for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl std::error::Error for Failed {}
