//! Instances that the new version does not go on with.
//!
//! The runtime holds an instance for the version that began it, and knows that version by the digest of its machine. So what is
//! said here goes by the digest alone, and not by what is different in words.

use super::super::change::{Change, Verdict};
use super::super::snapshot::{Contracts, Flow};
use super::super::words::{everybody, short};
use super::change;
use crate::diag::codes;

/// Whose open instances are held. What is not ours has none.
pub(super) fn participants(was: &Flow, is: &Flow, old: &Contracts) -> Vec<String> {
    let ours = |who: &String| old.services.get(who).is_none_or(|party| !party.external);
    let differs = |who: &String, machine: &str| is.parts.get(who).is_none_or(|now| now.machine != machine);
    let parts = was.parts.iter();
    parts.filter(|(who, part)| ours(who) && differs(who, &part.machine)).map(|(who, _)| who.clone()).collect()
}

/// That they are held, with what the runtime knows each version by.
pub(super) fn told(name: &str, was: &Flow, is: &Flow, who: &[String]) -> Option<Change> {
    if who.is_empty() {
        return None;
    }
    let does = if who.len() == 1 { "does" } else { "do" };
    let message = format!(
        "open instances of `{}` are held: {} {does} something else than before",
        short(name),
        everybody(who)
    );
    let mut notes: Vec<String> = who.iter().filter_map(|who| machines(who, was, is)).collect();
    notes.push("replicas of the old version go on with what they began, as long as they run".to_owned());
    notes.push(format!(
        "a choreography under another name strands nobody, where `{}` is left as it was until its instances have ended",
        short(name)
    ));
    let both = (Verdict::Breaks, Verdict::Breaks);
    Some(Change { notes, ..change(&codes::FLOW_CHANGED, name, message, both, who.to_vec()) })
}

fn machines(who: &str, was: &Flow, is: &Flow) -> Option<String> {
    let before = &was.parts.get(who)?.machine;
    let now = is.parts.get(who).map_or("it takes no part any more", |part| &part.machine);
    Some(format!("the machine of {}: {before} before, {now} now", short(who)))
}
