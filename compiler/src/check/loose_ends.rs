//! What is declared and leads nowhere.

use crate::diag::words::shown;
use crate::diag::{Diagnostic, Diagnostics, codes};
use crate::graph::{EventUse, Usage};
use crate::model::{Arena, Choreography, Event, Model, Service, Type, TypeDef, TypeId};

pub(super) fn check(model: &Model, usage: &Usage, findings: &mut Diagnostics) {
    for (id, event) in model.events.iter() {
        findings.extend(one_ended(model, event, &usage.events[id]));
    }
    let used = used_types(model);
    let unused = model.types.iter().filter(|(id, _)| !used[*id]);
    findings.extend(unused.map(|(_, ty)| unused_type(ty)));
    let idle = model
        .services
        .iter()
        .filter(|(id, service)| !usage.in_steps[*id] && service.emits.is_none() && service.reads.is_none());
    findings.extend(idle.map(|(_, service)| unused_service(service)));
    let choreographies = model.choreographies.values();
    findings.extend(choreographies.filter(|it| !it.roles.is_empty() && !it.is_run).map(never_run));
}

/// An event that is only emitted, only heard, or neither.
fn one_ended(model: &Model, event: &Event, usage: &EventUse) -> Option<Diagnostic> {
    let (span, name) = (event.header.name.span, shown(&event.header.name.text));
    let service = |list: &[(_, _)]| {
        list.first().map(|(id, place)| (shown(&model.services[*id].header.name.text), *place))
    };
    match (service(usage.producers()), service(usage.consumers())) {
        (Some(_), Some(_)) => None,
        (Some((emitter, place)), None) => Some(
            Diagnostic::new(&codes::DEAD_EVENT, place, format!("nobody hears `{name}`"))
                .label(format!("{emitter} emits it"))
                .about(span)
                .related(span, "the event is declared here")
                .help(format!("let a service read `{name}`, or stop emitting it")),
        ),
        (None, Some((reader, place))) => Some(
            Diagnostic::new(&codes::ORPHAN_CONSUMER, place, format!("nobody emits `{name}`"))
                .label(format!("{reader} waits for it in vain"))
                .about(span)
                .related(span, "the event is declared here")
                .help(format!(
                    "let a service emit `{name}`; if it comes from outside, declare an `external` that emits it"
                )),
        ),
        (None, None) => Some(
            Diagnostic::new(&codes::UNUSED_EVENT, span, format!("`{name}` is never used"))
                .label("nobody emits it, nobody hears it")
                .help(format!("use `{name}` in a choreography, or remove it")),
        ),
    }
}

/// Whether an event or another type mentions the type.
fn used_types(model: &Model) -> Arena<TypeId, bool> {
    let mut used: Arena<TypeId, bool> = model.types.values().map(|_| false).collect();
    let fields = model.events.values().flat_map(|event| &event.fields);
    fields.flat_map(|field| field.ty.named()).for_each(|id| used[id] = true);
    for (id, ty) in model.types.iter() {
        // A list of itself is no use of a type.
        let mentioned = ty.kind.written().into_iter().flat_map(Type::named).filter(|other| *other != id);
        mentioned.for_each(|other| used[other] = true);
    }
    used
}

fn unused_type(ty: &TypeDef) -> Diagnostic {
    let name = shown(&ty.header.name.text);
    Diagnostic::new(&codes::UNUSED_TYPE, ty.header.name.span, format!("the type `{name}` is never used"))
        .label("no field has this type")
        .help(format!("give a field the type `{name}`, or remove it"))
}

fn never_run(choreography: &Choreography) -> Diagnostic {
    let name = &choreography.header.name;
    let text = shown(&name.text);
    let roles: Vec<_> = choreography.roles.iter().take(6).map(|role| shown(&role.text)).collect();
    Diagnostic::new(&codes::UNUSED_CHOREOGRAPHY, name.span, format!("nobody runs `{text}`"))
        .label("it has roles, so it happens only where it is run, and is checked there alone")
        .help(format!("write `run {text}({})` with a service in each role, or remove it", roles.join(", ")))
}

fn unused_service(service: &Service) -> Diagnostic {
    let name = shown(&service.header.name.text);
    Diagnostic::new(&codes::UNUSED_SERVICE, service.header.name.span, format!("{name} plays no part"))
        .label("in no step, and it states nothing to emit or read")
        .help(format!("let {name} take part in a choreography, state what it emits and reads, or remove it"))
}
