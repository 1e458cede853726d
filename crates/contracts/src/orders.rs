//! What orders decides and says: the life of an order, from placed to completed or cancelled.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalogue::Sample;
use crate::place::{DeliverTo, Store};
use crate::quote::{Item, Line, Price, Quote, SealedQuote};
use crate::timers::{sample_order, sample_time};
use crate::users::sample_user;
use crate::{Cents, Currency, OrderId, Text, UserId};

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
}

/// Calls an order off. The principal must be its customer.
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

/// The runner was not allowed to have it: on offer again, until the same moment as before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderReopened {
    /// The order.
    #[serde(flatten)]
    pub about: About,
    /// Who had claimed it.
    pub was_claimed_by: UserId,
    /// Stable code of the reason, for example `no_payout_account`.
    pub reason: String,
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
    Event "placed" OrderPlaced by about.order_id: OrderId,
    Event "opened" OrderOpened by about.order_id: OrderId,
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

// --- questions -------------------------------------------------------------------------------------------------------

/// Who looks. What they may see follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Viewer {
    /// The signed-in person.
    pub user_id: UserId,
    /// Whether they look after everybody's orders.
    #[serde(default)]
    pub operator: bool,
}

/// What would this basket cost? Refused with a code per broken limit, for example `price_out_of_range`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AskQuote {
    /// Who asks.
    pub customer_id: UserId,
    /// Where to buy.
    pub store: Store,
    /// Where to bring it.
    pub deliver_to: DeliverTo,
    /// What to buy.
    pub items: Vec<Item>,
    /// What the runner shall earn; the policy's default (2.00) when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_fee_cents: Option<Cents>,
    /// What the runner shall earn on top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tip_cents: Option<Cents>,
}

/// A quote, open to read and sealed to give back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct QuoteView {
    /// What to give back.
    pub sealed: SealedQuote,
    /// What it says.
    pub quote: Quote,
}

/// How does this order stand? Refused with `not_found` also for orders that the viewer has no part in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GetOrder {
    /// The order.
    pub order_id: OrderId,
    /// Who looks.
    pub viewer: Viewer,
}

/// On which side of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Orders that the viewer placed.
    Customer,
    /// Orders that the viewer delivers or delivered.
    Runner,
}

/// The viewer's own orders, newest first. Refused with `bad_cursor`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ListOrders {
    /// Who looks.
    pub viewer: Viewer,
    /// On which side; both when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side: Option<Side>,
    /// Only these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Where the previous page ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// At most this many, 1 to 100.
    pub limit: u32,
}

/// One page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderPage {
    /// Newest first.
    pub orders: Vec<OrderView>,
    /// Where the next page starts; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// What a runner could take, oldest first: who waited longest is served first (predecessor.md B44). Refused with `bad_cursor`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ListOffers {
    /// Who looks; their own orders are left out.
    pub runner_id: UserId,
    /// Where the previous page ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// At most this many, 1 to 100.
    pub limit: u32,
}

/// One page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OfferPage {
    /// Oldest first.
    pub offers: Vec<Offer>,
    /// Where the next page starts; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// An order as somebody sees it who could deliver it: neither the room nor the customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Offer {
    /// The order.
    pub order_id: OrderId,
    /// Where to buy.
    pub store: Store,
    /// Where to bring it.
    pub building: Text<100>,
    /// What to buy.
    pub lines: Vec<Line>,
    /// What the runner earns: delivery fee and tip.
    pub earns_cents: Cents,
    /// What the runner spends at the counter and is paid back.
    pub spends_cents: Cents,
    /// In what.
    pub currency: Currency,
    /// On offer since, UTC.
    pub since: Timestamp,
    /// On offer until, UTC.
    pub until: Timestamp,
}

/// One step of an order's life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Moment {
    /// What it became.
    pub status: Status,
    /// When, UTC.
    pub at: Timestamp,
}

/// What happens when, if nobody does anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Due {
    /// `acceptance` or `delivery`.
    pub kind: String,
    /// UTC.
    pub at: Timestamp,
    /// What then: `cancel_and_release` or `flag_overdue`.
    pub consequence: String,
}

/// An order, as one viewer may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderView {
    /// The order.
    pub order_id: OrderId,
    /// Counts the changes; a view with a lower one is older.
    pub version: u64,
    /// Where it stands.
    pub status: Status,
    /// Why it was cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<CancelReason>,
    /// What is in the way, in one sentence, while something is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Whether it is late.
    pub overdue: bool,
    /// Whose order it is.
    pub customer_id: UserId,
    /// Who delivers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runner_id: Option<UserId>,
    /// Where to buy.
    pub store: Store,
    /// Where to bring it.
    pub deliver_to: DeliverTo,
    /// What to buy.
    pub lines: Vec<Line>,
    /// What it costs.
    pub price: Price,
    /// What has happened, oldest first.
    pub timeline: Vec<Moment>,
    /// What happens if nobody does anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Due>,
    /// What the customer shows at the door; only in the customer's own view.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handover_pin: Option<String>,
}

crate::message::questions! { "orders":
    "quote" AskQuote -> QuoteView,
    "get" GetOrder -> OrderView,
    "list" ListOrders -> OrderPage,
    "offers" ListOffers -> OfferPage,
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

fn viewer() -> Viewer {
    Viewer { user_id: sample_user(), operator: false }
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
        Self { order_id: sample_order(), to: Step::Delivered, pin: Some("4711".into()) }
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
        Self { about: about(Status::Created), was_claimed_by: sample_user(), reason: "no_payout_account".into() }
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

impl Sample for AskQuote {
    fn sample() -> Self {
        Self {
            customer_id: sample_user(),
            store: store(),
            deliver_to: deliver_to(),
            items: vec![Item { name: Text::sample(), quantity: 2, price_cents: Cents(445) }],
            delivery_fee_cents: None,
            tip_cents: None,
        }
    }
}

impl Sample for GetOrder {
    fn sample() -> Self {
        Self { order_id: sample_order(), viewer: viewer() }
    }
}

impl Sample for ListOrders {
    fn sample() -> Self {
        Self { viewer: viewer(), side: None, status: None, cursor: None, limit: 20 }
    }
}

impl Sample for ListOffers {
    fn sample() -> Self {
        Self { runner_id: sample_user(), cursor: None, limit: 20 }
    }
}
