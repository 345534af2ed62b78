//! `chor.toml`: what a workspace wants of the command.
//!
//! ```toml
//! exclude = ["legacy"]
//!
//! [lints]
//! dead-event = "deny"
//!
//! [[overrides]]
//! paths = ["drafts"]
//! lints = { unused-event = "allow" }
//! ```

mod pattern;
mod read;
mod schema;
#[cfg(test)]
mod tests;

pub use schema::schema;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::load::shown;
use super::problems::{Problem, Problems};
use crate::diag::{Code, Level};
use crate::lint::{Levels, Lints};
use crate::source::Sources;
use pattern::Pattern;

/// The name of the file.
const FILE: &str = "chor.toml";

/// What a `chor.toml` says.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The file, as it is shown; empty where there is none.
    name: String,
    /// The folder from which its patterns count.
    root: PathBuf,
    /// Which files of a folder are read; empty: all.
    include: Vec<Pattern>,
    /// Which are not, whatever is included.
    exclude: Vec<Pattern>,
    lints: Vec<(&'static Code, Level)>,
    /// What rules with a threshold allow, everywhere.
    limits: Vec<(&'static Code, u32)>,
    overrides: Vec<Override>,
}

/// What holds for some files alone.
#[derive(Clone, Debug, Default)]
struct Override {
    paths: Vec<Pattern>,
    lints: Vec<(&'static Code, Level)>,
}

impl Config {
    /// The configuration of these files and folders: the nearest `chor.toml` in a folder around them.
    ///
    /// What is checked together has one configuration, so it is a problem when two paths have different ones.
    pub fn find<P: AsRef<Path>>(paths: &[P]) -> Result<Self, Problems> {
        let mut found: Option<(PathBuf, &Path)> = None;
        for path in paths {
            let Some(file) = nearest(path.as_ref()) else { continue };
            match &found {
                Some((first, of)) if *first != file => {
                    return Err(two_files((first, of), (&file, path.as_ref())).into());
                }
                Some(_) => {}
                None => found = Some((file, path.as_ref())),
            }
        }
        found.map_or_else(|| Ok(Self::default()), |(file, _)| Self::read(&file))
    }

    /// Reads this file.
    pub fn read(file: &Path) -> Result<Self, Problems> {
        let text = fs::read_to_string(file).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Problem::missing(file, None),
            _ => Problem::unreadable(file, &error),
        })?;
        let file = absolute(file);
        let config = read::read(&short(&file), &text)?;
        Ok(Self { root: file.parent().unwrap_or(&file).to_owned(), ..config })
    }

    /// The file, as it is shown; `None`: there is none, and everything is as it is without.
    pub fn name(&self) -> Option<&str> {
        (!self.name.is_empty()).then_some(self.name.as_str())
    }

    /// The levels for these files.
    pub fn lints(&self, sources: &Sources) -> Lints {
        let mut levels = Levels::default();
        self.lints.iter().for_each(|(code, level)| levels.set(code, *level));
        let own = sources
            .files()
            .iter()
            .filter_map(|file| Some((file.name().to_owned(), self.own(&levels, file.name())?)));
        let files: BTreeMap<_, _> = own.collect();
        let limits = self.limits.iter().map(|(code, max)| (code.number, *max)).collect();
        Lints { levels, files, limits }
    }

    /// The levels of one file, where an override speaks of it; of several, the last word counts.
    fn own(&self, common: &Levels, name: &str) -> Option<Levels> {
        if self.overrides.is_empty() {
            return None;
        }
        let path = self.relative(Path::new(name));
        let mut own = None;
        for part in
            self.overrides.iter().filter(|part| part.paths.iter().any(|pattern| pattern.covers(&path)))
        {
            let levels = own.get_or_insert_with(|| common.clone());
            part.lints.iter().for_each(|(code, level)| levels.set(code, *level));
        }
        own
    }

    /// Whether a file that was found in a folder is to be read.
    pub fn wants(&self, file: &Path) -> bool {
        if self.include.is_empty() && self.exclude.is_empty() {
            return true;
        }
        let path = self.relative(file);
        let named = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.covers(&path));
        (self.include.is_empty() || named(&self.include)) && !named(&self.exclude)
    }

    /// The path as patterns see it: from the folder of the configuration, with `/`.
    fn relative(&self, file: &Path) -> String {
        let file = absolute(file);
        shown(file.strip_prefix(&self.root).unwrap_or(&file))
    }
}

/// The `chor.toml` in the folder of this path, or in the nearest around it.
fn nearest(path: &Path) -> Option<PathBuf> {
    let path = absolute(path);
    path.ancestors().map(|folder| folder.join(FILE)).find(|file| file.is_file())
}

/// The true path of something that need not exist.
fn absolute(path: &Path) -> PathBuf {
    path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned())
}

/// The path from the current folder, where it lies in it.
fn short(path: &Path) -> String {
    let current = std::env::current_dir().map(|folder| absolute(&folder)).unwrap_or_default();
    shown(path.strip_prefix(current).unwrap_or(path))
}

fn two_files((first, of_first): (&Path, &Path), (second, of_second): (&Path, &Path)) -> Problem {
    let message = format!(
        "`{}` has its configuration in `{}`, and `{}` in `{}`",
        shown(of_first),
        short(first),
        shown(of_second),
        short(second)
    );
    Problem::new(message, "check them one after the other, or name the one that counts with `--config`")
}
