//! The files of a new package.

use super::checkout::Dependencies;

/// Path below the new folder, and content; `{{…}}` is filled in.
const FILES: &[(&str, &str)] = &[
    (".gitignore", "/target\n"),
    ("Cargo.toml", include_str!("../../template/Cargo.toml.in")),
    ("README.md", include_str!("../../template/README.md")),
    ("build.rs", include_str!("../../template/build.rs")),
    ("restaurant.chor", include_str!("../../template/restaurant.chor")),
    ("src/main.rs", include_str!("../../template/src/main.rs")),
    ("src/waiter.rs", include_str!("../../template/src/waiter.rs")),
    ("src/kitchen.rs", include_str!("../../template/src/kitchen.rs")),
];

/// The files for a package of this name.
pub(crate) fn files(name: &str, dependencies: &Dependencies) -> impl Iterator<Item = (&'static str, String)> {
    let fill = [
        ("{{name}}", name.to_owned()),
        ("{{chor-runtime}}", dependencies.of("runtime")),
        ("{{chor-compiler}}", dependencies.of("compiler")),
    ];
    FILES.iter().map(move |(path, content)| {
        let filled = fill.iter().fold((*content).to_owned(), |text, (hole, value)| text.replace(hole, value));
        (*path, filled)
    })
}
