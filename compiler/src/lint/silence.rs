//! Which findings are reported: by their levels, and by what stands above their places.

use std::collections::BTreeMap;

use super::{Date, Options, Suppression};
use crate::diag::{Diagnostic, Diagnostics, Level, Severity, codes};
use crate::source::{Sources, Span};

/// Gives every finding its level, leaves out what is allowed, and adds what is wrong with the `@allow`s.
///
/// That an `@allow` silences nothing is known only where every rule has run.
pub fn judge(
    findings: Diagnostics,
    suppressions: &[Suppression],
    options: &Options,
    sources: &Sources,
) -> Diagnostics {
    let all_have_run = !findings.has_refusals();
    let mut judge =
        Judge { scopes: Scopes::of(suppressions), options, sources, reported: Diagnostics::new() };
    judge.report(findings);
    for (suppression, used) in judge.scopes.all() {
        let expired = suppression.until.filter(|(day, _)| options.today.is_some_and(|today| *day < today));
        if let Some((day, place)) = expired {
            judge.reported.push(expiry(suppression, day, place, used));
        }
    }
    if all_have_run {
        // An `@allow(unused_suppression)` is used by the findings about the others, and not by the one about itself.
        let about_others = |suppression: &Suppression| suppression.code != &codes::UNUSED_SUPPRESSION;
        judge.report(judge.unused(about_others));
        let last = judge.unused(|suppression| !about_others(suppression));
        let last: Vec<_> = last.into_iter().filter_map(|finding| judge.graded(finding)).collect();
        judge.reported.extend(last);
    }
    judge.reported
}

struct Judge<'a> {
    scopes: Scopes<'a>,
    options: &'a Options,
    sources: &'a Sources,
    reported: Diagnostics,
}

impl Judge<'_> {
    fn report(&mut self, findings: Diagnostics) {
        for finding in findings {
            let Some(finding) = self.graded(finding) else { continue };
            if !self.scopes.silence(&finding) {
                self.reported.push(finding);
            }
        }
    }

    /// The finding with the severity that its level gives it; `None`: it is allowed.
    fn graded(&self, mut finding: Diagnostic) -> Option<Diagnostic> {
        finding.severity = match self.options.lints.level(finding.code, self.file(finding.primary.span)) {
            Level::Allow => return None,
            Level::Warn => Severity::Warning,
            Level::Deny => Severity::Error,
        };
        Some(finding)
    }

    fn file(&self, place: Span) -> &str {
        self.sources.file(place).map_or("", |file| file.name())
    }

    /// What silenced nothing though its rule is on, and has not expired.
    fn unused(&self, which: impl Fn(&Suppression) -> bool) -> Diagnostics {
        let mut unused = Diagnostics::new();
        for (suppression, used) in self.scopes.all() {
            let expired = |(day, _)| self.options.today.is_some_and(|today| day < today);
            let file = self.file(suppression.attribute);
            let on = self.options.lints.level(suppression.code, file) != Level::Allow;
            if which(suppression) && !used && on && !suppression.until.is_some_and(expired) {
                unused.push(silences_nothing(suppression));
            }
        }
        unused
    }
}

/// The suppressions by rule, so that a finding meets those alone that may be meant.
struct Scopes<'a> {
    by_number: BTreeMap<&'static str, Nested<'a>>,
}

/// The suppressions of one rule, by the beginnings of their scopes. Scopes lie in each other or apart; no finding of
/// the language is among them, since no [`Suppression`] is of such a code.
#[derive(Default)]
struct Nested<'a> {
    sorted: Vec<&'a Suppression>,
    /// The nearest scope around each.
    around: Vec<Option<usize>>,
    used: Vec<bool>,
}

impl<'a> Scopes<'a> {
    fn of(suppressions: &'a [Suppression]) -> Self {
        let mut by_number: BTreeMap<_, Nested<'a>> = BTreeMap::new();
        for suppression in suppressions {
            by_number.entry(suppression.code.number).or_default().sorted.push(suppression);
        }
        by_number.values_mut().for_each(Nested::sort);
        Self { by_number }
    }

    /// Whether something silences the finding; that is used from now on.
    fn silence(&mut self, finding: &Diagnostic) -> bool {
        let Some(nested) = self.by_number.get_mut(finding.code.number) else { return false };
        let places = std::iter::once(finding.primary.span).chain(finding.subject);
        let found = places.into_iter().find_map(|place| nested.innermost(place));
        if let Some(used) = found.and_then(|at| nested.used.get_mut(at)) {
            *used = true;
        }
        found.is_some()
    }

    /// Every suppression, and whether it is used.
    fn all(&self) -> impl Iterator<Item = (&'a Suppression, bool)> {
        self.by_number
            .values()
            .flat_map(|nested| nested.sorted.iter().copied().zip(nested.used.iter().copied()))
    }
}

impl Nested<'_> {
    fn sort(&mut self) {
        self.sorted
            .sort_by_key(|suppression| (suppression.scope.start, std::cmp::Reverse(suppression.scope.end)));
        self.used = vec![false; self.sorted.len()];
        let mut open: Vec<(usize, Span)> = Vec::new();
        for (at, suppression) in self.sorted.iter().enumerate() {
            while open.pop_if(|(_, scope)| scope.end <= suppression.scope.start).is_some() {}
            self.around.push(open.last().map(|(around, _)| *around));
            open.push((at, suppression.scope));
        }
    }

    /// The smallest scope in which the place lies.
    fn innermost(&self, place: Span) -> Option<usize> {
        let after = self.sorted.partition_point(|suppression| suppression.scope.start <= place.start);
        let mut at = after.checked_sub(1);
        while let Some(index) = at {
            if self.sorted.get(index).is_some_and(|suppression| place.end <= suppression.scope.end) {
                return Some(index);
            }
            at = self.around.get(index).copied().flatten();
        }
        None
    }
}

fn expiry(suppression: &Suppression, day: Date, place: Span, used: bool) -> Diagnostic {
    let name = suppression.code.name;
    let message = format!("this `@allow` of `{name}` has expired");
    let finding = Diagnostic::new(&codes::EXPIRED_SUPPRESSION, suppression.rule, message)
        .label(format!("counts until {day}"))
        .related(place, "this day is over");
    if used {
        let help = format!("mend what `{name}` finds here, or choose a later day and say in the reason why");
        return finding.help(help);
    }
    removed(finding, suppression, "remove it: it silences nothing any more")
}

fn silences_nothing(suppression: &Suppression) -> Diagnostic {
    let name = suppression.code.name;
    let message = format!("this `@allow` of `{name}` silences nothing");
    let finding = Diagnostic::new(&codes::UNUSED_SUPPRESSION, suppression.rule, message)
        .label("no finding of this rule is in what follows");
    removed(finding, suppression, "remove it, so that it hides nothing later")
}

/// With the edit that removes the attribute, where it names nothing else.
fn removed(finding: Diagnostic, suppression: &Suppression, help: &str) -> Diagnostic {
    let finding = finding.help(help);
    if suppression.shared { finding } else { finding.edit(suppression.attribute, "") }
}
