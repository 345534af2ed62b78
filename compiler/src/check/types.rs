//! Types that contain themselves.

use crate::diag::words::shown;
use crate::diag::{Diagnostic, Diagnostics, codes};
use crate::model::{Id, Model, Type, TypeId, TypeKind};
use crate::source::Span;

/// So many steps of a cycle are pointed at.
const POINTED_AT: usize = 8;

pub(super) fn check(model: &Model, findings: &mut Diagnostics) {
    for held in [held_by_value, named_by_alias] {
        let state = vec![State::New; model.types.len()];
        let mut walk = Walk { model, held, state, findings: &mut *findings };
        for id in model.types.ids() {
            walk.from(id);
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    /// On the way from the start of the walk to where it is now.
    OnPath,
    Done,
}

/// A walk in depth over types that hold each other, with a path of its own: chains may be long.
struct Walk<'a> {
    model: &'a Model,
    /// Where the walk goes from a type, last first.
    held: fn(&Model, TypeId) -> Vec<TypeId>,
    state: Vec<State>,
    findings: &'a mut Diagnostics,
}

impl Walk<'_> {
    fn from(&mut self, start: TypeId) {
        let mut path: Vec<(TypeId, Vec<TypeId>)> = Vec::new();
        self.enter(start, &mut path);
        while let Some((id, left)) = path.last_mut() {
            let Some(next) = left.pop() else {
                let id = *id;
                self.set(id, State::Done);
                path.pop();
                continue;
            };
            match self.state.get(next.index()) {
                Some(State::OnPath) => {
                    let cycle = path.iter().map(|(id, _)| *id).skip_while(|id| *id != next).collect();
                    self.findings.extend(cyclic(self.model, cycle));
                }
                Some(State::New) => self.enter(next, &mut path),
                _ => {}
            }
        }
    }

    fn enter(&mut self, id: TypeId, path: &mut Vec<(TypeId, Vec<TypeId>)>) {
        if self.state.get(id.index()) == Some(&State::New) {
            self.set(id, State::OnPath);
            path.push((id, (self.held)(self.model, id)));
        }
    }

    fn set(&mut self, id: TypeId, state: State) {
        if let Some(place) = self.state.get_mut(id.index()) {
            *place = state;
        }
    }
}

/// The types of which every value of this type holds one. A list or map may be empty and an optional
/// field absent.
fn held_by_value(model: &Model, id: TypeId) -> Vec<TypeId> {
    match &model.types[id].kind {
        TypeKind::Alias(ty) => named(ty).into_iter().collect(),
        TypeKind::Record(fields) => fields.iter().rev().filter_map(|field| named(&field.ty)).collect(),
        TypeKind::Enum { .. } => Vec::new(),
    }
}

/// The aliases that an alias is made of, in lists and maps too: `type A = [A]` names nothing.
fn named_by_alias(model: &Model, id: TypeId) -> Vec<TypeId> {
    let TypeKind::Alias(ty) = &model.types[id].kind else { return Vec::new() };
    ty.named().filter(|id| matches!(model.types[*id].kind, TypeKind::Alias(_))).collect()
}

fn named(ty: &Type) -> Option<TypeId> {
    match ty {
        Type::Named(id) => Some(*id),
        Type::Scalar(..) | Type::List(..) | Type::Map(..) | Type::Optional(_) => None,
    }
}

/// A cycle as told from its first declaration.
fn cyclic(model: &Model, mut cycle: Vec<TypeId>) -> Option<Diagnostic> {
    let start = (0..cycle.len()).min_by_key(|at| cycle.get(*at))?;
    cycle.rotate_left(start);
    let first = cycle.first()?;
    let name = |id: &TypeId| shown(&model.types[*id].header.name.text);
    let message = format!("`{}` contains itself, so no value of it can end", name(first));
    let mut finding = Diagnostic::new(&codes::CYCLIC_TYPE, model.types[*first].header.name.span, message);
    for (holder, held) in cycle.iter().zip(cycle.iter().skip(1).chain([first])).take(POINTED_AT) {
        let span = mention(model, *holder, *held);
        finding = finding.related(span, format!("`{}` holds `{}`", name(holder), name(held)));
    }
    if cycle.len() > POINTED_AT {
        finding = finding.note(format!("and so on, through {} types in all", cycle.len()));
    }
    Some(
        finding.help(
            "make a field on this way optional (`?`), a list (`[…]`) or a map (`{string: …}`) in a record",
        ),
    )
}

/// Where a type names the one that it holds.
fn mention(model: &Model, holder: TypeId, held: TypeId) -> Span {
    let definition = &model.types[holder];
    let field = match &definition.kind {
        TypeKind::Record(fields) => fields.iter().find(|field| named(&field.ty) == Some(held)),
        TypeKind::Alias(_) | TypeKind::Enum { .. } => None,
    };
    field.map_or(definition.header.span, |field| field.ty_span)
}
