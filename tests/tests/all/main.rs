//! The tests of the whole, in one binary: one module a subject.

mod corpus;
