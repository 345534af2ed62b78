//! Names that nothing in a store has: a slip of the pen looks like a quiet night.

use std::collections::BTreeSet;

use chor_compiler::diag::closest;
use chor_runtime::{Found, InstanceId, Store, StoreError, Which};

use super::{in_store, plain};
use crate::args::{self, Place};
use crate::failure::Failure;
use crate::terminal::Terminal;

/// So many instances are looked at for the names that there are.
const LOOKED_AT: usize = 1000;

/// Where nothing was found: says which of the names that were asked for nothing in the store has.
pub(crate) fn note_unknown(place: &Place, asked: &args::Which, terminal: &Terminal) -> Result<(), Failure> {
    if asked.service.is_none() && asked.choreography.is_none() {
        return Ok(());
    }
    for text in in_store(place, async |store| unknown(store, asked).await)? {
        terminal.note(&text);
    }
    Ok(())
}

async fn unknown(store: &Store, asked: &args::Which) -> Result<Vec<String>, StoreError> {
    let mut texts = Vec::new();
    if let Some(name) = &asked.service
        && !any(store, Which::default().service(name)).await?
    {
        let mut names = names(store, |id| id.service.to_string()).await?;
        // Of whom no instance is here yet, an event may wait already.
        names.extend(store.backlog().await?.iter().map(|behind| behind.participant.to_string()));
        texts.extend(told(&format!("at a service `{name}`"), name, &names));
    }
    if let Some(name) = &asked.choreography
        && !any(store, Which::default().choreography(name)).await?
    {
        let names = names(store, |id| id.choreography.short().to_owned()).await?;
        texts.extend(told(&format!("of a choreography `{name}`"), name, &names));
    }
    Ok(texts)
}

/// Whether there are any of these, over or not.
async fn any(store: &Store, which: Which) -> Result<bool, StoreError> {
    let Found { total, unreadable, .. } = store.instances(&which.and_over(), 0).await?;
    Ok(total > 0 || !unreadable.is_empty())
}

async fn names(store: &Store, name: impl Fn(&InstanceId) -> String) -> Result<BTreeSet<String>, StoreError> {
    let Found { instances, unreadable, .. } =
        store.instances(&Which::default().and_over(), LOOKED_AT).await?;
    let readable = instances.iter().map(|instance| &instance.id);
    Ok(readable.chain(unreadable.iter().map(|(id, _)| id)).map(name).collect())
}

/// Nothing where the store has no names yet, or has this one.
fn told(what: &str, name: &str, names: &BTreeSet<String>) -> Option<String> {
    if names.is_empty() || names.contains(name) {
        return None;
    }
    let meant = closest(name, names.iter().map(String::as_str));
    let help = meant.map_or_else(
        || {
            let all: Vec<_> = names.iter().map(|name| format!("`{}`", plain(name))).collect();
            format!("the store has {}", all.join(", "))
        },
        |meant| format!("did you mean `{}`?", plain(meant)),
    );
    Some(format!("no instance {what} is here, over or not: {help}"))
}
