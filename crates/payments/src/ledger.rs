//! The double-entry ledger of one order's money.
//!
//! An entry is a list of moves from one account to another, so that one that does not balance cannot be written. What
//! readers get are its postings: two per move.

use std::collections::BTreeMap;

use contracts::Cents;
use contracts::payments::{Movement, MovementKind, Posting};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where money is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// The counterpart of what is held: still the customer's.
    CardHolds,
    /// Held on cards.
    Held,
    /// What customers paid (negative) and got back.
    Customer,
    /// Taken, at Stripe, and not shared out yet.
    Stripe,
    /// With the runner.
    Runner,
    /// The platform's own.
    Platform,
    /// What Stripe keeps for itself.
    StripeFees,
    /// Taken back by customers' banks.
    Disputes,
}

impl Account {
    /// All of them.
    pub(crate) const ALL: [Self; 8] = [
        Self::CardHolds,
        Self::Held,
        Self::Customer,
        Self::Stripe,
        Self::Runner,
        Self::Platform,
        Self::StripeFees,
        Self::Disputes,
    ];

    /// As readers know it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CardHolds => "card_holds",
            Self::Held => "held",
            Self::Customer => "customer",
            Self::Stripe => "stripe",
            Self::Runner => "runner",
            Self::Platform => "platform",
            Self::StripeFees => "stripe_fees",
            Self::Disputes => "disputes",
        }
    }
}

/// Money that goes from one account to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Move {
    from: Account,
    to: Account,
    cents: Cents,
}

/// Something that happened to money. Its first move is what it was about; the others follow from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    at: Timestamp,
    kind: MovementKind,
    stripe_id: String,
    moves: Vec<Move>,
}

/// Everything that happened to one order's money, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ledger(Vec<Entry>);

/// When something happened, and which of Stripe's objects says so.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'a> {
    pub(crate) at: Timestamp,
    pub(crate) stripe_id: &'a str,
}

impl Ledger {
    pub(crate) fn hold(&mut self, source: Source<'_>, cents: Cents) {
        self.post(source, MovementKind::Hold, &[(Account::CardHolds, Account::Held, cents)]);
    }

    pub(crate) fn release(&mut self, source: Source<'_>, cents: Cents) {
        self.post(source, MovementKind::Release, &[(Account::Held, Account::CardHolds, cents)]);
    }

    /// Of `held`, `captured` is taken and the rest is let go.
    pub(crate) fn capture(&mut self, source: Source<'_>, held: Cents, captured: Cents) {
        let taken = captured.min(held);
        let moves = [(Account::Customer, Account::Stripe, captured), (Account::Held, Account::CardHolds, taken)];
        self.post(source, MovementKind::Capture, &moves);
        self.release(source, held - taken);
    }

    pub(crate) fn fee(&mut self, source: Source<'_>, cents: Cents) {
        self.post(source, MovementKind::StripeFee, &[(Account::Platform, Account::StripeFees, cents)]);
    }

    pub(crate) fn payout(&mut self, source: Source<'_>, cents: Cents) {
        self.post(source, MovementKind::Payout, &[(Account::Stripe, Account::Runner, cents)]);
    }

    pub(crate) fn reversal(&mut self, source: Source<'_>, cents: Cents) {
        self.post(source, MovementKind::Reversal, &[(Account::Runner, Account::Stripe, cents)]);
    }

    pub(crate) fn refund(&mut self, source: Source<'_>, cents: Cents) {
        self.post(source, MovementKind::Refund, &[(Account::Stripe, Account::Customer, cents)]);
    }

    /// A refund came back.
    pub(crate) fn refund_failed(&mut self, source: Source<'_>, cents: Cents) {
        self.post(source, MovementKind::RefundFailed, &[(Account::Customer, Account::Stripe, cents)]);
    }

    pub(crate) fn dispute(&mut self, source: Source<'_>, cents: Cents) {
        self.post(source, MovementKind::Dispute, &[(Account::Stripe, Account::Disputes, cents)]);
    }

    /// The bank gives a disputed amount back.
    pub(crate) fn dispute_won(&mut self, source: Source<'_>, cents: Cents) {
        self.post(source, MovementKind::DisputeWon, &[(Account::Disputes, Account::Stripe, cents)]);
    }

    pub(crate) fn tip(&mut self, source: Source<'_>, cents: Cents) {
        self.post(source, MovementKind::Tip, &[(Account::Customer, Account::Stripe, cents)]);
    }

    pub(crate) fn tip_payout(&mut self, source: Source<'_>, cents: Cents) {
        self.post(source, MovementKind::TipPayout, &[(Account::Stripe, Account::Runner, cents)]);
    }

    /// What customers paid and neither got back nor runners or banks have: at Stripe, or shared out to the platform.
    pub(crate) fn left(&self) -> Cents {
        Cents(0) - self.balance(Account::Customer) - self.balance(Account::Runner) - self.balance(Account::Disputes)
    }

