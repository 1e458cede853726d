//! What orders decides and says: the life of an order, from placed to completed or cancelled.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalogue::Sample;
use crate::place::{DeliverTo, Store};
use crate::quote::{Item, Pick, SealedQuote};
use crate::timers::{sample_order, sample_time};
use crate::users::sample_user;
use crate::{Cents, Currency, Id, OrderId, SavedId, Text, UserId, VendorId};

mod reads;
pub use reads::*;

/// Where an order stands. The names are the predecessor's; `ACTION_REQUIRED` and `CLAIMED` are new.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Stored; the payment is being secured.
    Pending,
    /// The bank wants the customer.
    ActionRequired,
    /// Paid for (funds held) and on offer to runners.
    Created,
    /// A runner won it and is being checked.
    Claimed,
    /// The runner is theirs.
    Accepted,
    /// The runner has bought it.
    Placed,
    /// On its way.
    OnTheWay,
    /// Handed over.
    Delivered,
    /// Captured and paid out.
    Completed,
    /// Over, for a reason.
    Cancelled,
}

impl Status {
    /// The name as JSON and the database write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::ActionRequired => "ACTION_REQUIRED",
            Self::Created => "CREATED",
            Self::Claimed => "CLAIMED",
            Self::Accepted => "ACCEPTED",
            Self::Placed => "PLACED",
            Self::OnTheWay => "ON_THE_WAY",
            Self::Delivered => "DELIVERED",
            Self::Completed => "COMPLETED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

/// Why an order was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    /// The customer changed their mind.
    Customer,
    /// Nobody took it in time.
    Expired,
    /// The bank said no.
    PaymentDeclined,
    /// No card on file.
    NoPaymentMethod,
    /// The customer did not answer the bank in time.
    ActionTimedOut,
    /// The runner did not deliver.
    RunnerFailed,
    /// An operator did it.
    Operator,
}

/// What every event of an order says about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct About {
    /// The order.
    pub order_id: OrderId,
    /// Its version with this event in it.
    pub version: u64,
    /// Where it stands now.
    pub status: Status,
    /// Whose order it is.
    pub customer_id: UserId,
    /// Who delivers it, once somebody does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runner_id: Option<UserId>,
    /// When, UTC.
    pub at: Timestamp,
}

// --- intents ---------------------------------------------------------------------------------------------------------

/// Places an order on a quote. The principal must be the quote's customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlaceOrder {
    /// Chosen by who asks, derived from their idempotency key.
    pub order_id: OrderId,
    /// What the server offered.
    pub quote: SealedQuote,
}

/// Takes an order on offer. The principal becomes its runner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AcceptOrder {
    /// The order on offer.
    pub order_id: OrderId,
}

/// The steps that a runner takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Step {
    /// Bought, or ordered at the counter.
    Placed,
    /// On the way to the customer.
    OnTheWay,
    /// Handed over.
    Delivered,
}

/// Moves an order on. The principal must be its runner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AdvanceOrder {
    /// The order under way.
    pub order_id: OrderId,
    /// The next step.
    pub to: Step,
    /// What the customer showed at the door; needed for `DELIVERED`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<String>,
    /// What the till receipt says; needed for `PLACED` of an errand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt_cents: Option<Cents>,
    /// When the runner did it, UTC, if they could tell nobody then. It is shown beside the time at which it was heard of, which
    /// is the one that deadlines go by; one that cannot be is taken as the nearest that can: not before the step before it,
    /// and not after it was heard of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
}

/// Gives an order back. The principal must be its runner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WithdrawOrder {
    /// The order.
    pub order_id: OrderId,
}

/// Asks the customer whether something else, or more money, is all right. The principal must be the order's runner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProposeChange {
    /// The order.
    pub order_id: OrderId,
    /// What the runner would spend at the counter.
    pub items_cents: Cents,
    /// What would be different, in the runner's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text<200>>,
}

/// Answers what the runner asked. The principal must be the order's customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AnswerChange {
    /// The order.
    pub order_id: OrderId,
    /// Whether it is all right.
    pub agree: bool,
}

/// The runner is at the door and nobody opens: from now on the no-show deadline runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReportArrival {
    /// The order.
    pub order_id: OrderId,
}

/// The customer has it, and says so themselves instead of showing the PIN.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConfirmDelivery {
    /// The order.
    pub order_id: OrderId,
}

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// It was never handed over.
    NotReceived,
    /// Not what was ordered.
    WrongItems,
    /// Spilt, cold, spoilt.
    Quality,
    /// Too much was charged, or too little paid.
    Money,
    /// The other side did not behave.
    Conduct,
    /// None of these.
    Other,
}

