//! Something else, or more money, than what was ordered: the runner asks, the customer answers.

use std::sync::Arc;

use contracts::orders::{AnswerChange, ProposeChange};
use contracts::{Cents, OrderId};
use poem::web::Data;
use poem_openapi::param::{Header, Path};
use poem_openapi::{Object, OpenApi};

use crate::Shared;
use crate::acting::{Act, Acted};
use crate::auth::SignedIn;
use crate::body::Body;
use crate::docs::Tag;
use crate::idempotency::OptionalKey;
use crate::problem::{Documented, Failure};
use crate::quotes::text;
use crate::refusals::{
    AWAY_REPEAT, INVALID_OR_REUSED, MEDIA_TYPE, NOT_FOUND, PARKED, Row, TOO_LARGE, UNAUTHENTICATED, UNREADABLE,
};
use crate::scalars::Ref;

/// What the runner would do instead.
#[derive(Debug, Object)]
#[oai(rename = "ChangeProposal")]
pub(crate) struct Proposal {
    /// What the runner would spend at the counter.
    #[oai(validator(minimum(value = "0"), maximum(value = "100000000")))]
    items_cents: i64,
    /// What would be different, in the runner's words.
    #[oai(validator(min_length = 1, max_length = 200))]
    note: Option<String>,
}

/// What the customer says to it.
#[derive(Debug, Object)]
#[oai(rename = "ChangeAnswer")]
pub(crate) struct Answer {
    /// Whether it is all right.
    agree: bool,
}

pub(crate) struct Proposing;

impl Documented for Proposing {
    const PROBLEMS: &'static [Row] = &[
        UNREADABLE,
        UNAUTHENTICATED,
        (403, "`not_the_runner`, `not_allowed`, to those who may see the order"),
        NOT_FOUND,
        (409, "`wrong_step`, `change_pending`, `not_this_basis` for what is from a price list, `closed`"),
        TOO_LARGE,
        MEDIA_TYPE,
        (422, "`invalid_field` (see `pointer`), `receipt_out_of_range`, `idempotency_key_reused`"),
        PARKED,
        AWAY_REPEAT,
    ];
}

pub(crate) struct Answering;

impl Documented for Answering {
    const PROBLEMS: &'static [Row] = &[
        UNREADABLE,
        UNAUTHENTICATED,
        (403, "`not_your_order`, `not_allowed`, to those who may see the order"),
        NOT_FOUND,
        (409, "`no_change_asked`, `too_late`, `closed`"),
        TOO_LARGE,
        MEDIA_TYPE,
        INVALID_OR_REUSED,
        PARKED,
        AWAY_REPEAT,
    ];
}

pub(crate) struct ChangesApi;

#[OpenApi]
impl ChangesApi {
    /// Ask the customer for a change
    ///
    /// For the order's runner, before they buy. The customer answers; silence is a no (`deadline`).
    #[oai(path = "/api/v1/orders/:id/propose", method = "post", operation_id = "proposeChange", tag = "Tag::Delivery")]
    async fn propose(
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
        Body(proposal): Body<Proposal>,
    ) -> Result<Acted, Failure<Proposing>> {
        let act = Act::begin(shared, &caller, id.0.0, prefer.0.as_deref());
        let message_id = key.message_id(&caller.principal(), "orders.propose");
        let note = proposal.note.as_deref().map(|note| text("/note", note)).transpose()?;
        let intent = ProposeChange { order_id: act.order_id, items_cents: Cents(proposal.items_cents), note };
        Ok(act.answer(message_id, &intent).await?)
    }

    /// Answer what the runner asked
    ///
    /// For the order's customer. What is not held yet is secured before the runner may spend it.
    #[oai(path = "/api/v1/orders/:id/answer", method = "post", operation_id = "answerChange", tag = "Tag::Orders")]
    async fn answer(
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
        Body(answer): Body<Answer>,
    ) -> Result<Acted, Failure<Answering>> {
        let act = Act::begin(shared, &caller, id.0.0, prefer.0.as_deref());
        let message_id = key.message_id(&caller.principal(), "orders.answer");
        Ok(act.answer(message_id, &AnswerChange { order_id: act.order_id, agree: answer.agree }).await?)
    }
}
