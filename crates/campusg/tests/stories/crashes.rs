//! The crash matrix: every story again, while the services' processes die of `abort` at every failpoint of every reaction,
//! and before and after every request to Stripe, and are started again. Each story then has ended as it does when nobody
//! dies, to the last row, message, call and cent.
//!
//! `cargo test -p campusg --test stories crashes -- --nocapture` dies once at every place, in whichever story comes to it first.
//! With `CAMPUSG_CRASHES=all`, everybody dies at every place that each story comes to, on both databases; with
//! `CAMPUSG_CRASHES=forward::`, the same in the stories of that name only.

use std::collections::BTreeSet;
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use chassis::{Config, failpoint};
use futures::{StreamExt, stream};
use tempfile::TempDir;
use testkit::{Builder, Db, Record, Recorder, World};

/// A story that can be told in any world.
#[derive(Clone, Copy)]
pub(crate) struct Tale {
    pub(crate) name: &'static str,
    pub(crate) tell: fn(Builder) -> Pin<Box<dyn Future<Output = ()> + Send>>,
}

/// Worlds at once: dying is mostly waiting for the next process.
const AT_ONCE: usize = 3;

/// Stories that end differently each time even when nobody dies, and why.
const UNFIT: &[(&str, &str)] = &[
    ("exactly_one_of_two_hundred_runners_wins", "it is about who is first"),
    (
        "a_capture_that_fails_is_tried_again_and_then_is_an_operators_task",
        "Stripe fails four requests, however many tries of one and the same capture they are",
    ),
    ("stripe_may_do_the_work_and_not_answer", "Stripe fails some requests, as above"),
];

/// Stories that come to no place that no other story comes to: told in the long form only.
const BESIDES: &[&str] = &[
    "a_customer_whom_the_bank_does_not_believe_pays_nothing",
    "a_customer_may_cancel_instead_of_answering",
    "what_the_till_says_is_what_is_taken",
    "a_basket_from_a_price_list_costs_what_the_list_says",
    "an_operator_cancels_what_was_delivered_and_the_money_goes_back",
    "b19_stripe_may_say_everything_twice_and_late",
    "a_customer_watches_their_order_live",
    "a_customer_who_does_not_answer_their_bank_loses_the_order_but_no_money",
    "a_customer_confirms_what_they_have",
    "what_is_refunded_in_stripes_dashboard_is_in_our_books",
    "a_refund_may_be_the_platforms_own",
    "an_order_accepted_while_every_service_is_down_is_carried_when_they_are_back",
    "an_offer_expires_also_when_everything_was_killed_in_between",
    "an_order_survives_a_crash_after_every_step",
];

/// Requests that stories make themselves, as somebody at Stripe's dashboard would. Payments makes the first only when Stripe has
/// forgotten a key, and the second never.
const OF_STORIES: &[(&str, &str)] = &[("GET", "/v1/payment_intents"), ("GET", "/v1/events")];

/// Files of stories that a recorded world cannot tell, and why.
const UNTOLD: &[(&str, &str)] = &[
    ("::audit::", "a recorded world begins in 2001, and Stripe's statement has the machine's own times"),
    ("::parked::", "they look at what is parked while whoever parks it may be dead"),
];

/// Of these files, the stories that are told all the same.
const TOLD: &[&str] =
    &["stripes_books_are_read_on_demand_and_by_day", "a_parked_message_is_looked_after_whoever_is_away"];

/// Every story that can be compared with itself.
fn tales() -> Vec<Tale> {
    let all = [
        crate::audit::tales(),
        crate::forward::tales(),
        crate::back::tales(),
        crate::bank::tales(),
        crate::corners::tales(),
        crate::counter::tales(),
        crate::money::tales(),
        crate::news::tales(),
        crate::outage::tales(),
        crate::parked::tales(),
        crate::people::tales(),
    ];
    let is_told = |tale: &Tale| {
        let is_chosen = TOLD.iter().any(|told| tale.name.ends_with(told));
        is_chosen || !UNTOLD.iter().any(|(file, _)| tale.name.contains(file))
    };
    let is_fit = |tale: &Tale| is_told(tale) && !UNFIT.iter().any(|(unfit, _)| tale.name.ends_with(unfit));
    all.into_iter().flatten().filter(is_fit).collect()
}

/// Tells a story in a world of processes, and returns what it leaves behind.
async fn tell(tale: Tale, db: Db, marks: Option<&Path>) -> Result<Record, String> {
    let recorder = Recorder::default();
    let world = World::of(db).as_processes(crate::CAMPUSG).recorded(&recorder);
    let world = match marks {
        Some(marks) => world.dying(marks),
        None => world,
    };
    tokio::spawn((tale.tell)(world)).await.map_err(|error| format!("{}: {error}", tale.name))?;
    let record = Arc::into_inner(recorder).and_then(OnceLock::into_inner);
    record.ok_or_else(|| format!("{} does not end its world", tale.name))
}

/// Tells a story while everybody dies wherever nobody has died before, and, if anybody did, once more in peace.
async fn tell_twice(tale: Tale, db: Db, marks: &Path) -> Result<Record, String> {
    let start = Instant::now();
    let dying = tell(tale, db, Some(marks)).await?;
    let took = start.elapsed().as_secs_f64();
    if dying.deaths > 0 {
        let peaceful = tell(tale, db, None).await?;
        let differences = dying.differences(&peaceful);
        if !differences.is_empty() {
            return Err(format!("{} after {} deaths:\n{}", tale.name, dying.deaths, differences.join("\n")));
        }
    }
    println!("{:>4} deaths in {took:>5.1} s, {:>4} things compared  {}", dying.deaths, dying.len(), tale.name);
    Ok(dying)
}

