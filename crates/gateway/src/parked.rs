//! Messages that a service gave up on: operators look at them, put them back and discard them.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chassis::{inspect, telemetry};
use contracts::repairs::{
    DiscardMessage, GetRepair, ListRepairs, RedriveMessage, RepairPage, RepairStage, RepairStep, RepairView,
};
use contracts::{Intent, MessageId, OrderId, Principal, RepairId};
use futures::StreamExt;
use poem::web::Data;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use tokio::time::Instant;

use crate::Shared;
use crate::acting::{Word, ask_for, patience};
use crate::auth::SignedIn;
use crate::body::Body;
use crate::docs::Tag;
use crate::idempotency::OptionalKey;
use crate::orders::PAGE;
use crate::problem::{Documented, Failure, Problem};
use crate::quotes::text;
use crate::refusals::{
    AWAY, AWAY_REPEAT, INTERNAL, INVALID_OR_REUSED, MEDIA_TYPE, PAGING, PARKED, Row, TOO_LARGE, UNAUTHENTICATED,
    UNREADABLE,
};
use crate::scalars::{Ref, Time};

/// Messages of one request that are put back or discarded at the same time.
const AT_ONCE: usize = 8;

/// How far a repair has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "ParkedState", rename_all = "snake_case", remote = "RepairStage")]
pub(crate) enum StateName {
    /// It waits for somebody.
    Parked,
    /// It was put back and has not come back yet.
    Redriven,
    /// It has been handled after all.
    Settled,
    /// Somebody decided that it does not matter.
    Discarded,
}

/// Which parked messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub(crate) enum ParkedFilter {
    /// Those that somebody has to look after: parked and redriven.
    Open,
    /// Those that wait for somebody.
    Parked,
    /// Those that were put back and have not come back yet.
    Redriven,
    /// Those that have been handled after all.
    Settled,
    /// Those that do not matter.
    Discarded,
    /// All of them.
    All,
}

impl ParkedFilter {
    fn stages(self) -> Vec<RepairStage> {
        match self {
            Self::Open => RepairStage::OPEN.to_vec(),
            Self::Parked => vec![RepairStage::Parked],
            Self::Redriven => vec![RepairStage::Redriven],
            Self::Settled => vec![RepairStage::Settled],
            Self::Discarded => vec![RepairStage::Discarded],
            Self::All => Vec::new(),
        }
    }
}

/// One step of a parked message's history.
#[derive(Debug, Object)]
struct ParkedStep {
    /// When.
    at: Time,
    /// `parked`, `redriven`, `settled`, `discarded`, or `lost`: what was to be put back is not there any more.
    what: String,
    /// Who: somebody in their office (`opr_…`, `sys_cli`), or a service.
    by: String,
    /// Why, or how.
    why: String,
}

impl From<RepairStep> for ParkedStep {
    fn from(step: RepairStep) -> Self {
        Self { at: Time(step.at), what: step.what, by: step.by, why: step.why }
    }
}

/// A message that a service gave up on.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct ParkedMessage {
    /// What it is called here.
    id: Ref<RepairId>,
    /// How far it has come.
    state: StateName,
    /// The message's own id, as it was first given up on.
    message_id: Ref<MessageId>,
    /// The service that gave up on it.
    service: String,
    /// With which reaction; `unreadable` when it could not be read.
    reaction: String,
    /// What the message was published on.
    subject: String,
    /// The order that it is about, if it is one.
    order_id: Option<Ref<OrderId>>,
    /// The message that caused it, if it says so.
    cause: Option<Ref<MessageId>>,
    /// Why it was given up on, the last time.
    reason: String,
    /// How often it was tried, the last time.
    attempts: u32,
    /// When it was given up on first.
    parked_at: Time,
    /// How often it was put back.
    redrives: u32,
    /// What putting it back would be refused with now: a problem's code. Absent when it would not be.
    redrive_refused: Option<String>,
    /// What discarding it would be refused with now: a problem's code. Absent when it would not be.
    discard_refused: Option<String>,
    /// What happened to it, oldest first; on a page the newest 5 steps.
    history: Vec<ParkedStep>,
}

