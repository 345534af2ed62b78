//! The endings of an application, in memory and in virtual time: whatever arrives first, and even if events come twice
//! and services die between their handler and the commit.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use chor_runtime::harness::{Harness, Run};
use chor_runtime::{CompleteError, Decimal, Uuid};
use loan::assessor::{self, Department};
use loan::clerk::Counter;
use loan::statistics::Ledger;
use loan::stubs;
use loan::stubs::applicant::{ApplyForLoan, Client, HandInPapers, Paper, WithdrawApplication};
use loan::treasury::Vault;

const APPLICATION: Uuid = Uuid::from_u128(1);
const SEEDS: u64 = 50;
/// All papers that the bank wants to see.
const ALL: [Paper; 3] = [Paper::Passport, Paper::Payslip, Paper::Statement];

const DAY: Duration = Duration::from_hours(24);
/// A millisecond before two weeks are over.
const LAST_MOMENT: Duration = Duration::from_millis(14 * 24 * 60 * 60 * 1000 - 1);

/// All services, and what Statistics has counted.
struct Bank {
    services: Harness,
    ledger: Ledger,
}

impl Bank {
    fn open(seed: u64) -> Self {
        let ledger = Ledger::default();
        let services = Harness::new()
            .serve(stubs::clerk::service(Counter))
            .serve(stubs::assessor::service(Department { at_once: Decimal::from(1000) }))
            .serve(stubs::treasury::service(Vault))
            .serve(stubs::statistics::service(ledger.clone()))
            .seed(seed)
            .with_faults();
        Self { services, ledger }
    }

    async fn apply(&mut self, amount: u32, papers: &[Paper]) {
        let (amount, papers) = (Decimal::from(amount), papers.to_vec());
        let applied = ApplyForLoan { application: APPLICATION, amount, papers };
        Client::new(self.services.store()).apply_for_loan(&applied).await.unwrap();
        self.services.run().await.unwrap();
    }

    async fn hand_in(&mut self, paper: Paper) {
        self.post(paper).await;
        self.services.run().await.unwrap();
    }

    /// The paper is on its way, and nobody has it yet.
    async fn post(&mut self, paper: Paper) {
        let papers = HandInPapers { application: APPLICATION, papers: vec![paper] };
        Client::new(self.services.store()).hand_in_papers(&papers).await.unwrap();
    }

    async fn withdraw(&mut self) {
        let withdrawn = WithdrawApplication { application: APPLICATION };
        Client::new(self.services.store()).withdraw_application(&withdrawn).await.unwrap();
        self.services.run().await.unwrap();
    }

    /// What was published, when all have come to an end.
    async fn lines(&mut self) -> Vec<String> {
        let run = self.services.run().await.unwrap();
        run.ended().unwrap();
        run.of(&APPLICATION.to_string())
    }

    fn count(&self) -> String {
        self.ledger.to_string()
    }
}

/// Whether someone in this run waits for an answer of the assessor.
fn assessor_waits(run: &Run) -> bool {
    run.stands().iter().any(|stand| stand.instance.service == "Assessor" && !stand.may_end)
}

#[tokio::test]
async fn a_small_loan_is_granted_at_once_and_paid_out() {
    for seed in 0..SEEDS {
        let mut bank = Bank::open(seed);
        bank.apply(500, &ALL).await;
        let expected = [
            "Applicant -> Clerk: ApplyForLoan",
            "Clerk -> Applicant, Assessor: ApplicationPassedOn",
            "Assessor -> Applicant, Clerk: LoanGranted",
            "Treasury -> Applicant: LoanPaidOut",
        ];
        assert_eq!(bank.lines().await, expected);
        assert_eq!(bank.count(), "1 granted (500 in all), 0 declined, 0 lapsed");
    }
}

#[tokio::test]
async fn papers_are_demanded_until_all_are_there() {
    for seed in 0..SEEDS {
        let mut bank = Bank::open(seed);
        bank.apply(500, &[Paper::Passport]).await;
        bank.hand_in(Paper::Payslip).await;
        bank.hand_in(Paper::Statement).await;
        let expected = [
            "Applicant -> Clerk: ApplyForLoan",
            "Clerk -> Applicant: PapersDemanded",
            "Applicant -> Clerk: HandInPapers",
            "Clerk -> Applicant: PapersDemanded",
            "Applicant -> Clerk: HandInPapers",
            "Clerk -> Applicant, Assessor: ApplicationPassedOn",
            "Assessor -> Applicant, Clerk: LoanGranted",
            "Treasury -> Applicant: LoanPaidOut",
        ];
        assert_eq!(bank.lines().await, expected);
    }
}

#[tokio::test]
async fn a_person_may_think_about_it_for_longer_than_papers_are_waited_for() {
    for seed in 0..SEEDS {
        let mut bank = Bank::open(seed);
        bank.apply(20_000, &ALL).await;
        let run = bank.services.advance(DAY * 30).await.unwrap();
        assert!(assessor_waits(&run), "{run}");
        let (store, amount) = (bank.services.store().clone(), Decimal::from(20_000));
        assessor::grant(&store, APPLICATION, amount).await.unwrap();
        assert_eq!(bank.lines().await.last().unwrap(), "Treasury -> Applicant: LoanPaidOut");
        // It is decided once.
        let again = assessor::decline(&store, APPLICATION, "no").await;
        assert!(matches!(again, Err(CompleteError::NotAwaited(_))), "{again:?}");
        assert_eq!(bank.count(), "1 granted (20000 in all), 0 declined, 0 lapsed");
    }
}

