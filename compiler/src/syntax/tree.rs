//! One file as it was written. Names are pieces of its text; nothing has been looked up.

use crate::source::Span;

/// A file.
#[derive(Clone, Debug, Default)]
pub struct File<'s> {
    /// The `//!` lines, without the slashes.
    pub docs: Vec<&'s str>,
    /// `namespace a.b`
    pub namespace: Option<Word<'s>>,
    /// `use a.b::{X, Y}`
    pub imports: Vec<Import<'s>>,
    /// Everything declared, in order.
    pub items: Vec<Item<'s>>,
}

/// A name, a field's name or a dotted path, and where it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Word<'s> {
    /// As written.
    pub text: &'s str,
    /// Where.
    pub span: Span,
}

/// `use a.b::{X, Y}`
#[derive(Clone, Debug)]
pub struct Import<'s> {
    /// The namespace.
    pub namespace: Word<'s>,
    /// The names.
    pub names: Vec<Word<'s>>,
    /// From `use` to the brace.
    pub span: Span,
}

/// What stands above a declaration, a field or a step.
#[derive(Clone, Debug, Default)]
pub struct Preamble<'s> {
    /// The `///` lines, without the slashes.
    pub docs: Vec<&'s str>,
    /// The attributes.
    pub attributes: Vec<Attribute<'s>>,
}

/// `@name(argument, key: value)`
#[derive(Clone, Debug)]
pub struct Attribute<'s> {
    /// The word behind the `@`.
    pub name: Word<'s>,
    /// The arguments in order.
    pub arguments: Vec<Argument<'s>>,
    /// The whole attribute.
    pub span: Span,
}

/// One argument of an attribute, or one bound of a type.
#[derive(Clone, Copy, Debug)]
pub struct Argument<'s> {
    /// The word before the colon.
    pub key: Option<Word<'s>>,
    /// The value.
    pub value: Value<'s>,
    /// The whole argument.
    pub span: Span,
}

/// The value of an argument, as written.
#[derive(Clone, Copy, Debug)]
pub struct Value<'s> {
    /// What it looks like.
    pub kind: ValueKind,
    /// As written; a string without its quotes, but with its escapes; brackets with nothing between them.
    pub text: &'s str,
    /// Where, quotes and all.
    pub span: Span,
}

/// What a value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// `"…"`
    String,
    /// `2027-03-01`
    Date,
    /// `-1.5`
    Number,
    /// `OrderPlaced`, `example.shop`
    Path,
    /// `[]`
    EmptyList,
    /// `{}`
    EmptyMap,
}

impl Value<'_> {
    /// The text that is meant: escapes in a string are resolved.
    pub fn content(&self) -> String {
        if self.kind != ValueKind::String || !self.text.contains('\\') {
            return self.text.to_owned();
        }
        let mut content = String::with_capacity(self.text.len());
        let mut chars = self.text.chars();
        while let Some(char) = chars.next() {
            match char {
                '\\' => match chars.next() {
                    Some('n') => content.push('\n'),
                    Some('t') => content.push('\t'),
                    Some(other) => content.push(other),
                    None => {}
                },
                other => content.push(other),
            }
        }
        content
    }
}

/// A declaration.
#[derive(Clone, Debug)]
pub struct Item<'s> {
    /// Docs and attributes.
    pub preamble: Preamble<'s>,
    /// Its name.
    pub name: Word<'s>,
    /// What is declared.
    pub kind: ItemKind<'s>,
    /// From its first word to its last.
    pub span: Span,
}

