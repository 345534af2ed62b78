//! Files to texts, and what to say where that fails.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::config::Config;
use super::find::{Folders, find};
use super::problems::{Problem, Problems};
use crate::source::Sources;

/// The most bytes that one file may have.
pub const LARGEST_FILE: u64 = 16 * MIB;

/// The most bytes that the files of one compilation may have together.
pub const LARGEST_TOTAL: u64 = 256 * MIB;

const MIB: u64 = 1024 * 1024;

/// The texts of the files that were meant.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The files, sorted by name.
    pub sources: Sources,
    /// Where each of them was found.
    pub paths: Vec<PathBuf>,
    /// The folders in which a new file would be found.
    pub folders: Folders,
}

/// Reads files, and all `.chor` files in folders and the folders in them.
///
/// Hidden folders, `target` and `node_modules` are not searched. Each file is read once, however often it is
/// named. Every problem is reported, not the first alone.
pub fn load<P: AsRef<Path>>(paths: &[P]) -> Result<Loaded, Problems> {
    load_with(paths, &Config::default())
}

/// The same as [`load`], but that of the files in folders only those are read which the configuration wants.
///
/// A file that is named itself is read in any case.
pub fn load_with<P: AsRef<Path>>(paths: &[P], config: &Config) -> Result<Loaded, Problems> {
    let loaded = load_any(paths, config)?;
    if loaded.sources.files().iter().all(|file| file.text().trim().is_empty()) {
        return Err(Problem::nothing_written(&loaded.paths).into());
    }
    Ok(loaded)
}

/// The same as [`load_with`], but the files may all be empty.
pub fn load_any<P: AsRef<Path>>(paths: &[P], config: &Config) -> Result<Loaded, Problems> {
    let paths: Vec<PathBuf> = paths.iter().map(|path| path.as_ref().to_owned()).collect();
    let found = find(&paths, config);
    let mut problems = found.problems;
    let mut sources = Sources::new();
    let mut total = 0;
    for path in &found.files {
        match read(path) {
            Ok(text) => {
                total += text.len() as u64;
                if total > LARGEST_TOTAL || sources.add(&shown(path), text).is_err() {
                    problems.push(Problem::too_much());
                    break;
                }
            }
            Err(problem) => problems.push(problem),
        }
    }
    Problems::none_of(problems)?;
    Ok(Loaded { sources, paths: found.files, folders: found.folders })
}

/// Reads one text that comes from elsewhere, under a name by which findings call it.
pub fn load_text(name: &str, from: impl Read) -> Result<Sources, Problems> {
    let text = content(Path::new(name), from)?;
    let mut sources = Sources::new();
    sources.add(name, text).map_err(|_| Problem::too_much())?;
    Ok(sources)
}

fn read(path: &Path) -> Result<String, Problem> {
    let unreadable = |error: io::Error| Problem::unreadable(path, &error);
    let file = File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    if size > LARGEST_FILE {
        return Err(Problem::too_large(path, Some(size)));
    }
    content(path, file)
}

fn content(path: &Path, from: impl Read) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    // A size may be a lie (a file of the system, or one that grows), so reading has its own end.
    let read = from.take(LARGEST_FILE + 1).read_to_end(&mut bytes);
    read.map_err(|error| Problem::unreadable(path, &error))?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(Problem::too_large(path, None));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Problem::not_utf8(path, error.as_bytes(), at)
    })
}

/// What may be wrong with a path or a file.
impl Problem {
    pub(super) fn missing(path: &Path, with_extension: Option<PathBuf>) -> Self {
        let help = match with_extension {
            Some(path) => format!("there is `{}`", shown(&path)),
            None => "check the path; it is taken from the folder in which the command runs".to_owned(),
        };
        Self::new(format!("there is no file or folder `{}`", shown(path)), help)
    }

    pub(super) fn unreadable(path: &Path, error: &io::Error) -> Self {
        let (why, help) = match error.kind() {
            io::ErrorKind::PermissionDenied => {
                ("permission denied".to_owned(), "allow the user who runs the command to read it")
            }
            io::ErrorKind::NotFound => {
                ("it is a link to something that does not exist".to_owned(), "remove the link, or mend it")
            }
            _ => (error.to_string(), "check that other programs can read it"),
        };
        Self::new(format!("`{}` cannot be read: {why}", shown(path)), help)
    }

    pub(super) fn not_a_file(path: &Path) -> Self {
        Self::new(
            format!("`{}` is neither a file nor a folder", shown(path)),
            "name a `.chor` file or a folder",
        )
    }

    pub(super) fn folder_named_as_file(path: &Path) -> Self {
        let message = format!("`{}` is a folder, though it is named like a choreography file", shown(path));
        Self::new(message, "rename the folder")
    }

    /// A folder without files, or without any that this configuration wants.
    pub(super) fn empty_folder(path: &Path, config: Option<&str>) -> Self {
        let folder = match shown(path) {
            name if name.is_empty() => "the current folder".to_owned(),
            name => format!("`{name}`"),
        };
        if let Some(config) = config {
            let message = format!("`{config}` leaves out every `.chor` file in {folder}");
            return Self::new(message, "name the file itself, or change `include` and `exclude`");
        }
        let help = "name a `.chor` file or the folder that holds some; hidden folders, `target` and \
                    `node_modules` are not searched";
        Self::new(format!("there is no `.chor` file in {folder}"), help)
    }

    fn nothing_written(files: &[PathBuf]) -> Self {
        let message = match files {
            [file] => format!("`{}` is empty", shown(file)),
            _ => "all files are empty".to_owned(),
        };
        Self::new(message, "declare a service and an event; `chor new NAME` makes an example to begin with")
    }

    fn too_large(path: &Path, size: Option<u64>) -> Self {
        let size = size.map_or_else(|| "more".to_owned(), |size| format!("{} MiB", size.div_ceil(MIB)));
        let message = format!(
            "`{}` is too large: it has {size}, a file may have {} MiB",
            shown(path),
            LARGEST_FILE / MIB
        );
        Self::new(
            message,
            "split it into several files in one folder; all files of a folder are read together",
        )
    }

    fn too_much() -> Self {
        let message = format!("the files have more than {} MiB together", LARGEST_TOTAL / MIB);
        Self::new(message, "name fewer files or folders at once")
    }

    fn not_utf8(path: &Path, bytes: &[u8], at: usize) -> Self {
        let before = bytes.get(..at).unwrap_or_default();
        let line = before.split(|byte| *byte == b'\n').count();
        let byte = bytes.get(at).copied().unwrap_or_default();
        let message = format!("`{}` is not UTF-8: byte {at}, on line {line}, is 0x{byte:02X}", shown(path));
        let utf16 = matches!(bytes, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]);
        let now = if utf16 { "it looks like UTF-16; " } else { "" };
        Self::new(message, format!("{now}save it as UTF-8"))
    }
}

/// A path as it is shown: the same on every system.
pub(super) fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() }
}
