//! Types that contain themselves.

use super::endless::{self, held_by_value};
use crate::diag::words::shown;
use crate::diag::{Diagnostic, Diagnostics, codes};
use crate::model::{Id, Model, Type, TypeId, TypeKind};
use crate::source::Span;

/// So many steps of a cycle are pointed at.
const POINTED_AT: usize = 8;

pub(super) fn check(model: &Model, findings: &mut Diagnostics) {
    let endless = endless::endless(model);
    let held_without_end = |id: TypeId| {
        let held = endless::held(&model.types[id]).into_iter().rev();
        held.filter(|held| endless[*held]).collect()
    };
    let named_by_alias = |id: TypeId| named_by_alias(model, id);
    for held in [&held_without_end as &dyn Fn(TypeId) -> Vec<TypeId>, &named_by_alias] {
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
    held: &'a dyn Fn(TypeId) -> Vec<TypeId>,
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
            path.push((id, (self.held)(id)));
        }
    }

    fn set(&mut self, id: TypeId, state: State) {
        if let Some(place) = self.state.get_mut(id.index()) {
            *place = state;
        }
    }
}

/// The aliases that an alias is made of, in lists and maps too: `type A = [A]` names nothing.
fn named_by_alias(model: &Model, id: TypeId) -> Vec<TypeId> {
    let TypeKind::Alias(ty) = &model.types[id].kind else { return Vec::new() };
    ty.named().filter(|id| matches!(model.types[*id].kind, TypeKind::Alias(_))).collect()
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
    let holds = |ty: &Type| held_by_value(ty) == Some(held);
    let place = match &definition.kind {
        TypeKind::Record(fields) => fields.iter().find(|field| holds(&field.ty)).map(|field| field.ty_span),
        TypeKind::Union { variants, .. } => {
            variants.iter().find(|variant| variant.ty.as_ref().is_some_and(holds)).map(|variant| variant.span)
        }
        TypeKind::Alias(_) | TypeKind::Enum { .. } => None,
    };
    place.unwrap_or(definition.header.span)
}
