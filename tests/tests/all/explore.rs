//! What the compiler accepts, run together in every order.

use std::fmt::Write as _;

use chor_compiler::explore::{Limits, explore};

use crate::compile_with_lints;
use crate::corpus::{programs, read};

#[test]
fn accepted_programs_run_without_a_fault() {
    let (mut wrong, mut explored) = (String::new(), 0);
    for program in programs("accepted") {
        let compilation = compile_with_lints(&read(&program), None);
        let checked = compilation.checked.expect("it is accepted");
        for projection in checked.projections() {
            let choreography = &checked.model().choreographies[projection.choreography];
            let machines: Vec<_> = projection.roles.iter().map(|role| role.machine.clone()).collect();
            let found = explore(choreography, &machines, Limits { worlds: 20_000, ..Limits::default() });
            explored += 1;
            for counterexample in &found.counterexamples {
                let report = counterexample.report(checked.model(), choreography);
                let _ = writeln!(wrong, "{}: {}", program.display(), report.message);
                for step in &report.steps {
                    let _ = writeln!(wrong, "  {}", step.text);
                }
            }
            if !found.unreached.is_empty() {
                let _ = writeln!(wrong, "{}: never reached: {:?}", program.display(), found.unreached);
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(explored > 20, "{explored} choreographies are too few");
}
