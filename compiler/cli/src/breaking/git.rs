//! The files of a git ref, read by git itself.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use chor_compiler::host::{Config, LARGEST_FILE};
use chor_compiler::source::Sources;

use crate::failure::Failure;

/// A file as git lists it.
struct Blob {
    hash: String,
    /// From the current folder.
    name: String,
}

/// The `.chor` files that these paths have in this ref.
pub(super) fn sources(reference: &str, paths: &[PathBuf], config: &Config) -> Result<Sources, Failure> {
    let commit = commit(reference)?;
    let mut blobs = list(reference, &commit, paths)?;
    blobs.retain(|blob| is_named(&blob.name, paths) || is_searched(&blob.name, config));
    if let Some(path) =
        paths.iter().find(|path| path.is_file() && !blobs.iter().any(|blob| is(&blob.name, path)))
    {
        return Err(not_there(reference, &commit, path));
    }
    if blobs.is_empty() {
        let help =
            format!("compare with a version that has some: `git log --oneline {reference} -- '*.chor'`");
        return Err(Failure::new(format!("`{reference}` has no `.chor` file in these paths"), help));
    }
    blobs.sort_by(|one, other| one.name.cmp(&other.name));
    let mut sources = Sources::new();
    for (blob, text) in blobs.iter().zip(contents(reference, &blobs)?) {
        let added = sources.add(&blob.name, text);
        added.map_err(|error| Failure::new(error.to_string(), "name fewer files"))?;
    }
    Ok(sources)
}

/// The commit that is meant.
fn commit(reference: &str) -> Result<String, Failure> {
    if let Err(Failure { .. }) = git(&["rev-parse", "--git-dir"])? {
        let message = format!("there is no folder or lock file `{reference}`, and this is no git repository");
        return Err(Failure::new(
            message,
            "name a folder or a lock file, or run this in a clone: `git clone URL`",
        ));
    }
    let peeled = format!("{reference}^{{commit}}");
    if let Ok(hash) = git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &peeled])? {
        return Ok(hash.trim().to_owned());
    }
    let shallow = git(&["rev-parse", "--is-shallow-repository"])?.is_ok_and(|answer| answer.trim() == "true");
    if shallow {
        let message = format!("`{reference}` is not in this clone, which is shallow");
        let help = "fetch the rest: `git fetch --unshallow --tags origin '+refs/heads/*:refs/remotes/origin/*'`; in a \
                    GitHub workflow, check out with `fetch-depth: 0`";
        return Err(Failure::new(message, help));
    }
    let help = where_it_may_be(reference)?;
    Err(Failure::new(format!("there is no folder, lock file or git ref `{reference}`"), help))
}

/// What may lead to a ref that this clone, which is whole, does not have.
fn where_it_may_be(reference: &str) -> Result<String, Failure> {
    // What is counted from a ref is nothing that can be fetched.
    let counted = [reference.find(['~', '^']), reference.find("@{")].into_iter().flatten().min();
    let (from, counted) = reference.split_at(counted.unwrap_or(reference.len()));
    let from = if from.is_empty() { "HEAD" } else { from };
    if !counted.is_empty() && exists(from)? {
        return Ok(format!(
            "the history of `{from}` does not go back so far: `git log --oneline {from}` shows it"
        ));
    }
    let remote = format!("origin/{from}");
    if exists(&format!("{remote}{counted}"))? {
        return Ok(format!("there is `{remote}{counted}`: `--against {remote}{counted}`"));
    }
    Ok(format!(
        "fetch it: `git fetch origin {from}`, and see `git branch --all` and `git tag` for what there is"
    ))
}

/// Whether there is such a commit.
fn exists(reference: &str) -> Result<bool, Failure> {
    let peeled = format!("{reference}^{{commit}}");
    Ok(git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &peeled])?.is_ok())
}

/// The `.chor` files below these paths.
fn list(reference: &str, commit: &str, paths: &[PathBuf]) -> Result<Vec<Blob>, Failure> {
    let here = std::env::current_dir().unwrap_or_default();
    let paths: Vec<String> = paths
        .iter()
        .map(|path| path.strip_prefix(&here).unwrap_or(path))
        .map(|path| if path == Path::new("") { ".".to_owned() } else { path.to_string_lossy().into_owned() })
        .collect();
    let mut arguments = vec!["ls-tree", "-r", "-z", commit, "--"];
    arguments.extend(paths.iter().map(|path| if path == "." { "./" } else { path.as_str() }));
    let listed = git(&arguments)?.map_err(|failure| {
        let why = failure.reasons.first().map(|reason| reason.message.clone()).unwrap_or_default();
        Failure::new(
            format!("git does not list the files of `{reference}`: {why}"),
            "name paths of this repository",
        )
    })?;
    let blob = |line: &str| {
        let (about, name) = line.split_once('\t')?;
        let mut about = about.split(' ');
        let (mode, hash) = (about.next()?, about.nth(1)?);
        let file = mode.starts_with("100") && Path::new(name).extension().is_some_and(|it| it == "chor");
        file.then(|| Blob { hash: hash.to_owned(), name: name.to_owned() })
    };
    Ok(listed.split('\0').filter_map(blob).collect())
}

