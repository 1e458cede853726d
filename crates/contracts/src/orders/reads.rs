//! What people may read about orders, prices and policy.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Basket, CancelReason, MenuItem, ProblemKind, Status, deliver_to, store, vendor};
use crate::catalogue::Sample;
use crate::place::{DeliverTo, Store};
use crate::quote::{Basis, Item, Line, Pick, Price, Quote, SealedQuote};
use crate::tasks::Tasks;
use crate::timers::sample_order;
use crate::users::sample_user;
use crate::{Cents, Currency, OrderId, SavedId, Text, UserId, VendorId};

/// Who looks. What they may see follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Viewer {
    /// The signed-in person.
    pub user_id: UserId,
    /// Whether they look after everybody's orders, in the office of operator or finance.
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
    /// What to buy, in free text with estimated prices; or else `picks`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
    /// Whose price list the picks are from; `store` is then the vendor's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_id: Option<VendorId>,
    /// What to buy, picked from a vendor's price list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub picks: Vec<Pick>,
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
    /// Only those that have this in an item's or the store's name; upper and lower case are the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text<100>>,
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
    /// When the platform heard of it, UTC.
    pub at: Timestamp,
    /// When the runner did it, UTC, if that was earlier: a little, or long before where there was no network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
}

/// What happens when, if nobody does anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Due {
    /// `action`, `acceptance`, `consent`, `delivery` or `no_show`.
    pub kind: String,
    /// UTC.
    pub at: Timestamp,
    /// What then: `cancel`, `cancel_and_release`, `refuse_change`, `flag_overdue` or `hand_over_without_pin`.
    pub consequence: String,
}

/// Something that the viewer can do now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Action {
    /// The intent: `cancel`, `accept`, `advance`, `withdraw`, `propose`, `answer`, `arrive`, `confirm`, `report_problem`,
    /// `rate`, `tip`, `authenticate`.
    pub action: String,
    /// What it would do, in one sentence.
    pub effect: String,
}

/// What the runner asked the customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChangeView {
    /// What the runner would spend at the counter.
    pub items_cents: Cents,
    /// How much more than what is held that takes.
    pub excess_cents: Cents,
    /// What would be different, in the runner's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text<200>>,
    /// `asked`, `securing`, `agreed` or `refused`.
    pub state: String,
}

/// A problem that was reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReportView {
    /// By whom.
    pub by: UserId,
    /// What went wrong.
    pub kind: ProblemKind,
    /// In their own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text<500>>,
    /// When, UTC.
    pub at: Timestamp,
    /// How it was settled, once it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved: Option<Text<200>>,
}

/// How one side was rated by the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RatingView {
    /// Who was rated.
    pub of: UserId,
    /// 1 to 5.
    pub stars: u8,
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
    /// Why it was cancelled, in the words of whoever did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text<200>>,
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
    /// How the prices came about.
    #[serde(default)]
    pub basis: Basis,
    /// What the till receipt said, once it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt_cents: Option<Cents>,
    /// What the runner asked, if they did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<ChangeView>,
    /// Problems that were reported, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<ReportView>,
    /// How the sides were rated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ratings: Vec<RatingView>,
    /// What was tipped after the delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tipped_cents: Option<Cents>,
    /// What the viewer can do now, and what that would do.
    #[serde(default)]
    pub actions: Vec<Action>,
}

/// What has this person ordered and delivered, in numbers?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GetTally {
    /// Who.
    pub user_id: UserId,
}

/// Numbers of orders.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tally {
    /// Orders that they placed.
    pub placed: u64,
    /// Of these, completed.
    pub received: u64,
    /// Of these, cancelled.
    pub cancelled: u64,
    /// Orders of others that they delivered.
    pub fulfilled: u64,
    /// Orders that they placed or deliver and that are not over.
    pub under_way: u64,
}

/// Who may call an order off when, and what then happens to the money; and what the fees are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GetPolicy {}

/// One row of the cancellation policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CancelRule {
    /// `customer`, `runner` or `operator`.
    pub actor: String,
    /// Where the order stands.
    pub status: Status,
    /// Only when it is late.
    #[serde(default)]
    pub only_overdue: bool,
    /// Whether they may.
    pub allowed: bool,
    /// The code of the refusal when they may not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// What happens to the money: `nothing_held`, `hold_released`, `refunded` or `unchanged`.
    pub money: String,
    /// Both in one sentence.
    pub sentence: String,
}

