//! Comparing the books with Stripe's own.

use std::sync::Arc;

use contracts::ReconciliationId;
use contracts::payments::{self as told, GetReconciliation, ListReconciliations, Reconcile};
use poem::web::Data;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};

use crate::Shared;
use crate::acting::{ask_for, patience};
use crate::auth::SignedIn;
use crate::body::Body;
use crate::docs::Tag;
use crate::idempotency::OptionalKey;
use crate::problem::{Documented, Failure};
use crate::refusals::{
    AWAY, AWAY_REPEAT, INTERNAL, INVALID_OR_REUSED, MEDIA_TYPE, OFFICE, PARAMETER, PARKED, Row, TOO_LARGE,
    UNAUTHENTICATED, UNREADABLE,
};
use crate::scalars::{Ref, Time};

/// Reconciliations of a list when nobody says how many.
const LISTED: u32 = 20;

/// What a balance transaction of Stripe's is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "StatementKind", rename_all = "snake_case", remote = "told::StatementKind")]
pub(crate) enum StatementKindName {
    /// Taken from a customer.
    Charge,
    /// Back to a customer.
    Refund,
    /// A refund that did not arrive.
    RefundFailure,
    /// To a runner.
    Transfer,
    /// Back from a runner.
    TransferReversal,
    /// Taken back by a bank.
    Dispute,
    /// Back from a bank.
    DisputeReversal,
}

/// One balance transaction of Stripe's.
#[derive(Debug, Object)]
pub(crate) struct StatementLine {
    /// Stripe's id, `txn_…`.
    id: String,
    /// The object that moved money: `ch_…`, `re_…`, `tr_…`, `trr_…`, `dp_…`.
    source: String,
    /// What it is about.
    kind: StatementKindName,
    /// How much: into the platform's balance when positive, out of it when negative.
    amount_cents: i64,
    /// What Stripe took for itself.
    fee_cents: i64,
    /// When.
    at: Time,
}

/// One reading of Stripe's balance transactions, and what it came to.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct Reconciliation {
    /// Which.
    reconciliation_id: Ref<ReconciliationId>,
    /// What moved since then.
    from: Time,
    /// What moved before then.
    until: Time,
    /// Who asked for it, in their office (`opr_…`, `fin_…`), or the platform by itself (`sys_…`).
    asked_by: String,
    /// Since when.
    begun_at: Time,
    /// When the last page was read; absent while it is under way.
    finished_at: Option<Time>,
    /// Pages that were read.
    pages: u32,
    /// Balance transactions that were read.
    transactions: u64,
    /// Of those, the ones that are about no order.
    unknown: u64,
    /// The first 100 of them.
    unknown_lines: Vec<StatementLine>,
    /// Orders whose books differ from Stripe's now: each is a task, until it does not any more.
    differing: u64,
}

impl From<told::ReconciliationView> for Reconciliation {
    fn from(view: told::ReconciliationView) -> Self {
        let line = |line: told::StatementLine| StatementLine {
            id: line.id,
            source: line.source,
            kind: line.kind.into(),
            amount_cents: line.amount_cents.0,
            fee_cents: line.fee_cents.0,
            at: Time(line.at),
        };
        Self {
            reconciliation_id: Ref(view.reconciliation_id),
            from: Time(view.from),
            until: Time(view.until),
            asked_by: view.asked_by,
            begun_at: Time(view.begun_at),
            finished_at: view.finished_at.map(Time),
            pages: view.pages,
            transactions: view.transactions,
            unknown: view.unknown,
            unknown_lines: view.unknown_lines.into_iter().map(line).collect(),
            differing: view.differing,
        }
    }
}

/// Some of them.
#[derive(Debug, Object)]
pub(crate) struct Reconciliations {
    /// Newest first.
    reconciliations: Vec<Reconciliation>,
}

/// Which part of Stripe's statement to read.
#[derive(Debug, Object)]
pub(crate) struct NewReconciliation {
    /// What moved since then; the last two days when absent.
    since: Option<Time>,
    /// What moved before then; ten minutes ago when absent, so that what is under way is no difference.
    until: Option<Time>,
}

