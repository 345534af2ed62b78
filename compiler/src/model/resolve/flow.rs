//! Choreographies: who does what, after whom.

use super::names::name;
use super::run::{Player, Roles};
use super::types::{attributes, docs};
use super::{Resolver, period};
use crate::diag::words::shown;
use crate::diag::{Diagnostic, closest, codes};
use crate::model::{
    Above, Block, Choice, ChoreographyId, Deadline, Id, Loop, LoopId, Name, Node, Parallel, Ref, Scope,
    ServiceId, Start, Step, StepId, Undo,
};
use crate::source::Span;
use crate::syntax::tree::{self, Statement, StatementKind};

/// The choreography whose body is looked up.
pub(super) struct Flow<'s> {
    pub(super) id: ChoreographyId,
    /// The loops around the statement at hand, outermost first.
    pub(super) loops: Vec<(Name, LoopId)>,
    /// How many loops there have been.
    pub(super) loop_count: usize,
    /// Who plays which role in the text at hand.
    pub(super) roles: Roles<'s>,
    /// The choreographies that are being run, outermost first, each with where it is run.
    pub(super) running: Vec<(ChoreographyId, Span)>,
    /// How many statements there have been.
    pub(super) statements: usize,
    /// How many blocks are around the statement at hand.
    pub(super) depth: usize,
    /// It has been found too large: no more of it is made.
    pub(super) full: bool,
}

