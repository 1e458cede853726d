//! What operators and finance do to an order that went wrong.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use chassis::inspect;
use contracts::orders::{CancelOrder, ResolveProblem};
use contracts::payments::{Bearer, GetMoney, MoneyView, PaymentRefunded, RefundFailed, RefundPayment};
use contracts::{Cents, Message, OrderId, Principal};
use poem::http::StatusCode;
use poem::web::Data;
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use tokio::time::{Instant, timeout_at};

use crate::Shared;
use crate::acting::{Act, Acted, ask_for, patience};
use crate::auth::{Caller, SignedIn};
use crate::body::Body;
use crate::docs::Tag;
use crate::idempotency::OptionalKey;
use crate::money::Money;
use crate::problem::{Documented, Failure, Problem};
use crate::quotes::text;
use crate::refusals::{
    AWAY_REPEAT, INVALID_OR_REUSED, MEDIA_TYPE, NOT_FOUND, PARKED, Row, TOO_LARGE, UNAUTHENTICATED, UNREADABLE,
};
use crate::router::Hearing;
use crate::scalars::Ref;

/// How often the books are looked at while a refund is under way.
const LOOK: Duration = Duration::from_millis(200);

/// Who bears a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "Bearer", rename_all = "lowercase", remote = "Bearer")]
pub(crate) enum BearerName {
    /// The runner's payout is taken back first, as far as it goes.
    Runner,
    /// The runner keeps theirs; the platform pays.
    Platform,
}

/// Money that is to go back to the customer.
#[derive(Debug, Object)]
#[oai(rename = "NewRefund")]
pub(crate) struct Refund {
    /// How much; all that is left when absent.
    #[oai(validator(minimum(value = "1"), maximum(value = "100000000")))]
    amount_cents: Option<i64>,
    /// Who bears it.
    bearer: BearerName,
    /// Why; for the books.
    #[oai(validator(min_length = 1, max_length = 200))]
    reason: String,
}

/// Why, or how.
#[derive(Debug, Object)]
pub(crate) struct OfficeNote {
    /// For the other side to read.
    #[oai(validator(min_length = 1, max_length = 200))]
    note: String,
}

/// What became of a refund.
#[derive(ApiResponse)]
pub(crate) enum Refunded {
    /// Stripe has it: the order's money as it is now.
    #[oai(status = 200)]
    Done(Json<Money>),
    /// Stored, but Stripe takes longer than the time to wait: the order's money as it was a moment ago.
    #[oai(status = 202)]
    Stored(Json<Money>),
}

pub(crate) struct Cancelling;

impl Documented for Cancelling {
    const PROBLEMS: &'static [Row] = &[
        UNREADABLE,
        UNAUTHENTICATED,
        (403, "`forbidden`: not an operator; `suspended`; `not_allowed`"),
        NOT_FOUND,
        (409, "`already_completed`: refund it instead"),
        TOO_LARGE,
        MEDIA_TYPE,
        INVALID_OR_REUSED,
        PARKED,
        AWAY_REPEAT,
    ];
}

pub(crate) struct Refunding;

impl Documented for Refunding {
    const PROBLEMS: &'static [Row] = &[
        UNREADABLE,
        UNAUTHENTICATED,
        (403, "`forbidden`: neither operator nor finance; `suspended`; `not_allowed`"),
        NOT_FOUND,
        (
            409,
            "`nothing_to_refund`, `refund_too_large`, `already_refunded`, `being_refunded`, `disputed`; `refund_failed`: Stripe could \
             not do it, and it is a task now",
        ),
        TOO_LARGE,
        MEDIA_TYPE,
        INVALID_OR_REUSED,
        PARKED,
        AWAY_REPEAT,
    ];
}

pub(crate) struct Resolving;

impl Documented for Resolving {
    const PROBLEMS: &'static [Row] = &[
        UNREADABLE,
        UNAUTHENTICATED,
        (403, "`forbidden`: not an operator; `suspended`; `not_allowed`"),
        NOT_FOUND,
        (409, "`no_such_problem`"),
        TOO_LARGE,
        MEDIA_TYPE,
        INVALID_OR_REUSED,
        PARKED,
        AWAY_REPEAT,
    ];
}

pub(crate) struct OpsApi;

#[OpenApi(tag = "Tag::Operations")]
impl OpsApi {
    /// Call anybody's order off
    ///
    /// For operators. What was held is let go; what was taken is given back, the runner's payout first.
    #[oai(path = "/api/v1/ops/orders/:id/cancel", method = "post", operation_id = "opsCancelOrder")]
    async fn cancel(
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
        Body(why): Body<OfficeNote>,
    ) -> Result<Acted, Failure<Cancelling>> {
        let principal = shared.in_office(caller.operator()).await?;
        let message_id = key.message_id(&principal, "orders.cancel");
        let act = Act::begin_as(shared, &caller, principal, id.0.0, prefer.0.as_deref());
        let note = Some(text("/note", &why.note)?);
        Ok(act.answer(message_id, &CancelOrder { order_id: act.order_id, note }).await?)
    }

