//! The rules of an order's life. Pure: old state and message in; new state, events and deadlines out.

use chassis::{Change, Cx, Entity, Fault, Row};
use contracts::orders::{
    About, AcceptOrder, AdvanceOrder, CancelOrder, CancelReason, Due, Moment, Offer, OrderAccepted, OrderCancelled,
    OrderClaimed, OrderCompleted, OrderDelivered, OrderDeparted, OrderLateHold, OrderOpened, OrderOverdue, OrderPlaced,
    OrderPurchased, OrderReopened, OrderView, PlaceOrder, Status, Step,
};
use contracts::payments::{CaptureFailed, PaymentAuthorized, PaymentDeclined, PayoutHeld, PayoutSent};
use contracts::place::{DeliverTo, Store};
use contracts::quote::{Line, Price, Quote};
use contracts::timers::{AcceptanceDeadline, AcceptanceElapsed, DeliveryDeadline, DeliveryElapsed};
use contracts::users::{
    PayeeUnavailable, PayerProblem, PayerUnavailable, RunnerApproved, RunnerProblem, RunnerRejected,
};
use contracts::{OrderId, Principal, UserId};
use jiff::{SignedDuration, Timestamp};
use sea_orm::Set;
use serde::{Deserialize, Serialize};

use crate::{quote, store};

/// How long an order is on offer.
pub const ACCEPTANCE: SignedDuration = SignedDuration::from_mins(30);
/// How long a runner has to deliver.
pub const DELIVERY: SignedDuration = SignedDuration::from_mins(90);

/// Wrong PINs in a row that are forgiven, and the pause after them: guessing one of 10,000 takes weeks.
const PIN_TRIES: u32 = 5;
const PIN_PAUSE: SignedDuration = SignedDuration::from_mins(15);

/// An order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// Which.
    pub id: OrderId,
    /// Whose.
    pub customer_id: UserId,
    /// Where to buy.
    pub store: Store,
    /// Where to bring it.
    pub deliver_to: DeliverTo,
    /// What to buy.
    pub lines: Vec<Line>,
    /// What it costs.
    pub price: Price,
    /// What the customer shows at the door.
    pub pin: String,
    /// Wrong ones that were tried since the last pause.
    #[serde(default)]
    pub wrong_pins: u32,
    /// No PIN is taken before then.
    #[serde(default)]
    pub pins_from: Option<Timestamp>,
    /// Where it stands.
    pub stage: Stage,
    /// What has happened, oldest first.
    pub timeline: Vec<Moment>,
}

/// Where an order stands, with what is known only there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum Stage {
    /// The payment is being secured.
    Pending,
    /// On offer.
    Open {
        /// An accept after this moment is refused.
        until: Timestamp,
    },
    /// A runner won it and is being checked.
    Claimed {
        /// Who.
        runner_id: UserId,
        /// The offer's end, in case the runner is refused.
        until: Timestamp,
    },
    /// With a runner.
    UnderWay {
        /// Who.
        runner_id: UserId,
        /// The last step taken; none yet when just accepted.
        reached: Option<Step>,
        /// When it should be there.
        deliver_by: Timestamp,
        /// It was not there in time.
        overdue: bool,
    },
    /// Handed over; money is moving.
    Delivered {
        /// By whom.
        runner_id: UserId,
        /// What is in the way of the money, in one sentence.
        problem: Option<String>,
    },
    /// Captured and paid out.
    Completed {
        /// Who delivered it.
        runner_id: UserId,
    },
    /// Over, for a reason.
    Cancelled {
        /// Why.
        reason: CancelReason,
        /// Who had it, if somebody had.
        runner_id: Option<UserId>,
    },
}

