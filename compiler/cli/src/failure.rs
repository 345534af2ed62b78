//! Why the command could not run.

use std::io;

use chor_compiler::host::{Problem, Problems, WriteError};

/// The reasons, one after the other, each with what to do about it.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) reasons: Vec<Reason>,
}

/// One reason.
#[derive(Debug)]
pub(crate) struct Reason {
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl Failure {
    /// A single reason.
    pub(crate) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { reasons: vec![Reason { message: message.into(), help: Some(help.into()) }] }
    }
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        let reason =
            |problem: &Problem| Reason { message: problem.message.clone(), help: Some(problem.help.clone()) };
        Self { reasons: problems.list().iter().map(reason).collect() }
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        Self::new(error.to_string(), error.help())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self {
            reasons: vec![Reason { message: format!("the output cannot be written: {error}"), help: None }],
        }
    }
}
