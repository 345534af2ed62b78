//! How generated code writes machines: constructors for what every row has, methods for what some have.

use super::{Emit, Expire, Hear, Machine, Receiver, Renamed, Site, State, Undo, Undone};

impl Machine {
    /// A machine without states, for what is not said: `Machine { states, ..Machine::EMPTY }`.
    pub const EMPTY: Self = Self {
        choreography: "",
        participant: "",
        hash: 0,
        keeps: &[],
        states: &[],
        undos: &[],
        undone: &[],
        renamed: &[],
    };
}

impl Site {
    /// Outside of all regions and deadlines.
    pub const PLAIN: Self = Self { lane: 0, scopes: &[], opens: &[], enters: &[] };
}

/// A state in which nothing happens.
const EMPTY: State = State {
    hears: &[],
    emits: &[],
    ends: false,
    asks: None,
    regions: &[],
    target: 0,
    rollback: &[],
    expires: &[],
};

/// A state that waits for one of these.
pub const fn hears(hears: &'static [Hear]) -> State {
    State { hears, ..EMPTY }
}

/// A state that says one of these.
pub const fn emits(emits: &'static [Emit]) -> State {
    State { emits, ..EMPTY }
}

/// A state in which the choreography may be over; until it is, one of these may still be heard.
pub const fn ends(hears: &'static [Hear]) -> State {
    State { hears, ends: true, ..EMPTY }
}

/// A state that is several at once: it begins the regions with these first states, and goes on at `join` when
/// all of them are over.
pub const fn fork(regions: &'static [u32], join: u32) -> State {
    State { regions, target: join, ..EMPTY }
}

/// A state that takes back these steps, as far as they were done, and goes on at `target`.
pub const fn rollback(steps: &'static [u32], target: u32) -> State {
    State { rollback: steps, target, ..EMPTY }
}

impl State {
    /// When a step comes to rest here, the method with the number `point` is called, without an event, and
    /// says what is emitted.
    #[must_use]
    pub const fn asks(self, point: u32) -> Self {
        Self { asks: Some(point), ..self }
    }

    /// These may be heard all the same: in a fork, they leave all regions; in a state that emits, they overtake
    /// a decision that is still to come.
    #[must_use]
    pub const fn or_hears(self, hears: &'static [Hear]) -> Self {
        Self { hears, ..self }
    }

    /// These deadlines run here.
    #[must_use]
    pub const fn expires(self, expires: &'static [Expire]) -> Self {
        Self { expires, ..self }
    }
}

/// Hearing `event` from `from` calls the method with the number `point` and leads to the state `target`.
pub const fn hear(event: &'static str, from: Receiver, point: u32, target: u32) -> Hear {
    Hear { point: Some(point), ..gather(event, from, target) }
}

/// Hearing `event` from `from` calls nobody and leads to the state `target`: a later method knows it.
pub const fn gather(event: &'static str, from: Receiver, target: u32) -> Hear {
    Hear {
        event,
        from: from.name,
        unordered: from.external,
        foreign: false,
        point: None,
        target,
        site: Site::PLAIN,
        leaves: &[],
        took: None,
    }
}

/// Hearing `event` from `from`, who asks with it for the `else` of a deadline, calls the method with the number
/// `point` and leads to the state `target`.
pub const fn request(event: &'static str, from: Receiver, point: u32, target: u32) -> Hear {
    Hear { unordered: true, ..hear(event, from, point, target) }
}

/// Hearing an `event` of another choreography, whoever publishes it, calls the method with the number `point`
/// and leads to the state `target`.
pub const fn on(event: &'static str, point: u32, target: u32) -> Hear {
    Hear { foreign: true, ..hear(event, service(""), point, target) }
}

impl Hear {
    /// In this region.
    #[must_use]
    pub const fn lane(mut self, lane: u32) -> Self {
        self.site.lane = lane;
        self
    }

    /// In the bodies of these deadlines.
    #[must_use]
    pub const fn scopes(mut self, scopes: &'static [u32]) -> Self {
        self.site.scopes = scopes;
        self
    }

    /// These deadlines begin to run with it, as the first event of their bodies.
    #[must_use]
    pub const fn opens(mut self, scopes: &'static [u32]) -> Self {
        self.site.opens = scopes;
        self
    }

    /// These deadlines begin to run with it; their bodies begin behind it.
    #[must_use]
    pub const fn enters(mut self, scopes: &'static [u32]) -> Self {
        self.site.enters = scopes;
        self
    }

    /// These deadlines are over by it.
    #[must_use]
    pub const fn leaves(self, scopes: &'static [u32]) -> Self {
        Self { leaves: scopes, ..self }
    }

    /// It is remembered as `step`, which its emitter may take back.
    #[must_use]
    pub const fn took(self, step: u32) -> Self {
        Self { took: Some(step), ..self }
    }
}

/// Saying `event` to all of `to` leads to the state `target`.
pub const fn emit(event: &'static str, to: &'static [Receiver], target: u32) -> Emit {
    Emit { event, to, target, site: Site::PLAIN, leaves: None, undoable: None }
}

impl Emit {
    /// In this region.
    #[must_use]
    pub const fn lane(mut self, lane: u32) -> Self {
        self.site.lane = lane;
        self
    }

    /// In the bodies of these deadlines.
    #[must_use]
    pub const fn scopes(mut self, scopes: &'static [u32]) -> Self {
        self.site.scopes = scopes;
        self
    }

    /// These deadlines begin to run with it, as the first event of their bodies.
    #[must_use]
    pub const fn opens(mut self, scopes: &'static [u32]) -> Self {
        self.site.opens = scopes;
        self
    }

    /// These deadlines begin to run with it; their bodies begin behind it.
    #[must_use]
    pub const fn enters(mut self, scopes: &'static [u32]) -> Self {
        self.site.enters = scopes;
        self
    }

    /// It tells that this deadline has passed.
    #[must_use]
    pub const fn leaves(self, scope: u32) -> Self {
        Self { leaves: Some(scope), ..self }
    }

    /// It is remembered as `step`, which a rollback may take back.
    #[must_use]
    pub const fn undoable(self, step: u32) -> Self {
        Self { undoable: Some(step), ..self }
    }
}

/// The deadline `scope` falls due after so many milliseconds: that calls the method with the number `point`,
/// whose answer is walked from the state `target`.
pub const fn expire(scope: u32, after: u64, point: u32, target: u32) -> Expire {
    Expire { scope, after, point, target }
}

/// The step `step` is taken back by `event`, said to all of `to`, which the method with the number `point`
/// makes.
pub const fn undo(step: u32, event: &'static str, to: &'static [Receiver], point: u32) -> Undo {
    Undo { step, event, to, point }
}

/// By `event`, `from` takes a step back: that calls the method with the number `point`.
pub const fn undone(event: &'static str, from: Receiver, point: u32) -> Undone {
    Undone { event, from: from.name, point }
}

/// What rows call `event` is published as `now`, and had the names `between`.
pub const fn renamed(event: &'static str, now: &'static str, between: &'static [&'static str]) -> Renamed {
    Renamed { event, now, between }
}

/// A service.
pub const fn service(name: &'static str) -> Receiver {
    Receiver { name, external: false }
}

/// Someone who takes part from outside.
pub const fn external(name: &'static str) -> Receiver {
    Receiver { name, external: true }
}
