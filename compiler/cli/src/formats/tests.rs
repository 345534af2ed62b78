//! What readers of the formats rely on, for findings with everything that is hard to write.

use chor_compiler::diag::{Diagnostic, Severity, codes};
use chor_compiler::source::{Sources, Span};
use insta::assert_snapshot;
use serde_json::Value;

use super::{Found, writer};
use crate::args::Format;

const CI: [Format; 5] = [Format::Sarif, Format::Github, Format::Gitlab, Format::Junit, Format::Checkstyle];

/// Two files, of which one is clean, and findings on them.
fn sources() -> Sources {
    let mut sources = Sources::new();
    sources.add("a b/größe,<1>.chor", "event A {}\nevent B {}\n").unwrap();
    sources.add("clean.chor", "event C {}\n").unwrap();
    sources
}

fn hard() -> Vec<Diagnostic> {
    let place = Span { start: 6, end: 7 };
    vec![
        Diagnostic::new(&codes::UNUSED_EVENT, place, "`A` & <B> say \"100%\"\nin 'two' lines\u{1b}")
            .label("here: this, that")
            .related(Span { start: 17, end: 18 }, "and here")
            .help("remove it, or: don't")
            .edit(Span { start: 0, end: 11 }, "")
            .edit(Span { start: 11, end: 11 }, "// new\n"),
        Diagnostic::new(&codes::UNKNOWN_NAME, Span { start: 6, end: 18 }, "there is no type `C`"),
        Diagnostic::new(&codes::UNKNOWN_NAME, Span { start: 17, end: 18 }, "there is no type `C`"),
    ]
}

fn written(format: Format, findings: &[Diagnostic]) -> String {
    writer(format).unwrap()(Found { findings, sources: &sources() }).unwrap()
}

fn json(format: Format) -> Value {
    serde_json::from_str(&written(format, &hard())).unwrap()
}

#[test]
fn no_findings_are_a_whole_document() {
    for format in CI {
        let text = written(format, &[]);
        assert!(format == Format::Github || text.ends_with('\n'), "{format:?}: {text:?}");
        assert!(!text.contains("error line") && !text.contains("<failure"), "{format:?}: {text:?}");
    }
    assert_eq!(written(Format::Gitlab, &[]), "[]\n");
    assert_eq!(written(Format::Github, &[]), "");
}

