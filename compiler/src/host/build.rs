//! The one call of a build script.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};

use super::config::Config;
use super::load::{Loaded, load_with, shown};
use super::problems::{Problem, Problems};
use super::select::select;
use super::write::{WriteError, write};
use crate::diag::{Diagnostic, Severity, plain};
use crate::emit::rust::{self, Options, Style};
use crate::source::Sources;
use crate::{compile_with, lint};

/// Compiles a file, or the files of a folder, into modules that `chor_runtime::include_services!()` includes.
///
/// ```no_run
/// fn main() -> Result<(), chor_compiler::BuildError> {
///     chor_compiler::build("checkout.chor")
/// }
/// ```
///
/// The path is taken from the folder of the package. Cargo calls the build script again when a file changes or
/// a new one appears. Warnings become cargo's warnings. The nearest `chor.toml` in a folder around the path counts as it
/// does for `chor check`.
pub fn build(path: impl AsRef<Path>) -> Result<(), BuildError> {
    Build::new().path(path).compile()
}

/// What [`build`] does, with a choice of services, of several paths and of the folder to write to.
///
/// ```no_run
/// fn main() -> Result<(), chor_compiler::BuildError> {
///     chor_compiler::Build::new().path("../contracts").service("Payment").compile()
/// }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Build {
    paths: Vec<PathBuf>,
    services: Vec<String>,
    out: Option<PathBuf>,
}

impl Build {
    /// Nothing to compile yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a `.chor` file, or a folder of them. All are one workspace.
    #[must_use]
    pub fn path(mut self, path: impl AsRef<Path>) -> Self {
        self.paths.push(path.as_ref().to_owned());
        self
    }

    /// Adds a service, or an external, to those for which code is generated; without any, it is all of them.
    #[must_use]
    pub fn service(mut self, name: impl Into<String>) -> Self {
        self.services.push(name.into());
        self
    }

    /// Writes to this folder instead of cargo's `OUT_DIR`.
    #[must_use]
    pub fn out_dir(mut self, folder: impl AsRef<Path>) -> Self {
        self.out = Some(folder.as_ref().to_owned());
        self
    }

    /// Reads, checks, and writes what was generated; tells cargo what to watch.
    pub fn compile(&self) -> Result<(), BuildError> {
        let out = self.out_folder()?;
        let config = Config::find(&self.paths)?;
        let loaded = load_with(&self.paths, &config)?;
        for watched in watched(&loaded).iter().map(String::as_str).chain(config.name()) {
            println!("cargo::rerun-if-changed={watched}");
        }
        let options = lint::Options { today: None, lints: config.lints(&loaded.sources) };
        let compilation = compile_with(&loaded.sources, &options);
        let Some(checked) = compilation.checked else {
            return Err(BuildError(Cause::Findings(findings(&compilation.diagnostics, &loaded.sources))));
        };
        for finding in &compilation.diagnostics {
            println!("cargo::warning={}", warning(finding, &loaded.sources));
        }
        let only = select(checked.model(), &self.services)?;
        write(&out, &rust::emit(&checked, &Options { only, style: Style::BuildScript }))?;
        Ok(())
    }

    fn out_folder(&self) -> Result<PathBuf, Problems> {
        self.out.clone().or_else(|| env::var_os("OUT_DIR").map(PathBuf::from)).ok_or_else(|| {
            let help = "call this from a build script (`build.rs`), or say where to write with `out_dir`";
            Problem::new("cargo's OUT_DIR is not set", help).into()
        })
    }
}

/// What cargo should watch: the folders, in which a new file counts too, and the files outside of them.
fn watched(loaded: &Loaded) -> Vec<String> {
    let folder =
        |folder: &PathBuf| if folder.as_os_str().is_empty() { ".".to_owned() } else { shown(folder) };
    let in_folders = |file: &str| loaded.folders.iter().any(|folder| Path::new(file).starts_with(folder));
    let files = loaded.sources.files().iter().map(|file| file.name().to_owned());
    loaded.folders.iter().map(folder).chain(files.filter(|file| !in_folders(file))).collect()
}

/// One line, as cargo wants it.
fn warning(finding: &Diagnostic, sources: &Sources) -> String {
    let position = sources.position(finding.primary.span.start);
    let file = sources.file(finding.primary.span).map_or("", |file| file.name());
    let help = finding.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
    let text =
        format!("{file}:{}:{}: {} [{}]{help}", position.line, position.column, finding.message, finding.code);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// All findings as text, under a line that counts the errors.
fn findings(findings: &[Diagnostic], sources: &Sources) -> String {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let (count, them) =
        if errors == 1 { ("one error".to_owned(), "it") } else { (format!("{errors} errors"), "them") };
    let mut text = format!("the choreographies have {count}; `chor explain CODE` says more about {them}\n");
    for finding in findings {
        text.push('\n');
        text.push_str(&plain(finding, sources));
    }
    text
}

/// Why nothing was generated: what is wrong with the files, or why they could not be read or written.
///
/// Returned from a build script's `main`, it reads as well as the command's own output.
pub struct BuildError(Cause);

enum Cause {
    Problems(Problems),
    Findings(String),
    Write(WriteError),
}

impl From<Problems> for BuildError {
    fn from(problems: Problems) -> Self {
        Self(Cause::Problems(problems))
    }
}

impl From<WriteError> for BuildError {
    fn from(error: WriteError) -> Self {
        Self(Cause::Write(error))
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Cause::Problems(problems) => problems.fmt(f),
            Cause::Findings(text) => f.write_str(text),
            Cause::Write(error) => fmt::Debug::fmt(error, f),
        }
    }
}

/// The same as [`Display`](fmt::Display): this is what a build script shows when its `main` returns it.
impl fmt::Debug for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for BuildError {}
