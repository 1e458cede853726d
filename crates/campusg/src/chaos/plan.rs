//! The plan: which faults, when, and for how long. It follows from the seed alone.

use std::fmt;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};

use crate::registry::{Kind, PARTS};

/// A part of the installation that can be killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Broker,
    Database,
    Service(&'static str),
    Gateway,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// SIGKILL, and started again.
    Kill(Vec<Part>),
    KillEverything,
    /// SIGSTOP, and SIGCONT.
    Pause(Part),
    /// No connection to the broker.
    Cut(Part),
    /// Stripe's API.
    Stripe(Trouble),
    /// A service is killed, gets every message twice, and is killed once more to end that.
    Double(&'static str),
    /// The broker keeps every second partition of the log from a service: the others overtake them.
    HoldBack(&'static str),
    /// Stripe tells everything twice.
    DoubleWebhooks,
    /// Stripe tells nothing, and everything later.
    HoldWebhooks,
}

/// What is wrong with Stripe's API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Every call takes this much longer.
    Slow { ms: u64 },
    /// Changes are refused with this status, and not made.
    Fails { status: u16 },
    /// Changes are made, and answered with an error.
    FailsAfter,
    /// Some changes are made, and not answered before the caller has given up.
    TimesOutAfter,
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// From 1.
    pub(crate) number: usize,
    /// Once so many orders are placed.
    pub(crate) after_orders: usize,
    pub(crate) what: What,
    pub(crate) lasts: Duration,
}

/// What there is to be broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum With {
    Sqlite,
    Postgres,
}

/// Longer than the installation's `dispatcher.ack_wait_ms`: what a paused service had in hand is delivered again.
const LONG_PAUSES_MS: std::ops::Range<u64> = 11_000..13_000;
/// Of so many pauses one is long.
const SELDOM: u32 = 6;

/// A kind of fault in the deck from which the plan is dealt.
#[derive(Clone, Copy)]
enum Card {
    Kill(Part),
    KillTwo,
    KillEverything,
    Pause(Part),
    PauseService,
    Cut,
    Slow,
    Fails,
    FailsAfter,
    TimesOutAfter,
    Double,
    HoldBack,
    DoubleWebhooks,
    HoldWebhooks,
}

/// The faults of this seed, spread evenly over the orders; of every deck's length in a row there is each kind.
pub(crate) fn plan(seed: u64, orders: usize, faults: usize, with: With) -> Vec<Fault> {
    let mut chance = StdRng::seed_from_u64(seed);
    let mut deck = Vec::new();
    let mut plan = Vec::with_capacity(faults);
    for number in 1..=faults {
        if deck.is_empty() {
            deck = cards(with);
            deck.shuffle(&mut chance);
        }
        let Some(card) = deck.pop() else { break };
        let (what, lasts_ms) = dealt(card, with, &mut chance);
        let after_orders = (orders * (number - 1) + chance.random_range(0..orders.max(1))) / faults;
        plan.push(Fault { number, after_orders, what, lasts: Duration::from_millis(lasts_ms) });
    }
    plan
}

fn services() -> Vec<&'static str> {
    PARTS.iter().filter(|part| matches!(part.kind, Kind::Service(_))).map(|part| part.name).collect()
}

/// Everything that can be killed, in the order in which it is started.
pub(crate) fn parts(with: With) -> Vec<Part> {
    let mut parts = vec![Part::Broker];
    parts.extend((with == With::Postgres).then_some(Part::Database));
    parts.extend(services().into_iter().map(Part::Service));
    parts.push(Part::Gateway);
    parts
}

fn cards(with: With) -> Vec<Card> {
    let mut cards: Vec<Card> = parts(with).into_iter().map(Card::Kill).collect();
    cards.extend([Card::KillTwo, Card::KillEverything, Card::Cut, Card::Cut]);
    cards.extend([Card::PauseService, Card::PauseService, Card::Pause(Part::Gateway), Card::Pause(Part::Broker)]);
    cards.extend((with == With::Postgres).then_some(Card::Pause(Part::Database)));
    cards.extend([Card::Slow, Card::Fails, Card::FailsAfter, Card::TimesOutAfter]);
    cards.extend([Card::Double, Card::HoldBack, Card::DoubleWebhooks, Card::HoldWebhooks]);
    cards
}

