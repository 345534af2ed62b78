//! `chor deploy nats`: what is created, and what each participant may do.

#[expect(dead_code, reason = "no server is killed here")]
#[path = "../../../../tests/support/nats.rs"]
pub(crate) mod server;

use insta::assert_snapshot;

use self::server::{Server, Version};
use super::{chor_in, folder};

const SHOP: &str = "\
namespace shop
external Guest
service Waiter
service Kitchen
service Press

event Ask { order: uuid }
event Cook { order: uuid }
event Cooked { order: uuid }

choreography Dinner by order {
  Guest -> Waiter: Ask
  Waiter -> Kitchen: Cook
  Kitchen -> Waiter, Guest: Cooked
}

Press observes Cooked
";

#[test]
fn what_is_missing_is_told_created_and_then_kept() {
    let folder = folder(&[("shop.chor", SHOP)]);
    let server = Server::start(Version::Current);
    let run = |more: &[&str]| {
        let url = server.url();
        let arguments = [&["deploy", "nats", "--server", url.as_str()], more].concat();
        chor_in(folder.path(), &arguments)
    };
    let planned = run(&["--dry-run"]);
    assert_snapshot!(planned, @r"
    exit code: 0
    output:
    create stream   chor  chor.>
    create stream   chor-Guest  chor-state.Guest.>
    create consumer Guest--any--any--shop-Cooked  chor.*.*.shop-Cooked.*
    create stream   chor-Waiter  chor-state.Waiter.>
    create consumer Waiter--Guest--shop-Dinner--shop-Ask  chor.Guest.shop-Dinner.shop-Ask.*
    create consumer Waiter--Kitchen--shop-Dinner--shop-Cooked  chor.Kitchen.shop-Dinner.shop-Cooked.*
    create stream   chor-Kitchen  chor-state.Kitchen.>
    create consumer Kitchen--Waiter--shop-Dinner--shop-Cook  chor.Waiter.shop-Dinner.shop-Cook.*
    create stream   chor-Press  chor-state.Press.>
    create consumer Press--on--shop-Press--shop-Cooked  chor.*.*.shop-Cooked.*
    errors:
    note: 10 of 10 parts would be created
    ");
    let created = run(&[]);
    assert_eq!(created.stdout, planned.stdout);
    assert!(created.stderr.contains("were created"), "{created}");
    let kept = run(&[]);
    assert_eq!(kept.stdout, planned.stdout.replace("create ", "keep   "));
    assert!(kept.stderr.contains("nothing is missing"), "{kept}");
}

#[test]
#[allow(clippy::too_many_lines, reason = "the lines are those of the configuration")]
fn permissions_are_a_configuration_that_a_server_takes() {
    let folder = folder(&[("shop.chor", SHOP)]);
    let printed = chor_in(folder.path(), &["deploy", "nats", "--permissions"]);
    assert_snapshot!(printed, @r#"
    exit code: 0
    output:
    # A part of nats-server's configuration: one user for each participant, and at last one who looks after all.
    # Each connects with `NatsOptions::inbox` as the comment above it says.
    authorization {
      users: [
        # inbox: _INBOX_Guest
        {
          user: Guest, password: $CHOR_GUEST_PASSWORD
          permissions: {
            publish: { allow: [
              "$JS.ACK.*.*.chor.Guest--any--any--shop-Cooked.>"
              "$JS.ACK.chor.Guest--any--any--shop-Cooked.>"
              "$JS.API.CONSUMER.INFO.chor.Guest--any--any--shop-Cooked"
              "$JS.API.CONSUMER.MSG.NEXT.chor.Guest--any--any--shop-Cooked"
              "$JS.API.DIRECT.GET.chor-Guest"
              "$JS.API.DIRECT.GET.chor-Guest.>"
              "$JS.API.DIRECT.GET.chor.chor.Guest.>"
              "$JS.API.STREAM.INFO.chor"
              "$JS.API.STREAM.INFO.chor-Guest"
              "$JS.API.STREAM.MSG.DELETE.chor-Guest"
              "$JS.API.STREAM.PURGE.chor-Guest"
              "chor-state.Guest.>"
              "chor.Guest.shop-Dinner.shop-Ask.*"
            ] }
            subscribe: { allow: [
              "_INBOX_Guest.>"
            ] }
          }
        }
        # inbox: _INBOX_Waiter
        {
          user: Waiter, password: $CHOR_WAITER_PASSWORD
          permissions: {
            publish: { allow: [
              "$JS.ACK.*.*.chor.Waiter--Guest--shop-Dinner--shop-Ask.>"
              "$JS.ACK.*.*.chor.Waiter--Kitchen--shop-Dinner--shop-Cooked.>"
              "$JS.ACK.chor.Waiter--Guest--shop-Dinner--shop-Ask.>"
              "$JS.ACK.chor.Waiter--Kitchen--shop-Dinner--shop-Cooked.>"
              "$JS.API.CONSUMER.INFO.chor.Waiter--Guest--shop-Dinner--shop-Ask"
              "$JS.API.CONSUMER.INFO.chor.Waiter--Kitchen--shop-Dinner--shop-Cooked"
              "$JS.API.CONSUMER.MSG.NEXT.chor.Waiter--Guest--shop-Dinner--shop-Ask"
              "$JS.API.CONSUMER.MSG.NEXT.chor.Waiter--Kitchen--shop-Dinner--shop-Cooked"
              "$JS.API.DIRECT.GET.chor-Waiter"
              "$JS.API.DIRECT.GET.chor-Waiter.>"
              "$JS.API.DIRECT.GET.chor.chor.Waiter.>"
              "$JS.API.STREAM.INFO.chor"
              "$JS.API.STREAM.INFO.chor-Waiter"
              "$JS.API.STREAM.MSG.DELETE.chor-Waiter"
              "$JS.API.STREAM.PURGE.chor-Waiter"
              "chor-state.Waiter.>"
              "chor.Waiter.shop-Dinner.shop-Cook.*"
            ] }
            subscribe: { allow: [
              "_INBOX_Waiter.>"
            ] }
          }
        }
        # inbox: _INBOX_Kitchen
        {
          user: Kitchen, password: $CHOR_KITCHEN_PASSWORD
          permissions: {
            publish: { allow: [
              "$JS.ACK.*.*.chor.Kitchen--Waiter--shop-Dinner--shop-Cook.>"
              "$JS.ACK.chor.Kitchen--Waiter--shop-Dinner--shop-Cook.>"
              "$JS.API.CONSUMER.INFO.chor.Kitchen--Waiter--shop-Dinner--shop-Cook"
              "$JS.API.CONSUMER.MSG.NEXT.chor.Kitchen--Waiter--shop-Dinner--shop-Cook"
              "$JS.API.DIRECT.GET.chor-Kitchen"
              "$JS.API.DIRECT.GET.chor-Kitchen.>"
              "$JS.API.DIRECT.GET.chor.chor.Kitchen.>"
              "$JS.API.STREAM.INFO.chor"
              "$JS.API.STREAM.INFO.chor-Kitchen"
              "$JS.API.STREAM.MSG.DELETE.chor-Kitchen"
              "$JS.API.STREAM.PURGE.chor-Kitchen"
              "chor-state.Kitchen.>"
              "chor.Kitchen.shop-Dinner.shop-Cooked.*"
            ] }
            subscribe: { allow: [
              "_INBOX_Kitchen.>"
            ] }
          }
        }
        # inbox: _INBOX_Press
        {
          user: Press, password: $CHOR_PRESS_PASSWORD
          permissions: {
            publish: { allow: [
              "$JS.ACK.*.*.chor.Press--on--shop-Press--shop-Cooked.>"
              "$JS.ACK.chor.Press--on--shop-Press--shop-Cooked.>"
              "$JS.API.CONSUMER.INFO.chor.Press--on--shop-Press--shop-Cooked"
              "$JS.API.CONSUMER.MSG.NEXT.chor.Press--on--shop-Press--shop-Cooked"
              "$JS.API.DIRECT.GET.chor-Press"
              "$JS.API.DIRECT.GET.chor-Press.>"
              "$JS.API.DIRECT.GET.chor.chor.Press.>"
              "$JS.API.STREAM.INFO.chor"
              "$JS.API.STREAM.INFO.chor-Press"
              "$JS.API.STREAM.MSG.DELETE.chor-Press"
              "$JS.API.STREAM.PURGE.chor-Press"
              "chor-state.Press.>"
            ] }
            subscribe: { allow: [
              "_INBOX_Press.>"
            ] }
          }
        }
        # inbox: _INBOX
        {
          user: operator, password: $CHOR_OPERATOR_PASSWORD
          permissions: {
            publish: { allow: [
              "$JS.API.CONSUMER.CREATE.chor"
              "$JS.API.CONSUMER.CREATE.chor-Guest"
              "$JS.API.CONSUMER.CREATE.chor-Guest.>"
              "$JS.API.CONSUMER.CREATE.chor-Kitchen"
              "$JS.API.CONSUMER.CREATE.chor-Kitchen.>"
              "$JS.API.CONSUMER.CREATE.chor-Press"
              "$JS.API.CONSUMER.CREATE.chor-Press.>"
              "$JS.API.CONSUMER.CREATE.chor-Waiter"
              "$JS.API.CONSUMER.CREATE.chor-Waiter.>"
              "$JS.API.CONSUMER.CREATE.chor.>"
              "$JS.API.CONSUMER.INFO.chor.*"
              "$JS.API.CONSUMER.LIST.chor"
              "$JS.API.CONSUMER.MSG.NEXT.chor-Guest.>"
              "$JS.API.CONSUMER.MSG.NEXT.chor-Kitchen.>"
              "$JS.API.CONSUMER.MSG.NEXT.chor-Press.>"
              "$JS.API.CONSUMER.MSG.NEXT.chor-Waiter.>"
              "$JS.API.CONSUMER.MSG.NEXT.chor.>"
              "$JS.API.DIRECT.GET.chor"
              "$JS.API.DIRECT.GET.chor-Guest"
              "$JS.API.DIRECT.GET.chor-Guest.>"
              "$JS.API.DIRECT.GET.chor-Kitchen"
              "$JS.API.DIRECT.GET.chor-Kitchen.>"
              "$JS.API.DIRECT.GET.chor-Press"
              "$JS.API.DIRECT.GET.chor-Press.>"
              "$JS.API.DIRECT.GET.chor-Waiter"
              "$JS.API.DIRECT.GET.chor-Waiter.>"
              "$JS.API.DIRECT.GET.chor.>"
              "$JS.API.STREAM.CREATE.chor"
              "$JS.API.STREAM.CREATE.chor-Guest"
              "$JS.API.STREAM.CREATE.chor-Kitchen"
              "$JS.API.STREAM.CREATE.chor-Press"
              "$JS.API.STREAM.CREATE.chor-Waiter"
              "$JS.API.STREAM.INFO.chor"
              "$JS.API.STREAM.INFO.chor-Guest"
              "$JS.API.STREAM.INFO.chor-Kitchen"
              "$JS.API.STREAM.INFO.chor-Press"
              "$JS.API.STREAM.INFO.chor-Waiter"
              "$JS.API.STREAM.MSG.DELETE.chor"
              "$JS.API.STREAM.MSG.DELETE.chor-Guest"
              "$JS.API.STREAM.MSG.DELETE.chor-Kitchen"
              "$JS.API.STREAM.MSG.DELETE.chor-Press"
              "$JS.API.STREAM.MSG.DELETE.chor-Waiter"
              "$JS.API.STREAM.NAMES"
              "$JS.API.STREAM.PURGE.chor"
              "$JS.API.STREAM.PURGE.chor-Guest"
              "$JS.API.STREAM.PURGE.chor-Kitchen"
              "$JS.API.STREAM.PURGE.chor-Press"
              "$JS.API.STREAM.PURGE.chor-Waiter"
              "chor-state.>"
              "chor.>"
            ] }
            subscribe: { allow: [
              "_INBOX.>"
            ] }
          }
        }
      ]
    }
    "#);
    let mut configuration = printed.stdout;
    for participant in ["GUEST", "WAITER", "KITCHEN", "PRESS", "OPERATOR"] {
        configuration = configuration.replace(&format!("$CHOR_{participant}_PASSWORD"), participant);
    }
    // It ends with the server's log if the server does not take it.
    drop(Server::start_with(Version::Oldest, &configuration));
}

#[test]
fn a_server_that_is_not_there_is_told() {
    let folder = folder(&[("shop.chor", SHOP)]);
    assert_snapshot!(chor_in(folder.path(), &["deploy", "nats", "--server", "nats://127.0.0.1:1"]), @r"
    exit code: 2
    errors:
    error: nats://127.0.0.1:1: there is no answer: is nats-server running there? (IO error: Connection refused (os error 111))
      help: name the server with --server nats://HOST:4222, and who you are there
    ");
}

#[test]
fn what_is_refused_is_not_deployed() {
    let folder = folder(&[("shop.chor", "event")]);
    let ran = chor_in(folder.path(), &["deploy", "nats"]);
    assert_eq!(ran.status, 1);
    assert!(ran.stderr.contains("nothing was created: only what is checked can be carried out"), "{ran}");
}

/// While versions from before and from behind a renaming run, both names are on their way.
#[test]
fn a_former_name_may_be_said_and_heard_like_the_new_one() {
    let folder = folder(&[("shop.chor", &SHOP.replace("event Cooked", "@was(\"Done\") event Cooked"))]);
    let printed = chor_in(folder.path(), &["deploy", "nats", "--permissions"]);
    assert_eq!(printed.status, 0, "{printed}");
    let new: Vec<&str> = printed.stdout.lines().filter(|line| line.contains("shop-Cooked")).collect();
    assert!(new.len() > 3, "{printed}");
    for line in new {
        let old = line.replace("shop-Cooked", "shop-Done");
        assert!(printed.stdout.contains(&old), "{old}\n{printed}");
    }
}
