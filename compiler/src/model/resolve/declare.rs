//! The first walk: every declaration gets its id, every namespace its names.

use rustc_hash::FxHashMap;

use super::names::{Declared, Imported, Names, Namespace, Scope, name};
use super::types::attributes;
use super::{Declaration, Meaning, empty_choreography};
use crate::diag::{Diagnostic, Diagnostics, codes};
use crate::model::{self, Event, EventKind, Header, Model, Service, TypeDef, TypeKind};
use crate::syntax::tree::{self, File, Item, ItemKind};

/// Every declaration with the index of its file, in the order of the text, and the names.
pub(super) fn declare<'s, 't>(
    files: &'t [File<'s>],
    model: &mut Model,
    findings: &mut Diagnostics,
) -> (Vec<(usize, Declaration<'s, 't>)>, Names<'s>) {
    let mut names = Names::default();
    let mut by_path: FxHashMap<&'s str, usize> = FxHashMap::default();
    let mut declared = Vec::new();
    for (at, file) in files.iter().enumerate() {
        let path = file.namespace.map_or("", |path| path.text);
        let namespace = *by_path.entry(path).or_insert_with(|| {
            names.namespaces.push(Namespace::default());
            names.namespaces.len() - 1
        });
        names.scopes.push(Scope { namespace, imports: FxHashMap::default() });
        for item in &file.items {
            let (meaning, declaration) = declare_item(item, path, model);
            declared.extend(declaration.map(|declaration| (at, declaration)));
            if let Some(namespace) = names.namespaces.get_mut(namespace) {
                add(namespace, item, meaning, findings);
            }
        }
    }
    for (at, file) in files.iter().enumerate() {
        for import in &file.imports {
            import_names(import, at, &by_path, &mut names, findings);
        }
    }
    (declared, names)
}

fn declare_item<'s, 't>(
    item: &'t Item<'s>,
    namespace: &str,
    model: &mut Model,
) -> (Meaning, Option<Declaration<'s, 't>>) {
    let header = header(item, namespace);
    match &item.kind {
        ItemKind::Participant(tree) => {
            let external = tree.external;
            let service = Service { header, external, owner: None, emits: None, reads: None };
            let id = model.services.push(service);
            (Meaning::Service(id), Some(Declaration::Participant(id, tree)))
        }
        ItemKind::Alias(tree) => {
            let id = model.types.push(TypeDef { header, kind: TypeKind::Record(Vec::new()) });
            (Meaning::Type(id), Some(Declaration::Alias(id, tree)))
        }
        ItemKind::Record(tree) => {
            let id = model.types.push(TypeDef { header, kind: TypeKind::Record(Vec::new()) });
            (Meaning::Type(id), Some(Declaration::Record(id, tree)))
        }
        ItemKind::Enum(tree) => {
            let values = tree.values.iter().map(enum_value).collect();
            let kind = TypeKind::Enum { open: tree.open, values };
            (Meaning::Type(model.types.push(TypeDef { header, kind })), None)
        }
        ItemKind::Event(tree) => {
            let kind = if tree.command { EventKind::Command } else { EventKind::Event };
            let id = model.events.push(Event { header, kind, version: version(tree), fields: Vec::new() });
            (Meaning::Event(id), Some(Declaration::Event(id, &tree.fields)))
        }
        ItemKind::Choreography(tree) => {
            let id = model.choreographies.push(empty_choreography(header));
            (Meaning::Choreography(id), Some(Declaration::Choreography(id, tree)))
        }
    }
}

fn header(item: &Item<'_>, namespace: &str) -> Header {
    Header {
        name: name(item.name),
        namespace: namespace.to_owned(),
        docs: item.preamble.docs.iter().map(|line| (*line).to_owned()).collect(),
        attributes: attributes(&item.preamble),
        span: item.span,
    }
}

fn enum_value(value: &tree::EnumValue<'_>) -> model::EnumValue {
    let docs = value.docs.iter().map(|line| (*line).to_owned()).collect();
    model::EnumValue { name: name(value.name), docs }
}

fn version(event: &tree::Event<'_>) -> u32 {
    event.version.and_then(|version| version.text.strip_prefix('v')?.parse().ok()).unwrap_or(1)
}

fn add<'s>(namespace: &mut Namespace<'s>, item: &Item<'s>, meaning: Meaning, findings: &mut Diagnostics) {
    let text = item.name.text;
    if let Some(first) = namespace.names.get(text) {
        let message = format!("`{text}` is declared twice");
        findings.push(
            Diagnostic::new(&codes::DUPLICATE_DECLARATION, item.name.span, message)
                .related(first.span, "first declared here"),
        );
        return;
    }
    namespace.names.insert(text, Declared { meaning, span: item.name.span });
    namespace.ordered.push(text);
}

fn import_names<'s>(
    import: &tree::Import<'s>,
    file: usize,
    by_path: &FxHashMap<&'s str, usize>,
    names: &mut Names<'s>,
    findings: &mut Diagnostics,
) {
    let Some(namespace) = by_path.get(import.namespace.text).and_then(|at| names.namespaces.get(*at)) else {
        let message = format!("there is no namespace `{}`", import.namespace.text);
        findings.push(Diagnostic::new(&codes::UNKNOWN_IMPORT, import.namespace.span, message));
        return;
    };
    let Some(scope) = names.scopes.get_mut(file) else { return };
    for word in &import.names {
        if let Some(declared) = namespace.names.get(word.text) {
            let imported = Imported { declared: *declared, used: false };
            scope.imports.insert(word.text, imported);
        } else {
            let message = format!("`{}` declares no `{}`", import.namespace.text, word.text);
            findings.push(Diagnostic::new(&codes::UNKNOWN_IMPORT, word.span, message));
        }
    }
}
