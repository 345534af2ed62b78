//! `chor stats`.

use std::fmt::Write as _;
use std::path::Path;

use insta::assert_snapshot;
use serde_json::Value;

use super::{Ran, chor, chor_in};

/// In the folder of an example.
fn example(name: &str, arguments: &[&str]) -> Ran {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name);
    chor_in(&folder, &[&["stats"], arguments].concat())
}

fn json(files: &[(&str, &str)]) -> Value {
    let ran = chor(&["stats", "--json"], files);
    assert_eq!(ran.status, 0, "{ran}");
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn the_checkout_is_counted() {
    assert_snapshot!(example("checkout", &[]), @r"
    exit code: 0
    output:
    4 services, 1 external, 11 events, 1 choreography, 19 edges, 0 loops, depth 5

    participant          emits  hears  is heard by  listens to
    Orders                   3      8            4           4
    Payment                  3      3            1           1
    Inventory                3      3            2           1
    Shipping                 1      3            2           2
    Customer (external)      1      2            1           2

    between              there  back  coupling
    Orders, Payment          3     3      54 %
    Orders, Inventory        3     3      54 %
    Orders, Shipping         2     1      27 %
    Customer, Orders         1     1      18 %
    Customer, Shipping       0     1      20 %
    Inventory, Shipping      1     0      14 %

    Checkout: 5 participants, 15 steps, 0 loops, 0 deadlines
      4 ways: 6 to 11 messages, 4 to 5 hops
          11 messages,   5 hops: StockReserved, PaymentApproved
          10 messages,   5 hops: StockReserved, PaymentDeclined
           8 messages,   5 hops: StockMissing, PaymentApproved
           6 messages,   4 hops: StockMissing, PaymentDeclined
      longest chain 5: Customer PlaceOrder, Orders OrderPlaced, Inventory StockReserved, Orders OrderConfirmed, Shipping OrderShipped

    verdict: nothing is too much; the nearest to its threshold is OrderCancelled with 4 of 10 (fan-out-too-high)
    ");
}

#[test]
fn a_chain_goes_on_in_the_choreography_that_it_starts() {
    assert_snapshot!(example("loan", &[]), @r"
    exit code: 0
    output:
    4 services, 1 external, 9 events, 2 choreographies, 17 edges, 1 loop, depth 6

    participant           emits  hears  is heard by  listens to
    Applicant (external)      3      6            1           3
    Clerk                     3      5            3           2
    Assessor                  2      2            4           1
    Statistics                0      3            0           2
    Treasury                  1      1            1           1

    between               there  back  coupling
    Applicant, Clerk          3     3      66 %
    Clerk, Assessor           2     2      50 %
    Assessor, Statistics      2     0      50 %
    Applicant, Assessor       0     2      22 %
    Assessor, Treasury        1     0      20 %
    Clerk, Statistics         1     0      12 %
    Applicant, Treasury       0     1      11 %

    Loan: 3 participants, 8 steps, 1 loop, 1 deadline
      11 ways: 4 to 10 messages, 2 to 7 hops; there are more, a loop may go round more than twice
          10 messages,   7 hops: PapersDemanded, HandInPapers, PapersDemanded, HandInPapers, ApplicationPassedOn, LoanGranted
          10 messages,   7 hops: PapersDemanded, HandInPapers, PapersDemanded, HandInPapers, ApplicationPassedOn, LoanDeclined
           8 messages,   6 hops: PapersDemanded, HandInPapers, PapersDemanded, HandInPapers, LoanLapsed (after 14d)
           7 messages,   4 hops: PapersDemanded, HandInPapers, PapersDemanded, LoanLapsed (after 14d)
           8 messages,   5 hops: PapersDemanded, HandInPapers, ApplicationPassedOn, LoanGranted
           8 messages,   5 hops: PapersDemanded, HandInPapers, ApplicationPassedOn, LoanDeclined
           6 messages,   4 hops: PapersDemanded, HandInPapers, LoanLapsed (after 14d)
           5 messages,   2 hops: PapersDemanded, LoanLapsed (after 14d)
           6 messages,   3 hops: ApplicationPassedOn, LoanGranted
           6 messages,   3 hops: ApplicationPassedOn, LoanDeclined
           4 messages,   2 hops: LoanLapsed (after 14d)
      longest chain 5: Applicant ApplyForLoan, Clerk PapersDemanded, Applicant HandInPapers, Clerk ApplicationPassedOn, Assessor LoanGranted
      starts Payout

    Payout: 2 participants, 2 steps, 0 loops, 0 deadlines
      1 way: 2 messages, 2 hops
      longest chain 2: Assessor LoanGranted, Treasury LoanPaidOut

    Over several choreographies, longest chain 6: Applicant ApplyForLoan, Clerk PapersDemanded, Applicant HandInPapers, Clerk ApplicationPassedOn, Assessor LoanGranted, Treasury LoanPaidOut

    verdict: nothing is too much; the nearest to its threshold is LoanGranted with 4 of 10 (fan-out-too-high)
    ");
}

#[test]
fn longer_lists_are_cut() {
    assert_snapshot!(example("travel", &[]), @r"
    exit code: 0
    output:
    4 services, 1 external, 14 events, 1 choreography, 25 edges, 0 loops, depth 5

    participant           emits  hears  is heard by  listens to
    Agency                    4     10            4           4
    Flights                   3      4            1           1
    Hotels                    3      4            1           1
    Cars                      3      4            1           1
    Traveller (external)      1      3            1           1

    between            there  back  coupling
    Agency, Flights        4     3      50 %
    Agency, Hotels         4     3      50 %
    Agency, Cars           4     3      50 %
    Traveller, Agency      1     3      28 %

    Trip: 5 participants, 14 steps, 0 loops, 1 deadline
      31 ways: 8 to 14 messages, 2 to 5 hops
          11 messages,   4 hops: FlightBooked, RoomBooked, CarBooked, TripBooked
          14 messages,   5 hops: FlightBooked, RoomBooked, CarBooked, TripFailed
          14 messages,   5 hops: FlightBooked, RoomBooked, CarBooked, TripExpired (after 30m)
          11 messages,   4 hops: FlightBooked, RoomBooked, CarsOut, TripBooked
          13 messages,   5 hops: FlightBooked, RoomBooked, CarsOut, TripFailed
          13 messages,   5 hops: FlightBooked, RoomBooked, CarsOut, TripExpired (after 30m)
          12 messages,   5 hops: FlightBooked, RoomBooked, TripExpired (after 30m)
          11 messages,   4 hops: FlightBooked, HotelFull, CarBooked, TripBooked
          13 messages,   5 hops: FlightBooked, HotelFull, CarBooked, TripFailed
          13 messages,   5 hops: FlightBooked, HotelFull, CarBooked, TripExpired (after 30m)
          11 messages,   4 hops: FlightBooked, HotelFull, CarsOut, TripBooked
          12 messages,   5 hops: FlightBooked, HotelFull, CarsOut, TripFailed
        … and 19 more: `--json` has them
      longest chain 5: Traveller PlanTrip, Agency TripPlanned, Flights FlightBooked, Agency TripFailed, Cars CarReturned

    verdict: nothing is too much; the nearest to its threshold is TripBooked with 4 of 10 (fan-out-too-high)
    ");
}

#[test]
fn the_graph_is_drawn() {
    assert_snapshot!(example("ride", &["--format", "dot"]), @r#"
    exit code: 0
    output:
    digraph services {
      rankdir = LR;
      node [shape = box];
      n0 [label = "Passenger", style = dashed];
      n1 [label = "Dispatch"];
      n2 [label = "Drivers"];
      n0 -> n1 [label = "RequestRide"];
      n1 -> n0 [label = "RideAssigned\nRideUnavailable"];
      n1 -> n2 [label = "BiddingOpened\nBiddingClosed\nFareRaised\nRideAssigned\nRideUnavailable"];
      n2 -> n1 [label = "RideBid"];
    }
    "#);
    assert_snapshot!(example("loan", &["--format", "mermaid"]), @r#"
    exit code: 0
    output:
    flowchart LR
      n0(["Applicant"])
      n1["Clerk"]
      n2["Assessor"]
      n3["Treasury"]
      n4["Statistics"]
      n0 -- "ApplyForLoan<br>HandInPapers<br>WithdrawApplication" --> n1
      n1 -- "PapersDemanded<br>ApplicationPassedOn<br>LoanLapsed" --> n0
      n1 -- "ApplicationPassedOn<br>LoanLapsed" --> n2
      n1 -- "LoanLapsed" --> n4
      n2 -- "LoanGranted<br>LoanDeclined" --> n0
      n2 -- "LoanGranted<br>LoanDeclined" --> n1
      n2 -- "LoanGranted" --> n3
      n2 -- "LoanGranted<br>LoanDeclined" --> n4
      n3 -- "LoanPaidOut" --> n0
    "#);
}

/// What the rules find is too much is so here as well, by the same numbers.
#[test]
fn the_verdict_goes_by_the_thresholds_of_the_rules() {
    let shop = include_str!("../../../../examples/checkout/checkout.chor");
    let config = "[lints]\ngod-service = { level = \"deny\", max = 10 }\nchatty-pair = { max = 2 }\nlong-chain = { max = 4 }\n\
        fan-out-too-high = { max = 3 }\nfan-in-too-high = { level = \"allow\", max = 3 }\n";
    let files = [("shop.chor", shop), ("chor.toml", config)];
    let told = chor(&["stats"], &files).stdout;
    assert_snapshot!(told.split_once("verdict").unwrap().1, @r"
    : a Death Star grows around Orders, OrderCancelled
      Orders: it emits 3 events and hears 8: hardly anything happens without it
        simpler: split it, by what others need of it (god-service)
      Orders: it listens to 4 participants: it gathers the whole as a coordinator would
        simpler: let one service keep the whole flow in one place, or split the flow (fan-in-too-high)
      OrderCancelled: 4 participants hear it: a change concerns all of them
        simpler: split it, by what others need of it (fan-out-too-high)
      Orders, Payment: 3 events one way and 3 the other, 54 % of all that they say and hear: neither can change alone
        simpler: make one service of the two (chatty-pair)
      Orders, Inventory: 3 events one way and 3 the other, 54 % of all that they say and hear: neither can change alone
        simpler: make one service of the two (chatty-pair)
      Checkout: 5 events wait for each other, and nobody sees how far it has come
        simpler: let one service keep the whole flow in one place, or split the flow (long-chain)
    ");

    let found: Value = serde_json::from_str(&chor(&["check", "--format", "json"], &files).stdout).unwrap();
    let mut rules: Vec<&str> =
        found["findings"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    let stats = json(&files);
    let mut concerns: Vec<&str> = stats["stats"]["concerns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["rule"].as_str().unwrap())
        .collect();
    // A rule that is off finds nothing; its threshold counts all the same.
    concerns.retain(|rule| *rule != "fan-in-too-high");
    rules.sort_unstable();
    concerns.sort_unstable();
    assert_eq!(rules, concerns);
}

const CIRCLE: &str = "\
service A
service B
service C
service D
event E { id: uuid }
event F { id: uuid }
choreography One by id {
  on F -> A
  A -> D: E
}
choreography Two by id {
  on E -> B
  B -> C: F
}
";

/// A finding of a rule that is denied is no reason not to count.
#[test]
fn circles_are_told() {
    assert_eq!(chor(&["check"], &[("a.chor", CIRCLE)]).status, 1);
    let ran = chor(&["stats"], &[("a.chor", CIRCLE)]);
    assert_eq!(ran.status, 0, "{ran}");
    assert_snapshot!(ran.stdout.split_once("verdict").unwrap().1, @r"
    : too much in 1 place
      One, Two: each is started by the one before it, so none ever begins
        simpler: let one of them begin by itself (event-cycle)
    ");
}

#[test]
fn what_is_refused_is_not_counted() {
    let ran = chor(&["stats"], &[("a.chor", "service A\nservice A\n")]);
    assert_eq!(ran.status, 1);
    assert!(ran.stdout.ends_with("not counted: mend what is refused first\n"), "{ran}");
    let ran = chor(&["stats", "--json"], &[("a.chor", "service A\nservice A\n")]);
    let printed: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((ran.status, &printed["stats"]), (1, &Value::Null));
    assert!(!printed["findings"].as_array().unwrap().is_empty());
}

#[test]
fn nothing_is_a_workspace_too() {
    assert_snapshot!(chor(&["stats"], &[("a.chor", "service A\n")]), @r"
    exit code: 0
    output:
    1 service, 0 externals, 0 events, 0 choreographies, 0 edges, 0 loops, depth 0

    participant  emits  hears  is heard by  listens to
    A                0      0            0           0

    verdict: nothing is too much
    ");
}

#[test]
fn everything_is_told_to_programs() {
    let text = "external A\nservice B\nevent E { id: uuid }\nevent G { id: uuid }\n\
        choreography F by id {\n  A -> B: E\n  B -> A: G\n}\n";
    let printed = json(&[("a.chor", text)]);
    let lines =
        printed["stats"].as_object().unwrap().iter().fold(String::new(), |mut lines, (key, value)| {
            let _ = writeln!(lines, "{key}: {value}");
            lines
        });
    assert_snapshot!(lines, @r#"
    choreographies: [{"chain":[{"event":"E","from":"A"},{"event":"G","from":"B"}],"deadlines":0,"loops":0,"name":"F","participants":2,"paths":{"complete":true,"runs":[{"decided_by":[],"events":2,"hops":2,"messages":2}]},"starts":[],"steps":2}]
    circles: []
    concerns: []
    events: [{"emitters":["A"],"hearers":["B"],"name":"E"},{"emitters":["B"],"hearers":["A"],"name":"G"}]
    longest_chain: [{"event":"E","from":"A"},{"event":"G","from":"B"}]
    measures: [{"count":2,"max":60,"of":["B"],"rule":"god-service"},{"count":1,"max":15,"of":["B"],"rule":"fan-in-too-high"},{"count":1,"max":10,"of":["E"],"rule":"fan-out-too-high"},{"count":2,"max":16,"of":["F"],"rule":"long-chain"}]
    pairs: [{"back":1,"coupling":100,"one":"A","other":"B","there":1}]
    services: [{"emits":1,"external":true,"fan_in":1,"fan_out":1,"hears":1,"name":"A"},{"emits":1,"external":false,"fan_in":1,"fan_out":1,"hears":1,"name":"B"}]
    totals: {"choreographies":1,"depth":2,"edges":2,"events":2,"externals":1,"loops":0,"services":1,"steps":2}
    "#);
}

/// Words of the drawing languages are no words of theirs here, and two of one name are two.
#[test]
fn names_cannot_steer_a_drawing() {
    let one = "\
namespace one
service end { emits graph, strict, edge, style, class, click, linkStyle }
service subgraph { reads graph, strict, edge, style, class, click, linkStyle }
event graph { id: uuid }
event strict { id: uuid }
event edge { id: uuid }
event style { id: uuid }
event class { id: uuid }
event click { id: uuid }
event linkStyle { id: uuid }
";
    let two = "\
namespace two
service digraph { emits graph }
external node { reads graph }
event graph { id: uuid }
";
    let files = [("one.chor", one), ("two.chor", two)];
    assert_snapshot!(chor(&["stats", "--format", "mermaid"], &files), @r#"
    exit code: 0
    output:
    flowchart LR
      n0["end"]
      n1["subgraph"]
      n2["digraph"]
      n3(["node"])
      n0 -- "one.graph<br>strict<br>edge<br>style<br>class<br>click<br>and 1 more" --> n1
      n2 -- "two.graph" --> n3
    "#);
    assert_snapshot!(chor(&["stats", "--format", "dot"], &files), @r#"
    exit code: 0
    output:
    digraph services {
      rankdir = LR;
      node [shape = box];
      n0 [label = "end"];
      n1 [label = "subgraph"];
      n2 [label = "digraph"];
      n3 [label = "node", style = dashed];
      n0 -> n1 [label = "one.graph\nstrict\nedge\nstyle\nclass\nclick\nand 1 more"];
      n2 -> n3 [label = "two.graph"];
    }
    "#);
}

/// `count` decisions, each followed by an answer: twice as many ways with each.
fn decisions(count: usize) -> String {
    let mut text = "service A\nservice B\n".to_owned();
    let mut flow = String::new();
    for number in 0..count {
        let _ = writeln!(
            text,
            "event Yes{number} {{ id: uuid }}\nevent No{number} {{ id: uuid }}\nevent Ok{number} {{ id: uuid }}"
        );
        let _ = writeln!(
            flow,
            "choice at A {{ A -> B: Yes{number} }} or {{ A -> B: No{number} }}\nB -> A: Ok{number}"
        );
    }
    format!("{text}choreography F by id {{\n{flow}}}\n")
}

/// There are 2^600: whoever goes through all of them never ends.
#[test]
fn more_ways_than_can_be_told_are_said_to_be_more() {
    let stats = json(&[("a.chor", &decisions(600))]);
    let flow = &stats["stats"]["choreographies"][0];
    assert_eq!(flow["paths"]["complete"], false);
    assert_eq!(flow["paths"]["runs"].as_array().unwrap().len(), 200);
    let told = chor(&["stats"], &[("a.chor", &decisions(10))]).stdout;
    assert!(told.contains("  200 ways: 20 messages, 20 hops; there are more than these\n"), "{told}");
}

/// Not one way comes to an end, and there are 2^40 that do not.
#[test]
fn a_loop_without_end_is_left_alone() {
    let endless = decisions(40).replace("choreography F by id {\n", "choreography F by id {\nloop on {\n");
    let endless = endless.strip_suffix("}\n").unwrap().to_owned() + "repeat on\n}\n}\n";
    let stats = json(&[("a.chor", &endless)]);
    let paths = &stats["stats"]["choreographies"][0]["paths"];
    assert_eq!((&paths["complete"], paths["runs"].as_array().unwrap().len()), (&Value::Bool(false), 0));
    let told = chor(&["stats"], &[("a.chor", &endless)]).stdout;
    assert!(told.contains("  0 ways: "), "{told}");
}