/// Why orders says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The quote was not made by this server, or was changed.
    #[error("This quote was not made here.")]
    BadQuote,
    /// The quote was made for somebody else.
    #[error("This quote was made for somebody else.")]
    NotYourQuote,
    /// The quote is too old.
    #[error("This quote is too old; ask for a new one.")]
    QuoteExpired,
    /// Only people order and deliver.
    #[error("Only a signed-in person can do this.")]
    NotAPerson,
    /// There is no such order, or not for you.
    #[error("There is no such order.")]
    NotFound,
    /// A customer must not deliver to themselves: predecessor.md B43.
    #[error("You cannot deliver your own order.")]
    OwnOrder,
    /// Another runner was quicker.
    #[error("Another runner has taken this order.")]
    AlreadyTaken,
    /// It is not paid for yet.
    #[error("This order is not on offer yet.")]
    NotOnOffer,
    /// Its time is over.
    #[error("The time to accept this order is over.")]
    PastDeadline,
    /// It is cancelled or done.
    #[error("This order is closed.")]
    Closed,
    /// Somebody else delivers it.
    #[error("You are not this order's runner.")]
    NotTheRunner,
    /// Steps come one after the other.
    #[error("This is not the next step of the delivery.")]
    WrongStep,
    /// Delivery needs the customer's PIN.
    #[error("Ask the customer for the four digits of the hand-over PIN.")]
    PinRequired,
    /// These are not the customer's digits.
    #[error("This is not the customer's hand-over PIN.")]
    WrongPin,
    /// Too many wrong ones.
    #[error("Too many wrong PINs; wait a quarter of an hour, and ask the customer.")]
    PinLocked,
    /// It is somebody else's order.
    #[error("This is somebody else's order.")]
    NotYourOrder,
    /// A runner is on it.
    #[error("A runner is on it already; the order can no longer be cancelled.")]
    RunnerHasIt,
    /// It was handed over.
    #[error("The order has been delivered; it can no longer be cancelled.")]
    AlreadyDelivered,
}

impl chassis::Refusal for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::BadQuote => "bad_quote",
            Self::NotYourQuote => "not_your_quote",
            Self::QuoteExpired => "quote_expired",
            Self::NotAPerson => "not_a_person",
            Self::NotFound => "not_found",
            Self::OwnOrder => "own_order",
            Self::AlreadyTaken => "already_taken",
            Self::NotOnOffer => "not_on_offer",
            Self::PastDeadline => "past_deadline",
            Self::Closed => "closed",
            Self::NotTheRunner => "not_the_runner",
            Self::WrongStep => "wrong_step",
            Self::PinRequired => "pin_required",
            Self::WrongPin => "wrong_pin",
            Self::PinLocked => "pin_locked",
            Self::NotYourOrder => "not_your_order",
            Self::RunnerHasIt => "runner_has_it",
            Self::AlreadyDelivered => "already_delivered",
        }
    }
}

/// What an intent's rule returns.
pub type Ruling = Result<Change<Order>, Refusal>;
/// What an event's rule returns.
pub type Reaction = Result<Change<Order>, Fault>;

// --- forward ---------------------------------------------------------------------------------------------------------

/// Stores an order on the server's own quote.
///
/// # Errors
/// When the quote is not ours, not theirs, or was too old when they asked.
pub fn place(cx: &Cx<'_>, order: Option<Order>, intent: PlaceOrder) -> Ruling {
    let customer = cx.principal.user().ok_or(Refusal::NotAPerson)?;
    let quote: Quote = cx.sealer.open(quote::SEAL, &intent.quote.0).map_err(|_| Refusal::BadQuote)?;
    if quote.customer_id != customer {
        return Err(Refusal::NotYourQuote);
    }
    if let Some(order) = order {
        return if order.customer_id == customer { Ok(Change::none()) } else { Err(Refusal::NotFound) };
    }
    // By when they asked, not by when we got to it: an order that waited out an outage is still an order.
    if cx.said_at > quote.valid_until {
        return Err(Refusal::QuoteExpired);
    }
    let order = Order {
        id: intent.order_id,
        customer_id: customer,
        store: quote.store,
        deliver_to: quote.deliver_to,
        lines: quote.lines,
        price: quote.price,
        pin: cx.sealer.pin("handover", &intent.order_id.to_string()),
        wrong_pins: 0,
        pins_from: None,
        stage: Stage::Pending,
        timeline: vec![Moment { status: Status::Pending, at: cx.now }],
    };
    let placed =
        OrderPlaced { about: order.about(cx), total_cents: order.price.total_cents, currency: order.price.currency };
    Ok(Change::to(order).say(placed))
}

/// The money is held: on offer. If the order was over already, the hold is given back.
///
/// # Errors
/// When there is no such order.
pub fn open_paid(cx: &Cx<'_>, order: Option<Order>, _: PaymentAuthorized) -> Reaction {
    let order = known(order)?;
    match order.stage {
        Stage::Pending => {
            let until = cx.now + ACCEPTANCE;
            let order = order.become_(cx, Stage::Open { until });
            let opened = OrderOpened { about: order.about(cx), until };
            let deadline = AcceptanceDeadline { order_id: order.id, due_at: until };
            Ok(Change::to(order).say(opened).promise(deadline))
        }
        Stage::Cancelled { .. } => Ok(Change::none().say(OrderLateHold { about: order.about_unchanged(cx) })),
        Stage::Open { .. }
        | Stage::Claimed { .. }
        | Stage::UnderWay { .. }
        | Stage::Delivered { .. }
        | Stage::Completed { .. } => Ok(Change::none()),
    }
}

