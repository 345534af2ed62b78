//! Which participants are meant by a list of names.

use super::problems::{Problem, Problems};
use crate::diag::closest;
use crate::model::{Model, ServiceId};

/// The services and externals of these names; `None`, where none is named: all of them.
///
/// A name is that of the text, or the qualified one.
pub fn select(model: &Model, names: &[String]) -> Result<Option<Vec<ServiceId>>, Problems> {
    let mut selected = Vec::new();
    let mut problems = Vec::new();
    for name in names {
        let before = selected.len();
        let meant = model
            .services
            .iter()
            .filter(|(_, service)| service.header.name.text == *name || service.header.qualified() == *name);
        selected.extend(meant.map(|(id, _)| id));
        if selected.len() == before {
            problems.push(unknown(model, name));
        }
    }
    Problems::none_of(problems)?;
    Ok((!names.is_empty()).then_some(selected))
}

fn unknown(model: &Model, name: &str) -> Problem {
    let known = || model.services.iter().map(|(_, service)| service.header.name.text.as_str());
    let help = match closest(name, known()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if known().next().is_none() => "no service is declared".to_owned(),
        None => {
            let all: Vec<_> = known().map(|name| format!("`{name}`")).collect();
            format!("there are {}", all.join(", "))
        }
    };
    Problem::new(format!("there is no service `{name}`"), help)
}