/// Somebody of the order wants an operator to look at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReportProblem {
    /// The order.
    pub order_id: OrderId,
    /// What went wrong.
    pub kind: ProblemKind,
    /// In their own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text<500>>,
}

/// An operator has settled the reported problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ResolveProblem {
    /// The order.
    pub order_id: OrderId,
    /// How.
    pub note: Text<200>,
}

/// One side says how the other one was; once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RateOrder {
    /// The order.
    pub order_id: OrderId,
    /// 1 to 5.
    pub stars: u8,
    /// In their own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<Text<300>>,
}

/// The customer gives the runner something on top, after the delivery; once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TipOrder {
    /// The order.
    pub order_id: OrderId,
    /// How much.
    pub tip_cents: Cents,
}

/// What a saved basket holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Basket {
    /// Where to buy.
    pub store: Store,
    /// Where to bring it.
    pub deliver_to: DeliverTo,
    /// Free text with estimated prices.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
    /// Whose price list the picks are from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_id: Option<VendorId>,
    /// Picked from that list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub picks: Vec<Pick>,
    /// What the runner shall earn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_fee_cents: Option<Cents>,
    /// What the runner shall earn on top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tip_cents: Option<Cents>,
}

/// Keeps a basket for another time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SaveBasket {
    /// Whose; the principal.
    pub user_id: UserId,
    /// Chosen by who asks, derived from their idempotency key.
    pub saved_id: SavedId,
    /// What to call it.
    pub name: Text<60>,
    /// What it holds.
    pub basket: Basket,
}

/// Calls a saved basket something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RenameSaved {
    /// Whose; the principal.
    pub user_id: UserId,
    /// Which.
    pub saved_id: SavedId,
    /// What to call it.
    pub name: Text<60>,
}

/// Throws a saved basket away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeleteSaved {
    /// Whose; the principal.
    pub user_id: UserId,
    /// Which.
    pub saved_id: SavedId,
}

/// One thing on a price list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MenuItem {
    /// The vendor's own, stable name for it.
    pub item_id: Text<50>,
    /// What people call it.
    pub name: Text<100>,
    /// The price of one.
    pub price_cents: Cents,
    /// Whether it can be had today.
    pub available: bool,
}

/// Sets a vendor's whole price list. For vendors' own systems and for operators.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PublishMenu {
    /// Whose.
    pub vendor_id: VendorId,
    /// Where it is.
    pub store: Store,
    /// Whether they take orders now.
    pub open: bool,
    /// At most 500.
    pub items: Vec<MenuItem>,
}

/// Calls an order off. The principal must be its customer, or an operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CancelOrder {
    /// The order.
    pub order_id: OrderId,
    /// In the customer's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text<200>>,
}

// --- events ----------------------------------------------------------------------------------------------------------

/// An order is stored; its payment is to be secured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderPlaced {
    /// The order.
    #[serde(flatten)]
    pub about: About,
    /// What is to be held.
    pub total_cents: Cents,
    /// In what.
    pub currency: Currency,
}

/// An order is paid for and on offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderOpened {
    /// The order.
    #[serde(flatten)]
    pub about: About,
    /// How long it is on offer, UTC.
    pub until: Timestamp,
}

/// The bank wants the customer (3-D Secure) before it holds the money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderActionRequired {
    /// The order.
    #[serde(flatten)]
    pub about: About,
    /// By when, UTC.
    pub until: Timestamp,
}

/// A hold arrived for an order that was over already; payments gives it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderLateHold {
    /// The order.
    #[serde(flatten)]
    pub about: About,
}

/// A runner won an order and is to be checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderClaimed {
    /// The order.
    #[serde(flatten)]
    pub about: About,
    /// Who won it.
    pub claimed_by: UserId,
}

/// The runner was not allowed to have it, or gave it back: on offer again. A refused claim leaves the offer's end as it was,
/// a withdrawal sets a new one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderReopened {
    /// The order.
    #[serde(flatten)]
    pub about: About,
    /// Who had claimed it.
    pub was_claimed_by: UserId,
    /// Stable code of the reason, for example `no_payout_account`, or `withdrawn`.
    pub reason: String,
    /// How long it is on offer, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// The runner asks the customer whether something else, or more money, is all right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderChangeProposed {
    /// The order.
    #[serde(flatten)]
    pub about: About,
    /// What the runner would spend at the counter.
    pub items_cents: Cents,
    /// How much more than what is held that takes.
    pub excess_cents: Cents,
    /// An answer is due by then, UTC; silence is a no.
    pub until: Timestamp,
}