impl From<RepairView> for ParkedMessage {
    fn from(view: RepairView) -> Self {
        Self {
            id: Ref(view.repair_id),
            state: view.stage.into(),
            message_id: Ref(view.message_id),
            service: view.service,
            reaction: view.reaction,
            subject: view.subject,
            order_id: view.order_id.map(Ref),
            cause: view.cause.map(Ref),
            reason: view.reason,
            attempts: view.attempts,
            parked_at: Time(view.parked_at),
            redrives: view.redrives,
            redrive_refused: view.redrive_refused,
            discard_refused: view.discard_refused,
            history: view.history.into_iter().map(Into::into).collect(),
        }
    }
}

/// One page.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct ParkedPage {
    /// Newest first.
    parked: Vec<ParkedMessage>,
    /// The `cursor` of the next page; absent on the last one.
    next: Option<String>,
}

/// A parked message, whole.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct WholeMessage {
    /// What is known of it.
    message: ParkedMessage,
    /// Why it was given up on, the last time, in full; absent when it is not kept any more.
    reason: Option<String>,
    /// The headers that it came with, and those that parking added (`parked-…`).
    headers: BTreeMap<String, String>,
    /// Its bytes, if they are text.
    text: Option<String>,
    /// Its bytes in Base64, if they are not.
    base64: Option<String>,
}

impl WholeMessage {
    fn of(view: RepairView, whole: Option<inspect::Whole>) -> Self {
        let Some(inspect::Whole { headers, payload, .. }) = whole else {
            return Self { message: view.into(), reason: None, headers: BTreeMap::new(), text: None, base64: None };
        };
        let reason = headers.get("parked-reason").cloned();
        let (text, base64) = match String::from_utf8(payload) {
            Ok(text) => (Some(text), None),
            Err(bytes) => (None, Some(STANDARD.encode(bytes.as_bytes()))),
        };
        Self { message: view.into(), reason, headers, text, base64 }
    }
}

/// Why something is done to a parked message.
#[derive(Debug, Object)]
pub(crate) struct ParkedNote {
    /// For whoever looks at it later.
    #[oai(validator(min_length = 1, max_length = 200))]
    reason: String,
}

/// Many parked messages, and why.
#[derive(Debug, Object)]
pub(crate) struct ParkedBulk {
    /// Which.
    #[oai(validator(min_items = 1, max_items = 100))]
    ids: Vec<Ref<RepairId>>,
    /// For whoever looks at them later.
    #[oai(validator(min_length = 1, max_length = 200))]
    reason: String,
    /// Only tell what would happen to each; false when absent.
    dry_run: Option<bool>,
}

/// What became of one of many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
enum ParkedOutcome {
    /// Done.
    Done,
    /// Stored, but not decided within the time to wait. It will be.
    Stored,
    /// Refused, as `code` says.
    Refused,
    /// It would be done.
    WouldBeDone,
    /// It would be refused, as `code` says.
    WouldBeRefused,
}

/// One of many.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct ParkedResult {
    /// Which.
    id: Ref<RepairId>,
    /// What became of it.
    outcome: ParkedOutcome,
    /// The problem's code, if there is one.
    code: Option<String>,
    /// The message as it is now, or as it is before anything is done.
    message: Option<ParkedMessage>,
}

/// What became of each.
#[derive(Debug, Object)]
pub(crate) struct ParkedResults {
    /// In the order of the request.
    results: Vec<ParkedResult>,
}

/// What became of a request about a parked message.
#[derive(ApiResponse)]
pub(crate) enum Repaired {
    /// Done: the message as it is now.
    #[oai(status = 200)]
    Done(Json<ParkedMessage>),
    /// Stored, but not decided within the time to wait. It will be.
    #[oai(status = 202)]
    Stored,
}

