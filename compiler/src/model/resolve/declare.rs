//! The first walk: every declaration gets its id, every namespace its names.

use rustc_hash::FxHashMap;

use super::names::{Declared, Names, Namespace, Scope, name};
use super::types::{attributes, docs};
use super::{Declaration, Meaning};
use crate::diag::words::shown;
use crate::diag::{Diagnostic, Diagnostics, codes};
use crate::model::{self, Arena, Choreography, Event, EventKind, Header, Model, Service, TypeDef, TypeKind};
use crate::source::Span;
use crate::syntax::tree::{self, File, Item, ItemKind};

/// Every declaration with the index of its file, in the order of the text, and the names.
pub(super) fn declare<'s, 't>(
    files: &[&'t File<'s>],
    model: &mut Model,
    findings: &mut Diagnostics,
) -> (Vec<(usize, Declaration<'s, 't>)>, Names<'s>) {
    let mut names = Names::default();
    let mut declared = Vec::new();
    for (at, file) in files.iter().enumerate() {
        let path = file.namespace.map_or("", |path| path.text);
        let namespace = names.namespace(path);
        names.scopes.push(Scope { namespace, imports: FxHashMap::default(), imports_end: imports_end(file) });
        for item in &file.items {
            if let ItemKind::Observation(tree) = &item.kind {
                declared.push((at, Declaration::Observation(item.name, tree)));
                continue;
            }
            let Some((meaning, declaration)) = declare_item(item, path, model, findings) else {
                continue;
            };
            declared.extend(declaration.map(|declaration| (at, declaration)));
            if let Some(namespace) = names.namespaces.get_mut(namespace) {
                model.complete &= add(namespace, item, meaning, model, findings);
            }
        }
    }
    (declared, names)
}

fn imports_end(file: &File<'_>) -> Option<Span> {
    let last = file.imports.last().map(|import| import.span);
    last.or_else(|| file.namespace.map(|path| path.span)).map(Span::at_end)
}

fn declare_item<'s, 't>(
    item: &'t Item<'s>,
    namespace: &str,
    model: &mut Model,
    findings: &mut Diagnostics,
) -> Option<(Meaning, Option<Declaration<'s, 't>>)> {
    let header = header(item, namespace);
    Some(match &item.kind {
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
        ItemKind::Union(tree) => {
            let kind = TypeKind::Union { open: tree.open, variants: Vec::new() };
            let id = model.types.push(TypeDef { header, kind });
            (Meaning::Type(id), Some(Declaration::Union(id, tree)))
        }
        ItemKind::Event(tree) => {
            let kind = if tree.command { EventKind::Command } else { EventKind::Event };
            let version = version(tree, findings);
            let id = model.events.push(Event { header, kind, version, fields: Vec::new() });
            (Meaning::Event(id), Some(Declaration::Event(id, &tree.fields)))
        }
        ItemKind::Choreography(tree) => {
            let empty = Choreography {
                header,
                roles: Vec::new(),
                key: Vec::new(),
                start: None,
                steps: Arena::new(),
                scopes: Arena::new(),
                body: Vec::new(),
                above: Vec::new(),
                is_run: false,
            };
            let id = model.choreographies.push(empty);
            (Meaning::Choreography(id), Some(Declaration::Choreography(id, tree)))
        }
        // It declares no name.
        ItemKind::Observation(_) => return None,
    })
}

fn header(item: &Item<'_>, namespace: &str) -> Header {
    Header {
        name: name(item.name),
        namespace: namespace.to_owned(),
        docs: docs(&item.preamble.docs),
        attributes: attributes(&item.preamble),
        span: item.span,
        complete: true,
    }
}

fn enum_value(value: &tree::EnumValue<'_>) -> model::EnumValue {
    model::EnumValue {
        name: name(value.name),
        docs: docs(&value.preamble.docs),
        attributes: attributes(&value.preamble),
    }
}

fn version(event: &tree::Event<'_>, findings: &mut Diagnostics) -> u32 {
    let Some(word) = event.version else { return 1 };
    let number = word.text.strip_prefix('v').and_then(|digits| digits.parse().ok()).filter(|n| *n > 0);
    number.unwrap_or_else(|| {
        let message = format!("`{}` is no version", shown(word.text));
        findings.push(
            Diagnostic::new(&codes::INVALID_VERSION, word.span, message)
                .label("versions count from `v1`")
                .help("write `v` and a whole number from 1 to 4294967295; without a version, it is `v1`"),
        );
        1
    })
}

/// Whether the name is new.
fn add<'s>(
    namespace: &mut Namespace<'s>,
    item: &Item<'s>,
    meaning: Meaning,
    model: &Model,
    findings: &mut Diagnostics,
) -> bool {
    let text = item.name.text;
    if let Some(first) = namespace.names.get(text) {
        let name = shown(text);
        findings.push(
            Diagnostic::new(
                &codes::DUPLICATE_DECLARATION,
                item.name.span,
                format!("`{name}` is declared twice"),
            )
            .label("declared again here")
            .related(first.span, format!("first declared here, as {}", first.meaning.with_article(model)))
            .help("give one of the two another name, or remove it"),
        );
        return false;
    }
    namespace.names.insert(text, Declared { meaning, span: item.name.span });
    namespace.ordered.push(text);
    true
}
