//! The order itself: where it stands, and what people may see of it.

use chassis::{Change, Cx, Entity, Fault, Row};
use contracts::orders::{
    About, CancelReason, ChangeView, Due, Moment, Offer, OrderCancelled, OrderView, ProblemKind, RatingView,
    ReportView, Status, Step,
};
use contracts::place::{DeliverTo, Store};
use contracts::quote::{Basis, Line, Price};
use contracts::{Cents, OrderId, Principal, Text, UserId};
use jiff::{SignedDuration, Timestamp};
use sea_orm::Set;
use serde::{Deserialize, Serialize};

use crate::placing::ACTION;
use crate::refusal::Refusal;
use crate::{actions, store};

/// A delivered order's money is moved within seconds, or something is in its way.
const SETTLED: SignedDuration = SignedDuration::from_hours(1);

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
    /// How the price came about.
    #[serde(default)]
    pub basis: Basis,
    /// What the till receipt said.
    #[serde(default)]
    pub receipt_cents: Option<Cents>,
    /// Held beyond the first hold, because the customer agreed to more.
    #[serde(default)]
    pub excess_held_cents: Cents,
    /// The bank has yet to answer about an excess. Until then nobody asks for another one: its answer would be taken for this
    /// one's.
    #[serde(default)]
    pub excess_pending: bool,
    /// What the runner asked last.
    #[serde(default)]
    pub asked: Option<Asked>,
    /// What the customer shows at the door.
    pub pin: String,
    /// Wrong ones that were tried since the last pause.
    #[serde(default)]
    pub wrong_pins: u32,
    /// No PIN is taken before then.
    #[serde(default)]
    pub pins_from: Option<Timestamp>,
    /// The hold went away after the runner had bought the food.
    #[serde(default)]
    pub unheld_since: Option<Timestamp>,
    /// Why it was called off, in the words of whoever did it.
    #[serde(default)]
    pub cancel_note: Option<Text<200>>,
    /// What somebody wants an operator to look at.
    #[serde(default)]
    pub reports: Vec<Report>,
    /// How the sides rated each other.
    #[serde(default)]
    pub ratings: Vec<Rating>,
    /// What was given on top after the delivery.
    #[serde(default)]
    pub tip: Option<Tip>,
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
    /// The bank waits for the customer.
    ActionRequired {
        /// Then it is over.
        until: Timestamp,
    },
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
        /// The runner is at the door; from then on they need not wait any longer.
        #[serde(default)]
        waits_until: Option<Timestamp>,
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

/// What the runner asked the customer: is something else, or more money, all right?
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// What the runner would spend at the counter.
    pub items_cents: Cents,
    /// How much more than what is held that takes.
    pub excess_cents: Cents,
    /// What would be different.
    pub note: Option<Text<200>>,
    /// What came of it.
    pub answer: Answer,
}

/// What came of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Answer {
    /// None yet.
    Open {
        /// Then silence is a no.
        until: Timestamp,
    },
    /// Yes; the rest of the money is being held.
    Securing,
    /// Yes, and the money is there.
    Agreed,
    /// No.
    Refused,
}

/// What somebody wants an operator to look at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// By whom.
    pub by: UserId,
    /// What went wrong.
    pub kind: ProblemKind,
    /// In their own words.
    pub text: Option<Text<500>>,
    /// When.
    pub at: Timestamp,
    /// How it was settled.
    pub resolved: Option<Text<200>>,
}

/// How one side rated the other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rating {
    /// Who rated.
    pub by: UserId,
    /// Who was rated.
    pub of: UserId,
    /// 1 to 5.
    pub stars: u8,
    /// In their own words.
    pub comment: Option<Text<300>>,
}

/// What was given on top after the delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tip {
    /// How much.
    pub cents: Cents,
    /// Nothing until the bank has answered.
    pub paid: Option<bool>,
}

/// What an intent's rule returns.
pub type Ruling = Result<Change<Order>, Refusal>;
/// What an event's rule returns.
pub type Reaction = Result<Change<Order>, Fault>;

/// Something happened to an order that has to exist.
pub(crate) fn known(order: Option<Order>) -> Result<Order, Fault> {
    order.ok_or_else(|| Fault::give_up("there is no such order"))
}