/// Which places every story dies at.
enum Marks {
    /// Those that no other story has died at.
    Shared(TempDir),
    /// All that it comes to.
    Own,
}

/// What a run of all of them came to.
#[derive(Default)]
struct Run {
    deaths: u64,
    died_at: BTreeSet<String>,
    requests: BTreeSet<(String, String)>,
    failed: Vec<String>,
}

async fn run(db: Db, tales: Vec<Tale>, marks: Marks) -> Run {
    let start = Instant::now();
    let marks = &marks;
    let told = stream::iter(tales).map(|tale| async move {
        let own = TempDir::with_prefix("campusg-marks-").unwrap();
        let directory = match marks {
            Marks::Shared(shared) => shared.path(),
            Marks::Own => own.path(),
        };
        let told = tell_twice(tale, db, directory).await;
        (told, failpoint::marks_in(directory).unwrap())
    });
    let mut run = Run::default();
    let mut told = told.buffer_unordered(AT_ONCE);
    while let Some((told, marks)) = told.next().await {
        run.died_at.extend(marks);
        match told {
            Ok(record) => {
                run.deaths += record.deaths;
                run.requests.extend(record.requests);
            }
            Err(failed) => {
                println!("{failed}");
                run.failed.push(failed);
            }
        }
    }
    let (places, deaths, seconds) = (run.died_at.len(), run.deaths, start.elapsed().as_secs());
    println!("{places} crash points, {deaths} processes started again, {seconds} s, {db:?}");
    run
}

impl Run {
    /// Places that the tables have, or that requests were made at, and that nobody died at.
    fn missing(&self) -> Vec<String> {
        let services = campusg::registry::services(&Config::defaults()).unwrap();
        let places = services.iter().flat_map(failpoint::marks_of).filter(|place| !self.died_at.contains(place));
        let ours = |(method, path): &&(String, String)| !OF_STORIES.contains(&(method.as_str(), path.as_str()));
        let requests = self.requests.iter().filter(ours).flat_map(|(method, path)| {
            let points = ["before-request", "after-request"];
            let missing =
                points.into_iter().filter(|point| !self.died_at.iter().any(|mark| is_at(mark, method, path, point)));
            missing.map(|point| format!("{method} {path} {point}")).collect::<Vec<_>>()
        });
        places.chain(requests).collect()
    }
}

/// Whether a mark is about this request: `payments.Post:payment_intents:*:capture.before-request`.
fn is_at(mark: &str, method: &str, path: &str, point: &str) -> bool {
    let Some(operation) = mark.strip_prefix("payments.").and_then(|mark| mark.strip_suffix(point)) else {
        return false;
    };
    let mut named = operation.trim_end_matches('.').split(':');
    let mut asked = path.trim_start_matches("/v1/").split('/');
    let same_method = named.next().is_some_and(|named| named.eq_ignore_ascii_case(method));
    let same = |named: Option<&str>, asked: Option<&str>| named == asked || (named == Some("*") && asked.is_some());
    same_method
        && std::iter::repeat_with(|| (named.next(), asked.next()))
            .take_while(|pair| *pair != (None, None))
            .all(|(named, asked)| same(named, asked))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_reaction_survives_a_death_at_every_point() {
    let asked = std::env::var("CAMPUSG_CRASHES").unwrap_or_default();
    if asked.is_empty() {
        let is_needed = |tale: &Tale| !BESIDES.iter().any(|besides| tale.name.ends_with(besides));
        let tales = tales().into_iter().filter(is_needed).collect();
        let run = run(Db::Sqlite, tales, Marks::Shared(TempDir::new().unwrap())).await;
        assert!(run.failed.is_empty(), "{:#?}", run.failed);
        assert!(run.missing().is_empty(), "nobody died at {:#?}", run.missing());
        assert_eq!(run.deaths, run.died_at.len() as u64, "every place was died at once");
        return;
    }
    for db in [Db::Sqlite, Db::Postgres] {
        let tales = tales().into_iter().filter(|tale| asked == "all" || tale.name.contains(&asked)).collect();
        let run = run(db, tales, Marks::Own).await;
        assert!(run.failed.is_empty(), "{:#?}", run.failed);
        assert!(asked != "all" || run.missing().is_empty(), "nobody died at {:#?}", run.missing());
    }
}

#[test]
fn a_mark_names_its_request() {
    let mark = "payments.Post:payment_intents:*:capture.before-request";
    assert!(is_at(mark, "POST", "/v1/payment_intents/pi_1/capture", "before-request"));
    assert!(!is_at(mark, "POST", "/v1/payment_intents/pi_1/capture", "after-request"));
    assert!(!is_at(mark, "POST", "/v1/payment_intents/pi_1", "before-request"));
    assert!(!is_at(mark, "POST", "/v1/payment_intents/pi_1/capture/x", "before-request"));
    assert!(!is_at(mark, "GET", "/v1/payment_intents/pi_1/capture", "before-request"));
}
