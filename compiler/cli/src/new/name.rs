//! What a package may be called.

use std::path::Path;

use crate::failure::Failure;

/// Words that Rust keeps for itself.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static",
    "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual",
    "where", "while", "yield",
];

/// Crates that a package of this name would stand in the way of, and names that cargo keeps.
const TAKEN: &[&str] = &[
    "alloc",
    "build",
    "chor",
    "chor-compiler",
    "chor-runtime",
    "core",
    "deps",
    "examples",
    "incremental",
    "proc-macro",
    "std",
    "test",
    "tokio",
];

/// The name of the package in this folder, where it can be one.
pub(crate) fn of_package(folder: &Path) -> Result<String, Failure> {
    let Some(name) = folder.file_name() else {
        let message = format!("`{}` is no name for a new folder", folder.display());
        return Err(Failure::new(message, "name a folder that does not exist yet, such as `shop`"));
    };
    let name = &*name.to_string_lossy();
    match fault(name) {
        None => Ok(name.to_owned()),
        Some(fault) => {
            let help = "choose one such as `shop` or `tea-house`";
            Err(Failure::new(format!("a package cannot be called `{}`: {fault}", name.escape_debug()), help))
        }
    }
}

fn fault(name: &str) -> Option<&'static str> {
    let word = name.replace('_', "-");
    let strange = |c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if name.is_empty() {
        Some("a name has at least one letter")
    } else if name.len() > 64 {
        Some("a name has at most 64 letters")
    } else if name.contains(strange) {
        Some("a name is made of the letters a to z, digits, `-` and `_`")
    } else if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        Some("a name begins with a letter")
    } else if KEYWORDS.contains(&word.as_str()) {
        Some("it is a keyword of Rust")
    } else if TAKEN.contains(&word.as_str()) {
        Some("there is a crate or a folder of cargo of that name")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn a_name_is_one_that_cargo_takes() {
        for (name, expected) in [
            ("shop", None),
            ("tea-house_2", None),
            ("", Some("at least one")),
            ("2shop", Some("begins")),
            ("-shop", Some("begins")),
            ("tea house", Some("is made of")),
            ("café", Some("is made of")),
            ("a\"b", Some("is made of")),
            ("match", Some("keyword")),
            ("proc_macro", Some("there is a crate")),
            ("chor-runtime", Some("there is a crate")),
            (&"x".repeat(65), Some("at most")),
        ] {
            let found = fault(name);
            assert!(
                found.zip(expected).map_or(found.is_none() && expected.is_none(), |(f, e)| f.contains(e)),
                "{name}: {found:?}"
            );
        }
    }
}
