//! Checks the services' own reactions over every interleaving: every order of messages, every answer of Stripe's, every
//! deadline at any moment, deaths and redeliveries, within a bounded scope.
//!
//! Read [`world`] for what is modelled and what is left out, [`scope`] for what is explored, [`properties`] for what must hold.

pub mod bank;
pub mod cast;
pub mod kept;
pub mod properties;
pub mod scope;
pub mod story;
pub mod world;

use std::time::{Duration, Instant};

use chassis::{Config, Service};
use stateright::{Checker, HasDiscoveries, Model};

use crate::scope::Scope;
use crate::world::{Action, Platform, State};

/// What an exploration came to.
#[derive(Debug)]
pub struct Verdict {
    /// Of which scope.
    pub scope: &'static str,
    /// States that were looked at, again or for the first time.
    pub states: usize,
    /// Different ones.
    pub unique: usize,
    /// Steps of the longest path.
    pub depth: usize,
    /// How long it took.
    pub took: Duration,
    /// Whether there was time enough for all of it.
    pub whole: bool,
    /// Properties that do not hold, each with the story that shows it. What was to be seen and was not has no story.
    pub broken: Vec<(&'static str, String)>,
}

impl Verdict {
    /// Whether everything was explored, and everything holds.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.whole && self.broken.is_empty()
    }
}

/// The platform's own services, over the model's Stripe.
///
/// # Panics
/// When the defaults make no sense.
#[must_use]
#[expect(clippy::expect_used, reason = "the defaults are compiled in")]
pub fn services() -> Vec<Service> {
    vec![
        orders::service(&Config::defaults()).expect("a policy"),
        payments::service_over(bank::stripe()),
        timers::service(),
        users::service(),
    ]
}

/// How long and how broadly to look.
pub struct Effort {
    /// Threads.
    pub threads: usize,
    /// Stop after this.
    pub at_most: Duration,
    /// Told from time to time: unique states by now.
    pub progress: fn(&Scope, usize, Duration),
}

/// Explores a scope with these services, until all of it is explored or something is wrong.
///
/// # Panics
/// When one of the threads that look does.
#[must_use]
pub fn check(scope: Scope, services: impl Fn() -> Vec<Service>, effort: &Effort) -> Verdict {
    let began = Instant::now();
    let name = scope.name;
    let told = scope.clone();
    let platform = Platform::new(services(), scope);
    let checker = platform
        .checker()
        .threads(effort.threads)
        .finish_when(HasDiscoveries::AnyFailures)
        .timeout(effort.at_most)
        .spawn_bfs();
    let mut ticks = 0_u32;
    while !checker.is_done() {
        std::thread::sleep(Duration::from_millis(20));
        ticks += 1;
        if ticks.is_multiple_of(250) {
            (effort.progress)(&told, checker.unique_state_count(), began.elapsed());
        }
        if began.elapsed() > effort.at_most + Duration::from_secs(5) {
            break;
        }
    }
    let took = began.elapsed();
    // A thread that panicked closes the others' work, too: that must not look like the end of it.
    let checker = if checker.is_done() { checker.join() } else { checker };
    let found = checker.discoveries();
    let platform = checker.model();
    let mut broken = Vec::new();
    for property in platform.properties() {
        let path = found.get(property.name).cloned().map(stateright::Path::into_vec);
        match (property.expectation, path) {
            (stateright::Expectation::Always | stateright::Expectation::Eventually, Some(path)) => {
                broken.push((property.name, tell(platform, &path)));
            }
            (stateright::Expectation::Sometimes, None) => broken.push((property.name, "never seen".to_owned())),
            (_, _) => {}
        }
    }
    // What was cut short by a counterexample need not have seen everything.
    if broken.iter().any(|(_, story)| story != "never seen") {
        broken.retain(|(_, story)| story != "never seen");
    }
    Verdict {
        scope: name,
        states: checker.state_count(),
        unique: checker.unique_state_count(),
        depth: checker.max_depth(),
        took,
        whole: took < effort.at_most,
        broken,
    }
}

fn tell(platform: &Platform, path: &[(State, Option<Action>)]) -> String {
    story::tell(platform, path)
}
