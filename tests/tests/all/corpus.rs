//! Refused and accepted programs.
//!
//! `corpus/refused` holds programs with every finding marked beside its line: `//~ C0201` and whatever words
//! explain it; several numbers where the line has several findings; `//~^ C0201` for the line above. A finding
//! without mark fails, and so does a mark without finding. `corpus/accepted` holds programs without any finding.
//! A line `// lints: missing-doc case-style` turns on rules that are off by themselves. A program is a file, or a folder of files that make one workspace.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use chor_compiler::Compilation;
use chor_compiler::diag::{Diagnostic, Edit, codes};
use chor_compiler::source::Sources;
use insta::assert_snapshot;

use crate::compile_with_lints;

/// A finding as the marks know it: file, line, number.
type Mark = (String, u32, String);

/// How often each finding is there.
type Marks = BTreeMap<Mark, usize>;

#[test]
fn refused_programs_have_exactly_the_findings_that_are_marked() {
    let mut wrong = String::new();
    for program in programs("refused") {
        let sources = read(&program);
        let marked = marks(&sources);
        let found = counted(compile(&sources).diagnostics.iter().map(|finding| mark(&sources, finding)));
        if marked.is_empty() {
            let _ = writeln!(wrong, "{}: nothing is marked", program.display());
        }
        for place in marked.keys().chain(found.keys().filter(|place| !marked.contains_key(*place))) {
            let times = |marks: &Marks| marks.get(place).copied().unwrap_or_default();
            let ((file, line, number), marked, found) = (place, times(&marked), times(&found));
            if marked != found {
                let _ = writeln!(
                    wrong,
                    "{file}:{line}: {number} is marked {marked} times and found {found} times"
                );
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// Codes that no file of the corpus can have: 50 MB are no text to read. `any_text::fifty_megabytes` has it.
const ELSEWHERE: [&str; 1] = ["C0008"];

#[test]
fn every_code_is_marked_somewhere() {
    let programs = programs("refused");
    let marked: BTreeSet<String> =
        programs.iter().flat_map(|program| marks(&read(program))).map(|((_, _, number), _)| number).collect();
    let missing: Vec<_> = codes::ALL
        .iter()
        // What has changed is not seen in one version; the pages show two.
        .filter(|code| !code.is_of_changes())
        .filter(|code| marked.contains(code.number) == ELSEWHERE.contains(&code.number))
        .collect();
    assert!(missing.is_empty(), "not marked in any refused program, or marked and exempt: {missing:?}");
}

#[test]
fn accepted_programs_have_no_finding() {
    let mut wrong = String::new();
    for program in programs("accepted") {
        let sources = read(&program);
        for diagnostic in compile(&sources).diagnostics {
            let _ = writeln!(wrong, "{}", one_line(&sources, &diagnostic));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn every_suggested_edit_mends_its_finding() {
    let mut wrong = String::new();
    for program in programs("refused") {
        let sources = read(&program);
        let before = compile(&sources);
        for diagnostic in &before.diagnostics {
            if diagnostic.edits.is_empty() {
                continue;
            }
            let edited = edited(&sources, &diagnostic.edits);
            let after = compile(&edited).diagnostics;
            let times = |findings: &[Diagnostic]| {
                let same = |other: &&Diagnostic| {
                    (other.code, &other.message) == (diagnostic.code, &diagnostic.message)
                };
                findings.iter().filter(same).count()
            };
            if times(&after) >= times(&before.diagnostics) {
                let _ = writeln!(wrong, "the edit changes nothing: {}", one_line(&sources, diagnostic));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// Every rule is run on every program, whatever it was written for, and has something to say about what it finds.
#[test]
fn every_rule_meets_every_program() {
    let lints = || codes::ALL.iter().copied().filter(|code| code.lint.is_some());
    let mut wrong = String::new();
    for program in programs("refused").into_iter().chain(programs("accepted")) {
        let sources = read(&program);
        for finding in compile_with_lints(&sources, lints()).diagnostics {
            let in_a_file = sources.file(finding.primary.span).is_some()
                && !sources.text(finding.primary.span).is_empty();
            if finding.code.lint.is_some() && (finding.help.is_none() || !in_a_file) {
                let _ = writeln!(wrong, "no help or no place: {}", one_line(&sources, &finding));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// What rules that are off find where nothing is wrong: each line has been looked at, and is as its page says.
#[test]
fn rules_about_time_and_failure_are_sure_of_what_they_find() {
    let rules = [&codes::LATE_WITHOUT_UNDO, &codes::MISSING_COMPENSATION, &codes::PASSIVE_AGGRESSIVE_EVENT];
    let mut found = String::new();
    for program in programs("accepted").iter().filter(|program| !program.to_string_lossy().contains("mended"))
    {
        let sources = read(program);
        for finding in compile_with_lints(&sources, rules).diagnostics {
            let _ = writeln!(found, "{}", one_line(&sources, &finding));
        }
    }
    assert_snapshot!(found, @r"
    accepted/allow_above_statements.chor:8: C0612 `OrderPlaced` asks Payment for an answer, as a command does
    accepted/allow_above_statements.chor:13: C0612 `MoneyAsked` asks Treasury for an answer, as a command does
    accepted/checkout_with_deadline.chor:20: C0609 nothing says whether `Placed` is taken back
    accepted/choice_in_choice_at_one.chor:5: C0612 `PaymentAsked` asks Bank for an answer, as a command does
    accepted/deadline_in_loop.chor:16: C0608 `PaymentTried` may come too late, and nothing says what becomes of it
    accepted/dormant_participant.chor:6: C0612 `OrderPlaced` asks Payment for an answer, as a command does
    accepted/early_call.chor:7: C0612 `OrderPlaced` asks Payment for an answer, as a command does
    accepted/early_call.chor:18: C0608 `PaymentApproved` may come too late, and nothing says what becomes of it
    accepted/early_call_by_service.chor:18: C0608 `Cooked` may come too late, and nothing says what becomes of it
    accepted/literature_alternating_streams.chor:9: C0612 `SourceAsked` asks Source for an answer, as a command does
    accepted/literature_car_factory.chor:13: C0612 `PartsRequested` asks Forklift for an answer, as a command does
    accepted/literature_circuit_breaker.chor:11: C0612 `PassageAsked` asks Breaker for an answer, as a command does
    accepted/literature_elevator.chor:9: C0612 `OpeningAsked` asks Door for an answer, as a command does
    accepted/literature_forwarded_authorisation.chor:9: C0612 `PasswordGiven` asks Authority for an answer, as a command does
    accepted/literature_logging.chor:7: C0612 `LoggingStarted` asks Logs for an answer, as a command does
    accepted/literature_oauth_retry.chor:8: C0612 `AccessAsked` asks Service for an answer, as a command does
    accepted/literature_oauth_retry.chor:10: C0612 `PasswordGiven` asks Authority for an answer, as a command does
    accepted/literature_saga.chor:19: C0609 nothing says whether `TripPlanned` is taken back
    accepted/literature_supplier_info.chor:10: C0612 `DetailsAsked` asks Supplier for an answer, as a command does
    accepted/literature_supplier_info.chor:13: C0612 `OfferAsked` asks Supplier for an answer, as a command does
    accepted/literature_taxi_bidding.chor:22: C0608 `RideBid` may come too late, and nothing says what becomes of it
    accepted/literature_three_buyers.chor:9: C0612 `TitleAsked` asks Seller for an answer, as a command does
    accepted/literature_three_buyers.chor:15: C0612 `HelpAsked` asks Carol for an answer, as a command does
    accepted/literature_two_buyers.chor:7: C0612 `TitleAsked` asks Seller for an answer, as a command does
    accepted/literature_warehouse.chor:9: C0612 `PartRequested` asks Forklift for an answer, as a command does
    accepted/one_name_in_two_namespaces/shop.chor:8: C0612 `OrderPlaced` asks Payment for an answer, as a command does
    ");
}

/// Compiles with the rules on that the program asks for.
fn compile(sources: &Sources) -> Compilation {
    let lines = sources.files().iter().flat_map(|file| file.text().lines());
    let names = lines.filter_map(|line| line.strip_prefix("// lints: ")).flat_map(str::split_whitespace);
    compile_with_lints(sources, names.map(|name| codes::find(name).unwrap()))
}

/// The files with these changes made.
pub(crate) fn edited(sources: &Sources, edits: &[Edit]) -> Sources {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
    let mut edited = Sources::new();
    for file in sources.files() {
        let mut text = file.text().to_owned();
        for edit in &edits {
            if file.name() == sources.file(edit.span).unwrap().name() {
                let (start, end) = (edit.span.start - file.base(), edit.span.end - file.base());
                text.replace_range(start as usize..end as usize, &edit.replacement);
            }
        }
        edited.add(file.name(), text).unwrap();
    }
    edited
}

/// The programs of a folder of the corpus, in order.
pub(crate) fn programs(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(folder);
    let mut programs: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    programs.sort();
    programs
}

/// The files of a program; each is known by its path within the corpus.
pub(crate) fn read(program: &Path) -> Sources {
    let mut files = vec![program.to_owned()];
    if program.is_dir() {
        files = std::fs::read_dir(program).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
    }
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut sources = Sources::new();
    for file in files {
        let name = file.strip_prefix(&corpus).unwrap().display().to_string();
        sources.add(&name, std::fs::read_to_string(&file).unwrap()).unwrap();
    }
    sources
}

/// The marks in the text.
fn marks(sources: &Sources) -> Marks {
    let mut marks = Vec::new();
    for file in sources.files() {
        for (line, text) in (1u32..).zip(file.text().lines()) {
            let Some((_, mark)) = text.split_once("//~") else { continue };
            let numbers = mark.trim_start_matches('^');
            let above = u32::try_from(mark.len() - numbers.len()).unwrap();
            for number in numbers.split_whitespace().take_while(|word| is_number(word)) {
                marks.push((file.name().to_owned(), line - above, number.to_owned()));
            }
        }
    }
    counted(marks)
}

fn counted(marks: impl IntoIterator<Item = Mark>) -> Marks {
    let mut counted = Marks::new();
    marks.into_iter().for_each(|mark| *counted.entry(mark).or_default() += 1);
    counted
}

fn is_number(word: &str) -> bool {
    word.len() == 5 && word.starts_with('C') && word.chars().skip(1).all(|char| char.is_ascii_digit())
}

fn mark(sources: &Sources, diagnostic: &Diagnostic) -> Mark {
    let file = sources.file(diagnostic.primary.span).unwrap().name().to_owned();
    let line = sources.position(diagnostic.primary.span.start).line;
    (file, line, diagnostic.code.number.to_owned())
}

fn one_line(sources: &Sources, diagnostic: &Diagnostic) -> String {
    let (file, line, number) = mark(sources, diagnostic);
    format!("{file}:{line}: {number} {}", diagnostic.message)
}
