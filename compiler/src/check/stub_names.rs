//! Names of the generated code: each stands for one thing.
//!
//! In `.chor`, `order_placed` and `OrderPlaced` are two names; in Rust they become one. So do a name and one
//! that generated code makes itself, such as `OnOrderPlaced` for what is answered to `OrderPlaced`.

use std::collections::BTreeSet;
use std::fmt;

use rustc_hash::FxHashMap;

use crate::diag::words::shown;
use crate::diag::{Diagnostic, Diagnostics, codes};
use crate::model::{ChoreographyId, EventId, Field, Header, Model, Name, StepId, TypeId, TypeKind};
use crate::parallel;
use crate::project::Projection;
use crate::project::stub::names::{field_name, type_name};
use crate::project::stub::{AnswerType, Clash, Origin, Repeat, Stub, stubs};
use crate::source::Span;

pub(super) fn check(model: &Model, projections: &[Projection], findings: &mut Diagnostics) {
    let stubs = stubs(model, projections);
    // The same pair may clash in several modules, and as a type and as a field: it is told once.
    let mut told = BTreeSet::new();
    let mut tell = |finding: Diagnostic| {
        if told.insert((finding.primary.span, finding.related.first().map(|label| label.span))) {
            findings.push(finding);
        }
    };
    modules(model, &stubs, &mut tell);
    parallel::map(&held(&stubs), |held| fields_or_values(model, *held))
        .into_iter()
        .flatten()
        .for_each(&mut tell);
    parallel::map(&stubs, |stub| within(model, stub)).into_iter().flatten().for_each(tell);
}

/// What is wrong with the names in one participant's code.
fn within(model: &Model, stub: &Stub<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut tell = |finding| found.push(finding);
    declared(model, stub, &mut tell);
    members(model, stub, &mut tell);
    stub.clashes.iter().for_each(|clash| tell(label_needed(model, stub, clash)));
    stub.repeats.iter().for_each(|repeat| tell(emitted_twice(model, stub, repeat)));
    found
}

/// Something with a name in generated code.
struct Named<'m> {
    /// The name there.
    rust: String,
    /// What it is.
    what: What<'m>,
    /// Where.
    place: Place,
}

/// What has a name. It is put into the user's words only where it is told of: few of all names are.
#[derive(Clone)]
enum What<'m> {
    /// A declaration, and its kind: "the event `example.OrderPlaced`".
    Declared(&'static str, &'m Header),
    /// A field or a value.
    Member(&'m Name),
    /// A step that is answered, by the name of its method.
    Point(String),
    /// Something that generated code makes for itself.
    Fixed,
}

impl fmt::Display for What<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Declared(kind, header) => write!(f, "{kind}`{}`", shown(&header.qualified())),
            Self::Member(name) => write!(f, "`{}`", shown(&name.text)),
            Self::Point(name) => write!(f, "what is done at `{}`", shown(name)),
            Self::Fixed => f.write_str("what generated code calls so"),
        }
    }
}

/// Where something gets its name, by how well it can be renamed there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// Every generated module has it.
    Nowhere,
    /// A step.
    Step(Span),
    /// The name of a declaration.
    Declared(Span),
}

impl Place {
    fn span(self) -> Option<Span> {
        match self {
            Self::Nowhere => None,
            Self::Step(span) | Self::Declared(span) => Some(span),
        }
    }

    fn rank(self) -> u8 {
        match self {
            Self::Nowhere => 0,
            Self::Step(_) => 1,
            Self::Declared(_) => 2,
        }
    }
}

/// Reports what has the same name as something before it.
fn distinct<'m>(
    named: impl IntoIterator<Item = Named<'m>>,
    code_of: &dyn fmt::Display,
    tell: &mut impl FnMut(Diagnostic),
) {
    let named = named.into_iter();
    let mut seen: FxHashMap<String, (What, Place)> = FxHashMap::default();
    seen.reserve(named.size_hint().0);
    for Named { rust, what, place } in named {
        match seen.get(&rust) {
            None => {
                seen.insert(rust, (what, place));
            }
            // One name given twice is reported as that.
            Some((other, _)) if other.to_string() == what.to_string() => {}
            Some((other, first)) => {
                // The finding stands where the name can be changed.
                let (blamed, other) = if place.rank() >= first.rank() {
                    ((what, place), (other.clone(), *first))
                } else {
                    ((other.clone(), *first), (what, place))
                };
                if let Some(span) = blamed.1.span() {
                    tell(clash(&rust, (&blamed.0, span), (&other.0, other.1.span()), code_of));
                }
            }
        }
    }
}

