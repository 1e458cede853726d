//! What a runner does with an order: take it, move it on, wait at the door, give it back.

use std::sync::Arc;

use contracts::orders::{AcceptOrder, AdvanceOrder, OrderView, ReportArrival, Status, Step, WithdrawOrder};
use contracts::users::Role;
use contracts::{Cents, MessageId, OrderId, Refused};
use poem::http::StatusCode;
use poem::web::Data;
use poem_openapi::param::{Header, Path};
use poem_openapi::{Enum, Object, OpenApi};

use crate::Shared;
use crate::acting::{Act, Acted, done};
use crate::auth::{Caller, SignedIn};
use crate::body::Body;
use crate::docs::Tag;
use crate::idempotency::OptionalKey;
use crate::problem::{Documented, Failure, Problem};
use crate::refusals::{
    AWAY_REPEAT, MEDIA_TYPE, NOT_FOUND, PARKED, REUSED, Row, TOO_LARGE, UNAUTHENTICATED, UNREADABLE,
};
use crate::scalars::{Ref, Time};
use crate::waiting::{News, Watch};

/// The steps that a runner takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "Step", rename_all = "SCREAMING_SNAKE_CASE", remote = "Step")]
pub(crate) enum StepName {
    /// Bought, or ordered at the counter.
    Placed,
    /// On the way to the customer.
    OnTheWay,
    /// Handed over.
    Delivered,
}

/// The next step.
#[derive(Debug, Object)]
pub(crate) struct Advance {
    /// Steps come one after the other.
    to: StepName,
    /// The four digits that the customer shows at the door; needed for `DELIVERED`.
    #[oai(validator(min_length = 1, max_length = 10))]
    pin: Option<String>,
    /// What the till receipt says; needed for `PLACED` of an errand. More than what is held asks the customer.
    #[oai(validator(minimum(value = "0"), maximum(value = "100000000")))]
    receipt_cents: Option<i64>,
    /// When it was done, if it could not be told then: shown in the timeline. Deadlines go by when the platform heard of it. A time
    /// before the step before, or after now, is taken as that.
    occurred_at: Option<Time>,
}

pub(crate) struct Accepting;

impl Documented for Accepting {
    const PROBLEMS: &'static [Row] = &[
        (400, "`bad_request`, `invalid_parameter`, `bad_idempotency_key`"),
        UNAUTHENTICATED,
        (403, "`forbidden`: not a runner; `not_a_person`"),
        (404, "`not_found`"),
        (
            409,
            "`own_order`, `already_taken`, `not_on_offer`, `past_deadline`, `closed`; when the runner may not deliver: \
             `no_payout_account`, `not_a_runner`, `unknown_runner`, `suspended`, or `claim_lost` on a late repeat",
        ),
        REUSED,
        PARKED,
        AWAY_REPEAT,
    ];
}

pub(crate) struct Advancing;

impl Documented for Advancing {
    const PROBLEMS: &'static [Row] = &[
        UNREADABLE,
        UNAUTHENTICATED,
        (403, "`not_the_runner`, `not_allowed`, to those who may see the order"),
        NOT_FOUND,
        (
            409,
            "`wrong_step`, `pin_required`, `wrong_pin`, `pin_locked` after five wrong ones, `receipt_required`, \
             `change_pending`, `closed`",
        ),
        TOO_LARGE,
        MEDIA_TYPE,
        (422, "`invalid_field` (see `pointer`), `receipt_out_of_range`, `idempotency_key_reused`"),
        PARKED,
        AWAY_REPEAT,
    ];
}

pub(crate) struct Withdrawing;

impl Documented for Withdrawing {
    const PROBLEMS: &'static [Row] = &[
        UNREADABLE,
        UNAUTHENTICATED,
        (403, "`not_the_runner`, `not_allowed`, to those who may see the order"),
        NOT_FOUND,
        (409, "`wrong_step`, `already_bought`, `already_delivered`, `closed`"),
        REUSED,
        PARKED,
        AWAY_REPEAT,
    ];
}

pub(crate) struct Arriving;

impl Documented for Arriving {
    const PROBLEMS: &'static [Row] = &[
        UNREADABLE,
        UNAUTHENTICATED,
        (403, "`not_the_runner`, `not_allowed`, to those who may see the order"),
        NOT_FOUND,
        (409, "`wrong_step`, `already_delivered`, `closed`"),
        REUSED,
        PARKED,
        AWAY_REPEAT,
    ];
}

pub(crate) struct DeliveryApi;

