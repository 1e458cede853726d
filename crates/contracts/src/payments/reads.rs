//! What people may read about money.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalogue::Sample;
use crate::orders::Viewer;
use crate::payments::{
    Bearer, GetReconciliation, ListMoneyStandings, ListReconciliations, MoneyStandings, ReconciliationView,
    Reconciliations,
};
use crate::tasks::Tasks;
use crate::timers::sample_order;
use crate::users::sample_user;
use crate::{Cents, Currency, OrderId, Text, UserId};

/// Which order is this PaymentIntent, charge or transfer of Stripe's about? Refused with `not_found`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FindPayment {
    /// Stripe's id: `pi_…`, `ch_…` or `tr_…`.
    pub stripe_id: String,
}

/// The order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FoundPayment {
    /// Which.
    pub order_id: OrderId,
}

/// How far an order's money has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MoneyStage {
    /// Nothing was ever held.
    Nothing,
    /// The bank said no.
    Declined,
    /// The bank waits for the customer.
    ActionRequired,
    /// Held.
    Held,
    /// Given back.
    Released,
    /// Taken from the customer, not yet with the runner.
    Captured,
    /// With the runner.
    PaidOut,
    /// All of it given back after it was taken.
    Refunded,
}

/// What happened to money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MovementKind {
    /// Held on the customer's card.
    Hold,
    /// The hold, or what was left of it, was let go.
    Release,
    /// Taken from the customer.
    Capture,
    /// To the runner.
    Payout,
    /// Back from the runner.
    Reversal,
    /// Back to the customer.
    Refund,
    /// A refund that did not arrive: the money is here again.
    RefundFailed,
    /// A tip after the delivery, from the customer.
    Tip,
    /// The tip, to the runner.
    TipPayout,
    /// What Stripe takes for itself, from the platform.
    StripeFee,
    /// Taken back by the customer's bank.
    Dispute,
    /// A dispute that was won: back from the bank.
    DisputeWon,
}

/// One movement, as a receipt shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Movement {
    /// When, UTC.
    pub at: Timestamp,
    /// What.
    pub kind: MovementKind,
    /// How much; never negative, the kind says which way.
    pub amount_cents: Cents,
}

/// How does an order's money stand? Refused with `not_found` also for orders that the viewer has no part in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GetMoney {
    /// The order.
    pub order_id: OrderId,
    /// Who looks.
    pub viewer: Viewer,
}

/// An order's money, as one viewer may see it: customers see what they paid and got back, runners what they were paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MoneyView {
    /// The order.
    pub order_id: OrderId,
    /// How far it has come.
    pub stage: MoneyStage,
    /// In what.
    pub currency: Currency,
    /// Held now.
    pub held_cents: Cents,
    /// Taken from the customer, tips included.
    pub captured_cents: Cents,
    /// Given back after it was taken.
    pub refunded_cents: Cents,
    /// Paid to the runner, tips included, less what was taken back.
    pub paid_out_cents: Cents,
    /// Oldest first.
    pub movements: Vec<Movement>,
    /// Where the customer answers their bank; only for them, only while the bank waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action_url: Option<String>,
}

/// The books of one order. Refused with `not_found`. For operators and finance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GetAudit {
    /// The order.
    pub order_id: OrderId,
}

/// One posting of the double-entry ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Posting {
    /// When, UTC.
    pub at: Timestamp,
    /// Postings of one entry sum to zero; entries count from 1.
    pub entry: u32,
    /// What happened: `hold`, `release`, `capture`, `payout`, ….
    pub what: String,
    /// `card_holds`, `held`, `customer`, `stripe`, `runner`, `platform`, `stripe_fees`, `disputes`.
    pub account: String,
    /// Added to the account; negative when taken from it.
    pub amount_cents: Cents,
    /// Stripe's object: `pi_…`, `ch_…`, `tr_…`, `re_…`.
    pub stripe_id: String,
}

/// Something that must hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditCheck {
    /// Stable: `entries_balance`, `captured_within_held`, `refunded_within_captured`, `captured_is_shared_out`,
    /// `cancelled_holds_nothing`, `settled_or_waiting`, ….
    pub name: String,
    /// Whether it does.
    pub ok: bool,
    /// In words, with the figures.
    pub detail: String,
}

/// The books of one order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Audit {
    /// The order.
    pub order_id: OrderId,
    /// How far its money has come.
    pub stage: MoneyStage,
    /// Oldest first.
    pub postings: Vec<Posting>,
    /// What each account comes to.
    pub balances: BTreeMap<String, Cents>,
    /// What must hold.
    pub checks: Vec<AuditCheck>,
    /// Whether all of it does.
    pub ok: bool,
    /// What staff asked to be given back, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refunds: Vec<RefundNote>,
}