/// Whether the user has named the file itself.
fn is_named(name: &str, paths: &[PathBuf]) -> bool {
    paths.iter().any(|path| is(name, path))
}

fn is(name: &str, path: &Path) -> bool {
    let plain =
        |path: &Path| path.components().filter(|part| *part != Component::CurDir).collect::<PathBuf>();
    let here = std::env::current_dir().unwrap_or_default();
    plain(Path::new(name)) == plain(path.strip_prefix(&here).unwrap_or(path))
}

/// Whether a search of a folder would find it.
fn is_searched(name: &str, config: &Config) -> bool {
    let folders = Path::new(name).parent().into_iter().flat_map(Path::components);
    let left_out = |part: Component<'_>| match part {
        Component::Normal(folder) => {
            let folder = folder.to_string_lossy();
            folder.starts_with('.') || folder == "target" || folder == "node_modules"
        }
        _ => false,
    };
    !folders.into_iter().any(left_out) && config.wants(Path::new(name))
}

/// A file that the user has named is new, or had another name.
fn not_there(reference: &str, commit: &str, path: &Path) -> Failure {
    let name = path.display();
    let renamed = git(&["diff", "--find-renames", "--name-status", "-z", "--relative", commit])
        .ok()
        .and_then(Result::ok);
    let renamed = renamed.and_then(|listed| {
        let parts: Vec<&str> = listed.split('\0').collect();
        let moves =
            parts.windows(3).filter(|window| window.first().is_some_and(|status| status.starts_with('R')));
        let mut old = moves.filter_map(|window| window.get(2).filter(|new| is(new, path)).and(window.get(1)));
        old.next().map(|old| (*old).to_owned())
    });
    let message = match renamed {
        Some(old) => format!("`{name}` was `{old}` in `{reference}`"),
        None => format!("`{name}` is not in `{reference}`"),
    };
    let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    let help = format!(
        "compare the folder, in which files may come, go and be renamed: `chor breaking {} --against {reference}`",
        folder.display()
    );
    Failure::new(message, help)
}

/// The texts of the files, all from one call of git.
fn contents(reference: &str, blobs: &[Blob]) -> Result<Vec<String>, Failure> {
    let mut child = Command::new("git")
        .args(["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| unusable(&error))?;
    let (Some(mut asked), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
        return Ok(Vec::new());
    };
    let hashes: String = blobs.iter().flat_map(|blob| [blob.hash.as_str(), "\n"]).collect();
    // Beside the reading: git answers before it has read everything, and a full pipe would stop both.
    let asking = thread::spawn(move || asked.write_all(hashes.as_bytes()));
    let mut answers = BufReader::new(answers);
    let texts: Result<Vec<_>, _> = blobs.iter().map(|blob| content(reference, blob, &mut answers)).collect();
    drop(answers);
    // Where it could not be asked, there was no answer either, and that has been told.
    let _ = asking.join();
    let _ = child.wait();
    texts
}

fn content(reference: &str, blob: &Blob, answers: &mut impl BufRead) -> Result<String, Failure> {
    let unread = |why: &str| {
        let message = format!("`{}` of `{reference}` cannot be read: {why}", blob.name);
        Failure::new(message, "see what git says: `git fsck`, `git fetch --refetch`")
    };
    let mut head = String::new();
    answers.read_line(&mut head).map_err(|error| unread(&error.to_string()))?;
    let size: u64 = head
        .trim()
        .rsplit(' ')
        .next()
        .and_then(|size| size.parse().ok())
        .ok_or_else(|| unread(head.trim()))?;
    if size > LARGEST_FILE {
        return Err(unread("it is too large"));
    }
    let mut bytes = Vec::new();
    // The text, and the line break behind it.
    answers.take(size + 1).read_to_end(&mut bytes).map_err(|error| unread(&error.to_string()))?;
    bytes.pop();
    String::from_utf8(bytes).map_err(|_| unread("it is not UTF-8"))
}

/// What git answers; `Ok(Err(_))`: it refuses, with its own words.
fn git(arguments: &[&str]) -> Result<Result<String, Failure>, Failure> {
    let output = Command::new("git").args(arguments).output().map_err(|error| unusable(&error))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        return Ok(Ok(String::from_utf8_lossy(&output.stdout).into_owned()));
    }
    Ok(Err(Failure::new(said.lines().next().unwrap_or_default(), "see `git help`")))
}

fn unusable(error: &std::io::Error) -> Failure {
    let message = format!("git cannot be run: {error}");
    Failure::new(message, "install git (`git --version`), or compare with a folder or a lock file")
}