#[OpenApi(tag = "Tag::Delivery")]
impl DeliveryApi {
    /// Take an order on offer
    ///
    /// For runners. Whoever comes first has it, if they can be paid for it; the answer waits for both.
    #[oai(path = "/api/v1/orders/:id/accept", method = "post", operation_id = "acceptOrder")]
    async fn accept(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// The order.
        id: Path<Ref<OrderId>>,
        /// Makes repeating the request safe.
        #[oai(name = "Idempotency-Key")]
        key: OptionalKey,
        /// `wait=N`: seconds to wait for the verdict.
        #[oai(name = "Prefer", validator(max_length = 200))]
        prefer: Header<Option<String>>,
    ) -> Result<Acted, Failure<Accepting>> {
        caller.must_be(Role::Runner)?;
        let act = Act::begin(shared, &caller, id.0.0, prefer.0.as_deref());
        let message_id = key.message_id(&caller.principal(), "orders.accept");
        Ok(accept(&act, &caller, message_id).await?)
    }

    /// Take the next step of a delivery
    ///
    /// For the order's runner. A till receipt above what is held is no refusal: the order stays where it is and the
    /// customer is asked (`change`).
    #[oai(path = "/api/v1/orders/:id/advance", method = "post", operation_id = "advanceOrder")]
    async fn advance(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// The order.
        id: Path<Ref<OrderId>>,
        /// Makes repeating the request safe.
        #[oai(name = "Idempotency-Key")]
        key: OptionalKey,
        /// `wait=N`: seconds to wait for the verdict.
        #[oai(name = "Prefer", validator(max_length = 200))]
        prefer: Header<Option<String>>,
        Body(step): Body<Advance>,
    ) -> Result<Acted, Failure<Advancing>> {
        let act = Act::begin(shared, &caller, id.0.0, prefer.0.as_deref());
        let message_id = key.message_id(&caller.principal(), "orders.advance");
        let intent = AdvanceOrder {
            order_id: act.order_id,
            to: step.to.into(),
            pin: step.pin,
            receipt_cents: step.receipt_cents.map(Cents),
            occurred_at: step.occurred_at.map(|at| at.0),
        };
        Ok(act.answer(message_id, &intent).await?)
    }

    /// Give an order back
    ///
    /// For the order's runner, as long as nothing is bought: it is on offer again.
    #[oai(path = "/api/v1/orders/:id/withdraw", method = "post", operation_id = "withdrawOrder")]
    async fn withdraw(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// The order.
        id: Path<Ref<OrderId>>,
        /// Makes repeating the request safe.
        #[oai(name = "Idempotency-Key")]
        key: OptionalKey,
        /// `wait=N`: seconds to wait for the verdict.
        #[oai(name = "Prefer", validator(max_length = 200))]
        prefer: Header<Option<String>>,
    ) -> Result<Acted, Failure<Withdrawing>> {
        let act = Act::begin(shared, &caller, id.0.0, prefer.0.as_deref());
        let message_id = key.message_id(&caller.principal(), "orders.withdraw");
        Ok(act.answer(message_id, &WithdrawOrder { order_id: act.order_id }).await?)
    }

    /// Say that nobody opens
    ///
    /// For the order's runner, at the door: from now on the no-show deadline runs, after which the PIN is not needed.
    #[oai(path = "/api/v1/orders/:id/arrive", method = "post", operation_id = "reportArrival")]
    async fn arrive(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// The order.
        id: Path<Ref<OrderId>>,
        /// Makes repeating the request safe.
        #[oai(name = "Idempotency-Key")]
        key: OptionalKey,
        /// `wait=N`: seconds to wait for the verdict.
        #[oai(name = "Prefer", validator(max_length = 200))]
        prefer: Header<Option<String>>,
    ) -> Result<Acted, Failure<Arriving>> {
        let act = Act::begin(shared, &caller, id.0.0, prefer.0.as_deref());
        let message_id = key.message_id(&caller.principal(), "orders.arrive");
        Ok(act.answer(message_id, &ReportArrival { order_id: act.order_id }).await?)
    }
}

/// Winning the order is half of it: the other half is whether the runner may deliver, which is users' to say.
async fn accept(act: &Act<'_>, caller: &Caller, id: MessageId) -> Result<Acted, Problem> {
    let mut watch = Watch::start(act.shared, act.order_id, caller.viewer());
    let Some(view) = act.intend(id, &AcceptOrder { order_id: act.order_id }).await? else {
        return Ok(act.stored().await);
    };
    let mut claim = match Claim::seen(&view, caller) {
        Claim::Checking => Claim::Checking,
        Claim::Won => return Ok(done(view)),
        Claim::Lost(reason) => return Err(reason),
    };
    let mut gone_before = false;
    let judge = |news| Claim::judge(news, caller, view.version, &mut gone_before);
    if let Some(verdict) = watch.until(act.deadline, judge).await {
        claim = verdict;
    }
    match claim {
        Claim::Checking => Ok(act.stored().await),
        Claim::Lost(reason) => Err(reason),
        Claim::Won => match act.view().await? {
            Ok(view) => Ok(done(view)),
            // It was theirs, and is not any more.
            Err(_) => Err(not_allowed("claim_lost")),
        },
    }
}

/// What became of a runner's claim.
enum Claim {
    Checking,
    Won,
    Lost(Problem),
}

