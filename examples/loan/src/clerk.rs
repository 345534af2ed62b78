//! Clerk: asks for papers until all are there.

use chor_runtime::{Answer, Context};

use crate::stubs::clerk::{
    ApplicationPassedOn, ApplyForLoan, Clerk, HandInPapers, KnownExpireLoanLapsed, KnownOnHandInPapers,
    KnownOnLoanDeclined, KnownOnLoanGranted, KnownOnWithdrawApplication, LoanDeclined, LoanGranted,
    LoanLapsed, OnApplyForLoan, OnHandInPapers, Paper, PapersDemanded, WithdrawApplication,
};

/// The papers that the bank wants to see.
const WANTED: [Paper; 3] = [Paper::Passport, Paper::Payslip, Paper::Statement];

/// A counter at which papers are handed in.
#[derive(Clone, Debug, Default)]
pub struct Counter;

impl Clerk for Counter {
    async fn on_apply_for_loan(&self, event: ApplyForLoan, _: &Context) -> Answer<OnApplyForLoan> {
        let ApplyForLoan { application, amount, papers } = event;
        let missing = without(&WANTED, &papers);
        if missing.is_empty() {
            return Ok(ApplicationPassedOn { application, amount }.into());
        }
        Ok(PapersDemanded { application, missing }.into())
    }

    async fn on_hand_in_papers(
        &self,
        event: HandInPapers,
        known: KnownOnHandInPapers,
        _: &Context,
    ) -> Answer<OnHandInPapers> {
        let application = event.application;
        // What is known of a loop is its last round: the papers that were still missing then.
        let missing = without(&known.papers_demanded.missing, &event.papers);
        if missing.is_empty() {
            let amount = known.apply_for_loan.amount;
            return Ok(ApplicationPassedOn { application, amount }.into());
        }
        Ok(PapersDemanded { application, missing }.into())
    }

    async fn on_withdraw_application(
        &self,
        event: WithdrawApplication,
        _: KnownOnWithdrawApplication,
        _: &Context,
    ) -> Answer<LoanLapsed> {
        Ok(LoanLapsed { application: event.application })
    }

    async fn expire_loan_lapsed(&self, known: KnownExpireLoanLapsed, _: &Context) -> Answer<LoanLapsed> {
        Ok(LoanLapsed { application: known.apply_for_loan.application })
    }

    async fn on_loan_granted(&self, _: LoanGranted, _: KnownOnLoanGranted, _: &Context) -> Answer<()> {
        Ok(())
    }

    async fn on_loan_declined(&self, _: LoanDeclined, _: KnownOnLoanDeclined, _: &Context) -> Answer<()> {
        Ok(())
    }
}

fn without(wanted: &[Paper], there: &[Paper]) -> Vec<Paper> {
    wanted.iter().filter(|paper| !there.contains(paper)).copied().collect()
}