/// Whoever comes first has it, if they may have it: users checks that next.
///
/// # Errors
/// When the order is their own, gone, not yet or no longer on offer.
pub fn accept(cx: &Cx<'_>, order: Option<Order>, _: AcceptOrder) -> Ruling {
    let runner = cx.principal.user().ok_or(Refusal::NotAPerson)?;
    let order = order.ok_or(Refusal::NotFound)?;
    if order.customer_id == runner {
        return Err(Refusal::OwnOrder);
    }
    match order.stage {
        Stage::Open { until } if cx.said_at > until => Err(Refusal::PastDeadline),
        Stage::Open { until } => {
            let order = order.become_(cx, Stage::Claimed { runner_id: runner, until });
            let claimed = OrderClaimed { about: order.about(cx), claimed_by: runner };
            Ok(Change::to(order).say(claimed))
        }
        Stage::Claimed { runner_id, .. }
        | Stage::UnderWay { runner_id, .. }
        | Stage::Delivered { runner_id, .. }
        | Stage::Completed { runner_id } => {
            if runner_id == runner {
                Ok(Change::none())
            } else {
                Err(Refusal::AlreadyTaken)
            }
        }
        Stage::Pending => Err(Refusal::NotOnOffer),
        Stage::Cancelled { .. } => Err(Refusal::Closed),
    }
}

/// The runner may have it.
///
/// # Errors
/// When there is no such order.
pub fn assign(cx: &Cx<'_>, order: Option<Order>, approved: RunnerApproved) -> Reaction {
    let order = known(order)?;
    let Stage::Claimed { runner_id, .. } = order.stage else { return Ok(Change::none()) };
    if runner_id != approved.runner_id {
        return Ok(Change::none());
    }
    let deliver_by = cx.now + DELIVERY;
    let order = order.become_(cx, Stage::UnderWay { runner_id, reached: None, deliver_by, overdue: false });
    let accepted = OrderAccepted { about: order.about(cx), deliver_by };
    let deadline = DeliveryDeadline { order_id: order.id, due_at: deliver_by };
    Ok(Change::to(order).say(accepted).promise(deadline))
}

/// The runner takes the next step.
///
/// # Errors
/// When somebody else is the runner, it is not the next step, or the PIN is wrong.
pub fn advance(cx: &Cx<'_>, order: Option<Order>, intent: AdvanceOrder) -> Ruling {
    let order = order.ok_or(Refusal::NotFound)?;
    let Some(runner) = order.runner() else {
        return Err(if order.is_over() { Refusal::Closed } else { Refusal::NotTheRunner });
    };
    if cx.principal != Principal::User(runner) {
        return Err(Refusal::NotTheRunner);
    }
    match order.stage {
        Stage::UnderWay { reached, deliver_by, overdue, .. } => {
            if reached == Some(intent.to) {
                return Ok(Change::none());
            }
            if next(reached) != Some(intent.to) {
                return Err(Refusal::WrongStep);
            }
            if intent.to == Step::Delivered {
                return hand_over(cx, order, runner, intent.pin.as_deref());
            }
            let stage = Stage::UnderWay { runner_id: runner, reached: Some(intent.to), deliver_by, overdue };
            let order = order.become_(cx, stage);
            let about = order.about(cx);
            Ok(match intent.to {
                Step::Placed => Change::to(order).say(OrderPurchased { about }),
                Step::OnTheWay | Step::Delivered => Change::to(order).say(OrderDeparted { about }),
            })
        }
        Stage::Delivered { .. } | Stage::Completed { .. } if intent.to == Step::Delivered => {
            if intent.pin.as_deref() == Some(&order.pin) { Ok(Change::none()) } else { Err(Refusal::WrongPin) }
        }
        Stage::Delivered { .. } | Stage::Completed { .. } => Err(Refusal::WrongStep),
        Stage::Claimed { .. } => Err(Refusal::WrongStep),
        Stage::Cancelled { .. } => Err(Refusal::Closed),
        Stage::Pending | Stage::Open { .. } => Err(Refusal::NotTheRunner),
    }
}

