//! Statistics: counts how applications end, and takes no part in them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chor_runtime::{Answer, Context, Decimal, Uuid};

use crate::stubs::statistics::{LoanDeclined, LoanGranted, LoanLapsed, Statistics};

/// A ledger of endings, by application. An event that is heard again after a crash is entered once.
#[derive(Clone, Debug, Default)]
pub struct Ledger(Arc<Mutex<BTreeMap<Uuid, Ending>>>);

#[derive(Clone, Copy, Debug)]
enum Ending {
    Granted(Decimal),
    Declined,
    Lapsed,
}

impl Ledger {
    fn enter(&self, application: Uuid, ending: Ending) {
        self.entries().insert(application, ending);
    }

    fn entries(&self) -> MutexGuard<'_, BTreeMap<Uuid, Ending>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Statistics for Ledger {
    async fn observe_loan_granted(&self, event: LoanGranted, _: &Context) -> Answer<()> {
        self.enter(event.application, Ending::Granted(event.amount));
        Ok(())
    }

    async fn observe_loan_declined(&self, event: LoanDeclined, _: &Context) -> Answer<()> {
        self.enter(event.application, Ending::Declined);
        Ok(())
    }

    async fn observe_loan_lapsed(&self, event: LoanLapsed, _: &Context) -> Answer<()> {
        self.enter(event.application, Ending::Lapsed);
        Ok(())
    }
}

impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut granted, mut declined, mut lapsed, mut lent) = (0, 0, 0, Decimal::ZERO);
        for ending in self.entries().values() {
            match ending {
                Ending::Granted(amount) => {
                    granted += 1;
                    lent += amount;
                }
                Ending::Declined => declined += 1,
                Ending::Lapsed => lapsed += 1,
            }
        }
        write!(f, "{granted} granted ({lent} in all), {declined} declined, {lapsed} lapsed")
    }
}
