//! Assessor: small loans are granted at once, of the others a person decides.

use chor_runtime::{Answer, CompleteError, Context, Decimal, Store, Uuid};

use crate::stubs::assessor::{
    ApplicationPassedOn, Assessor, Completer, LoanDeclined, LoanGranted, LoanLapsed, OnApplicationPassedOn,
};

/// A department in which people work.
#[derive(Clone, Debug)]
pub struct Department {
    /// Up to here nobody is asked.
    pub at_once: Decimal,
}

impl Assessor for Department {
    async fn on_application_passed_on(
        &self,
        event: ApplicationPassedOn,
        cx: &Context,
    ) -> Answer<OnApplicationPassedOn> {
        if event.amount > self.at_once {
            // A person decides, with `grant` or `decline`. Until then the application waits in the store.
            return Err(cx.later());
        }
        Ok(LoanGranted { application: event.application, amount: event.amount }.into())
    }

    async fn on_loan_lapsed(&self, _: LoanLapsed, _: &Context) -> Answer<()> {
        Ok(())
    }
}

/// A person has decided that the bank lends.
pub async fn grant(store: &Store, application: Uuid, amount: Decimal) -> Result<(), CompleteError> {
    let answer = LoanGranted { application, amount }.into();
    Completer::new(store).complete_application_passed_on(&application, &answer).await
}

/// A person has decided that the bank does not lend.
pub async fn decline(store: &Store, application: Uuid, reason: &str) -> Result<(), CompleteError> {
    let answer = LoanDeclined { application, reason: reason.to_owned() }.into();
    Completer::new(store).complete_application_passed_on(&application, &answer).await
}