/// The customer agreed to more than what is held; the rest is to be secured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderExcessAgreed {
    /// The order.
    #[serde(flatten)]
    pub about: About,
    /// How much more is to be held.
    pub excess_cents: Cents,
    /// In what.
    pub currency: Currency,
}

/// The change is all right, and the money for it is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderChangeAgreed {
    /// The order.
    #[serde(flatten)]
    pub about: About,
    /// What the runner may spend at the counter.
    pub items_cents: Cents,
}

/// The change is not to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderChangeRefused {
    /// The order.
    #[serde(flatten)]
    pub about: About,
    /// `customer`, `silence`, or `declined` by the bank.
    pub reason: String,
}

/// The runner waits at the door.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderRunnerWaits {
    /// The order.
    #[serde(flatten)]
    pub about: About,
    /// After this moment the runner may leave it there, UTC.
    pub until: Timestamp,
}

/// The runner has waited long enough: they may leave it there without the PIN.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderNoShow {
    /// The order.
    #[serde(flatten)]
    pub about: About,
}

/// Somebody of the order wants an operator to look at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderProblemReported {
    /// The order.
    #[serde(flatten)]
    pub about: About,
    /// By whom.
    pub by: UserId,
    /// What went wrong.
    pub kind: ProblemKind,
}

/// An operator has settled it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderProblemResolved {
    /// The order.
    #[serde(flatten)]
    pub about: About,
}

/// One side was rated by the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderRated {
    /// The order.
    #[serde(flatten)]
    pub about: About,
    /// Who rated.
    pub by: UserId,
    /// Who was rated.
    pub of: UserId,
    /// 1 to 5.
    pub stars: u8,
}

/// The customer gives a tip after the delivery; it is to be charged and paid out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderTipAgreed {
    /// The order.
    #[serde(flatten)]
    pub about: About,
    /// Who gets it.
    pub tipped: UserId,
    /// How much.
    pub tip_cents: Cents,
    /// In what.
    pub currency: Currency,
}
/// The runner has the order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderAccepted {
    /// The order.
    #[serde(flatten)]
    pub about: About,
    /// When it is to be delivered, UTC.
    pub deliver_by: Timestamp,
}

/// The runner has bought it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderPurchased {
    /// The order.
    #[serde(flatten)]
    pub about: About,
}

/// The runner is on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderDeparted {
    /// The order.
    #[serde(flatten)]
    pub about: About,
}

/// Handed over; the runner is to be paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderDelivered {
    /// The order.
    #[serde(flatten)]
    pub about: About,
    /// Who delivered it.
    pub delivered_by: UserId,
    /// What is to be taken from the customer.
    pub total_cents: Cents,
    /// What of it goes to the runner.
    pub payout_cents: Cents,
    /// In what.
    pub currency: Currency,
}

/// Not delivered in time; the customer may call it off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderOverdue {
    /// The order.
    #[serde(flatten)]
    pub about: About,
}

/// Captured and paid out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderCompleted {
    /// The order.
    #[serde(flatten)]
    pub about: About,
}

/// Over, for a reason; payments gives back whatever is held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderCancelled {
    /// The order.
    #[serde(flatten)]
    pub about: About,
    /// Why.
    pub reason: CancelReason,
}