    /// Leaves `cents` at Stripe: what is more is the platform's, and what is missing the platform pays. It belongs to what
    /// happened last if that was at the same time, or else it is the end of a payout.
    pub(crate) fn level(&mut self, at: Timestamp, cents: Cents) {
        let Some(share) = Move::new(Account::Stripe, Account::Platform, self.balance(Account::Stripe) - cents) else {
            return;
        };
        match self.0.last_mut().filter(|entry| entry.at == at) {
            Some(entry) => entry.moves.push(share),
            None => self.0.push(Entry { at, kind: MovementKind::Payout, stripe_id: String::new(), moves: vec![share] }),
        }
    }

    /// What an account comes to.
    #[must_use]
    pub fn balance(&self, account: Account) -> Cents {
        let moves = self.0.iter().flat_map(|entry| &entry.moves);
        moves.map(|step| in_of(step, account) - out_of(step, account)).sum()
    }

    /// What each account comes to, by its name.
    #[must_use]
    pub fn balances(&self) -> BTreeMap<String, Cents> {
        Account::ALL.iter().map(|account| (account.name().to_owned(), self.balance(*account))).collect()
    }

    /// As an auditor reads it, oldest first.
    #[must_use]
    pub fn postings(&self) -> Vec<Posting> {
        let numbered = self.0.iter().zip(1_u32..);
        numbered
            .flat_map(|(entry, number)| entry.moves.iter().flat_map(move |step| step.postings(entry, number)))
            .collect()
    }

    /// As a receipt shows it, oldest first.
    #[must_use]
    pub fn movements(&self) -> Vec<Movement> {
        let movement = |entry: &Entry| {
            let first = entry.moves.first()?;
            // Where nothing was left for the runner, an entry of a payout has the platform's share alone.
            let nobodys = entry.kind == MovementKind::Payout && first.to != Account::Runner;
            (!nobodys).then_some(Movement { at: entry.at, kind: entry.kind, amount_cents: first.cents })
        };
        self.0.iter().filter_map(movement).collect()
    }

    /// What moved money at Stripe: when, what, and which of Stripe's objects says so.
    pub(crate) fn moved(&self) -> impl Iterator<Item = (Timestamp, MovementKind, &str)> {
        let moved = |entry: &&Entry| {
            let first = entry.moves.first();
            first.is_some_and(|first| entry.kind != MovementKind::Payout || first.to == Account::Runner)
        };
        self.0.iter().filter(moved).map(|entry| (entry.at, entry.kind, entry.stripe_id.as_str()))
    }

    /// When the last thing happened.
    pub(crate) fn ended(&self) -> Option<Timestamp> {
        self.0.last().map(|entry| entry.at)
    }

    /// When the first thing happened.
    #[must_use]
    pub fn began(&self) -> Option<Timestamp> {
        self.0.first().map(|entry| entry.at)
    }

    fn post(&mut self, source: Source<'_>, kind: MovementKind, moves: &[(Account, Account, Cents)]) {
        let moves: Vec<Move> = moves.iter().filter_map(|(from, to, cents)| Move::new(*from, *to, *cents)).collect();
        if !moves.is_empty() {
            self.0.push(Entry { at: source.at, kind, stripe_id: source.stripe_id.to_owned(), moves });
        }
    }
}

impl Move {
    /// Nothing for nothing; a negative amount goes the other way.
    fn new(from: Account, to: Account, cents: Cents) -> Option<Self> {
        match cents.0 {
            0 => None,
            1.. => Some(Self { from, to, cents }),
            ..0 => Some(Self { from: to, to: from, cents: Cents(0) - cents }),
        }
    }

    fn postings(&self, entry: &Entry, number: u32) -> [Posting; 2] {
        let posting = |account: Account, amount_cents: Cents| Posting {
            at: entry.at,
            entry: number,
            what: kind_name(entry.kind).to_owned(),
            account: account.name().to_owned(),
            amount_cents,
            stripe_id: entry.stripe_id.clone(),
        };
        [posting(self.from, Cents(0) - self.cents), posting(self.to, self.cents)]
    }
}

fn in_of(step: &Move, account: Account) -> Cents {
    if step.to == account { step.cents } else { Cents(0) }
}

fn out_of(step: &Move, account: Account) -> Cents {
    if step.from == account { step.cents } else { Cents(0) }
}

fn kind_name(kind: MovementKind) -> &'static str {
    match kind {
        MovementKind::Hold => "hold",
        MovementKind::Release => "release",
        MovementKind::Capture => "capture",
        MovementKind::Payout => "payout",
        MovementKind::Reversal => "reversal",
        MovementKind::Refund => "refund",
        MovementKind::RefundFailed => "refund_failed",
        MovementKind::Tip => "tip",
        MovementKind::TipPayout => "tip_payout",
        MovementKind::StripeFee => "stripe_fee",
        MovementKind::Dispute => "dispute",
        MovementKind::DisputeWon => "dispute_won",
    }
}
