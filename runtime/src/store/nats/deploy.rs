//! Streams and consumers before anybody runs, and what each participant must be allowed to do.

use std::sync::Arc;

use async_nats::jetstream::stream::Config;

use super::{NatsOptions, Shared, Subjects, setup};
use crate::envelope::{Heard, Listener, Name, Said};
use crate::store::StoreError;

/// What one participant says and hears. Names of choreographies and events are qualified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Participant {
    /// Its name.
    pub name: String,
    /// Whether it takes part from outside.
    pub external: bool,
    /// What it says: the choreography and the event.
    pub says: Vec<(String, String)>,
    /// What it hears: the choreography, who says it, and the event.
    pub hears: Vec<(String, String, String)>,
    /// The foreign events that it listens to: the event, and the choreography that listens.
    pub listens: Vec<(String, String)>,
}

/// Something that must be on the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// `stream` or `consumer`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// The subjects that it holds or takes.
    pub subjects: String,
    /// It was there already.
    pub there: bool,
}

/// A user of the server who may do what one participant needs, or the operator, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permissions {
    /// The participant, or the operator's name.
    pub participant: String,
    /// What its answers are sent to: it must connect with this [`inbox`](NatsOptions::inbox).
    pub inbox: String,
    /// The subjects that it may publish to.
    pub publish: Vec<String>,
    /// The subjects that it may subscribe to.
    pub subscribe: Vec<String>,
}

/// A consumer: its name, what it takes, and whether it takes only what is published from now on.
type Consumer = (String, String, bool);

impl Participant {
    fn consumers(&self, subjects: &Subjects) -> Vec<Consumer> {
        let name = |text: &String| Name::from(text.clone());
        let mut hears: Vec<Heard> = self
            .hears
            .iter()
            .map(|(choreography, by, event)| {
                let said = Said { choreography: name(choreography), by: name(by) };
                // An external hears its events wherever they are said.
                Heard { event: name(event), said: (!self.external).then_some(said), outside: false }
            })
            .collect();
        hears.sort();
        hears.dedup();
        let told = hears.iter().map(|event| {
            let (title, filter) = subjects.consumer(&self.name, event);
            (title, filter, false)
        });
        let listens = self.listens.iter().map(|(event, choreography)| {
            let listener = Listener { event: name(event), choreography: name(choreography) };
            let (title, filter) = subjects.listener(&self.name, &listener);
            (title, filter, true)
        });
        told.chain(listens).collect()
    }

    fn permissions(&self, subjects: &Subjects) -> Permissions {
        let (log, own) = (subjects.log(), subjects.state_stream(&self.name));
        let inbox = format!("_INBOX_{}", self.name);
        let says = self.says.iter().map(|(choreography, event)| {
            let any = subjects.event(&self.name, choreography, event, &crate::envelope::Key::from_text("k"));
            any.strip_suffix('k').map_or_else(|| any.clone(), |all| format!("{all}*"))
        });
        let mut publish: Vec<String> = says.collect();
        publish.push(subjects.state_of(&self.name, ">"));
        publish.extend([
            format!("$JS.API.STREAM.INFO.{log}"),
            // What it has said itself.
            format!("$JS.API.DIRECT.GET.{log}.{log}.{}.>", self.name),
            format!("$JS.API.STREAM.INFO.{own}"),
            format!("$JS.API.STREAM.MSG.DELETE.{own}"),
            format!("$JS.API.STREAM.PURGE.{own}"),
            format!("$JS.API.DIRECT.GET.{own}"),
            format!("$JS.API.DIRECT.GET.{own}.>"),
        ]);
        for (title, ..) in self.consumers(subjects) {
            publish.extend([
                format!("$JS.API.CONSUMER.INFO.{log}.{title}"),
                format!("$JS.API.CONSUMER.MSG.NEXT.{log}.{title}"),
                format!("$JS.ACK.{log}.{title}.>"),
                // As servers write it that have a domain.
                format!("$JS.ACK.*.*.{log}.{title}.>"),
            ]);
        }
        publish.sort();
        publish.dedup();
        let subscribe = vec![format!("{inbox}.>")];
        Permissions { participant: self.name.clone(), inbox, publish, subscribe }
    }
}