    /// Settle a reported problem
    ///
    /// For operators.
    #[oai(path = "/api/v1/ops/orders/:id/resolve", method = "post", operation_id = "opsResolveProblem")]
    async fn resolve(
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
        Body(how): Body<OfficeNote>,
    ) -> Result<Acted, Failure<Resolving>> {
        let principal = shared.in_office(caller.operator()).await?;
        let message_id = key.message_id(&principal, "orders.resolve_problem");
        let act = Act::begin_as(shared, &caller, principal, id.0.0, prefer.0.as_deref());
        let note = text("/note", &how.note)?;
        Ok(act.answer(message_id, &ResolveProblem { order_id: act.order_id, note }).await?)
    }

    /// Give a customer's money back
    ///
    /// For operators and finance, after it was taken. The runner's payout is taken back first, if they bear it.
    #[oai(path = "/api/v1/ops/orders/:id/refund", method = "post", operation_id = "opsRefundOrder")]
    async fn refund(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// The order.
        id: Path<Ref<OrderId>>,
        /// Makes repeating the request safe.
        #[oai(name = "Idempotency-Key")]
        key: OptionalKey,
        /// `wait=N`: seconds to wait for Stripe.
        #[oai(name = "Prefer", validator(max_length = 200))]
        prefer: Header<Option<String>>,
        Body(refund): Body<Refund>,
    ) -> Result<Refunded, Failure<Refunding>> {
        let principal = shared.in_office(caller.office()).await?;
        chassis::telemetry::join_story(&id.0.0);
        let message_id = key.message_id(&principal, "payments.refund").about(id.0.0);
        let intent = RefundPayment {
            order_id: id.0.0,
            amount_cents: refund.amount_cents.map(Cents),
            bearer: refund.bearer.into(),
            reason: text("/reason", &refund.reason)?,
        };
        let watch = Refunds::start(shared, &caller, id.0.0, patience(prefer.0.as_deref(), &shared.settings)).await?;
        Ok(watch.answer(&principal, message_id, &intent).await?)
    }
}

/// Watches the books of one order while money goes back.
struct Refunds<'a> {
    shared: &'a Shared,
    question: GetMoney,
    deadline: Instant,
    hearing: Hearing,
    before: MoneyView,
}

impl<'a> Refunds<'a> {
    async fn start(shared: &'a Shared, caller: &Caller, order_id: OrderId, deadline: Instant) -> Result<Self, Problem> {
        let hearing = shared.router.watch(order_id);
        let question = GetMoney { order_id, viewer: caller.viewer() };
        let before = shared.ask(&question).await??;
        Ok(Self { shared, question, deadline, hearing, before })
    }

    async fn answer(
        self,
        principal: &Principal,
        id: contracts::MessageId,
        intent: &RefundPayment,
    ) -> Result<Refunded, Problem> {
        ask_for(self.shared, principal, id, intent, self.deadline).await?;
        // Whoever asks again may have been refunded before this time began.
        if let Some(answer) = self.known(id).await? {
            return answer;
        }
        loop {
            let look = (Instant::now() + LOOK).min(self.deadline);
            if let Some(failed) = self.failed(look).await {
                return Err(Problem::new(StatusCode::CONFLICT, "refund_failed", failed.message));
            }
            let now = self.shared.ask(&self.question).await??;
            if now.refunded_cents > self.before.refunded_cents {
                return Ok(Refunded::Done(Json(now.into())));
            }
            if Instant::now() >= self.deadline || self.shared.shutdown.is_soft() {
                return Ok(Refunded::Stored(Json(now.into())));
            }
        }
    }

    /// What has come of this very request, if the log says so already.
    async fn known(&self, id: contracts::MessageId) -> Result<Option<Result<Refunded, Problem>>, Problem> {
        // Without the log it is waited for as if it were the first time.
        let story = inspect::story(&self.shared.bus, &self.question.order_id.to_string()).await.unwrap_or_default();
        let mut follows = HashSet::from([id.to_string()]);
        for said in story.into_iter().filter(|said| !said.subject.starts_with("intent.")) {
            if !follows.contains(&said.causation) {
                continue;
            }
            let is = |name: &str| said.subject.starts_with(&format!("{name}."));
            if is(&RefundFailed::type_name()) {
                let failed: RefundFailed = serde_json::from_value(said.body).map_err(Problem::internal)?;
                return Ok(Some(Err(Problem::new(StatusCode::CONFLICT, "refund_failed", failed.message))));
            }
            if is(&PaymentRefunded::type_name()) {
                let now = self.shared.ask(&self.question).await??;
                return Ok(Some(Ok(Refunded::Done(Json(now.into())))));
            }
            follows.insert(said.id);
        }
        Ok(None)
    }

    /// Whether Stripe said no, heard until it is time to look for oneself.
    async fn failed(&self, look: Instant) -> Option<RefundFailed> {
        loop {
            let event = timeout_at(look, self.hearing.next()).await.ok().flatten()?;
            if event.type_name() == RefundFailed::type_name() {
                return serde_json::from_slice(event.payload()).ok();
            }
            // Any other news of its money are worth a look at once.
            if event.type_name().starts_with("payments.") {
                return None;
            }
        }
    }
}
