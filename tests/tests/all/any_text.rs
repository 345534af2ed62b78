//! Whatever the text: no panic, every place within it, and every refusal in words.

use chor_compiler::diag::{Diagnostic, codes};
use chor_compiler::source::{Sources, Span};
use chor_compiler::syntax::parse::{DEEPEST_NESTING, LARGEST_FILE};
use chor_compiler::{Compilation, compile};
use proptest::prelude::*;

use crate::compile_with_lints;
use crate::pieces::PIECES;

/// Programs to damage.
const PROGRAMS: [&str; 3] = [
    include_str!("../../../examples/checkout/checkout.chor"),
    include_str!("../../corpus/accepted/types.chor"),
    include_str!("../../corpus/accepted/gradual.chor"),
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_characters(text in ".{0,200}") {
        holds(&text);
    }

    #[test]
    fn any_row_of_words_and_marks(words in prop::collection::vec(word(), 0..60)) {
        holds(&words.join(" "));
    }

    #[test]
    fn a_program_with_one_change((text, change) in (0..PROGRAMS.len(), change())) {
        holds(&changed(PROGRAMS[text], change));
    }

    #[test]
    fn a_program_with_many_changes((text, changes) in (0..PROGRAMS.len(), prop::collection::vec(change(), 2..12))) {
        holds(&changes.into_iter().fold(PROGRAMS[text].to_owned(), |text, change| changed(&text, change)));
    }
}

#[test]
fn a_hundred_thousand_brackets() {
    for bracket in ["[", "{", "(", "choice at A {", "[{("] {
        let findings = compiled(&format!("event E {{ a: {}", bracket.repeat(100_000))).diagnostics;
        assert_eq!(numbers(&findings), ["C0009"], "{bracket}");
    }
    let open = DEEPEST_NESTING - 1;
    let fits =
        format!("event E {{ a: {}u32{} }}\nservice S {{ emits E }}", "[".repeat(open), "]".repeat(open));
    assert_eq!(numbers(&compiled(&fits).diagnostics), ["C0308"]);
}

#[test]
fn fifty_megabytes() {
    assert_eq!(numbers(&compiled(&" ".repeat(50 * 1024 * 1024)).diagnostics), ["C0008"]);
    assert_eq!(numbers(&compiled(&" ".repeat(LARGEST_FILE)).diagnostics), [""; 0]);
}

#[test]
fn many_mistakes_are_told_up_to_a_number() {
    for mistake in ["x\n", "/// d\n", "\"\n", "}\n", "event\n", "event E { a b }\n", "@a(\n", "event E {\n"] {
        let findings = compiled(&mistake.repeat(20_000)).diagnostics;
        assert!((1..=50).contains(&findings.len()), "{mistake:?}: {}", findings.len());
    }
}

/// Declarations that hold each other in a long chain: nothing may recurse along it.
#[test]
fn long_chains() {
    let chain = |link: fn(usize) -> String| (0..20_000).map(link).collect::<Vec<_>>().concat();
    let records = chain(|at| {
        format!(
            "record R{at} {{ next: R{} }}
",
            at + 1
        )
    });
    let aliases = chain(|at| {
        format!(
            "type A{at} = A{}
",
            at + 1
        )
    });
    let ends = "record R20000 {}\ntype A20000 = uuid\nevent E { id: A0, first: R0 }\n";
    let flow = "service S\nservice T\nchoreography C by id { S -> T: E }\n";
    let mut sources = Sources::new();
    sources.add("any.chor", format!("{records}{aliases}{ends}{flow}")).unwrap();
    let findings = compile_with_lints(&sources, [&codes::TOO_LARGE]).diagnostics;
    // Each record takes its `{"next":…}`: 157 KiB in all.
    assert_eq!(numbers(&findings), ["C0709"]);
}