/// What each participant must be allowed to do, and no more: to say what the choreographies let it say, to read what it
/// hears, and to keep its own instances. And, as the last, what an operator must who looks after all of them with
/// `chor deploy`, `chor instances`, `chor dlq` and `chor prune`: it is no participant.
pub fn permissions(namespace: &str, participants: &[Participant]) -> Vec<Permissions> {
    let subjects = Subjects::new(namespace);
    let each = participants.iter().map(|participant| participant.permissions(&subjects));
    each.chain([operator(&subjects, participants)]).collect()
}

fn operator(subjects: &Subjects, participants: &[Participant]) -> Permissions {
    let log = subjects.log();
    let taken = |name: &str| participants.iter().any(|it| it.name.eq_ignore_ascii_case(name));
    let name = if taken("operator") { "chor_operator" } else { "operator" };
    let mut publish = vec![
        "$JS.API.STREAM.NAMES".to_owned(),
        format!("$JS.API.CONSUMER.LIST.{log}"),
        format!("$JS.API.CONSUMER.INFO.{log}.*"),
        // An instance that goes on publishes what it has still to publish.
        subjects.all_events(),
        format!("{log}-state.>"),
    ];
    let states = participants.iter().map(|it| subjects.state_stream(&it.name));
    for stream in states.chain([log.to_owned()]) {
        let asks = ["STREAM.CREATE", "STREAM.INFO", "STREAM.MSG.DELETE", "STREAM.PURGE", "DIRECT.GET"];
        publish.extend(asks.map(|ask| format!("$JS.API.{ask}.{stream}")));
        let of = ["DIRECT.GET", "CONSUMER.CREATE", "CONSUMER.MSG.NEXT"];
        publish.extend(of.map(|ask| format!("$JS.API.{ask}.{stream}.>")));
        // For a consumer without a name.
        publish.push(format!("$JS.API.CONSUMER.CREATE.{stream}"));
    }
    publish.sort();
    let inbox = "_INBOX".to_owned();
    Permissions { participant: name.to_owned(), subscribe: vec![format!("{inbox}.>")], inbox, publish }
}

/// Creates what is missing on the server: one stream for all events, one for each participant, and a consumer for each
/// kind of event that a participant hears. What is there stays as it is. `dry`: creates nothing. Says what must be
/// there, and whether it was.
pub async fn deploy(
    options: impl Into<NatsOptions>,
    participants: &[Participant],
    dry: bool,
) -> Result<Vec<Part>, StoreError> {
    let options: NatsOptions = options.into();
    let shared = Arc::new(Shared::connect(&options).await?);
    let subjects = &shared.subjects;
    let mut parts = Vec::new();
    let log = setup::log(subjects.log(), subjects.all_events(), options.replicas);
    parts.push(shared.deploy_stream(log, dry).await?);
    let from_now_on = shared.last_before.load(std::sync::atomic::Ordering::Relaxed) + 1;
    for participant in participants {
        let (name, all) =
            (subjects.state_stream(&participant.name), subjects.state_of(&participant.name, ">"));
        parts.push(shared.deploy_stream(setup::state(&name, all, options.replicas), dry).await?);
        for (title, filter, new) in participant.consumers(subjects) {
            let there = shared.has_consumer(&title).await?;
            if !there && !dry {
                let stream = shared.set_up_log().await?;
                shared.consumer(&stream, &title, &filter, if new { from_now_on } else { 0 }).await?;
            }
            parts.push(Part { kind: "consumer", name: title, subjects: filter, there });
        }
    }
    Ok(parts)
}

impl Shared {
    async fn deploy_stream(&self, config: Config, dry: bool) -> Result<Part, StoreError> {
        let (name, subjects) = (config.name.clone(), config.subjects.join(" "));
        let there = self.has_stream(&config).await?;
        if !there && !dry {
            self.set_up(config).await?;
        }
        Ok(Part { kind: "stream", name, subjects, there })
    }
}
