//! SARIF 2.1.0, as far as findings need it. GitHub's code scanning and most editors read it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use chor_compiler::diag::{Code, Diagnostic, Edit, Severity};
use chor_compiler::source::{Sources, Span};

use super::{Found, lines, severity};
use crate::check;
use crate::failure::Failure;
use crate::fingerprint::fingerprints;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool,
    column_kind: &'static str,
    results: Vec<Result_<'a>>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    name: &'static str,
    short_description: Text,
    help: Text,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Text {
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    markdown: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Result_<'a> {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Fix<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Physical,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Clone, PartialEq, Eq, Serialize)]
struct Artifact {
    uri: String,
}

/// The end is the place behind the last character, as it is ours.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fix<'a> {
    description: Text,
    artifact_changes: Vec<Change<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change<'a> {
    artifact_location: Artifact,
    replacements: Vec<Replacement<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement<'a> {
    deleted_region: Region,
    inserted_content: Inserted<'a>,
}

#[derive(Serialize)]
struct Inserted<'a> {
    text: &'a str,
}

pub(super) fn render(found: Found<'_>) -> Result<String, Failure> {
    let mut codes: Vec<&'static Code> = found.findings.iter().map(|finding| finding.code).collect();
    codes.sort_by_key(|code| code.number);
    codes.dedup();
    let results = found
        .findings
        .iter()
        .zip(fingerprints(found.findings, found.sources))
        .map(|(finding, fingerprint)| result(finding, &codes, fingerprint.unique(), found.sources))
        .collect();
    let driver = Driver {
        name: "chor",
        semantic_version: env!("CARGO_PKG_VERSION"),
        rules: codes.iter().map(|code| rule(code)).collect(),
    };
    check::json(&Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run { tool: Tool { driver }, column_kind: "unicodeCodePoints", results }],
    })
}

fn rule(code: &Code) -> Rule {
    let level = match code.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    Rule {
        id: code.number,
        name: code.name,
        short_description: text(code.title),
        help: Text {
            text: format!("{}: see `chor explain {}`", code.title, code.number),
            markdown: Some(code.page),
        },
        default_configuration: Configuration { level },
    }
}

fn result<'a>(
    finding: &'a Diagnostic,
    codes: &[&'static Code],
    fingerprint: String,
    sources: &Sources,
) -> Result_<'a> {
    let related = finding.related.iter().map(|label| location(label.span, &label.text, sources));
    Result_ {
        rule_id: finding.code.number,
        rule_index: codes.iter().position(|code| *code == finding.code).unwrap_or_default(),
        level: severity(finding),
        message: text(&lines(finding)),
        locations: [location(finding.primary.span, &finding.primary.text, sources)],
        related_locations: related.collect(),
        partial_fingerprints: [("chor/v1", fingerprint)].into(),
        fixes: fix(finding, sources).into_iter().collect(),
    }
}

fn text(text: &str) -> Text {
    Text { text: text.to_owned(), markdown: None }
}

fn location(place: Span, words: &str, sources: &Sources) -> Location {
    Location {
        physical_location: Physical {
            artifact_location: artifact(place, sources),
            region: region(place, sources),
        },
        message: (!words.is_empty()).then(|| text(words)),
    }
}

fn region(place: Span, sources: &Sources) -> Region {
    let (start, end) = (sources.position(place.start), sources.position(place.end));
    Region { start_line: start.line, start_column: start.column, end_line: end.line, end_column: end.column }
}

/// The edits, which mend the finding together, by file.
fn fix<'a>(finding: &'a Diagnostic, sources: &Sources) -> Option<Fix<'a>> {
    let help = finding.help.as_ref()?;
    let mut changes: Vec<Change<'a>> = Vec::new();
    for edit in &finding.edits {
        let file = artifact(edit.span, sources);
        match changes.iter_mut().find(|change| change.artifact_location == file) {
            Some(change) => change.replacements.push(replacement(edit, sources)),
            None => changes
                .push(Change { artifact_location: file, replacements: vec![replacement(edit, sources)] }),
        }
    }
    (!changes.is_empty()).then(|| Fix { description: text(help), artifact_changes: changes })
}

fn replacement<'a>(edit: &'a Edit, sources: &Sources) -> Replacement<'a> {
    let inserted_content = Inserted { text: &edit.replacement };
    Replacement { deleted_region: region(edit.span, sources), inserted_content }
}

/// The file of a place, by a URI: what is no letter, digit or harmless sign is percent-encoded.
fn artifact(place: Span, sources: &Sources) -> Artifact {
    let name = sources.file(place).map_or("", |file| file.name());
    let mut uri = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                uri.push(char::from(byte));
            }
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    Artifact { uri }
}