/// A refund that staff asked for, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RefundNote {
    /// The how manyeth of this order, from 1.
    pub number: u32,
    /// How much was asked for.
    pub amount_cents: Cents,
    /// Who was to bear it.
    pub bearer: Bearer,
    /// Why.
    pub reason: Text<200>,
    /// Who asked, in their office: `opr_…` or `fin_…`.
    pub by: String,
    /// When, UTC.
    pub at: Timestamp,
}

/// The books of all orders. For operators and finance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditAll {
    /// Where the previous page ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// At most this many orders, 1 to 1000.
    pub limit: u32,
}

/// What the audit of many orders found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditSummary {
    /// Orders looked at.
    pub orders: u64,
    /// What each account comes to.
    pub balances: BTreeMap<String, Cents>,
    /// Of those, the ones whose books are wrong; at most 100.
    pub wrong: Vec<Audit>,
    /// Where the next page starts; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// What has this person earned and spent? Refused with `bad_cursor`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GetWallet {
    /// Who.
    pub user_id: UserId,
    /// Where the previous page of lines ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// At most this many orders' lines, 1 to 100.
    pub limit: u32,
}

/// One line of a wallet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WalletLine {
    /// The order.
    pub order_id: OrderId,
    /// When, UTC.
    pub at: Timestamp,
    /// What.
    pub kind: MovementKind,
    /// Positive towards the person, negative from them.
    pub amount_cents: Cents,
}

/// A person's money on the platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Wallet {
    /// In what.
    pub currency: Currency,
    /// Paid to them for deliveries, tips included, less what was taken back.
    pub earned_cents: Cents,
    /// Taken from the customers of their deliveries, but not yet paid to them.
    pub waiting_cents: Cents,
    /// Taken from their cards for their own orders, less what was given back.
    pub spent_cents: Cents,
    /// Held on their cards now.
    pub held_cents: Cents,
    /// Whether they have a payout account that can be paid.
    pub payable: bool,
    /// Newest order first.
    pub lines: Vec<WalletLine>,
    /// Where the next page starts; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Which cards does this person have?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ListCards {
    /// Who.
    pub user_id: UserId,
}

/// A card, as its owner recognises it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CardView {
    /// Stripe's payment method.
    pub payment_method: String,
    /// `visa`, `mastercard`, ….
    pub brand: String,
    /// The last four digits.
    pub last4: String,
    /// 1 to 12.
    pub exp_month: u32,
    /// Four digits.
    pub exp_year: u32,
    /// Whether it is the one that is charged.
    pub default: bool,
}

/// A person's cards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cards {
    /// Oldest first.
    pub cards: Vec<CardView>,
}

/// Which pages of Stripe's are open for this person?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GetPages {
    /// Who.
    pub user_id: UserId,
}

/// A page of Stripe's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Page {
    /// The how manyeth.
    pub number: u32,
    /// Where.
    pub url: String,
    /// Until when it can be used, UTC.
    pub until: Timestamp,
}

/// The newest of each kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Pages {
    /// To set up a card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card_setup: Option<Page>,
    /// To open or complete the payout account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub onboarding: Option<Page>,
    /// Whether the payout account can be paid.
    pub payable: bool,
}

/// What about money is there for an operator to do?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ListMoneyTasks {}

crate::message::questions! { "payments":
    "find" FindPayment -> FoundPayment,
    "money" GetMoney -> MoneyView,
    "audit" GetAudit -> Audit,
    "audit_all" AuditAll -> AuditSummary,
    "wallet" GetWallet -> Wallet,
    "cards" ListCards -> Cards,
    "pages" GetPages -> Pages,
    "tasks" ListMoneyTasks -> Tasks,
    "reconciliation" GetReconciliation -> ReconciliationView,
    "reconciliations" ListReconciliations -> Reconciliations,
    "standings" ListMoneyStandings -> MoneyStandings,
}

impl Sample for FindPayment {
    fn sample() -> Self {
        Self { stripe_id: "pi_1Pq".into() }
    }
}

impl Sample for GetMoney {
    fn sample() -> Self {
        Self { order_id: sample_order(), viewer: Viewer { user_id: sample_user(), operator: false } }
    }
}

impl Sample for GetAudit {
    fn sample() -> Self {
        Self { order_id: sample_order() }
    }
}

impl Sample for AuditAll {
    fn sample() -> Self {
        Self { cursor: None, limit: 100 }
    }
}

impl Sample for GetWallet {
    fn sample() -> Self {
        Self { user_id: sample_user(), cursor: None, limit: 20 }
    }
}

impl Sample for ListCards {
    fn sample() -> Self {
        Self { user_id: sample_user() }
    }
}

impl Sample for GetPages {
    fn sample() -> Self {
        Self { user_id: sample_user() }
    }
}

impl Sample for ListMoneyTasks {
    fn sample() -> Self {
        Self {}
    }
}
