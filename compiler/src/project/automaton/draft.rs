//! The body of a choreography as a graph: its steps, and edges along which nothing happens.
//!
//! The graph is what the text says, position by position. Loops lead back, the branches of a choice leave one node and
//! meet in another, a `par` is a node from which regions hang, a deadline is an edge into its body and one out of it.

use std::collections::BTreeMap;

use super::{Automaton, Place, Places, condense, form, reach};
use crate::diag::{Diagnostic, codes};
use crate::model::{
    Arena, Block, Choice, Choreography, Deadline, Id, Loop, LoopId, Model, Node, Parallel, ScopeId,
    ServiceId, StepId, Undo,
};
use crate::source::Span;

/// Builds the automaton of a choreography; what its form forbids is reported, and then there is none.
pub fn build(model: &Model, choreography: &Choreography) -> Result<Automaton, Vec<Diagnostic>> {
    let mut draft = Draft::new(model, choreography);
    form::empty(choreography, &mut draft.findings);
    draft.findings.extend(reach::unguarded(choreography));
    let (start, end) = (draft.node(), draft.node());
    draft.mark_end(end);
    let first = draft.foreign_start(start);
    draft.sequence(&choreography.body, first, end);
    if draft.findings.is_empty() { condense::condense(draft, start) } else { Err(draft.findings) }
}

/// A position in the text.
pub(super) type Position = usize;

/// The graph, as far as it has been drawn.
pub(super) struct Draft<'a> {
    pub(super) model: &'a Model,
    pub(super) choreography: &'a Choreography,
    pub(super) nodes: Vec<DraftNode>,
    /// Where the `else` of each deadline starts.
    pub(super) otherwise: BTreeMap<ScopeId, Position>,
    pub(super) places: Places,
    pub(super) findings: Vec<Diagnostic>,
    /// The place of what is being drawn.
    place: Place,
    /// The forks around it.
    within: Vec<Position>,
    /// How many regions there have been.
    lanes: u32,
    /// Where each loop around it starts, and what is around the loop.
    loops: Vec<(LoopId, Position, Place)>,
}

/// One position.
#[derive(Clone, Debug, Default)]
pub(super) struct DraftNode {
    pub(super) edges: Vec<Edge>,
    pub(super) fork: Option<DraftFork>,
    pub(super) ends: bool,
    /// The deadlines around it.
    pub(super) scopes: Vec<ScopeId>,
    /// The forks around it, outermost first.
    pub(super) within: Vec<Position>,
    /// The region that it is in.
    pub(super) lane: u32,
}

/// Regions that hang from a node.
#[derive(Clone, Debug)]
pub(super) struct DraftFork {
    pub(super) regions: Vec<Position>,
    pub(super) join: Position,
    pub(super) span: Span,
}

/// A way from one position to another.
#[derive(Clone, Debug)]
pub(super) struct Edge {
    pub(super) what: What,
    pub(super) target: Position,
}

/// What happens on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// Nothing.
    Nothing,
    /// A step.
    Step(StepId),
    /// Nothing, but a deadline begins to concern what follows.
    Enter(ScopeId),
    /// Nothing, but these deadlines no longer concern what follows: only where they are settled.
    Leave(Vec<ScopeId>),
    /// Everybody who hears of it takes back what it did.
    Rollback(Span),
    /// One participant takes these of its steps back; what a rollback becomes.
    Undo(Vec<StepId>),
}

impl<'a> Draft<'a> {
    fn new(model: &'a Model, choreography: &'a Choreography) -> Self {
        Self {
            model,
            choreography,
            nodes: Vec::new(),
            otherwise: BTreeMap::new(),
            places: Places::new(choreography.steps.len()),
            findings: Vec::new(),
            place: Place::default(),
            within: Vec::new(),
            lanes: 0,
            loops: Vec::new(),
        }
    }

    /// A new position, in the place of what is being drawn.
    fn node(&mut self) -> Position {
        let (scopes, within, lane) = (self.place.scopes.clone(), self.within.clone(), self.place.lane);
        self.nodes.push(DraftNode { scopes, within, lane, ..DraftNode::default() });
        self.nodes.len() - 1
    }

    fn at(&mut self, position: Position) -> Option<&mut DraftNode> {
        self.nodes.get_mut(position)
    }

    fn mark_end(&mut self, position: Position) {
        self.at(position).into_iter().for_each(|node| node.ends = true);
    }

    fn edge(&mut self, from: Position, what: What, target: Position) {
        if let Some(node) = self.at(from) {
            node.edges.push(Edge { what, target });
        }
    }

    /// The event of another choreography, where one starts this. Its step is the last one: `resolve` has added it.
    fn foreign_start(&mut self, start: Position) -> Position {
        let Some(step) = self.choreography.foreign_step() else { return start };
        let behind = self.node();
        self.edge(start, What::Step(step), behind);
        behind
    }

    fn sequence(&mut self, nodes: &[Node], from: Position, to: Position) {
        let mut here = from;
        for (index, node) in nodes.iter().enumerate() {
            let next = if index + 1 == nodes.len() { to } else { self.node() };
            self.draw(node, here, next);
            here = next;
        }
        if nodes.is_empty() {
            self.edge(from, What::Nothing, to);
        }
    }

