//! Workspaces to compile, made up by arithmetic: the same call gives the same bytes, everywhere.
//!
//! Every program here is accepted without a finding, so that each phase has all of it to work on.

use std::fmt::Write as _;

/// A file of a workspace: its name and its text.
pub(crate) type File = (String, String);

/// Events in a file of [`shop`], and in one of its choreographies.
const EVENTS_OF_A_FILE: usize = 50;
const EVENTS_OF_A_FLOW: usize = 10;

/// What happens in each choreography of [`shop`]: the names of its events in the order of the text.
const HAPPENINGS: [&str; EVENTS_OF_A_FLOW] = [
    "Requested",
    "Accepted",
    "Checked",
    "Approved",
    "Confirmed",
    "Delivered",
    "Deferred",
    "Kept",
    "Declined",
    "Cancelled",
];

/// A workspace of so many events (a multiple of 50) of eight fields each: 50 events a file, each file a
/// namespace with five participants, a record, two enums and five choreographies with a choice within a choice.
pub(crate) fn shop(events: usize) -> Vec<File> {
    let areas = events / EVENTS_OF_A_FILE;
    let mut files = vec![("common.chor".to_owned(), COMMON.to_owned())];
    files.extend((0..areas).map(|area| (format!("area_{area:04}.chor"), shop_file(area))));
    files
}

const COMMON: &str = "\
//! What all areas share.
namespace example.common

