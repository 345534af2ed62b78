//! `Author` owes a draft, a promise and a decision, and forgets the promise.
use chor_runtime::Answer;
use chor_tests::hard::author::{Draft, Final, OnWish, Wish};

fn answer(event: Wish) -> Answer<OnWish> {
    let (series, number) = (event.series, event.number);
    Ok(OnWish::Draft {
        draft: Draft { series: series.clone(), number, pages: 3 },
        then: Final { series, number }.into(),
    })
}

fn main() {
    let _ = answer;
}
