//! The numbers for people: tables that fit on a page, and the verdict last.

use std::fmt::Write as _;

use chor_compiler::stats::{Advice, Concern, Flow, Hop, Measure, Run, Stats};

use crate::summary::counted;
use crate::terminal::{Styles, Terminal};

/// Of a longer list, so many are shown.
const ROWS: usize = 12;

pub(super) fn text(stats: &Stats, terminal: &Terminal) -> String {
    let mut out = String::new();
    let totals = stats.totals;
    let kinds = [
        counted(totals.services, "service", "services"),
        counted(totals.externals, "external", "externals"),
        counted(totals.events, "event", "events"),
        counted(totals.choreographies, "choreography", "choreographies"),
        counted(totals.edges, "edge", "edges"),
        counted(totals.loops, "loop", "loops"),
        format!("depth {}", totals.depth),
    ];
    let _ = writeln!(out, "{}\n", kinds.join(", "));
    services(stats, terminal, &mut out);
    pairs(stats, terminal, &mut out);
    for flow in stats.choreographies.iter().take(ROWS) {
        choreography(flow, terminal, &mut out);
    }
    more(stats.choreographies.len(), "choreographies", &mut out);
    if stats.longest_chain.len() > longest_within(stats) {
        let _ = writeln!(out, "Over several choreographies, {}\n", chain(&stats.longest_chain));
    }
    verdict(stats, terminal, &mut out);
    out
}

fn longest_within(stats: &Stats) -> usize {
    let chains = stats.choreographies.iter().filter_map(|flow| flow.chain.as_ref());
    chains.map(Vec::len).max().unwrap_or_default()
}

fn services(stats: &Stats, terminal: &Terminal, out: &mut String) {
    // Those on whom most hangs, first; else in the order of the text.
    let mut services: Vec<_> = stats.services.iter().collect();
    services.sort_by_key(|it| std::cmp::Reverse(it.emits + it.hears));
    let rows = services.iter().take(ROWS).map(|it| {
        let name = if it.external { format!("{} (external)", it.name) } else { it.name.clone() };
        (
            name,
            vec![it.emits.to_string(), it.hears.to_string(), it.fan_out.to_string(), it.fan_in.to_string()],
        )
    });
    table(("participant", &["emits", "hears", "is heard by", "listens to"]), rows.collect(), terminal, out);
    more(services.len(), "participants", out);
}

fn pairs(stats: &Stats, terminal: &Terminal, out: &mut String) {
    let rows = stats.pairs.iter().take(ROWS).map(|it| {
        let cells = vec![it.there.to_string(), it.back.to_string(), format!("{} %", it.coupling)];
        (format!("{}, {}", it.one, it.other), cells)
    });
    table(("between", &["there", "back", "coupling"]), rows.collect(), terminal, out);
    more(stats.pairs.len(), "pairs", out);
}

/// A column of words, and columns of numbers.
fn table(
    (title, titles): (&str, &[&str]),
    rows: Vec<(String, Vec<String>)>,
    terminal: &Terminal,
    out: &mut String,
) {
    if rows.is_empty() {
        return;
    }
    let heading = terminal.styles.heading;
    let widest = rows.iter().map(|(name, _)| name.len()).chain([title.len()]).max().unwrap_or_default();
    let _ = write!(out, "{heading}{title:widest$}");
    for title in titles {
        let _ = write!(out, "  {title}");
    }
    let _ = writeln!(out, "{heading:#}");
    for (name, cells) in rows {
        let _ = write!(out, "{name:widest$}");
        for (cell, title) in cells.iter().zip(titles) {
            let _ = write!(out, "  {cell:>width$}", width = title.len());
        }
        out.push('\n');
    }
    out.push('\n');
}

/// Says what a list leaves out.
fn more(all: usize, what: &str, out: &mut String) {
    if all > ROWS {
        // The line belongs to the table above it.
        if out.ends_with("\n\n") {
            out.pop();
        }
        let _ = writeln!(out, "… and {} more {what}: `--json` has all\n", all - ROWS);
    }
}