impl<'s> Resolver<'s, '_> {
    pub(super) fn choreography(&mut self, id: ChoreographyId, tree: &tree::Choreography<'s>) {
        let choreography = &mut self.model.choreographies[id];
        choreography.key = tree.key.iter().copied().map(name).collect();
        choreography.roles = tree.roles.iter().flatten().copied().map(name).collect();
        self.roles_twice(tree);
        let roles = tree.roles.as_deref().unwrap_or_default();
        let mut flow = Flow {
            id,
            loops: Vec::new(),
            loop_count: 0,
            roles: Roles::open(roles),
            running: vec![(id, self.model.choreographies[id].header.name.span)],
            statements: 0,
            depth: 0,
            full: false,
        };
        let body = self.body(&mut flow, &tree.body);
        let choreography = &mut self.model.choreographies[id];
        if tree.roles.is_some() {
            // What has roles happens only where it is run, each time with other players.
            choreography.steps = crate::model::Arena::new();
            choreography.scopes = crate::model::Arena::new();
        } else {
            choreography.body = body;
        }
    }

    fn roles_twice(&mut self, tree: &tree::Choreography<'s>) {
        let roles = tree.roles.as_deref().unwrap_or_default();
        for (at, role) in roles.iter().enumerate() {
            let Some(first) = roles.iter().take(at).find(|other| other.text == role.text) else { continue };
            self.findings.push(
                Diagnostic::new(
                    &codes::LISTED_TWICE,
                    role.span,
                    format!("two roles are called `{}`", shown(role.text)),
                )
                .label("the same name")
                .related(first.span, "the first of them")
                .help("give each role a name of its own"),
            );
        }
    }

    pub(super) fn body(&mut self, flow: &mut Flow<'s>, tree: &[Statement<'s>]) -> Vec<Node> {
        let mut body = Vec::with_capacity(tree.len());
        flow.depth += 1;
        for statement in tree {
            if self.is_room(flow) {
                self.statement(flow, statement, &mut body);
            }
        }
        flow.depth -= 1;
        body
    }

    fn block(&mut self, flow: &mut Flow<'s>, tree: &tree::Block<'s>) -> Block {
        Block { body: self.body(flow, &tree.body), span: tree.span }
    }

    fn blocks(&mut self, flow: &mut Flow<'s>, trees: &[tree::Block<'s>]) -> Vec<Block> {
        trees.iter().map(|tree| self.block(flow, tree)).collect()
    }

    fn statement(&mut self, flow: &mut Flow<'s>, tree: &Statement<'s>, body: &mut Vec<Node>) {
        let span = tree.span;
        if !matches!(tree.kind, StatementKind::Step(_)) && !tree.preamble.attributes.is_empty() {
            let above = Above { attributes: attributes(&tree.preamble), span };
            self.model.choreographies[flow.id].above.push(above);
        }
        match &tree.kind {
            StatementKind::Step(step) => body.extend(self.step(flow, tree, step).map(Node::Step)),
            StatementKind::Choice(choice) => {
                let decider = self.player(flow, choice.decider);
                let branches = self.blocks(flow, &choice.branches);
                body.extend(decider.map(|decider| Node::Choice(Choice { decider, branches, span })));
            }
            StatementKind::Parallel(parallel) => {
                let (label, regions) = (parallel.label.map(name), self.blocks(flow, &parallel.regions));
                body.push(Node::Parallel(Parallel { label, regions, span }));
            }
            StatementKind::Loop(node) => body.push(self.repetition(flow, node, span)),
            StatementKind::Repeat(word) => body.extend(self.repeat(flow, *word, span)),
            StatementKind::Deadline(deadline) => body.extend(self.deadline(flow, deadline, span)),
            StatementKind::Rollback => body.push(Node::Rollback(span)),
            StatementKind::Run(run) => body.extend(self.run(flow, run)),
            StatementKind::Start(start) => self.start(flow, start, span),
        }
    }

    /// A participant as the text at hand names it: a role, or a service.
    pub(super) fn player(&mut self, flow: &Flow<'s>, word: tree::Word<'s>) -> Option<Ref<ServiceId>> {
        match flow.roles.player(word.text) {
            Player::Service(id) => Some(Ref { id, span: word.span }),
            Player::Nobody => None,
            Player::NoRole => self.service_ref(word),
        }
    }

    fn players(&mut self, flow: &Flow<'s>, words: &[tree::Word<'s>]) -> Vec<Ref<ServiceId>> {
        words.iter().filter_map(|word| self.player(flow, *word)).collect()
    }

    fn step(&mut self, flow: &mut Flow<'s>, tree: &Statement<'s>, step: &tree::Step<'s>) -> Option<StepId> {
        let undo = step.undo.as_ref();
        let end = step.sends.event.span;
        let id = self.sends(flow, &step.sends, tree.span.at_start().to(end))?;
        let undo = undo.and_then(|undo| match &undo.sends {
            None => Some(Undo::None),
            Some(sends) => self.sends(flow, sends, undo.span).map(Undo::By),
        });
        let step_of_model = &mut self.model.choreographies[flow.id].steps[id];
        step_of_model.label = step.label.map(name);
        step_of_model.docs = docs(&tree.preamble.docs);
        step_of_model.attributes = attributes(&tree.preamble);
        step_of_model.undo = undo;
        Some(id)
    }

    fn sends(&mut self, flow: &mut Flow<'s>, tree: &tree::Sends<'s>, span: Span) -> Option<StepId> {
        let emitter = self.player(flow, tree.emitter);
        let subscribers = self.players(flow, &tree.subscribers);
        let event = self.event_ref(tree.event);
        self.push(flow, Step { subscribers, span, ..Step::of(emitter?, event?) })
    }

    fn repetition(&mut self, flow: &mut Flow<'s>, tree: &tree::Loop<'s>, span: Span) -> Node {
        let (name, id) = (name(tree.name), LoopId::from_index(flow.loop_count));
        flow.loop_count += 1;
        if let Some((outer, _)) = flow.loops.iter().find(|(outer, _)| outer.text == name.text) {
            let text = shown(&name.text);
            self.findings.push(
                Diagnostic::new(
                    &codes::LOOP_NAME_TAKEN,
                    name.span,
                    format!("a loop around this one is called `{text}` too"),
                )
                .label(format!("which one would `repeat {text}` mean?"))
                .related(outer.span, "the outer loop")
                .help("give one of the two another name"),
            );
        }
        self.without_repeat(tree);
        flow.loops.push((name.clone(), id));
        let body = self.body(flow, &tree.body.body);
        flow.loops.pop();
        Node::Loop(Loop { id, name, body, span })
    }

    fn without_repeat(&mut self, tree: &tree::Loop<'s>) {
        let (name, text) = (tree.name, shown(tree.name.text));
        if !repeats(&tree.body.body, name.text) {
            self.findings.push(
                Diagnostic::new(&codes::LOOP_WITHOUT_REPEAT, name.span, "this loop never goes round")
                    .label(format!("nothing in it says `repeat {text}`"))
                    .help(format!(
                        "write `repeat {text}` where it goes back to its start, or leave the loop out"
                    )),
            );
        }
    }

    fn repeat(&mut self, flow: &Flow<'s>, word: tree::Word<'s>, span: Span) -> Option<Node> {
        let found = flow.loops.iter().rev().find(|(name, _)| name.text == word.text);
        if let Some((_, id)) = found {
            return Some(Node::Repeat(Ref { id: *id, span }));
        }
        let text = shown(word.text);
        let message = format!("no loop around this is called `{text}`");
        let finding = Diagnostic::new(&codes::UNKNOWN_LOOP, word.span, message).label("no such loop");
        let around = flow.loops.iter().map(|(name, _)| name.text.as_str());
        self.findings.push(match (closest(word.text, around), flow.loops.last()) {
            (Some(meant), _) => finding.help(format!("did you mean `{meant}`?")).edit(word.span, meant),
            (None, Some((inner, _))) => finding
                .related(inner.span, "the loop around it")
                .help(format!("write `repeat {}`", shown(&inner.text))),
            (None, None) => finding.help(format!("write `loop {text} {{ … }}` around what may happen again")),
        });
        self.complete = false;
        None
    }

    fn deadline(&mut self, flow: &mut Flow<'s>, tree: &tree::Deadline<'s>, span: Span) -> Option<Node> {
        let keeper = self.player(flow, tree.keeper);
        let millis = period::millis(tree.period).unwrap_or_else(|finding| {
            self.findings.push(*finding);
            1
        });
        let early = tree.early.as_ref().and_then(|early| {
            let span = early.emitter.span.to(early.event.span);
            self.sends(flow, early, span)
        });
        let scope = keeper.and_then(|keeper| {
            self.push_deadline(flow, Scope { keeper, millis, period: name(tree.period), early })
        });
        let (body, otherwise) = (self.block(flow, &tree.body), self.block(flow, &tree.otherwise));
        Some(Node::Deadline(Deadline { scope: scope?, body, otherwise, span }))
    }

    /// Who emits the event is known when every choreography has been looked up: `starts` sees to it.
    fn start(&mut self, flow: &mut Flow<'s>, tree: &tree::Start<'s>, span: Span) {
        let listeners = self.players(flow, &tree.listeners);
        let event = self.event_ref(tree.event);
        if let Some(finding) = self.misplaced_start(flow, span) {
            self.findings.push(finding);
        } else if let Some(event) = event {
            self.model.choreographies[flow.id].start = Some(Start { event, listeners, span });
        }
    }

    /// An instance starts once, so `on` is the first statement of a choreography that stands for itself.
    fn misplaced_start(&self, flow: &Flow<'s>, span: Span) -> Option<Diagnostic> {
        let choreography = &self.model.choreographies[flow.id];
        let name = shown(&choreography.header.name.text);
        let misplaced = |message: String| Diagnostic::new(&codes::MISPLACED_START, span, message);
        if !choreography.roles.is_empty() || flow.running.len() > 1 {
            let (id, _) = flow.running.last()?;
            let declared = &self.model.choreographies[*id].header.name;
            return Some(
                misplaced(format!("`{}` starts where it is run, and by nothing else", shown(&declared.text)))
                    .label("would start it by itself")
                    .related(declared.span, "it has roles, so others `run` it")
                    .help("remove the `on`, or remove the roles and name the services"),
            );
        }
        if let Some(start) = &choreography.start {
            return Some(
                misplaced(format!("`{name}` has one start already"))
                    .label("a second start")
                    .related(start.span, "an instance starts here")
                    .help("write a choreography of its own for each event that starts something"),
            );
        }
        let first = self.choreographies.get(&flow.id).and_then(|(_, tree)| tree.body.first())?;
        (first.span != span).then(|| {
            misplaced("an instance has started before this".to_owned())
                .label("`on` says how an instance starts")
                .related(first.span, "here it starts")
                .help(format!("write `on` as the first line of `{name}`, or in a choreography of its own"))
        })
    }
}

