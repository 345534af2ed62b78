//! Deadlines of two versions: which one has become which, and which have become shorter.
//!
//! A deadline has no name. It is known by who keeps it, by the events that it guards and by those that come when it has passed,
//! wherever in the text it stands.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::super::change::{Change, Subject, Verdict};
use super::super::snapshot::{Deadline, Flow, Part};
use super::super::words::{list, short, time};
use super::change;
use crate::diag::codes;

/// The deadlines that are shorter than they were.
pub(super) fn shortened(name: &str, was: &Flow, is: &Flow) -> Vec<Change> {
    let shorter =
        partners(&was.deadlines, &is.deadlines).into_iter().filter(|(was, is)| is.millis < was.millis);
    shorter
        .map(|(before, after)| {
            let message = format!(
                "a deadline of {} in `{}` was {} and is {}: whoever counts on the time is late",
                short(&before.keeper),
                short(name),
                time(before.millis),
                time(after.millis)
            );
            let mut others = concerned(before, &was.parts);
            others.remove(&before.keeper);
            let both = (Verdict::May, Verdict::May);
            let found = change(&codes::DEADLINE_SHORTENED, name, message, both, others.into_iter().collect());
            let at = is.deadlines.iter().position(|it| std::ptr::eq(it, after));
            let subject = at.map_or(found.subject, |at| Subject::Deadline(name.to_owned(), at));
            Change { subject, notes: about(after).into_iter().collect(), ..found }
        })
        .collect()
}

/// Who takes part in the body or in the `else`; everybody, where a file does not tell what these are about.
fn concerned(deadline: &Deadline, parts: &BTreeMap<String, Part>) -> BTreeSet<String> {
    let about = |event: &String| deadline.guards.contains(event) || deadline.opens.contains(event);
    let known = !deadline.guards.is_empty() || !deadline.opens.is_empty();
    let takes_part = |part: &Part| part.hears.iter().chain(part.says.keys()).any(about);
    let all = parts.iter().filter(|(_, part)| !known || takes_part(part));
    all.map(|(who, _)| who.clone()).collect()
}

/// What tells a deadline from the others of its choreography, in words.
fn about(deadline: &Deadline) -> Option<String> {
    let names = |events: &BTreeSet<String>| list(&events.iter().cloned().collect::<Vec<_>>());
    match (deadline.guards.is_empty(), deadline.opens.is_empty()) {
        (_, true) => None,
        (true, false) => Some(format!("when it has passed comes {}", names(&deadline.opens))),
        (false, false) => Some(format!(
            "it guards {}; when it has passed comes {}",
            names(&deadline.guards),
            names(&deadline.opens)
        )),
    }
}

/// Each deadline with the one that it has become, in the order of the text; without those that are gone. Where nothing has
/// changed, nothing has become anything.
fn partners<'f>(was: &'f [Deadline], is: &'f [Deadline]) -> Vec<(&'f Deadline, &'f Deadline)> {
    if was == is {
        return Vec::new();
    }
    // A file that does not tell what they are about: by their places, where none was added or removed.
    if was.iter().chain(is).any(|deadline| deadline.opens.is_empty()) {
        let pairs = was.iter().zip(is).filter(|(was, is)| was.keeper == is.keeper);
        return if was.len() == is.len() { pairs.collect() } else { Vec::new() };
    }
    let mut likely: Vec<(Likeness, usize, usize)> = Vec::new();
    for (before, one) in was.iter().enumerate() {
        for (after, other) in is.iter().enumerate() {
            likely.extend(likeness(one, other).map(|likeness| (likeness, before, after)));
        }
    }
    // What is most alike finds together first; of what is equally alike, what stands first.
    likely.sort_unstable_by_key(|(likeness, before, after)| (Reverse(*likeness), *before, *after));
    let (mut left, mut new): (Vec<_>, Vec<_>) =
        (was.iter().map(Some).collect(), is.iter().map(Some).collect());
    let mut pairs: Vec<(usize, (&Deadline, &Deadline))> = Vec::new();
    for (_, before, after) in likely {
        let (Some(one), Some(other)) = (left.get_mut(before), new.get_mut(after)) else { continue };
        if let (Some(was), Some(is)) = (*one, *other) {
            pairs.push((before, (was, is)));
            (*one, *other) = (None, None);
        }
    }
    pairs.sort_unstable_by_key(|(before, _)| *before);
    pairs.into_iter().map(|(_, pair)| pair).collect()
}

/// How alike two deadlines are: whether they are the same but for their length, then how many events both are about.
type Likeness = (bool, usize);

/// `None`: one cannot have become the other.
fn likeness(one: &Deadline, other: &Deadline) -> Option<Likeness> {
    if one.keeper != other.keeper {
        return None;
    }
    let same = one.guards == other.guards && one.opens == other.opens;
    let shared =
        one.guards.intersection(&other.guards).count() + one.opens.intersection(&other.opens).count();
    (shared > 0).then_some((same, shared))
}
