//! What readers of one event stumble over, gathered by place.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Verdict, Witness};
use super::clash::{Clash, Kind, first_field};
use super::ends::Heard;
use super::read::{Types, payload};
use super::snapshot::Member;

/// The clashes of one event, those of both directions together.
#[derive(Default)]
pub(super) struct Found {
    pub(super) by_place: BTreeMap<(Kind, String), Both>,
}

/// What stands at one place, in both directions.
pub(super) struct Both {
    pub(super) backward: Verdict,
    pub(super) forward: Verdict,
    /// What differs, in words.
    pub(super) what: String,
    pub(super) readers: BTreeSet<String>,
    pub(super) spared: BTreeSet<String>,
    pub(super) witness: Option<Witness>,
}

impl Found {
    /// Adds what consumers stumble over, as far as they read it.
    pub(super) fn add(
        &mut self,
        clashes: Vec<Clash>,
        backward: bool,
        writer: (&Types, &[Member]),
        reader: (&Types, &[Member]),
        consumers: &[Heard<'_>],
    ) {
        for clash in clashes {
            let field = first_field(&clash.path);
            let (readers, spared): (Vec<_>, Vec<_>) =
                consumers.iter().partition(|(_, fields)| fields.is_none_or(|fields| fields.contains(field)));
            if readers.is_empty() {
                continue;
            }
            let (verdict, witness) = shown(&clash, field, backward, writer, reader);
            let both = self.by_place.entry((clash.kind, clash.path.clone())).or_insert_with(|| Both {
                backward: Verdict::Fine,
                forward: Verdict::Fine,
                what: clash.what.clone(),
                readers: BTreeSet::new(),
                spared: BTreeSet::new(),
                witness: None,
            });
            let own = if backward { &mut both.backward } else { &mut both.forward };
            *own = (*own).max(verdict);
            both.readers.extend(readers.iter().map(|(name, _)| (*name).to_owned()));
            both.spared.extend(spared.iter().map(|(name, _)| (*name).to_owned()));
            both.witness = both.witness.take().or(witness);
        }
    }
}

/// The witness of a clash, as the reader takes it: nothing is shown that the reader takes as it was meant.
fn shown(
    clash: &Clash,
    field: &str,
    backward: bool,
    (types, fields): (&Types, &[Member]),
    (reader_types, reader): (&Types, &[Member]),
) -> (Verdict, Option<Witness>) {
    let Some(event) = clash.witness.clone() else {
        // Whether a field is there does not depend on what is written in it, or beside it.
        let sure = matches!(clash.kind, Kind::Missing | Kind::Twice);
        return (if sure { clash.verdict } else { clash.verdict.min(Verdict::May) }, None);
    };
    let own: Vec<Member> = reader.iter().filter(|member| member.name == field).cloned().collect();
    let (Ok(meant), read) = (payload(types, fields, &event), payload(reader_types, &own, &event)) else {
        return (clash.verdict.min(Verdict::May), None);
    };
    match read {
        Err(refusal) => (clash.verdict, Some(Witness { event, refused: Some(refusal), backward })),
        Ok(read) if read.get(field) != meant.get(field) => {
            (clash.verdict, Some(Witness { event, refused: None, backward }))
        }
        Ok(_) => (clash.verdict.min(Verdict::May), None),
    }
}
