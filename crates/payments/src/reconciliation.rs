//! Comparing the books with Stripe's: once a day by itself, and whenever somebody asks.
//!
//! Stripe's balance transactions of a period are read page by page. What a page says about an order goes to that order's
//! payment as an event, and is kept there beside its ledger: whether the two agree is one more check of its audit, so that
//! a difference is found at every write, is an operator's task as long as it is there, and gone as soon as the facts say so.

use std::collections::BTreeMap;
use std::sync::Arc;

use chassis::{Change, Cx, Entity, Fault, Row};
use contracts::payments::{
    MovementKind, PlanReconciliation, Reconcile, Reconciled, ReconciliationView, StatementKind, StatementLine,
    StatementPageDue, StatementRead,
};
use contracts::timers::{ReconciliationDeadline, ReconciliationElapsed};
use contracts::{Cents, Currency, OrderId, Principal, ReconciliationId};
use jiff::{SignedDuration, Timestamp};
use sea_orm::Set;
use serde::{Deserialize, Serialize};

use crate::fault::fault;
use crate::ledger::Source;
use crate::payment::{Payment, RefundOutcome};
use crate::refusal::Refusal;
use crate::store::reconciliations as store;
use crate::stripe::{Captured, StatementPage, Stripe};

/// The next one, after this.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// How far back one looks by itself: a day of overlap, so that what a day has missed is found by the next one.
const BACK: SignedDuration = SignedDuration::from_hours(48);

/// What has moved just now may not have been told yet: Stripe's webhooks take seconds, when all is well.
const UNDER_WAY: SignedDuration = SignedDuration::from_mins(10);

/// Of balance transactions that are about no order, so many are kept.
const UNKNOWN: usize = 100;

/// Who plans: the platform itself, when it starts.
pub const PLATFORM: &str = "platform";

/// One reading of Stripe's statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reconciliation {
    /// Which.
    pub id: ReconciliationId,
    /// What moved since then.
    pub from: Timestamp,
    /// What moved before then.
    pub until: Timestamp,
    /// Who asked for it.
    pub asked_by: String,
    /// Since when.
    pub begun_at: Timestamp,
    /// When the last page was read.
    pub finished_at: Option<Timestamp>,
    /// The page that is read next, from 0.
    pub page: u32,
    /// Where it starts.
    pub cursor: Option<String>,
    /// Balance transactions that were read.
    pub transactions: u64,
    /// Those that are about no order.
    pub unknown: u64,
    /// The first of them.
    pub unknown_lines: Vec<StatementLine>,
}

impl Reconciliation {
    /// As its readers see it; `differing` is how many orders differ now.
    #[must_use]
    pub fn view(&self, differing: u64) -> ReconciliationView {
        ReconciliationView {
            reconciliation_id: self.id,
            from: self.from,
            until: self.until,
            asked_by: self.asked_by.clone(),
            begun_at: self.begun_at,
            finished_at: self.finished_at,
            pages: self.page,
            transactions: self.transactions,
            unknown: self.unknown,
            unknown_lines: self.unknown_lines.clone(),
            differing,
        }
    }
}

impl Entity for Reconciliation {
    type Id = ReconciliationId;
    type Table = store::Entity;
    type View = ReconciliationView;

    fn id(&self) -> ReconciliationId {
        self.id
    }

    fn view(&self, _: u64, _: &Principal) -> ReconciliationView {
        self.view(0)
    }

    fn index(&self, row: &mut Row<Self>) {
        row.begun_at = Set(self.begun_at.as_millisecond());
        row.from_at = Set(self.from.as_millisecond());
        // What was yet to move was not read, whoever asked for it.
        row.until_at = Set(self.until.min(self.begun_at).as_millisecond());
        row.finished_at = Set(self.finished_at.map(Timestamp::as_millisecond));
    }
}

// --- when ------------------------------------------------------------------------------------------------------------

/// Promises a day's reconciliation. From then on each promises the next one; the platform plans at every start all the same,
/// for a chain that was broken would never begin again.
pub(crate) fn plan(
    cx: &Cx<'_>,
    reconciliation: Option<Reconciliation>,
    planned: PlanReconciliation,
) -> Result<Change<Reconciliation>, Refusal> {
    match &cx.principal {
        Principal::System(name) if name == PLATFORM => {}
        Principal::System(_) | Principal::User(_) | Principal::Operator(_) | Principal::Finance(_) => {
            return Err(Refusal::NotAllowed);
        }
    }
    let PlanReconciliation { reconciliation_id, due_at } = planned;
    Ok(match reconciliation {
        Some(_) => Change::none(),
        None => Change::none().promise(ReconciliationDeadline { reconciliation_id, due_at }),
    })
}