/// What is declared.
#[derive(Clone, Debug)]
pub enum ItemKind<'s> {
    /// `service` or `external`
    Participant(Participant<'s>),
    /// `type`
    Alias(Type<'s>),
    /// `record`
    Record(Vec<Field<'s>>),
    /// `enum` or `open enum`
    Enum(Enum<'s>),
    /// `union` or `open union`
    Union(Union<'s>),
    /// `event` or `command`
    Event(Event<'s>),
    /// `choreography`
    Choreography(Choreography<'s>),
    /// `observes`
    Observation(Observation<'s>),
}

/// A service or an external, with the clauses of its body in order.
#[derive(Clone, Debug)]
pub struct Participant<'s> {
    /// Declared by `external`.
    pub external: bool,
    /// `owner`, `emits`, `reads`, in the order of the text; `None`: no braces.
    pub body: Option<Vec<Clause<'s>>>,
}

/// One clause of a participant's body.
#[derive(Clone, Debug)]
pub struct Clause<'s> {
    /// What it says.
    pub kind: ClauseKind<'s>,
    /// Its first word.
    pub keyword: Span,
}

/// What a clause says.
#[derive(Clone, Debug)]
pub enum ClauseKind<'s> {
    /// `owner "…"`
    Owner(Value<'s>),
    /// `emits A, B`
    Emits(Vec<Word<'s>>),
    /// `reads A { x, y }, B`
    Reads(Vec<Read<'s>>),
}

/// One event of a `reads` clause.
#[derive(Clone, Debug)]
pub struct Read<'s> {
    /// The event.
    pub event: Word<'s>,
    /// The fields, where they are listed.
    pub fields: Option<Vec<Word<'s>>>,
}

/// `enum`
#[derive(Clone, Debug)]
pub struct Enum<'s> {
    /// `open enum`
    pub open: bool,
    /// Its values.
    pub values: Vec<EnumValue<'s>>,
}

/// One value of an enum.
#[derive(Clone, Debug)]
pub struct EnumValue<'s> {
    /// Docs and attributes.
    pub preamble: Preamble<'s>,
    /// As on the wire.
    pub name: Word<'s>,
}

/// `union` or `open union`
#[derive(Clone, Debug)]
pub struct Union<'s> {
    /// `open union`
    pub open: bool,
    /// Its variants.
    pub variants: Vec<Variant<'s>>,
}

/// One variant of a union.
#[derive(Clone, Debug)]
pub struct Variant<'s> {
    /// Docs and attributes.
    pub preamble: Preamble<'s>,
    /// As on the wire.
    pub name: Word<'s>,
    /// What it carries; `None`: nothing.
    pub ty: Option<Type<'s>>,
}

/// `event` or `command`
#[derive(Clone, Debug)]
pub struct Event<'s> {
    /// Declared by `command`.
    pub command: bool,
    /// `v2`
    pub version: Option<Word<'s>>,
    /// Its payload.
    pub fields: Vec<Field<'s>>,
}

/// One field of an event or a record.
#[derive(Clone, Debug)]
pub struct Field<'s> {
    /// Docs and attributes.
    pub preamble: Preamble<'s>,
    /// Its name.
    pub name: Word<'s>,
    /// Its type.
    pub ty: Type<'s>,
    /// What it is where it is absent.
    pub default: Option<Value<'s>>,
}

/// A type as written: `[Line](min: 1)?`
#[derive(Clone, Debug)]
pub struct Type<'s> {
    /// Without bounds and `?`.
    pub kind: TypeKind<'s>,
    /// What stands in the parentheses.
    pub bounds: Vec<Argument<'s>>,
    /// The `?`.
    pub optional: Option<Span>,
    /// All of it.
    pub span: Span,
}

/// A type without bounds and `?`.
#[derive(Clone, Debug)]
pub enum TypeKind<'s> {
    /// `string`
    Scalar(Word<'s>),
    /// `Sku`
    Named(Word<'s>),
    /// `[Line]`
    List(Box<Type<'s>>),
    /// `{Sku: u32}`: key and value.
    Map(Box<Type<'s>>, Box<Type<'s>>),
}

/// `choreography`
#[derive(Clone, Debug)]
pub struct Choreography<'s> {
    /// The roles behind its name; `None`: no brackets, so it stands for itself.
    pub roles: Option<Vec<Word<'s>>>,
    /// The fields behind `by`.
    pub key: Vec<Word<'s>>,
    /// What happens.
    pub body: Vec<Statement<'s>>,
}

/// `Analytics observes OrderPlaced, OrderShipped`; the item's name is the observer.
#[derive(Clone, Debug)]
pub struct Observation<'s> {
    /// What it hears.
    pub events: Vec<Word<'s>>,
}

