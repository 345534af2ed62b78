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

use std::borrow::Borrow;
use std::sync::Mutex;

use check::Checked;
use contract::Contracts;
use diag::{Diagnostic, Diagnostics};
use lint::{Levels, Lints, Options};
use source::Sources;
use syntax::parse::Parsed;

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
    compile_parsed(syntax::parse::parse_all(sources), sources, options)
}

fn compile_parsed<'s>(
    parsed: Vec<impl Borrow<Parsed<'s>>>,
    sources: &Sources,
    options: &Options,
) -> Compilation {
    let mut findings = Diagnostics::new();
    let mut trees = Vec::new();
    for parsed in parsed.iter().map(Borrow::borrow) {
        findings.extend(parsed.findings.iter().cloned());
        trees.push(&parsed.tree);
    }
    // A declaration that could not be read would leave names behind that seem to mean nothing.
    if findings.has_errors() {
        return Compilation { diagnostics: findings.into_sorted(), checked: None, read: false };
    }
    let (model, unresolved) = model::resolve::resolve(&trees);
    drop(trees);
    drop(parsed);
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
    /// What came of it, of the first version with its model and all findings, of the others with errors alone; of the
    /// lints, none has run.
    pub compilation: Compilation,
    /// What it promises; `None` where a finding is an error.
    pub contracts: Option<Contracts>,
}

/// Compiles versions that are going to be compared, on all cores, the one at which findings are told first. What is wise is
/// not asked of them: no lint runs, and none stands in the way of a comparison. What the first has as well is read once.
pub fn compile_versions(versions: &[&Sources]) -> Vec<Version> {
    let lints = Lints { levels: Levels::off(), ..Lints::default() };
    let options = Options { today: None, lints };
    // Each takes its trees away when it has them: most of the memory is theirs.
    let parsed = syntax::parse::parse_versions(versions).into_iter().map(Some).map(Mutex::new);
    let versions: Vec<_> = versions.iter().copied().zip(parsed).enumerate().collect();
    parallel::map(&versions, |(at, (sources, parsed))| {
        let parsed = parsed.lock().ok().and_then(|mut parsed| parsed.take()).unwrap_or_default();
        let mut compilation = compile_parsed(parsed, sources, &options);
        let contracts = compilation.checked.as_ref().map(contract::take);
        if *at > 0 {
            // A model is several times as large as what is promised, and places are not those of these files.
            compilation = match contracts {
                Some(_) => Compilation { diagnostics: Vec::new(), checked: None, read: true },
                None => compile_with(sources, &options),
            };
        }
        Version { compilation, contracts }
    })
}
