//! Everything that was asked and said about one order, and what caused what: read from the log itself, which forgets
//! nothing and is never edited.

use std::sync::Arc;

use chassis::{inspect, telemetry};
use contracts::{OrderId, Principal};
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::types::Any;
use poem_openapi::{Enum, Object, OpenApi};
use serde_json::Value;

use crate::Shared;
use crate::auth::SignedIn;
use crate::docs::Tag;
use crate::problem::{Documented, Failure, Problem};
use crate::refusals::{AWAY, INTERNAL, NOT_AN_ID, OFFICE, Row, UNAUTHENTICATED};
use crate::scalars::{Ref, Time};

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
enum Sort {
    /// Somebody asked for something.
    Intent,
    /// It happened.
    Event,
}

/// One message of the log.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct Entry {
    /// Its place in the log: one total order of everything that was asked and everything that happened.
    sequence: u64,
    /// Its id.
    id: String,
    /// Intent or event.
    sort: Sort,
    /// `<owner>.<name>.v<version>`.
    #[oai(rename = "type")]
    kind: String,
    /// Who asked (`usr_…`, `opr_…`, `fin_…`, `sys_…`), for intents.
    by: Option<String>,
    /// The id of the message that caused it; absent for what people asked.
    cause: Option<String>,
    /// The id under which a service gave up on it, if it was put back for that service.
    redriven_of: Option<String>,
    /// When.
    at: Option<Time>,
    /// What an event says. What people asked may be personal, and stays out.
    body: Option<Any<Value>>,
}

/// An order's part of the log.
#[derive(Debug, Object)]
struct Chronicle {
    /// Oldest first.
    entries: Vec<Entry>,
}

impl Entry {
    /// Nothing for a subject that is none of ours.
    fn of(stored: inspect::Stored) -> Option<Self> {
        let mut tokens = stored.subject.split('.');
        let is_intent = tokens.next()? == "intent";
        let (sort, tokens) = if is_intent { (Sort::Intent, tokens) } else { (Sort::Event, stored.subject.split('.')) };
        let tokens: Vec<&str> = tokens.collect();
        let kind = tokens.get(..3)?.join(".");
        let by = tokens.get(4).filter(|_| is_intent).filter(|by| by.parse::<Principal>().is_ok());
        Some(Self {
            sequence: stored.sequence,
            id: stored.id,
            sort,
            kind,
            by: by.map(|by| (*by).to_owned()),
            cause: Some(stored.causation).filter(|cause| !cause.is_empty()),
            redriven_of: stored.redriven_of,
            at: stored.at.map(Time),
            body: (!is_intent).then_some(Any(stored.body)),
        })
    }
}

struct Telling;

impl Documented for Telling {
    const PROBLEMS: &'static [Row] = &[UNAUTHENTICATED, OFFICE, NOT_AN_ID, INTERNAL, AWAY];
}

pub(crate) struct ChronicleApi;

#[OpenApi(tag = "Tag::Operations")]
impl ChronicleApi {
    /// An order's part of the log
    ///
    /// For operators and finance: everything that was asked and said about it, by whom, and what caused what. Empty for an
    /// order that nobody has heard of.
    #[oai(path = "/api/v1/ops/orders/:id/log", method = "get", operation_id = "opsOrderLog")]
    async fn log(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// The order.
        id: Path<Ref<OrderId>>,
    ) -> Result<Json<Chronicle>, Failure<Telling>> {
        caller.office()?;
        telemetry::join_story(&id.0.0);
        shared.connected().await?;
        let story = inspect::story(&shared.bus, &id.0.0.to_string()).await;
        let story = story.map_err(|cause| Problem::broker_away().because(cause))?;
        Ok(Json(Chronicle { entries: story.into_iter().filter_map(Entry::of).collect() }))
    }
}
