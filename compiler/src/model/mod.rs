//! What was written, with every name resolved: after [`resolve`], nothing is looked up by name again.

mod alias;
mod date;
mod decimal;
mod ids;
mod pattern;
mod renamed;
pub mod resolve;
mod types;

pub use date::Date;
pub use decimal::{DECIMAL_DIGITS, Decimal};
pub use ids::{
    Arena, ChoreographyId, EventId, Id, LocalStateId, LoopId, ScopeId, ServiceId, StateId, StepId, TypeId,
};
pub use pattern::whole_text;
pub use types::{Bounds, EnumValue, Field, Scalar, Type, TypeDef, TypeKind, Variant};

use crate::source::Span;

/// Everything that the files of one workspace declare.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// Services and externals, in the order of the text.
    pub services: Arena<ServiceId, Service>,
    /// Events and commands.
    pub events: Arena<EventId, Event>,
    /// Named types.
    pub types: Arena<TypeId, TypeDef>,
    /// Choreographies.
    pub choreographies: Arena<ChoreographyId, Choreography>,
    /// Who hears without taking part.
    pub observations: Vec<Observation>,
    /// Every declaration is complete and has a name of its own.
    pub complete: bool,
    /// For each alias the one with which its chain ends; `None` for all that goes in a circle.
    last_aliases: Arena<TypeId, Option<TypeId>>,
}

/// A name, and the place where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name as written.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// A reference to something declared, and the place where it is referred to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ref<I> {
    /// What is meant.
    pub id: I,
    /// Where it is named.
    pub span: Span,
}

/// What every declaration carries.
#[derive(Clone, Debug)]
pub struct Header {
    /// Its name.
    pub name: Name,
    /// The namespace of its file, dotted; empty where the file has none.
    pub namespace: String,
    /// The `///` lines above it, without the slashes.
    pub docs: Vec<String>,
    /// The attributes above it.
    pub attributes: Vec<Attribute>,
    /// The declaration from its first word to its last.
    pub span: Span,
    /// Every name in it meant something; otherwise what mentioned it is left out of the model, and nothing may
    /// be concluded from its absence.
    pub complete: bool,
}

impl Header {
    /// The name by which the declaration is known outside its file: `example.shop.OrderPlaced`.
    pub fn qualified(&self) -> String {
        let (namespace, name) = (self.namespace.as_str(), self.name.text.as_str());
        if namespace.is_empty() {
            return name.to_owned();
        }
        // Not by `format!`: contracts and digests ask for every name many times over.
        let mut qualified = String::with_capacity(namespace.len() + 1 + name.len());
        qualified.push_str(namespace);
        qualified.push('.');
        qualified.push_str(name);
        qualified
    }
}

/// `@name(argument, key: value)`, kept as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// The word behind the `@`.
    pub name: Name,
    /// The arguments in order.
    pub arguments: Vec<Argument>,
    /// The whole attribute.
    pub span: Span,
}

impl Attribute {
    /// The old names that the attributes of something give.
    pub fn former_names(attributes: &[Self]) -> impl Iterator<Item = &Argument> + Clone {
        attributes
            .iter()
            .filter(|attribute| attribute.name.text == "was")
            .filter_map(|attribute| attribute.arguments.first())
    }

    /// Whether what they stand above is personal data.
    pub fn is_personal(attributes: &[Self]) -> bool {
        attributes.iter().any(|attribute| attribute.name.text == "pii")
    }

    /// The `@deprecated` among them.
    pub fn deprecation(attributes: &[Self]) -> Option<&Self> {
        attributes.iter().find(|attribute| attribute.name.text == "deprecated")
    }

    /// The value of the argument with this key.
    pub fn argument(&self, key: &str) -> Option<&str> {
        let with_key = |argument: &&Argument| argument.key.as_ref().is_some_and(|name| name.text == key);
        self.arguments.iter().find(with_key).map(|argument| argument.value.as_str())
    }
}

/// One argument of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// The word before the colon, if there is one.
    pub key: Option<Name>,
    /// What the value looks like.
    pub kind: LiteralKind,
    /// The value as written, strings without their quotes and escapes.
    pub value: String,
    /// The value's place.
    pub span: Span,
}

/// A value as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literal {
    /// What it looks like.
    pub kind: LiteralKind,
    /// As written, strings without their quotes and escapes.
    pub value: String,
    /// Where.
    pub span: Span,
}