#[test]
fn github_gets_one_line_an_annotation() {
    assert_snapshot!(written(Format::Github, &hard()), @r#"
    ::error file=a b/größe%2C<1>.chor,line=1,endLine=2,title=C0201 unknown-name::there is no type `C`
    ::error file=a b/größe%2C<1>.chor,line=2,endLine=2,col=7,endColumn=7,title=C0201 unknown-name::there is no type `C`
    ::warning file=a b/größe%2C<1>.chor,line=1,endLine=1,col=7,endColumn=7,title=C0310 unused-event::`A` & <B> say "100%25"%0Ain 'two' lines%0Ahelp: remove it, or: don't
    "#);
}

#[test]
fn github_gets_the_worst_first_and_hears_what_is_left_out() {
    let one = |code, at| Diagnostic::new(code, Span { start: at, end: at + 1 }, format!("number {at}"));
    let mut findings: Vec<_> = (0..11).map(|at| one(&codes::UNUSED_EVENT, at)).collect();
    findings.extend((11..23).map(|at| one(&codes::UNKNOWN_NAME, at)));
    let text = written(Format::Github, &findings);
    let lines: Vec<_> = text.lines().collect();
    assert!(lines[..10].iter().all(|line| line.starts_with("::error ")), "{text}");
    assert!(lines[10..20].iter().all(|line| line.starts_with("::warning ")), "{text}");
    assert_eq!(
        lines[20..],
        ["::notice title=chor::2 more errors and 1 more warning not shown here: without --format, all are"]
    );
}

#[test]
fn checkstyle_escapes_what_xml_reads_as_its_own() {
    assert_snapshot!(written(Format::Checkstyle, &hard()), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <checkstyle version="10.0">
      <file name="a b/größe,&lt;1&gt;.chor">
        <error line="1" column="7" severity="warning" message="`A` &amp; &lt;B&gt; say &quot;100%&quot; in &apos;two&apos; lines�; remove it, or: don&apos;t" source="chor.unused-event"/>
        <error line="1" column="7" severity="error" message="there is no type `C`" source="chor.unknown-name"/>
        <error line="2" column="7" severity="error" message="there is no type `C`" source="chor.unknown-name"/>
      </file>
    </checkstyle>
    "#);
}

#[test]
fn junit_has_a_suite_a_file_and_a_case_a_finding() {
    assert_snapshot!(written(Format::Junit, &hard()), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites>
      <testsuite id="0" name="a b/größe,&lt;1&gt;.chor" package="chor" tests="3" failures="2" errors="0" skipped="1" timestamp="1970-01-01T00:00:00" hostname="localhost" time="0">
        <properties/>
        <testcase name="C0310 unused-event (1:7)" classname="a b/größe,&lt;1&gt;.chor" time="0">
          <skipped message="`A` &amp; &lt;B&gt; say &quot;100%&quot;&#10;in &apos;two&apos; lines�">warning[C0310 unused-event]: `A` &amp; &lt;B&gt; say &quot;100%&quot;
    in &apos;two&apos; lines?
     --&gt; a b/größe,&lt;1&gt;.chor:1:7
      |
    1 | event A {}
      |       ^ here: this, that
    2 | event B {}
      |       - and here
      |
      = help: remove it, or: don&apos;t
            - event A {}
            + // new
    </skipped>
        </testcase>
        <testcase name="C0201 unknown-name (1:7)" classname="a b/größe,&lt;1&gt;.chor" time="0">
          <failure message="there is no type `C`" type="error">error[C0201 unknown-name]: there is no type `C`
     --&gt; a b/größe,&lt;1&gt;.chor:1:7
      |
    1 | event A {}
      |       ^^^^
      |
    </failure>
        </testcase>
        <testcase name="C0201 unknown-name (2:7)" classname="a b/größe,&lt;1&gt;.chor" time="0">
          <failure message="there is no type `C`" type="error">error[C0201 unknown-name]: there is no type `C`
     --&gt; a b/größe,&lt;1&gt;.chor:2:7
      |
    2 | event B {}
      |       ^
      |
    </failure>
        </testcase>
        <system-out/>
        <system-err/>
      </testsuite>
      <testsuite id="1" name="clean.chor" package="chor" tests="1" failures="0" errors="0" skipped="0" timestamp="1970-01-01T00:00:00" hostname="localhost" time="0">
        <properties/>
        <testcase name="no findings" classname="clean.chor" time="0"/>
        <system-out/>
        <system-err/>
      </testsuite>
    </testsuites>
    "#);
}

#[test]
fn gitlab_gets_issues_with_fingerprints_of_their_own() {
    let issues = json(Format::Gitlab);
    let fingerprint = |at: usize| issues[at]["fingerprint"].as_str().unwrap();
    assert_eq!(fingerprint(2), format!("{}-1", fingerprint(1)), "the same but for the place");
    assert_snapshot!(serde_json::to_string_pretty(&issues[0]).unwrap(), @r#"
    {
      "check_name": "unused-event",
      "description": "`A` & <B> say \"100%\" in 'two' lines\u001b; remove it, or: don't",
      "fingerprint": "d94d146b781018fc",
      "location": {
        "lines": {
          "begin": 1
        },
        "path": "a b/größe,<1>.chor"
      },
      "severity": "minor"
    }
    "#);
}

#[test]
fn fingerprints_hold_while_lines_move() {
    let fingerprints = |text: &str, at: u32| {
        let mut sources = Sources::new();
        sources.add("a.chor", text).unwrap();
        let finding =
            Diagnostic::new(&codes::UNUSED_EVENT, Span { start: at, end: at + 1 }, "`A` is never used");
        crate::fingerprint::fingerprints(&[finding], &sources)
    };
    assert_eq!(fingerprints("event A {}", 6), fingerprints("\n\nservice B\nevent A {}", 19));
}

/// What SARIF 2.1.0 requires of each object that is written; sections of the standard in parentheses.
#[test]
fn sarif_has_what_the_standard_requires() {
    let log = json(Format::Sarif);
    assert_eq!(log["version"], "2.1.0", "(3.13.2)");
    let run = &log["runs"][0];
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "chor", "(3.19.8)");
    assert_eq!(run["columnKind"], "unicodeCodePoints", "(3.14.27)");
    let rules = driver["rules"].as_array().unwrap();
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"], "(3.27.6)");
        assert!(["error", "warning"].contains(&result["level"].as_str().unwrap()), "(3.27.10)");
        assert!(!result["message"]["text"].as_str().unwrap().is_empty(), "(3.27.11)");
        assert!(result["partialFingerprints"]["chor/v1"].is_string(), "(3.27.17)");
        let mut places = result["locations"].as_array().unwrap().clone();
        places.extend(result["relatedLocations"].as_array().cloned().unwrap_or_default());
        for place in places {
            let physical = &place["physicalLocation"];
            assert_eq!(
                physical["artifactLocation"]["uri"], "a%20b/gr%C3%B6%C3%9Fe%2C%3C1%3E.chor",
                "(3.4.3)"
            );
            region(&physical["region"]);
        }
    }
    let fix = &run["results"][0]["fixes"][0];
    let replacements = fix["artifactChanges"][0]["replacements"].as_array().unwrap();
    assert_eq!(replacements.len(), 2, "(3.55.3)");
    for replacement in replacements {
        region(&replacement["deletedRegion"]);
    }
    assert_eq!(replacements[1]["insertedContent"]["text"], "// new\n", "(3.57.4)");
}

/// Lines and columns from 1, and the end not before the start (3.30).
fn region(region: &Value) {
    let number = |key: &str| region[key].as_u64().unwrap_or_else(|| panic!("{key} of {region}"));
    let start = (number("startLine"), number("startColumn"));
    assert!(start.0 >= 1 && start.1 >= 1, "{region}");
    assert!(start <= (number("endLine"), number("endColumn")), "{region}");
}

#[test]
fn sarif_and_gitlab_agree_with_what_is_an_error() {
    let levels: Vec<_> = hard().iter().map(|finding| finding.severity).collect();
    assert_eq!(levels, [Severity::Warning, Severity::Error, Severity::Error]);
    let sarif = json(Format::Sarif);
    let issues = json(Format::Gitlab);
    for (at, severity) in levels.iter().enumerate() {
        let expected = if *severity == Severity::Error { ("error", "major") } else { ("warning", "minor") };
        assert_eq!(sarif["runs"][0]["results"][at]["level"], expected.0);
        assert_eq!(issues[at]["severity"], expected.1);
    }
}

/// Reads XML as strictly as is needed to see that what was written is well formed.
#[test]
fn xml_is_well_formed() {
    for format in [Format::Checkstyle, Format::Junit] {
        let text = written(format, &hard());
        let mut open: Vec<&str> = Vec::new();
        let (declaration, body) = text.split_once("?>").unwrap();
        assert_eq!(declaration, "<?xml version=\"1.0\" encoding=\"UTF-8\"");
        for tag in body.split('<').skip(1) {
            let (tag, content) = tag.split_once('>').unwrap();
            assert!(!content.contains(['>', '"', '\'']), "{format:?}: {content}");
            references(tag);
            references(content);
            if let Some(name) = tag.strip_prefix('/') {
                assert_eq!(open.pop(), Some(name), "{format:?}");
            } else if !tag.ends_with('/') {
                open.push(tag.split(' ').next().unwrap());
            }
            assert_eq!(tag.matches('"').count() % 2, 0, "{format:?}: {tag}");
        }
        assert!(open.is_empty(), "{format:?}: {open:?} is never closed");
    }
}

/// Every `&` begins a reference.
fn references(text: &str) {
    for rest in text.split('&').skip(1) {
        let (name, _) = rest.split_once(';').unwrap();
        assert!(["amp", "lt", "gt", "quot", "apos", "#9", "#10", "#13"].contains(&name), "&{name};");
    }
}