fn hand_over(cx: &Cx<'_>, mut order: Order, runner_id: UserId, pin: Option<&str>) -> Ruling {
    let pin = pin.ok_or(Refusal::PinRequired)?;
    if order.pins_from.is_some_and(|from| cx.now < from) {
        return Err(Refusal::PinLocked);
    }
    if pin != order.pin {
        order.wrong_pins += 1;
        if order.wrong_pins == PIN_TRIES {
            order.wrong_pins = 0;
            order.pins_from = Some(cx.now + PIN_PAUSE);
        }
        return Ok(Change::to(order).but(&Refusal::WrongPin));
    }
    let order = order.become_(cx, Stage::Delivered { runner_id, problem: None });
    let delivered = OrderDelivered {
        about: order.about(cx),
        delivered_by: runner_id,
        total_cents: order.price.total_cents,
        payout_cents: order.price.payout_cents,
        currency: order.price.currency,
    };
    Ok(Change::to(order).say(delivered))
}

/// The step after this one.
fn next(reached: Option<Step>) -> Option<Step> {
    match reached {
        None => Some(Step::Placed),
        Some(Step::Placed) => Some(Step::OnTheWay),
        Some(Step::OnTheWay) => Some(Step::Delivered),
        Some(Step::Delivered) => None,
    }
}

/// The runner has been paid: done.
///
/// # Errors
/// When there is no such order.
pub fn complete(cx: &Cx<'_>, order: Option<Order>, _: PayoutSent) -> Reaction {
    let order = known(order)?;
    let Stage::Delivered { runner_id, .. } = order.stage else { return Ok(Change::none()) };
    let order = order.become_(cx, Stage::Completed { runner_id });
    let about = order.about(cx);
    Ok(Change::to(order).say(OrderCompleted { about }))
}

// --- back ------------------------------------------------------------------------------------------------------------

/// The bank said no.
///
/// # Errors
/// When there is no such order.
pub fn cancel_unpaid(cx: &Cx<'_>, order: Option<Order>, _: PaymentDeclined) -> Reaction {
    cancel_pending(cx, known(order)?, CancelReason::PaymentDeclined)
}

/// The customer has no way to pay.
///
/// # Errors
/// When there is no such order.
pub fn cancel_unpayable(cx: &Cx<'_>, order: Option<Order>, unavailable: PayerUnavailable) -> Reaction {
    let reason = match unavailable.problem {
        PayerProblem::NoPaymentMethod | PayerProblem::Unknown => CancelReason::NoPaymentMethod,
    };
    cancel_pending(cx, known(order)?, reason)
}

fn cancel_pending(cx: &Cx<'_>, order: Order, reason: CancelReason) -> Reaction {
    if order.stage != Stage::Pending {
        return Ok(Change::none());
    }
    Ok(order.over(cx, reason))
}

/// The customer calls it off: allowed until a runner has it, and again when the runner is late.
///
/// # Errors
/// When they are not the customer, or it is too late.
pub fn cancel(cx: &Cx<'_>, order: Option<Order>, _: CancelOrder) -> Ruling {
    let order = order.ok_or(Refusal::NotFound)?;
    if cx.principal != Principal::User(order.customer_id) {
        let takes_part = cx.principal.user().is_some() && cx.principal.user() == order.runner();
        return Err(if takes_part { Refusal::NotYourOrder } else { Refusal::NotFound });
    }
    match order.stage {
        Stage::Pending | Stage::Open { .. } | Stage::Claimed { .. } => Ok(order.over(cx, CancelReason::Customer)),
        Stage::UnderWay { overdue: true, .. } => Ok(order.over(cx, CancelReason::RunnerFailed)),
        Stage::UnderWay { overdue: false, .. } => Err(Refusal::RunnerHasIt),
        Stage::Delivered { .. } | Stage::Completed { .. } => Err(Refusal::AlreadyDelivered),
        Stage::Cancelled { .. } => Ok(Change::none()),
    }
}

/// The acceptance deadline has come. Only an order that is still on that very offer expires.
///
/// # Errors
/// When there is no such order.
pub fn expire(cx: &Cx<'_>, order: Option<Order>, elapsed: AcceptanceElapsed) -> Reaction {
    let order = known(order)?;
    // While a runner is being checked nothing expires: if they are refused, `reopen` sees that the time is over.
    let Stage::Open { until } = order.stage else { return Ok(Change::none()) };
    if until > elapsed.due_at {
        return Ok(Change::none());
    }
    Ok(order.over(cx, CancelReason::Expired))
}

