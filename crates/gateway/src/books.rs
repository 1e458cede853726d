//! The books: every posting of an order, and whether they are right.

use std::collections::BTreeMap;
use std::sync::Arc;

use chassis::telemetry;
use contracts::payments::{self as told, AuditAll, GetAudit};
use contracts::{Cents, OrderId};
use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use crate::Shared;
use crate::auth::SignedIn;
use crate::docs::Tag;
use crate::money::StageName;
use crate::ops::BearerName;
use crate::problem::{Documented, Failure};
use crate::refusals::{AWAY, INTERNAL, OFFICE, PAGING, Row, UNAUTHENTICATED};
use crate::scalars::{Ref, Time};

/// Orders of a page when nobody says how many.
const AUDITS: u32 = 100;

/// One posting of the double-entry ledger.
#[derive(Debug, Object)]
pub(crate) struct Posting {
    /// When.
    at: Time,
    /// Postings of one entry sum to zero; entries count from 1.
    entry: u32,
    /// What happened: `hold`, `release`, `capture`, `payout`, ….
    what: String,
    /// `card_holds`, `held`, `customer`, `stripe`, `runner`, `platform`, `stripe_fees`, `disputes`.
    account: String,
    /// Added to the account; negative when taken from it.
    amount_cents: i64,
    /// Stripe's object: `pi_…`, `ch_…`, `tr_…`, `re_…`.
    stripe_id: String,
}

impl From<told::Posting> for Posting {
    fn from(posting: told::Posting) -> Self {
        Self {
            at: Time(posting.at),
            entry: posting.entry,
            what: posting.what,
            account: posting.account,
            amount_cents: posting.amount_cents.0,
            stripe_id: posting.stripe_id,
        }
    }
}

/// Something that must hold.
#[derive(Debug, Object)]
pub(crate) struct AuditCheck {
    /// Stable: `entries_balance`, `captured_within_held`, `refunded_within_captured`, ….
    name: String,
    /// Whether it does.
    ok: bool,
    /// In words, with the figures.
    detail: String,
}

/// The books of one order.
#[derive(Debug, Object)]
pub(crate) struct Audit {
    /// The order.
    order_id: Ref<OrderId>,
    /// How far its money has come.
    stage: StageName,
    /// Oldest first.
    postings: Vec<Posting>,
    /// What each account comes to, in cents.
    balances: BTreeMap<String, i64>,
    /// What must hold.
    checks: Vec<AuditCheck>,
    /// Refunds that staff asked for, oldest first.
    refunds: Vec<RefundNote>,
    /// Whether all of it does.
    ok: bool,
}

/// A refund that somebody asked for in their office.
#[derive(Debug, Object)]
pub(crate) struct RefundNote {
    /// The how manyeth of this order, from 1.
    number: u32,
    /// How much was asked for.
    amount_cents: i64,
    /// Who was to bear it.
    bearer: BearerName,
    /// Why.
    reason: String,
    /// Who asked, in their office: `opr_…` or `fin_…`.
    by: String,
    /// When.
    at: Time,
}

impl From<told::RefundNote> for RefundNote {
    fn from(note: told::RefundNote) -> Self {
        Self {
            number: note.number,
            amount_cents: note.amount_cents.0,
            bearer: note.bearer.into(),
            reason: note.reason.to_string(),
            by: note.by,
            at: Time(note.at),
        }
    }
}

impl From<told::Audit> for Audit {
    fn from(audit: told::Audit) -> Self {
        let check = |check: told::AuditCheck| AuditCheck { name: check.name, ok: check.ok, detail: check.detail };
        Self {
            order_id: Ref(audit.order_id),
            stage: audit.stage.into(),
            postings: audit.postings.into_iter().map(Into::into).collect(),
            balances: cents(audit.balances),
            checks: audit.checks.into_iter().map(check).collect(),
            refunds: audit.refunds.into_iter().map(Into::into).collect(),
            ok: audit.ok,
        }
    }
}

/// The books of many orders.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct AuditSummary {
    /// Orders looked at.
    orders: u64,
    /// What each account comes to, in cents.
    balances: BTreeMap<String, i64>,
    /// Of those, the ones whose books are wrong; at most 100.
    wrong: Vec<Audit>,
    /// The `cursor` of the next page; absent on the last one.
    next: Option<String>,
}

fn cents(balances: BTreeMap<String, Cents>) -> BTreeMap<String, i64> {
    balances.into_iter().map(|(account, cents)| (account, cents.0)).collect()
}

pub(crate) struct Auditing;

impl Documented for Auditing {
    const PROBLEMS: &'static [Row] = &[UNAUTHENTICATED, OFFICE, (404, "`not_found`"), INTERNAL, AWAY];
}

pub(crate) struct AuditingAll;

impl Documented for AuditingAll {
    const PROBLEMS: &'static [Row] = &[PAGING, UNAUTHENTICATED, OFFICE, INTERNAL, AWAY];
}

pub(crate) struct BooksApi;

#[OpenApi(tag = "Tag::Operations")]
impl BooksApi {
    /// An order's books
    ///
    /// For operators and finance.
    #[oai(path = "/api/v1/ops/orders/:id/audit", method = "get", operation_id = "opsAuditOrder")]
    async fn audit(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// The order.
        id: Path<Ref<OrderId>>,
    ) -> Result<Json<Audit>, Failure<Auditing>> {
        caller.office()?;
        telemetry::join_story(&id.0.0);
        let audit = shared.ask(&GetAudit { order_id: id.0.0 }).await??;
        Ok(Json(audit.into()))
    }

    /// Everybody's books
    ///
    /// For operators and finance. Page by page: the sums are those of the page.
    #[oai(path = "/api/v1/ops/audit", method = "get", operation_id = "opsAudit")]
    async fn audit_all(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// The `next` of the page before.
        #[oai(validator(min_length = 1, max_length = 200))]
        cursor: Query<Option<String>>,
        /// At most this many orders; 100 when absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "1000")))]
        limit: Query<Option<u32>>,
    ) -> Result<Json<AuditSummary>, Failure<AuditingAll>> {
        caller.office()?;
        let summary = shared.ask(&AuditAll { cursor: cursor.0, limit: limit.0.unwrap_or(AUDITS) }).await??;
        Ok(Json(AuditSummary {
            orders: summary.orders,
            balances: cents(summary.balances),
            wrong: summary.wrong.into_iter().map(Into::into).collect(),
            next: summary.next,
        }))
    }
}
