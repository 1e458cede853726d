//! Wanting something done: the intent goes out, its verdict is waited for, and both become an answer.

use std::time::Duration;

use chassis::{Intended, telemetry};
use contracts::orders::{GetOrder, OrderView, Viewer};
use contracts::{Intent, MessageId, OrderId, Principal, Refused, Verdict};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object};
use serde_json::Value;
use tokio::time::Instant;

use crate::auth::Caller;
use crate::idempotency::wait;
use crate::problem::Problem;
use crate::scalars::Ref;
use crate::views::{Order, StatusName};
use crate::{Settings, Shared};

/// An order that is stored, or a request about one that is.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct Receipt {
    /// The order.
    pub(crate) order_id: Ref<OrderId>,
    /// Where it stands, as far as is known; absent when nobody could tell.
    pub(crate) status: Option<StatusName>,
}

/// What became of a request about an order.
#[derive(ApiResponse)]
pub(crate) enum Acted {
    /// Done: the order as it is now.
    #[oai(status = 200)]
    Done(Json<Order>),
    /// Stored, but not decided within the time to wait. It will be.
    #[oai(status = 202)]
    Stored(Json<Receipt>),
}

/// What became of a request that has nothing to show.
#[derive(ApiResponse)]
pub(crate) enum Noted {
    /// Done.
    #[oai(status = 204)]
    Done,
    /// Stored, but not decided within the time to wait. It will be.
    #[oai(status = 202)]
    Stored,
}

/// What an owner said to an intent.
pub(crate) enum Word {
    /// Nothing yet.
    Pending,
    /// It is done; the owner's view of the result, which only some owners give.
    Done(Value),
}

/// What came of an intent, with every no as the problem that it is.
pub(crate) fn word(intended: Intended) -> Result<Word, Problem> {
    match intended {
        Intended::Stored => Ok(Word::Pending),
        Intended::Decided(Verdict::Done { view }) => Ok(Word::Done(view)),
        Intended::Decided(Verdict::Refused(refused)) => Err(refused.into()),
        Intended::Decided(Verdict::Parked { reason }) => Err(Problem::parked(&reason)),
    }
}

/// The order that came with a verdict; nothing when there is no verdict yet.
pub(crate) fn decided(intended: Intended) -> Result<Option<OrderView>, Problem> {
    match word(intended)? {
        Word::Pending => Ok(None),
        Word::Done(view) => serde_json::from_value(view).map(Some).map_err(Problem::internal),
    }
}

/// Until when a request waits for its verdict.
pub(crate) fn patience(prefer: Option<&str>, settings: &Settings) -> Instant {
    let default = Duration::from_millis(settings.wait_ms.min(settings.wait_max_ms));
    Instant::now() + wait(prefer, settings).unwrap_or(default)
}

/// Asks for something and waits for the verdict.
pub(crate) async fn ask_for<I: Intent>(
    shared: &Shared,
    principal: &Principal,
    id: MessageId,
    intent: &I,
    deadline: Instant,
) -> Result<Word, Problem> {
    shared.connected().await?;
    let wait = deadline.saturating_duration_since(Instant::now());
    word(shared.bus.intend(principal, id, intent, wait).await?)
}

/// The same where a yes has nothing to show.
pub(crate) async fn note<I: Intent>(
    shared: &Shared,
    principal: &Principal,
    id: MessageId,
    intent: &I,
    prefer: Option<&str>,
) -> Result<Noted, Problem> {
    match ask_for(shared, principal, id, intent, patience(prefer, &shared.settings)).await? {
        Word::Done(_) => Ok(Noted::Done),
        Word::Pending => Ok(Noted::Stored),
    }
}

/// Somebody wants something done to an order, and will wait so long for the verdict.
pub(crate) struct Act<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) order_id: OrderId,
    pub(crate) deadline: Instant,
    principal: Principal,
    viewer: Viewer,
}

impl<'a> Act<'a> {
    /// Somebody acts for themselves. Part of the order's story from here on, and patient for as long as the request asks.
    pub(crate) fn begin(shared: &'a Shared, caller: &Caller, order_id: OrderId, prefer: Option<&str>) -> Self {
        Self::begin_as(shared, caller, caller.principal(), order_id, prefer)
    }

    /// The same for somebody in their office.
    pub(crate) fn begin_as(
        shared: &'a Shared,
        caller: &Caller,
        principal: Principal,
        order_id: OrderId,
        prefer: Option<&str>,
    ) -> Self {
        telemetry::join_story(&order_id);
        let deadline = patience(prefer, &shared.settings);
        Self { shared, order_id, deadline, principal, viewer: caller.viewer() }
    }

    /// Asks for it and answers with what became of it.
    pub(crate) async fn answer<I: Intent>(&self, id: MessageId, intent: &I) -> Result<Acted, Problem> {
        match self.intend(id, intent).await? {
            Some(view) => Ok(done(view)),
            None => Ok(self.stored().await),
        }
    }

    /// Asks for it; the order as its owner then sees it, unless there is no verdict in time.
    pub(crate) async fn intend<I: Intent>(&self, id: MessageId, intent: &I) -> Result<Option<OrderView>, Problem> {
        self.shared.connected().await?;
        let id = id.about(self.order_id);
        let wait = self.deadline.saturating_duration_since(Instant::now());
        let intended = self.shared.bus.intend(&self.principal, id, intent, wait).await?;
        match decided(intended) {
            Err(problem)
                if matches!(problem.code(), "not_your_order" | "not_the_runner" | "not_allowed" | "not_found") =>
            {
                Err(self.veil(problem).await)
            }
            decided => decided,
        }
    }

    /// Whoever has no part in an order does not learn that there is one.
    async fn veil(&self, problem: Problem) -> Problem {
        match self.view().await {
            Ok(Ok(_)) => problem,
            Ok(Err(_)) | Err(_) => Problem::not_found(),
        }
    }

    pub(crate) async fn view(&self) -> Result<Result<OrderView, Refused>, Problem> {
        self.shared.ask(&GetOrder { order_id: self.order_id, viewer: self.viewer }).await
    }

    /// Not decided yet: says where the order stands, if anybody can tell.
    pub(crate) async fn stored(&self) -> Acted {
        let view = tokio::time::timeout(Duration::from_secs(1), self.view()).await;
        let status = view.ok().and_then(Result::ok).and_then(Result::ok).map(|view| view.status.into());
        Acted::Stored(Json(Receipt { order_id: Ref(self.order_id), status }))
    }
}

/// The order as it is now.
pub(crate) fn done(view: OrderView) -> Acted {
    Acted::Done(Json(view.into()))
}
