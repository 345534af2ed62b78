//! Every shape of an answer, through the runtime: what a method returns is what is published, in its order.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chor_runtime::{Answer, Context, Runtime, Started, Store};
use chor_tests::hard::{archive, author, bell, buyer, censor, diary, press, printer, reader, shelf};

/// What was done and heard, in order.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn add(&self, line: impl Into<String>) {
        self.0.lock().unwrap().push(line.into());
    }
}

/// Answers as the title wishes.
struct Author(Log);

impl author::Author for Author {
    async fn on_wish(&self, event: author::Wish, _cx: &Context) -> Answer<author::OnWish> {
        let author::Wish { series, number, title } = event;
        if title == "declined" {
            return Ok(author::Declined { series, number }.into());
        }
        let then = if title == "printed" {
            author::Final { series: series.clone(), number }.into()
        } else {
            author::Withdrawn { series: series.clone(), number, why: title }.into()
        };
        Ok(author::OnWish::Draft {
            draft: author::Draft { series: series.clone(), number, pages: 3 },
            promise: author::Promise { series, number },
            then,
        })
    }

    async fn on_printed(
        &self,
        event: author::Printed,
        known: author::KnownOnPrinted,
        cx: &Context,
    ) -> Answer<()> {
        self.0.add(format!("{} author knows {} of {}", cx.key(), known.wish.title, event.pages));
        Ok(())
    }

    async fn on_opened(&self, event: author::Opened, _cx: &Context) -> Answer<author::Noted> {
        Ok(author::Noted { day: event.day, words: 7 })
    }
}

struct Press(Log);

impl press::Press for Press {
    async fn on_draft(&self, event: press::Draft, cx: &Context) -> Answer<()> {
        self.0.add(format!("{} press gets {} pages", cx.key(), event.pages));
        Ok(())
    }

    async fn on_final(
        &self,
        event: press::Final,
        known: press::KnownOnFinal,
        _cx: &Context,
    ) -> Answer<press::Printed> {
        Ok(press::Printed { series: event.series, number: event.number, pages: known.draft.pages })
    }

    async fn on_withdrawn(
        &self,
        event: press::Withdrawn,
        _known: press::KnownOnWithdrawn,
        cx: &Context,
    ) -> Answer<()> {
        self.0.add(format!("{} press drops it: {}", cx.key(), event.why));
        Ok(())
    }
}

struct Diary(Log);

impl diary::Diary for Diary {
    async fn on_noted(&self, event: diary::Noted, known: diary::KnownOnNoted, _cx: &Context) -> Answer<()> {
        self.0.add(format!("{} opened, {} words", known.opened.day, event.words));
        Ok(())
    }

    async fn on_rang(&self, event: diary::Rang, _cx: &Context) -> Answer<diary::Noticed> {
        Ok(diary::Noticed { hour: event.hour })
    }
}

/// Serves everyone, lets the reader wish for `title`, and hears until `heard` events have come.
async fn wish(title: &str, heard: usize) -> (Vec<String>, Vec<String>) {
    let (store, log) = (Store::memory(), Log::default());
    let running = Runtime::new(&store)
        .serve(author::service(Author(log.clone())))
        .serve(press::service(Press(log.clone())))
        .start();
    let client = reader::Client::new(&store);
    client.wish(&reader::Wish { series: "a/b".into(), number: 1, title: title.into() }).await.unwrap();
    let mut names = Vec::new();
    for _ in 0..heard {
        let delivery = client.next().await.unwrap();
        assert_eq!(delivery.key(), "a%2Fb/1");
        names.push(match delivery.done().await.unwrap() {
            reader::Heard::Promise(_) => "promise".to_owned(),
            reader::Heard::Printed(event) => format!("printed {}", event.pages),
            reader::Heard::Withdrawn(event) => format!("withdrawn: {}", event.why),
            reader::Heard::Declined(_) => "declined".to_owned(),
        });
    }
    running.shutdown().await.unwrap();
    assert_eq!(store.journal().await.unwrap(), []);
    let done = log.0.lock().unwrap().clone();
    (names, done)
}

#[tokio::test]
async fn a_run_of_emissions_ends_in_the_first_choice() {
    let (heard, done) = wish("printed", 2).await;
    assert_eq!(heard, ["promise", "printed 3"]);
    assert_eq!(done.first().map(String::as_str), Some("a%2Fb/1 press gets 3 pages"));
}