/// Whether one of these statements goes back to the start of a loop, or may be meant to.
fn repeats(body: &[Statement<'_>], name: &str) -> bool {
    let any = |blocks: &[tree::Block<'_>]| blocks.iter().any(|block| repeats(&block.body, name));
    body.iter().any(|statement| match &statement.kind {
        StatementKind::Repeat(target) => target.text == name || closest(target.text, [name]).is_some(),
        StatementKind::Choice(choice) => any(&choice.branches),
        StatementKind::Parallel(parallel) => any(&parallel.regions),
        StatementKind::Loop(inner) => inner.name.text != name && repeats(&inner.body.body, name),
        StatementKind::Deadline(deadline) => {
            repeats(&deadline.body.body, name) || repeats(&deadline.otherwise.body, name)
        }
        StatementKind::Step(_)
        | StatementKind::Rollback
        | StatementKind::Run(_)
        | StatementKind::Start(_) => false,
    })
}

impl Step {
    /// A step that so far nobody hears.
    pub(super) fn of(emitter: Ref<ServiceId>, event: Ref<crate::model::EventId>) -> Self {
        Self {
            label: None,
            emitter,
            subscribers: Vec::new(),
            event,
            undo: None,
            docs: Vec::new(),
            attributes: Vec::new(),
            span: event.span,
        }
    }
}
