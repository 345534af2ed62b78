//! Hands events from the file to the mailboxes of this process.
//!
//! What this process publishes goes to its own mailboxes from memory, as long as no other process has written
//! in between; everything else is read from the file. Only the writer's thread comes here, so nothing races.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use rusqlite::{Connection, params};

use super::due::Dues;
use super::reader::{event, instance, sequence, unsigned};
use super::write::{Prepared, Published};
use crate::envelope::{Delivery, Event, InstanceId, Listener, Name, Recipient, listener};
use crate::store::unix_now;
use crate::transport::{Mail, Mailbox};

/// So many rows are read at a time.
const PAGE: usize = 512;

/// So often everything that services have not taken is read again: another process may have parked an event,
/// and died when it had become takeable.
const AFRESH: Duration = Duration::from_secs(30);

/// A mailbox that holds so many is given no more until some have been taken; they stay in the file.
const FULL: usize = 4096;

#[derive(Default)]
pub(super) struct Dispatch {
    subscriptions: Vec<Subscription>,
    /// The number of the last event in the file that this thread knows of.
    tip: i64,
    /// The number of the last nudge that was passed on.
    nudged: i64,
    /// How often other connections had written when this one last looked.
    data_version: Option<i64>,
    /// When everything was last read from the beginning.
    afresh: Option<Instant>,
    dues: Dues,
    names: Names,
    /// Services at which something has fallen due while they were behind.
    put_off: HashSet<Name>,
}

/// Who wants mail, and where it goes.
pub(super) struct Subscriber {
    pub(super) name: Name,
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) external: bool,
    pub(super) listeners: Vec<Listener>,
}

struct Subscription {
    name: Name,
    /// The choreography that listens, if this is for foreign events.
    listener: Option<Name>,
    /// Externals take each event themselves: what they were given is theirs until they drop it.
    external: bool,
    /// Gone with those who take from it.
    mailbox: Weak<Mailbox>,
    /// Everything up to the tip is in the mailbox, or was: what comes can go there directly.
    live: bool,
    /// If it is not live: events up to this one are in the mailbox, or were.
    upto: i64,
}

impl Dispatch {
    /// Where things stand in the file. What was nudged before is of no interest: everything is read.
    pub(super) fn new(connection: &Connection) -> rusqlite::Result<Self> {
        let tip = last_event(connection)?;
        let nudged =
            connection.query_row("SELECT ifnull(max(number), 0) FROM nudge", [], |row| row.get(0))?;
        Ok(Self { tip, nudged, ..Self::default() })
    }

    /// From now on the mailbox gets what waits for this name, and for what it listens to, and what comes. All
    /// subscriptions of a name share one mailbox.
    pub(super) fn subscribe(&mut self, subscriber: Subscriber) -> Arc<Mailbox> {
        let Subscriber { name, mailbox, external, listeners } = subscriber;
        self.dues.start_afresh();
        self.forget_gone();
        let mailbox = self.add(&name, external, mailbox, None);
        for Listener { choreography, .. } in listeners {
            self.add(&listener(&name, &choreography), external, Arc::clone(&mailbox), Some(choreography));
        }
        mailbox
    }

    fn add(
        &mut self,
        name: &Name,
        external: bool,
        mailbox: Arc<Mailbox>,
        listener: Option<Name>,
    ) -> Arc<Mailbox> {
        if let Some(known) = self.subscriptions.iter_mut().find(|known| known.name == *name)
            && let Some(mailbox) = known.mailbox.upgrade()
        {
            if !known.external {
                // The new one also wants what was left for another version of the service.
                known.live = false;
                known.upto = 0;
            }
            return mailbox;
        }
        self.subscriptions.push(Subscription {
            name: name.clone(),
            listener,
            external,
            mailbox: Arc::downgrade(&mailbox),
            live: false,
            upto: 0,
        });
        mailbox
    }

    /// What nobody takes any more stays in the file.
    fn forget_gone(&mut self) {
        self.subscriptions.retain(|subscription| subscription.mailbox.strong_count() > 0);
    }