#[tokio::test]
async fn a_run_of_emissions_ends_in_the_second_choice() {
    let (heard, _) = wish("no idea", 2).await;
    assert_eq!(heard, ["promise", "withdrawn: no idea"]);
}

#[tokio::test]
async fn a_single_alternative_is_answered() {
    let (heard, done) = wish("declined", 1).await;
    assert_eq!((heard, done), (vec!["declined".to_owned()], vec![]));
}

#[tokio::test]
async fn a_service_starts_an_instance_once() {
    let (store, log) = (Store::memory(), Log::default());
    let running = Runtime::new(&store)
        .serve(author::service(Author(log.clone())))
        .serve(diary::service(Diary(log.clone())))
        .start();
    let starter = diary::Starter::new(&store);
    let opened = diary::Opened { day: "2027-03-01".parse().unwrap() };
    assert_eq!(starter.start_keeping(&opened).await.unwrap(), Started::Started);
    assert_eq!(starter.start_keeping(&opened).await.unwrap(), Started::AlreadyStarted);
    while log.0.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    running.shutdown().await.unwrap();
    assert_eq!(*log.0.lock().unwrap(), ["2027-03-01 opened, 7 words"]);
}

#[tokio::test]
async fn one_external_speaks_and_another_hears() {
    let store = Store::memory();
    let running = Runtime::new(&store).serve(diary::service(Diary(Log::default()))).start();
    bell::Client::new(&store).rang_with_id("the first bell", &bell::Rang { hour: 12 }).await.unwrap();
    let archive::Heard::Noticed(noticed) =
        archive::Client::new(&store).next().await.unwrap().done().await.unwrap();
    assert_eq!(noticed.hour, 12);
    running.shutdown().await.unwrap();
}

struct Printer;

impl printer::Printer for Printer {
    async fn on_sold(&self, _: printer::Sold, _: printer::KnownOnSold, _: &Context) -> Answer<()> {
        Ok(())
    }

    async fn on_recalled(
        &self,
        _: printer::Recalled,
        _: printer::KnownOnRecalled,
        _: &Context,
    ) -> Answer<()> {
        Ok(())
    }
}

struct Shelf;

impl shelf::Shelf for Shelf {
    async fn on_edition(&self, _: shelf::Edition, _: &Context) -> Answer<()> {
        Ok(())
    }

    async fn on_buy(&self, event: shelf::Buy, _: shelf::KnownOnBuy, _: &Context) -> Answer<shelf::Sold> {
        Ok(shelf::Sold { book: event.book })
    }

    async fn on_recall(
        &self,
        event: shelf::Recall,
        _: shelf::KnownOnRecall,
        _: &Context,
    ) -> Answer<shelf::Recalled> {
        Ok(shelf::Recalled { book: event.book, why: event.why })
    }

    async fn expire_recalled(
        &self,
        known: shelf::KnownExpireRecalled,
        _: &Context,
    ) -> Answer<shelf::Recalled> {
        Ok(shelf::Recalled { book: known.edition.book, why: "unsold".into() })
    }
}

/// What the censor asks for comes before its time, once, and is too late behind the word.
#[tokio::test]
async fn a_service_asks_for_the_else_of_another() {
    let store = Store::memory();
    let running = Runtime::new(&store).serve(printer::service(Printer)).serve(shelf::service(Shelf)).start();
    let (starter, buyer) = (printer::Starter::new(&store), buyer::Client::new(&store));
    let requests = censor::Requests::new(&store);
    let recall = |book: &str, why: &str| censor::Recall { book: book.into(), why: why.into() };
    for book in ["Emil", "Emma"] {
        starter.start_sale(&printer::Edition { book: book.into() }).await.unwrap();
    }
    requests.recall(&recall("Emil", "too funny")).await.unwrap();
    requests.recall(&recall("Emil", "too long")).await.unwrap();
    let mut heard = Vec::new();
    while heard.len() < 3 {
        let next = tokio::time::timeout(Duration::from_secs(20), buyer.next()).await;
        let Ok(next) = next else { panic!("only {heard:?} is heard: {:?}", store.journal().await) };
        heard.push(match next.unwrap().done().await.unwrap() {
            buyer::Heard::Edition(event) => event.book,
            buyer::Heard::Recalled(event) => format!("{} is {}", event.book, event.why),
        });
    }
    heard.sort();
    assert_eq!(heard, ["Emil", "Emil is too funny", "Emma"]);
    running.shutdown().await.unwrap();
    assert_eq!(store.journal().await.unwrap(), []);
}
