//! Examples in Markdown: what is called refused is refused for its reason, and everything else is clean.
//!
//! A block is a file, or several, each behind a line with its name: `// money.chor`.

use chor_compiler::diag::Code;
use chor_compiler::source::Sources;

use crate::compile_with_lints;

/// A block of `.chor` in a page.
pub(crate) struct Example<'p> {
    /// The number of the finding that it is said to have: ```` ```chor,refused C0107 ````.
    pub(crate) refused: Option<&'p str>,
    text: &'p str,
}

/// The blocks of a page.
pub(crate) fn examples(page: &str) -> Vec<Example<'_>> {
    page.split("```chor").skip(1).map(example).collect()
}

/// The block at the start of a text, from behind its ```` ```chor ````.
fn example(block: &str) -> Example<'_> {
    let (kind, rest) = block.split_once('\n').unwrap();
    let refused = kind.strip_prefix(",refused ");
    assert!(kind.is_empty() || refused.is_some(), "{kind}");
    Example { refused, text: rest.split_once("```").unwrap().0 }
}

impl Example<'_> {
    /// What is wrong: with this lint on, it has other findings than it is said to have.
    pub(crate) fn wrong(&self, lint: Option<&'static Code>) -> Option<String> {
        let found = findings(self.text, lint);
        let right = match self.refused {
            Some(refused) => !found.is_empty() && found.iter().all(|number| *number == refused),
            None => found.is_empty(),
        };
        let said = self.refused.unwrap_or("nothing");
        (!right).then(|| format!("an example has {found:?}, and is said to have {said}\n{}", self.text))
    }
}

/// The numbers of what is found in a text.
fn findings(text: &str, lint: Option<&'static Code>) -> Vec<&'static str> {
    let mut sources = Sources::new();
    for (name, text) in files(text) {
        sources.add(&name, text).unwrap();
    }
    compile_with_lints(&sources, lint).diagnostics.iter().map(|finding| finding.code.number).collect()
}

/// The files of an example.
pub(crate) fn files(text: &str) -> Vec<(String, String)> {
    let mut files = vec![("example.chor".to_owned(), String::new())];
    for line in text.lines() {
        match line.strip_prefix("// ").filter(|name| name.strip_suffix(".chor").is_some()) {
            Some(name) => files.push((name.to_owned(), String::new())),
            None => files.last_mut().unwrap().1.extend([line, "\n"]),
        }
    }
    files.retain(|(_, text)| !text.trim().is_empty());
    files
}