pub(crate) fn reconcile_daily(
    cx: &Cx<'_>,
    reconciliation: Option<Reconciliation>,
    elapsed: ReconciliationElapsed,
) -> Result<Change<Reconciliation>, Fault> {
    if reconciliation.is_some() {
        return Ok(Change::none());
    }
    let ReconciliationElapsed { reconciliation_id, due_at } = elapsed;
    let next = due_at + DAY;
    let promised = ReconciliationDeadline { reconciliation_id: ReconciliationId::of_day(day(next)), due_at: next };
    let (from, until) = (due_at - UNDER_WAY - BACK, due_at - UNDER_WAY);
    let by = Principal::System(PLATFORM.to_owned()).to_string();
    Ok(begun(cx.now, reconciliation_id, from, until, by).promise(promised))
}

/// The day of a moment, counted from the first of January 1970, UTC.
#[must_use]
pub fn day(at: Timestamp) -> i64 {
    at.as_second().div_euclid(24 * 60 * 60)
}

pub(crate) fn reconcile(
    cx: &Cx<'_>,
    reconciliation: Option<Reconciliation>,
    asked: Reconcile,
) -> Result<Change<Reconciliation>, Refusal> {
    match &cx.principal {
        Principal::Operator(_) | Principal::Finance(_) => {}
        Principal::System(name) if name == PLATFORM => {}
        Principal::System(_) | Principal::User(_) => return Err(Refusal::NotAllowed),
    }
    if reconciliation.is_some() {
        return Ok(Change::none());
    }
    let until = whole_seconds(asked.until.unwrap_or(cx.now - UNDER_WAY));
    let from = asked.since.or(until.checked_sub(BACK).ok()).unwrap_or(until).min(until);
    Ok(begun(cx.now, asked.reconciliation_id, from, until, cx.principal.to_string()))
}

/// Stripe counts in seconds: of one that has begun it would leave out everything.
fn whole_seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

fn begun(
    now: Timestamp,
    id: ReconciliationId,
    from: Timestamp,
    until: Timestamp,
    asked_by: String,
) -> Change<Reconciliation> {
    let reconciliation = Reconciliation {
        id,
        from,
        until,
        asked_by,
        begun_at: now,
        finished_at: None,
        page: 0,
        cursor: None,
        transactions: 0,
        unknown: 0,
        unknown_lines: Vec::new(),
    };
    Change::to(reconciliation).say(StatementPageDue { reconciliation_id: id, page: 0 })
}

// --- reading ---------------------------------------------------------------------------------------------------------

/// A page, unless it was read already.
pub(crate) async fn read_page(
    stripe: Arc<Stripe>,
    reconciliation: Option<Reconciliation>,
    due: StatementPageDue,
) -> Result<Option<StatementPage>, Fault> {
    let under_way = |it: &Reconciliation| it.finished_at.is_none() && it.page == due.page;
    let Some(reconciliation) = reconciliation.filter(under_way) else { return Ok(None) };
    let Reconciliation { from, until, cursor, .. } = reconciliation;
    // The books have it from when they heard of it, which is a little after it moved.
    let from = from.checked_sub(UNDER_WAY).unwrap_or(from);
    stripe.statement(from, until, cursor.as_deref()).await.map(Some).map_err(fault)
}

