use std::sync::Arc;

/// The longest texts of a trace that are carried, in bytes: what W3C Trace Context asks for, and for its first field room
/// for later versions.
const LONGEST_PARENT: usize = 128;
const LONGEST_STATE: usize = 512;

/// Where a flow stands in a distributed trace, as [W3C Trace Context](https://www.w3.org/TR/trace-context/) writes it.
///
/// Events carry it from service to service, whether these know what it means or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace(Arc<(String, String)>);

impl Trace {
    /// The trace of these fields; `None`: they are none. What is wrong with a trace is no reason to refuse an event.
    pub fn new(traceparent: &str, tracestate: Option<&str>) -> Option<Self> {
        let fits = !traceparent.is_empty() && traceparent.len() <= LONGEST_PARENT;
        if !fits || !traceparent.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        let printable = |text: &&str| text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
        let state = tracestate.filter(|text| text.len() <= LONGEST_STATE).filter(printable);
        Some(Self(Arc::new((traceparent.to_owned(), state.unwrap_or_default().to_owned()))))
    }

    /// The trace, and the span that it comes from.
    pub fn traceparent(&self) -> &str {
        &self.0.0
    }

    /// What vendors have added.
    pub fn tracestate(&self) -> Option<&str> {
        Some(self.0.1.as_str()).filter(|state| !state.is_empty())
    }
}

#[cfg(any(feature = "sqlite", feature = "nats"))]
impl Trace {
    /// As stores keep it: both fields, a space between them.
    pub(crate) fn to_text(&self) -> String {
        let (parent, state) = &*self.0;
        if state.is_empty() { parent.clone() } else { format!("{parent} {state}") }
    }

    pub(crate) fn from_text(text: &str) -> Option<Self> {
        let (parent, state) = text.split_once(' ').unwrap_or((text, ""));
        Self::new(parent, Some(state))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f0670000000002-01";

    #[test]
    fn what_is_no_trace_is_left_out() {
        assert_eq!(Trace::new("", None), None);
        assert_eq!(Trace::new("00 4b", None), None);
        assert_eq!(Trace::new("00-\u{e9}", None), None);
        assert_eq!(Trace::new(&"0".repeat(129), None), None);
        assert_eq!(Trace::new(PARENT, Some(&"x".repeat(513))), Trace::new(PARENT, None));
        assert_eq!(Trace::new(PARENT, Some("a\nb")).unwrap().tracestate(), None);
    }

    #[cfg(any(feature = "sqlite", feature = "nats"))]
    #[test]
    fn what_is_kept_is_the_same() {
        for state in [None, Some("a=1,b=2"), Some("a=1, b=2")] {
            let trace = Trace::new(PARENT, state).unwrap();
            assert_eq!(Trace::from_text(&trace.to_text()), Some(trace));
        }
    }
}
