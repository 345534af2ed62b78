use ::chor_runtime::codegen as rt;

const GUEST: rt::Receiver = rt::external("Guest");
const HOSTING: rt::Receiver = rt::service("Host");
const COOKING: rt::Receiver = rt::service("Cook");
const PLAYING: rt::Receiver = rt::service("Band");
const ALL: &[rt::Receiver] = &[COOKING, PLAYING, GUEST];

const PARTY: rt::Machine = rt::Machine { choreography: "party.Party", ..rt::Machine::EMPTY };

/// The host, with a deadline of so many milliseconds.
macro_rules! host {
    ($after:expr) => {
        rt::Machine {
            participant: "Host",
            hash: 0x4057,
            keeps: &["party.Ask", "party.Cooked", "party.Played"],
            states: &[
                rt::hears(&[rt::hear("party.Ask", GUEST, 0, 1).enters(&[1])]),
                rt::fork(&[2, 4], 6).expires(&[rt::expire(1, $after, 2, 7)]),
                rt::emits(&[rt::emit("party.Cook", &[COOKING], 3).lane(1).scopes(&[1])]),
                rt::hears(&[rt::gather("party.Cooked", COOKING, 8).lane(1).scopes(&[1]).took(1)]),
                rt::emits(&[rt::emit("party.Play", &[PLAYING], 5).scopes(&[1])]),
                rt::hears(&[rt::gather("party.Played", PLAYING, 8).scopes(&[1])]),
                rt::emits(&[rt::emit("party.Done", ALL, 8).scopes(&[1])])
                    .asks(1)
                    .expires(&[rt::expire(1, $after, 2, 7)]),
                rt::emits(&[rt::emit("party.Over", ALL, 8)]),
                rt::ends(&[]),
            ],
            undone: &[rt::undone("party.Thrown", COOKING, 3)],
            ..PARTY
        }
    };
}

pub static HOST: &[rt::Machine] = &[host!(15 * 60 * 1000)];

/// The same, in a hurry.
pub static HASTY_HOST: &[rt::Machine] = &[host!(300)];

/// The same, with time to be killed.
pub static PATIENT_HOST: &[rt::Machine] = &[host!(2_000)];

pub static COOK: &[rt::Machine] = &[rt::Machine {
    participant: "Cook",
    hash: 0xc004,
    states: &[
        rt::hears(&[
            rt::hear("party.Cook", HOSTING, 0, 1).lane(1).scopes(&[1]),
            rt::hear("party.Over", HOSTING, 2, 4).leaves(&[1]),
        ]),
        rt::emits(&[rt::emit("party.Cooked", &[HOSTING], 2).lane(1).scopes(&[1]).undoable(1)]),
        rt::hears(&[
            rt::hear("party.Done", HOSTING, 1, 4).scopes(&[1]),
            rt::hear("party.Over", HOSTING, 2, 3).leaves(&[1]),
        ]),
        rt::rollback(&[1], 4),
        rt::ends(&[]),
    ],
    undos: &[rt::undo(1, "party.Thrown", &[HOSTING], 3)],
    ..PARTY
}];

pub static BAND: &[rt::Machine] = &[rt::Machine {
    participant: "Band",
    hash: 0xba4d,
    states: &[
        rt::hears(&[
            rt::hear("party.Play", HOSTING, 0, 1).scopes(&[1]),
            rt::hear("party.Over", HOSTING, 2, 3).leaves(&[1]),
        ]),
        rt::emits(&[rt::emit("party.Played", &[HOSTING], 2).scopes(&[1])]),
        rt::hears(&[
            rt::hear("party.Done", HOSTING, 1, 3).scopes(&[1]),
            rt::hear("party.Over", HOSTING, 2, 3).leaves(&[1]),
        ]),
        rt::ends(&[]),
    ],
    ..PARTY
}];

pub static POST: &[rt::Machine] = &[rt::Machine {
    choreography: "party.Thanks",
    participant: "Post",
    hash: 0x9057,
    states: &[
        rt::hears(&[rt::on("party.Done", 0, 1)]),
        rt::emits(&[rt::emit("party.Card", &[GUEST], 2)]),
        rt::ends(&[]),
    ],
    ..rt::Machine::EMPTY
}];

/// Hears, and takes no part.
pub static PRESS: &[rt::Machine] = &[rt::Machine {
    choreography: "party.Press",
    participant: "Press",
    hash: 0x97e5,
    states: &[rt::ends(&[rt::on("party.Done", 0, 0), rt::on("party.Over", 1, 0)])],
    ..rt::Machine::EMPTY
}];