pub(crate) fn record_page(
    cx: &Cx<'_>,
    reconciliation: Option<Reconciliation>,
    due: StatementPageDue,
    page: Option<StatementPage>,
) -> Result<Change<Reconciliation>, Fault> {
    let under_way = |it: &Reconciliation| it.finished_at.is_none() && it.page == due.page;
    let (Some(mut reconciliation), Some(page)) = (reconciliation.filter(under_way), page) else {
        return Ok(Change::none());
    };
    let reconciliation_id = reconciliation.id;
    let mut by_order: BTreeMap<OrderId, Vec<StatementLine>> = BTreeMap::new();
    for (order_id, line) in page.lines {
        match order_id {
            Some(order_id) => by_order.entry(order_id).or_default().push(line),
            None => {
                reconciliation.unknown += 1;
                if reconciliation.unknown_lines.len() < UNKNOWN {
                    reconciliation.unknown_lines.push(line);
                }
            }
        }
    }
    reconciliation.page += 1;
    reconciliation.transactions += page.transactions;
    reconciliation.cursor.clone_from(&page.next);
    let more = page.next.is_some();
    if !more {
        reconciliation.finished_at = Some(cx.now);
    }
    let Reconciliation { from, until, transactions, unknown, page, .. } = reconciliation;
    let change = by_order.into_iter().fold(Change::to(reconciliation), |change, (order_id, lines)| {
        change.say(StatementRead { order_id, reconciliation_id, lines })
    });
    Ok(if more {
        change.say(StatementPageDue { reconciliation_id, page })
    } else {
        change.say(Reconciled { reconciliation_id, from, until, transactions, unknown })
    })
}

// --- comparing -------------------------------------------------------------------------------------------------------

/// Keeps what Stripe's statement says beside the ledger. A fee that nobody had looked up is booked.
pub(crate) fn keep_statement(
    cx: &Cx<'_>,
    payment: Option<Payment>,
    read: StatementRead,
) -> Result<Change<Payment>, Fault> {
    let known = |payment: &Payment, line: &StatementLine| payment.statement.iter().any(|kept| kept.id == line.id);
    let before = payment.unwrap_or_else(|| Payment::new(read.order_id, Currency::default()));
    let mut payment = before.clone();
    for line in read.lines {
        if !known(&payment, &line) {
            payment.statement.push(line);
        }
    }
    if payment.statement.len() == before.statement.len() {
        return Ok(Change::none());
    }
    payment.statement.sort_by(|one, other| (one.at, &one.id).cmp(&(other.at, &other.id)));
    payment.book_stated_fees(cx.now);
    Ok(Change::to(payment))
}

/// From when until when Stripe's statement was read, oldest first: what was read in one go, or in pieces without a gap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Read(Vec<(Timestamp, Timestamp)>);

impl Read {
    pub(crate) fn of(mut periods: Vec<(Timestamp, Timestamp)>) -> Self {
        periods.sort_unstable();
        let mut read: Vec<(Timestamp, Timestamp)> = Vec::new();
        for (from, until) in periods.into_iter().filter(|(from, until)| from < until) {
            match read.last_mut() {
                Some((_, last)) if from <= *last => *last = until.max(*last),
                Some(_) | None => read.push((from, until)),
            }
        }
        Self(read)
    }

    pub(crate) fn periods(&self) -> &[(Timestamp, Timestamp)] {
        &self.0
    }

    pub(crate) fn has(&self, at: Timestamp) -> bool {
        self.0.iter().any(|(from, until)| (*from..*until).contains(&at))
    }
}

/// Where Stripe's statement and the books differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) since: Timestamp,
    pub(crate) what: String,
}

impl Payment {
    fn book_stated_fees(&mut self, now: Timestamp) {
        let lines = self.statement.clone();
        for line in lines.iter().filter(|line| line.kind == StatementKind::Charge) {
            let charges = self.charges();
            let Some((intent, charge)) = charges.into_iter().find(|(_, charge)| charge.id == line.source) else {
                continue;
            };
            let captured = Captured {
                payment_intent: intent.to_owned(),
                charge: charge.id.clone(),
                captured_cents: charge.captured_cents,
                fee_cents: Some(line.fee_cents),
            };
            self.now_known(now, &captured);
        }
        for dispute in &mut self.disputes {
            let of_it = || lines.iter().filter(|line| line.source == dispute.id);
            let says = |kind| of_it().any(|line| line.kind == kind);
            // What was read without its beginning, or of a dispute that was won without its end, is only half of it.
            let won = dispute.withdrawn_cents == Cents(0);
            let whole = says(StatementKind::Dispute) && (!won || says(StatementKind::DisputeReversal));
            let stated: Cents = of_it().map(|line| line.fee_cents).sum();
            if whole && stated != dispute.fee_cents {
                let more = stated - std::mem::replace(&mut dispute.fee_cents, stated);
                self.ledger.fee(Source { at: now, stripe_id: &dispute.id }, more);
            }
        }
    }

