//! Choreographies.

use super::line::Gap;
use super::printer::Printer;
use crate::syntax::tree::{Block, Choreography, Deadline, Sends, Statement, StatementKind, Step, Undo, Word};

impl Printer<'_> {
    /// Roles, key and body, behind the name.
    pub(super) fn choreography(&mut self, choreography: &Choreography<'_>) {
        if let Some(roles) = &choreography.roles {
            self.in_brackets(Gap::Tight, roles);
        }
        self.fixed(Gap::Space, "by");
        match choreography.key.as_slice() {
            [field] if !self.is("(") => self.word(Gap::Space, *field),
            fields => self.in_brackets(Gap::Space, fields),
        }
        self.block(&choreography.body);
    }

    /// `(A, B)`
    fn in_brackets(&mut self, gap: Gap, words: &[Word<'_>]) {
        self.fixed(gap, "(");
        self.words(Gap::Tight, words);
        self.drop_comma();
        self.fixed(Gap::Tight, ")");
    }

    /// `A, B`
    fn words(&mut self, first: Gap, words: &[Word<'_>]) {
        self.list((first, Gap::Break), words, |printer, gap, word| printer.word(gap, *word));
    }

    fn block(&mut self, body: &[Statement<'_>]) {
        if body.is_empty() && self.is_empty_brace() {
            return self.empty_brace();
        }
        self.open();
        for statement in body {
            self.statement(statement);
        }
        self.close();
    }

    /// Blocks with a keyword between them, which stands behind the brace of the one before.
    fn blocks(&mut self, keyword: &str, blocks: &[Block<'_>]) {
        for (at, block) in blocks.iter().enumerate() {
            if at > 0 {
                self.behind_brace(keyword);
            }
            self.block(&block.body);
        }
    }

    fn behind_brace(&mut self, keyword: &str) {
        if self.has_comments() {
            // The comment keeps its place, so the keyword cannot have it.
            self.end_line();
            self.no_empty_line();
            self.comments_above();
            self.no_empty_line();
        }
        self.fixed(Gap::Space, keyword);
    }

    fn statement(&mut self, statement: &Statement<'_>) {
        self.preamble(&statement.preamble);
        match &statement.kind {
            StatementKind::Step(step) => self.step(step),
            StatementKind::Choice(choice) => {
                self.fixed(Gap::Tight, "choice");
                self.fixed(Gap::Space, "at");
                self.word(Gap::Space, choice.decider);
                self.blocks("or", &choice.branches);
            }
            StatementKind::Parallel(parallel) => {
                let gap = self.label(parallel.label);
                self.fixed(gap, "par");
                self.blocks("and", &parallel.regions);
            }
            StatementKind::Loop(repeated) => {
                self.fixed(Gap::Tight, "loop");
                self.word(Gap::Space, repeated.name);
                self.block(&repeated.body.body);
            }
            StatementKind::Repeat(name) => {
                self.fixed(Gap::Tight, "repeat");
                self.word(Gap::Space, *name);
            }
            StatementKind::Deadline(deadline) => self.deadline(deadline),
            StatementKind::Rollback => self.fixed(Gap::Tight, "rollback"),
            StatementKind::Run(run) => {
                self.fixed(Gap::Tight, "run");
                self.word(Gap::Space, run.choreography);
                self.in_brackets(Gap::Tight, &run.players);
            }
            StatementKind::Start(start) => {
                self.fixed(Gap::Tight, "on");
                self.word(Gap::Space, start.event);
                self.fixed(Gap::Space, "->");
                self.words(Gap::Inner, &start.listeners);
            }
        }
        self.end_line();
    }

    /// The label, where there is one; gives what stands before the next word.
    fn label(&mut self, label: Option<Word<'_>>) -> Gap {
        let Some(label) = label else { return Gap::Tight };
        self.word(Gap::Tight, label);
        self.fixed(Gap::Tight, ":");
        Gap::Space
    }

    fn step(&mut self, step: &Step<'_>) {
        let gap = self.label(step.label);
        self.sends(gap, &step.sends);
        if let Some(undo) = &step.undo {
            self.end_line();
            self.no_empty_line();
            self.indented(|printer| printer.undo(undo));
        }
    }

    fn undo(&mut self, undo: &Undo<'_>) {
        self.comments_above();
        self.no_empty_line();
        self.fixed(Gap::Tight, "undo");
        match &undo.sends {
            Some(sends) => self.sends(Gap::Space, sends),
            None => self.fixed(Gap::Space, "none"),
        }
    }

    fn sends(&mut self, gap: Gap, sends: &Sends<'_>) {
        self.word(gap, sends.emitter);
        self.fixed(Gap::Space, "->");
        self.words(Gap::Inner, &sends.subscribers);
        self.fixed(Gap::Tight, ":");
        self.word(Gap::Inner, sends.event);
    }

    fn deadline(&mut self, deadline: &Deadline<'_>) {
        self.fixed(Gap::Tight, "within");
        self.word(Gap::Space, deadline.period);
        self.fixed(Gap::Space, "at");
        self.word(Gap::Space, deadline.keeper);
        if let Some(early) = &deadline.early {
            self.fixed(Gap::Break, "or");
            self.sends(Gap::Space, early);
        }
        self.block(&deadline.body.body);
        self.behind_brace("else");
        self.block(&deadline.otherwise.body);
    }
}