/// The runner may not have it: back on offer, with the same deadline. Compensates `accept`.
///
/// # Errors
/// When there is no such order.
pub fn reopen(cx: &Cx<'_>, order: Option<Order>, rejected: RunnerRejected) -> Reaction {
    let order = known(order)?;
    let Stage::Claimed { runner_id, until } = order.stage else { return Ok(Change::none()) };
    if runner_id != rejected.runner_id {
        return Ok(Change::none());
    }
    if until <= cx.now {
        return Ok(order.over(cx, CancelReason::Expired));
    }
    let order = order.become_(cx, Stage::Open { until });
    let reason = match rejected.problem {
        RunnerProblem::NoPayoutAccount => "no_payout_account",
        RunnerProblem::NotARunner => "not_a_runner",
        RunnerProblem::Unknown => "unknown_runner",
    };
    let reopened = OrderReopened { about: order.about(cx), was_claimed_by: runner_id, reason: reason.to_owned() };
    // Promised again, because the first tick may have come and gone while the runner was being checked.
    let deadline = AcceptanceDeadline { order_id: order.id, due_at: until };
    Ok(Change::to(order).say(reopened).promise(deadline))
}

/// The delivery deadline has come: if it is not there yet, it is late, and the customer may call it off.
///
/// # Errors
/// When there is no such order.
pub fn flag_late(cx: &Cx<'_>, order: Option<Order>, elapsed: DeliveryElapsed) -> Reaction {
    let mut order = known(order)?;
    let Stage::UnderWay { deliver_by, overdue, .. } = &mut order.stage else { return Ok(Change::none()) };
    if *overdue || *deliver_by > elapsed.due_at {
        return Ok(Change::none());
    }
    *overdue = true;
    let about = order.about(cx);
    Ok(Change::to(order).say(OrderOverdue { about }))
}

// --- waiting for money -----------------------------------------------------------------------------------------------

/// The hold could not be taken yet.
///
/// # Errors
/// When there is no such order.
pub fn await_payment(_: &Cx<'_>, order: Option<Order>, failed: CaptureFailed) -> Reaction {
    Ok(known(order)?.waiting_because(format!("The payment could not be taken yet: {}", failed.message)))
}

/// The runner could not be paid yet.
///
/// # Errors
/// When there is no such order.
pub fn await_payout(_: &Cx<'_>, order: Option<Order>, held: PayoutHeld) -> Reaction {
    Ok(known(order)?.waiting_because(format!("The runner could not be paid yet: {}", held.message)))
}

/// The runner has no account to be paid on.
///
/// # Errors
/// When there is no such order.
pub fn await_payee(_: &Cx<'_>, order: Option<Order>, _: PayeeUnavailable) -> Reaction {
    Ok(known(order)?.waiting_because("The runner has no payout account yet.".to_owned()))
}

// --- the order itself ------------------------------------------------------------------------------------------------

fn known(order: Option<Order>) -> Result<Order, Fault> {
    order.ok_or_else(|| Fault::give_up("there is no such order"))
}

impl Order {
    /// Where it stands, as people are told.
    #[must_use]
    pub fn status(&self) -> Status {
        match &self.stage {
            Stage::Pending => Status::Pending,
            Stage::Open { .. } => Status::Created,
            Stage::Claimed { .. } => Status::Claimed,
            Stage::UnderWay { reached: None, .. } => Status::Accepted,
            Stage::UnderWay { reached: Some(Step::Placed), .. } => Status::Placed,
            Stage::UnderWay { reached: Some(Step::OnTheWay), .. } => Status::OnTheWay,
            Stage::UnderWay { reached: Some(Step::Delivered), .. } | Stage::Delivered { .. } => Status::Delivered,
            Stage::Completed { .. } => Status::Completed,
            Stage::Cancelled { .. } => Status::Cancelled,
        }
    }

    /// Who delivers or delivered it.
    #[must_use]
    pub fn runner(&self) -> Option<UserId> {
        match &self.stage {
            Stage::Pending | Stage::Open { .. } => None,
            Stage::Claimed { runner_id, .. }
            | Stage::UnderWay { runner_id, .. }
            | Stage::Delivered { runner_id, .. }
            | Stage::Completed { runner_id } => Some(*runner_id),
            Stage::Cancelled { runner_id, .. } => *runner_id,
        }
    }