const OPERATORS: Row = (403, "`forbidden`: not an operator");

pub(crate) struct Listing;

impl Documented for Listing {
    const PROBLEMS: &'static [Row] = &[PAGING, UNAUTHENTICATED, OPERATORS, INTERNAL, AWAY];
}

pub(crate) struct Showing;

impl Documented for Showing {
    const PROBLEMS: &'static [Row] =
        &[UNAUTHENTICATED, (403, "`forbidden`: not an operator; `suspended`"), (404, "`not_found`"), INTERNAL, AWAY];
}

pub(crate) struct Repairing;

impl Documented for Repairing {
    const PROBLEMS: &'static [Row] = &[
        UNREADABLE,
        UNAUTHENTICATED,
        (403, "`forbidden`: not an operator; `suspended`; `not_allowed`"),
        (404, "`not_found`"),
        (
            409,
            "`already_redriven`: it has not come back yet; `already_settled`: it has been handled; `already_discarded`; \
             `payload_left_out`: it is not kept whole",
        ),
        TOO_LARGE,
        MEDIA_TYPE,
        INVALID_OR_REUSED,
        PARKED,
        AWAY_REPEAT,
    ];
}

pub(crate) struct RepairingMany;

impl Documented for RepairingMany {
    const PROBLEMS: &'static [Row] = &[
        UNREADABLE,
        UNAUTHENTICATED,
        (403, "`forbidden`: not an operator; `suspended`"),
        TOO_LARGE,
        MEDIA_TYPE,
        INVALID_OR_REUSED,
        INTERNAL,
        AWAY_REPEAT,
    ];
}

pub(crate) struct ParkedApi;

#[OpenApi(tag = "Tag::Operations")]
impl ParkedApi {
    /// Which messages did services give up on?
    ///
    /// For operators. Each is a story that stands still until somebody mends the reason and puts the message back.
    #[oai(path = "/api/v1/ops/parked", method = "get", operation_id = "opsListParked")]
    #[expect(clippy::too_many_arguments, reason = "one per query parameter")]
    async fn list(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// Which ones; `open` when absent.
        state: Query<Option<ParkedFilter>>,
        /// Only those that this service gave up on.
        #[oai(validator(min_length = 1, max_length = 100))]
        service: Query<Option<String>>,
        /// Only those that this reaction gave up on.
        #[oai(validator(min_length = 1, max_length = 100))]
        reaction: Query<Option<String>>,
        /// Only those about this order.
        order_id: Query<Option<Ref<OrderId>>>,
        /// The `next` of the page before.
        #[oai(validator(min_length = 1, max_length = 200))]
        cursor: Query<Option<String>>,
        /// At most this many; 20 when absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u32>>,
    ) -> Result<Json<ParkedPage>, Failure<Listing>> {
        caller.operator()?;
        let question = ListRepairs {
            stages: state.0.unwrap_or(ParkedFilter::Open).stages(),
            service: service.0,
            reaction: reaction.0,
            order_id: order_id.0.map(|id| id.0),
            cursor: cursor.0,
            limit: limit.0.unwrap_or(PAGE),
        };
        let RepairPage { repairs, next } = shared.ask(&question).await??;
        Ok(Json(ParkedPage { parked: repairs.into_iter().map(Into::into).collect(), next }))
    }

    /// A parked message, whole
    ///
    /// For operators who are not suspended: its headers and its bytes as they came, which may be personal, and what happened
    /// to it.
    #[oai(path = "/api/v1/ops/parked/:id", method = "get", operation_id = "opsGetParked")]
    async fn get(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// The parked message.
        id: Path<Ref<RepairId>>,
    ) -> Result<Json<WholeMessage>, Failure<Showing>> {
        shared.in_office(caller.operator()).await?;
        let view = shared.ask(&GetRepair { repair_id: id.0.0 }).await??;
        if let Some(order_id) = &view.order_id {
            telemetry::join_story(order_id);
        }
        let whole = inspect::whole(&shared.bus, view.sequence).await;
        let whole = whole.map_err(|cause| Problem::broker_away().because(cause))?;
        Ok(Json(WholeMessage::of(view, whole)))
    }

