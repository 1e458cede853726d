//! What must hold: I1 to I5 of the design's quality.md, looked at in every state that can be reached.

use contracts::Cents;
use contracts::orders::CancelReason;
use orders::{Order, Stage};
use payments::Payment;
use stateright::Property;

use crate::bank::{Books, Status};
use crate::cast;
use crate::kept::{Place, Shared, hash_of};
use crate::world::{PARTS, Platform, Stance, State, class_of, lock, part_of, time};

/// Which invariant is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Invariant {
    /// Nothing that was accepted is lost.
    I1,
    /// Each effect happens once.
    I2,
    /// At most one runner, never the customer.
    I3,
    /// The books are right.
    I4,
    /// What is over is over.
    I5,
    /// No message is given up on.
    Parked,
}

/// Something that should never be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wrong {
    /// Against which invariant.
    pub invariant: Invariant,
    /// What, in words.
    pub what: String,
}

impl Wrong {
    fn new(invariant: Invariant, what: impl Into<String>) -> Self {
        Self { invariant, what: what.into() }
    }

    pub(crate) fn parked(service: &str, subject: &str, reason: &str) -> Self {
        Self::new(Invariant::Parked, format!("{service} gives up on {subject}: {reason}"))
    }
}

/// Whether something is to be seen in a state.
pub type Sight = fn(&Platform, &State) -> bool;