    /// Whether nothing can happen to it any more.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Completed { .. } | Stage::Cancelled { .. })
    }

    fn become_(mut self, cx: &Cx<'_>, stage: Stage) -> Self {
        self.stage = stage;
        self.timeline.push(Moment { status: self.status(), at: cx.now });
        self
    }

    fn over(self, cx: &Cx<'_>, reason: CancelReason) -> Change<Self> {
        let runner_id = self.runner();
        let order = self.become_(cx, Stage::Cancelled { reason, runner_id });
        let about = order.about(cx);
        Change::to(order).say(OrderCancelled { about, reason })
    }

    fn waiting_because(mut self, sentence: String) -> Change<Self> {
        let Stage::Delivered { problem, .. } = &mut self.stage else { return Change::none() };
        *problem = Some(sentence);
        Change::to(self)
    }

    fn about(&self, cx: &Cx<'_>) -> About {
        About {
            order_id: self.id,
            version: cx.version,
            status: self.status(),
            customer_id: self.customer_id,
            runner_id: self.runner(),
            at: cx.now,
        }
    }

    /// For what is said without a change: the version stays.
    fn about_unchanged(&self, cx: &Cx<'_>) -> About {
        About { version: cx.version.saturating_sub(1), ..self.about(cx) }
    }

    fn due(&self) -> Option<Due> {
        let due = |kind: &str, at, consequence: &str| {
            Some(Due { kind: kind.to_owned(), at, consequence: consequence.to_owned() })
        };
        match self.stage {
            Stage::Open { until } | Stage::Claimed { until, .. } => due("acceptance", until, "cancel_and_release"),
            Stage::UnderWay { deliver_by, overdue: false, .. } => due("delivery", deliver_by, "flag_overdue"),
            Stage::UnderWay { overdue: true, .. }
            | Stage::Pending
            | Stage::Delivered { .. }
            | Stage::Completed { .. }
            | Stage::Cancelled { .. } => None,
        }
    }

    /// What it is to somebody who could deliver it, while it is on offer.
    #[must_use]
    pub fn offer(&self) -> Option<Offer> {
        let Stage::Open { until } = self.stage else { return None };
        Some(Offer {
            order_id: self.id,
            store: self.store.clone(),
            building: self.deliver_to.building.clone(),
            lines: self.lines.clone(),
            earns_cents: self.price.delivery_fee_cents + self.price.tip_cents,
            spends_cents: self.price.items_cents,
            currency: self.price.currency,
            since: self.opened_at().unwrap_or(until),
            until,
        })
    }

    /// When it came on offer, the first time.
    fn opened_at(&self) -> Option<Timestamp> {
        self.timeline.iter().find(|moment| moment.status == Status::Created).map(|moment| moment.at)
    }
}

impl Entity for Order {
    type Id = OrderId;
    type Table = store::Entity;
    type View = OrderView;

    fn id(&self) -> OrderId {
        self.id
    }

    fn view(&self, version: u64, viewer: &Principal) -> OrderView {
        let (reason, problem) = match &self.stage {
            Stage::Cancelled { reason, .. } => (Some(*reason), None),
            Stage::Delivered { problem, .. } => (None, problem.clone()),
            Stage::Pending
            | Stage::Open { .. }
            | Stage::Claimed { .. }
            | Stage::UnderWay { .. }
            | Stage::Completed { .. } => (None, None),
        };
        let is_customer = *viewer == Principal::User(self.customer_id);
        OrderView {
            order_id: self.id,
            version,
            status: self.status(),
            reason,
            problem,
            overdue: matches!(self.stage, Stage::UnderWay { overdue: true, .. }),
            customer_id: self.customer_id,
            runner_id: self.runner(),
            store: self.store.clone(),
            deliver_to: self.deliver_to.clone(),
            lines: self.lines.clone(),
            price: self.price.clone(),
            timeline: self.timeline.clone(),
            deadline: self.due(),
            handover_pin: is_customer.then(|| self.pin.clone()),
        }
    }

    fn index(&self, row: &mut Row<Self>) {
        let placed_at = self.timeline.first().map_or(0, |moment| moment.at.as_millisecond());
        row.status = Set(self.status().name().to_owned());
        row.customer_id = Set(self.customer_id.to_string());
        row.runner_id = Set(self.runner().map(|runner| runner.to_string()));
        row.placed_at = Set(placed_at);
        row.opened_at = Set(self.opened_at().map(Timestamp::as_millisecond));
    }
}
