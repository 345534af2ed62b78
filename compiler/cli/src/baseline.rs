//! The baseline: findings that were there when a rule was adopted, and may stay until somebody mends them.
//!
//! A finding is known by its fingerprint, in which no line is, and a fingerprint counts how often it may be there. What
//! the language refuses is never part of it. People add an owner, a reason and a last day to an entry; they are kept.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

use chor_compiler::diag::Diagnostic;
use chor_compiler::lint::Date;
use chor_compiler::source::{SourceFile, Sources};
use serde::{Deserialize, Serialize};

use crate::check;
use crate::failure::Failure;
use crate::fingerprint::{Fingerprint, fingerprints};

/// The version of the file that this command writes.
const VERSION: u32 = 1;

/// The findings that may stay.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Baseline {
    by_fingerprint: BTreeMap<String, Entry>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    findings: Vec<Entry>,
}

/// What is known by one fingerprint.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    fingerprint: String,
    /// For people, as are file and message: the fingerprint alone counts.
    rule: String,
    file: String,
    message: String,
    /// How many there may be.
    count: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The last day on which it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
}

/// Findings, without those that may stay.
pub(crate) struct Covered {
    pub(crate) left: Vec<Diagnostic>,
    /// How many may stay.
    pub(crate) known: usize,
    /// How many more might have been there.
    pub(crate) mended: usize,
    /// How many might stay if their day were not over.
    pub(crate) expired: usize,
}

impl Baseline {
    /// Reads the file.
    pub(crate) fn read(file: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(file).map_err(|error| unreadable(file, &error))?;
        Self::parse(&text).map_err(|(why, help)| Failure::new(format!("`{}`: {why}", file.display()), help))
    }

    /// Reads the file where there is one.
    pub(crate) fn read_or_empty(file: &Path) -> Result<Self, Failure> {
        if file.exists() { Self::read(file) } else { Ok(Self::default()) }
    }

    fn parse(text: &str) -> Result<Self, (String, &'static str)> {
        let mend = "mend it, or remove the file and write it anew with `--update-baseline`";
        // The version first: what a later one has is no mistake.
        let json: Option<serde_json::Value> = serde_json::from_str(text).ok();
        let version = json.as_ref().and_then(|json| json.get("version")?.as_u64());
        if version.is_some_and(|version| version > u64::from(VERSION)) {
            return Err(("a later version of chor wrote this".to_owned(), "use that version"));
        }
        let document: Document = serde_json::from_str(text).map_err(|error| (error.to_string(), mend))?;
        for day in document.findings.iter().filter_map(|entry| entry.expires.as_deref()) {
            if Date::parse(day).is_none() {
                return Err((format!("`{day}` is no day"), "write `expires` as `2027-03-01`"));
            }
        }
        let entries = document.findings.into_iter().map(|entry| (entry.fingerprint.clone(), entry));
        Ok(Self { by_fingerprint: entries.collect() })
    }

    /// Takes what may stay out of the findings.
    pub(crate) fn cover(&self, findings: &[Diagnostic], sources: &Sources, today: Option<Date>) -> Covered {
        let mut result = Covered { left: Vec::new(), known: 0, mended: 0, expired: 0 };
        let mut found: BTreeMap<String, usize> = BTreeMap::new();
        for (finding, fingerprint) in findings.iter().zip(fingerprints(findings, sources)) {
            let entry = self.entry(finding, fingerprint);
            if entry.is_some() {
                *found.entry(fingerprint.to_string()).or_default() += 1;
            }
            match entry.filter(|entry| fingerprint.before(entry.count)) {
                Some(entry) if entry.is_over(today) => result.expired += 1,
                Some(_) => {
                    result.known += 1;
                    continue;
                }
                None => {}
            }
            result.left.push(finding.clone());
        }
        let read = Read::of(sources);
        let still = |entry: &Entry| found.get(&entry.fingerprint).copied().unwrap_or_default();
        let decided = self.by_fingerprint.values().filter(|entry| read.decides(entry));
        result.mended = decided.map(|entry| entry.count.saturating_sub(still(entry))).sum();
        result
    }

    fn entry(&self, finding: &Diagnostic, fingerprint: Fingerprint) -> Option<&Entry> {
        finding.code.lint.and_then(|_| self.by_fingerprint.get(&fingerprint.to_string()))
    }

    /// The baseline of these findings; what people added to an entry is kept, and so are the entries of files that were
    /// not read this time.
    pub(crate) fn updated(&self, findings: &[Diagnostic], sources: &Sources) -> Self {
        let read = Read::of(sources);
        let others = self.by_fingerprint.iter().filter(|(_, entry)| !read.decides(entry));
        let mut by_fingerprint: BTreeMap<String, Entry> =
            others.map(|(fingerprint, entry)| (fingerprint.clone(), entry.clone())).collect();
        for (finding, fingerprint) in findings.iter().zip(fingerprints(findings, sources)) {
            if finding.code.lint.is_none() {
                continue;
            }
            let fingerprint = fingerprint.to_string();
            let old = self.by_fingerprint.get(&fingerprint);
            let entry = by_fingerprint.entry(fingerprint.clone()).or_insert_with(|| Entry {
                fingerprint,
                rule: finding.code.name.to_owned(),
                file: sources.file(finding.primary.span).map_or("", |file| file.name()).to_owned(),
                message: finding.message.clone(),
                count: 0,
                owner: old.and_then(|old| old.owner.clone()),
                reason: old.and_then(|old| old.reason.clone()),
                expires: old.and_then(|old| old.expires.clone()),
            });
            entry.count += 1;
        }
        Self { by_fingerprint }
    }

    /// Writes the file, sorted as people read it.
    pub(crate) fn write(&self, file: &Path) -> Result<(), Failure> {
        let mut findings: Vec<Entry> = self.by_fingerprint.values().cloned().collect();
        findings.sort_by(|a, b| {
            let key = |entry: &Entry| (entry.file.clone(), entry.rule.clone(), entry.message.clone());
            key(a).cmp(&key(b))
        });
        let text = check::json(&Document { version: VERSION, findings })?;
        fs::write(file, text).map_err(|error| {
            let message = format!("`{}` cannot be written: {error}", file.display());
            Failure::new(message, "check that the folder is there and may be written to")
        })
    }

    /// How many findings may stay.
    pub(crate) fn count(&self) -> usize {
        self.by_fingerprint.values().map(|entry| entry.count).sum()
    }
}

impl Entry {
    fn is_over(&self, today: Option<Date>) -> bool {
        let last = self.expires.as_deref().and_then(Date::parse);
        last.zip(today).is_some_and(|(last, today)| last < today)
    }
}

/// The files that were read.
struct Read<'a>(BTreeSet<&'a str>);

impl<'a> Read<'a> {
    fn of(sources: &'a Sources) -> Self {
        Self(sources.files().iter().map(SourceFile::name).collect())
    }

    /// Whether this run says what became of the entry: its file was read, or is gone.
    fn decides(&self, entry: &Entry) -> bool {
        self.0.contains(entry.file.as_str()) || !Path::new(&entry.file).exists()
    }
}

fn unreadable(file: &Path, error: &io::Error) -> Failure {
    let name = file.display();
    if error.kind() == io::ErrorKind::NotFound {
        let help = format!("write it: `chor check --baseline {name} --update-baseline`");
        return Failure::new(format!("there is no baseline `{name}`"), help);
    }
    Failure::new(format!("`{name}` cannot be read: {error}"), "check that it is a file and may be read")
}