/// One that was asked for.
#[derive(Debug, Object)]
pub(crate) struct BegunReconciliation {
    /// Which: it can be read from now on.
    reconciliation_id: Ref<ReconciliationId>,
}

#[derive(ApiResponse)]
pub(crate) enum Begun {
    /// Stripe's statement is being read.
    #[oai(status = 202)]
    Stored(Json<BegunReconciliation>),
}

pub(crate) struct Beginning;

impl Documented for Beginning {
    const PROBLEMS: &'static [Row] = &[
        UNREADABLE,
        UNAUTHENTICATED,
        (403, "`forbidden`: neither operator nor finance; `suspended`; `not_allowed`"),
        TOO_LARGE,
        MEDIA_TYPE,
        INVALID_OR_REUSED,
        PARKED,
        AWAY_REPEAT,
    ];
}

pub(crate) struct Reading;

impl Documented for Reading {
    const PROBLEMS: &'static [Row] = &[UNAUTHENTICATED, OFFICE, (404, "`not_found`"), INTERNAL, AWAY];
}

pub(crate) struct ReadingAll;

impl Documented for ReadingAll {
    const PROBLEMS: &'static [Row] = &[PARAMETER, UNAUTHENTICATED, OFFICE, INTERNAL, AWAY];
}

pub(crate) struct ReconciliationsApi;

#[OpenApi(tag = "Tag::Operations")]
impl ReconciliationsApi {
    /// Compare the books with Stripe's
    ///
    /// For operators and finance. It happens every day by itself. What differs is a task of its order.
    #[oai(path = "/api/v1/ops/reconciliations", method = "post", operation_id = "opsReconcile")]
    async fn reconcile(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// Makes repeating the request safe.
        #[oai(name = "Idempotency-Key")]
        key: OptionalKey,
        /// `wait=N`: seconds to wait until it has begun.
        #[oai(name = "Prefer", validator(max_length = 200))]
        prefer: Header<Option<String>>,
        Body(new): Body<NewReconciliation>,
    ) -> Result<Begun, Failure<Beginning>> {
        let principal = shared.in_office(caller.office()).await?;
        let message_id = key.message_id(&principal, "payments.reconcile");
        let reconciliation_id = ReconciliationId::of_request(message_id);
        let (since, until) = (new.since.map(|at| at.0), new.until.map(|at| at.0));
        let intent = Reconcile { reconciliation_id, since, until };
        let deadline = patience(prefer.0.as_deref(), &shared.settings);
        ask_for(shared, &principal, message_id, &intent, deadline).await?;
        Ok(Begun::Stored(Json(BegunReconciliation { reconciliation_id: Ref(reconciliation_id) })))
    }

    /// A comparison with Stripe's books
    ///
    /// For operators and finance.
    #[oai(path = "/api/v1/ops/reconciliations/:id", method = "get", operation_id = "opsReconciliation")]
    async fn one(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// The reconciliation.
        id: Path<Ref<ReconciliationId>>,
    ) -> Result<Json<Reconciliation>, Failure<Reading>> {
        caller.office()?;
        let view = shared.ask(&GetReconciliation { reconciliation_id: id.0.0 }).await??;
        Ok(Json(view.into()))
    }

    /// The newest comparisons with Stripe's books
    ///
    /// For operators and finance.
    #[oai(path = "/api/v1/ops/reconciliations", method = "get", operation_id = "opsReconciliations")]
    async fn list(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// At most this many; 20 when absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u32>>,
    ) -> Result<Json<Reconciliations>, Failure<ReadingAll>> {
        caller.office()?;
        let found = shared.ask(&ListReconciliations { limit: limit.0.unwrap_or(LISTED) }).await??;
        Ok(Json(Reconciliations { reconciliations: found.reconciliations.into_iter().map(Into::into).collect() }))
    }
}
