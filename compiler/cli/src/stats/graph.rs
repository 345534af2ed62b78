//! The graph of services as text that other programs draw.
//!
//! Participants are numbered, so that no name can be taken for a word of those languages; names stand in quotes alone.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use chor_compiler::stats::{Event, Participant, Stats};

/// So many events are named on one edge; the others are counted.
const NAMED: usize = 6;

/// For Graphviz.
pub(super) fn dot(stats: &Stats) -> String {
    let mut out = "digraph services {\n  rankdir = LR;\n  node [shape = box];\n".to_owned();
    for (number, participant) in drawn(stats) {
        let style = if participant.external { ", style = dashed" } else { "" };
        let _ = writeln!(out, "  n{number} [label = {}{style}];", quoted_dot(&participant.name));
    }
    for ((from, to), events) in edges(stats) {
        let _ = writeln!(out, "  n{from} -> n{to} [label = {}];", quoted_dot(&label(&events, "\n")));
    }
    out + "}\n"
}

/// For Markdown.
pub(super) fn mermaid(stats: &Stats) -> String {
    let mut out = "flowchart LR\n".to_owned();
    for (number, participant) in drawn(stats) {
        let name = quoted_mermaid(&participant.name);
        let node = if participant.external { format!("([{name}])") } else { format!("[{name}]") };
        let _ = writeln!(out, "  n{number}{node}");
    }
    for ((from, to), events) in edges(stats) {
        let _ = writeln!(out, "  n{from} -- {} --> n{to}", quoted_mermaid(&label(&events, "<br>")));
    }
    out
}

/// Whoever emits or hears anything.
fn drawn(stats: &Stats) -> impl Iterator<Item = (usize, &Participant)> {
    stats.services.iter().enumerate().filter(|(_, it)| it.emits + it.hears > 0)
}

/// From whom to whom which events go.
fn edges(stats: &Stats) -> BTreeMap<(usize, usize), Vec<&Event>> {
    let numbers: HashMap<&str, usize> =
        stats.services.iter().enumerate().map(|(number, it)| (it.name.as_str(), number)).collect();
    let number = |name: &String| numbers.get(name.as_str()).copied();
    let mut edges: BTreeMap<(usize, usize), Vec<&Event>> = BTreeMap::new();
    for event in &stats.events {
        for from in event.emitters.iter().filter_map(number) {
            for to in event.hearers.iter().filter_map(number) {
                edges.entry((from, to)).or_default().push(event);
            }
        }
    }
    edges
}

fn label(events: &[&Event], between: &str) -> String {
    let mut names: Vec<String> = events.iter().take(NAMED).map(|event| event.name.clone()).collect();
    if events.len() > NAMED {
        names.push(format!("and {} more", events.len() - NAMED));
    }
    names.join(between)
}

fn quoted_dot(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

/// Names are of letters, digits, `_` and `.`; a quote would end the text, and is written as an entity.
fn quoted_mermaid(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "#quot;"))
}

#[cfg(test)]
mod tests {
    use super::{quoted_dot, quoted_mermaid};

    #[test]
    fn what_would_end_the_text_is_escaped() {
        assert_eq!(quoted_dot("a\"; b -> c [\\\n"), "\"a\\\"; b -> c [\\\\\\n\"");
        assert_eq!(quoted_mermaid("a\"] --> b"), "\"a#quot;] --> b\"");
    }
}