    /// What of Stripe's statement is not in the books, or is there with another amount.
    pub(crate) fn differences(&self) -> Vec<Difference> {
        let difference = |line: &StatementLine| {
            let StatementLine { source, amount_cents, fee_cents, at, .. } = line;
            let ours = self.booked(line);
            let what = match ours {
                None => format!("{source} moved {} at Stripe and is not in the books", amount_cents.0),
                Some((cents, _)) if cents != *amount_cents => {
                    format!("{source} moved {} at Stripe and {} in the books", amount_cents.0, cents.0)
                }
                Some((_, Some(fee))) if fee != *fee_cents => {
                    format!("Stripe kept {} of {source}, the books say {}", fee_cents.0, fee.0)
                }
                Some(_) => return None,
            };
            Some(Difference { since: *at, what })
        };
        let called_off = self.called_off();
        self.statement.iter().filter(|line| !called_off.contains(&line.id.as_str())).filter_map(difference).collect()
    }

    /// Transfers that nobody here made, each with the reversal that took all of it back: together they moved nothing.
    fn called_off(&self) -> Vec<&str> {
        let unknown = |kind| {
            move |line: &&StatementLine| {
                line.kind == kind && line.amount_cents != Cents(0) && self.booked(line).is_none()
            }
        };
        let mut back: Vec<_> = self.statement.iter().filter(unknown(StatementKind::TransferReversal)).collect();
        let mut called_off = Vec::new();
        for sent in self.statement.iter().filter(unknown(StatementKind::Transfer)) {
            let same = |line: &&StatementLine| line.amount_cents + sent.amount_cents == Cents(0);
            if let Some(at) = back.iter().position(same) {
                called_off.extend([sent.id.as_str(), back.swap_remove(at).id.as_str()]);
            }
        }
        called_off
    }

    /// What the books say of a line: how much, and what Stripe kept of it where that is known.
    fn booked(&self, line: &StatementLine) -> Option<(Cents, Option<Cents>)> {
        let refund = || self.refunds.iter().find(|refund| refund.id == line.source);
        let dispute = || self.disputes.iter().find(|dispute| dispute.id == line.source);
        Some(match line.kind {
            StatementKind::Charge => {
                let (_, charge) = self.charges().into_iter().find(|(_, charge)| charge.id == line.source)?;
                (charge.captured_cents, charge.fee_cents)
            }
            StatementKind::Refund => (Cents(0) - refund()?.amount_cents, None),
            StatementKind::RefundFailure => {
                (refund().filter(|refund| refund.outcome == RefundOutcome::Failed)?.amount_cents, None)
            }
            StatementKind::Transfer => {
                let sent = self.transfers.iter().find(|sent| sent.id == line.source)?;
                (Cents(0) - sent.amount_cents, None)
            }
            StatementKind::TransferReversal => {
                let mut reversals = self.transfers.iter().flat_map(|sent| &sent.reversals);
                (reversals.find(|reversal| reversal.id == line.source)?.amount_cents, None)
            }
            StatementKind::Dispute => (Cents(0) - dispute()?.amount_cents, None),
            StatementKind::DisputeReversal => {
                (dispute().filter(|dispute| dispute.withdrawn_cents == Cents(0))?.amount_cents, None)
            }
        })
    }

    /// When something came into the books that Stripe's statement has not confirmed: fine until it was read for that time.
    pub(crate) fn unconfirmed(&self) -> impl Iterator<Item = Timestamp> {
        let confirmed =
            |kind: StatementKind, id: &str| self.statement.iter().any(|line| line.kind == kind && line.source == id);
        let moved = self.ledger.moved();
        let unconfirmed = moved.filter(move |(_, kind, id)| stated(*kind).is_some_and(|kind| !confirmed(kind, id)));
        unconfirmed.map(|(at, _, _)| at)
    }
}

/// What Stripe calls what the books call so; nothing for what moves nothing in its balance.
fn stated(kind: MovementKind) -> Option<StatementKind> {
    match kind {
        MovementKind::Capture | MovementKind::Tip => Some(StatementKind::Charge),
        MovementKind::Payout | MovementKind::TipPayout => Some(StatementKind::Transfer),
        MovementKind::Reversal => Some(StatementKind::TransferReversal),
        MovementKind::Refund => Some(StatementKind::Refund),
        MovementKind::RefundFailed => Some(StatementKind::RefundFailure),
        MovementKind::Dispute => Some(StatementKind::Dispute),
        MovementKind::DisputeWon => Some(StatementKind::DisputeReversal),
        MovementKind::Hold | MovementKind::Release | MovementKind::StripeFee => None,
    }
}