/// One statement of a choreography.
#[derive(Clone, Debug)]
pub struct Statement<'s> {
    /// Docs and attributes.
    pub preamble: Preamble<'s>,
    /// What it says.
    pub kind: StatementKind<'s>,
    /// From its first word to its last, without the preamble.
    pub span: Span,
}

/// What a statement says.
#[derive(Clone, Debug)]
pub enum StatementKind<'s> {
    /// `A -> B, C: Event`
    Step(Step<'s>),
    /// `choice at A { … } or { … }`
    Choice(Choice<'s>),
    /// `par { … } and { … }`
    Parallel(Parallel<'s>),
    /// `loop again { … }`
    Loop(Loop<'s>),
    /// `repeat again`
    Repeat(Word<'s>),
    /// `within 15m at A { … } else { … }`
    Deadline(Deadline<'s>),
    /// `rollback`
    Rollback,
    /// `run Delivery(Shipping, Customer)`
    Run(Run<'s>),
    /// `on OrderShipped -> Loyalty`
    Start(Start<'s>),
}

/// `label: A -> B, C: Event`
#[derive(Clone, Debug)]
pub struct Step<'s> {
    /// The word before the colon.
    pub label: Option<Word<'s>>,
    /// What happens.
    pub sends: Sends<'s>,
    /// How it is taken back.
    pub undo: Option<Undo<'s>>,
}

/// `A -> B, C: Event`
#[derive(Clone, Debug)]
pub struct Sends<'s> {
    /// Who publishes.
    pub emitter: Word<'s>,
    /// Who hears.
    pub subscribers: Vec<Word<'s>>,
    /// What.
    pub event: Word<'s>,
}

/// `undo …` behind a step.
#[derive(Clone, Debug)]
pub struct Undo<'s> {
    /// The event that takes the step back; `None`: `undo none`.
    pub sends: Option<Sends<'s>>,
    /// From `undo` to its last word.
    pub span: Span,
}

/// `choice at A { … } or { … }`
#[derive(Clone, Debug)]
pub struct Choice<'s> {
    /// Who decides.
    pub decider: Word<'s>,
    /// What may happen.
    pub branches: Vec<Block<'s>>,
}

/// `label: par { … } and { … }`
#[derive(Clone, Debug)]
pub struct Parallel<'s> {
    /// The word before the colon.
    pub label: Option<Word<'s>>,
    /// What happens independently.
    pub regions: Vec<Block<'s>>,
}

/// `loop again { … }`
#[derive(Clone, Debug)]
pub struct Loop<'s> {
    /// The name that `repeat` mentions.
    pub name: Word<'s>,
    /// What may happen again.
    pub body: Block<'s>,
}

/// `within 15m at A or B -> A: Cancel { … } else { … }`
#[derive(Clone, Debug)]
pub struct Deadline<'s> {
    /// `15m`
    pub period: Word<'s>,
    /// Who keeps it.
    pub keeper: Word<'s>,
    /// The event with which another asks for the `else`.
    pub early: Option<Sends<'s>>,
    /// What must be decided in time.
    pub body: Block<'s>,
    /// What happens if it is not.
    pub otherwise: Block<'s>,
}

/// `run Delivery(Shipping, Customer)`
#[derive(Clone, Debug)]
pub struct Run<'s> {
    /// The choreography.
    pub choreography: Word<'s>,
    /// Who plays its roles, in their order.
    pub players: Vec<Word<'s>>,
}

/// `on OrderShipped -> Loyalty`
#[derive(Clone, Debug)]
pub struct Start<'s> {
    /// The event of another choreography.
    pub event: Word<'s>,
    /// Who hears it here.
    pub listeners: Vec<Word<'s>>,
}

/// `{ … }`
#[derive(Clone, Debug, Default)]
pub struct Block<'s> {
    /// What stands in it.
    pub body: Vec<Statement<'s>>,
    /// From brace to brace.
    pub span: Span,
}