fn choreography(flow: &Flow, terminal: &Terminal, out: &mut String) {
    let heading = terminal.styles.heading;
    let parts = [
        counted(flow.participants, "participant", "participants"),
        counted(flow.steps, "step", "steps"),
        counted(flow.loops, "loop", "loops"),
        counted(flow.deadlines, "deadline", "deadlines"),
    ];
    let _ = writeln!(out, "{heading}{}{heading:#}: {}", flow.name, parts.join(", "));
    let range = |cost: fn(&Run) -> usize, one: &str, many: &str| match flow.paths.range(cost) {
        Some((least, most)) if least < most => format!("{least} to {most} {many}"),
        Some((least, _)) => counted(least, one, many),
        None => format!("no {many}"),
    };
    let messages = range(|run| run.messages, "message", "messages");
    let hops = range(|run| run.hops, "hop", "hops");
    let ways = counted(flow.paths.runs.len(), "way", "ways");
    let _ = writeln!(out, "  {ways}: {messages}, {hops}{}", incomplete(flow));
    for run in flow.paths.runs.iter().take(ROWS).filter(|run| !run.decided_by.is_empty()) {
        let Run { messages, hops, .. } = run;
        let _ = writeln!(out, "    {messages:>4} messages, {hops:>3} hops: {}", run.decided_by.join(", "));
    }
    if flow.paths.runs.len() > ROWS {
        let _ = writeln!(out, "    … and {} more: `--json` has them", flow.paths.runs.len() - ROWS);
    }
    match &flow.chain {
        Some(links) => {
            let _ = writeln!(out, "  {}", chain(links));
        }
        None => out.push_str("  too large to tell its longest chain\n"),
    }
    if !flow.starts.is_empty() {
        let _ = writeln!(out, "  starts {}", flow.starts.join(", "));
    }
    out.push('\n');
}

fn incomplete(flow: &Flow) -> &'static str {
    match (flow.paths.complete, flow.loops) {
        (true, _) => "",
        (false, 0) => "; there are more than these",
        (false, _) => "; there are more, a loop may go round more than twice",
    }
}

/// `longest chain 3: Customer PlaceOrder, Orders OrderPlaced, …`
fn chain(links: &[Hop]) -> String {
    let names: Vec<_> = links.iter().take(ROWS).map(|hop| format!("{} {}", hop.from, hop.event)).collect();
    let more = if links.len() > ROWS { ", …" } else { "" };
    format!("longest chain {}: {}{more}", links.len(), names.join(", "))
}

fn verdict(stats: &Stats, terminal: &Terminal, out: &mut String) {
    let Styles { good, error, .. } = terminal.styles;
    if stats.concerns.is_empty() {
        let _ = writeln!(out, "verdict: {good}nothing is too much{good:#}{}", nearest(stats));
        return;
    }
    let hubs: Vec<&str> =
        stats.concerns.iter().filter(|it| is_hub(it)).map(|it| it.of.as_slice()).flat_map(names).collect();
    let sum = if hubs.is_empty() {
        format!("too much in {}", counted(stats.concerns.len(), "place", "places"))
    } else {
        format!("a Death Star grows around {}", unique(&hubs).join(", "))
    };
    let _ = writeln!(out, "verdict: {error}{sum}{error:#}");
    for concern in stats.concerns.iter().take(ROWS) {
        let _ = writeln!(out, "  {}: {}", concern.of.join(", "), concern.reason);
        let _ = writeln!(out, "    simpler: {} ({})", advice(concern), concern.rule);
    }
    more(stats.concerns.len(), "places", out);
}

fn names(of: &[String]) -> impl Iterator<Item = &str> {
    of.iter().map(String::as_str)
}

fn unique<'n>(names: &[&'n str]) -> Vec<&'n str> {
    let mut seen = Vec::new();
    for name in names {
        if !seen.contains(name) {
            seen.push(*name);
        }
    }
    seen
}

/// Whether everything hangs on one.
fn is_hub(concern: &Concern) -> bool {
    concern.advice == Advice::Split || concern.rule == "fan-in-too-high"
}

fn advice(concern: &Concern) -> &'static str {
    match concern.advice {
        Advice::Split => "split it, by what others need of it",
        Advice::OneService => "make one service of the two",
        Advice::Coordinator => "let one service keep the whole flow in one place, or split the flow",
        Advice::Mend => "let one of them begin by itself",
    }
}

/// What comes nearest to its threshold.
fn nearest(stats: &Stats) -> String {
    let share = |measure: &Measure| measure.count.saturating_mul(1000).checked_div(measure.max);
    let measures = stats.measures.iter().rev().filter(|measure| measure.count > 0);
    let Some(nearest) = measures.max_by_key(|measure| share(measure)) else {
        return String::new();
    };
    let Measure { rule, of, count, max } = nearest;
    format!("; the nearest to its threshold is {} with {count} of {max} ({rule})", of.join(", "))
}