/// What can be seen in a state; a scope says which of these have to be seen.
pub const SIGHTS: [(&str, Sight); 13] = [
    ("completed", |platform, state| order_has(platform, state, r#""at":"completed""#)),
    ("expired", |platform, state| order_has(platform, state, r#""reason":"expired""#)),
    ("called off", |platform, state| order_has(platform, state, r#""reason":"customer""#)),
    ("called off by staff", |platform, state| order_has(platform, state, r#""reason":"operator""#)),
    ("declined", |platform, state| order_has(platform, state, r#""reason":"payment_declined""#)),
    ("timed out at the bank", |platform, state| order_has(platform, state, r#""reason":"action_timed_out""#)),
    ("no card", |platform, state| order_has(platform, state, r#""reason":"no_payment_method""#)),
    ("overdue", |platform, state| order_has(platform, state, r#""overdue":true"#)),
    ("refunded", |_, state| state.books.refunds.iter().any(|back| !back.failed)),
    ("payout held", |platform, state| payment_has(platform, state, r#""kind":"payout_held""#)),
    ("tipped", |_, state| state.books.transfers.len() > 1),
    ("returned", |platform, state| payment_has(platform, state, r#""share":"back""#)),
    ("held on top", |_, state| state.books.intents.iter().any(|intent| intent.purpose == "excess")),
];

fn order_has(platform: &Platform, state: &State, text: &str) -> bool {
    platform.order(state).is_some_and(|order| order.contains(text))
}

fn payment_has(platform: &Platform, state: &State, text: &str) -> bool {
    platform.payment(state).is_some_and(|payment| payment.contains(text))
}

fn holds(invariant: Invariant, state: &State) -> bool {
    state.wrong.as_ref().is_none_or(|wrong| wrong.invariant != invariant)
}

/// All of them, for a platform within its scope.
pub fn of(platform: &Platform) -> Vec<Property<Platform>> {
    let mut properties = vec![
        Property::<Platform>::always(
            "I1 what comes to rest is over and settled, or waits for a deadline or a person",
            |platform, state| judged(platform, state).is_none(),
        ),
        Property::always("I2 each effect happens once", |_, state| holds(Invariant::I2, state)),
        Property::always("I3 at most one runner, and never the customer", |_, state| holds(Invariant::I3, state)),
        Property::always("I4 the books are right", |_, state| holds(Invariant::I4, state)),
        Property::always("I5 what is over is over", |_, state| holds(Invariant::I5, state)),
        Property::always("no message is given up on", |_, state| holds(Invariant::Parked, state)),
    ];
    let seen = SIGHTS.into_iter().filter(|(name, _)| platform.scope.sees.contains(name));
    properties.extend(seen.map(|(name, condition)| Property::sometimes(name, condition)));
    properties
}

// --- steps -------------------------------------------------------------------------------------------------------------

/// What is wrong with a step of one entity.
pub(crate) fn of_step(
    service: &str,
    place: &Place,
    before: Option<&Shared<String>>,
    after: Option<&Shared<String>>,
) -> Option<Wrong> {
    let after = after.filter(|_| place.id.starts_with("ord_"))?;
    match service {
        "orders" if before.is_some_and(|before| part_of(before) > part_of(after)) => {
            Some(Wrong::new(Invariant::I5, "an order goes back to what was behind it"))
        }
        "orders" => of_order(
            before.and_then(|text| serde_json::from_str(text).ok()).as_ref(),
            &serde_json::from_str(after).ok()?,
        ),
        "payments" => of_payment(&serde_json::from_str(after).ok()?),
        _ => None,
    }
}

fn of_order(before: Option<&Order>, after: &Order) -> Option<Wrong> {
    if after.runner() == Some(after.customer_id) {
        return Some(Wrong::new(Invariant::I3, "the customer is their own runner"));
    }
    let before = before?;
    if let (Some(one), Some(other)) = (before.runner(), after.runner())
        && one != other
    {
        return Some(Wrong::new(Invariant::I3, "the order goes from one runner to another without being on offer"));
    }
    (before.is_over() && before.stage != after.stage)
        .then(|| Wrong::new(Invariant::I5, "an order that was over moves on"))
}

/// Of its audit what must hold at any moment. What it waits for is asked when all is quiet, and so is whether anything is held of
/// an order that is over: a hold that comes late is written down first and let go then.
fn of_payment(payment: &Payment) -> Option<Wrong> {
    let audit = payments::audit::audit(payment);
    let broken = audit.checks.into_iter().find(|check| !check.ok && !AT_REST.contains(&check.name.as_str()))?;
    Some(Wrong::new(Invariant::I4, format!("audit {}: {}", broken.name, broken.detail)))
}

/// Checks of the audit that hold when all is quiet. A refund that has come back counts until the webhook tells, and may be given
/// again before that.
const AT_REST: [&str; 3] = ["settled_or_waiting", "cancelled_holds_nothing", "refunded_within_captured"];

/// What is wrong with what was done at Stripe.
pub(crate) fn of_books(books: &Books) -> Option<Wrong> {
    let twice = |what: String| Some(Wrong::new(Invariant::I2, what));
    for purpose in ["hold", "excess", "tip"] {
        let stands = |n: usize| match books.intents[n].status {
            Status::Held => true,
            Status::Taken => books.refunded(n) < books.intents[n].received,
            Status::NeedsMethod | Status::NeedsAction | Status::Canceled => false,
        };
        let count = (0..books.intents.len()).filter(|n| books.intents[*n].purpose == purpose && stands(*n)).count();
        if count > 1 {
            return twice(format!("{count} times {purpose} at Stripe"));
        }
    }
    // What was taken is the runner's but for the platform's share, however many transfers that takes.
    let taken: i64 = books.intents.iter().map(|intent| intent.received).sum();
    let (has, due) = (books.with_runner(), (taken - cast::PLATFORM).max(0));
    if has > due {
        return twice(format!("the runner has {has} of {due}"));
    }
    None
}

// --- rest --------------------------------------------------------------------------------------------------------------

/// Whether every message was handled, and Stripe has told everything.
#[must_use]
pub fn is_quiet(state: &State) -> bool {
    state.queues.iter().all(Vec::is_empty) && state.books.untold.is_empty()
}

/// Whether Stripe alone keeps a service from coming to rest.
#[must_use]
pub fn waits_for_stripe(state: &State) -> bool {
    state.queues.iter().flatten().all(|entry| entry.stance == Stance::Tried)
}

/// What is wrong with a state at rest.
pub(crate) fn judged(platform: &Platform, state: &State) -> Option<Wrong> {
    if !is_quiet(state) || state.wrong.is_some() {
        return None;
    }
    let texts = (platform.order(state), platform.payment(state));
    let key = hash_of(&(texts, &state.deadlines, &state.books, state.now));
    let part = &platform.judged[usize::try_from(key).unwrap_or(0) % PARTS];
    if let Some(known) = lock(part).get(&key) {
        return known.clone();
    }
    let wrong = judge(platform, state);
    lock(part).insert(key, wrong.clone());
    wrong
}

/// Says what is wrong with a state at rest.
#[must_use]
pub fn judge(platform: &Platform, state: &State) -> Option<Wrong> {
    let order: Option<Order> = platform.order(state).and_then(|text| serde_json::from_str(text).ok());
    let payment: Option<Payment> = platform.payment(state).and_then(|text| serde_json::from_str(text).ok());
    let lost = |what: String| Some(Wrong::new(Invariant::I1, what));
    let runs = |class: &str| state.deadlines.iter().any(|(_, elapsed)| class_of(elapsed) == class);
    let runs_until = |class: &str, until| {
        state.deadlines.iter().any(|(due, elapsed)| class_of(elapsed) == class && time(*due) >= until)
    };
    // A task excuses what it is about, and nothing else.
    let a_task_of = |kinds: &[&str]| {
        let mut troubles = payment.iter().flat_map(|payment| &payment.troubles);
        troubles.any(|trouble| kinds.contains(&trouble.kind.code()))
    };
    if let Some(payment) = &payment {
        if let Some(wrong) = of_money(payment, &state.books) {
            return Some(wrong);
        }
        if payment.is_unsettled() && payment.again_at.is_some_and(|at| !runs_until("settle", at)) {
            return lost("the payment waits for a deadline that is not running".to_owned());
        }
        if payment.held_cents() > Cents(0) && !runs("hold") && !runs("settle") && !a_task_of(&HELD) {
            return lost("money is held, and no deadline sees to it".to_owned());
        }
    }
    let Some(order) = order else {
        let moved = books_moved(&state.books);
        return if moved { lost("money was moved, and there is no order".to_owned()) } else { None };
    };
    let task = order.task().is_some() || a_task_of(&UNPAID);
    match &order.stage {
        Stage::Pending | Stage::ActionRequired { .. } if runs("action") || order.task().is_some() => None,
        Stage::Pending | Stage::ActionRequired { .. } => {
            lost("the order waits for its payment, and no deadline runs".to_owned())
        }
        Stage::Open { until } if runs_until("acceptance", *until) => None,
        Stage::Open { .. } => lost("the order is on offer, and no deadline ends that".to_owned()),
        Stage::Claimed { .. } => lost("a runner claimed the order, and nobody checks them".to_owned()),
        Stage::UnderWay { deliver_by, .. } if task || runs_until("delivery", *deliver_by) => None,
        Stage::UnderWay { .. } => lost("the order is under way, and no deadline runs".to_owned()),
        Stage::Delivered { .. } if task || runs("settle") => None,
        Stage::Delivered { .. } => lost("the order is delivered, and nobody sees to its money".to_owned()),
        Stage::Completed { .. } => {
            let unfair = payment
                .as_ref()
                .filter(|_| platform.scope.fair)
                .and_then(|payment| of_shares(&order, payment, &state.books));
            unfair.or_else(|| of_completed(payment.as_ref(), &state.books, &a_task_of))
        }
        Stage::Cancelled { .. } => of_cancelled(&state.books, &a_task_of),
    }
}

/// Tasks that say why money is still held.
const HELD: [&str; 2] = ["release_failed", "capture_failed"];
/// Tasks that say why the runner is not paid.
const UNPAID: [&str; 3] = ["capture_failed", "payout_held", "hold_lost"];
/// Tasks that say why the customer has not got everything back, or the runner has still something.
const UNRETURNED: [&str; 1] = ["refund_failed"];

/// Whether there is a task of one of these kinds.
type ATaskOf<'a> = &'a dyn Fn(&[&str]) -> bool;

fn books_moved(books: &Books) -> bool {
    books.held() + books.kept() + books.with_runner() > 0
}

/// Our books against Stripe's, when Stripe has told everything.
fn of_money(payment: &Payment, books: &Books) -> Option<Wrong> {
    let pairs = [
        ("held", payment.held_cents().0, books.held()),
        ("taken and kept", (payment.captured_cents() - payment.refunded_cents()).0, books.kept()),
        ("with the runner", payment.paid_cents().0, books.with_runner()),
    ];
    if let Some((what, ours, theirs)) = pairs.into_iter().find(|(_, ours, theirs)| ours != theirs) {
        return Some(Wrong::new(Invariant::I4, format!("{what}: {ours} by our books, {theirs} by Stripe's")));
    }
    let audit = payments::audit::audit(payment);
    let broken = audit.checks.into_iter().find(|check| !check.ok)?;
    Some(Wrong::new(Invariant::I4, format!("audit {}: {}", broken.name, broken.detail)))
}

fn of_completed(payment: Option<&Payment>, books: &Books, a_task_of: ATaskOf<'_>) -> Option<Wrong> {
    let wrong = |what: &str| Some(Wrong::new(Invariant::I4, what));
    let Some(payment) = payment else { return wrong("the order is completed, and nothing is known of its money") };
    if books.held() > 0 && !a_task_of(&HELD) {
        return wrong("the order is completed, and money is still held");
    }
    match payment.stage() {
        payments::Stage::PaidOut | payments::Stage::Refunded => None,
        payments::Stage::Void
        | payments::Stage::Declined
        | payments::Stage::ActionRequired
        | payments::Stage::Held
        | payments::Stage::Released
        | payments::Stage::Captured => {
            let untold = !a_task_of(&UNPAID);
            untold.then(|| Wrong::new(Invariant::I4, "the order is completed, and the runner is not paid"))
        }
    }
}

/// Whether the runner has what they earned, less what they bear of refunds that the customer has got, and nobody else's money.
fn of_shares(order: &Order, payment: &Payment, books: &Books) -> Option<Wrong> {
    let waits = payment.troubles.iter().any(|trouble| trouble.kind.code() == "payout_held");
    // What they are owed back is on its way by a deadline, which is checked above.
    let owed = payment.owed_back_cents() > Cents(0) && payment.again_at.is_some();
    let payee = payment.payee.as_ref().filter(|_| !waits && !owed && payment.refunding.is_none())?;
    // A tip that nobody wanted any more when it was charged is the customer's.
    let declined = order.tip.is_some_and(|tip| tip.paid == Some(false));
    let tips = books.intents.iter().filter(|intent| intent.purpose == "tip" && !declined);
    let tip: i64 = tips.map(|intent| intent.received).sum();
    let earned = payee.payout_cents.0 + tip;
    let is_runners = |occasion: &str| {
        let note = payment.refund_notes.iter().find(|note| note.number.to_string() == occasion);
        note.is_some_and(|note| note.bearer == contracts::payments::Bearer::Runner)
    };
    let given = books.refunds.iter().filter(|back| !back.failed && is_runners(&back.occasion));
    let borne: i64 = given.map(|back| back.amount).sum();
    let (has, should) = (books.with_runner(), (earned - borne).max(0));
    // What they bear is settled when it is asked for, out of what they have or wait for then: a tip that comes later is theirs.
    let right = should..=should.max(tip);
    let words = || format!("the runner earned {earned} and bears {borne}, and has {has} instead of {should}");
    (!right.contains(&has)).then(|| Wrong::new(Invariant::I4, words()))
}

fn of_cancelled(books: &Books, a_task_of: ATaskOf<'_>) -> Option<Wrong> {
    let wrong = |what: &str| Some(Wrong::new(Invariant::I4, what));
    if books.held() > 0 && !a_task_of(&HELD) {
        return wrong("the order is cancelled, and money is still held");
    }
    if books.kept() > 0 && !a_task_of(&UNRETURNED) {
        return wrong("the order is cancelled, and the customer has not got everything back");
    }
    if books.with_runner() > 0 && !a_task_of(&UNRETURNED) {
        return wrong("the order is cancelled, and the runner has money for it");
    }
    let asked = books.intents.iter().any(|intent| intent.status == Status::NeedsAction);
    if asked && !a_task_of(&HELD) {
        return wrong("the order is cancelled, and the bank still asks the customer");
    }
    None
}

/// An order in words.
#[must_use]
pub fn order_in_words(text: Option<&Shared<String>>) -> String {
    let Some(order) = text.and_then(|text| serde_json::from_str::<Order>(text).ok()) else {
        return "no order".to_owned();
    };
    let status = order.status().name();
    let who = |runner| if runner == cast::runner(0) { "the first runner" } else { "the second runner" };
    match &order.stage {
        Stage::Cancelled { reason, .. } => format!("{status} ({})", reason_in_words(*reason)),
        Stage::UnderWay { runner_id, overdue: true, .. } => format!("{status}, late, with {}", who(*runner_id)),
        Stage::Claimed { runner_id, .. } | Stage::UnderWay { runner_id, overdue: false, .. } => {
            format!("{status} with {}", who(*runner_id))
        }
        Stage::Delivered { problem: Some(problem), .. } => format!("{status} ({problem})"),
        Stage::Pending
        | Stage::ActionRequired { .. }
        | Stage::Open { .. }
        | Stage::Delivered { problem: None, .. }
        | Stage::Completed { .. } => status.to_owned(),
    }
}

fn reason_in_words(reason: CancelReason) -> String {
    serde_json::to_string(&reason).unwrap_or_default().trim_matches('"').to_owned()
}

/// A payment in words.
#[must_use]
pub fn payment_in_words(text: Option<&Shared<String>>) -> String {
    let Some(payment) = text.and_then(|text| serde_json::from_str::<Payment>(text).ok()) else {
        return "no payment".to_owned();
    };
    let mut words = format!(
        "{:?}: held {}, taken {}, given back {}, with the runner {}",
        payment.stage(),
        payment.held_cents().0,
        payment.captured_cents().0,
        payment.refunded_cents().0,
        payment.paid_cents().0
    );
    for trouble in &payment.troubles {
        words += &format!(", task {} ({})", trouble.kind.code(), trouble.code);
    }
    if payment.over_since.is_some() {
        words += ", over";
    }
    words
}