/// The policy as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PolicyView {
    /// Stamped on every order that is quoted under it.
    pub version: u32,
    /// Hundredths of a percent of the items that the platform keeps.
    pub platform_fee_basis_points: u32,
    /// What the platform keeps of every order, besides.
    pub platform_fee_fixed_cents: Cents,
    /// Hundredths of a percent of an errand's estimate that are held on top.
    pub errand_buffer_basis_points: u32,
    /// What the runner earns when the customer does not choose.
    pub delivery_fee_cents: Cents,
    /// Who may call an order off, and what then.
    pub cancellation: Vec<CancelRule>,
}

/// Which baskets has this person saved?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ListSaved {
    /// Who.
    pub user_id: UserId,
}

/// A saved basket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Saved {
    /// Which.
    pub saved_id: SavedId,
    /// What it is called.
    pub name: Text<60>,
    /// When it was saved, UTC.
    pub at: Timestamp,
    /// What it holds.
    pub basket: Basket,
}

/// All of them, at most 50.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SavedBaskets {
    /// Newest first.
    pub saved: Vec<Saved>,
}

/// Who sells food?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ListVendors {}

/// One who sells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Vendor {
    /// Who.
    pub vendor_id: VendorId,
    /// Where.
    pub store: Store,
    /// Whether they take orders now.
    pub open: bool,
}

/// All of them, by name; at most 500.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Vendors {
    /// By name.
    pub vendors: Vec<Vendor>,
}

/// What does this vendor sell? Refused with `not_found`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GetMenu {
    /// Who.
    pub vendor_id: VendorId,
}

/// A vendor's price list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Menu {
    /// Whose.
    pub vendor: Vendor,
    /// In the vendor's own order.
    pub items: Vec<MenuItem>,
    /// In what.
    pub currency: Currency,
    /// Counts the changes.
    pub version: u64,
}

/// What about orders is there for an operator to do?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ListOrderTasks {}

crate::message::questions! { "orders":
    "quote" AskQuote -> QuoteView,
    "get" GetOrder -> OrderView,
    "list" ListOrders -> OrderPage,
    "offers" ListOffers -> OfferPage,
    "tally" GetTally -> Tally,
    "policy" GetPolicy -> PolicyView,
    "saved" ListSaved -> SavedBaskets,
    "vendors" ListVendors -> Vendors,
    "menu" GetMenu -> Menu,
    "tasks" ListOrderTasks -> Tasks,
    "standings" ListOrderStandings -> OrderStandings,
}

fn viewer() -> Viewer {
    Viewer { user_id: sample_user(), operator: false }
}

impl Sample for AskQuote {
    fn sample() -> Self {
        Self {
            customer_id: sample_user(),
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

impl Sample for GetOrder {
    fn sample() -> Self {
        Self { order_id: sample_order(), viewer: viewer() }
    }
}

impl Sample for ListOrders {
    fn sample() -> Self {
        Self { viewer: viewer(), side: None, status: None, text: None, cursor: None, limit: 20 }
    }
}

impl Sample for ListOffers {
    fn sample() -> Self {
        Self { runner_id: sample_user(), cursor: None, limit: 20 }
    }
}

impl Sample for GetTally {
    fn sample() -> Self {
        Self { user_id: sample_user() }
    }
}

impl Sample for GetPolicy {
    fn sample() -> Self {
        Self {}
    }
}

impl Sample for ListSaved {
    fn sample() -> Self {
        Self { user_id: sample_user() }
    }
}

impl Sample for ListVendors {
    fn sample() -> Self {
        Self {}
    }
}

impl Sample for GetMenu {
    fn sample() -> Self {
        Self { vendor_id: vendor() }
    }
}

/// Where does each order stand? Page by page, to be compared with the payments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ListOrderStandings {
    /// Where the previous page ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// At most this many, 1 to 1000.
    pub limit: u32,
}

/// Where an order stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderStanding {
    /// Which.
    pub order_id: OrderId,
    /// Where.
    pub status: Status,
    /// By when something happens to it by itself, UTC; absent when nothing needs to, or an operator knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_until: Option<Timestamp>,
}

/// A page of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderStandings {
    /// In the order of their ids.
    pub standings: Vec<OrderStanding>,
    /// Where the next page starts; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl Sample for ListOrderStandings {
    fn sample() -> Self {
        Self { cursor: None, limit: 100 }
    }
}

impl Sample for ListOrderTasks {
    fn sample() -> Self {
        Self {}
    }
}
