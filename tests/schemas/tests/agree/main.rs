//! The reader by the contract says of every payload what the generated reader of that event says.

// A test that cannot go on has failed, in its helpers too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod sample;
#[path = "../../../tests/shared/spoil.rs"]
mod spoil;

use std::fmt::Write as _;

use chor_compiler::compile;
use chor_compiler::contract::{Contracts, read, take};
use chor_compiler::source::Sources;
use chor_schemas::{READERS, Reader, TEXT};
use fastrand::Rng;
use serde_json::Value;

/// Spellings that no generated writer uses, and that the reader by the contract does not take: digits beyond those that a
/// decimal keeps, exponents, and hours that are longer than history.
const STRICTER: [&str; 4] =
    ["0.00000000000000000000000000001", "1e-28", "79228162514264337593543950335", "PT999999999999999H"];

/// So many payloads are made up for each event.
const PAYLOADS: usize = 60;

#[test]
fn both_readers_take_the_same_and_refuse_the_same() {
    let contracts = contracts();
    assert!(READERS.len() >= 300);
    let mut rng = Rng::with_seed(11);
    let (mut wrong, mut taken, mut refused) = (String::new(), 0, 0);
    for (name, reader) in READERS {
        let fields = &contracts.events[*name].fields;
        for _ in 0..PAYLOADS {
            let mut payload = sample::payload(&contracts.types, fields, &mut rng);
            let spoiled = rng.bool();
            if spoiled {
                let given = spoil::extreme(&mut rng);
                spoil::change(&mut payload, given, &mut rng);
            }
            let by_contract = read::payload(&contracts.types, fields, &payload).map(Value::Object);
            let generated = reader(&payload);
            match (by_contract, generated) {
                (Ok(value), Ok(written)) => {
                    taken += 1;
                    means_the_same(name, *reader, &value, &written);
                }
                (Err(_), Err(_)) if spoiled => refused += 1,
                (Err(_), Ok(_)) if STRICTER.iter().any(|text| payload.to_string().contains(text)) => {}
                (by_contract, generated) => {
                    let _ = writeln!(
                        wrong,
                        "{}\n{payload}\nby the contract: {by_contract:?}\ngenerated: {generated:?}\n",
                        declaration(name)
                    );
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    // Half of the payloads are valid; of the others, many are not.
    assert!(
        taken > READERS.len() * PAYLOADS / 2 && refused > READERS.len() * PAYLOADS / 8,
        "{taken} {refused}"
    );
}

/// What the reader by the contract has made of a payload is to the generated one what it has made of it itself.
fn means_the_same(name: &str, reader: Reader, value: &Value, written: &Value) {
    assert_eq!(reader(value).as_ref(), Ok(written), "{name} {}: {value}", declaration(name));
}

fn declaration(name: &str) -> &'static str {
    let start = format!("event {name} ");
    TEXT.lines().find(|line| line.starts_with(&start)).unwrap()
}

fn contracts() -> Contracts {
    let mut sources = Sources::new();
    sources.add("schemas.chor", TEXT).unwrap();
    take(&compile(&sources).checked.unwrap())
}
