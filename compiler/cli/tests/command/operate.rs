//! `chor instances` and `chor dlq`, on a SQLite file and on a NATS server that services have used.

mod restaurant;

use std::path::Path;

use chor_runtime::Store;
use insta::assert_snapshot;
use serde_json::Value;
use tempfile::TempDir;

use super::deploy::server::{Server, Version};
use super::json_schema::wrong;
use super::{Ran, chor_in};
use restaurant::{ask, fill, finish};

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn in_file(act: impl AsyncFnOnce(&Store), path: &Path) {
    act(&Store::sqlite(path).unwrap()).await;
}

fn filled() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    in_file(async |store| fill(store).await, &folder.path().join("restaurant.db"));
    folder
}

/// What was said, without what is another in each run: times, and which of several was the first to change.
fn steady(ran: &Ran) -> String {
    let text = ran.to_string();
    let (mut told, mut rows) = (Vec::new(), Vec::new());
    for line in text.lines().map(steady_line) {
        if line.starts_with(|c: char| c.is_ascii_digit()) || line.starts_with("TIME") {
            rows.push(line);
            continue;
        }
        rows.sort();
        told.append(&mut rows);
        told.push(line);
    }
    told.append(&mut rows);
    told.join("\n")
}

fn steady_line(line: &str) -> String {
    line.split(' ').map(steady_word).collect::<Vec<_>>().join(" ")
}

fn steady_word(word: &str) -> String {
    let bare = word.trim_matches(|c: char| ",;:()".contains(c));
    let time = bare.len() >= 20 && bare.ends_with('Z') && bare.as_bytes().get(10) == Some(&b'T');
    let age = bare.len() > 1 && bare.ends_with('s') && bare.trim_end_matches('s').parse::<u32>().is_ok();
    match (time, age) {
        (true, _) => word.replace(bare, &format!("{:<20}", "TIME")),
        (_, true) => word.replace(bare, &format!("{:<width$}", "0s", width = bare.len())),
        _ => word.to_owned(),
    }
}

