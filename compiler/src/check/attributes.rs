//! Attributes: which there are, what they stand above, and what they say.

use crate::diag::words::shown;
use crate::diag::{Diagnostic, Diagnostics, closest, codes};
use crate::model::{Argument, Attribute, Date, LiteralKind, Model, Name, TypeKind};
use crate::source::Span;

pub(super) fn check(model: &Model, findings: &mut Diagnostics) {
    let mut checker = Checker { findings };
    let events: Vec<&str> = model.events.values().map(|event| event.header.name.text.as_str()).collect();
    let types: Vec<&str> = model.types.values().map(|def| def.header.name.text.as_str()).collect();
    for service in model.services.values() {
        checker.above(&service.header.attributes, Target::Participant, &[]);
    }
    for event in model.events.values() {
        checker.above(&event.header.attributes, Target::Event, &events);
        checker.members(&event.fields, |field| (&field.name, &field.attributes), Target::Field);
    }
    for def in model.types.values() {
        checker.above(&def.header.attributes, Target::Type, &types);
        match &def.kind {
            TypeKind::Record(list) => {
                checker.members(list, |field| (&field.name, &field.attributes), Target::Field);
            }
            TypeKind::Enum { values, .. } => {
                checker.members(values, |value| (&value.name, &value.attributes), Target::Value);
            }
            TypeKind::Union { variants, .. } => {
                checker.members(variants, |variant| (&variant.name, &variant.attributes), Target::Variant);
            }
            TypeKind::Alias(_) => {}
        }
    }
    for choreography in model.choreographies.values() {
        checker.above(&choreography.header.attributes, Target::Choreography, &[]);
        for step in choreography.steps.values() {
            checker.above(&step.attributes, Target::Step, &[]);
        }
        for above in &choreography.above {
            checker.above(&above.attributes, Target::Statement, &[]);
        }
    }
}

/// What an attribute may stand above.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    Participant,
    Event,
    Type,
    Field,
    Value,
    Variant,
    Choreography,
    Step,
    Statement,
}

impl Target {
    fn shown(self) -> &'static str {
        match self {
            Self::Participant => "a service",
            Self::Event => "an event",
            Self::Type => "a type",
            Self::Field => "a field",
            Self::Value => "a value of an enum",
            Self::Variant => "a variant",
            Self::Choreography => "a choreography",
            Self::Step => "a step",
            Self::Statement => "a statement of a choreography",
        }
    }
}

/// The attributes of the language, what each may stand above, and how it is written.
const KNOWN: [(&str, &[Target], &str); 5] = [
    ("allow", &[], "`@allow(dead_event, reason: \"…\")`"),
    (
        "deprecated",
        &[Target::Event, Target::Type, Target::Field, Target::Value, Target::Variant],
        "`@deprecated`, `@deprecated(use: OrderPlaced)` or `@deprecated(sunset: 2027-03-01)`",
    ),
    ("pii", &[Target::Field], "`@pii`"),
    ("shared", &[Target::Event], "`@shared`"),
    ("was", &[Target::Event, Target::Field, Target::Value, Target::Variant], "`@was(\"old_name\")`"),
];

struct Checker<'a> {
    findings: &'a mut Diagnostics,
}

impl Checker<'_> {
    /// Fields, values or variants.
    fn members<T>(&mut self, members: &[T], of: impl Fn(&T) -> (&Name, &[Attribute]), target: Target) {
        // Few members have attributes: the names are gathered for those alone.
        if members.iter().all(|member| of(member).1.is_empty()) {
            return;
        }
        let names: Vec<&str> = members.iter().map(|member| of(member).0.text.as_str()).collect();
        for member in members {
            self.above(of(member).1, target, &names);
        }
    }

    /// The attributes above something; `others`: what can take its place.
    fn above(&mut self, attributes: &[Attribute], target: Target, others: &[&str]) {
        for (at, attribute) in attributes.iter().enumerate() {
            let name = attribute.name.text.as_str();
            let Some((_, targets, written)) = KNOWN.iter().find(|(known, ..)| *known == name) else {
                self.findings.push(unknown(attribute));
                continue;
            };
            // What `@allow` names is the lints' affair.
            if name == "allow" {
                continue;
            }
            if !targets.contains(&target) {
                self.findings.push(misplaced(attribute, target, targets));
                continue;
            }
            let before = attributes.iter().take(at).find(|other| other.name.text == name);
            if let Some(first) = before.filter(|_| name != "was") {
                self.findings.push(twice(attribute, first));
            }
            let wrong = match name {
                "was" => was(attribute, target),
                "pii" | "shared" => {
                    attribute.arguments.first().map(|argument| (argument.span, "it takes nothing".to_owned()))
                }
                _ => deprecated(attribute, target, others),
            };
            if let Some((span, why)) = wrong {
                self.findings.push(wrong_argument(attribute, span, why, written));
            }
        }
    }
}