fn clash(
    rust: &str,
    (what, span): (&What, Span),
    (other, first): (&What, Option<Span>),
    code_of: &dyn fmt::Display,
) -> Diagnostic {
    let rust = shown(rust);
    let finding = |message: String| {
        Diagnostic::new(&codes::NAME_CLASH, span, message).label(format!("becomes `{rust}`"))
    };
    match first {
        Some(first) => finding(format!("{what} and {other} would both be `{rust}` in the code of {code_of}"))
            .related(first, format!("becomes `{rust}` too"))
            .help("rename one of the two; names that differ in case and underscores alone are one"),
        None => finding(format!(
            "{what} would take the name `{rust}`, which the code of {code_of} needs for itself"
        ))
        .help("choose another name"),
    }
}

fn modules(model: &Model, stubs: &[Stub<'_>], tell: &mut impl FnMut(Diagnostic)) {
    let named = stubs.iter().filter(|stub| !stub.payloads.is_empty()).map(|stub| {
        let header = &model.services[stub.participant].header;
        header_named("", header, stub.module.clone())
    });
    distinct(named, &"the workspace", tell);
}

/// Types, then methods.
fn declared(model: &Model, stub: &Stub<'_>, tell: &mut impl FnMut(Diagnostic)) {
    let named = |(rust, origin)| origin_named(model, stub, rust, origin);
    distinct(stub.declared_types(model).into_iter().map(named), &participant(model, stub), tell);
    distinct(stub.declared_methods().into_iter().map(named), &participant(model, stub), tell);
}

/// What becomes a variant or a function: events, also in answers, and types.
fn members(model: &Model, stub: &Stub<'_>, tell: &mut impl FnMut(Diagnostic)) {
    let events = stub.payloads.iter().map(|payload| &model.events[payload.event].header);
    let events = events.map(|header| header_named("the event ", header, field_name(&header.name.text)));
    distinct(events, &participant(model, stub), tell);
    let types = stub.types.iter().map(|id| &model.types[*id].header);
    let types = types.map(|header| header_named("the type ", header, field_name(&header.name.text)));
    distinct(types, &participant(model, stub), tell);
    for (events, then) in stub.answer_types().flat_map(AnswerType::runs) {
        let events = events
            .iter()
            .map(|event| header_named("the event ", &model.events[event.event].header, event.field.clone()));
        distinct(then.then(|| fixed("then")).into_iter().chain(events), &participant(model, stub), tell);
    }
}

/// Something with fields or values.
#[derive(Clone, Copy)]
enum Held {
    Event(EventId),
    Type(TypeId),
}

/// The events and types that anybody's code holds, each once.
fn held(stubs: &[Stub<'_>]) -> Vec<Held> {
    let events: BTreeSet<EventId> =
        stubs.iter().flat_map(|stub| &stub.payloads).map(|payload| payload.event).collect();
    let types: BTreeSet<TypeId> = stubs.iter().flat_map(|stub| &stub.types).copied().collect();
    events.into_iter().map(Held::Event).chain(types.into_iter().map(Held::Type)).collect()
}

/// What is wrong with the names of its fields or values.
fn fields_or_values(model: &Model, held: Held) -> Vec<Diagnostic> {
    let fields = |fields: &[Field], owner| names(fields.iter().map(|it| &it.name), field_name, owner);
    match held {
        Held::Event(id) => fields(&model.events[id].fields, &model.events[id].header),
        Held::Type(id) => {
            let owner = &model.types[id].header;
            match &model.types[id].kind {
                TypeKind::Record(list) => fields(list, owner),
                TypeKind::Enum { values, .. } => names(values.iter().map(|it| &it.name), type_name, owner),
                TypeKind::Union { variants, .. } => {
                    names(variants.iter().map(|it| &it.name), type_name, owner)
                }
                TypeKind::Alias(_) => Vec::new(),
            }
        }
    }
}

/// The fields or values of one declaration.
fn names<'m>(
    members: impl Iterator<Item = &'m Name>,
    rust: fn(&str) -> String,
    owner: &Header,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let named = members.map(|name| Named {
        rust: rust(&name.text),
        what: What::Member(name),
        place: Place::Declared(name.span),
    });
    distinct(named, &format_args!("`{}`", shown(&owner.name.text)), &mut |finding| found.push(finding));
    found
}

fn header_named<'m>(kind: &'static str, header: &'m Header, rust: String) -> Named<'m> {
    Named { rust, what: What::Declared(kind, header), place: Place::Declared(header.name.span) }
}

fn origin_named<'m>(model: &'m Model, stub: &Stub<'_>, rust: String, origin: Origin) -> Named<'m> {
    match origin {
        Origin::Event(id) => header_named("the event ", &model.events[id].header, rust),
        Origin::Type(id) => header_named("the type ", &model.types[id].header, rust),
        Origin::Participant => header_named("the service ", &model.services[stub.participant].header, rust),
        Origin::Point(name, choreography, step) => {
            Named { rust, what: What::Point(name), place: Place::Step(step_span(model, choreography, step)) }
        }
        Origin::Start(choreography) => {
            header_named("the start of ", &model.choreographies[choreography].header, rust)
        }
        Origin::Fixed => fixed(&rust),
    }
}

fn fixed(rust: &str) -> Named<'static> {
    Named { rust: rust.to_owned(), what: What::Fixed, place: Place::Nowhere }
}

