//! How findings read, as text and as JSON.

use insta::assert_snapshot;

use super::json::Finding;
use super::{Code, Diagnostic, Report, codes, plain};
use crate::source::{Sources, Span};

static UNKNOWN: Code = Code {
    number: "C0107",
    name: "choice-unknown-to-participant",
    lint: None,
    title: "A participant must act without knowing which branch was taken",
    page: "",
};

const TYPES: &str = "event PaymentApproved { order: uuid }\n";

const FLOW: &str = "\
choreography Checkout by order {
  choice at Payment {
    Payment -> Orders: PaymentApproved
    Shipping -> Orders: OrderShipped
  } or {
\tPayment -> Orders: PaymentDeclined
  }
}
";

/// The place of `text` in `file`.
fn place(sources: &Sources, file: &str, text: &str) -> Span {
    let file = sources.files().iter().find(|found| found.name() == file).unwrap();
    let at = u32::try_from(file.text().find(text).unwrap()).unwrap();
    let length = u32::try_from(text.len()).unwrap();
    Span { start: file.base() + at, end: file.base() + at + length }
}

fn shop() -> Sources {
    let mut sources = Sources::new();
    sources.add("events.chor", TYPES).unwrap();
    sources.add("flow.chor", FLOW).unwrap();
    sources
}

fn guess(sources: &Sources) -> Diagnostic {
    let at = |text| place(sources, "flow.chor", text);
    Diagnostic::new(&UNKNOWN, at("OrderShipped"), "Shipping cannot know whether to emit `OrderShipped`")
        .label("Shipping must guess here")
        .related(at("PaymentApproved"), "in one run")
        .related(at("PaymentDeclined"), "in the other")
        .related(place(sources, "events.chor", "PaymentApproved"), "declared here")
        .note("Shipping hears nothing that tells these two runs apart")
        .help("add Shipping to the subscribers of `PaymentDeclined`")
        .edit(at("Orders: PaymentDeclined"), "Orders, Shipping: PaymentDeclined")
}

