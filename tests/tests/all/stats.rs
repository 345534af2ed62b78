//! What `chor stats` counts, held against each other: the longest chain is found without looking at any run, and each run's
//! hops without looking at the rest.

use std::fmt::Write as _;

use chor_compiler::lint::Lints;
use chor_compiler::source::Sources;
use chor_compiler::stats::Stats;

use crate::compile_with_lints;
use crate::corpus::{programs, read};

const EXAMPLES: &[(&str, &str)] = &[
    ("checkout.chor", include_str!("../../../examples/checkout/checkout.chor")),
    ("travel.chor", include_str!("../../../examples/travel/travel.chor")),
];

#[test]
fn the_longest_chain_is_that_of_the_longest_run() {
    let (mut wrong, mut compared) = (String::new(), 0);
    let mut all: Vec<(String, Sources)> =
        programs("accepted").iter().map(|program| (program.display().to_string(), read(program))).collect();
    for (name, text) in EXAMPLES {
        let mut sources = Sources::new();
        sources.add(name, *text).unwrap();
        all.push(((*name).to_owned(), sources));
    }
    for (program, sources) in all {
        let checked = compile_with_lints(&sources, None).checked.expect("it is accepted");
        for flow in Stats::of(&checked, &Lints::default()).choreographies {
            let hops = flow.paths.runs.iter().map(|run| run.hops).max();
            let chain = flow.chain.expect("it is small").len();
            // A loop goes round once in a chain, and twice in a run.
            let holds = if flow.loops == 0 && flow.paths.complete {
                compared += 1;
                hops == Some(chain)
            } else {
                chain <= flow.steps
            };
            if !holds {
                let _ = writeln!(wrong, "{} {}: {hops:?} hops, chain of {chain}", program, flow.name);
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(compared > 20, "{compared} choreographies are too few");
}