    /// Hands on what this process has just written.
    pub(super) fn published(&mut self, published: Vec<Published>) {
        let (Some(first), Some(last)) = (published.first(), published.last()) else { return };
        let undisturbed = first.number == self.tip + 1;
        let last = last.number;
        if !undisturbed {
            self.read_again();
        }
        self.tip = last;
        if !undisturbed {
            return;
        }
        for Published { number, event, to, at } in published {
            for to in to {
                self.hand_over(number, &event, &to, at);
            }
        }
    }

    fn hand_over(&mut self, number: i64, event: &Arc<Event>, to: &Recipient, at: i64) {
        let found = self.subscriptions.iter_mut().find(|subscription| subscription.name == to.name);
        let Some(subscription) = found.filter(|subscription| subscription.live) else { return };
        let Some(mailbox) = subscription.mailbox.upgrade() else { return };
        if mailbox.waiting() >= FULL {
            subscription.live = false;
            subscription.upto = number - 1;
            return;
        }
        let listener = subscription.listener.clone();
        let delivery = Delivery { listener, ..Delivery::to(to, Arc::clone(event), unsigned(number), at) };
        mailbox.put([Mail::Delivery(delivery)]);
    }

    /// Others have written: nothing goes from memory before the file has been read.
    fn read_again(&mut self) {
        for subscription in self.subscriptions.iter_mut().filter(|subscription| subscription.live) {
            subscription.live = false;
            subscription.upto = self.tip;
        }
    }

    /// Passes on what others have written, and what is still to be read. Says whether there is reason to look
    /// again soon.
    pub(super) fn look_around(&mut self, connection: &Connection) -> rusqlite::Result<bool> {
        let version =
            connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get::<_, i64>(0))?;
        let changed = self.data_version.replace(version) != Some(version);
        if changed {
            let tip = last_event(connection)?;
            if tip > self.tip {
                self.read_again();
                self.tip = tip;
            }
            self.pass_nudges(connection)?;
            self.dues.look_again();
        }
        self.start_afresh();
        self.forget_gone();
        for subscription in self.subscriptions.iter_mut().filter(|subscription| !subscription.live) {
            subscription.catch_up(connection, self.tip, &mut self.names)?;
        }
        // An external may take nothing for long.
        let behind = self.subscriptions.iter().filter(|it| !it.live && !it.external);
        let behind: Vec<_> = behind.filter_map(|it| it.mailbox.upgrade()).collect();
        self.tell_due(connection, &behind)?;
        Ok(changed || !behind.is_empty())
    }

    /// Tells services of what has fallen due. What was published before goes first: one that has not been given all of that
    /// is told when it has.
    fn tell_due(&mut self, connection: &Connection, behind: &[Arc<Mailbox>]) -> rusqlite::Result<()> {
        let is_behind = |mailbox: &Arc<Mailbox>| behind.iter().any(|behind| Arc::ptr_eq(behind, mailbox));
        let (put_off, subscriptions) = (self.put_off.len(), &self.subscriptions);
        self.put_off.retain(|service| mailbox(subscriptions, service).is_some_and(|it| is_behind(&it)));
        if self.put_off.len() < put_off {
            self.dues.start_afresh();
        }
        for instance in self.dues.fallen_due(connection, unix_now())? {
            let Some(mailbox) = mailbox(&self.subscriptions, &instance.service) else { continue };
            if is_behind(&mailbox) {
                self.put_off.insert(instance.service);
            } else {
                mailbox.put([Mail::Nudge(instance)]);
            }
        }
        Ok(())
    }

    fn start_afresh(&mut self) {
        let now = Instant::now();
        if now.duration_since(*self.afresh.get_or_insert(now)) < AFRESH {
            return;
        }
        self.afresh = Some(now);
        self.dues.start_afresh();
        for subscription in self.subscriptions.iter_mut().filter(|it| it.live && !it.external) {
            subscription.live = false;
            subscription.upto = 0;
        }
    }

    /// What this process has written may fall due.
    pub(super) fn changed(&mut self, steps: &[Prepared]) {
        self.dues.changed(steps);
    }

    fn pass_nudges(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let mut statement = connection.prepare_cached(
            "SELECT number, service, choreography, key FROM nudge WHERE number > ?1 ORDER BY number",
        )?;
        let rows = statement.query_map(params![self.nudged], |row| Ok((row.get(0)?, instance(row, 1)?)))?;
        let nudges: Vec<(i64, InstanceId)> = rows.collect::<rusqlite::Result<_>>()?;
        for (number, instance) in nudges {
            self.nudged = number;
            self.nudge(instance);
        }
        Ok(())
    }

    /// Tells whoever serves the instance here to look at it again.
    pub(super) fn nudge(&mut self, instance: InstanceId) {
        if let Some(mailbox) = mailbox(&self.subscriptions, &instance.service) {
            mailbox.put([Mail::Nudge(instance)]);
        }
    }
}

