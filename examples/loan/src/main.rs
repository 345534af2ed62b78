//! Sees five applications through, with all services in this process and a clock that waits for nobody.

use std::error::Error;
use std::time::Duration;

use chor_runtime::harness::Harness;
use chor_runtime::{Decimal, Uuid};
use loan::assessor::{self, Department};
use loan::clerk::Counter;
use loan::statistics::Ledger;
use loan::stubs;
use loan::stubs::applicant::{ApplyForLoan, Client, HandInPapers, Paper, WithdrawApplication};
use loan::treasury::Vault;

/// All papers that the bank wants to see.
const ALL: [Paper; 3] = [Paper::Passport, Paper::Payslip, Paper::Statement];

const DAY: Duration = Duration::from_hours(24);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let ledger = Ledger::default();
    let mut bank = Bank {
        services: Harness::new()
            .serve(stubs::clerk::service(Counter))
            .serve(stubs::assessor::service(Department { at_once: Decimal::from(1000) }))
            .serve(stubs::treasury::service(Vault))
            .serve(stubs::statistics::service(ledger.clone())),
        shown: 0,
    };

    println!("a small loan, with all papers");
    bank.apply(500, &ALL).await?;

    println!("\na large loan, with papers that come one after the other");
    let application = bank.apply(20_000, &[Paper::Passport]).await?;
    bank.days(5, application).await?;
    bank.hand_in(application, Paper::Payslip).await?;
    bank.hand_in(application, Paper::Statement).await?;
    bank.days(30, application).await?;
    println!("  a person at the bank says yes");
    assessor::grant(bank.services.store(), application, Decimal::from(20_000)).await?;
    bank.show(application).await?;

    println!("\na loan that is too large");
    let application = bank.apply(1_000_000, &ALL).await?;
    println!("  a person at the bank says no");
    assessor::decline(bank.services.store(), application, "too much").await?;
    bank.show(application).await?;

    println!("\na loan for which a paper comes too late");
    let application = bank.apply(20_000, &[Paper::Passport, Paper::Payslip]).await?;
    bank.days(14, application).await?;
    println!("  the applicant hands in the statement");
    bank.hand_in(application, Paper::Statement).await?;

    println!("\na loan that is not wanted any more");
    let application = bank.apply(20_000, &[Paper::Passport]).await?;
    bank.days(3, application).await?;
    bank.withdraw(application).await?;

    println!("\n5 applications: {ledger}");
    Ok(())
}

/// The services, and how much of an application was shown.
struct Bank {
    services: Harness,
    shown: usize,
}

impl Bank {
    async fn apply(&mut self, amount: u32, papers: &[Paper]) -> Result<Uuid, Box<dyn Error>> {
        let application = Uuid::new_v4();
        let (amount, papers) = (Decimal::from(amount), papers.to_vec());
        let applicant = Client::new(self.services.store());
        applicant.apply_for_loan(&ApplyForLoan { application, amount, papers }).await?;
        self.shown = 0;
        self.show(application).await?;
        Ok(application)
    }

    async fn hand_in(&mut self, application: Uuid, paper: Paper) -> Result<(), Box<dyn Error>> {
        let applicant = Client::new(self.services.store());
        applicant.hand_in_papers(&HandInPapers { application, papers: vec![paper] }).await?;
        self.show(application).await
    }

    async fn withdraw(&mut self, application: Uuid) -> Result<(), Box<dyn Error>> {
        let applicant = Client::new(self.services.store());
        applicant.withdraw_application(&WithdrawApplication { application }).await?;
        self.show(application).await
    }

    async fn days(&mut self, days: u32, application: Uuid) -> Result<(), Box<dyn Error>> {
        println!("  {days} days later");
        self.services.advance(DAY * days).await?;
        self.show(application).await
    }

    /// Prints what was published for the application since the last time.
    async fn show(&mut self, application: Uuid) -> Result<(), Box<dyn Error>> {
        let lines = self.services.run().await?.of(&application.to_string());
        for line in lines.iter().skip(self.shown) {
            println!("    {line}");
        }
        self.shown = lines.len();
        Ok(())
    }
}
