//! What CI systems are given: the action, the hooks and the snippets of the README are read as those systems read them, and
//! what they run is run, with the program of this build in the place of an installed one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use yaml_rust2::{Yaml, YamlLoader};

use super::{Ran, folder, ran};

const CLEAN: &str = "external A\nservice B\nevent E { id: uuid }\nchoreography F by id {\n  A -> B: E\n}\n";
const DEAD: &str = "service C { emits G }\nevent G { id: uuid }\n";
const REFUSED: &str = "service A\nservice A\n";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn yaml(text: &str) -> Yaml {
    let mut documents = YamlLoader::load_from_str(text).unwrap();
    assert_eq!(documents.len(), 1);
    documents.remove(0)
}

fn file(name: &str) -> Yaml {
    yaml(&fs::read_to_string(root().join(name)).unwrap())
}

/// The snippet of the README in the block that is called so.
fn snippet(name: &str) -> Yaml {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let (_, rest) = readme.split_once(&format!("```yaml {name}\n")).unwrap();
    yaml(rest.split_once("```").unwrap().0)
}

fn text<'y>(value: &'y Yaml, key: &str) -> &'y str {
    value[key].as_str().unwrap_or_else(|| panic!("{key} of {value:?}"))
}

/// As the runners call it, with `chor` in the path.
fn bash(folder: &Path, script: &str, variables: &[(&str, &str)]) -> Ran {
    let program = Path::new(env!("CARGO_BIN_EXE_chor"));
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let mut command = Command::new("bash");
    command.args(["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script]).current_dir(folder);
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI"] {
        command.env_remove(variable);
    }
    command.env("PATH", path).env("CHOR", program).envs(variables.iter().copied());
    ran(command.output().unwrap())
}

/// A step of the action.
fn step(name: &str) -> Yaml {
    let action = file("action.yml");
    let steps = action["runs"]["steps"].as_vec().unwrap();
    steps.iter().find(|step| step["name"].as_str() == Some(name)).unwrap().clone()
}

/// Runs a step of the action; inputs that are not given have their defaults.
fn act(folder: &TempDir, name: &str, inputs: &[(&str, &str)]) -> Ran {
    let action = file("action.yml");
    let step = step(name);
    let mut variables = Vec::new();
    for (variable, value) in step["env"].as_hash().unwrap() {
        let value = value.as_str().unwrap();
        let Some(input) = value.strip_prefix("${{ inputs.").and_then(|rest| rest.strip_suffix(" }}")) else {
            continue;
        };
        let default = text(&action["inputs"][input], "default").to_owned();
        let given = inputs.iter().find(|(name, _)| *name == input);
        variables.push((variable.as_str().unwrap(), given.map_or(default, |(_, value)| (*value).to_owned())));
    }
    let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    bash(folder.path(), text(&step, "run"), &variables)
}

#[test]
fn the_action_is_well_formed() {
    let action = file("action.yml");
    assert_eq!(text(&action["runs"], "using"), "composite");
    for (name, input) in action["inputs"].as_hash().unwrap() {
        assert!(!text(input, "description").is_empty() && input["default"].as_str().is_some(), "{name:?}");
    }
    for step in action["runs"]["steps"].as_vec().unwrap() {
        // What is given from outside comes as a variable, never into the script itself.
        if let Some(script) = step["run"].as_str() {
            assert_eq!(text(step, "shell"), "bash");
            assert!(!script.contains("${{"), "{script}");
        }
    }
    let install = step("Build the program");
    let path = text(&install, "run").split_once("--path \"$ACTION/").unwrap().1.split('"').next().unwrap();
    let package = fs::read_to_string(root().join(path).join("Cargo.toml")).unwrap();
    assert!(package.contains("name = \"chor\""), "{path} is not the command");
    assert!(root().join("Cargo.lock").is_file(), "`--locked` needs it");
}

#[test]
fn the_actions_check_fails_where_something_is_denied() {
    let files = [("a.chor", CLEAN), ("dead/b.chor", DEAD), ("wrong/c d.chor", REFUSED)];
    let folder = folder(&files);
    let clean = act(&folder, "Check", &[("paths", "a.chor\n")]);
    assert_eq!((clean.status, clean.stdout.as_str()), (0, ""), "{clean}");
    let warned = act(&folder, "Check", &[("paths", "\ndead\n\na.chor\n")]);
    assert!(warned.status == 0 && warned.stdout.starts_with("::warning file=dead/b.chor"), "{warned}");
    let refused = act(&folder, "Check", &[("paths", "wrong/c d.chor")]);
    assert!(refused.status == 1 && refused.stdout.starts_with("::error file=wrong/c d.chor"), "{refused}");
    let unable = act(&folder, "Check", &[("paths", "nowhere; echo pwned")]);
    assert!(unable.status == 2 && !unable.stdout.contains("pwned"), "{unable}");
}

#[test]
fn the_action_takes_a_configuration_a_baseline_and_a_file_for_code_scanning() {
    let folder = folder(&[("b.chor", DEAD), ("strict.toml", "[lints]\ndead-event = \"deny\"\n")]);
    let strict = [("config", "strict.toml"), ("sarif", "found.sarif")];
    let denied = act(&folder, "Check", &strict);
    assert_eq!(denied.status, 1, "{denied}");
    let sarif = fs::read_to_string(folder.path().join("found.sarif")).unwrap();
    assert!(sarif.contains("C0308"), "{sarif}");
    let adopt = "\"$CHOR\" check --config strict.toml --baseline known.json --update-baseline";
    assert_eq!(bash(folder.path(), adopt, &[]).status, 0);
    let known = act(&folder, "Check", &[("config", "strict.toml"), ("baseline", "known.json")]);
    assert_eq!((known.status, known.stdout.as_str()), (0, ""), "{known}");
    let unable = act(&folder, "Check", &[("config", "none.toml"), ("sarif", "found.sarif")]);
    assert_eq!(unable.status, 2, "{unable}");
}

/// A repository whose `main` is the contracts before, and whose working tree is what came of them.
fn repository() -> TempDir {
    let before =
        "service A\nservice B\nevent E { id: uuid, of: u32 }\nchoreography F by id {\n  A -> B: E\n}\n";
    let folder = folder(&[("contracts/a.chor", before)]);
    let git = "git init -q -b main && git add . && git -c user.name=n -c user.email=e commit -q -m before \
        && git update-ref refs/remotes/origin/main HEAD && sed -i 's/u32/string/' contracts/a.chor";
    let ran = bash(folder.path(), git, &[]);
    assert_eq!(ran.status, 0, "{ran}");
    folder
}

#[test]
fn the_action_tells_what_a_change_breaks() {
    let against = [("paths", "contracts"), ("against", "origin/main")];
    let broken = act(&repository(), "Compare", &against);
    assert!(broken.status == 1 && broken.stdout.starts_with("::error file=contracts/a.chor"), "{broken}");
    let unable = act(&repository(), "Compare", &[("paths", "contracts"), ("against", "nowhere")]);
    assert_eq!(unable.status, 2, "{unable}");
}

#[test]
fn the_readme_gives_the_action_what_it_takes() {
    let workflow = snippet("github");
    let steps = workflow["jobs"]["contracts"]["steps"].as_vec().unwrap();
    let ours = steps.iter().find(|step| text(step, "uses").contains("chor@")).unwrap();
    let inputs = file("action.yml")["inputs"].clone();
    for name in ours["with"].as_hash().unwrap().keys() {
        assert!(!inputs[name.as_str().unwrap()].is_badvalue(), "the action has no input {name:?}");
    }
}

#[test]
fn the_gitlab_job_runs() {
    let job = snippet("gitlab")["contracts"].clone();
    let lines: Vec<&str> =
        job["script"].as_vec().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    let (install, rest) = lines.split_first().unwrap();
    assert!(install.starts_with("cargo install --locked --git"), "{install}");
    let branch = [("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main")];
    let broken = repository();
    let told = bash(broken.path(), &rest.join("\n"), &branch);
    assert!(told.status == 1 && told.stdout.contains("type-changed"), "{told}");
    let report = text(&job["artifacts"]["reports"], "codequality");
    assert_eq!(fs::read_to_string(broken.path().join(report)).unwrap(), "[]\n");
    // Where nothing is merged, there is nothing to compare with.
    let alone = bash(broken.path(), &rest.join("\n"), &[("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "")]);
    assert_eq!(alone.status, 0, "{alone}");
}

#[test]
fn the_hooks_run_on_what_is_committed() {
    let hooks = file(".pre-commit-hooks.yaml");
    let used = snippet("pre-commit");
    let used: Vec<&str> =
        used["repos"][0]["hooks"].as_vec().unwrap().iter().map(|hook| text(hook, "id")).collect();
    let folder = folder(&[
        ("a.chor", CLEAN),
        ("ugly.chor", "service   C\nservice D{ reads G }\nevent G { id: uuid }\n"),
    ]);
    let hook = |id: &str| {
        let all = hooks.as_vec().unwrap();
        all.iter().find(|hook| text(hook, "id") == id).unwrap_or_else(|| panic!("no hook {id}")).clone()
    };
    for id in used {
        let hook = hook(id);
        let files = if hook["pass_filenames"].as_bool() == Some(false) { "" } else { " ugly.chor" };
        let ran = bash(folder.path(), &format!("{}{files}", text(&hook, "entry")), &[]);
        assert_eq!(ran.status, 0, "{id}: {ran}");
    }
    let mended = fs::read_to_string(folder.path().join("ugly.chor")).unwrap();
    assert_eq!(mended, "service C\nservice D { reads G }\nevent G { id: uuid }\n");
    fs::write(folder.path().join("a.chor"), REFUSED).unwrap();
    assert_eq!(bash(folder.path(), text(&hook("chor-check"), "entry"), &[]).status, 1);
}
