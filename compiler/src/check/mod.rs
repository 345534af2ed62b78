//! What must hold, one file a rule family. [`Checked`] is the proof that it does.

mod attributes;
mod defaults;
mod endless;
mod former;
mod keys;
mod lints;
mod lists;
mod loose_ends;
mod maps;
mod members;
mod names;
mod producers;
mod reading;
mod stated;
mod stub_names;
mod types;

use crate::diag::Diagnostics;
use crate::graph::Usage;
use crate::lint::Options;
use crate::model::Model;
use crate::parallel;
use crate::project::{self, Projection};

/// A model that was found without error, and its choreographies taken apart.
///
/// Only [`check`] makes one; emitters ask for it.
#[derive(Clone, Debug)]
pub struct Checked {
    model: Model,
    projections: Vec<Projection>,
}

impl Checked {
    /// What was declared.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The choreographies, taken apart, in the order of the text.
    pub fn projections(&self) -> &[Projection] {
        &self.projections
    }
}

/// A family of rules that look at what is declared.
type Family = fn(&Model, &mut Diagnostics);

const FAMILIES: [Family; 9] = [
    names::check,
    members::check,
    lists::check,
    types::check,
    maps::check,
    defaults::check,
    attributes::check,
    former::check,
    keys::check,
];

/// A family of rules that look at who uses what as well: that is known only where every name means something.
type UseFamily = fn(&Known<'_>, &mut Diagnostics);

/// What such a family is told.
struct Known<'m> {
    model: &'m Model,
    usage: &'m Usage,
    options: &'m Options,
}

const USE_FAMILIES: [UseFamily; 4] = [
    |it, findings| producers::check(it.model, it.usage, findings),
    |it, findings| stated::check(it.model, it.usage, findings),
    |it, findings| loose_ends::check(it.model, it.usage, findings),
    |it, findings| reading::check(it.model, it.usage, findings),
];

/// Runs every rule and reports every finding; the proof is there when none of them is an error. Of the rules about
/// style and shape, those alone that are on.
pub fn check(model: Model, options: &Options) -> (Option<Checked>, Diagnostics) {
    let mut findings = Diagnostics::new();
    side_by_side(&FAMILIES, &mut findings, |check, found| check(&model, found));
    let usage = model.complete.then(|| Usage::of(&model));
    if let Some(usage) = &usage {
        let known = Known { model: &model, usage, options };
        let families = [&USE_FAMILIES[..], &lints::FAMILIES].concat();
        side_by_side(&families, &mut findings, |check, found| check(&known, found));
    }
    let (projections, coherence) = project::project(&model);
    findings.extend(coherence);
    if let Some(usage) = &usage {
        lints::flow::check(&model, usage, &projections, &options.lints, &mut findings);
    }
    stub_names::check(&model, &projections, &mut findings);
    let checked = (!findings.has_errors()).then_some(Checked { model, projections });
    (checked, findings)
}

/// Runs families of rules on all cores: none of them knows what another finds.
fn side_by_side<F: Sync>(
    families: &[F],
    findings: &mut Diagnostics,
    run: impl Fn(&F, &mut Diagnostics) + Sync,
) {
    let found = parallel::map(families, |family| {
        let mut found = Diagnostics::new();
        run(family, &mut found);
        found
    });
    findings.extend(found.into_iter().flatten());
}