impl Order {
    /// Where it stands, as people are told.
    #[must_use]
    pub fn status(&self) -> Status {
        match &self.stage {
            Stage::Pending => Status::Pending,
            Stage::ActionRequired { .. } => Status::ActionRequired,
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
            Stage::Pending | Stage::ActionRequired { .. } | Stage::Open { .. } => None,
            Stage::Claimed { runner_id, .. }
            | Stage::UnderWay { runner_id, .. }
            | Stage::Delivered { runner_id, .. }
            | Stage::Completed { runner_id } => Some(*runner_id),
            Stage::Cancelled { runner_id, .. } => *runner_id,
        }
    }

    /// Whether this person ordered it or delivers it.
    #[must_use]
    pub fn is_party(&self, person: UserId) -> bool {
        person == self.customer_id || Some(person) == self.runner()
    }

    /// Whether nothing can happen to it any more, but for words about it.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Completed { .. } | Stage::Cancelled { .. })
    }

    /// Whether its delivery is late.
    #[must_use]
    pub fn is_overdue(&self) -> bool {
        matches!(self.stage, Stage::UnderWay { overdue: true, .. })
    }

    /// The most that the runner may spend at the counter without asking.
    #[must_use]
    pub fn spendable_cents(&self) -> Cents {
        self.price.spendable_cents() + self.excess_held_cents
    }

    /// What the customer pays in the end: the receipt instead of the estimate, once it is known.
    #[must_use]
    pub fn final_cents(&self) -> Cents {
        self.price.total_cents - self.price.items_cents + self.receipt_cents.unwrap_or(self.price.items_cents)
    }

    pub(crate) fn become_(mut self, cx: &Cx<'_>, stage: Stage) -> Self {
        self.stage = stage;
        self.timeline.push(Moment { status: self.status(), at: cx.now, occurred_at: None });
        self
    }

    /// What was recorded last was done earlier than it was heard of: as early as its runner says, but not before what came
    /// before it.
    pub(crate) fn done_at(mut self, occurred_at: Option<Timestamp>) -> Self {
        if let (Some(at), [.., before, last]) = (occurred_at, self.timeline.as_mut_slice()) {
            let at = at.max(before.occurred_at.unwrap_or(before.at));
            last.occurred_at = (at < last.at).then_some(at);
        }
        self
    }

    pub(crate) fn over(self, cx: &Cx<'_>, reason: CancelReason) -> Change<Self> {
        let runner_id = self.runner();
        let order = self.become_(cx, Stage::Cancelled { reason, runner_id });
        let about = order.about(cx);
        Change::to(order).say(OrderCancelled { about, reason })
    }

    pub(crate) fn about(&self, cx: &Cx<'_>) -> About {
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
    pub(crate) fn about_unchanged(&self, cx: &Cx<'_>) -> About {
        About { version: cx.version.saturating_sub(1), ..self.about(cx) }
    }

    fn due(&self) -> Option<Due> {
        let due = |kind: &str, at, consequence: &str| {
            Some(Due { kind: kind.to_owned(), at, consequence: consequence.to_owned() })
        };
        if let (Stage::UnderWay { .. }, Some(Asked { answer: Answer::Open { until }, .. })) = (&self.stage, &self.asked)
        {
            return due("consent", *until, "refuse_change");
        }
        match self.stage {
            Stage::ActionRequired { until } => due("action", until, "cancel"),
            Stage::Open { until } | Stage::Claimed { until, .. } => due("acceptance", until, "cancel_and_release"),
            Stage::UnderWay { waits_until: Some(until), .. } => due("no_show", until, "hand_over_without_pin"),
            Stage::UnderWay { deliver_by, overdue: false, .. } => due("delivery", deliver_by, "flag_overdue"),
            Stage::UnderWay { overdue: true, .. }
            | Stage::Pending
            | Stage::Delivered { .. }
            | Stage::Completed { .. }
            | Stage::Cancelled { .. } => None,
        }
    }

    /// By when something happens to it by itself: its deadline, or the next word about its money. Nothing when it is over, or
    /// somebody in an office knows that it waits for them.
    #[must_use]
    pub fn waits_until(&self) -> Option<Timestamp> {
        let since = |status| self.timeline.iter().rev().find(|moment| moment.status == status).map(|moment| moment.at);
        match &self.stage {
            Stage::Pending => since(Status::Pending).map(|at| at + ACTION),
            Stage::ActionRequired { until } | Stage::Open { until } | Stage::Claimed { until, .. } => Some(*until),
            Stage::UnderWay { deliver_by, overdue: false, .. } => Some(match &self.asked {
                Some(Asked { answer: Answer::Open { until }, .. }) => *until.min(deliver_by),
                Some(_) | None => *deliver_by,
            }),
            // Payments says within seconds how it went, or what is in the way; then it is a deadline or a task of theirs.
            Stage::Delivered { problem: None, .. } => since(Status::Delivered).map(|at| at + SETTLED),
            Stage::Delivered { problem: Some(_), .. }
            | Stage::UnderWay { overdue: true, .. }
            | Stage::Completed { .. }
            | Stage::Cancelled { .. } => None,
        }
    }

    /// What only an operator can settle about it: a code, and since when.
    #[must_use]
    pub fn task(&self) -> Option<(&'static str, Timestamp)> {
        if let Some(since) = self.unheld_since.filter(|_| !self.is_over()) {
            return Some(("hold_lost", since));
        }
        if let Some(report) = self.reports.iter().find(|report| report.resolved.is_none()) {
            return Some(("problem_reported", report.at));
        }
        match self.stage {
            Stage::UnderWay { overdue: true, deliver_by, .. } => Some(("overdue", deliver_by)),
            Stage::UnderWay { overdue: false, .. }
            | Stage::Pending
            | Stage::ActionRequired { .. }
            | Stage::Open { .. }
            | Stage::Claimed { .. }
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

    /// What a search looks at.
    fn words(&self) -> String {
        let names = self.lines.iter().map(|line| line.name.as_str());
        std::iter::once(self.store.name.as_str()).chain(names).collect::<Vec<_>>().join("\n").to_lowercase()
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
            | Stage::ActionRequired { .. }
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
            note: self.cancel_note.clone(),
            problem,
            overdue: self.is_overdue(),
            customer_id: self.customer_id,
            runner_id: self.runner(),
            store: self.store.clone(),
            deliver_to: self.deliver_to.clone(),
            lines: self.lines.clone(),
            price: self.price.clone(),
            timeline: self.timeline.clone(),
            deadline: self.due(),
            handover_pin: is_customer.then(|| self.pin.clone()),
            basis: self.basis,
            receipt_cents: self.receipt_cents,
            change: self.asked.as_ref().map(Asked::view),
            problems: self.reports.iter().filter(|report| report.is_for(viewer)).map(Report::view).collect(),
            ratings: self.ratings.iter().map(|rating| RatingView { of: rating.of, stars: rating.stars }).collect(),
            tipped_cents: self.tip.filter(|tip| tip.paid != Some(false)).map(|tip| tip.cents),
            actions: actions::of(self, viewer),
        }
    }

    fn index(&self, row: &mut Row<Self>) {
        let placed_at = self.timeline.first().map_or(0, |moment| moment.at.as_millisecond());
        row.status = Set(self.status().name().to_owned());
        row.customer_id = Set(self.customer_id.to_string());
        row.runner_id = Set(self.runner().map(|runner| runner.to_string()));
        row.placed_at = Set(placed_at);
        row.opened_at = Set(self.opened_at().map(Timestamp::as_millisecond));
        row.words = Set(self.words());
        row.waits_until = Set(Some(self.waits_until().map_or(i64::MAX, Timestamp::as_millisecond)));
        row.task = Set(self.task().map(|(code, _)| code.to_owned()));
        row.task_since = Set(self.task().map(|(_, since)| since.as_millisecond()));
    }
}

impl Asked {
    fn view(&self) -> ChangeView {
        let state = match self.answer {
            Answer::Open { .. } => "asked",
            Answer::Securing => "securing",
            Answer::Agreed => "agreed",
            Answer::Refused => "refused",
        };
        ChangeView {
            items_cents: self.items_cents,
            excess_cents: self.excess_cents,
            note: self.note.clone(),
            state: state.to_owned(),
        }
    }
}

impl Report {
    /// Staff read all of them, people their own.
    fn is_for(&self, viewer: &Principal) -> bool {
        viewer.is_staff() || *viewer == Principal::User(self.by)
    }

    fn view(&self) -> ReportView {
        ReportView {
            by: self.by,
            kind: self.kind,
            text: self.text.clone(),
            at: self.at,
            resolved: self.resolved.clone(),
        }
    }
}
