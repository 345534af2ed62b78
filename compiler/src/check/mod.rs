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

/// Runs every rule and reports every finding; the proof is there when none of them is an error. Of the rules about
/// style and shape, those alone that are on.
pub fn check(model: Model, options: &Options) -> (Option<Checked>, Diagnostics) {
    let mut findings = Diagnostics::new();
    names::check(&model, &mut findings);
    members::check(&model, &mut findings);
    lists::check(&model, &mut findings);
    types::check(&model, &mut findings);
    maps::check(&model, &mut findings);
    defaults::check(&model, &mut findings);
    attributes::check(&model, &mut findings);
    former::check(&model, &mut findings);
    keys::check(&model, &mut findings);
    // Who uses what is known only where every name means something.
    let usage = model.complete.then(|| Usage::of(&model));
    if let Some(usage) = &usage {
        producers::check(&model, usage, &mut findings);
        stated::check(&model, usage, &mut findings);
        loose_ends::check(&model, usage, &mut findings);
        reading::check(&model, usage, &mut findings);
        lints::check(&model, usage, options, &mut findings);
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