#[test]
fn a_finding_shows_its_places_and_what_to_do() {
    let sources = shop();
    assert_snapshot!(plain(&guess(&sources), &sources), @r"
    error[C0107 choice-unknown-to-participant]: Shipping cannot know whether to emit `OrderShipped`
     --> flow.chor:4:25
      |
    3 |     Payment -> Orders: PaymentApproved
      |                        --------------- in one run
    4 |     Shipping -> Orders: OrderShipped
      |                         ^^^^^^^^^^^^ Shipping must guess here
    ...
    6 | 	Payment -> Orders: PaymentDeclined
      | 	                   --------------- in the other
      |
     ::: events.chor:1:7
      |
    1 | event PaymentApproved { order: uuid }
      |       --------------- declared here
      |
      = note: Shipping hears nothing that tells these two runs apart
      = help: add Shipping to the subscribers of `PaymentDeclined`
            - Payment -> Orders: PaymentDeclined
            + Payment -> Orders, Shipping: PaymentDeclined
    ");
}

#[test]
fn a_finding_at_the_end_of_a_file_has_a_mark() {
    let mut sources = Sources::new();
    let file = sources.add("a.chor", "event E {\n\n").unwrap();
    let finding = Diagnostic::new(&UNKNOWN, file.at_end(), "the file ends in the middle of event `E`")
        .label("`}` is missing")
        .help("close it:")
        .edit(file.at_end(), "}\n");
    assert_snapshot!(plain(&finding, &sources), @r"
    error[C0107 choice-unknown-to-participant]: the file ends in the middle of event `E`
     --> a.chor:3:1
      |
    1 | event E {
      |          ^ `}` is missing
      |
      = help: close it:
            + }
    ");
}

#[test]
fn a_finding_in_an_empty_file_names_the_file() {
    let mut sources = Sources::new();
    let file = sources.add("a.chor", "").unwrap();
    let finding = Diagnostic::new(&UNKNOWN, file, "`a.chor` is empty");
    assert_snapshot!(plain(&finding, &sources), @r"
    error[C0107 choice-unknown-to-participant]: `a.chor` is empty
     --> a.chor:1:1
      |
    1 |
      | ^
      |
    ");
}

#[test]
fn a_long_place_is_shown_by_its_first_line() {
    let sources = shop();
    let finding = Diagnostic::new(&UNKNOWN, place(&sources, "flow.chor", FLOW.trim()), "nobody takes part");
    assert_snapshot!(plain(&finding, &sources), @r"
    error[C0107 choice-unknown-to-participant]: nobody takes part
     --> flow.chor:1:1
      |
    1 | choreography Checkout by order {
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
    ");
}

#[test]
fn a_long_line_is_shown_around_the_place() {
    let mut sources = Sources::new();
    let file = sources.add("a.chor", "ö, ".repeat(100_000)).unwrap();
    let middle = Span { start: file.start + 200_000, end: file.start + 200_002 };
    let finding = Diagnostic::new(&UNKNOWN, middle, "no name").label("here").related(file, "in this file");
    assert_snapshot!(plain(&finding, &sources), @r"
    error[C0107 choice-unknown-to-participant]: no name
     --> a.chor:1:150001
      |
    1 | ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö
      |                                              ^ here
    1 | ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö, ö,
      | ----------------------------------------------------------------------------------------------------------------------------------------------------- in this file
      |
    ");
    let report = Report::new(&finding, &sources);
    for label in miette::Diagnostic::labels(&report).unwrap() {
        let contents =
            miette::Diagnostic::source_code(&report).unwrap().read_span(label.inner(), 1, 1).unwrap();
        assert!(contents.data().len() < 1000 && std::str::from_utf8(contents.data()).is_ok());
    }
}

#[test]
fn texts_cannot_steer_the_terminal() {
    let mut sources = Sources::new();
    let file = sources.add("\u{1b}[2Ja.chor", "event \u{1b}[31mE").unwrap();
    let finding = Diagnostic::new(&UNKNOWN, file, "no event `\u{1b}[31mE`").label("\u{9b}0m").note("\u{7}");
    let shown = plain(&finding, &sources);
    assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "{shown:?}");
}

#[test]
fn json_gives_every_place_in_lines_and_bytes_of_its_file() {
    let sources = shop();
    let json = serde_json::to_string_pretty(&Finding::new(&guess(&sources), &sources)).unwrap();
    assert_snapshot!(json, @r#"
    {
      "code": "C0107",
      "name": "choice-unknown-to-participant",
      "severity": "error",
      "message": "Shipping cannot know whether to emit `OrderShipped`",
      "file": "flow.chor",
      "line": 4,
      "column": 25,
      "end_line": 4,
      "end_column": 37,
      "start": 118,
      "end": 130,
      "label": "Shipping must guess here",
      "related": [
        {
          "file": "flow.chor",
          "line": 3,
          "column": 24,
          "end_line": 3,
          "end_column": 39,
          "start": 78,
          "end": 93,
          "label": "in one run"
        },
        {
          "file": "flow.chor",
          "line": 6,
          "column": 21,
          "end_line": 6,
          "end_column": 36,
          "start": 160,
          "end": 175,
          "label": "in the other"
        },
        {
          "file": "events.chor",
          "line": 1,
          "column": 7,
          "end_line": 1,
          "end_column": 22,
          "start": 6,
          "end": 21,
          "label": "declared here"
        }
      ],
      "notes": [
        "Shipping hears nothing that tells these two runs apart"
      ],
      "help": "add Shipping to the subscribers of `PaymentDeclined`",
      "edits": [
        {
          "file": "flow.chor",
          "line": 6,
          "column": 13,
          "end_line": 6,
          "end_column": 36,
          "start": 152,
          "end": 175,
          "replacement": "Orders, Shipping: PaymentDeclined"
        }
      ]
    }
    "#);
}

#[test]
fn every_code_has_a_number_and_a_name_of_its_own_and_a_page() {
    for pair in codes::ALL.windows(2) {
        assert!(pair[0].number < pair[1].number, "{} stands before {}", pair[0], pair[1]);
    }
    for code in codes::ALL {
        let Code { number, name, page, title, .. } = code;
        assert!(number.len() == 5 && number.starts_with('C'), "{code}");
        assert!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{code}");
        assert_eq!(codes::ALL.iter().filter(|other| other.name == *name).count(), 1, "{code}");
        assert!(!title.ends_with('.'), "{code}: {title}");
        assert_eq!(page.lines().next(), Some(format!("# {name}").as_str()), "{code}");
    }
}