/// What a value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiteralKind {
    /// `"…"`
    Text,
    /// `2027-03-01`
    Date,
    /// `-1.5`
    Number,
    /// `OrderPlaced`, `late`, `true`
    Word,
    /// `[]`
    EmptyList,
    /// `{}`
    EmptyMap,
}

/// Who takes part.
#[derive(Clone, Debug)]
pub struct Service {
    /// Name, docs, attributes.
    pub header: Header,
    /// Declared by `external`: takes part, but is not ours.
    pub external: bool,
    /// Who answers for it.
    pub owner: Option<Name>,
    /// What it states to emit; `None`: it states nothing, so anything goes.
    pub emits: Option<Vec<Ref<EventId>>>,
    /// What it states to read; `None`: it states nothing.
    pub reads: Option<Vec<Reads>>,
}

/// One event of a `reads` list.
#[derive(Clone, Debug)]
pub struct Reads {
    /// The event.
    pub event: Ref<EventId>,
    /// The fields that the service needs; `None`: all of them.
    pub fields: Option<Vec<FieldRef>>,
}

/// A field, named by its index in its event or record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldRef {
    /// The index in the list of fields.
    pub index: usize,
    /// Where it is named.
    pub span: Span,
}

/// Whether a message tells what happened or asks for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// `event`: a fact.
    Event,
    /// `command`: a request.
    Command,
}

/// A message type and its contract.
#[derive(Clone, Debug)]
pub struct Event {
    /// Name, docs, attributes.
    pub header: Header,
    /// Event or command.
    pub kind: EventKind,
    /// The version of its contract, from 1.
    pub version: u32,
    /// Its payload.
    pub fields: Vec<Field>,
}

/// One flow, seen from above.
#[derive(Clone, Debug)]
pub struct Choreography {
    /// Name, docs, attributes.
    pub header: Header,
    /// It has roles: it happens only where others `run` it, and its body is in theirs. `steps` and `body` are empty.
    pub roles: Vec<Name>,
    /// Another choreography runs it.
    pub is_run: bool,
    /// The fields that tell one running instance from another.
    pub key: Vec<Name>,
    /// The event of another choreography that starts an instance.
    pub start: Option<Start>,
    /// Every written step, in the order of the text; [`Node::Step`] names them by id. The steps of a choreography
    /// that is run stand here once for each `run`; undos are steps of their own.
    pub steps: Arena<StepId, Step>,
    /// Every deadline, in the order of the text.
    pub scopes: Arena<ScopeId, Scope>,
    /// What happens.
    pub body: Vec<Node>,
    /// The attributes above statements that are no steps.
    pub above: Vec<Above>,
}

/// Attributes above a `choice`, a `par` or another statement that is no step.
#[derive(Clone, Debug)]
pub struct Above {
    /// The attributes.
    pub attributes: Vec<Attribute>,
    /// The whole statement.
    pub span: Span,
}

impl Choreography {
    /// Everything that stands in it.
    pub fn nodes(&self) -> Vec<&Node> {
        Node::all_in(&self.body)
    }

    /// The steps that take others back.
    pub fn undo_steps(&self) -> impl Iterator<Item = StepId> {
        self.steps.values().filter_map(|step| match step.undo {
            Some(Undo::By(undo)) => Some(undo),
            Some(Undo::None) | None => None,
        })
    }

    /// The steps with which an external asks for the `else` of a deadline before its time: no part of the flow itself.
    pub fn requests(&self) -> impl Iterator<Item = &Step> {
        self.scopes.values().filter_map(|scope| scope.early).map(|step| &self.steps[step])
    }

    /// The step that stands for the event of another choreography that starts this one: `resolve` has added it last.
    pub fn foreign_step(&self) -> Option<StepId> {
        self.start.as_ref()?;
        self.steps.ids().next_back()
    }
}

/// `on Event -> A, B`
#[derive(Clone, Debug)]
pub struct Start {
    /// The event of another choreography.
    pub event: Ref<EventId>,
    /// Who hears it here.
    pub listeners: Vec<Ref<ServiceId>>,
    /// From `on` to the last listener.
    pub span: Span,
}

/// One event published by one participant and heard by others.
#[derive(Clone, Debug)]
pub struct Step {
    /// `label:` before the step.
    pub label: Option<Name>,
    /// Who publishes.
    pub emitter: Ref<ServiceId>,
    /// Who hears, as written.
    pub subscribers: Vec<Ref<ServiceId>>,
    /// What.
    pub event: Ref<EventId>,
    /// How it is taken back.
    pub undo: Option<Undo>,
    /// The `///` lines above it.
    pub docs: Vec<String>,
    /// The attributes above it.
    pub attributes: Vec<Attribute>,
    /// The whole step, without its undo.
    pub span: Span,
}

