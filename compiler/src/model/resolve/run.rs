//! `run`: another choreography, with services in its roles.

use super::Resolver;
use super::flow::Flow;
use crate::diag::words::shown;
use crate::diag::{Diagnostic, codes};
use crate::model::{ChoreographyId, Node, Ref, ServiceId};
use crate::source::Span;
use crate::syntax::tree::{self, Word};

/// Who plays which role.
#[derive(Clone, Debug, Default)]
pub(super) struct Roles<'s> {
    roles: Vec<(&'s str, Option<ServiceId>)>,
}

/// What a name is among the roles.
pub(super) enum Player {
    /// No role.
    NoRole,
    /// A role that nobody plays yet.
    Nobody,
    /// A role that this service plays.
    Service(ServiceId),
}

impl<'s> Roles<'s> {
    /// Roles that nobody plays yet: the text is only looked over.
    pub(super) fn open(roles: &[Word<'s>]) -> Self {
        Self { roles: roles.iter().map(|role| (role.text, None)).collect() }
    }

    fn played(roles: &[Word<'s>], players: &[Option<Ref<ServiceId>>]) -> Self {
        let player = |at: usize| players.get(at).copied().flatten().map(|player| player.id);
        Self { roles: roles.iter().enumerate().map(|(at, role)| (role.text, player(at))).collect() }
    }

    /// Who this is, if it is a role.
    pub(super) fn player(&self, name: &str) -> Player {
        match self.roles.iter().find(|(role, _)| *role == name) {
            None => Player::NoRole,
            Some((_, None)) => Player::Nobody,
            Some((_, Some(service))) => Player::Service(*service),
        }
    }
}

/// The choreographies that are being run from this one on, if it is one of them.
fn circle<'f>(flow: &'f Flow<'_>, id: ChoreographyId) -> Option<&'f [(ChoreographyId, Span)]> {
    let from = flow.running.iter().position(|(running, _)| *running == id)?;
    flow.running.get(from..)
}

impl<'s> Resolver<'s, '_> {
    pub(super) fn run(&mut self, flow: &mut Flow<'s>, tree: &tree::Run<'s>) -> Vec<Node> {
        let span = tree.choreography.span;
        let players: Vec<_> = tree.players.iter().map(|word| self.player(flow, *word)).collect();
        let Some(id) = self.choreography_ref(tree.choreography) else { return Vec::new() };
        let Some((file, inner)) = self.choreographies.get(&id).copied() else { return Vec::new() };
        self.model.choreographies[id].is_run = true;
        let roles = inner.roles.as_deref().unwrap_or_default();
        let circle = circle(flow, id);
        let refused = circle
            .map(|circle| self.recursion(circle, id, span))
            .or_else(|| self.miscast(id, tree, roles))
            .or_else(|| self.cast_twice(tree, roles, &players))
            .or_else(|| self.other_key(flow, id, inner, span));
        if let Some(finding) = refused {
            // Each choreography of a circle comes round to itself; one of them tells it.
            let told = circle.is_some_and(|circle| circle.iter().any(|(other, _)| *other < id));
            self.findings.extend((!told).then_some(finding));
            self.complete = false;
            return Vec::new();
        }
        if !self.may_run(flow, id, span) {
            return Vec::new();
        }
        // The text that is run sees the names of its own file, its own loops and its own roles.
        let outer_file = self.names.current;
        let mut within = Flow {
            id: flow.id,
            loops: Vec::new(),
            loop_count: flow.loop_count,
            roles: Roles::played(roles, &players),
            running: flow.running.iter().copied().chain([(id, span)]).collect(),
            statements: flow.statements,
            depth: flow.depth,
            full: flow.full,
        };
        self.names.enter(file);
        let body = self.body(&mut within, &inner.body);
        self.names.enter(outer_file);
        (flow.loop_count, flow.statements, flow.full) = (within.loop_count, within.statements, within.full);
        body
    }

    fn recursion(&self, circle: &[(ChoreographyId, Span)], id: ChoreographyId, span: Span) -> Diagnostic {
        let name = shown(&self.model.choreographies[id].header.name.text);
        let finding =
            Diagnostic::new(&codes::RECURSIVE_RUN, span, format!("`{name}` would run itself without end"))
                .label(format!("runs `{name}` within `{name}`"))
                .help("repeat with `loop again { … repeat again … }` instead");
        circle.iter().skip(1).fold(finding, |finding, (_, place)| finding.related(*place, "on the way there"))
    }

    fn miscast(&self, id: ChoreographyId, tree: &tree::Run<'s>, roles: &[Word<'s>]) -> Option<Diagnostic> {
        if roles.len() == tree.players.len() {
            return None;
        }
        let declared = &self.model.choreographies[id].header.name;
        let name = shown(&declared.text);
        let message = match roles.len() {
            0 => format!("`{name}` has no roles, so it cannot be run"),
            1 => format!("`{name}` has 1 role, not {}", tree.players.len()),
            count => format!("`{name}` has {count} roles, not {}", tree.players.len()),
        };
        let finding = Diagnostic::new(&codes::WRONG_ROLES, tree.choreography.span, message)
            .related(declared.span, "declared here");
        let names: Vec<_> = roles.iter().map(|role| shown(role.text)).collect();
        Some(if names.is_empty() {
            finding.label("it happens by itself").help(format!(
                "give it roles, `choreography {name}(Sender, Receiver) by …`, or let an event start it with `on`"
            ))
        } else {
            finding
                .label("one service for each role")
                .help(format!("write `run {name}({})` with a service for each", names.join(", ")))
        })
    }

    fn cast_twice(
        &self,
        tree: &tree::Run<'s>,
        roles: &[Word<'s>],
        players: &[Option<Ref<ServiceId>>],
    ) -> Option<Diagnostic> {
        let played: Vec<_> = players.iter().flatten().collect();
        let (at, second) = played
            .iter()
            .enumerate()
            .find(|(at, player)| played.iter().take(*at).any(|other| other.id == player.id))?;
        let first = played.iter().find(|other| other.id == second.id)?;
        let name = shown(&self.model.services[second.id].header.name.text);
        let role = roles.get(at).map_or("", |role| role.text);
        Some(
            Diagnostic::new(&codes::TWO_ROLES, second.span, format!("{name} cannot play two roles at once"))
                .label(format!("{name} as `{}`", shown(role)))
                .related(first.span, format!("{name} plays this role already"))
                .help(format!(
                    "let another service play one of them, or write `{}` for this case by hand",
                    shown(tree.choreography.text)
                )),
        )
    }

    /// Everything in one instance is about one thing: the keys must have one name.
    fn other_key(
        &self,
        flow: &Flow<'s>,
        id: ChoreographyId,
        inner: &tree::Choreography<'s>,
        span: Span,
    ) -> Option<Diagnostic> {
        let outer = &self.model.choreographies[flow.id];
        let ours: Vec<_> = outer.key.iter().map(|part| part.text.as_str()).collect();
        let theirs: Vec<_> = inner.key.iter().map(|part| part.text).collect();
        if ours == theirs {
            return None;
        }
        let (name, other) = (&self.model.choreographies[id].header.name, &outer.header.name);
        let message = format!(
            "`{}` is told apart by {}, and `{}` by {}",
            shown(&name.text),
            theirs.join(", "),
            shown(&other.text),
            ours.join(", ")
        );
        Some(
            Diagnostic::new(&codes::RUN_KEY_DIFFERS, span, message)
                .label("run within another key")
                .related(name.span, "this one is run")
                .related(other.span, "within this one")
                .help("give both the same key; what has a key of its own is started with `on` instead"),
        )
    }
}
