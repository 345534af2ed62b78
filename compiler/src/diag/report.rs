//! A finding as miette renders it.

use super::Diagnostic;
use crate::source::Sources;

/// A [`Diagnostic`] together with the text that it speaks of.
#[derive(Debug)]
pub struct Report<'a> {
    /// The finding.
    pub diagnostic: &'a Diagnostic,
    /// The files.
    pub sources: &'a Sources,
}