    fn draw(&mut self, node: &Node, from: Position, to: Position) {
        match node {
            Node::Step(step) => self.step(*step, from, to),
            Node::Choice(choice) => self.choice(choice, from, to),
            Node::Parallel(parallel) => self.parallel(parallel, from, to),
            Node::Loop(node) => self.repetition(node, from, to),
            Node::Repeat(target) => self.repeat(target.id, target.span, from),
            Node::Deadline(deadline) => self.deadline(deadline, from, to),
            Node::Rollback(span) => self.rollback(*span, from, to),
        }
    }

    fn step(&mut self, id: StepId, from: Position, to: Position) {
        self.places.put(id, &self.place);
        if let Some(Undo::By(undo)) = self.choreography.steps[id].undo {
            let event = self.choreography.steps[undo].event.id;
            self.places.put_undo(id, event, self.participants(undo).1);
        }
        self.edge(from, What::Step(id), to);
    }

    fn choice(&mut self, choice: &Choice, from: Position, to: Position) {
        form::choice(self.model, self.choreography, choice, &mut self.findings);
        for branch in &choice.branches {
            self.sequence(&branch.body, from, to);
        }
    }

    fn repetition(&mut self, node: &Loop, from: Position, to: Position) {
        // A node of its own: what leads back must not lead to what else starts at `from`.
        let start = self.node();
        self.edge(from, What::Nothing, start);
        self.loops.push((node.id, start, self.place.clone()));
        self.sequence(&node.body, start, to);
        self.loops.pop();
    }

    fn repeat(&mut self, id: LoopId, span: Span, from: Position) {
        let Some((_, start, place)) = self.loops.iter().find(|(other, ..)| *other == id) else { return };
        let (start, outer) = (*start, place.scopes.len());
        if place.lane != self.place.lane {
            self.findings.push(out_of_region(span, "`repeat` leads out of one part of a `par`"));
            return;
        }
        let left: Vec<ScopeId> = self.place.scopes.iter().skip(outer).copied().collect();
        let what = if left.is_empty() { What::Nothing } else { What::Leave(left) };
        self.edge(from, what, start);
    }

    fn rollback(&mut self, span: Span, from: Position, to: Position) {
        if self.place.lane != 0 {
            self.findings.push(out_of_region(span, "`rollback` within one part of a `par`"));
        }
        self.edge(from, What::Rollback(span), to);
    }

    fn parallel(&mut self, parallel: &Parallel, from: Position, to: Position) {
        form::parallel(parallel, &mut self.findings);
        let outer = self.place.lane;
        let fork = self.node();
        self.edge(from, What::Nothing, fork);
        self.within.push(fork);
        let regions: Vec<_> = parallel.regions.iter().map(|region| self.region(region)).collect();
        self.within.pop();
        self.place.lane = outer;
        // The place of a fork is outside of its regions.
        let fork_of = DraftFork { regions, join: to, span: parallel.span };
        self.at(fork).into_iter().for_each(|node| node.fork = Some(fork_of.clone()));
    }

    fn region(&mut self, region: &Block) -> Position {
        self.lanes += 1;
        self.place.lane = self.lanes;
        let (start, end) = (self.node(), self.node());
        self.mark_end(end);
        self.sequence(&region.body, start, end);
        start
    }

    fn deadline(&mut self, deadline: &Deadline, from: Position, to: Position) {
        let scope = deadline.scope;
        form::deadline(self.model, self.choreography, deadline, &mut self.findings);
        self.place.scopes.push(scope);
        let (start, end) = (self.node(), self.node());
        self.edge(from, What::Enter(scope), start);
        self.sequence(&deadline.body.body, start, end);
        self.edge(end, What::Leave(vec![scope]), to);
        self.place.scopes.pop();
        let otherwise = self.node();
        self.sequence(&deadline.otherwise.body, otherwise, to);
        self.otherwise.insert(scope, otherwise);
    }

    /// Where the flow goes on when all regions are over, if this is the end of one.
    pub(super) fn closes(&self, node: &DraftNode) -> Option<Position> {
        let fork = node.within.last().filter(|_| node.ends)?;
        self.nodes.get(*fork)?.fork.as_ref().map(|fork| fork.join)
    }

    /// The participants of a step: emitter, and subscribers sorted, each once, without the emitter.
    pub(super) fn participants(&self, step: StepId) -> (ServiceId, Vec<ServiceId>) {
        let step = &self.choreography.steps[step];
        let emitter = step.emitter.id;
        // An emitter among its own subscribers is reported with the contracts; here it is passed over.
        let others = step.subscribers.iter().map(|subscriber| subscriber.id).filter(|id| *id != emitter);
        let mut subscribers: Vec<_> = others.collect();
        subscribers.sort_unstable();
        subscribers.dedup();
        (emitter, subscribers)
    }
}

fn out_of_region(span: Span, message: &str) -> Diagnostic {
    Diagnostic::new(&codes::OUT_OF_REGION, span, message)
        .label("the other parts would not know of it")
        .help("write it behind the `par`, where all parts are over")
}

/// The arena that nodes of the draft become states of.
pub(super) type States = Arena<crate::model::StateId, super::State>;

/// The id of the state at this index.
pub(super) fn state_id(index: usize) -> crate::model::StateId {
    Id::from_index(index)
}
