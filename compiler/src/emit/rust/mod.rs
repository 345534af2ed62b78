//! Rust: one self-contained module a participant, and an index that declares them.
//!
//! Generated code names one module of the runtime, `chor_runtime::codegen`, which it calls `rt`.

mod answers;
mod completer;
mod defaults;
mod dispatch;
mod docs;
mod external;
mod facts;
mod index;
mod literals;
mod machine;
mod named;
mod observe;
mod payload;
mod print;
mod requests;
mod scope;
mod service;
mod start;
mod table;
mod types;
mod unions;
mod validate;

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::Files;
use crate::check::Checked;
use crate::model::{Model, ServiceId, TypeId};
use crate::project::stub::{self, Stub};
use facts::Facts;
use scope::Scope;

/// The version of the interface between generated code and runtime; both must name the same.
pub const INTERFACE: u32 = 1;

/// What to generate.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// These participants alone; `None`: all.
    pub only: Option<Vec<ServiceId>>,
    /// How the modules are reached.
    pub style: Style,
}

/// How the modules are reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// A folder of modules with a `mod.rs`, to be kept in the source tree.
    #[default]
    Modules,
    /// A folder below `OUT_DIR` with a `chor.rs`, to be included.
    BuildScript,
}

/// Generates one file a participant, `payment.rs`, and the index, `mod.rs` or `chor.rs`.
pub fn emit(checked: &Checked, options: &Options) -> Files {
    let model = checked.model();
    let facts = Facts::new(model, checked.projections());
    let mut stubs = stub::stubs(model, checked.projections());
    if let Some(only) = &options.only {
        stubs.retain(|stub| only.contains(&stub.participant));
    }
    stubs.retain(|stub| !stub.payloads.is_empty());
    let mut files: Files =
        stubs.iter().map(|stub| (format!("{}.rs", stub.module), file(model, &facts, stub))).collect();
    let (name, index) = index::index(model, &stubs, options.style);
    files.insert(name.to_owned(), index);
    files
}

/// One module, while it is written.
struct Module<'a> {
    model: &'a Model,
    facts: &'a Facts,
    stub: &'a Stub<'a>,
    scope: Scope,
    /// The named types whose values can be wrong.
    checked: BTreeSet<TypeId>,
    /// The named types that are the keys of maps.
    keys: BTreeSet<TypeId>,
}

fn file(model: &Model, facts: &Facts, stub: &Stub<'_>) -> String {
    let module = Module {
        model,
        facts,
        stub,
        scope: Scope::new(model, stub),
        checked: validate::checked_types(model, &stub.types),
        keys: types::map_keys(model),
    };
    let external = model.services[stub.participant].external;
    // What a reader looks for comes first, what only the runtime looks at comes last.
    let mut items = vec![use_runtime(), assert_version()];
    items.extend(if external { module.client() } else { module.service() });
    items.extend(module.payloads());
    items.extend(module.named_types());
    items.extend(if external { module.reading().into_iter().collect() } else { module.dispatch() });
    let header = &model.services[stub.participant].header;
    print::file(&format!("{} `{}`", module.kind(), header.qualified()), items)
}

fn use_runtime() -> TokenStream {
    quote!(
        use ::chor_runtime::codegen as rt;
    )
}

fn assert_version() -> TokenStream {
    let version = proc_macro2::Literal::u32_unsuffixed(INTERFACE);
    quote!(const _: () = rt::assert_version(#version);)
}

impl Module<'_> {
    fn kind(&self) -> &'static str {
        if self.model.services[self.stub.participant].external { "the external" } else { "the service" }
    }

    /// The participant's name as written.
    fn name(&self) -> &str {
        &self.model.services[self.stub.participant].header.name.text
    }
}
