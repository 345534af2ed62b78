//! Where a new package finds the runtime and the compiler.

use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// How the runtime and the compiler are named in the new `Cargo.toml`.
pub(crate) enum Dependencies {
    /// In a checkout of chor.
    Checkout(PathBuf),
    /// From the registry, in this command's version.
    Registry,
}

/// The checkout that is named, or the one that this command was built from, where it still exists.
pub(crate) fn dependencies(named: Option<&Path>) -> Result<Dependencies, Failure> {
    if let Some(named) = named {
        return checkout(named).map(Dependencies::Checkout).ok_or_else(|| {
            let message = format!("`{}` is no checkout of chor", named.display());
            Failure::new(message, "name the folder that holds `compiler` and `runtime`")
        });
    }
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
    Ok(own.and_then(checkout).map_or(Dependencies::Registry, Dependencies::Checkout))
}

/// The true path of a folder that holds both crates.
fn checkout(folder: &Path) -> Option<PathBuf> {
    let holds = |krate: &str| folder.join(krate).join("Cargo.toml").is_file();
    (holds("compiler") && holds("runtime")).then(|| folder.canonicalize().ok()).flatten()
}

impl Dependencies {
    /// What stands behind `chor-runtime = ` or `chor-compiler = `.
    pub(crate) fn of(&self, folder: &str) -> String {
        match self {
            Self::Checkout(checkout) => format!("{{ path = {} }}", toml_string(&checkout.join(folder))),
            Self::Registry => format!("\"{}\"", env!("CARGO_PKG_VERSION")),
        }
    }
}

/// The path as a string of TOML.
fn toml_string(path: &Path) -> String {
    let escaped = path.to_string_lossy().replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{escaped}\"")
}
