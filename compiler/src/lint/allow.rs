//! `@allow(rule, reason: "…", until: 2027-03-01)`: what it names, and where it counts.

use rustc_hash::FxHashSet;

use super::Date;
use crate::diag::words::shown;
use crate::diag::{Code, Diagnostic, Diagnostics, closest, codes};
use crate::model::{Argument, Attribute, Choreography, Field, Header, Model, Name, TypeKind};
use crate::source::Span;

/// The word behind the `@`.
const ALLOW: &str = "allow";

/// How it is written, for those who wrote it otherwise.
const SPELLING: &str = "write `@allow(dead_event, reason: \"…\")`";

/// One rule that one `@allow` names.
#[derive(Clone, Debug)]
pub struct Suppression {
    /// The rule.
    pub code: &'static Code,
    /// Where the rule is named.
    pub rule: Span,
    /// The whole attribute.
    pub attribute: Span,
    /// Whether the attribute names other rules besides.
    pub shared: bool,
    /// From the first attribute to the end of what it stands above.
    pub scope: Span,
    /// The last day on which it counts, and where it is written.
    pub until: Option<(Date, Span)>,
}

/// Every `@allow` of the model, in the order of the model, and what is wrong with them.
pub fn suppressions(model: &Model) -> (Vec<Suppression>, Diagnostics) {
    let mut collected = Collected::default();
    for service in model.services.values() {
        collected.header(&service.header);
    }
    for event in model.events.values() {
        collected.header(&event.header);
        collected.fields(&event.fields);
    }
    for ty in model.types.values() {
        collected.header(&ty.header);
        match &ty.kind {
            TypeKind::Record(fields) => collected.fields(fields),
            TypeKind::Enum { values, .. } => {
                for value in values {
                    collected.above(&value.attributes, value.name.span);
                }
            }
            TypeKind::Union { variants, .. } => {
                for variant in variants {
                    collected.above(&variant.attributes, variant.span);
                }
            }
            TypeKind::Alias(_) => {}
        }
    }
    for choreography in model.choreographies.values() {
        collected.choreography(choreography);
    }
    // What is run twice is read twice.
    let mut seen = FxHashSet::default();
    collected.suppressions.retain(|one| seen.insert((one.rule, one.scope)));
    (collected.suppressions, collected.findings)
}

#[derive(Default)]
struct Collected {
    suppressions: Vec<Suppression>,
    findings: Diagnostics,
}

impl Collected {
    fn header(&mut self, header: &Header) {
        self.above(&header.attributes, header.span);
    }

    fn fields(&mut self, fields: &[Field]) {
        for field in fields {
            self.above(&field.attributes, field.name.span.to(field.ty_span));
        }
    }

    fn choreography(&mut self, choreography: &Choreography) {
        self.header(&choreography.header);
        for step in choreography.steps.values() {
            self.above(&step.attributes, step.span);
        }
        for above in &choreography.above {
            self.above(&above.attributes, above.span);
        }
    }

    /// What stands above something.
    fn above(&mut self, attributes: &[Attribute], below: Span) {
        // The other attributes belong to it, whether they stand above the `@allow` or below.
        let scope = attributes.first().map_or(below, |first| first.span.to(below));
        for attribute in attributes.iter().filter(|attribute| attribute.name.text == ALLOW) {
            self.allow(attribute, scope);
        }
    }

    fn allow(&mut self, attribute: &Attribute, scope: Span) {
        let rules: Vec<&Argument> =
            attribute.arguments.iter().filter(|argument| argument.key.is_none()).collect();
        if rules.is_empty() {
            let finding = invalid(attribute.span, "this `@allow` names no rule");
            self.findings
                .push(finding.help(format!("{SPELLING}; `chor check --list-rules` lists the rules")));
        }
        let until = self.settings(attribute);
        for rule in &rules {
            match rule_of(rule) {
                Ok(code) => self.suppressions.push(Suppression {
                    code,
                    rule: rule.span,
                    attribute: attribute.span,
                    shared: rules.len() > 1,
                    scope,
                    until,
                }),
                Err(finding) => self.findings.push(*finding),
            }
        }
    }

    /// Checks the reason and reads the date.
    fn settings(&mut self, attribute: &Attribute) -> Option<(Date, Span)> {
        let (mut reason, mut until) = (None, None);
        for argument in &attribute.arguments {
            let Some(key) = &argument.key else { continue };
            let seen = match key.text.as_str() {
                "reason" => &mut reason,
                "until" => &mut until,
                _ => {
                    self.findings.push(unknown_key(key));
                    continue;
                }
            };
            if seen.replace(argument).is_some() {
                let message = format!("this `@allow` has `{}` twice", shown(&key.text));
                self.findings.push(invalid(key.span, message).help("remove one of the two"));
            }
        }
        if reason.is_none_or(|reason| reason.value.trim().is_empty()) {
            let finding =
                invalid(reason.map_or(attribute.span, |reason| reason.span), "this `@allow` gives no reason");
            self.findings.push(finding.help("say why the finding may stay: `reason: \"…\"`"));
        }
        let until = until?;
        let date = Date::parse(&until.value);
        if date.is_none() {
            let message = format!("`{}` is no day of the calendar", shown(&until.value));
            self.findings
                .push(invalid(until.span, message).help("write year, month and day: `until: 2027-03-01`"));
        }
        date.map(|date| (date, until.span))
    }
}

fn invalid(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(&codes::INVALID_ALLOW, span, message)
}

fn unknown_key(key: &Name) -> Diagnostic {
    let finding = invalid(key.span, format!("an `@allow` has no `{}`", shown(&key.text)));
    match closest(&key.text, ["reason", "until"]) {
        Some(meant) => finding.help(format!("did you mean `{meant}`?")).edit(key.span, meant),
        None => finding.help("it takes a rule, a `reason`, and the day `until` which it counts"),
    }
}

/// The lint that is meant.
fn rule_of(rule: &Argument) -> Result<&'static Code, Box<Diagnostic>> {
    let Some(code) = codes::find(&rule.value) else { return Err(Box::new(unknown_rule(rule))) };
    if code.lint.is_some() {
        return Ok(code);
    }
    Err(Box::new(
        Diagnostic::new(&codes::NOT_A_LINT, rule.span, format!("`{}` cannot be allowed", code.name))
            .label("the language refuses this, whatever is written above it")
            .help(format!("remove it, and mend what `chor explain {}` speaks of", code.number)),
    ))
}

fn unknown_rule(rule: &Argument) -> Diagnostic {
    let finding = Diagnostic::new(
        &codes::UNKNOWN_RULE,
        rule.span,
        format!("there is no rule `{}`", shown(&rule.value)),
    );
    let lints = codes::ALL.iter().filter(|code| code.lint.is_some());
    let written = rule.value.replace('_', "-");
    match closest(&written, lints.flat_map(|code| [code.name, code.number])).and_then(codes::find) {
        Some(meant) => {
            let word = meant.name.replace('-', "_");
            finding.help(format!("did you mean `{word}`?")).edit(rule.span, word)
        }
        None => finding.help("`chor check --list-rules` lists the rules"),
    }
}