fn label_needed(model: &Model, stub: &Stub<'_>, clash: &Clash) -> Diagnostic {
    let [(one, first), (other, second)] = clash.steps;
    let span = step_span(model, other, Some(second));
    let who = participant(model, stub);
    let message = format!("{who} would need two different methods called `{}`", shown(&clash.name));
    Diagnostic::new(&codes::STEP_LABEL_NEEDED, span, message)
        .label(published(model, other, second))
        .related(step_span(model, one, Some(first)), published(model, one, first))
        .help("put a label before one of the steps; the method is then named after it: `my_label: A -> B: Event`")
        .edit(span.at_start(), format!("{}_here: ", clash.name))
}

/// To whom an event is published, and where: of two places, either may be told first.
fn published(model: &Model, choreography: ChoreographyId, step: StepId) -> String {
    let choreography = &model.choreographies[choreography];
    let hearers = choreography.steps[step].subscribers.iter();
    let hearers: Vec<_> = hearers.map(|it| shown(&model.services[it.id].header.name.text)).collect();
    format!("published to {} in `{}`", hearers.join(", "), shown(&choreography.header.name.text))
}

fn emitted_twice(model: &Model, stub: &Stub<'_>, repeat: &Repeat) -> Diagnostic {
    let (who, event) = (participant(model, stub), shown(&model.events[repeat.event].header.name.text));
    let span = step_span(model, repeat.choreography, repeat.step);
    let steps = model.choreographies[repeat.choreography].steps.values();
    let again = steps.filter(|step| step.event.id == repeat.event && step.emitter.id == stub.participant);
    let message = format!("{who} would emit `{event}` twice in one answer");
    let mut finding = Diagnostic::new(&codes::EVENT_TWICE_IN_ANSWER, span, message)
        .label(format!("{who} answers to this"))
        .help(format!("give the second its own event, or let {who} hear something between the two"));
    for step in again {
        finding = finding.related(step.span, format!("`{event}` is emitted here"));
    }
    finding
}

fn participant<'m>(model: &'m Model, stub: &Stub<'_>) -> std::borrow::Cow<'m, str> {
    shown(&model.services[stub.participant].header.name.text)
}

fn step_span(model: &Model, choreography: ChoreographyId, step: Option<StepId>) -> Span {
    let choreography = &model.choreographies[choreography];
    step.map_or(choreography.header.name.span, |step| choreography.steps[step].span)
}
