//! The crash matrix: every story again, while the services' processes die of `abort` at every failpoint of every reaction
//! and are started again. Each story then has ended as it does when nobody dies, to the last row, message and call.

use std::collections::BTreeSet;
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use chassis::{Config, failpoint};
use futures::{StreamExt, stream};
use testkit::{Builder, Db, Record, Recorder, World};

/// A story that can be told in any world.
#[derive(Clone, Copy)]
pub(crate) struct Tale {
    pub(crate) name: &'static str,
    pub(crate) tell: fn(Builder) -> Pin<Box<dyn Future<Output = ()> + Send>>,
}

/// Worlds at once: dying is mostly waiting for the next process.
const AT_ONCE: usize = 3;

/// Stories that end differently each time, because they are about who is first.
const RACES: &[&str] = &["exactly_one_of_two_hundred_runners_wins"];

/// Places that cannot be died at, and why.
const UNREACHABLE: &[(&str, &str)] = &[];

/// All stories, those that the crash matrix is about first: they come to most places.
fn tales() -> Vec<Tale> {
    let all = [
        crate::forward::tales(),
        crate::back::tales(),
        crate::bank::tales(),
        crate::counter::tales(),
        crate::money::tales(),
        crate::news::tales(),
        crate::people::tales(),
    ];
    let races = |tale: &Tale| RACES.iter().any(|race| tale.name.ends_with(race));
    all.into_iter().flatten().filter(|tale| !races(tale)).collect()
}

/// Tells a story in a world of processes, and returns what it leaves behind.
async fn tell(tale: Tale, db: Db, marks: Option<&Path>) -> Result<Record, String> {
    let recorder = Recorder::default();
    let world = World::of(db).as_processes(crate::CAMPUSG).recorded(&recorder).with("nats.partitions", 4);
    let world = match marks {
        Some(marks) => world.dying(marks),
        None => world,
    };
    tokio::spawn((tale.tell)(world)).await.map_err(|error| format!("{}: {error}", tale.name))?;
    let record = Arc::into_inner(recorder).and_then(std::sync::OnceLock::into_inner);
    record.ok_or_else(|| format!("{} does not end its world", tale.name))
}

/// Tells a story while everybody dies wherever nobody has died before, and, if anybody did, once more in peace. Returns how
/// often somebody died.
async fn tell_twice(tale: Tale, db: Db, marks: &Path) -> Result<u64, String> {
    let start = Instant::now();
    let dying = tell(tale, db, Some(marks)).await?;
    let took = start.elapsed();
    if dying.deaths > 0 {
        let peaceful = tell(tale, db, None).await?;
        let differences = dying.differences(&peaceful);
        if !differences.is_empty() {
            return Err(format!("{} after {} deaths:\n{}", tale.name, dying.deaths, differences.join("\n")));
        }
    }
    println!("{:>4} deaths in {:>5.1} s  {}", dying.deaths, took.as_secs_f64(), tale.name);
    Ok(dying.deaths)
}

/// Every place that the tables have.
fn places() -> BTreeSet<String> {
    let services = campusg::registry::services(&Config::defaults()).unwrap();
    services.iter().flat_map(failpoint::marks_of).collect()
}

async fn everybody_dies_everywhere(db: Db, tales: Vec<Tale>) {
    let start = Instant::now();
    let marks = tempfile::tempdir().unwrap();
    let told = stream::iter(tales).map(|tale| tell_twice(tale, db, marks.path())).buffer_unordered(AT_ONCE);
    let told: Vec<Result<u64, String>> = told.collect().await;
    let deaths: u64 = told.iter().flatten().sum();
    let failed: Vec<&String> = told.iter().filter_map(|told| told.as_ref().err()).collect();
    let died_at: BTreeSet<String> = failpoint::marks_in(marks.path()).unwrap().into_iter().collect();
    let missing: Vec<String> = places().difference(&died_at).cloned().collect();
    println!(
        "{} places died at, {deaths} restarts, {} stories, {:.0} s, {db:?}",
        died_at.len(),
        told.len(),
        start.elapsed().as_secs_f64()
    );
    for failed in &failed {
        println!("\n{failed}");
    }
    println!("missing {missing:#?}");
    assert!(failed.is_empty(), "{} stories", failed.len());
    let excused = |place: &String| UNREACHABLE.iter().any(|(unreachable, _)| place.starts_with(unreachable));
    assert!(missing.iter().all(excused), "nobody died at {missing:#?}");
    assert_eq!(deaths, died_at.len() as u64, "each place was died at once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_reaction_survives_a_death_at_every_point() {
    let only = std::env::var("CAMPUSG_TEST_TALES").unwrap_or_default();
    let tales = tales().into_iter().filter(|tale| tale.name.contains(&only)).collect();
    everybody_dies_everywhere(Db::Sqlite, tales).await;
}