impl Claim {
    /// What the news say about the claim that was made in version `claimed` of the order; nothing if it is open still.
    fn judge(news: News, caller: &Caller, claimed: u64, gone_before: &mut bool) -> Option<Self> {
        let claim = match news {
            // Of an earlier claim.
            News::Event(heard) if heard.about.version <= claimed => Self::Checking,
            News::Event(heard) if heard.was_claimed_by == Some(caller.user_id) => {
                Self::Lost(not_allowed(heard.reason.as_deref().unwrap_or("claim_lost")))
            }
            News::Event(heard) if heard.about.runner_id == Some(caller.user_id) => Self::of(heard.about.status),
            News::Event(_) => Self::Checking,
            News::Seen(Ok(view)) => Self::seen(&view, caller),
            // Nobody's any more. The event that says why is on its way, unless this is a repeat and it is forgotten.
            News::Seen(Err(_)) if std::mem::replace(gone_before, true) => Self::Lost(not_allowed("claim_lost")),
            News::Seen(Err(_)) => Self::Checking,
        };
        match claim {
            Self::Checking => None,
            Self::Won | Self::Lost(_) => Some(claim),
        }
    }

    fn seen(view: &OrderView, caller: &Caller) -> Self {
        if view.status == Status::Claimed || view.runner_id == Some(caller.user_id) {
            return Self::of(view.status);
        }
        Self::Checking
    }

    fn of(status: Status) -> Self {
        match status {
            Status::Pending | Status::ActionRequired | Status::Created | Status::Claimed => Self::Checking,
            Status::Accepted | Status::Placed | Status::OnTheWay | Status::Delivered | Status::Completed => Self::Won,
            // Called off while the runner was being checked: there is nothing to buy.
            Status::Cancelled => Self::Lost(Refused::new("closed", "This order is closed.").into()),
        }
    }
}

/// The claim was undone; the code says why.
fn not_allowed(reason: &str) -> Problem {
    let detail = match reason {
        "no_payout_account" => "You cannot be paid yet: open a payout account first. The order is on offer again.",
        "suspended" => "You are shut out for now, so you may not deliver. The order is on offer again.",
        "not_a_runner" | "unknown_runner" => "You are not known as a runner. The order is on offer again.",
        _ => "The order could not be given to you; it is on offer again.",
    };
    Problem::new(StatusCode::CONFLICT, reason.to_owned(), detail)
}

#[cfg(test)]
mod tests {
    use contracts::Message;
    use contracts::UserId;
    use contracts::orders::{About, OrderAccepted, OrderReopened};
    use jiff::Timestamp;
    use serde::Serialize;

    use super::*;

    fn ray() -> Caller {
        let user_id = UserId::of_subject("dev", "ray");
        Caller { user_id, roles: vec![Role::Runner], expires_at: Timestamp::MAX }
    }

    fn event(event: &impl Serialize) -> News {
        News::Event(serde_json::from_value(serde_json::to_value(event).expect("JSON")).expect("an event"))
    }

    fn reopened(version: u64, was_claimed_by: UserId) -> News {
        let sample = OrderReopened::sample();
        event(&OrderReopened {
            about: About { version, ..sample.about },
            was_claimed_by,
            reason: sample.reason,
            until: None,
        })
    }

    fn accepted(version: u64, runner_id: UserId) -> News {
        let sample = OrderAccepted::sample();
        event(&OrderAccepted { about: About { version, runner_id: Some(runner_id), ..sample.about }, ..sample })
    }

    /// `won`, `open`, or the code of the problem, for a claim in version 5.
    fn judge(news: News) -> String {
        match Claim::judge(news, &ray(), 5, &mut false) {
            None | Some(Claim::Checking) => "open".to_owned(),
            Some(Claim::Won) => "won".to_owned(),
            Some(Claim::Lost(problem)) => problem.code().to_owned(),
        }
    }

    #[test]
    fn a_claim_is_won_or_lost_by_the_event_that_answers_it() {
        let rio = UserId::of_subject("dev", "rio");
        assert_eq!(judge(accepted(6, ray().user_id)), "won");
        assert_eq!(judge(reopened(6, ray().user_id)), "no_payout_account");
        assert_eq!(judge(reopened(6, rio)), "open");
        assert_eq!(judge(accepted(8, rio)), "open");
    }

    #[test]
    fn what_became_of_an_earlier_claim_is_no_answer() {
        assert_eq!(judge(reopened(4, ray().user_id)), "open");
    }

    #[test]
    fn an_order_that_is_gone_is_lost_only_at_the_second_look() {
        let gone = || News::Seen(Err(Refused::new("not_found", "")));
        let mut before = false;
        assert!(Claim::judge(gone(), &ray(), 5, &mut before).is_none());
        assert!(matches!(Claim::judge(gone(), &ray(), 5, &mut before), Some(Claim::Lost(_))));
    }
}