/// What is wrong with an argument, and where.
type Wrong = Option<(Span, String)>;

fn was(attribute: &Attribute, target: Target) -> Wrong {
    let [argument] = attribute.arguments.as_slice() else {
        return Some((attribute.span, "one old name is expected here".to_owned()));
    };
    let word = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let fits = argument.key.is_none() && argument.kind == LiteralKind::Text;
    let name = argument.value.as_str();
    // An event may have had its old name in another namespace.
    if fits && (word(name) || target == Target::Event && name.split('.').all(word)) {
        return None;
    }
    Some((argument.span, "the old name in quotes is expected here".to_owned()))
}

fn deprecated(attribute: &Attribute, target: Target, others: &[&str]) -> Wrong {
    let mut seen: Vec<&str> = Vec::new();
    for argument in &attribute.arguments {
        let key = argument.key.as_ref().map_or("", |key| key.text.as_str());
        if seen.contains(&key) {
            return Some((argument.span, format!("`{}` is given twice", shown(key))));
        }
        seen.push(key);
        if let Some(why) = setting(key, argument, target, others) {
            return Some((argument.span, why));
        }
    }
    None
}

fn setting(key: &str, argument: &Argument, target: Target, others: &[&str]) -> Option<String> {
    match key {
        "use" if argument.kind != LiteralKind::Word => Some("a name is expected here".to_owned()),
        "use" => {
            let last = argument.value.rsplit('.').next().unwrap_or_default();
            if others.contains(&last) {
                return None;
            }
            let meant = closest(last, others.iter().copied());
            let meant = meant.map(|meant| format!(", but `{meant}`")).unwrap_or_default();
            Some(format!("there is no such thing as {} `{}`{meant}", target.shown(), shown(last)))
        }
        "sunset" if argument.kind != LiteralKind::Date => Some("a date is expected here".to_owned()),
        "sunset" if Date::parse(&argument.value).is_none() => Some("no day of the calendar".to_owned()),
        "sunset" => None,
        "" => Some("`use:` or `sunset:` is missing before it".to_owned()),
        _ => Some("it takes `use` and `sunset`".to_owned()),
    }
}

fn unknown(attribute: &Attribute) -> Diagnostic {
    let (name, span) = (shown(&attribute.name.text), attribute.name.span);
    let finding =
        Diagnostic::new(&codes::UNKNOWN_ATTRIBUTE, span, format!("there is no attribute `@{name}`"))
            .label("not an attribute of the language");
    match closest(&attribute.name.text, KNOWN.iter().map(|(name, ..)| *name)) {
        Some(meant) => finding.help(format!("did you mean `@{meant}`?")).edit(span, meant),
        None => finding.help(
            "there are `@allow`, `@deprecated`, `@pii`, `@shared` and `@was`; for words of your own, write a `///` line",
        ),
    }
}

fn misplaced(attribute: &Attribute, target: Target, targets: &[Target]) -> Diagnostic {
    let name = &attribute.name.text;
    let fits: Vec<_> = targets.iter().map(|target| target.shown()).collect();
    let message = format!("`@{name}` says nothing of {}", target.shown());
    Diagnostic::new(&codes::MISPLACED_ATTRIBUTE, attribute.span, message)
        .label("not here")
        .help(format!("remove it; it stands above {}", fits.join(", ")))
        .edit(attribute.span, "")
}

fn twice(attribute: &Attribute, first: &Attribute) -> Diagnostic {
    let message = format!("one `@{}` is enough", attribute.name.text);
    Diagnostic::new(&codes::LISTED_TWICE, attribute.span, message)
        .label("once more here")
        .related(first.span, "the first")
        .help("remove one of the two")
}

fn wrong_argument(attribute: &Attribute, span: Span, why: String, written: &str) -> Diagnostic {
    let message = format!("`@{}` is not written so", attribute.name.text);
    Diagnostic::new(&codes::ATTRIBUTE_ARGUMENTS, span, message).label(why).help(format!("write {written}"))
}
