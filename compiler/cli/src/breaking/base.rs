//! The versions to compare with: folders, lock files, and what git has.

use std::fs;
use std::path::{Path, PathBuf};

use chor_compiler::diag::Severity;
use chor_compiler::host::{Config, load_with};
use chor_compiler::source::Sources;
use chor_compiler::{Compilation, Version};

use super::{Base, Held, Read, git};
use crate::args::Breaking;
use crate::check;
use crate::failure::Failure;
use crate::lock;

/// What ends the name of a lock file.
const LOCK_FILE: &str = "json";

/// A path that is named must be here: a file that is gone says nothing of what became of it.
pub(super) fn present(paths: &[PathBuf], against: &[String]) -> Result<(), Failure> {
    let Some(gone) = paths.iter().find(|path| !path.exists()) else { return Ok(()) };
    let folder = gone.parent().filter(|folder| folder.is_dir() && *folder != Path::new(""));
    let folder = folder.map(|folder| format!("{} ", folder.display())).unwrap_or_default();
    let against: Vec<_> = against.iter().map(|base| format!("--against {base}")).collect();
    let help = format!(
        "what became of a file that was deleted or renamed is seen in its folder: `chor breaking {folder}{}`",
        against.join(" ")
    );
    Err(Failure::new(format!("there is no `{}` here", gone.display()), help))
}

/// The versions, the oldest first.
pub(super) fn read(breaking: &Breaking) -> Result<Vec<Read>, Failure> {
    let mut bases = Vec::new();
    for against in &breaking.against {
        let path = Path::new(against);
        if path.is_dir() {
            bases.extend(folder(against, path)?);
        } else if path.is_file() && path.extension().is_some_and(|extension| extension == "chor") {
            return Err(choreographies(against, path));
        } else if path.is_file() || path.extension().is_some_and(|extension| extension == LOCK_FILE) {
            bases.push(Read { name: against.clone(), held: Held::Contracts(lock::read(path)?) });
        } else {
            let paths = check::paths(&breaking.input.paths);
            let config = check::config(&breaking.input, &paths)?;
            let held = Held::Files(git::sources(against, &paths, &config)?);
            bases.push(Read { name: against.clone(), held });
        }
    }
    Ok(bases)
}

/// One file of a version is named, where the whole version is asked for.
fn choreographies(name: &str, path: &Path) -> Failure {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let help = match folder {
        Some(folder) => format!("name its folder, `--against {}`, or a git ref", folder.display()),
        None => {
            "move it to a folder of its own, and name that; or name a git ref: `--against main`".to_owned()
        }
    };
    Failure::new(format!("`{name}` holds choreographies, and is neither a folder nor a lock file"), help)
}

/// A folder of `.chor` files is one version, a folder of lock files a history.
fn folder(name: &str, path: &Path) -> Result<Vec<Read>, Failure> {
    let unreadable =
        |error| Failure::new(format!("`{name}` cannot be read: {error}"), "check that it may be read");
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(unreadable)? {
        files.push(entry.map_err(unreadable)?.path());
    }
    let of_kind = |file: &&PathBuf| file.is_file() && file.extension().is_some_and(|it| it == LOCK_FILE);
    let mut locks: Vec<&PathBuf> = files.iter().filter(of_kind).collect();
    let paths = [path.to_owned()];
    let config = Config::find(&paths)?;
    match load_with(&paths, &config) {
        Ok(loaded) => Ok(vec![Read { name: name.to_owned(), held: Held::Files(loaded.sources) }]),
        Err(_) if !locks.is_empty() => {
            locks.sort_by_cached_key(|file| in_order(&file.with_extension("").to_string_lossy()));
            let read = |file: &&PathBuf| {
                Ok(Read { name: file.display().to_string(), held: Held::Contracts(lock::read(file)?) })
            };
            locks.iter().map(read).collect()
        }
        Err(problems) => Err(problems.into()),
    }
}

/// What sorts `1.9` before `1.10`: the texts and numbers of a name.
fn in_order(name: &str) -> Vec<(String, u64)> {
    let mut parts = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let (text, from) = rest.split_at(rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len()));
        let (number, behind) = from.split_at(from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len()));
        parts.push((text.to_owned(), number.parse().unwrap_or_default()));
        rest = behind;
    }
    parts
}

/// What the versions promise; `compiled`: those of them that are files, in their order.
pub(super) fn promised(
    read: Vec<Read>,
    mut compiled: impl Iterator<Item = Version>,
) -> Result<Vec<Base>, Failure> {
    let base = |Read { name, held }| {
        let contracts = match held {
            Held::Contracts(contracts) => Some(contracts),
            Held::Files(sources) => match compiled.next() {
                Some(Version { contracts: None, compilation }) => {
                    return Err(refused(&name, &sources, &compilation));
                }
                version => version.and_then(|version| version.contracts),
            },
        };
        Ok(contracts.map(|contracts| Base { name, contracts }))
    };
    read.into_iter().map(base).filter_map(Result::transpose).collect()
}

/// The files of another version have errors.
fn refused(name: &str, sources: &Sources, compilation: &Compilation) -> Failure {
    let error = compilation.diagnostics.iter().find(|finding| finding.severity == Severity::Error);
    let first = error.map_or_else(String::new, |finding| {
        let file = sources.file(finding.primary.span).map_or("", |file| file.name());
        let place = sources.position(finding.primary.span.start);
        format!(": {file}:{}:{}: {}", place.line, place.column, finding.message)
    });
    let message = format!("the files of `{name}` have errors{first}");
    let help =
        "the files here have none; compare with another version, or with a lock file of one that was checked";
    Failure::new(message, help)
}

#[cfg(test)]
mod tests {
    use super::in_order;

    #[test]
    fn versions_are_sorted_as_people_count() {
        let mut names = ["v1.10", "v1.9", "v1.9.1", "v2"];
        names.sort_by_key(|name| in_order(name));
        assert_eq!(names, ["v1.9", "v1.9.1", "v1.10", "v2"]);
    }
}