    /// Put a parked message back
    ///
    /// For operators. The service that gave up on it handles it once more; every other one has handled it and does not. It is
    /// then settled by itself, or comes back parked with a new reason.
    #[oai(path = "/api/v1/ops/parked/:id/redrive", method = "post", operation_id = "opsRedriveParked")]
    async fn redrive(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// The parked message.
        id: Path<Ref<RepairId>>,
        /// Makes repeating the request safe.
        #[oai(name = "Idempotency-Key")]
        key: OptionalKey,
        /// `wait=N`: seconds to wait for the verdict.
        #[oai(name = "Prefer", validator(max_length = 200))]
        prefer: Header<Option<String>>,
        Body(why): Body<ParkedNote>,
    ) -> Result<Repaired, Failure<Repairing>> {
        let principal = shared.in_office(caller.operator()).await?;
        let intent = RedriveMessage { repair_id: id.0.0, reason: text("/reason", &why.reason)? };
        let message_id = key.message_id(&principal, "repairs.redrive");
        Ok(repair(shared, &principal, message_id, &intent, prefer.0.as_deref()).await?)
    }

    /// Discard a parked message
    ///
    /// For operators: nothing more is to come of it. It can still be put back later.
    #[oai(path = "/api/v1/ops/parked/:id/discard", method = "post", operation_id = "opsDiscardParked")]
    async fn discard(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// The parked message.
        id: Path<Ref<RepairId>>,
        /// Makes repeating the request safe.
        #[oai(name = "Idempotency-Key")]
        key: OptionalKey,
        /// `wait=N`: seconds to wait for the verdict.
        #[oai(name = "Prefer", validator(max_length = 200))]
        prefer: Header<Option<String>>,
        Body(why): Body<ParkedNote>,
    ) -> Result<Repaired, Failure<Repairing>> {
        let principal = shared.in_office(caller.operator()).await?;
        let intent = DiscardMessage { repair_id: id.0.0, reason: text("/reason", &why.reason)? };
        let message_id = key.message_id(&principal, "repairs.discard");
        Ok(repair(shared, &principal, message_id, &intent, prefer.0.as_deref()).await?)
    }

    /// Put many parked messages back
    ///
    /// For operators. With `dry_run`, only tells what would happen to each.
    #[oai(path = "/api/v1/ops/parked/redrive", method = "post", operation_id = "opsRedriveManyParked")]
    async fn redrive_many(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// Makes repeating the request safe.
        #[oai(name = "Idempotency-Key")]
        key: OptionalKey,
        /// `wait=N`: seconds to wait for the verdicts.
        #[oai(name = "Prefer", validator(max_length = 200))]
        prefer: Header<Option<String>>,
        Body(bulk): Body<ParkedBulk>,
    ) -> Result<Json<ParkedResults>, Failure<RepairingMany>> {
        let principal = shared.in_office(caller.operator()).await?;
        let reason = text("/reason", &bulk.reason)?;
        let base = key.message_id(&principal, "repairs.redrive_many");
        let intent = |repair_id| RedriveMessage { repair_id, reason: reason.clone() };
        let many = Many { shared, principal, base, deadline: patience(prefer.0.as_deref(), &shared.settings) };
        Ok(many.answer(bulk, intent, |view| view.redrive_refused.clone()).await?)
    }

