//! `use`: names of other namespaces.

use super::names::{Declared, Imported, Names};
use crate::diag::words::shown;
use crate::diag::{Diagnostic, Diagnostics, closest, codes};
use crate::source::Span;
use crate::syntax::tree::{File, Import, Word};

/// Gives every file the names that it imports. Whether each of them has one meaning.
pub(super) fn import<'s>(files: &[&File<'s>], names: &mut Names<'s>, findings: &mut Diagnostics) -> bool {
    let mut complete = true;
    for (file, tree) in files.iter().enumerate() {
        for import in &tree.imports {
            let found = names.by_path.get(import.namespace.text).copied();
            if found.is_none() {
                findings.push(unknown_namespace(import, names));
            }
            for word in &import.names {
                let declared = found.and_then(|namespace| declared(names, namespace, *word));
                if let (Some(namespace), None) = (found, declared) {
                    findings.push(unknown_name(import, *word, names, namespace));
                }
                complete &= add(file, import, *word, declared, names, findings);
            }
        }
    }
    complete
}

fn declared(names: &Names<'_>, namespace: usize, word: Word<'_>) -> Option<Declared> {
    names.namespaces.get(namespace)?.names.get(word.text).copied()
}

/// Whether the name has one meaning.
fn add<'s>(
    file: usize,
    import: &Import<'s>,
    word: Word<'s>,
    declared: Option<Declared>,
    names: &mut Names<'s>,
    findings: &mut Diagnostics,
) -> bool {
    let Some(scope) = names.scopes.get_mut(file) else { return true };
    let own = names.namespaces.get(scope.namespace);
    if own.is_some_and(|own| own.path == import.namespace.text) {
        // Said by `unused`: the file sees these names anyway.
        return true;
    }
    let here = own.and_then(|own| own.names.get(word.text)).map(|own| own.span);
    let before = scope.imports.get(word.text).copied();
    let Some(other) = before.map(|before| before.span).or(here) else {
        scope.imports.insert(word.text, Imported { declared, span: word.span, used: false });
        return true;
    };
    let Some(declared) = declared else { return true };
    match before.and_then(|before| before.declared) {
        Some(before) if before.meaning == declared.meaning => findings.push(twice(word, other)),
        _ => {
            findings.push(ambiguous(word, other));
            return false;
        }
    }
    true
}

fn unknown_namespace(import: &Import<'_>, names: &Names<'_>) -> Diagnostic {
    let path = import.namespace;
    let message = format!("there is no namespace `{}`", shown(path.text));
    let finding =
        Diagnostic::new(&codes::UNKNOWN_IMPORT, path.span, message).label("no file declares this namespace");
    let known = names.namespaces.iter().map(|namespace| namespace.path).filter(|path| !path.is_empty());
    match closest(path.text, known) {
        Some(meant) => finding.help(format!("did you mean `{meant}`?")).edit(path.span, meant),
        None => finding.help("give the compiler the files of that namespace too, or remove the `use`"),
    }
}

fn unknown_name(import: &Import<'_>, word: Word<'_>, names: &Names<'_>, namespace: usize) -> Diagnostic {
    let (name, path) = (shown(word.text), shown(import.namespace.text));
    let message = format!("the namespace `{path}` declares no `{name}`");
    let finding = Diagnostic::new(&codes::UNKNOWN_IMPORT, word.span, message).label("not declared there");
    let known = names.namespaces.get(namespace).map(|namespace| &namespace.ordered);
    match closest(word.text, known.into_iter().flatten().copied()) {
        Some(meant) => finding.help(format!("did you mean `{meant}`?")).edit(word.span, meant),
        None => finding.help(format!("declare `{name}` there, or remove it from the `use`")),
    }
}

fn twice(word: Word<'_>, first: Span) -> Diagnostic {
    let message = format!("`{}` is imported twice", shown(word.text));
    Diagnostic::new(&codes::LISTED_TWICE, word.span, message)
        .label("once more here")
        .related(first, "imported here")
        .help("remove one of the two")
}

fn ambiguous(word: Word<'_>, other: Span) -> Diagnostic {
    let name = shown(word.text);
    Diagnostic::new(
        &codes::AMBIGUOUS_IMPORT,
        word.span,
        format!("`{name}` would have two meanings in this file"),
    )
    .label("a second meaning")
    .related(other, "the first meaning")
    .help(format!("give one of the two another name, or remove `{name}` from the `use`"))
}

/// Imports that change nothing.
pub(super) fn unused(files: &[&File<'_>], names: &Names<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (tree, scope) in files.iter().zip(&names.scopes) {
        let own = names.namespaces.get(scope.namespace).map_or("", |namespace| namespace.path);
        for import in &tree.imports {
            if import.names.is_empty() {
                findings
                    .push(idle(import.span, "this `use` imports nothing").label("no names in the braces"));
            } else if import.namespace.text == own {
                let message =
                    format!("files of one namespace share their names: `use {own}::…` changes nothing");
                findings.push(idle(import.span, message).label("the namespace of this file itself"));
            } else {
                findings.extend(unused_names(import, scope));
            }
        }
    }
    findings
}

fn idle(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(&codes::UNUSED_IMPORT, span, message).help("remove this `use`").edit(span, "")
}

fn unused_names(import: &Import<'_>, scope: &super::names::Scope<'_>) -> Vec<Diagnostic> {
    let unused = |word: &Word<'_>| {
        scope
            .imports
            .get(word.text)
            .is_some_and(|entry| !entry.used && entry.declared.is_some() && entry.span == word.span)
    };
    let mut findings = Vec::new();
    for (at, word) in import.names.iter().enumerate().filter(|(_, word)| unused(word)) {
        let name = shown(word.text);
        let finding = Diagnostic::new(
            &codes::UNUSED_IMPORT,
            word.span,
            format!("`{name}` is imported and never mentioned"),
        )
        .label("not mentioned in this file");
        findings.push(if import.names.len() == 1 {
            finding.help("remove this `use`").edit(import.span, "")
        } else {
            finding.help(format!("remove `{name}` from the `use`")).edit(with_comma(import, at), "")
        });
    }
    findings
}

/// A name of the list with the comma that goes with it.
fn with_comma(import: &Import<'_>, at: usize) -> Span {
    let span = |at: usize| import.names.get(at).map_or(import.span, |word| word.span);
    match at.checked_sub(1) {
        Some(before) => Span { start: span(before).end, end: span(at).end },
        None => Span { start: span(at).start, end: span(at + 1).start },
    }
}
