//! What CI systems read, held against what they require of it: every refused program of the corpus in every format.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::json_schema::wrong;
use super::{chor, chor_in};

const SARIF: &str = include_str!("../schemas/sarif-2.1.0.json");
const GITLAB: &str = include_str!("../schemas/gitlab-code-quality.json");
const STATS: &str = include_str!("../../../schema/stats.json");

fn corpus(verdict: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus").join(verdict);
    let mut programs: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    programs.sort();
    programs
}

/// What is printed for each program of which there is something to print.
fn printed(verdict: &str, arguments: &[&str]) -> Vec<String> {
    let run = |program: &PathBuf| {
        let (folder, name) = (program.parent().unwrap(), program.file_name().unwrap().to_str().unwrap());
        let ran = chor_in(folder, &[arguments, &[name]].concat());
        assert_eq!(ran.stdout, chor_in(folder, &[arguments, &[name]].concat()).stdout, "{name}: other bytes");
        ran.stdout
    };
    let printed: Vec<String> = corpus(verdict).iter().map(run).filter(|text| !text.is_empty()).collect();
    assert!(printed.len() > 80, "{} programs are too few", printed.len());
    printed
}

fn follow(schema: &str, printed: &[String]) {
    let schema: Value = serde_json::from_str(schema).unwrap();
    for text in printed {
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(wrong(&schema, &schema, &value, ""), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn sarif_follows_its_schema() {
    follow(SARIF, &printed("refused", &["check", "--format", "sarif"]));
}

#[test]
fn gitlab_reports_follow_their_schema() {
    let printed = printed("refused", &["check", "--format", "gitlab"]);
    follow(GITLAB, &printed);
    for text in printed {
        let issues: Vec<Value> = serde_json::from_str(&text).unwrap();
        let fingerprints: BTreeSet<&str> =
            issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
        assert_eq!(fingerprints.len(), issues.len(), "{text}");
    }
}

#[test]
fn stats_follow_their_schema() {
    follow(STATS, &printed("accepted", &["stats", "--json"]));
    follow(STATS, &[chor(&["stats", "--json"], &[("a.chor", "service A\nservice A\n")]).stdout]);
}

/// The schemas are no rubber stamps.
#[test]
fn schemas_refuse_what_is_not_written_so() {
    let text = "service A { emits E }\nevent E { id: uuid }\n";
    let cases = [
        (SARIF, vec!["check", "--format", "sarif"], "/runs/0/results/0/message"),
        (SARIF, vec!["check", "--format", "sarif"], "/runs/0/tool/driver/name"),
        (GITLAB, vec!["check", "--format", "gitlab"], "/0/location/lines/begin"),
        (STATS, vec!["stats", "--json"], "/stats/totals/edges"),
    ];
    for (schema, arguments, at) in cases {
        let schema: Value = serde_json::from_str(schema).unwrap();
        let mut value: Value = serde_json::from_str(&chor(&arguments, &[("a.chor", text)]).stdout).unwrap();
        assert_eq!(wrong(&schema, &schema, &value, ""), Vec::<String>::new());
        *value.pointer_mut(at).unwrap() = Value::Bool(true);
        assert!(!wrong(&schema, &schema, &value, "").is_empty(), "{at}");
    }
}

/// An element, as far as a schema of XML asks.
struct Element {
    name: String,
    attributes: BTreeSet<String>,
    children: Vec<Element>,
}

/// What `JUnit.xsd` of windyroad/JUnit-Schema (cfa434d, Apache-2.0) says: attributes that are required, and children in
/// their order, `*` any number, `?` at most one.
const JUNIT: [(&str, &[&str], &[&str]); 9] = [
    ("testsuites", &[], &["testsuite*"]),
    (
        "testsuite",
        &["errors", "failures", "hostname", "id", "name", "package", "tests", "time", "timestamp"],
        &["properties", "testcase*", "system-out", "system-err"],
    ),
    ("properties", &[], &[]),
    ("testcase", &["classname", "name", "time"], &["skipped?", "error?", "failure?"]),
    ("skipped", &[], &[]),
    ("error", &["type"], &[]),
    ("failure", &["type"], &[]),
    ("system-out", &[], &[]),
    ("system-err", &[], &[]),
];

#[test]
fn junit_is_as_its_schema_wants_it() {
    for text in printed("refused", &["check", "--format", "junit"]) {
        let root = element(&text);
        assert_eq!(root.name, "testsuites");
        assert_as_wanted(&root, &text);
    }
}

fn assert_as_wanted(element: &Element, text: &str) {
    let (name, required, children) = JUNIT.iter().find(|(name, ..)| *name == element.name).unwrap();
    for attribute in *required {
        assert!(element.attributes.contains(*attribute), "{name} has no {attribute}: {text}");
    }
    let mut left = element.children.iter().peekable();
    for child in *children {
        let (child, least, most) = match (child.strip_suffix('*'), child.strip_suffix('?')) {
            (Some(child), _) => (child, 0, usize::MAX),
            (_, Some(child)) => (child, 0, 1),
            _ => (*child, 1, 1),
        };
        let count = std::iter::from_fn(|| left.next_if(|it| it.name == child)).take(most).count();
        assert!(count >= least, "{name} has no {child}: {text}");
    }
    assert!(left.next().is_none(), "{name} has something else, or in another order: {text}");
    element.children.iter().for_each(|child| assert_as_wanted(child, text));
}

/// The root of what is known to be well formed.
fn element(text: &str) -> Element {
    let mut open: Vec<Element> = vec![Element::new("document")];
    for tag in text.split('<').skip(2) {
        let (tag, _) = tag.split_once('>').unwrap();
        let close = |open: &mut Vec<Element>| {
            let done = open.pop().unwrap();
            open.last_mut().unwrap().children.push(done);
        };
        if tag.starts_with('/') {
            close(&mut open);
            continue;
        }
        open.push(Element::new(tag.trim_end_matches('/')));
        if tag.ends_with('/') {
            close(&mut open);
        }
    }
    open.remove(0).children.remove(0)
}

impl Element {
    /// From `testcase name="…" time="0"`; values hold no quotes.
    fn new(tag: &str) -> Self {
        let (name, rest) = tag.split_once(' ').unwrap_or((tag, ""));
        let attributes = rest.split('"').step_by(2).filter_map(|part| part.trim().strip_suffix('='));
        Self {
            name: name.to_owned(),
            attributes: attributes.map(str::to_owned).collect(),
            children: Vec::new(),
        }
    }
}
