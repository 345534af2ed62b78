use super::super::change::Verdict::{self, Breaks, Fine, May};
use super::super::change::{Mode, Order};
use super::{changes, contracts};

const SERVICES: &str = "\
service Writer { emits Told }
service Reader { reads Told }
service Bystander { reads Told { id } }
";

/// An event with these fields beside its `id`, and the types that they need.
fn told(fields: &str, types: &str) -> String {
    format!("{SERVICES}{types}\nevent Told {{ id: uuid, {fields} }}\n")
}

/// The verdicts for the change of one event: new readers of old events, old readers of new events.
fn verdicts(old: &str, new: &str) -> [Verdict; 2] {
    let worst = |mode| {
        let changes = changes(old, new, mode);
        for change in &changes {
            assert!(!change.readers.contains(&"Bystander".to_owned()), "{change:#?}");
            let shows = change.witness.is_some() || change.backward.max(change.forward) < Breaks;
            assert!(shows, "nothing shows {change:#?}");
        }
        changes.iter().map(|change| change.backward.max(change.forward)).max().unwrap_or(Fine)
    };
    [worst(Mode::Backward), worst(Mode::Forward)]
}

/// Rows: what changes, the field before and after (with the types that it needs behind `|`), and the verdicts.
type Row = (&'static str, &'static str, &'static str, Verdict, Verdict);

const FIELDS: &[Row] = &[
    ("optional field added", "", "a: string?", Fine, Fine),
    ("optional field removed", "a: string?", "", Fine, Fine),
    ("required field added, no default", "", "a: string", Breaks, Fine),
    ("required field added, with default", "", "a: string = \"x\"", Fine, Fine),
    ("required field removed", "a: string", "", Fine, Breaks),
    ("optional to required", "a: string?", "a: string", Breaks, Fine),
    ("optional to required, with default", "a: string?", "a: string = \"x\"", May, Fine),
    ("required to optional", "a: string", "a: string?", Fine, Breaks),
    ("renamed without @was, required", "a: string", "b: string", Breaks, Breaks),
    ("renamed with @was, required", "a: string", "@was(\"a\") b: string", Fine, Breaks),
    ("renamed, optional", "a: string?", "b: string?", May, May),
    ("renamed with @was, optional", "a: string?", "@was(\"a\") b: string?", Fine, May),
    ("old and new name together", "a: string, b: string", "@was(\"a\") b: string", Breaks, Breaks),
    ("default changed", "a: u32 = 1", "a: u32 = 2", May, May),
    ("default removed", "a: u32 = 1", "a: u32", Breaks, Fine),
    ("order of fields", "a: u32, b: string", "b: string, a: u32", Fine, Fine),
    ("docs", "a: u32", "/// What it is.\na: u32", Fine, Fine),
    ("deprecation", "a: u32", "@deprecated a: u32", Fine, Fine),
];

const TYPES: &[Row] = &[
    ("integer widened", "a: u32", "a: u64", Fine, Breaks),
    ("integer narrowed", "a: i64", "a: i32", Breaks, Fine),
    ("sign changed", "a: i32", "a: u32", Breaks, Breaks),
    ("integer of 32 bits to float", "a: u32", "a: f64", Fine, Breaks),
    ("integer of 64 bits to float", "a: u64", "a: f64", Breaks, Breaks),
    ("integer of 64 bits within 2^53 to float", "a: u64(max: 9007199254740992)", "a: f64", Fine, Breaks),
    ("float to integer", "a: f64", "a: u32", Breaks, Fine),
    ("number to string", "a: u32", "a: string", Breaks, Breaks),
    ("number to bool", "a: u32", "a: bool", Breaks, Breaks),
    ("string to bool", "a: string", "a: bool", Breaks, Breaks),
    ("scalar to list", "a: string", "a: [string]", Breaks, Breaks),
    ("list to map", "a: [string]", "a: {string: string}", Breaks, Breaks),
    ("scalar to record", "a: string", "a: Part | record Part { b: string }", Breaks, Breaks),
    ("list to record", "a: [string]", "a: Part | record Part { b: string }", Breaks, Breaks),
    ("record to map", "a: Part | record Part { b: u32 }", "a: {string: string}", Breaks, Breaks),
    ("string to uuid", "a: string", "a: uuid", Breaks, Fine),
    ("string to timestamp", "a: string", "a: timestamp", Breaks, Fine),
    ("string to decimal", "a: string", "a: decimal", Breaks, Fine),
    ("string to enum", "a: string", "a: Kind | enum Kind { one }", Breaks, Fine),
    ("string to open enum", "a: string", "a: Kind | open enum Kind { one }", Fine, Fine),
    ("element of a list", "a: [u32]", "a: [string]", Breaks, Breaks),
    ("map key", "a: {string: u32}", "a: {date: u32}", Breaks, Fine),
    ("map value", "a: {string: u32}", "a: {string: bool}", Breaks, Breaks),
    (
        "type renamed, same structure",
        "a: Old | record Old { b: u32 }",
        "a: New | record New { b: u32 }",
        Fine,
        Fine,
    ),
    ("type named, same structure", "a: u32(min: 1)", "a: Count | type Count = u32(min: 1)", Fine, Fine),
    (
        "field of a record",
        "a: [Part] | record Part { b: u32 }",
        "a: [Part] | record Part { b: u32, c: u32 }",
        Breaks,
        Fine,
    ),
    (
        "field of a record within itself",
        "a: Part | record Part { b: u32, parts: [Part] }",
        "a: Part | record Part { b: u64, parts: [Part] }",
        Fine,
        Breaks,
    ),
];

const LISTED: &[Row] = &[
    (
        "enum value added, closed",
        "a: Kind | enum Kind { one }",
        "a: Kind | enum Kind { one, two }",
        Fine,
        Breaks,
    ),
    (
        "enum value added, open",
        "a: Kind | open enum Kind { one }",
        "a: Kind | open enum Kind { one, two }",
        Fine,
        Fine,
    ),
    ("enum value removed", "a: Kind | enum Kind { one, two }", "a: Kind | enum Kind { one }", Breaks, Fine),
    ("enum value renamed", "a: Kind | enum Kind { one }", "a: Kind | enum Kind { two }", Breaks, Breaks),
    (
        "enum value renamed with @was",
        "a: Kind | enum Kind { one }",
        "a: Kind | enum Kind { @was(\"one\") two }",
        Fine,
        Breaks,
    ),
    ("enum open to closed", "a: Kind | open enum Kind { one }", "a: Kind | enum Kind { one }", Breaks, Fine),
    ("enum closed to open", "a: Kind | enum Kind { one }", "a: Kind | open enum Kind { one }", Fine, May),
    (
        "union variant added",
        "a: Way | union Way { foot }",
        "a: Way | union Way { foot, boat: u32 }",
        Fine,
        Breaks,
    ),
    (
        "union variant removed",
        "a: Way | union Way { foot, boat: u32 }",
        "a: Way | union Way { foot }",
        Breaks,
        Fine,
    ),
    (
        "union variant added, open",
        "a: Way | open union Way { foot }",
        "a: Way | open union Way { foot, boat }",
        Fine,
        Fine,
    ),
    ("union tag changed", "a: Way | union Way { foot }", "a: Way | union Way { walk }", Breaks, Breaks),
    (
        "union variant's type",
        "a: Way | union Way { boat: u32 }",
        "a: Way | union Way { boat: bool }",
        Breaks,
        Breaks,
    ),
    (
        "union variant gets a type",
        "a: Way | union Way { boat }",
        "a: Way | union Way { boat: u32 }",
        Breaks,
        Breaks,
    ),
];

const BOUNDS: &[Row] = &[
    ("number's bound tightened", "a: u32", "a: u32(max: 9)", Breaks, Fine),
    ("number's bound loosened", "a: u32(min: 3)", "a: u32", Fine, Breaks),
    ("float's bound tightened", "a: f64", "a: f64(min: 0.5)", Breaks, Fine),
    ("decimal's bound tightened", "a: decimal(max: 100)", "a: decimal(max: 99.5)", Breaks, Fine),
    ("text's bound tightened", "a: string", "a: string(max: 9)", Breaks, Fine),
    ("text's bound loosened", "a: string(min: 3)", "a: string(min: 2)", Fine, Breaks),
    ("bytes' bound tightened", "a: bytes", "a: bytes(min: 2)", Breaks, Fine),
    ("list's bound tightened", "a: [u32]", "a: [u32](max: 2)", Breaks, Fine),
    ("map's bound loosened", "a: {string: u32}(max: 2)", "a: {string: u32}", Fine, Breaks),
    ("pattern added", "a: string", "a: string(pattern: \"[A-Z]+\")", Breaks, Fine),
    (
        "pattern replaced",
        "a: string(pattern: \"[A-Z]{3}\")",
        "a: string(pattern: \"[0-9]{3}\")",
        Breaks,
        Breaks,
    ),
    (
        "pattern replaced by a wider one",
        "a: string(pattern: \"[A-Z]{3}\")",
        "a: string(pattern: \"[A-Z]{3,4}\")",
        May,
        Breaks,
    ),
    ("a bound beyond what is tried", "a: string", "a: string(max: 100000)", May, Fine),
];

#[test]
fn every_row_of_the_table_holds_in_both_directions() {
    let mut wrong = Vec::new();
    for (what, old, new, backward, forward) in [FIELDS, TYPES, LISTED, BOUNDS].concat() {
        let text = |row: &str| {
            let (fields, types) = row.split_once(" | ").unwrap_or((row, ""));
            told(fields, types)
        };
        let found = verdicts(&text(old), &text(new));
        if found != [backward, forward] {
            wrong.push(format!("{what}: {found:?}, and not {:?}", [backward, forward]));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// `code backward forward order`, one line a change.
fn lines(old: &str, new: &str) -> Vec<String> {
    let line = |change: &super::Change| {
        format!("{} {:?} {:?} {:?}", change.code.name, change.backward, change.forward, change.order)
    };
    changes(old, new, Mode::Full).iter().map(line).collect()
}

/// Types that hold themselves, and what cannot be made because it is too long, are compared all the same, and at once.
#[test]
fn types_without_a_plain_value() {
    let types = "record Tree { kids: [Tree], next: Tree?, by: {string: Tree}, n: u32 }\n";
    let text = |ty: &str| told("tree: Tree, long: string(min: 100000)", &types.replace("u32", ty));
    assert_eq!(lines(&text("u32"), &text("string")), ["may-break May May NewEvent"]);
    let short = |ty: &str| told("tree: Tree", &types.replace("u32", ty));
    assert_eq!(lines(&short("u32"), &short("string")), ["type-changed Breaks Breaks NewEvent"]);
}

/// Each type holds the next one twice: there are 2^40 ways to what has changed, and a chain that nobody could go down.
#[test]
fn types_within_types() {
    let row = |count: usize, fields: fn(usize) -> String, last: &str| {
        let rows = (0..count).map(|at| format!("record R{at} {{ {} }}\n", fields(at + 1)));
        let types: String = rows.collect();
        told("all: R0", &format!("{types}record R{count} {{ n: {last} }}\n"))
    };
    let twice = |next: usize| format!("a: R{next}?, b: R{next}?");
    let found = lines(&row(40, twice, "u32"), &row(40, twice, "string"));
    assert!((1..=64).contains(&found.len()), "{found:?}");
    let once = |next: usize| format!("a: R{next}");
    let found = lines(&row(5_000, once, "u32"), &row(5_000, once, "string"));
    assert_eq!(found, ["may-break May May NewEvent"]);
}

#[test]
fn events_and_their_ends() {
    let base = "service A { emits Told }\nservice B { reads Told }\nevent Told { id: uuid }\n";
    let gone = "event-removed Fine Breaks";
    for (what, old, new, expected) in [
        ("added", "service A { emits Told }\nservice B { reads Told }\nevent Told { id: uuid }", base, ""),
        (
            "removed, heard",
            base,
            "service A { emits Other }\nservice B { reads Other }\nevent Other { n: u32 }",
            &format!("{gone} ConsumersFirst"),
        ),
        ("removed, unheard", "service A { emits Told }\nevent Told { id: uuid }", "service A", ""),
        ("renamed", base, &base.replace("Told", "Said"), &format!("{gone} NewEvent")),
        (
            "moved to another namespace",
            base,
            &format!("namespace moved\n{base}"),
            &format!("{gone} NewEvent"),
        ),
        (
            "last producer",
            base,
            "service A\nservice B { reads Told }\nevent Told { id: uuid }",
            "producer-removed Fine Breaks ConsumersFirst",
        ),
        (
            "last consumer",
            base,
            "service A { emits Told }\nservice B\nevent Told { id: uuid }",
            "consumer-removed Fine Fine Any",
        ),
        ("event to command", base, &base.replace("event Told", "command Told"), ""),
    ] {
        assert_eq!(lines(old, new).join("\n"), expected, "{what}");
    }
}

/// A field that nobody reads is nobody's.
#[test]
fn who_does_not_read_a_field_is_not_broken_by_it() {
    let event = |fields: &str| {
        format!(
            "service A {{ emits Told }}\nservice B {{ reads Told {{ id }} }}\nevent Told {{ id: uuid{fields} }}\n"
        )
    };
    assert_eq!(lines(&event(", a: string"), &event("")), [""; 0]);
    assert_eq!(lines(&event(", a: string"), &event(", a: u32, b: u32")), [""; 0]);
    let read = event(", a: string").replace("{ id }", "{ id, a }");
    let found = changes(&read, &read.replace("a: string", "a: u32"), Mode::Full);
    assert_eq!(found.iter().map(|change| &change.readers).collect::<Vec<_>>(), [&["B"]]);
    assert_eq!(found[0].order, Order::NewEvent);
}

const FLOW: &str = "\
service Orders
service Payment
service Stock
event Placed { order: uuid, at: uuid }
event Paid { order: uuid, at: uuid }
event Refused { order: uuid, at: uuid }
event Late { order: uuid, at: uuid }
event Reserved { order: uuid, at: uuid }
event Released { order: uuid, at: uuid }
choreography Checkout by order {
  Orders -> Payment, Stock: Placed
  Stock -> Orders: Reserved
    undo Stock -> Orders: Released
  within 15m at Orders {
    Payment -> Orders: Paid
  } else {
    Orders -> Payment, Stock: Late
    rollback
  }
}
";

#[test]
fn open_instances_and_their_participants() {
    let paid = "    Payment -> Orders: Paid\n";
    let branch = "    choice at Payment { Payment -> Orders: Paid } or { Payment -> Orders: Refused }\n";
    let undo = "    undo Stock -> Orders: Released\n";
    for (what, new, expected) in [
        ("nothing", FLOW.to_owned(), ""),
        (
            "a new branch",
            FLOW.replace(paid, branch),
            "flow-changed Breaks Breaks Drain\nunknown-to-running Breaks Breaks Drain",
        ),
        ("the key", FLOW.replace("by order", "by at"), "key-changed Breaks Breaks Migrate"),
        ("a deadline", FLOW.replace("15m", "5m"), "deadline-shortened May May Drain"),
        ("a longer deadline", FLOW.replace("15m", "25m"), ""),
        (
            "an undo",
            FLOW.replace(undo, "    undo none\n"),
            "producer-removed Fine Breaks ConsumersFirst\nflow-changed Breaks Breaks Drain\nsubscription-removed Breaks Fine Drain\nundo-removed Breaks Fine Drain",
        ),
        ("the order of those who hear", FLOW.replace("Payment, Stock: Late", "Stock, Payment: Late"), ""),
    ] {
        assert_eq!(lines(FLOW, &new).join("\n"), expected, "{what}");
    }
    // A subscription less: the branch is not read back by whoever heard it.
    let without = FLOW.replace(paid, branch);
    assert_eq!(
        lines(&without, FLOW),
        [
            "producer-removed Fine Breaks ConsumersFirst",
            "flow-changed Breaks Breaks Drain",
            "subscription-removed Breaks Fine Drain"
        ]
    );
}

#[test]
fn choreographies_that_come_and_go() {
    let without = "service A { emits Told }\nservice B { reads Told }\nevent Told { id: uuid }\n";
    let with = format!("{without}choreography Telling by id {{\n  A -> B: Told\n}}\n");
    assert_eq!(lines(&with, without), ["flow-changed Breaks Fine Drain"]);
    let gone = &changes(&with, without, Mode::Full)[0];
    assert_eq!(gone.message, "`Telling` is gone, and instances of it may be open");
    assert_eq!(gone.readers, ["A", "B"]);
    assert_eq!(changes(&with, without, Mode::Forward), []);
    // Under a new name it is another one.
    assert_eq!(lines(&with, &with.replace("Telling", "Saying")), ["flow-changed Breaks Fine Drain"]);
    assert_eq!(lines(without, &with), [""; 0]);
}

#[test]
fn a_lock_file_is_read_as_it_was_written() {
    let contracts = contracts(FLOW);
    let text = super::super::write(&contracts).unwrap();
    assert_eq!(super::super::parse(&text), Ok(contracts));
    // What is missing or unknown is told, and what a later version has is no mistake.
    let told = |text: &str| super::super::parse(text).unwrap_err().to_string();
    let unknown = text.replace("\"kind\": \"event\"", "\"sort\": \"event\"");
    assert!(told(&unknown).contains("it is no lock file: unknown field `sort`"), "{}", told(&unknown));
    assert!(told("{\"format\": 1}").contains("missing field `services`"), "{}", told("{\"format\": 1}"));
    let later = unknown.replace("\"format\": 2", "\"format\": 3");
    assert!(told(&later).contains("a later version of chor wrote it: format 3"), "{}", told(&later));
}

/// Three versions of one event: a name, its absence, and its return. What is said of the last one.
fn returns(earlier: &str, last: &str, new: &str) -> Vec<String> {
    let [earlier, last, new] = [earlier, last, new].map(|row| {
        let (fields, types) = row.split_once(" | ").unwrap_or((row, ""));
        contracts(&told(fields, types))
    });
    let found = super::super::reused(&earlier, &last, &new);
    for change in &found {
        assert_eq!((change.code.name, change.backward, change.forward), ("name-reuse", Breaks, May));
        assert!(change.witness.is_some() && change.order == Order::NewName, "{change:#?}");
        assert!(change.readers == ["Reader"] && change.writers == ["Writer"], "{change:#?}");
    }
    found.into_iter().map(|change| change.message).collect()
}

#[test]
fn names_that_were_gone_and_are_back() {
    for (what, earlier, last, new, expected) in [
        (
            "with another type",
            "a: string",
            "",
            "a: u32",
            "`a` of `Told` was removed, and is back for something else: written as `string`, read as `u32`",
        ),
        ("with the same", "a: string", "", "a: string?", ""),
        ("with a wider one", "a: u32", "", "a: i64", ""),
        ("required, where it was not", "a: string?", "", "a: string", ""),
        ("in the last version still", "a: string", "a: bool", "a: u32", ""),
        ("never there before", "", "", "a: u32", ""),
        ("under a new name", "a: string", "a: string", "@was(\"a\") b: u32", ""),
        (
            "after the field itself was renamed",
            "a: string",
            "@was(\"a\") b: string",
            "b: string, a: u32",
            "`a` of `Told` was removed, and is back for something else: written as `string`, read as `u32`",
        ),
        (
            "in a record of a list",
            "l: [Part] | record Part { n: u32, a: string }",
            "l: [Part] | record Part { n: u32 }",
            "l: [Part] | record Part { n: u32, a: bool? }",
            "`l[].a` of `Told` was removed, and is back for something else: written as `string`, read as `bool`",
        ),
        (
            "a variant",
            "w: {string: Way} | union Way { foot, boat: u32 }",
            "w: {string: Way} | union Way { foot }",
            "w: {string: Way} | union Way { foot, boat: string }",
            "`w{}.boat` of `Told` was removed, and is back for something else: written as `u32`, read as `string`",
        ),
        (
            "what held it was something else in between",
            "l: [Part] | record Part { n: u32, a: string }",
            "l: u32",
            "l: [Part] | record Part { n: u32, a: bool? }",
            "",
        ),
    ] {
        assert_eq!(returns(earlier, last, new).join("\n"), expected, "{what}");
    }
}

/// What nobody reads is nobody's, and an event is back as a whole.
#[test]
fn events_that_were_gone_and_are_back() {
    let text = "service A { emits Told }\nservice B { reads Told { id, n } }\nevent Told { id: uuid, n: u32, m: u32 }\n";
    let gone = "service A { emits Said }\nservice B { reads Said }\nevent Said { id: uuid }\n";
    let messages = |new: &str| -> Vec<String> {
        let [earlier, last, new] = [text, gone, new].map(contracts);
        super::super::reused(&earlier, &last, &new).into_iter().map(|change| change.message).collect()
    };
    assert_eq!(messages(text), [""; 0]);
    assert_eq!(messages(&text.replace("m: u32", "m: string, l: u32")), [""; 0]);
    assert_eq!(
        messages(
            &text.replace("n: u32, m: u32", "n: [u32], m: u32, o: u32").replace("{ id, n }", "{ n, o }")
        ),
        ["`Told` was removed, and is back for something else: B cannot read `o`: `o` is not written"]
    );
}
