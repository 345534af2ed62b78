//! The text as a tree.
