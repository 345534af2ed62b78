use std::fmt;

/// The lane of events that take others back: they are heard wherever their receiver stands.
pub(crate) const UNDOS: u32 = u32::MAX;

/// An event's place in what its source has sent one subscriber about an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sequence {
    /// The region of the choreography that it belongs to; each is counted by itself.
    pub lane: u32,
    /// Its number there, from 1.
    pub number: u64,
}

/// How often a deadline had fallen due when an event was published in its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Round {
    /// The deadline's number in the choreography.
    pub scope: u32,
    /// How often.
    pub number: u32,
}

/// `3`, or `2.3` in the region 2.
impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.lane {
            0 => write!(f, "{}", self.number),
            lane => write!(f, "{lane}.{}", self.number),
        }
    }
}
