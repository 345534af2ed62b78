//! The machine as generated code states it.

/// What one participant does in one choreography.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    /// The choreography's qualified name.
    pub choreography: &'static str,
    /// The participant's name.
    pub participant: &'static str,
    /// A hash of the machine's content: instances of another machine are never stepped by this one.
    pub hash: u64,
    /// The event types whose payload a later method wants to know.
    pub keeps: &'static [&'static str],
    /// Its states; the first is where an instance starts.
    pub states: &'static [State],
}

/// One state of a machine. One that emits never hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// What may be heard here.
    pub hears: &'static [Hear],
    /// What may be emitted here.
    pub emits: &'static [Emit],
    /// Whether the choreography may be over for the participant here.
    pub ends: bool,
}

/// The participant hears an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hear {
    /// The event's qualified name.
    pub event: &'static str,
    /// Who publishes it.
    pub from: &'static str,
    /// Whether that is an external.
    pub external: bool,
    /// The method that answers it: the number that the handler is called with.
    pub point: u32,
    /// The state afterwards.
    pub target: u32,
}

/// The participant emits an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Emit {
    /// The event's qualified name.
    pub event: &'static str,
    /// Who hears it.
    pub to: &'static [Receiver],
    /// The state afterwards.
    pub target: u32,
}

/// Someone who hears an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receiver {
    /// The name.
    pub name: &'static str,
    /// Whether it takes part from outside.
    pub external: bool,
}

/// A state that waits for one of these.
pub const fn hears(hears: &'static [Hear]) -> State {
    State { hears, emits: &[], ends: false }
}

/// A state that says one of these.
pub const fn emits(emits: &'static [Emit]) -> State {
    State { hears: &[], emits, ends: false }
}

/// A state in which the choreography may be over; until it is, one of these may still be heard.
pub const fn ends(hears: &'static [Hear]) -> State {
    State { hears, emits: &[], ends: true }
}

/// Hearing `event` from `from` calls the method with the number `point` and leads to the state `target`.
pub const fn hear(event: &'static str, from: Receiver, point: u32, target: u32) -> Hear {
    Hear { event, from: from.name, external: from.external, point, target }
}

/// Saying `event` to all of `to` leads to the state `target`.
pub const fn emit(event: &'static str, to: &'static [Receiver], target: u32) -> Emit {
    Emit { event, to, target }
}

/// A service.
pub const fn service(name: &'static str) -> Receiver {
    Receiver { name, external: false }
}

/// Someone who takes part from outside.
pub const fn external(name: &'static str) -> Receiver {
    Receiver { name, external: true }
}