/// Choreographies that run each other in a long chain, or more and more of each other: with steps at the end, and without.
#[test]
fn long_runs() {
    let chain = |links: usize, end: &str, link: fn(usize) -> String| {
        let one = |at: usize| format!("choreography C{at}(A, B) by id {{ {} }}\n", link(at + 1));
        let links = (0..links).map(one).collect::<Vec<_>>().concat();
        let last = format!("choreography C by id {{ run C0(S, T) }}\nchoreography {end}\n");
        compiled(&format!("service S\nservice T\nevent E {{ id: uuid }}\n{links}{last}")).diagnostics
    };
    let once = |next: usize| format!("run C{next}(A, B)");
    let twice = |next: usize| format!("run C{next}(A, B) run C{next}(A, B)");
    let (step, nothing) = ("(A, B) by id { A -> B: E }", "(A, B) by id { choice at A { } or { } }");
    for end in [step, nothing] {
        let told: Vec<_> = chain(40, &format!("C40{end}"), twice);
        assert!(numbers(&told).contains(&"C0113"), "{end}: {told:?}");
    }
    let deep = chain(20_000, &format!("C20000{step}"), once);
    assert!(numbers(&deep).contains(&"C0113"));
    assert_eq!(numbers(&chain(100, &format!("C100{step}"), once)), [""; 0]);
}

/// What takes the square of their number is not begun.
#[test]
fn more_steps_and_deadlines_than_anybody_reads() {
    let flow = |count: usize, statement: &str| {
        let body = format!("{statement}\n").repeat(count);
        let text = format!(
            "service S\nservice T\nevent E {{ id: uuid }}\nevent F {{ id: uuid }}\nchoreography C by id {{\n{body}}}\n"
        );
        compiled(&text).diagnostics.iter().map(|finding| finding.message.clone()).collect::<Vec<_>>()
    };
    assert_eq!(flow(6_000, "S -> T: E"), ["`C` has more than 5000 steps"]);
    let deadline = "within 5m at S { T -> S: E } else { S -> T: F }";
    assert_eq!(flow(300, deadline), ["`C` has more than 250 deadlines"]);
}

fn word() -> impl Strategy<Value = String> {
    let words = [
        "service",
        "external",
        "event",
        "record",
        "enum",
        "open",
        "type",
        "choreography",
        "by",
        "choice",
        "at",
        "or",
        "emits",
        "reads",
        "owner",
        "use",
        "namespace",
        "A",
        "b",
        "uuid",
        "v2",
        "12",
        "\"x\"",
        "\n",
    ];
    prop::sample::select(words.iter().chain(PIECES).map(|word| (*word).to_owned()).collect::<Vec<_>>())
}

/// Where to change a text, and how: positions as parts of a thousand.
#[derive(Clone, Copy, Debug)]
enum Change {
    Remove(usize, usize),
    Insert(usize, usize),
    Repeat(usize, usize, usize),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (0..1000usize, 1..12usize).prop_map(|(at, length)| Change::Remove(at, length)),
        (0..1000usize, 0..PIECES.len()).prop_map(|(at, piece)| Change::Insert(at, piece)),
        (0..1000usize, 0..1000usize, 1..20usize)
            .prop_map(|(from, to, length)| Change::Repeat(from, to, length)),
    ]
}

fn changed(text: &str, change: Change) -> String {
    let offset = |part: usize| boundary(text, text.len() * part / 1000);
    let end = |start: usize, length: usize| boundary(text, (start + length).min(text.len()));
    let (start, removed, inserted) = match change {
        Change::Remove(at, length) => (offset(at), end(offset(at), length), ""),
        Change::Insert(at, piece) => (offset(at), offset(at), PIECES[piece]),
        Change::Repeat(from, to, length) => {
            (offset(to), offset(to), &text[offset(from)..end(offset(from), length)])
        }
    };
    format!("{}{inserted}{}", &text[..start], &text[removed.max(start)..])
}

fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Compiles the text and looks at every finding.
fn holds(text: &str) {
    let mut sources = Sources::new();
    let file = sources.add("any.chor", text).unwrap();
    for finding in compile(&sources).diagnostics {
        let places =
            finding.related.iter().map(|label| label.span).chain(finding.edits.iter().map(|edit| edit.span));
        for place in places.chain([finding.primary.span]) {
            assert!(within(text, place, file), "{finding:?} points out of\n{text}");
        }
        // The words for a mistake that no reader has recognised.
        assert_ne!(
            finding.message, "this does not follow the grammar",
            "at {:?} of\n{text}",
            finding.primary.span
        );
    }
}

fn within(text: &str, place: Span, file: Span) -> bool {
    let (start, end) = ((place.start - file.start) as usize, (place.end - file.start) as usize);
    start <= end && end <= text.len() && text.is_char_boundary(start) && text.is_char_boundary(end)
}

fn compiled(text: &str) -> Compilation {
    let mut sources = Sources::new();
    sources.add("any.chor", text).unwrap();
    compile(&sources)
}

fn numbers(findings: &[Diagnostic]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.code.number).collect()
}
