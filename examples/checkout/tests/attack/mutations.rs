//! The protocol with a fault, of which the oracle must speak: or what it says of the sound one is worth nothing.

use std::time::Duration;

use chor_runtime::MUTATIONS;
use tokio::task::JoinSet;

use crate::attack::Attack;
use crate::kills::Kill;
use crate::place::Place;

/// What makes a fault show.
#[derive(Clone, Debug)]
struct Scene {
    mutation: &'static str,
    on_nats: bool,
    kills: Vec<Kill>,
}

fn scenes(mutation: &'static str) -> Vec<Scene> {
    let scene = |on_nats, kills| Scene { mutation, on_nats, kills };
    match mutation {
        // Dead between the state and what it says is published, nobody must come back to it.
        "AcknowledgeFirst" | "SkipFlush" => vec![scene(true, vec![Kill::At("after_state"); 4])],
        "ForgetCompare" => {
            // Taken for dead while it thinks, one of two replicas comes back, and both write what they have thought.
            let frozen = [500, 500, 15_000].map(|millis| Kill::Freeze(Duration::from_millis(millis)));
            // Both are told of everything.
            vec![scene(true, frozen.into()), scene(false, vec![Kill::One; 2])]
        }
        // Dead before it could say that it has taken an event, it is told once more.
        "ForgetSequence" => vec![scene(true, vec![Kill::At("before_ack"); 4])],
        // Events of two emitters cross each other all the time.
        "ForgetEarly" => vec![scene(true, vec![Kill::One; 2])],
        // Dead between what it does outside and the word of it, it does so again.
        "ThrowIds" => vec![scene(false, vec![Kill::At("after_handler"); 4])],
        other => panic!("nothing makes the fault {other} show"),
    }
}

/// A fault shows where two things meet: where they have not, the scene is played again, so often at most.
const TRIES: u64 = 5;

/// A fault that leaves somebody stuck shows after this while: what a process has left behind that has died is found within
/// half a minute.
const STUCK: Duration = Duration::from_secs(35);

/// Without a fault, the machine may be slow.
const SLOW: Duration = Duration::from_mins(3);

impl Scene {
    /// Whether all was good, with the fault or without it; and the report.
    async fn play(&self, is_on: bool) -> (bool, String) {
        let mut played = self.play_once(is_on, 1).await;
        for seed in 2..=TRIES {
            if !is_on || !played.0 {
                break;
            }
            played = self.play_once(is_on, seed).await;
        }
        played
    }

    async fn play_once(&self, is_on: bool, seed: u64) -> (bool, String) {
        let Self { mutation, on_nats, kills } = self.clone();
        // A bank that is slow enough to be taken for dead is needed for one of them.
        let rare = if kills.iter().any(|kill| matches!(kill, Kill::Freeze(_))) { 4 } else { usize::MAX };
        let attack = Attack {
            mutation: is_on.then_some(mutation),
            thinks: 800,
            rare,
            patience: if is_on { STUCK } else { SLOW },
            ..Attack::new(mutation, 60, kills, seed)
        };
        let report = attack.run(if on_nats { Place::nats() } else { Place::file() }).await;
        (report.faults.none(), format!("{report}{}{}", report.faults, report.said))
    }
}

/// With each fault, and in the same scene without it.
#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_the_protocol_is_noticed() {
    let mut running = JoinSet::new();
    for scene in MUTATIONS.iter().flat_map(|mutation| scenes(mutation)) {
        for is_on in [true, false] {
            let scene = scene.clone();
            running.spawn(async move {
                let played = scene.play(is_on).await;
                (scene, is_on, played)
            });
        }
    }
    let mut unexpected = Vec::new();
    while let Some(ended) = running.join_next().await {
        let (scene, is_on, (good, report)) = ended.unwrap();
        if good == is_on {
            unexpected.push(format!("{scene:?}, the fault is switched on: {is_on}\n{report}"));
        }
    }
    assert!(unexpected.is_empty(), "{}", unexpected.join("\n"));
}
