//! The README's tutorial, followed word for word.
//!
//! - `sh` blocks are run line by line; a block marked `fails` must fail at its last line.
//! - `text` blocks hold lines of what the block before has printed, in order; `…` stands for any others.
//! - `diff FILE` blocks are changes to make; what they take away must stand in the file exactly once.
//! - Other blocks that name a file are excerpts of it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::folder;

#[test]
fn the_tutorial_does_what_it_says() {
    let readme = fs::read_to_string(checkout().join("README.md")).unwrap();
    let (_, tutorial) = readme.split_once("\n## Ten minutes\n").unwrap();
    let (tutorial, _) = tutorial.split_once("\n## ").unwrap();
    let home = folder(&[]);
    let mut reader = Reader { at: home.path().to_owned(), printed: String::new() };
    let blocks = blocks(tutorial);
    assert!(blocks.len() > 10, "the tutorial was not found");
    for (info, text) in blocks {
        reader.follow(info, text);
    }
}

/// The folder of this workspace.
fn checkout() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()
}

/// The code blocks: what stands behind the fence, and the lines.
fn blocks(markdown: &str) -> Vec<(&str, &str)> {
    let mut blocks = Vec::new();
    let mut rest = markdown;
    while let Some((_, opened)) = rest.split_once("\n```") {
        let (info, body) = opened.split_once('\n').unwrap();
        let (text, after) = body.split_once("```\n").unwrap();
        blocks.push((info, text));
        rest = after;
    }
    blocks
}

/// Somebody who follows the tutorial.
struct Reader {
    at: PathBuf,
    /// What the last commands have printed.
    printed: String,
}

impl Reader {
    fn follow(&mut self, info: &str, text: &str) {
        match info.split_once(' ').unwrap_or((info, "")) {
            ("sh", expectation) => self.run(text, expectation == "fails"),
            ("text", "") => self.compare(text),
            ("diff", file) => self.change(file, text),
            (_, file) if !file.is_empty() => {
                let content = fs::read_to_string(self.at.join(file)).unwrap();
                assert!(content.contains(text), "{file} does not hold\n{text}");
            }
            (info, _) => panic!("a block of a kind that nobody follows: {info}"),
        }
    }

    fn run(&mut self, lines: &str, fails: bool) {
        self.printed.clear();
        let count = lines.lines().count();
        for (index, line) in lines.lines().enumerate() {
            let succeeded = self.command(line);
            assert_eq!(succeeded, !(fails && index + 1 == count), "`{line}`\n{}", self.printed);
        }
    }

    /// Runs one line; whether it succeeded.
    fn command(&mut self, line: &str) -> bool {
        if let Some(folder) = line.strip_prefix("cd ") {
            self.at.push(folder);
            // The versions that the workspace has: the test needs no network.
            fs::copy(checkout().join("Cargo.lock"), self.at.join("Cargo.lock")).unwrap();
            return true;
        }
        let bin = Path::new(env!("CARGO_BIN_EXE_chor")).parent().unwrap();
        let path = std::env::join_paths(
            [bin.to_owned()].into_iter().chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
        );
        let output = Command::new("sh")
            .args(["-c", line])
            .current_dir(&self.at)
            .env("PATH", path.unwrap())
            .env("CARGO_TARGET_DIR", bin.parent().unwrap())
            .env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only")
            .env("CARGO_NET_OFFLINE", "true")
            .output()
            .unwrap();
        for stream in [&output.stdout, &output.stderr] {
            write!(self.printed, "{}", String::from_utf8_lossy(stream)).unwrap();
        }
        output.status.success()
    }

    fn compare(&self, expected: &str) {
        let mut printed = self.printed.lines();
        let mut skipping = true;
        for line in expected.lines() {
            if line == "…" {
                skipping = true;
                continue;
            }
            let found =
                if skipping { printed.any(|other| other == line) } else { printed.next() == Some(line) };
            assert!(found, "not printed, or not there: {line}\n--- printed:\n{}", self.printed);
            skipping = false;
        }
    }

    fn change(&self, file: &str, diff: &str) {
        let path = self.at.join(file);
        let content = fs::read_to_string(&path).unwrap();
        let side = |other: char| -> String {
            let lines = diff.lines().filter(|line| !line.starts_with(other));
            lines.flat_map(|line| [line.get(1..).unwrap_or_default(), "\n"]).collect()
        };
        let (before, after) = (side('+'), side('-'));
        assert_eq!(content.matches(&before).count(), 1, "{file} does not hold once\n{before}");
        fs::write(path, content.replacen(&before, &after, 1)).unwrap();
    }
}
