//! Declarations of which nobody says what they are, or to whom they belong.

use crate::diag::words::shown;
use crate::diag::{Diagnostic, Diagnostics, codes};
use crate::lint::Lints;
use crate::model::{EventKind, Header, Model};

pub(super) fn check(model: &Model, lints: &Lints, findings: &mut Diagnostics) {
    if lints.is_on(&codes::MISSING_DOC) {
        for service in model.services.values() {
            findings.extend(undocumented(&service.header, "what it is for"));
        }
        for event in model.events.values() {
            let about = match event.kind {
                EventKind::Event => "what has happened when it is published",
                EventKind::Command => "what is asked for, and by whom",
            };
            findings.extend(undocumented(&event.header, about));
        }
        for ty in model.types.values() {
            findings.extend(undocumented(&ty.header, "what its values mean"));
        }
        for choreography in model.choreographies.values() {
            findings.extend(undocumented(&choreography.header, "how it begins and how it may end"));
        }
    }
    if lints.is_on(&codes::MISSING_OWNER) {
        let without = model.services.values().filter(|service| !service.external && service.owner.is_none());
        findings.extend(without.map(|service| ownerless(&service.header)));
    }
}

fn undocumented(header: &Header, about: &str) -> Option<Diagnostic> {
    if header.docs.iter().any(|line| !line.trim().is_empty()) {
        return None;
    }
    let message = format!("nothing is said about `{}`", shown(&header.name.text));
    Some(
        Diagnostic::new(&codes::MISSING_DOC, header.name.span, message)
            .label("no `///` line stands above it")
            .help(format!("say above it {about}: `/// …`")),
    )
}

fn ownerless(header: &Header) -> Diagnostic {
    let name = shown(&header.name.text);
    Diagnostic::new(&codes::MISSING_OWNER, header.name.span, format!("nobody answers for {name}"))
        .label("it names no owner")
        .help(format!("say who does: `service {name} {{ owner \"team@example.org\" … }}`"))
}
