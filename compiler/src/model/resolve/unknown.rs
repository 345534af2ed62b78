//! Names that mean nothing: one finding a name and file, with what was probably meant.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::names::{Kind, Names, Namespace};
use crate::diag::words::shown;
use crate::diag::{Diagnostic, closest, codes};
use crate::model::Scalar;
use crate::source::Span;
use crate::syntax::tree::Word;

/// So many other mentions are pointed at; the rest is counted.
const POINTED_AT: usize = 5;

/// So many names are compared with all others; a file with more mistakes than that is another problem.
const COMPARED: usize = 30;

/// The mentions of unknown names, by file and name, in the order of the text.
#[derive(Debug, Default)]
pub(super) struct Unknown<'s> {
    mentions: IndexMap<(usize, &'s str), Mentions, FxBuildHasher>,
}

#[derive(Debug)]
struct Mentions {
    wanted: Kind,
    spans: Vec<Span>,
}

impl<'s> Unknown<'s> {
    /// Notes that this file mentions a name that means nothing.
    pub(super) fn mention(&mut self, file: usize, word: Word<'s>, wanted: Kind) {
        self.mentions
            .entry((file, word.text))
            .or_insert_with(|| Mentions { wanted, spans: Vec::new() })
            .spans
            .push(word.span);
    }

    /// An import that was probably meant by one of them is not idle: whoever removes it has nothing left to correct the
    /// name to.
    pub(super) fn spare_imports(&self, names: &mut Names<'_>) {
        for ((file, name), mentions) in self.mentions.iter().take(COMPARED) {
            let Some(scope) = names.scopes.get_mut(*file) else { continue };
            for (imported, import) in &mut scope.imports {
                let fits = import.declared.is_some_and(|it| it.meaning.kind() == mentions.wanted);
                import.used |= fits && closest(name, [*imported]).is_some();
            }
        }
    }

    /// What to say about them.
    pub(super) fn findings(self, names: &Names<'_>) -> Vec<Diagnostic> {
        let mut findings = Vec::new();
        for (at, ((file, name), mut mentions)) in self.mentions.into_iter().enumerate() {
            mentions.spans.sort_unstable();
            let Some((first, others)) = mentions.spans.split_first() else { continue };
            let mut finding = finding(name, *first, others, mentions.wanted);
            if at < COMPARED {
                finding = with_help(finding, names, file, name, mentions.wanted);
            }
            findings.push(finding);
        }
        findings
    }
}

fn finding(name: &str, first: Span, others: &[Span], wanted: Kind) -> Diagnostic {
    let what = match wanted {
        Kind::Participant => "service or external",
        Kind::Event => "event or command",
        Kind::Type => "type",
        Kind::Choreography => "choreography",
    };
    let mut finding =
        Diagnostic::new(&codes::UNKNOWN_NAME, first, format!("there is no {what} `{}`", shown(name)))
            .label("nothing of this name is known here");
    for other in others.iter().take(POINTED_AT) {
        finding = finding.related(*other, "mentioned here too");
    }
    if others.len() > POINTED_AT {
        finding = finding.note(format!("and in {} more places", others.len() - POINTED_AT));
    }
    finding
}

/// Names what was probably meant: a name that differs little, one of another namespace, or a declaration to write.
fn with_help(finding: Diagnostic, names: &Names<'_>, file: usize, name: &str, wanted: Kind) -> Diagnostic {
    let span = finding.primary.span;
    let Some(scope) = names.scopes.get(file) else { return finding };
    if let Some(namespace) = elsewhere(names, name, wanted) {
        let line = format!("use {}::{{{name}}}", namespace.path);
        let finding = finding.help(format!("write `{line}` at the top of the file"));
        return match scope.imports_end {
            Some(end) => finding.edit(end, format!("\n{line}")),
            None => finding,
        };
    }
    if let Some(meant) = meant(names, file, name, wanted) {
        let once = finding.related.is_empty();
        let finding = finding.help(format!("did you mean `{meant}`?"));
        return if once { finding.edit(span, meant) } else { finding };
    }
    let name = shown(name);
    finding.help(match wanted {
        Kind::Participant => format!("declare it: `service {name}`, or `external {name}` if it is not yours"),
        Kind::Event => format!("declare it: `event {name} {{ … }}`"),
        Kind::Type => {
            format!("declare it: `record {name} {{ … }}`, `enum {name} {{ … }}` or `type {name} = …`")
        }
        Kind::Choreography => format!("declare it: `choreography {name} by … {{ … }}`"),
    })
}

/// The first named namespace that declares exactly this.
fn elsewhere<'n, 's>(names: &'n Names<'s>, name: &str, wanted: Kind) -> Option<&'n Namespace<'s>> {
    names.namespaces.iter().find(|namespace| {
        let declared = namespace.names.get(name);
        !namespace.path.is_empty() && declared.is_some_and(|declared| declared.meaning.kind() == wanted)
    })
}

/// The name of the wanted kind that differs least, among those that the file sees.
fn meant<'n>(names: &'n Names<'_>, file: usize, name: &str, wanted: Kind) -> Option<&'n str> {
    if wanted == Kind::Type
        && let Some((_, ours)) =
            OF_OTHER_LANGUAGES.iter().find(|(theirs, _)| name.eq_ignore_ascii_case(theirs))
    {
        return Some(ours);
    }
    let scope = names.scopes.get(file)?;
    let own = names.namespaces.get(scope.namespace)?;
    let declared = own
        .ordered
        .iter()
        .filter(|name| own.names.get(*name).is_some_and(|declared| declared.meaning.kind() == wanted));
    let mut imported: Vec<&str> = scope
        .imports
        .iter()
        .filter(|(_, import)| import.declared.is_some_and(|declared| declared.meaning.kind() == wanted))
        .map(|(name, _)| *name)
        .collect();
    imported.sort_unstable();
    let scalars =
        Scalar::ALL.into_iter().filter(|_| wanted == Kind::Type).map(|scalar| -> &str { scalar.keyword() });
    closest(name, declared.copied().chain(imported).chain(scalars))
}

/// What other languages call our types.
const OF_OTHER_LANGUAGES: &[(&str, &str)] = &[
    ("boolean", "bool"),
    ("byte", "u32"),
    ("char", "string"),
    ("bigint", "i64"),
    ("float32", "f64"),
    ("float64", "f64"),
    ("f32", "f64"),
    ("i8", "i32"),
    ("i16", "i32"),
    ("int8", "i32"),
    ("int16", "i32"),
    ("short", "i32"),
    ("u8", "u32"),
    ("u16", "u32"),
    ("uint8", "u32"),
    ("uint16", "u32"),
    ("usize", "u64"),
    ("isize", "i64"),
    ("varchar", "string"),
    ("bigdecimal", "decimal"),
    ("int", "i64"),
    ("int32", "i32"),
    ("int64", "i64"),
    ("integer", "i64"),
    ("long", "i64"),
    ("uint", "u64"),
    ("uint32", "u32"),
    ("uint64", "u64"),
    ("number", "f64"),
    ("float", "f64"),
    ("double", "f64"),
    ("str", "string"),
    ("text", "string"),
    ("guid", "uuid"),
    ("datetime", "timestamp"),
    ("instant", "timestamp"),
];