#[tokio::test]
async fn what_is_declined_is_not_paid_out() {
    for seed in 0..SEEDS {
        let mut bank = Bank::open(seed);
        bank.apply(20_000, &ALL).await;
        let store = bank.services.store().clone();
        assessor::decline(&store, APPLICATION, "too much").await.unwrap();
        assert_eq!(bank.lines().await.last().unwrap(), "Assessor -> Applicant, Clerk: LoanDeclined");
        assert_eq!(bank.count(), "0 granted (0 in all), 1 declined, 0 lapsed");
    }
}

#[tokio::test]
async fn whoever_withdraws_in_time_ends_it_before_the_deadline() {
    for seed in 0..SEEDS {
        let mut bank = Bank::open(seed);
        bank.apply(500, &[Paper::Passport]).await;
        bank.withdraw().await;
        let withdrawn = [
            "Applicant -> Clerk: ApplyForLoan",
            "Clerk -> Applicant: PapersDemanded",
            "Applicant -> Clerk: WithdrawApplication",
            "Clerk -> Applicant, Assessor: LoanLapsed",
        ];
        assert_eq!(bank.lines().await, withdrawn);
        // Nothing more happens: neither by the deadline, nor by papers, nor when it is said again.
        bank.services.advance(DAY * 30).await.unwrap();
        bank.hand_in(Paper::Payslip).await;
        bank.withdraw().await;
        assert!(
            bank.lines().await.iter().all(|line| !line.starts_with("Clerk") || withdrawn.contains(&&**line))
        );
        assert_eq!(bank.count(), "0 granted (0 in all), 0 declined, 1 lapsed");
    }
}

#[tokio::test]
async fn whoever_withdraws_too_late_changes_nothing() {
    for seed in 0..SEEDS {
        let mut bank = Bank::open(seed);
        bank.apply(20_000, &ALL).await;
        bank.withdraw().await;
        let (store, amount) = (bank.services.store().clone(), Decimal::from(20_000));
        assessor::grant(&store, APPLICATION, amount).await.unwrap();
        assert_eq!(bank.lines().await.last().unwrap(), "Treasury -> Applicant: LoanPaidOut");
        assert_eq!(bank.count(), "1 granted (20000 in all), 0 declined, 0 lapsed");
    }
}

/// One millisecond is left.
#[tokio::test]
async fn papers_at_the_last_moment_are_in_time() {
    for seed in 0..SEEDS {
        let mut bank = Bank::open(seed);
        bank.apply(500, &[Paper::Passport, Paper::Payslip]).await;
        bank.services.advance(LAST_MOMENT).await.unwrap();
        bank.hand_in(Paper::Statement).await;
        assert_eq!(bank.lines().await.last().unwrap(), "Treasury -> Applicant: LoanPaidOut");
    }
}

/// What was published before the time is over is taken before it is over.
#[tokio::test]
async fn papers_that_are_on_their_way_are_in_time() {
    for seed in 0..SEEDS {
        let mut bank = Bank::open(seed);
        bank.apply(500, &[Paper::Passport, Paper::Payslip]).await;
        bank.services.advance(LAST_MOMENT).await.unwrap();
        bank.post(Paper::Statement).await;
        bank.services.advance(DAY).await.unwrap();
        assert_eq!(bank.lines().await.last().unwrap(), "Treasury -> Applicant: LoanPaidOut");
        assert_eq!(bank.count(), "1 granted (500 in all), 0 declined, 0 lapsed");
    }
}

/// The clerk has let it lapse at that moment: what is posted then, and what tells of it, cross.
#[tokio::test]
async fn papers_that_cross_the_end_are_too_late() {
    for seed in 0..SEEDS {
        let mut bank = Bank::open(seed);
        bank.apply(500, &[Paper::Passport, Paper::Payslip]).await;
        bank.services.advance(DAY * 14).await.unwrap();
        bank.post(Paper::Statement).await;
        assert!(bank.lines().await.contains(&"Clerk -> Applicant, Assessor: LoanLapsed".to_owned()));
        assert_eq!(bank.count(), "0 granted (0 in all), 0 declined, 1 lapsed");
    }
}

#[tokio::test]
async fn papers_that_come_too_late_change_nothing() {
    for seed in 0..SEEDS {
        let mut bank = Bank::open(seed);
        bank.apply(500, &[Paper::Passport, Paper::Payslip]).await;
        bank.services.advance(DAY * 14).await.unwrap();
        let lapsed = [
            "Applicant -> Clerk: ApplyForLoan",
            "Clerk -> Applicant: PapersDemanded",
            "Clerk -> Applicant, Assessor: LoanLapsed",
        ];
        assert_eq!(bank.lines().await, lapsed);
        bank.hand_in(Paper::Statement).await;
        assert!(!bank.lines().await.iter().any(|line| line.contains("LoanGranted")));
        assert_eq!(bank.count(), "0 granted (0 in all), 0 declined, 1 lapsed");
    }
}
