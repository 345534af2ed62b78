//! The compiler of the chor choreography language: from `.chor` files to what each service must know.
//!
//! Data goes one way, and each pass leaves something behind for good:
//!
//! | pass | from → to | what no longer exists after it |
//! |---|---|---|
//! | [`syntax::parse`] | [`source::Sources`] → [`syntax::tree::File`] | white space, comments, pest's types |
//! | [`model::resolve`] | trees → [`model::Model`] | names: only ids are left |
//! | [`check`] with [`project`] | model → [`check::Checked`] | doubt: what is left can be carried out |
//! | [`emit`] | checked → [`emit::Files`] | everything but text |
//!
//! A pass never stops at its first finding, and no finding is an `Err`: findings go into [`diag::Diagnostics`]. The
//! compiler touches no files and knows no clock; [`compile`] is a function of its sources alone, [`compile_with`] of
//! its sources and options. Behind the checks, [`lint`] decides which of the findings are reported, and
//! [`explore`] runs what came of them. [`contract`] is what they promise to others, and
//! [`stats`] what they amount to.

pub mod check;
pub mod contract;
pub mod diag;
pub mod emit;
pub mod explore;
pub mod fnv;
mod graph;
pub mod host;
pub mod lint;
pub mod model;
mod parallel;
pub mod project;
pub mod source;
pub mod stats;
pub mod syntax;

pub use host::{Build, BuildError, build};

use check::Checked;
use contract::Contracts;
use diag::{Diagnostic, Diagnostics};
use lint::{Levels, Lints, Options};
use source::Sources;

/// What came of a compilation.
#[derive(Clone, Debug)]
pub struct Compilation {
    /// Every finding, in the order of their places.
    pub diagnostics: Vec<Diagnostic>,
    /// The proof that nothing is wrong; `None` where a finding is an error.
    pub checked: Option<Checked>,
    /// Every text could be read. Otherwise names and flows have not been looked at.
    pub read: bool,
}

/// Runs every pass up to the checks, and reports all that they find; every lint has its own level.
pub fn compile(sources: &Sources) -> Compilation {
    compile_with(sources, &Options::default())
}

/// The same as [`compile`], with levels of lints and the day on which it runs.
pub fn compile_with(sources: &Sources, options: &Options) -> Compilation {
    let mut findings = Diagnostics::new();
    let mut trees = Vec::new();
    for parsed in syntax::parse::parse_all(sources) {
        findings.extend(parsed.findings);
        trees.push(parsed.tree);
    }
    // A declaration that could not be read would leave names behind that seem to mean nothing.
    if findings.has_errors() {
        return Compilation { diagnostics: findings.into_sorted(), checked: None, read: false };
    }
    let (model, unresolved) = model::resolve::resolve(&trees);
    drop(trees);
    findings.extend(unresolved);
    let (mut suppressions, invalid) = lint::suppressions(&model);
    // What has changed is not known here, so nothing can be said of those that speak of it.
    suppressions.retain(|suppression| !suppression.code.is_of_changes());
    findings.extend(invalid);
    let (checked, found) = check::check(model, options);
    findings.extend(found);
    let reported = lint::judge(findings, &suppressions, options, sources);
    let proven = !reported.has_errors();
    Compilation { diagnostics: reported.into_sorted(), checked: checked.filter(|_| proven), read: true }
}

/// One of several versions of a workspace.
#[derive(Clone, Debug)]
pub struct Version {
    /// What came of it, of the first version with its model; of the lints, none has run.
    pub compilation: Compilation,
    /// What it promises; `None` where a finding is an error.
    pub contracts: Option<Contracts>,
}

/// Compiles versions that are going to be compared, on all cores, the one at which findings are told first. What is wise is
/// not asked of them: no lint runs, and none stands in the way of a comparison.
pub fn compile_versions(versions: &[&Sources]) -> Vec<Version> {
    let lints = Lints { levels: Levels::off(), ..Lints::default() };
    let options = Options { today: None, lints };
    let versions: Vec<(usize, &Sources)> = versions.iter().copied().enumerate().collect();
    parallel::map(&versions, |(at, sources)| {
        let mut compilation = compile_with(sources, &options);
        let contracts = compilation.checked.as_ref().map(contract::take);
        // A model is several times as large as what is promised.
        compilation.checked = compilation.checked.filter(|_| *at == 0);
        Version { compilation, contracts }
    })
}
