//! Files and folders as users have them.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{Build, Folders, load, write};

/// A folder with these files in it.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// Loads these paths of the folder and expects these files, or these words.
fn check(folder: &TempDir, paths: &[&str], expected: Result<&[&str], &str>) {
    let paths: Vec<PathBuf> = paths.iter().map(|path| folder.path().join(path)).collect();
    match load(&paths) {
        Ok(loaded) => {
            let names = loaded.sources.files().iter().map(|file| below(folder, Path::new(file.name())));
            assert_eq!(
                Ok(names.collect::<Vec<_>>()),
                expected.map(|names| names.iter().map(ToString::to_string).collect())
            );
        }
        Err(error) => {
            let said = error.to_string().replace(&format!("{}/", folder.path().display()), "");
            assert_eq!(Err(said.as_str()), expected);
        }
    }
}

fn below(folder: &TempDir, path: &Path) -> String {
    path.strip_prefix(folder.path()).unwrap().display().to_string()
}

#[test]
fn a_folder_means_the_chor_files_in_it_and_below_it() {
    let shop = folder(&[
        ("shop/b.chor", "// text"),
        ("shop/a.chor", "// text"),
        ("shop/deep/er/c.chor", "// text"),
        ("shop/readme.md", "// text"),
        ("shop/.git/hidden.chor", "// text"),
        ("shop/target/made.chor", "// text"),
        ("shop/node_modules/x/theirs.chor", "// text"),
        ("other/d.chor", "// text"),
    ]);
    check(&shop, &["shop"], Ok(&["shop/a.chor", "shop/b.chor", "shop/deep/er/c.chor"]));
    check(&shop, &["shop/target"], Ok(&["shop/target/made.chor"]));
}

