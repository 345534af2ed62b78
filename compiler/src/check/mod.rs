//! What must hold, one file a rule family. [`Checked`] is the proof that it does.

use crate::diag::Diagnostics;
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

/// Runs every rule and reports every finding; the proof is there when none of them is an error.
pub fn check(model: Model) -> (Option<Checked>, Diagnostics) {
    let (projections, findings) = project::project(&model);
    let checked = (!findings.has_errors()).then_some(Checked { model, projections });
    (checked, findings)
}