/// What a card comes to, and for how many milliseconds.
fn dealt(card: Card, with: With, chance: &mut StdRng) -> (What, u64) {
    let service = services().choose(chance).copied().unwrap_or_default();
    let (short, longer) = (chance.random_range(0..2_000), chance.random_range(3_000..7_000));
    let pause = match chance.random_range(0..SELDOM) {
        0 => chance.random_range(LONG_PAUSES_MS),
        _ => chance.random_range(300..4_000),
    };
    match card {
        Card::Kill(part) => (What::Kill(vec![part]), short),
        Card::KillTwo => {
            let mut two: Vec<Part> = parts(with).sample(chance, 2).copied().collect();
            two.sort_unstable();
            (What::Kill(two), short)
        }
        Card::KillEverything => (What::KillEverything, short),
        Card::Pause(part) => (What::Pause(part), pause),
        Card::PauseService => (What::Pause(Part::Service(service)), pause),
        Card::Cut => {
            let connected: Vec<Part> = parts(with).into_iter().filter(|part| part.is_ours()).collect();
            (What::Cut(connected.choose(chance).copied().unwrap_or(Part::Gateway)), pause)
        }
        Card::Slow => (What::Stripe(Trouble::Slow { ms: chance.random_range(500..2_500) }), longer),
        Card::Fails => {
            let status = [500, 503, 429].choose(chance).copied().unwrap_or(500);
            (What::Stripe(Trouble::Fails { status }), longer)
        }
        Card::FailsAfter => (What::Stripe(Trouble::FailsAfter), longer),
        Card::TimesOutAfter => (What::Stripe(Trouble::TimesOutAfter), longer),
        Card::Double => (What::Double(service), longer),
        Card::HoldBack => {
            // The timers read no partitions.
            let readers: Vec<&str> = services().into_iter().filter(|name| *name != "timers").collect();
            (What::HoldBack(readers.choose(chance).copied().unwrap_or_default()), longer)
        }
        Card::DoubleWebhooks => (What::DoubleWebhooks, longer),
        Card::HoldWebhooks => (What::HoldWebhooks, longer),
    }
}

impl Part {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Broker => "broker",
            Self::Database => "database",
            Self::Service(name) => name,
            Self::Gateway => "gateway",
        }
    }

    /// Whether it is this program, and connected to the broker.
    pub(crate) fn is_ours(self) -> bool {
        match self {
            Self::Broker | Self::Database => false,
            Self::Service(_) | Self::Gateway => true,
        }
    }
}

impl What {
    /// Under what its recovery is counted.
    pub(crate) fn kind(&self) -> String {
        match self {
            Self::Kill(parts) => match parts.as_slice() {
                [part] => format!("kill {}", part.name()),
                _ => "kill two at once".to_owned(),
            },
            Self::KillEverything => "kill everything".to_owned(),
            Self::Pause(Part::Service(_)) => "pause a service".to_owned(),
            Self::Pause(part) => format!("pause {}", part.name()),
            Self::Cut(_) => "cut off from the broker".to_owned(),
            Self::Stripe(Trouble::Slow { .. }) => "Stripe is slow".to_owned(),
            Self::Stripe(Trouble::Fails { .. }) => "Stripe fails before".to_owned(),
            Self::Stripe(Trouble::FailsAfter) => "Stripe fails after".to_owned(),
            Self::Stripe(Trouble::TimesOutAfter) => "Stripe times out after".to_owned(),
            Self::Double(_) => "deliver twice".to_owned(),
            Self::HoldBack(_) => "deliver late".to_owned(),
            Self::DoubleWebhooks => "webhooks twice".to_owned(),
            Self::HoldWebhooks => "webhooks late".to_owned(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lasts = format!("for {:.1} s", self.lasts.as_secs_f64());
        match &self.what {
            What::Kill(parts) => {
                let names: Vec<&str> = parts.iter().map(|part| part.name()).collect();
                write!(f, "kill {} {lasts}", names.join(" and "))
            }
            What::KillEverything => write!(f, "kill everything {lasts}"),
            What::Pause(part) => write!(f, "pause {} {lasts}", part.name()),
            What::Cut(part) => write!(f, "cut {} off from the broker {lasts}", part.name()),
            What::Stripe(Trouble::Slow { ms }) => write!(f, "Stripe takes {ms} ms longer {lasts}"),
            What::Stripe(Trouble::Fails { status }) => write!(f, "Stripe refuses with {status} {lasts}"),
            What::Stripe(Trouble::FailsAfter) => write!(f, "Stripe acts and answers with 500 {lasts}"),
            What::Stripe(Trouble::TimesOutAfter) => write!(f, "Stripe acts and does not answer {lasts}"),
            What::Double(service) => write!(f, "deliver everything twice to {service} {lasts}"),
            What::HoldBack(service) => write!(f, "deliver late to every second partition of {service} {lasts}"),
            What::DoubleWebhooks => write!(f, "Stripe tells everything twice {lasts}"),
            What::HoldWebhooks => write!(f, "Stripe tells nothing {lasts}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_same_seed_plans_the_same() {
        assert_eq!(plan(7, 5_000, 200, With::Postgres), plan(7, 5_000, 200, With::Postgres));
        assert_ne!(plan(7, 5_000, 200, With::Postgres), plan(8, 5_000, 200, With::Postgres));
    }

    #[test]
    fn faults_are_spread_evenly_and_begin_while_orders_are_placed() {
        let plan = plan(1, 500, 50, With::Sqlite);
        assert_eq!(plan.len(), 50);
        assert!(plan.iter().enumerate().all(|(slot, fault)| (slot * 10..slot * 10 + 10).contains(&fault.after_orders)));
    }

    #[test]
    fn a_deck_has_every_kind() {
        let kinds = |with| {
            let count = cards(with).len();
            (count, plan(3, 100, count, with).iter().map(|fault| fault.what.kind()).collect::<BTreeSet<_>>())
        };
        let (count, sqlite) = kinds(With::Sqlite);
        // Two of the cards come twice.
        assert_eq!(sqlite.len(), count - 2);
        let (_, postgres) = kinds(With::Postgres);
        let more: Vec<_> = postgres.difference(&sqlite).map(String::as_str).collect();
        assert_eq!(more, ["kill database", "pause database"]);
    }
}
