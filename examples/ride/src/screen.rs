//! Prints what happens at Dispatch, and knows what has happened.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chor_runtime::{Happening, Uuid, What};
use tokio::sync::Notify;

/// Watches services. What Dispatch does is printed, as it hears and says everything that decides a ride.
#[derive(Debug, Default)]
pub struct Screen {
    seen: Mutex<HashSet<String>>,
    changed: Notify,
}

impl Screen {
    /// A service has done something with an event.
    pub fn happened(&self, happening: &Happening<'_>) {
        let (service, event) = (happening.service, happening.event);
        let what = match happening.what {
            What::Heard => "",
            What::Late => ", too late",
            // What is due is told by what Dispatch then says.
            _ => return self.said(happening),
        };
        let line = format!("{} -> {service}: {}{what}", event.source, event.name.short());
        self.saw(service, event.key.as_str(), &line);
        self.said(happening);
    }

    /// Waits until this service has heard or said this about a ride.
    pub async fn shows(&self, service: &str, ride: Uuid, line: &str) {
        let entry = entry(service, &ride.to_string(), line);
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if self.seen().contains(&entry) {
                return;
            }
            changed.await;
        }
    }

    fn said(&self, happening: &Happening<'_>) {
        for emitted in happening.emitted {
            let (service, event) = (happening.service, &emitted.event);
            let to: Vec<&str> = emitted.to.iter().map(|to| &*to.name).collect();
            let line = format!("{service} -> {}: {}", to.join(", "), event.name.short());
            self.saw(service, event.key.as_str(), &line);
        }
    }

    fn saw(&self, service: &str, ride: &str, line: &str) {
        if service == "Dispatch" {
            println!("    {line}");
        }
        self.seen().insert(entry(service, ride, line));
        self.changed.notify_waiters();
    }

    fn seen(&self) -> MutexGuard<'_, HashSet<String>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn entry(service: &str, ride: &str, line: &str) -> String {
    format!("{service} of {ride}: {line}")
}