#[test]
fn a_file_is_loaded_once_however_often_it_is_meant() {
    let shop = folder(&[("a.chor", "// text"), ("deep/b.chor", "// text")]);
    check(&shop, &["deep", "a.chor", "./a.chor", "", "deep/../a.chor"], Ok(&["a.chor", "deep/b.chor"]));
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_may_lead_back() {
    let shop = folder(&[("shop/a.chor", "// text"), ("elsewhere/b.chor", "// text")]);
    std::os::unix::fs::symlink("..", shop.path().join("shop/back")).unwrap();
    std::os::unix::fs::symlink("../elsewhere", shop.path().join("shop/more")).unwrap();
    std::os::unix::fs::symlink("a.chor", shop.path().join("shop/again.chor")).unwrap();
    check(&shop, &["shop"], Ok(&["shop/a.chor", "shop/back/elsewhere/b.chor"]));
}

#[test]
fn every_path_that_leads_nowhere_is_reported() {
    let shop = folder(&[
        ("shop.chor", "// text"),
        ("empty/readme.md", "// text"),
        ("folder.chor/a.chor", "// text"),
    ]);
    check(
        &shop,
        &["nothing", "shop", "empty", "folder.chor", "shop.chor"],
        Err("there is no file or folder `nothing`\n  \
               help: check the path; it is taken from the folder in which the command runs\n\
             there is no file or folder `shop`\n  \
               help: there is `shop.chor`\n\
             there is no `.chor` file in `empty`\n  \
               help: name a `.chor` file or the folder that holds some; hidden folders, `target` and \
               `node_modules` are not searched\n\
             `folder.chor` is a folder, though it is named like a choreography file\n  \
               help: rename the folder"),
    );
}

#[cfg(unix)]
#[test]
fn what_is_not_a_readable_file_is_reported() {
    let shop = folder(&[("a.chor", "// text")]);
    std::os::unix::fs::symlink("gone", shop.path().join("link.chor")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", shop.path().join("zero.chor")).unwrap();
    check(
        &shop,
        &[""],
        Err("`link.chor` cannot be read: it is a link to something that does not exist\n  \
               help: remove the link, or mend it\n\
             `zero.chor` is neither a file nor a folder\n  \
               help: name a `.chor` file or a folder"),
    );
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_is_reported() {
    use std::os::unix::fs::PermissionsExt as _;
    let shop = folder(&[("a.chor", "// text")]);
    let file = shop.path().join("a.chor");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    // The superuser may read everything.
    if fs::read(&file).is_err() {
        let expected = "`a.chor` cannot be read: permission denied\n  \
                        help: allow the user who runs the command to read it";
        check(&shop, &["a.chor"], Err(expected));
    }
}

#[test]
fn a_text_in_another_encoding_is_reported_with_its_place() {
    let shop = folder(&[]);
    fs::write(shop.path().join("latin1.chor"), b"// eins\n// f\xFCnf").unwrap();
    fs::write(shop.path().join("utf16.chor"), b"\xFF\xFEe\0").unwrap();
    check(
        &shop,
        &[""],
        Err("`latin1.chor` is not UTF-8: byte 12, on line 2, is 0xFC\n  \
               help: save it as UTF-8\n\
             `utf16.chor` is not UTF-8: byte 0, on line 1, is 0xFF\n  \
               help: it looks like UTF-16; save it as UTF-8"),
    );
}

#[test]
fn one_file_at_least_says_something() {
    check(
        &folder(&[("a.chor", " \n")]),
        &[""],
        Err("`a.chor` is empty\n  \
             help: declare a service and an event; `chor new NAME` makes an example to begin with"),
    );
    check(&folder(&[("a.chor", " \n"), ("b.chor", "service B")]), &[""], Ok(&["a.chor", "b.chor"]));
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let shop = folder(&[]);
    let file = fs::File::create(shop.path().join("large.chor")).unwrap();
    file.set_len(50 * 1024 * 1024).unwrap();
    check(
        &shop,
        &["large.chor"],
        Err("`large.chor` is too large: it has 50 MiB, a file may have 16 MiB\n  \
               help: split it into several files in one folder; all files of a folder are read together"),
    );
}

#[test]
fn a_folder_is_watched_as_a_whole_unless_something_in_it_is_left_out() {
    let shop = folder(&[
        ("all/deep/a.chor", "// text"),
        ("some/b.chor", "// text"),
        ("some/sub/c.chor", "// text"),
        ("some/target/x", "// text"),
    ]);
    let watched = |paths: &[&str]| {
        let paths: Vec<PathBuf> = paths.iter().map(|path| shop.path().join(path)).collect();
        load(&paths).unwrap().folders
    };
    let expected = |paths: &[&str]| paths.iter().map(|path| shop.path().join(path)).collect::<Folders>();
    assert_eq!(watched(&["all"]), expected(&["all"]));
    assert_eq!(watched(&["some"]), expected(&["some/sub"]));
    assert_eq!(watched(&["some/b.chor"]), expected(&[]));
}

#[test]
fn only_files_that_changed_are_written_and_others_are_left_alone() {
    let shop = folder(&[
        ("out/mine.rs", "mine"),
        ("out/old.rs", "// Generated by chor 0.0.1: old."),
        ("out/same.rs", "same"),
    ]);
    let out = shop.path().join("out");
    let files = [("deep/new.rs", "new"), ("old.rs", "changed"), ("same.rs", "same")];
    let files = files.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
    let written = write(&out, &files).unwrap();
    let names = |paths: &[PathBuf]| paths.iter().map(|path| below(&shop, path)).collect::<Vec<_>>();
    assert_eq!(names(&written.changed), ["out/deep/new.rs", "out/old.rs"]);
    assert_eq!(names(&written.unchanged), ["out/same.rs"]);
    assert_eq!(fs::read_to_string(out.join("old.rs")).unwrap(), "changed");
    let mut left: Vec<_> = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["deep", "mine.rs", "old.rs", "same.rs"]);
    assert_eq!(write(&out, &files).unwrap().changed, Vec::<PathBuf>::new());
}

#[test]
fn what_was_not_generated_is_not_replaced() {
    let mine = [("out/mine.rs", "// Generated by hand"), ("out/mod.rs", "mod mine;"), ("out/empty.rs", "")];
    let shop = folder(&mine);
    let out = shop.path().join("out");
    let files = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), "new".to_owned())).collect();
    let said = |names: &[&str]| {
        format!("{:?}", write(&out, &files(names)).unwrap_err()).replace(&*shop.path().to_string_lossy(), "")
    };
    insta::assert_snapshot!(said(&["a.rs", "mine.rs", "mod.rs"]), @r"
    `/out/mine.rs`, `/out/mod.rs` were not generated by chor, which would overwrite them; nothing was written
      help: name another folder to write to, or move the files
    ");
    insta::assert_snapshot!(said(&["a.rs", "empty.rs", "mod.rs"]), @r"
    `/out/mod.rs` was not generated by chor, which would overwrite it; nothing was written
      help: name another folder to write to, or move the file
    ");
    for (name, text) in mine {
        assert_eq!(fs::read_to_string(shop.path().join(name)).unwrap(), text);
    }
    assert!(!out.join("a.rs").exists());
    assert_eq!(write(&out, &files(&["empty.rs"])).unwrap().changed, [out.join("empty.rs")]);
}

#[test]
fn a_folder_that_cannot_be_made_is_reported() {
    let shop = folder(&[("out", "a file")]);
    let files = [("a.rs".to_owned(), String::new())].into();
    let error = write(&shop.path().join("out"), &files).unwrap_err().to_string();
    assert!(error.contains("out` cannot be written: "), "{error}");
}

#[test]
fn a_build_script_gets_its_modules_or_reads_what_is_wrong() {
    let shop = folder(&[
        ("shop.chor", "service A\nservice B\nevent E { id: uuid }\nchoreography C by id { A -> B: E }"),
        ("wrong.chor", "service A\nevent E { id: uid }"),
    ]);
    let out = shop.path().join("out");
    let build = |file: &str| Build::new().path(shop.path().join(file)).out_dir(&out);
    build("shop.chor").service("B").compile().unwrap();
    assert!(out.join("chor.rs").exists() && out.join("b.rs").exists() && !out.join("a.rs").exists());

    // What cargo shows is the `Debug` of the error that `main` returns.
    let said = |build: Build| {
        format!("{:?}", build.compile().unwrap_err()).replace(&*shop.path().to_string_lossy(), "")
    };
    let wrong = said(build("wrong.chor"));
    assert!(wrong.starts_with("the choreographies have one error; "), "{wrong}");
    assert!(
        wrong.contains("\nerror[C0201 unknown-name]: ") && wrong.contains("\n --> /wrong.chor:2:15\n"),
        "{wrong}"
    );
    insta::assert_snapshot!(said(build("shop.chor").service("C")), @r"
    there is no service `C`
      help: there are `A`, `B`
    ");
    insta::assert_snapshot!(said(build("nothing.chor")), @r"
    there is no file or folder `/nothing.chor`
      help: check the path; it is taken from the folder in which the command runs
    ");
}
