//! Treasury: pays out what was granted.

use chor_runtime::{Answer, Context};

use crate::stubs::treasury::{LoanGranted, LoanPaidOut, Treasury};

/// A vault.
#[derive(Clone, Debug, Default)]
pub struct Vault;

impl Treasury for Vault {
    /// Starts an instance of `Payout`: the loan's own choreography does not know Treasury.
    async fn on_loan_granted(&self, event: LoanGranted, _: &Context) -> Answer<LoanPaidOut> {
        Ok(LoanPaidOut { application: event.application, amount: event.amount })
    }
}