impl Subscription {
    /// Reads from the file what is not in the mailbox yet, as far as there is room.
    fn catch_up(&mut self, connection: &Connection, tip: i64, names: &mut Names) -> rusqlite::Result<()> {
        let Some(mailbox) = self.mailbox.upgrade() else { return Ok(()) };
        while mailbox.waiting() < FULL {
            let page = self.page(connection, tip, names)?;
            let Some(last) = page.back() else {
                self.live = true;
                return Ok(());
            };
            self.upto = i64::try_from(last.handle).unwrap_or(i64::MAX);
            let complete = page.len() < PAGE;
            mailbox.put(page.into_iter().map(Mail::Delivery));
            if complete {
                self.live = true;
                return Ok(());
            }
        }
        Ok(())
    }

    fn page(
        &self,
        connection: &Connection,
        tip: i64,
        names: &mut Names,
    ) -> rusqlite::Result<VecDeque<Delivery>> {
        let mut statement = connection.prepare_cached(
            "SELECT e.number, e.id, e.source, e.choreography, e.key, e.type, e.payload, e.causation,
                    e.rounds, e.trace, e.at, d.sequence, d.lane, d.undoes, d.undoes_lane, d.overtakes
             FROM delivery AS d JOIN event AS e ON e.number = d.event
             WHERE d.subscriber = ?1 AND d.event > ?2 AND d.event <= ?3
             ORDER BY d.event LIMIT ?4",
        )?;
        let limit = i64::try_from(PAGE).unwrap_or(i64::MAX);
        let rows = statement.query_map(params![self.name.as_str(), self.upto, tip, limit], |row| {
            let event = Arc::new(event(row, |text| names.of(text))?);
            Ok(Delivery {
                event,
                sequence: sequence(row, 11)?,
                overtakes: row.get::<_, Option<i64>>(15)?.map_or(0, unsigned),
                undoes: sequence(row, 13)?,
                listener: self.listener.clone(),
                handle: unsigned(row.get(0)?),
                at: row.get(10)?,
                again: true,
            })
        })?;
        rows.collect()
    }
}

/// Where the mail of a service goes, if somebody here takes it.
fn mailbox(subscriptions: &[Subscription], service: &Name) -> Option<Arc<Mailbox>> {
    subscriptions.iter().find(|it| it.name == *service)?.mailbox.upgrade()
}

fn last_event(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached("SELECT ifnull(max(number), 0) FROM event")?.query_row([], |row| row.get(0))
}

/// The names that come again and again, each kept once.
#[derive(Default)]
struct Names(HashMap<String, Name>);

impl Names {
    /// More than any estate has; past that, names are kept by their events alone.
    const MOST: usize = 10_000;

    fn of(&mut self, text: String) -> Name {
        if let Some(name) = self.0.get(&text) {
            return name.clone();
        }
        let name = Name::from(text.clone());
        if self.0.len() < Self::MOST {
            self.0.insert(text, name.clone());
        }
        name
    }
}