#[test]
fn where_instances_stand_is_told_from_the_file_alone() {
    let folder = filled();
    let run = |more: &[&str]| chor_in(folder.path(), &[&["instances", "restaurant.db"], more].concat());
    assert_snapshot!(steady(&run(&[])), @r"
    exit code: 0
    output:
    FOR  KEY     CHOREOGRAPHY  SERVICE  STANDS
    0s   soup-1  Dinner        Kitchen  set aside: the pot has a hole; 1 event waits in it
    0s   soup-1  Dinner        Waiter   waits for DishCooked or DishSoldOut from Kitchen; until TIME                 (in 2d)
    0s   soup-2  Dinner        Kitchen  set aside: the pot has a hole; 1 event waits in it
    0s   soup-2  Dinner        Waiter   waits for DishCooked or DishSoldOut from Kitchen; until TIME                 (in 2d)
    errors:
    note: 4 instances
    ");
    assert_snapshot!(steady(&run(&["--key", "pie-1", "--all"])), @r"
    exit code: 0
    output:
    FOR  KEY    CHOREOGRAPHY  SERVICE  STANDS
    0s   pie-1  Dinner        Kitchen  is over
    0s   pie-1  Dinner        Waiter   is over
    errors:
    note: 2 instances
    ");
    let one = run(&["--service", "Kitchen", "--limit", "1"]);
    assert_eq!(one.stdout.lines().count(), 2, "{one}");
    assert!(
        one.stderr.contains("1 of 2 instances, those that have stood the longest: --limit shows more"),
        "{one}"
    );
    assert_snapshot!(run(&["--limit", "0"]), @r"
    exit code: 0
    errors:
    note: 4 instances, none of them shown: --limit shows them
    ");
    assert_snapshot!(run(&["--choreography", "Breakfast"]), @r"
    exit code: 0
    errors:
    note: there is no instance that is not over
    note: no instance of a choreography `Breakfast` is here, over or not: the store has `Dinner`
    ");
    let json: Value = serde_json::from_str(&run(&["--json", "--key", "soup-1"]).stdout).unwrap();
    let waiter = &json["instances"].as_array().unwrap().iter().find(|it| it["service"] == "Waiter").unwrap();
    assert_eq!(json["total"], 2);
    assert_eq!(waiter["waits_for"]["events"][0][1]["event"], "restaurant.DishSoldOut");
    assert_eq!(waiter["waits_for"]["events"][0][1]["from"], "Kitchen");
    assert_eq!(waiter["set_aside"], Value::Null);
    assert!(waiter["deadline"].is_string());
}

#[test]
fn a_name_that_nobody_has_is_told() {
    let folder = filled();
    let run = |command: &[&str], name: &[&str]| chor_in(folder.path(), &[command, name].concat());
    let instances = |name: &[&str]| run(&["instances", "restaurant.db"], name);
    assert_snapshot!(instances(&["--service", "Kitchn"]), @r"
    exit code: 0
    errors:
    note: there is no instance that is not over
    note: no instance at a service `Kitchn` is here, over or not: did you mean `Kitchen`?
    ");
    assert_snapshot!(instances(&["--service", "Cellar", "--choreography", "Diner", "--all"]), @r"
    exit code: 0
    errors:
    note: there is no instance
    note: no instance at a service `Cellar` is here, over or not: the store has `Kitchen`, `Waiter`
    note: no instance of a choreography `Diner` is here, over or not: did you mean `Dinner`?
    ");
    // It has none, but for one that is over.
    assert_snapshot!(instances(&["--service", "Waiter", "--key", "pie-1"]), @r"
    exit code: 0
    errors:
    note: there is no instance that is not over
    ");
    let json = instances(&["--service", "Kitchn", "--json"]);
    assert!(json.stderr.contains("did you mean `Kitchen`?") && json.stdout.starts_with('{'), "{json}");
    assert_snapshot!(run(&["dlq", "list", "restaurant.db"], &["--service", "Kitchn"]), @r"
    exit code: 0
    errors:
    note: nothing is set aside
    note: no instance at a service `Kitchn` is here, over or not: did you mean `Kitchen`?
    ");
    for command in ["show", "skip", "retry"] {
        let ran = run(&["dlq", command, "restaurant.db", "soup-1"], &["--service", "Kitchn"]);
        assert!(ran.status == 1 && ran.stderr.contains("did you mean `Kitchen`?"), "{ran}");
    }
}

#[test]
fn what_cannot_be_read_is_told_and_hides_nothing_else() {
    let folder = filled();
    let file = rusqlite::Connection::open(folder.path().join("restaurant.db")).unwrap();
    let damage = "UPDATE instance SET progress = '{}' WHERE service = 'Kitchen' AND key = 'soup-1'";
    assert_eq!(file.execute(damage, []).unwrap(), 1);
    let run = |more: &[&str]| chor_in(folder.path(), &[&["instances", "restaurant.db"], more].concat());
    assert_snapshot!(steady(&run(&["--service", "Kitchen"])), @r"
    exit code: 0
    output:
    FOR  KEY     CHOREOGRAPHY  SERVICE  STANDS
    0s   soup-2  Dinner        Kitchen  set aside: the pot has a hole; 1 event waits in it
    errors:
    note: 1 instance
    note: Kitchen in Dinner, soup-1, cannot be read (the progress of an instance is in format 0, this version knows 2): it is left as it is until a service of the version that wrote it runs, or a copy is restored
    note: Kitchen has not taken 1 event yet, the oldest for 0s
    ");
    let json: Value = serde_json::from_str(&run(&["--json"]).stdout).unwrap();
    assert_eq!(json["unreadable"][0]["key"], "soup-1");
    assert_eq!(json["unreadable"].as_array().unwrap().len(), 1);
}

#[test]
fn what_nobody_takes_is_told() {
    let folder = tempfile::tempdir().unwrap();
    in_file(async |store| ask(store, "pie-1").await, &folder.path().join("restaurant.db"));
    let ran = chor_in(folder.path(), &["instances", "restaurant.db"]);
    let of_waiter = chor_in(folder.path(), &["instances", "restaurant.db", "--service", "Waiter"]);
    assert_eq!(steady_line(&of_waiter.stderr), steady_line(&ran.stderr));
    assert_snapshot!(steady_line(&ran.to_string()), @r"
    exit code: 0
    errors:
    note: there is no instance that is not over
    note: Waiter has not taken 1 event yet, the oldest for 0s
    ");
}

#[test]
fn what_was_set_aside_is_shown_with_all_that_is_known() {
    let folder = filled();
    let run = |arguments: &[&str]| chor_in(folder.path(), arguments);
    assert_snapshot!(steady(&run(&["dlq", "list", "restaurant.db"])), @r"
    exit code: 1
    output:
    KEY     CHOREOGRAPHY  SERVICE  FAILED AT                WITH
    soup-1  Dinner        Kitchen  DishOrdered from Waiter  the pot has a hole
    soup-2  Dinner        Kitchen  DishOrdered from Waiter  the pot has a hole

    NOTED                 KEY     SERVICE  EVENT        VERDICT      WHY
    TIME                  soup-1  Kitchen  DishOrdered  quarantined  the pot has a hole
    TIME                  soup-2  Kitchen  DishOrdered  quarantined  the pot has a hole
    errors:
    note: 2 instances are set aside
    ");
    assert_snapshot!(steady(&run(&["dlq", "list", "restaurant.db", "--service", "Waiter"])), @r"
    exit code: 0
    errors:
    note: nothing is set aside
    ");
    assert_snapshot!(steady(&run(&["dlq", "show", "restaurant.db", "soup-2"])), @r#"
    exit code: 0
    output:
    Kitchen in restaurant.Dinner, soup-2
      set aside 0s ago: the pot has a hole
      failed at DishOrdered from Waiter, id a96c0548536841e2b06e78bfe4a356dc
        {
          "dish": "soup",
          "order": "soup-2"
        }
      it stands where it waits for DishOrdered from Waiter; 1 event waits in it
      TIME                 quarantined DishOrdered: the pot has a hole
      help: when the fault is mended: chor dlq retry restaurant.db soup-2 --service Kitchen
            to go on as if DishOrdered had never come: chor dlq skip restaurant.db soup-2 --service Kitchen
    "#);
    assert_snapshot!(run(&["dlq", "show", "restaurant.db", "pie-1"]), @r"
    exit code: 1
    errors:
    note: nothing with the key pie-1 is set aside: chor dlq list shows what is
    ");
    let listed: Value =
        serde_json::from_str(&run(&["dlq", "list", "restaurant.db", "--json"]).stdout).unwrap();
    assert_eq!(listed["set_aside"][0]["event"]["payload"]["dish"], "soup");
    assert_eq!(listed["journal"][0]["verdict"], "quarantined");
    let shown = run(&["dlq", "show", "restaurant.db", "soup-1", "--json"]).stdout;
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown[0]["reason"], "the pot has a hole");
    assert_eq!(shown[0]["stands"]["waits_for"]["in_words"], "DishOrdered from Waiter");
}

#[test]
fn what_was_set_aside_goes_on() {
    let folder = filled();
    let run = |arguments: &[&str]| chor_in(folder.path(), arguments);
    assert_snapshot!(run(&["dlq", "retry", "restaurant.db", "soup-1"]), @r"
    exit code: 0
    output:
    Kitchen goes on with DishOrdered from Waiter, soup-1
    ");
    assert_snapshot!(run(&["dlq", "retry", "restaurant.db", "soup-1"]), @r"
    exit code: 1
    errors:
    note: nothing with the key soup-1 is set aside: chor dlq list shows what is
    ");
    assert_snapshot!(run(&["dlq", "retry", "restaurant.db", "--all", "--service", "Kitchen"]), @r"
    exit code: 0
    output:
    Kitchen goes on with DishOrdered from Waiter, soup-2
    ");
    assert_eq!(run(&["dlq", "list", "restaurant.db"]).status, 0);
    in_file(async |store| finish(store).await, &folder.path().join("restaurant.db"));
}

#[test]
fn what_an_instance_failed_at_is_dropped_and_noted() {
    let folder = filled();
    let run = |arguments: &[&str]| chor_in(folder.path(), arguments);
    assert_snapshot!(run(&["dlq", "skip", "restaurant.db", "soup-1"]), @r#"
    exit code: 0
    output:
    Kitchen goes on without DishOrdered from Waiter, soup-1
    {
      "dish": "soup",
      "order": "soup-1"
    }
    errors:
    note: whoever waits for what Kitchen says to DishOrdered goes on waiting; the journal has what was dropped
    "#);
    assert_eq!(run(&["dlq", "skip", "restaurant.db", "soup-1"]).status, 1);
    assert_snapshot!(steady(&run(&["dlq", "list", "restaurant.db", "--key", "soup-1"])), @r"
    exit code: 0
    output:
    NOTED                 KEY     SERVICE  EVENT        VERDICT      WHY
    TIME                  soup-1  Kitchen  DishOrdered  quarantined  the pot has a hole
    TIME                  soup-1  Kitchen  DishOrdered  skipped      dropped by hand, after: the pot has a hole
    errors:
    note: nothing is set aside
    ");
}

#[test]
fn the_same_is_told_of_a_server() {
    let server = Server::start(Version::Current);
    let url = server.url();
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| chor_in(folder.path(), arguments);
    let on_server = |act: fn(Store) -> std::pin::Pin<Box<dyn Future<Output = ()>>>| {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async { act(Store::nats(url.as_str()).await.unwrap()).await });
    };
    on_server(|store| Box::pin(async move { fill(&store).await }));
    assert_snapshot!(steady(&run(&["instances", &url])), @r"
    exit code: 0
    output:
    FOR  KEY     CHOREOGRAPHY  SERVICE  STANDS
    0s   soup-1  Dinner        Kitchen  set aside: the pot has a hole; 1 event waits in it
    0s   soup-1  Dinner        Waiter   waits for DishCooked or DishSoldOut from Kitchen; until TIME                 (in 2d)
    0s   soup-2  Dinner        Kitchen  set aside: the pot has a hole; 1 event waits in it
    0s   soup-2  Dinner        Waiter   waits for DishCooked or DishSoldOut from Kitchen; until TIME                 (in 2d)
    errors:
    note: 4 instances
    ");
    assert_eq!(run(&["dlq", "list", &url]).status, 1);
    assert_snapshot!(run(&["dlq", "retry", &url, "soup-1"]), @r"
    exit code: 0
    output:
    Kitchen goes on with DishOrdered from Waiter, soup-1
    ");
    assert_snapshot!(run(&["dlq", "skip", &url, "soup-2"]), @r#"
    exit code: 0
    output:
    Kitchen goes on without DishOrdered from Waiter, soup-2
    {
      "dish": "soup",
      "order": "soup-2"
    }
    errors:
    note: whoever waits for what Kitchen says to DishOrdered goes on waiting; the journal has what was dropped
    "#);
    assert_eq!(run(&["dlq", "list", &url]).status, 0);
}

#[test]
fn stores_that_cannot_be_read_are_told() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("notes.txt"),
        "no database, however long it is looked at\n".repeat(100),
    )
    .unwrap();
    std::fs::write(folder.path().join("empty.db"), "").unwrap();
    let run = |arguments: &[&str]| chor_in(folder.path(), arguments);
    assert_snapshot!(run(&["instances", "restaurant.db"]), @r"
    exit code: 2
    errors:
    error: there is no file restaurant.db
      help: name the file that the services have as their store, or a server as nats://HOST:4222
    ");
    assert_snapshot!(run(&["instances", "notes.txt"]), @r"
    exit code: 2
    errors:
    error: notes.txt: it is no SQLite database: name another file (file is not a database)
      help: name the file that the services have as their store, or a server as nats://HOST:4222
    ");
    assert_snapshot!(run(&["instances", "empty.db"]), @r"
    exit code: 2
    errors:
    error: empty.db is empty: no service has used it
      help: name the file that the services have as their store, or a server as nats://HOST:4222
    ");
    assert_snapshot!(run(&["instances", "sqlite://restaurant.db"]), @r"
    exit code: 2
    errors:
    error: `sqlite://restaurant.db` is an address, and a SQLite file is named by its path
      help: name it as `restaurant.db`
    ");
    assert_snapshot!(run(&["prune", "file:///var/restaurant.db", "--older-than", "1d"]), @r"
    exit code: 2
    errors:
    error: `file:///var/restaurant.db` is an address, and a SQLite file is named by its path
      help: name it as `/var/restaurant.db`
    ");
    assert_snapshot!(run(&["dlq", "list", "nats://127.0.0.1:1"]), @r"
    exit code: 2
    errors:
    error: nats://127.0.0.1:1: there is no answer: is nats-server running there? (IO error: Connection refused (os error 111))
      help: name the server as nats://HOST:4222, and who you are there; --namespace, if the services have one
    ");
    assert_snapshot!(run(&["dlq", "list", "."]), @r"
    exit code: 2
    errors:
    error: . is a directory: name a file in it, such as ./chor.db
      help: name the file that the services have as their store, or a server as nats://HOST:4222
    ");
    assert_snapshot!(run(&["dlq", "retry", "restaurant.db"]), @r"
    exit code: 2
    errors:
    error: the following required arguments were not provided:
      <KEY|--all>

    Usage: chor dlq retry [OPTIONS] <STORE> <KEY|--all>

    For more information, try '--help'.
    ");
    assert!(!folder.path().join("restaurant.db").exists(), "who looks creates nothing");
}

#[test]
fn a_server_on_which_nobody_has_run_is_told() {
    let server = Server::start(Version::Current);
    let ran = super::chor(&["instances", &server.url()], &[]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("look for the stream chor: there is none"), "{ran}");
}

#[test]
fn what_programs_read_follows_its_schema() {
    let folder = filled();
    let schema: Value = serde_json::from_str(include_str!("../../../schema/operate.json")).unwrap();
    let check = |arguments: &[&str], definition: &str| {
        let text = chor_in(folder.path(), &[arguments, &["--json"]].concat()).stdout;
        let value: Value = serde_json::from_str(&text).unwrap();
        let follows = serde_json::json!({ "$ref": format!("#/definitions/{definition}") });
        assert_eq!(wrong(&schema, &follows, &value, ""), Vec::<String>::new(), "{text}");
    };
    check(&["instances", "restaurant.db", "--all"], "instances");
    check(&["dlq", "list", "restaurant.db"], "dlq_list");
    check(&["dlq", "show", "restaurant.db", "soup-1"], "dlq_show");
}

#[test]
fn what_is_over_is_removed_once() {
    let folder = filled();
    let prune = |more: &[&str]| chor_in(folder.path(), &[&["prune", "restaurant.db"], more].concat());
    let dry = prune(&["--older-than", "0s", "--dry-run"]);
    assert_snapshot!(dry.stderr, @"note: would remove 1 instance, 2 events and 0 lines of the journal, over for more than 0s");
    assert_snapshot!(prune(&["--older-than", "0s"]).stderr, @"note: removed 1 instance, 2 events and 0 lines of the journal, over for more than 0s");
    assert_snapshot!(prune(&["--older-than", "0s"]).stderr, @"note: nothing has been over for 0s");
    let left = chor_in(folder.path(), &["instances", "restaurant.db", "--all"]);
    assert!(left.stdout.contains("soup-1") && !left.stdout.contains("pie"), "{left}");
}

#[test]
fn an_age_is_told_in_units_of_one_length() {
    let prune = |age: &str| super::chor(&["prune", "restaurant.db", &format!("--older-than={age}")], &[]);
    assert_snapshot!(prune("1y"), @r"
    exit code: 2
    errors:
    error: invalid value '1y' for '--older-than <TIME>': years and months are not all of one length; write it as 30d, 12h or 90m (units: w, d, h, m, s)

    For more information, try '--help'.
    ");
    for (wrong, why) in [
        ("soon", "it is no time; "),
        ("30", "it is no time; "),
        ("-1d", "it lies in the future; "),
        ("5 months", "years and months are not all of one length; "),
    ] {
        let ran = prune(wrong);
        assert!(ran.status == 2 && ran.stderr.contains(why), "{ran}");
    }
    for right in ["2w", "30d", "12h", "90m", "45s", "2 weeks", "1d 12h"] {
        let ran = prune(right);
        assert!(ran.stderr.contains("there is no file restaurant.db"), "{ran}");
    }
}

/// The commands that the README shows, in the order in which it shows them.
#[test]
fn the_readme_shows_what_is_printed() {
    let readme =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md")).unwrap();
    let (_, section) = readme.split_once("\n## In production\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let folder = filled();
    let (mut printed, mut run, mut compared) = (String::new(), 0, 0);
    for block in section.split("\n```").skip(1).step_by(2) {
        let (info, text) = block.split_once('\n').unwrap();
        match info {
            "sh" => {
                printed.clear();
                for line in text.lines() {
                    let arguments: Vec<_> = line.strip_prefix("chor ").unwrap().split(' ').collect();
                    let ran = chor_in(folder.path(), &arguments);
                    assert!(ran.status < 2, "`{line}`\n{ran}");
                    printed += &(ran.stdout + &ran.stderr);
                    run += 1;
                }
            }
            "text" => {
                assert_eq!(bare(text), bare(&printed));
                compared += 1;
            }
            "rust" => {}
            other => panic!("a block of a kind that nobody follows: {other}"),
        }
    }
    assert!(run >= 5 && compared >= 3, "the commands were not found");
}

/// The words of what was printed, line by line, without times; which instance comes first is another each time.
fn bare(text: &str) -> Vec<String> {
    let words = |line: &str| {
        let words = line.split_whitespace().map(steady_word).map(|word| word.trim().to_owned());
        words
            .map(|word| if word.starts_with("TIME") { "TIME".to_owned() } else { word })
            .collect::<Vec<_>>()
            .join(" ")
    };
    let mut lines: Vec<String> = text.lines().map(words).collect();
    lines.sort();
    lines
}