/// What stands behind `undo`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undo {
    /// `undo none`: there is nothing to take back.
    None,
    /// The step that takes it back.
    By(StepId),
}

/// One node of a choreography's body.
#[derive(Clone, Debug)]
pub enum Node {
    /// A step.
    Step(StepId),
    /// `choice at A { … } or { … }`
    Choice(Choice),
    /// `par { … } and { … }`
    Parallel(Parallel),
    /// `loop again { … }`
    Loop(Loop),
    /// `repeat again`: the number of the loop.
    Repeat(Ref<LoopId>),
    /// `within 15m at A { … } else { … }`
    Deadline(Deadline),
    /// `rollback`
    Rollback(Span),
}

impl Node {
    /// Everything that stands in a body, in the order of the text: what stands in braces follows what they belong to.
    pub fn all_in(body: &[Self]) -> Vec<&Self> {
        fn collect<'n>(body: &'n [Node], found: &mut Vec<&'n Node>) {
            for node in body {
                found.push(node);
                node.bodies().into_iter().for_each(|body| collect(body, found));
            }
        }
        let mut found = Vec::new();
        collect(body, &mut found);
        found
    }

    /// Where it stands.
    pub fn span(&self, steps: &Arena<StepId, Step>) -> Span {
        match self {
            Self::Step(step) => steps[*step].span,
            Self::Choice(choice) => choice.span,
            Self::Parallel(parallel) => parallel.span,
            Self::Loop(node) => node.span,
            Self::Repeat(target) => target.span,
            Self::Deadline(deadline) => deadline.span,
            Self::Rollback(span) => *span,
        }
    }

    /// What stands between its braces.
    pub fn bodies(&self) -> Vec<&[Node]> {
        fn all(blocks: &[Block]) -> Vec<&[Node]> {
            blocks.iter().map(|block| block.body.as_slice()).collect()
        }
        match self {
            Self::Step(_) | Self::Repeat(_) | Self::Rollback(_) => Vec::new(),
            Self::Loop(node) => vec![&node.body],
            Self::Choice(choice) => all(&choice.branches),
            Self::Parallel(parallel) => all(&parallel.regions),
            Self::Deadline(deadline) => vec![&deadline.body.body, &deadline.otherwise.body],
        }
    }
}

/// A decision, taken by one participant.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Who decides.
    pub decider: Ref<ServiceId>,
    /// What may happen.
    pub branches: Vec<Block>,
    /// From `choice` to the last brace.
    pub span: Span,
}

/// Independent work.
#[derive(Clone, Debug)]
pub struct Parallel {
    /// `label:` before it.
    pub label: Option<Name>,
    /// What happens side by side.
    pub regions: Vec<Block>,
    /// From `par` to the last brace.
    pub span: Span,
}

/// What may happen again.
#[derive(Clone, Debug)]
pub struct Loop {
    /// Its number within the choreography.
    pub id: LoopId,
    /// Its name.
    pub name: Name,
    /// What happens.
    pub body: Vec<Node>,
    /// From `loop` to the last brace.
    pub span: Span,
}

/// What must be decided in time.
#[derive(Clone, Debug)]
pub struct Deadline {
    /// The deadline.
    pub scope: ScopeId,
    /// What must be decided.
    pub body: Block,
    /// What happens when it is not.
    pub otherwise: Block,
    /// From `within` to the last brace.
    pub span: Span,
}

/// A deadline: who keeps it, and how long it is.
#[derive(Clone, Debug)]
pub struct Scope {
    /// Who keeps it.
    pub keeper: Ref<ServiceId>,
    /// How long, in milliseconds.
    pub millis: u64,
    /// The period as written.
    pub period: Name,
    /// The step with which another asks for the `else` before that.
    pub early: Option<StepId>,
}

/// What stands between two braces.
#[derive(Clone, Debug)]
pub struct Block {
    /// What happens in it.
    pub body: Vec<Node>,
    /// From brace to brace.
    pub span: Span,
}

/// `Analytics observes OrderPlaced`: hears, and takes no part.
#[derive(Clone, Debug)]
pub struct Observation {
    /// Who.
    pub observer: Ref<ServiceId>,
    /// What.
    pub events: Vec<Ref<EventId>>,
}