    /// Discard many parked messages
    ///
    /// For operators. With `dry_run`, only tells what would happen to each.
    #[oai(path = "/api/v1/ops/parked/discard", method = "post", operation_id = "opsDiscardManyParked")]
    async fn discard_many(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// Makes repeating the request safe.
        #[oai(name = "Idempotency-Key")]
        key: OptionalKey,
        /// `wait=N`: seconds to wait for the verdicts.
        #[oai(name = "Prefer", validator(max_length = 200))]
        prefer: Header<Option<String>>,
        Body(bulk): Body<ParkedBulk>,
    ) -> Result<Json<ParkedResults>, Failure<RepairingMany>> {
        let principal = shared.in_office(caller.operator()).await?;
        let reason = text("/reason", &bulk.reason)?;
        let base = key.message_id(&principal, "repairs.discard_many");
        let intent = |repair_id| DiscardMessage { repair_id, reason: reason.clone() };
        let many = Many { shared, principal, base, deadline: patience(prefer.0.as_deref(), &shared.settings) };
        Ok(many.answer(bulk, intent, |view| view.discard_refused.clone()).await?)
    }
}

async fn repair<I: Intent>(
    shared: &Shared,
    principal: &Principal,
    id: MessageId,
    intent: &I,
    prefer: Option<&str>,
) -> Result<Repaired, Problem> {
    match ask_for(shared, principal, id, intent, patience(prefer, &shared.settings)).await? {
        Word::Pending => Ok(Repaired::Stored),
        Word::Done(view) => Ok(Repaired::Done(Json(read(view)?))),
    }
}

fn read(view: serde_json::Value) -> Result<ParkedMessage, Problem> {
    serde_json::from_value::<RepairView>(view).map(Into::into).map_err(Problem::internal)
}

/// The same is wanted of many messages, by one person.
struct Many<'a> {
    shared: &'a Shared,
    principal: Principal,
    /// What the ids of all the intents follow from.
    base: MessageId,
    deadline: Instant,
}

impl Many<'_> {
    async fn answer<I: Intent>(
        &self,
        bulk: ParkedBulk,
        intent: impl Fn(RepairId) -> I,
        refused: impl Fn(&RepairView) -> Option<String>,
    ) -> Result<Json<ParkedResults>, Problem> {
        self.shared.connected().await?;
        let is_dry = bulk.dry_run.unwrap_or_default();
        let results = futures::stream::iter(bulk.ids).map(|Ref(id)| {
            let (intent, refused) = (intent(id), &refused);
            async move { if is_dry { self.preview(id, refused).await } else { self.act(id, &intent).await } }
        });
        let results: Vec<_> = results.buffered(AT_ONCE).collect().await;
        Ok(Json(ParkedResults { results: results.into_iter().collect::<Result<_, _>>()? }))
    }

    async fn preview(
        &self,
        id: RepairId,
        refused: &impl Fn(&RepairView) -> Option<String>,
    ) -> Result<ParkedResult, Problem> {
        let (code, message) = match self.shared.ask(&GetRepair { repair_id: id }).await? {
            Ok(view) => (refused(&view), Some(view.into())),
            Err(no) => (Some(no.code), None),
        };
        let outcome = if code.is_some() { ParkedOutcome::WouldBeRefused } else { ParkedOutcome::WouldBeDone };
        Ok(ParkedResult { id: Ref(id), outcome, code, message })
    }

    /// What one is refused with is its own result; what keeps the platform from deciding at all is the request's.
    async fn act<I: Intent>(&self, id: RepairId, intent: &I) -> Result<ParkedResult, Problem> {
        let message_id = self.base.derive(&id.to_string());
        let result = |outcome, code, message| ParkedResult { id: Ref(id), outcome, code, message };
        match ask_for(self.shared, &self.principal, message_id, intent, self.deadline).await {
            Ok(Word::Pending) => Ok(result(ParkedOutcome::Stored, None, None)),
            Ok(Word::Done(view)) => Ok(result(ParkedOutcome::Done, None, Some(read(view)?))),
            Err(problem) if problem.is_refusal() => {
                Ok(result(ParkedOutcome::Refused, Some(problem.code().to_owned()), None))
            }
            Err(problem) => Err(problem),
        }
    }
}
