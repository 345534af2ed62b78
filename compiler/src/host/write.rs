//! Generated files to a folder, and changed texts to where they were read.

use std::fmt;
use std::fs::{self, Permissions};
use std::io;
use std::path::{Path, PathBuf};

use super::load::shown;
use crate::emit::Files;

/// What happened to the files of a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The files that are new or have changed.
    pub changed: Vec<PathBuf>,
    /// The files that were already as they should be; they were not touched.
    pub unchanged: Vec<PathBuf>,
}

/// Writes the files that are not already there with the same content. Other files are left alone.
///
/// The folder is made where it does not exist.
pub fn write(folder: &Path, files: &Files) -> Result<Written, WriteError> {
    let mut written = Written::default();
    for (name, content) in files {
        let path = folder.join(name);
        if fs::read(&path).is_ok_and(|old| old == content.as_bytes()) {
            written.unchanged.push(path);
            continue;
        }
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(|error| WriteError { path: parent.to_owned(), error })?;
        replace(&path, content).map_err(|error| WriteError { path: path.clone(), error })?;
        written.changed.push(path);
    }
    Ok(written)
}

/// Writes a new text into a file that is there. It stays who may read it, and a link to it stays a link.
pub fn rewrite(path: &Path, content: &str) -> Result<(), WriteError> {
    let failed = |error| WriteError { path: path.to_owned(), error };
    let file = path.canonicalize().map_err(failed)?;
    let metadata = fs::metadata(&file).map_err(failed)?;
    if metadata.permissions().readonly() {
        return Err(failed(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only")));
    }
    replace_with(&file, content, Some(metadata.permissions())).map_err(failed)
}

fn replace(path: &Path, content: &str) -> io::Result<()> {
    replace_with(path, content, None)
}

/// Puts the whole content into place at once, so that nobody reads half a file.
fn replace_with(path: &Path, content: &str, permissions: Option<Permissions>) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.tmp", std::process::id()));
    let beside = PathBuf::from(beside);
    let permitted = || permissions.map_or(Ok(()), |permissions| fs::set_permissions(&beside, permissions));
    let written =
        fs::write(&beside, content).and_then(|()| permitted()).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // The first failure is the one to report.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// A file could not be written.
pub struct WriteError {
    path: PathBuf,
    error: io::Error,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` cannot be written: {}", shown(&self.path), self.error)
    }
}

/// The same as [`Display`](fmt::Display): this is what a build script shows when its `main` returns it.
impl fmt::Debug for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}