crate::message::messages! { "orders":
    Intent "place" PlaceOrder by order_id: OrderId,
    Intent "accept" AcceptOrder by order_id: OrderId,
    Intent "advance" AdvanceOrder by order_id: OrderId,
    Intent "cancel" CancelOrder by order_id: OrderId,
    Intent "withdraw" WithdrawOrder by order_id: OrderId,
    Intent "propose" ProposeChange by order_id: OrderId,
    Intent "answer" AnswerChange by order_id: OrderId,
    Intent "arrive" ReportArrival by order_id: OrderId,
    Intent "confirm" ConfirmDelivery by order_id: OrderId,
    Intent "report_problem" ReportProblem by order_id: OrderId,
    Intent "resolve_problem" ResolveProblem by order_id: OrderId,
    Intent "rate" RateOrder by order_id: OrderId,
    Intent "tip" TipOrder by order_id: OrderId,
    Intent "save_basket" SaveBasket by user_id: UserId,
    Intent "rename_saved" RenameSaved by user_id: UserId,
    Intent "delete_saved" DeleteSaved by user_id: UserId,
    Intent "publish_menu" PublishMenu by vendor_id: VendorId,
    Event "placed" OrderPlaced by about.order_id: OrderId,
    Event "opened" OrderOpened by about.order_id: OrderId,
    Event "action_required" OrderActionRequired by about.order_id: OrderId,
    Event "change_proposed" OrderChangeProposed by about.order_id: OrderId,
    Event "excess_agreed" OrderExcessAgreed by about.order_id: OrderId,
    Event "change_agreed" OrderChangeAgreed by about.order_id: OrderId,
    Event "change_refused" OrderChangeRefused by about.order_id: OrderId,
    Event "runner_waits" OrderRunnerWaits by about.order_id: OrderId,
    Event "no_show" OrderNoShow by about.order_id: OrderId,
    Event "problem_reported" OrderProblemReported by about.order_id: OrderId,
    Event "problem_resolved" OrderProblemResolved by about.order_id: OrderId,
    Event "rated" OrderRated by about.order_id: OrderId,
    Event "tip_agreed" OrderTipAgreed by about.order_id: OrderId,
    Event "late_hold" OrderLateHold by about.order_id: OrderId,
    Event "claimed" OrderClaimed by about.order_id: OrderId,
    Event "reopened" OrderReopened by about.order_id: OrderId,
    Event "accepted" OrderAccepted by about.order_id: OrderId,
    Event "purchased" OrderPurchased by about.order_id: OrderId,
    Event "departed" OrderDeparted by about.order_id: OrderId,
    Event "delivered" OrderDelivered by about.order_id: OrderId,
    Event "overdue" OrderOverdue by about.order_id: OrderId,
    Event "completed" OrderCompleted by about.order_id: OrderId,
    Event "cancelled" OrderCancelled by about.order_id: OrderId,
}

// --- samples ---------------------------------------------------------------------------------------------------------

fn about(status: Status) -> About {
    About {
        order_id: sample_order(),
        version: 3,
        status,
        customer_id: sample_user(),
        runner_id: None,
        at: sample_time(),
    }
}

fn store() -> Store {
    Store { name: Text::sample(), location: Text::sample() }
}

fn deliver_to() -> DeliverTo {
    DeliverTo { building: Text::sample(), room: Text::sample(), note: None }
}

fn saved() -> SavedId {
    SavedId::from_uuid(uuid::Uuid::from_u128(0x0198_c2f6_0000_7000_8000_0000_0000_5a7e))
}

pub(crate) fn vendor() -> VendorId {
    VendorId::from_uuid(uuid::Uuid::from_u128(0x0198_c2f6_0000_7000_8000_0000_0000_f00d))
}

impl Sample for PlaceOrder {
    fn sample() -> Self {
        Self { order_id: sample_order(), quote: SealedQuote("quo_eyJjdXN0b21lcl9pZCI6…".into()) }
    }
}

impl Sample for AcceptOrder {
    fn sample() -> Self {
        Self { order_id: sample_order() }
    }
}

impl Sample for AdvanceOrder {
    fn sample() -> Self {
        Self {
            order_id: sample_order(),
            to: Step::Delivered,
            pin: Some("4711".into()),
            receipt_cents: None,
            occurred_at: None,
        }
    }
}

impl Sample for CancelOrder {
    fn sample() -> Self {
        Self { order_id: sample_order(), note: None }
    }
}

impl Sample for OrderPlaced {
    fn sample() -> Self {
        Self { about: about(Status::Pending), total_cents: Cents(1_090), currency: Currency::Sgd }
    }
}

impl Sample for OrderOpened {
    fn sample() -> Self {
        Self { about: about(Status::Created), until: sample_time() }
    }
}

impl Sample for OrderLateHold {
    fn sample() -> Self {
        Self { about: about(Status::Cancelled) }
    }
}

impl Sample for OrderClaimed {
    fn sample() -> Self {
        Self { about: about(Status::Claimed), claimed_by: sample_user() }
    }
}

impl Sample for OrderReopened {
    fn sample() -> Self {
        Self {
            about: about(Status::Created),
            was_claimed_by: sample_user(),
            reason: "no_payout_account".into(),
            until: None,
        }
    }
}

impl Sample for OrderAccepted {
    fn sample() -> Self {
        Self { about: about(Status::Accepted), deliver_by: sample_time() }
    }
}

impl Sample for OrderPurchased {
    fn sample() -> Self {
        Self { about: about(Status::Placed) }
    }
}

impl Sample for OrderDeparted {
    fn sample() -> Self {
        Self { about: about(Status::OnTheWay) }
    }
}

impl Sample for OrderDelivered {
    fn sample() -> Self {
        Self {
            about: about(Status::Delivered),
            delivered_by: sample_user(),
            total_cents: Cents(1_090),
            payout_cents: Cents(1_090),
            currency: Currency::Sgd,
        }
    }
}

impl Sample for OrderOverdue {
    fn sample() -> Self {
        Self { about: about(Status::OnTheWay) }
    }
}

