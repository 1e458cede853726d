//! What people do at the end of a delivery and after it: confirm, complain, rate, tip.

use std::sync::Arc;

use contracts::orders::{ConfirmDelivery, ProblemKind, RateOrder, ReportProblem, TipOrder};
use contracts::{Cents, OrderId};
use poem::web::Data;
use poem_openapi::param::{Header, Path};
use poem_openapi::{Enum, Object, OpenApi};

use crate::Shared;
use crate::acting::{Act, Acted};
use crate::auth::SignedIn;
use crate::body::Body;
use crate::docs::Tag;
use crate::idempotency::OptionalKey;
use crate::problem::{Documented, Failure};
use crate::quotes::text;
use crate::refusals::{
    AWAY_REPEAT, INVALID_OR_REUSED, MEDIA_TYPE, NOT_FOUND, PARKED, REUSED, Row, TOO_LARGE, UNAUTHENTICATED, UNREADABLE,
};
use crate::scalars::Ref;

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "ProblemKind", rename_all = "snake_case", remote = "ProblemKind")]
pub(crate) enum ProblemName {
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

/// What an operator shall look at.
#[derive(Debug, Object)]
#[oai(rename = "NewProblem")]
pub(crate) struct Complaint {
    /// What went wrong.
    kind: ProblemName,
    /// In their own words.
    #[oai(validator(min_length = 1, max_length = 500))]
    text: Option<String>,
}

/// How the other side was.
#[derive(Debug, Object)]
#[oai(rename = "NewRating")]
pub(crate) struct Rating {
    /// 1 to 5.
    #[oai(validator(minimum(value = "1"), maximum(value = "5")))]
    stars: u8,
    /// In their own words.
    #[oai(validator(min_length = 1, max_length = 300))]
    comment: Option<String>,
}

/// Something on top for the runner.
#[derive(Debug, Object)]
#[oai(rename = "NewTip")]
pub(crate) struct Tip {
    /// How much.
    #[oai(validator(minimum(value = "1"), maximum(value = "100000000")))]
    tip_cents: i64,
}

pub(crate) struct Confirming;

impl Documented for Confirming {
    const PROBLEMS: &'static [Row] = &[
        UNREADABLE,
        UNAUTHENTICATED,
        (403, "`not_your_order`, `not_allowed`, to those who may see the order"),
        NOT_FOUND,
        (409, "`wrong_step`, `already_delivered`, `closed`"),
        REUSED,
        PARKED,
        AWAY_REPEAT,
    ];
}

pub(crate) struct Complaining;

impl Documented for Complaining {
    const PROBLEMS: &'static [Row] = &[
        UNREADABLE,
        UNAUTHENTICATED,
        (403, "`not_allowed`, to those who may see the order"),
        NOT_FOUND,
        (409, "`already_reported`, `too_late`, `closed`"),
        TOO_LARGE,
        MEDIA_TYPE,
        INVALID_OR_REUSED,
        PARKED,
        AWAY_REPEAT,
    ];
}

pub(crate) struct Rated;

impl Documented for Rated {
    const PROBLEMS: &'static [Row] = &[
        UNREADABLE,
        UNAUTHENTICATED,
        (403, "`not_allowed`, to those who may see the order"),
        NOT_FOUND,
        (409, "`not_delivered`, `already_rated`, `too_late`, `closed`"),
        TOO_LARGE,
        MEDIA_TYPE,
        (422, "`invalid_field` (see `pointer`), `stars_out_of_range`, `idempotency_key_reused`"),
        PARKED,
        AWAY_REPEAT,
    ];
}

pub(crate) struct Tipping;

impl Documented for Tipping {
    const PROBLEMS: &'static [Row] = &[
        UNREADABLE,
        UNAUTHENTICATED,
        (403, "`not_your_order`, `not_allowed`, to those who may see the order"),
        NOT_FOUND,
        (409, "`not_delivered`, `already_tipped`, `too_late`, `closed`"),
        TOO_LARGE,
        MEDIA_TYPE,
        (422, "`invalid_field` (see `pointer`), `tip_out_of_range`, `idempotency_key_reused`"),
        PARKED,
        AWAY_REPEAT,
    ];
}

pub(crate) struct AftermathApi;

#[OpenApi(tag = "Tag::Orders")]
impl AftermathApi {
    /// Confirm the delivery
    ///
    /// For the order's customer, who has it and says so, instead of showing the PIN.
    #[oai(path = "/api/v1/orders/:id/confirm", method = "post", operation_id = "confirmDelivery")]
    async fn confirm(
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
    ) -> Result<Acted, Failure<Confirming>> {
        let act = Act::begin(shared, &caller, id.0.0, prefer.0.as_deref());
        let message_id = key.message_id(&caller.principal(), "orders.confirm");
        Ok(act.answer(message_id, &ConfirmDelivery { order_id: act.order_id }).await?)
    }

    /// Report a problem
    ///
    /// For the order's customer and its runner. An operator looks at it.
    #[oai(path = "/api/v1/orders/:id/problem", method = "post", operation_id = "reportProblem")]
    async fn problem(
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
        Body(complaint): Body<Complaint>,
    ) -> Result<Acted, Failure<Complaining>> {
        let act = Act::begin(shared, &caller, id.0.0, prefer.0.as_deref());
        let message_id = key.message_id(&caller.principal(), "orders.report_problem");
        let words = complaint.text.as_deref().map(|words| text("/text", words)).transpose()?;
        let intent = ReportProblem { order_id: act.order_id, kind: complaint.kind.into(), text: words };
        Ok(act.answer(message_id, &intent).await?)
    }

    /// Rate the other side
    ///
    /// For the order's customer and its runner, after the delivery, once each.
    #[oai(path = "/api/v1/orders/:id/rate", method = "post", operation_id = "rateOrder")]
    async fn rate(
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
        Body(rating): Body<Rating>,
    ) -> Result<Acted, Failure<Rated>> {
        let act = Act::begin(shared, &caller, id.0.0, prefer.0.as_deref());
        let message_id = key.message_id(&caller.principal(), "orders.rate");
        let comment = rating.comment.as_deref().map(|comment| text("/comment", comment)).transpose()?;
        Ok(act.answer(message_id, &RateOrder { order_id: act.order_id, stars: rating.stars, comment }).await?)
    }

    /// Tip the runner
    ///
    /// For the order's customer, after the delivery, once.
    #[oai(path = "/api/v1/orders/:id/tip", method = "post", operation_id = "tipOrder")]
    async fn tip(
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
        Body(tip): Body<Tip>,
    ) -> Result<Acted, Failure<Tipping>> {
        let act = Act::begin(shared, &caller, id.0.0, prefer.0.as_deref());
        let message_id = key.message_id(&caller.principal(), "orders.tip");
        Ok(act.answer(message_id, &TipOrder { order_id: act.order_id, tip_cents: Cents(tip.tip_cents) }).await?)
    }
}
