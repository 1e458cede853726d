//! The museum: known defects of other systems, each put into this one on purpose, and the check that notices it.
//!
//! `exhibits.rs` is the table. A defect is another row in a service's table (`orders/src/mutants.rs` and its neighbours), wrong
//! words to Stripe, or a fault of the runtime (`chassis/src/defects.rs`); all of it is compiled only with the feature `museum`.
//! `cargo run -p museum [name]` shows it. Where a defect is known from: `B…` is the predecessor's number (`PREDECESSOR.md`), a
//! number of features.md, a section of choreography.md, or a system by its name.
//!
//! A check must pass without the defect and fail with it. `stage.rs` is where stories are told without a broker, `stories.rs`
//! the stories, `runtime.rs` the checks on real parts, `sweep.rs` the platform without any one of its rows.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up should stop, loudly")]

mod exhibits;
#[expect(dead_code, reason = "what only its own tests use")]
#[path = "../../chassis/tests/it/fixture.rs"]
mod fixture;
pub mod people;
mod runtime;
pub mod stage;
mod stories;
mod sweep;

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;

use chassis::Service;
use chassis::defects::{self, Defect};
use payments::stripe::Stripe;

use crate::people::Seen;
use crate::stage::{Garble, Stage};

pub use exhibits::EXHIBITS;
pub use sweep::{Noticed, sweep, tally};

/// What is wrong.
#[derive(Clone, Copy)]
pub enum Mutation {
    /// Another row in a service's table.
    Row(&'static str, fn(Service) -> Service),
    /// No such row.
    Missing(&'static str, &'static str),
    /// Another row of payments, which calls Stripe.
    Call(fn(Service, &Arc<Stripe>) -> Service),
    /// Other words to Stripe.
    Request(Garble),
    /// A fault of the runtime.
    Runtime(Defect),
}

/// A check: its name, and how it is done.
#[derive(Clone, Copy)]
pub struct Check {
    /// The sentence that it proves.
    pub name: &'static str,
    /// How.
    pub how: How,
}

/// How a check is done.
#[derive(Clone, Copy)]
pub enum How {
    /// A story on the stage; what holds after every story must hold, too.
    Story(fn(&mut Stage) -> Seen),
    /// On a real broker.
    Parts(fn() -> Pin<Box<dyn Future<Output = Seen>>>),
}

/// A defect, and the check that notices it.
pub struct Exhibit {
    /// What is wrong.
    pub defect: &'static str,
    /// Where it is known from: the predecessor's number, or the system.
    pub known_from: &'static str,
    /// How it is put in.
    pub mutation: Mutation,
    /// Who notices.
    pub check: Check,
    /// What the reason says: a check that fails for another reason, or panics in its set-up, has not noticed this.
    pub because: &'static str,
}

/// What a check said about an exhibit.
pub struct Finding {
    /// Which.
    pub exhibit: &'static Exhibit,
    /// What the check said about the platform as it is.
    pub sound: Seen,
    /// What it said with the defect.
    pub mutant: Seen,
}

impl Finding {
    /// Whether the check notices the defect, and nothing else.
    #[must_use]
    pub fn is_caught(&self) -> bool {
        let because = self.mutant.as_ref().err();
        self.sound.is_ok() && because.is_some_and(|why| !why.starts_with(PANIC) && why.contains(self.exhibit.because))
    }
}

/// Where checks are done.
pub struct Lab {
    runtime: tokio::runtime::Runtime,
}

impl Default for Lab {
    fn default() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        Self { runtime: runtime.expect("a runtime") }
    }
}

impl Lab {
    /// Does a check on the platform with this defect, or as it is.
    ///
    /// # Errors
    /// With what is not as it should be.
    pub fn check(&self, check: &Check, mutation: Option<&Mutation>) -> Seen {
        match check.how {
            How::Story(_) => self.tell(check, mutation).0,
            How::Parts(parts) => {
                defects::choose(match mutation {
                    Some(Mutation::Runtime(defect)) => Some(*defect),
                    Some(Mutation::Row(..) | Mutation::Missing(..) | Mutation::Call(_) | Mutation::Request(_))
                    | None => None,
                });
                let seen = catch_unwind(AssertUnwindSafe(|| self.runtime.block_on(parts())));
                defects::choose(None);
                seen.unwrap_or_else(|panic| Err(panicked(&*panic)))
            }
        }
    }

    /// Tells a story; with what was found the stage as it was left.
    pub(crate) fn tell(&self, check: &Check, mutation: Option<&Mutation>) -> (Seen, Stage) {
        let mut stage = Stage::new(&self.runtime, mutation);
        let How::Story(story) = check.how else { return (Err("not a story".to_owned()), stage) };
        let seen = catch_unwind(AssertUnwindSafe(|| story(&mut stage).and_then(|()| stage.sound())));
        (seen.unwrap_or_else(|panic| Err(panicked(&*panic))), stage)
    }

    /// The exhibits whose defect or check has this in its name, each with its check; each check once without a defect.
    #[must_use]
    pub fn tour(&self, of: &str) -> Vec<Finding> {
        let mut sound: BTreeMap<&str, Seen> = BTreeMap::new();
        EXHIBITS
            .iter()
            .filter(|exhibit| exhibit.defect.contains(of) || exhibit.check.name.contains(of))
            .map(|exhibit| {
                let Exhibit { mutation, check, .. } = exhibit;
                let sound = sound.entry(check.name).or_insert_with(|| self.check(check, None)).clone();
                Finding { exhibit, sound, mutant: self.check(check, Some(mutation)) }
            })
            .collect()
    }
}

/// The findings as a table, and how many were caught.
#[must_use]
pub fn table(findings: &[Finding]) -> String {
    let mut text = String::from("| defect | known from | noticed by | because |\n|---|---|---|---|\n");
    for Finding { exhibit: Exhibit { defect, known_from, check, .. }, sound, mutant } in findings {
        let because = match (sound, mutant) {
            (Err(why), _) => format!("NOT SOUND: {why}"),
            (Ok(()), Ok(())) => "SURVIVES".to_owned(),
            (Ok(()), Err(why)) => why.lines().next().unwrap_or_default().chars().take(100).collect(),
        };
        text.push_str(&format!("| {defect} | {known_from} | `{}` | {because} |\n", check.name));
    }
    let caught = findings.iter().filter(|finding| finding.is_caught()).count();
    text + &format!("\ncaught {caught} of {}\n", findings.len())
}

/// What the reason begins with if the check did not come to its end.
const PANIC: &str = "a panic: ";

fn panicked(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("{PANIC}{}", text.unwrap_or("of an unknown kind"))
}
