//! Choreographies: what the instances that are open meet when a participant is replaced.

mod deadlines;
mod held;

use std::collections::BTreeSet;

use super::change::{Change, Mode, Order, Subject, Verdict};
use super::snapshot::{Contracts, Flow, Part};
use super::words::{quoted, short};
use crate::diag::{Code, codes};

/// What has changed in choreographies that both versions have.
pub(super) fn compare(old: &Contracts, new: &Contracts, mode: Mode) -> Vec<Change> {
    let mut changes = Vec::new();
    for (name, was) in &old.choreographies {
        let Some(is) = new.choreographies.get(name) else {
            if mode.backward() {
                let parts: Vec<String> = was.parts.keys().cloned().collect();
                let message = format!("`{}` is gone, and instances of it may be open", short(name));
                let mut gone =
                    change(&codes::FLOW_CHANGED, name, message, (Verdict::Breaks, Verdict::Fine), parts);
                gone.subject = Subject::Service(was.parts.keys().next().cloned().unwrap_or_default());
                changes.push(gone);
            }
            continue;
        };
        if was != is {
            changes.extend(flow(name, (was, is), (old, new), mode));
        }
    }
    changes
}

fn flow(
    name: &str,
    (was, is): (&Flow, &Flow),
    (old, new): (&Contracts, &Contracts),
    mode: Mode,
) -> Vec<Change> {
    if was.key != is.key {
        let message = format!(
            "the key of `{}` was `{}` and is `{}`: no open instance is found again",
            short(name),
            was.key.join(", "),
            is.key.join(", ")
        );
        let both = (Verdict::Breaks, Verdict::Breaks);
        let everybody = was.parts.keys().cloned().collect();
        let changed = change(&codes::KEY_CHANGED, name, message, both, everybody);
        return vec![Change { order: Order::Migrate, ..changed }];
    }
    let held = held::participants(was, is, old);
    let mut changes = Vec::from_iter(held::told(name, was, is, &held));
    for (who, before) in &was.parts {
        let Some(after) = is.parts.get(who) else { continue };
        let mut own = part(name, who, (before, after), held.contains(who), mode);
        // That an event is gone altogether has been told of the event.
        own.retain(|change| {
            change.code != &codes::SUBSCRIPTION_REMOVED
                || before.hears.difference(&after.hears).any(|event| new.events.contains_key(event))
        });
        changes.extend(own);
    }
    changes.extend(deadlines::shortened(name, was, is));
    changes
}

/// What a participant of an open instance meets.
fn part(flow: &str, who: &str, (was, is): (&Part, &Part), held: bool, mode: Mode) -> Vec<Change> {
    let mut changes = Vec::new();
    let only = |left: &BTreeSet<String>, right: &BTreeSet<String>| -> Vec<String> {
        left.difference(right).cloned().collect()
    };
    let steps = |events| Subject::Steps { flow: flow.to_owned(), who: who.to_owned(), events };
    let (new, gone) = (only(&is.hears, &was.hears), only(&was.hears, &is.hears));
    if mode.forward() && !new.is_empty() {
        let message = format!(
            "{} does not know {} of `{}` while it runs as it is",
            short(who),
            quoted(&new),
            short(flow)
        );
        // Where its open instances are held, that it knows the event does not help those.
        let (backward, order) =
            if held { (Verdict::Breaks, Order::Drain) } else { (Verdict::Fine, Order::ConsumersFirst) };
        let both = (backward, Verdict::Breaks);
        let found = change(&codes::UNKNOWN_TO_RUNNING, flow, message, both, vec![who.to_owned()]);
        changes.push(Change { order, subject: steps(new), ..found });
    }
    if mode.backward() && !gone.is_empty() {
        let message = format!(
            "{} hears no {} any more in `{}`, and one may be under way",
            short(who),
            quoted(&gone),
            short(flow)
        );
        let both = (Verdict::Breaks, Verdict::Fine);
        let found = change(&codes::SUBSCRIPTION_REMOVED, flow, message, both, vec![who.to_owned()]);
        changes.push(Change { subject: steps(gone), ..found });
    }
    let lost: Vec<String> = was
        .undos
        .iter()
        .filter(|(step, by)| by.is_some() && is.says.contains_key(*step) && is.undos.get(*step) != Some(*by))
        .map(|(step, _)| step.clone())
        .collect();
    if mode.backward() && !lost.is_empty() {
        let message = format!(
            "{} cannot take back {} in `{}` any more as it was promised",
            short(who),
            quoted(&lost),
            short(flow)
        );
        let both = (Verdict::Breaks, Verdict::Fine);
        let found = change(&codes::UNDO_REMOVED, flow, message, both, vec![who.to_owned()]);
        changes.push(Change { subject: steps(lost), ..found });
    }
    changes
}

/// A change that is over when the open instances are.
fn change(
    code: &'static Code,
    flow: &str,
    message: String,
    (backward, forward): (Verdict, Verdict),
    readers: Vec<String>,
) -> Change {
    let subject = Subject::Choreography(flow.to_owned());
    Change { backward, forward, readers, order: Order::Drain, ..Change::new(code, subject, message) }
}
