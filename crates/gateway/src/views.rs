//! Orders as the API shows them. They mirror the contracts' views, which know nothing of HTTP.

use contracts::orders::{self as told, CancelReason, Status};
use contracts::{Currency, OrderId, UserId, place, quote};
use poem_openapi::{Enum, Object};

use crate::aftermath::ProblemName;
use crate::money::Purse;
use crate::scalars::{Ref, Time};

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "OrderStatus", rename_all = "SCREAMING_SNAKE_CASE", remote = "Status")]
pub(crate) enum StatusName {
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

/// Why an order was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "CancelReason", rename_all = "snake_case", remote = "CancelReason")]
pub(crate) enum CancelReasonName {
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

/// How prices came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "Basis", rename_all = "lowercase", remote = "quote::Basis")]
pub(crate) enum BasisName {
    /// The customer estimates, the runner enters the till receipt, and what was really spent is taken.
    Errand,
    /// A vendor's price list: what it says is what is taken.
    Catalogue,
}

/// ISO 4217, in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "Currency", rename_all = "lowercase", remote = "Currency")]
pub(crate) enum CurrencyName {
    /// Singapore dollar.
    Sgd,
    /// United States dollar.
    Usd,
    /// Euro.
    Eur,
}

/// A shop or a stall.
#[derive(Clone, Debug, Object)]
pub(crate) struct Store {
    /// What people call it.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub(crate) name: String,
    /// Where it is.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub(crate) location: String,
}

impl From<place::Store> for Store {
    fn from(store: place::Store) -> Self {
        Self { name: store.name.to_string(), location: store.location.to_string() }
    }
}

/// Where the customer waits.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct DeliverTo {
    /// The building.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub(crate) building: String,
    /// The room or meeting point within it.
    #[oai(validator(min_length = 1, max_length = 50))]
    pub(crate) room: String,
    /// How to find it.
    #[oai(validator(min_length = 1, max_length = 200))]
    pub(crate) note: Option<String>,
}

impl From<place::DeliverTo> for DeliverTo {
    fn from(to: place::DeliverTo) -> Self {
        Self {
            building: to.building.to_string(),
            room: to.room.to_string(),
            note: to.note.map(|note| note.to_string()),
        }
    }
}

/// One priced line.
#[derive(Clone, Debug, Object)]
pub(crate) struct Line {
    /// What it is.
    pub(crate) name: String,
    /// How many.
    pub(crate) quantity: u32,
    /// The price of one.
    pub(crate) price_cents: i64,
    /// `quantity × price_cents`.
    pub(crate) total_cents: i64,
}

impl From<quote::Line> for Line {
    fn from(line: quote::Line) -> Self {
        Self {
            name: line.name.to_string(),
            quantity: line.quantity,
            price_cents: line.price_cents.0,
            total_cents: line.total_cents.0,
        }
    }
}

/// What an order costs, and where each cent goes. All in the currency's minor unit.
#[derive(Clone, Debug, Object)]
pub(crate) struct Price {
    /// The lines' sum: what the runner spends at the counter.
    pub(crate) items_cents: i64,
    /// What the runner earns for the way.
    pub(crate) delivery_fee_cents: i64,
    /// What the runner earns on top.
    pub(crate) tip_cents: i64,
    /// What the platform keeps.
    pub(crate) platform_fee_cents: i64,
    /// What the customer pays: the sum of the four.
    pub(crate) total_cents: i64,
    /// What the runner is paid.
    pub(crate) payout_cents: i64,
    /// The currency of all of them.
    pub(crate) currency: CurrencyName,
    /// Held on top, because the till may say more than an estimate; whatever is not spent is let go.
    pub(crate) buffer_cents: i64,
    /// What is held on the card: total and buffer.
    pub(crate) hold_cents: i64,
    /// The version of the policy that fees and buffer follow from: `GET /api/v1/policy`.
    pub(crate) policy: u32,
}

impl From<quote::Price> for Price {
    fn from(price: quote::Price) -> Self {
        Self {
            items_cents: price.items_cents.0,
            delivery_fee_cents: price.delivery_fee_cents.0,
            tip_cents: price.tip_cents.0,
            platform_fee_cents: price.platform_fee_cents.0,
            total_cents: price.total_cents.0,
            payout_cents: price.payout_cents.0,
            currency: price.currency.into(),
            buffer_cents: price.buffer_cents.0,
            hold_cents: price.hold_cents().0,
            policy: price.policy,
        }
    }
}

/// One step of an order's life.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct Moment {
    /// What it became.
    pub(crate) status: StatusName,
    /// When the platform heard of it.
    pub(crate) at: Time,
    /// When the runner did it, if that was earlier: a little, or long before where there was no network.
    pub(crate) occurred_at: Option<Time>,
}

impl From<told::Moment> for Moment {
    fn from(moment: told::Moment) -> Self {
        Self { status: moment.status.into(), at: Time(moment.at), occurred_at: moment.occurred_at.map(Time) }
    }
}

/// What happens when, if nobody does anything.
#[derive(Clone, Debug, Object)]
pub(crate) struct Due {
    /// `action`, `acceptance`, `consent`, `delivery` or `no_show`.
    pub(crate) kind: String,
    /// When.
    pub(crate) at: Time,
    /// What then: `cancel`, `cancel_and_release`, `refuse_change`, `flag_overdue` or `hand_over_without_pin`.
    pub(crate) consequence: String,
}

/// Something that the viewer can do now.
#[derive(Clone, Debug, Object)]
pub(crate) struct Action {
    /// `cancel`, `accept`, `advance`, `withdraw`, `propose`, `answer`, `arrive`, `confirm`, `report_problem`, `rate`, `tip`
    /// or `authenticate`.
    pub(crate) action: String,
    /// What it would do, in one sentence.
    pub(crate) effect: String,
}

