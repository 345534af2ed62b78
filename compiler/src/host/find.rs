//! Which files are meant by a list of files and folders.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::config::Config;
use super::problems::Problem;

/// What ends the name of a choreography file.
const EXTENSION: &str = "chor";

/// Folders that hold what others made; hidden folders are left out as well.
const NEVER_SEARCHED: [&str; 2] = ["target", "node_modules"];

/// The folders that were searched and hold nothing that is left out: a new file anywhere in one of them
/// would be found by the next search.
pub type Folders = BTreeSet<PathBuf>;

/// What a search found.
#[derive(Default)]
pub(super) struct Found {
    /// The files, each once, by name.
    pub(super) files: Vec<PathBuf>,
    pub(super) folders: Folders,
    pub(super) problems: Vec<Problem>,
}

/// Finds the files; every path that leads to none is a problem of its own.
pub(super) fn find(paths: &[PathBuf], config: &Config) -> Found {
    let mut search = Search {
        config,
        unwanted: false,
        files: Vec::new(),
        folders: Folders::new(),
        problems: Vec::new(),
        entered: BTreeSet::new(),
    };
    for path in paths {
        search.named(path);
    }
    let mut files = search.files;
    files.sort();
    // One file may be reached in several ways; it is read once, under the first of its names.
    let mut known = BTreeSet::new();
    files.retain(|file| known.insert(identity(file)));
    Found { files, folders: search.folders, problems: search.problems }
}

struct Search<'a> {
    /// What it wants of the files in folders.
    config: &'a Config,
    /// Whether it left a file out.
    unwanted: bool,
    files: Vec<PathBuf>,
    folders: Folders,
    problems: Vec<Problem>,
    /// Folders that were entered, by their true path: a link may lead back to one.
    entered: BTreeSet<PathBuf>,
}

impl Search<'_> {
    /// A path that the user gave.
    fn named(&mut self, path: &Path) {
        let path = &without_dot(path);
        match fs::metadata(real(path)) {
            Ok(kind) if kind.is_dir() => self.named_folder(path),
            Ok(kind) if kind.is_file() => self.files.push(path.clone()),
            Ok(_) => self.problems.push(Problem::not_a_file(path)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.problems.push(Problem::missing(path, with_extension(path)));
            }
            Err(error) => self.problems.push(Problem::unreadable(path, &error)),
        }
    }

    fn named_folder(&mut self, path: &Path) {
        if has_extension(path) {
            self.problems.push(Problem::folder_named_as_file(path));
            return;
        }
        let before = (self.files.len(), self.problems.len());
        let entered = self.entered.len();
        self.folder(path);
        let searched = self.entered.len() > entered;
        if searched && before == (self.files.len(), self.problems.len()) {
            let config = self.config.name().filter(|_| self.unwanted);
            self.problems.push(Problem::empty_folder(path, config));
        }
    }

    /// Searches a folder and those in it; says whether nothing in it was left out.
    fn folder(&mut self, path: &Path) -> bool {
        if !self.entered.insert(identity(path)) {
            return true;
        }
        let entries = match entries(path) {
            Ok(entries) => entries,
            Err(error) => {
                self.problems.push(Problem::unreadable(path, &error));
                return false;
            }
        };
        let mut complete = true;
        for entry in entries {
            complete &= self.entry(&entry);
        }
        if complete {
            // The whole folder stands for those in it.
            self.folders.retain(|folder| !folder.starts_with(path));
            self.folders.insert(path.to_owned());
        }
        complete
    }

    fn entry(&mut self, path: &Path) -> bool {
        // A link that leads nowhere is none of ours, unless it has the name of one of our files.
        let kind = match fs::metadata(path) {
            Ok(kind) => kind,
            Err(error) => {
                if has_extension(path) {
                    self.problems.push(Problem::unreadable(path, &error));
                }
                return true;
            }
        };
        if kind.is_dir() {
            if is_left_out(path) {
                return false;
            }
            if has_extension(path) {
                self.problems.push(Problem::folder_named_as_file(path));
                return true;
            }
            return self.folder(path);
        }
        if has_extension(path) {
            if kind.is_file() {
                if self.config.wants(path) {
                    self.files.push(path.to_owned());
                } else {
                    self.unwanted = true;
                }
            } else {
                self.problems.push(Problem::not_a_file(path));
            }
        }
        true
    }
}

/// What a folder holds, sorted.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut entries = fs::read_dir(real(folder))?
        .map(|entry| entry.map(|entry| folder.join(entry.file_name())))
        .collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    Ok(entries)
}

fn is_left_out(folder: &Path) -> bool {
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.starts_with('.') || NEVER_SEARCHED.contains(&name)
}

fn has_extension(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == EXTENSION)
}

/// The file that was meant where its extension was left out.
fn with_extension(path: &Path) -> Option<PathBuf> {
    let file = path.with_added_extension(EXTENSION);
    file.is_file().then_some(file)
}

/// The path without `.` in front, by which one file has one name.
fn without_dot(path: &Path) -> PathBuf {
    path.components().filter(|part| *part != std::path::Component::CurDir).collect()
}

/// The current folder goes without its dot here, so that its files are named as a user names them.
fn real(path: &Path) -> &Path {
    if path.as_os_str().is_empty() { Path::new(".") } else { path }
}

/// What tells two paths to one thing from two things.
fn identity(path: &Path) -> PathBuf {
    real(path).canonicalize().unwrap_or_else(|_| path.to_owned())
}
