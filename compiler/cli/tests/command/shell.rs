//! What every command does alike: help, colour, completions, a reader that goes away.

use std::io::Read as _;
use std::process::Stdio;

use insta::assert_snapshot;

use super::{chor, command, folder, ran};

const WRONG: &[(&str, &str)] = &[("a.chor", "event")];

#[test]
fn the_version_is_the_packages() {
    assert_eq!(chor(&["--version"], &[]).stdout, concat!("chor ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn the_help_tells_a_new_user_what_to_do() {
    assert_snapshot!(chor(&["--help"], &[]), @r"
    exit code: 0
    output:
    Choreographies of services: written once, checked, and taken apart into what each service must know.

    A `.chor` file says which service publishes which event and who hears it. `chor check` finds what
    cannot work, `chor build` writes one Rust module per service.

    Usage: chor [OPTIONS] <COMMAND>

    Commands:
      check        Check choreographies and report everything that is wrong
      verify       Run what the participants are made to do together, in every order, and report what
                   goes wrong
      simulate     Run a choreography without any code, and draw what happens
      build        Check choreographies and write one Rust module per service
      fmt          Write choreographies in the one style that all have
      lock         Write the contracts of a workspace into one file
      breaking     Compare with another version, and report what breaks whom
      stats        Count what there is, what a run costs, and where it is too much
      deploy       Create on a server what services need there, before any of them runs
      instances    Show where each instance stands, and what it waits for
      dlq          Look after instances that were set aside, and after events that were refused
      prune        Remove instances that have been over for long, with their events
      explain      Explain a finding, with an example and how to mend it
      new          Make a package with a small choreography that builds and runs at once
      completions  Print the script that completes `chor` in a shell
      help         Print this message or the help of the given subcommand(s)

    Options:
          --color <WHEN>
              Whether to use colour.
              
              `auto` uses it on a terminal, unless `NO_COLOR` or `CLICOLOR=0` is set; `CLICOLOR_FORCE=1`
              forces it.
              
              [default: auto]
              [possible values: auto, always, never]

      -q, --quiet
              Print findings only, no summary

      -h, --help
              Print help (see a summary with '-h')

      -V, --version
              Print version

    Begin with a project that runs:
      chor new shop && cd shop && cargo run

    Check all `.chor` files below the current folder:
      chor check

    Exit code: 0 no errors (warnings alone are none), 1 errors were found, 2 the command could not run.
    ");
    assert_snapshot!(chor(&["check", "--help"], &[]), @r"
    exit code: 0
    output:
    Check choreographies and report everything that is wrong

    All files are checked together, as one workspace: a file may use what another declares. Findings go
    to standard output, each with its place, what belongs to it and what to do.

    Usage: chor check [OPTIONS] [PATH]...

    Arguments:
      [PATH]...
              Files, and folders that are searched for `.chor` files [default: the current folder]
              
              Hidden folders, `target` and `node_modules` are not searched.

    Options:
          --color <WHEN>
              Whether to use colour.
              
              `auto` uses it on a terminal, unless `NO_COLOR` or `CLICOLOR=0` is set; `CLICOLOR_FORCE=1`
              forces it.
              
              [default: auto]
              [possible values: auto, always, never]

          --config <FILE>
              The configuration [default: the nearest `chor.toml` in a folder around the paths]

          --format <FORMAT>
              How to report

              Possible values:
              - human:      For reading, with the places in the text
              - json:       For programs: one object with `findings` and `summary`
              - sarif:      For code scanning and editors: SARIF 2.1.0
              - github:     Annotations of a GitHub workflow
              - gitlab:     A code quality report of GitLab
              - junit:      XML like that of `JUnit`: a suite a file, a case a finding
              - checkstyle: XML like that of Checkstyle
              
              [default: human]

      -q, --quiet
              Print findings only, no summary

          --baseline <FILE>
              Findings that may stay: those of this file are not reported

          --update-baseline
              Write the findings that are there now into the baseline

          --list-rules
              List the rules that have a level, and the level that each has here, instead of checking

      -h, --help
              Print help (see a summary with '-h')

      -V, --version
              Print version

    Examples:
      chor check                        every `.chor` file below the current folder
      chor check checkout.chor          one file
      chor check shop/ --format json    for programs
      chor check --list-rules           what is denied, what is a warning, and what is allowed

    `chor.toml` sets levels (`[lints]`, for some paths `[[overrides]]`) and which files are read
    (`include`, `exclude`).
    ");
}

#[test]
fn a_misspelt_command_is_answered_with_the_nearest() {
    assert_snapshot!(chor(&["cheque"], &[]), @r"
    exit code: 2
    errors:
    error: unrecognized subcommand 'cheque'

      tip: a similar subcommand exists: 'check'

    Usage: chor [OPTIONS] <COMMAND>

    For more information, try '--help'.
    ");
}

#[test]
fn colour_is_used_where_it_is_wanted() {
    let folder = folder(WRONG);
    let coloured = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = command(folder.path(), arguments);
        let ran = ran(command.envs(variables.iter().copied()).output().unwrap());
        ran.stdout.contains('\u{1b}')
    };
    for (arguments, variables, expected) in [
        (&["check"][..], &[][..], false),
        (&["check"], &[("CLICOLOR_FORCE", "1")], true),
        (&["check"], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
        (&["check", "--color", "always"], &[("NO_COLOR", "1")], true),
        (&["check", "--color", "never"], &[("CLICOLOR_FORCE", "1")], false),
        (&["explain", "C0001", "--color=always"], &[], true),
    ] {
        assert_eq!(coloured(arguments, variables), expected, "{arguments:?} {variables:?}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let mut child = command(folder(&[]).path(), &["completions", "bash"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(0), ""));
}

#[test]
fn every_shell_gets_its_completions() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = chor(&["completions", shell], &[]);
        assert!(ran.status == 0 && ran.stdout.contains("explain"), "{shell}: {ran}");
    }
}