impl From<told::Action> for Action {
    fn from(action: told::Action) -> Self {
        Self { action: action.action, effect: action.effect }
    }
}

/// What the runner asked the customer.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ProposedChange", skip_serializing_if_is_none)]
pub(crate) struct Change {
    /// What the runner would spend at the counter.
    pub(crate) items_cents: i64,
    /// How much more than what is held that takes.
    pub(crate) excess_cents: i64,
    /// What would be different, in the runner's words.
    pub(crate) note: Option<String>,
    /// `asked`, `securing`, `agreed` or `refused`.
    pub(crate) state: String,
}

impl From<told::ChangeView> for Change {
    fn from(change: told::ChangeView) -> Self {
        Self {
            items_cents: change.items_cents.0,
            excess_cents: change.excess_cents.0,
            note: change.note.map(|note| note.to_string()),
            state: change.state,
        }
    }
}

/// A problem that was reported.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ReportedProblem", skip_serializing_if_is_none)]
pub(crate) struct Report {
    /// By whom.
    pub(crate) by: Ref<UserId>,
    /// What went wrong.
    pub(crate) kind: ProblemName,
    /// In their own words.
    pub(crate) text: Option<String>,
    /// When.
    pub(crate) at: Time,
    /// How it was settled, once it is.
    pub(crate) resolved: Option<String>,
}

impl From<told::ReportView> for Report {
    fn from(report: told::ReportView) -> Self {
        Self {
            by: Ref(report.by),
            kind: report.kind.into(),
            text: report.text.map(|text| text.to_string()),
            at: Time(report.at),
            resolved: report.resolved.map(|resolved| resolved.to_string()),
        }
    }
}

/// How one side was rated by the other.
#[derive(Clone, Debug, Object)]
#[oai(rename = "GivenRating")]
pub(crate) struct Stars {
    /// Who was rated.
    pub(crate) of: Ref<UserId>,
    /// 1 to 5.
    pub(crate) stars: u8,
}

impl From<told::RatingView> for Stars {
    fn from(rating: told::RatingView) -> Self {
        Self { of: Ref(rating.of), stars: rating.stars }
    }
}

/// An order, as its viewer may see it.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct Order {
    /// The order.
    pub(crate) order_id: Ref<OrderId>,
    /// Counts the changes; a view with a lower one is older.
    pub(crate) version: u64,
    /// Where it stands.
    pub(crate) status: StatusName,
    /// Why it was cancelled.
    pub(crate) reason: Option<CancelReasonName>,
    /// Why, in the words of whoever called it off.
    pub(crate) note: Option<String>,
    /// What is in the way, in one sentence, while something is.
    pub(crate) problem: Option<String>,
    /// Whether it is late.
    pub(crate) overdue: bool,
    /// Whose order it is.
    pub(crate) customer_id: Ref<UserId>,
    /// Who delivers it.
    pub(crate) runner_id: Option<Ref<UserId>>,
    /// Where to buy.
    pub(crate) store: Store,
    /// Where to bring it.
    pub(crate) deliver_to: DeliverTo,
    /// What to buy.
    pub(crate) lines: Vec<Line>,
    /// What it costs.
    pub(crate) price: Price,
    /// What has happened, oldest first.
    pub(crate) timeline: Vec<Moment>,
    /// What happens if nobody does anything.
    pub(crate) deadline: Option<Due>,
    /// What the customer shows at the door; only in the customer's own view.
    pub(crate) handover_pin: Option<String>,
    /// How the prices came about.
    pub(crate) basis: BasisName,
    /// What the till receipt said, once it is known.
    pub(crate) receipt_cents: Option<i64>,
    /// What the runner asked, if they did.
    pub(crate) change: Option<Change>,
    /// Problems that were reported, oldest first.
    pub(crate) problems: Vec<Report>,
    /// How the sides were rated.
    pub(crate) ratings: Vec<Stars>,
    /// What was tipped after the delivery.
    pub(crate) tipped_cents: Option<i64>,
    /// What the viewer can do now, and what that would do.
    pub(crate) actions: Vec<Action>,
    /// Where the money is. Only where one order is read by itself, and not while payments is away.
    pub(crate) money: Option<Purse>,
    /// Where the customer answers their bank; only for them, only while it waits, and where `money` is.
    pub(crate) authenticate_url: Option<String>,
}

impl From<told::OrderView> for Order {
    fn from(view: told::OrderView) -> Self {
        Self {
            order_id: Ref(view.order_id),
            version: view.version,
            status: view.status.into(),
            reason: view.reason.map(Into::into),
            note: view.note.map(|note| note.to_string()),
            problem: view.problem,
            overdue: view.overdue,
            customer_id: Ref(view.customer_id),
            runner_id: view.runner_id.map(Ref),
            store: view.store.into(),
            deliver_to: view.deliver_to.into(),
            lines: view.lines.into_iter().map(Into::into).collect(),
            price: view.price.into(),
            timeline: view.timeline.into_iter().map(Into::into).collect(),
            deadline: view.deadline.map(|due| Due { kind: due.kind, at: Time(due.at), consequence: due.consequence }),
            handover_pin: view.handover_pin,
            basis: view.basis.into(),
            receipt_cents: view.receipt_cents.map(|cents| cents.0),
            change: view.change.map(Into::into),
            problems: view.problems.into_iter().map(Into::into).collect(),
            ratings: view.ratings.into_iter().map(Into::into).collect(),
            tipped_cents: view.tipped_cents.map(|cents| cents.0),
            actions: view.actions.into_iter().map(Into::into).collect(),
            money: None,
            authenticate_url: None,
        }
    }
}