impl Sample for OrderCompleted {
    fn sample() -> Self {
        Self { about: about(Status::Completed) }
    }
}

impl Sample for OrderCancelled {
    fn sample() -> Self {
        Self { about: about(Status::Cancelled), reason: CancelReason::Expired }
    }
}

impl Sample for WithdrawOrder {
    fn sample() -> Self {
        Self { order_id: sample_order() }
    }
}

impl Sample for ProposeChange {
    fn sample() -> Self {
        Self { order_id: sample_order(), items_cents: Cents(1_250), note: None }
    }
}

impl Sample for AnswerChange {
    fn sample() -> Self {
        Self { order_id: sample_order(), agree: true }
    }
}

impl Sample for ReportArrival {
    fn sample() -> Self {
        Self { order_id: sample_order() }
    }
}

impl Sample for ConfirmDelivery {
    fn sample() -> Self {
        Self { order_id: sample_order() }
    }
}

impl Sample for ReportProblem {
    fn sample() -> Self {
        Self { order_id: sample_order(), kind: ProblemKind::WrongItems, text: None }
    }
}

impl Sample for ResolveProblem {
    fn sample() -> Self {
        Self { order_id: sample_order(), note: Text::sample() }
    }
}

impl Sample for RateOrder {
    fn sample() -> Self {
        Self { order_id: sample_order(), stars: 5, comment: None }
    }
}

impl Sample for TipOrder {
    fn sample() -> Self {
        Self { order_id: sample_order(), tip_cents: Cents(200) }
    }
}

impl Sample for Basket {
    fn sample() -> Self {
        Self {
            store: store(),
            deliver_to: deliver_to(),
            items: vec![Item { name: Text::sample(), quantity: 2, price_cents: Cents(445) }],
            vendor_id: None,
            picks: Vec::new(),
            delivery_fee_cents: None,
            tip_cents: None,
        }
    }
}

impl Sample for SaveBasket {
    fn sample() -> Self {
        Self { user_id: sample_user(), saved_id: saved(), name: Text::sample(), basket: Basket::sample() }
    }
}

impl Sample for RenameSaved {
    fn sample() -> Self {
        Self { user_id: sample_user(), saved_id: saved(), name: Text::sample() }
    }
}

impl Sample for DeleteSaved {
    fn sample() -> Self {
        Self { user_id: sample_user(), saved_id: saved() }
    }
}

impl Sample for PublishMenu {
    fn sample() -> Self {
        Self {
            vendor_id: vendor(),
            store: store(),
            open: true,
            items: vec![MenuItem {
                item_id: Text::sample(),
                name: Text::sample(),
                price_cents: Cents(450),
                available: true,
            }],
        }
    }
}

impl Sample for OrderActionRequired {
    fn sample() -> Self {
        Self { about: about(Status::ActionRequired), until: sample_time() }
    }
}

impl Sample for OrderChangeProposed {
    fn sample() -> Self {
        Self {
            about: about(Status::Accepted),
            items_cents: Cents(1_250),
            excess_cents: Cents(182),
            until: sample_time(),
        }
    }
}

impl Sample for OrderExcessAgreed {
    fn sample() -> Self {
        Self { about: about(Status::Accepted), excess_cents: Cents(182), currency: Currency::Sgd }
    }
}

impl Sample for OrderChangeAgreed {
    fn sample() -> Self {
        Self { about: about(Status::Accepted), items_cents: Cents(1_250) }
    }
}

impl Sample for OrderChangeRefused {
    fn sample() -> Self {
        Self { about: about(Status::Accepted), reason: "silence".into() }
    }
}

impl Sample for OrderRunnerWaits {
    fn sample() -> Self {
        Self { about: about(Status::OnTheWay), until: sample_time() }
    }
}

impl Sample for OrderNoShow {
    fn sample() -> Self {
        Self { about: about(Status::OnTheWay) }
    }
}

impl Sample for OrderProblemReported {
    fn sample() -> Self {
        Self { about: about(Status::Completed), by: sample_user(), kind: ProblemKind::WrongItems }
    }
}

impl Sample for OrderProblemResolved {
    fn sample() -> Self {
        Self { about: about(Status::Completed) }
    }
}

impl Sample for OrderRated {
    fn sample() -> Self {
        Self { about: about(Status::Completed), by: sample_user(), of: sample_user(), stars: 5 }
    }
}

impl Sample for OrderTipAgreed {
    fn sample() -> Self {
        Self { about: about(Status::Completed), tipped: sample_user(), tip_cents: Cents(200), currency: Currency::Sgd }
    }
}