/// An article's number, such as `TEA-0042`.
type Sku = string(pattern: \"[A-Z]{3}-[0-9]{4}\")

/// Where a parcel goes.
record Address {
  street: string(max: 80)
  city: string(max: 40)
  country: string(min: 2, max: 2)
}
";

fn shop_file(area: usize) -> String {
    let mut text = format!(
        "\
//! Everything that happens in area {area}.
namespace example.area_{area:04}
use example.common::{{Address, Sku}}

external Client{area}
service Desk{area} {{ owner \"desk-{area}@example.org\" }}
service Billing{area} {{ owner \"billing-{area}@example.org\" }}
service Stock{area} {{ owner \"stock-{area}@example.org\" }}
service Courier{area} {{ owner \"courier-{area}@example.org\" }}

/// One article of an order.
record Line {{
  sku: Sku
  quantity: u32(min: 1, max: 1000)
  price: decimal
}}

enum Channel {{ web, phone, shop }}
open enum Reason {{ no_money, no_goods, no_wish, other }}
"
    );
    for flow in 0..EVENTS_OF_A_FILE / EVENTS_OF_A_FLOW {
        for (at, happening) in HAPPENINGS.iter().enumerate() {
            shop_event(&mut text, flow, at, happening);
        }
        shop_flow(&mut text, area, flow);
    }
    text
}

fn shop_event(text: &mut String, flow: usize, at: usize, happening: &str) {
    let number = flow * EVENTS_OF_A_FLOW + at;
    let _ = write!(
        text,
        "
/// What everyone who has to know is told when flow {flow} comes to this point.
event Order{flow}{happening} {{
  order: uuid
  at: timestamp
  lines: [Line](min: 1, max: 100)
  address: Address?
  channel: Channel
  /// Why it came to this.
  reason_{number}: Reason
  total_{number}: decimal
  @pii note_{number}: string(max: 200)?
}}
"
    );
}

fn shop_flow(text: &mut String, area: usize, flow: usize) {
    let _ = write!(
        text,
        "
/// An order from the request to the parcel, or to the word that there will be none.
choreography Flow{flow} by order {{
  Client{area} -> Desk{area}: Order{flow}Requested
  Desk{area} -> Billing{area}, Stock{area}: Order{flow}Accepted
  Stock{area} -> Desk{area}: Order{flow}Checked

  choice at Billing{area} {{
    Billing{area} -> Desk{area}: Order{flow}Approved
    choice at Desk{area} {{
      Desk{area} -> Billing{area}, Stock{area}, Courier{area}: Order{flow}Confirmed
      Courier{area} -> Desk{area}, Client{area}: Order{flow}Delivered
    }} or {{
      Desk{area} -> Billing{area}, Stock{area}: Order{flow}Deferred
      Stock{area} -> Desk{area}, Client{area}: Order{flow}Kept
    }}
  }} or {{
    Billing{area} -> Desk{area}: Order{flow}Declined
    Desk{area} -> Stock{area}, Client{area}: Order{flow}Cancelled
  }}
}}
"
    );
}

/// One choreography of so many steps between three services, every tenth of them a choice.
pub(crate) fn long(steps: usize) -> Vec<File> {
    let mut events = String::new();
    let mut flow = String::new();
    for step in 0..steps {
        let (from, to) = if step % 2 == 0 { ("Left", "Right") } else { ("Right", "Left") };
        if step % 10 == 9 {
            let _ = writeln!(events, "event Taken{step} {{ id: uuid }}\nevent Passed{step} {{ id: uuid }}");
            let _ = writeln!(
                flow,
                "  choice at {from} {{ {from} -> {to}: Taken{step} }} or {{ {from} -> {to}: Passed{step} }}"
            );
        } else {
            let watcher = if step % 5 == 0 { ", Watcher" } else { "" };
            let _ = writeln!(events, "event Done{step} {{ id: uuid }}");
            let _ = writeln!(flow, "  {from} -> {to}{watcher}: Done{step}");
        }
    }
    let text = format!(
        "namespace example.long\nservice Left\nservice Right\nservice Watcher\n{events}choreography Long by id {{\n{flow}}}\n"
    );
    vec![("long.chor".to_owned(), text)]
}

/// So many choreographies over as many services: each service opens one and takes part in two more.
pub(crate) fn wide(services: usize) -> Vec<File> {
    let mut text = "namespace example.wide\n".to_owned();
    for at in 0..services {
        let (next, last) = ((at + 1) % services, (at + 2) % services);
        let _ = write!(
            text,
            "
service Service{at}
event Asked{at} {{ id: uuid }}
event Granted{at} {{ id: uuid }}
event Refused{at} {{ id: uuid }}
choreography Ask{at} by id {{
  Service{at} -> Service{next}: Asked{at}
  choice at Service{next} {{
    Service{next} -> Service{at}, Service{last}: Granted{at}
  }} or {{
    Service{next} -> Service{at}: Refused{at}
  }}
}}
"
        );
    }
    vec![("wide.chor".to_owned(), text)]
}

/// One choreography that goes round a ring of so many services until the first of them stops it.
pub(crate) fn ring(services: usize) -> Vec<File> {
    let (mut text, mut flow) = ("namespace example.ring\n".to_owned(), String::new());
    for at in 0..services {
        let next = (at + 1) % services;
        let _ = writeln!(text, "service Member{at}\nevent Passed{at} {{ id: uuid }}");
        let _ = writeln!(flow, "    Member{at} -> Member{next}: Passed{at}");
    }
    let others: Vec<_> = (1..services).map(|at| format!("Member{at}")).collect();
    let _ = writeln!(
        text,
        "\
event Stopped {{ id: uuid }}
choreography Ring by id {{
  loop again {{
    choice at Member0 {{
{flow}    repeat again
    }} or {{
      Member0 -> {}: Stopped
    }}
  }}
}}",
        others.join(", ")
    );
    vec![("ring.chor".to_owned(), text)]
}

/// One choreography with so many parts side by side, each with two rounds between the hub and a member of its own.
pub(crate) fn parts(parts: usize) -> Vec<File> {
    let (mut text, mut regions) = ("namespace example.parts\nservice Hub\n".to_owned(), Vec::new());
    for at in 0..parts {
        let _ = writeln!(text, "service Member{at}");
        let mut region = String::new();
        for name in ["Offered", "Taken", "Shown", "Settled"] {
            let _ = writeln!(text, "event {name}{at} {{ id: uuid }}");
            let (from, to) = (format!("Member{at}"), "Hub".to_owned());
            let (from, to) = if matches!(name, "Offered" | "Shown") { (to, from) } else { (from, to) };
            let _ = write!(region, " {from} -> {to}: {name}{at}");
        }
        regions.push(format!("{{{region} }}"));
    }
    let members: Vec<_> = (0..parts).map(|at| format!("Member{at}")).collect();
    let _ = writeln!(
        text,
        "event Opened {{ id: uuid }}\nevent Closed {{ id: uuid }}\nchoreography Parts by id {{\n  Hub -> {0}: Opened\n  par {1}\n  Hub -> {0}: Closed\n}}",
        members.join(", "),
        regions.join(" and "),
    );
    vec![("parts.chor".to_owned(), text)]
}

/// The largest choreography of the corpus: three loops in each other.
pub(crate) fn smtp() -> Vec<File> {
    let text = include_str!("../corpus/accepted/literature_smtp.chor");
    vec![("smtp.chor".to_owned(), text.to_owned())]
}
