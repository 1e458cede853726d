//! The rules of the house: what it costs, and who may call an order off when.

use std::sync::Arc;

use contracts::orders::{self as told, GetPolicy};
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use crate::Shared;
use crate::docs::Tag;
use crate::problem::{Documented, Failure};
use crate::refusals::{INTERNAL, Row};
use crate::views::StatusName;

/// One row of the cancellation policy.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct CancelRule {
    /// `customer`, `runner` or `operator`.
    actor: String,
    /// Where the order stands.
    status: StatusName,
    /// Only when it is late.
    only_overdue: bool,
    /// Whether they may.
    allowed: bool,
    /// The code of the refusal when they may not.
    refusal: Option<String>,
    /// What happens to the money: `nothing_held`, `hold_released`, `refunded` or `unchanged`.
    money: String,
    /// Both in one sentence.
    sentence: String,
}

impl From<told::CancelRule> for CancelRule {
    fn from(rule: told::CancelRule) -> Self {
        Self {
            actor: rule.actor,
            status: rule.status.into(),
            only_overdue: rule.only_overdue,
            allowed: rule.allowed,
            refusal: rule.refusal,
            money: rule.money,
            sentence: rule.sentence,
        }
    }
}

/// The policy as it is now.
#[derive(Debug, Object)]
pub(crate) struct Policy {
    /// Stamped on every order that is quoted under it.
    version: u32,
    /// Hundredths of a percent of the items that the platform keeps.
    platform_fee_basis_points: u32,
    /// What the platform keeps of every order, besides.
    platform_fee_fixed_cents: i64,
    /// Hundredths of a percent of an errand's estimate that are held on top.
    errand_buffer_basis_points: u32,
    /// What the runner earns when the customer does not choose.
    delivery_fee_cents: i64,
    /// Who may call an order off, and what then.
    cancellation: Vec<CancelRule>,
}

pub(crate) struct Reading;

impl Documented for Reading {
    const PROBLEMS: &'static [Row] = &[INTERNAL, (503, "`broker_away`, `service_away`")];
}

pub(crate) struct PolicyApi;

#[OpenApi(tag = "Tag::Platform")]
impl PolicyApi {
    /// The rules of the house
    ///
    /// What the platform keeps, and who may call an order off when. For everybody, signed in or not.
    #[oai(path = "/api/v1/policy", method = "get", operation_id = "getPolicy")]
    async fn policy(&self, Data(shared): Data<&Arc<Shared>>) -> Result<Json<Policy>, Failure<Reading>> {
        let policy = shared.ask(&GetPolicy {}).await??;
        Ok(Json(Policy {
            version: policy.version,
            platform_fee_basis_points: policy.platform_fee_basis_points,
            platform_fee_fixed_cents: policy.platform_fee_fixed_cents.0,
            errand_buffer_basis_points: policy.errand_buffer_basis_points,
            delivery_fee_cents: policy.delivery_fee_cents.0,
            cancellation: policy.cancellation.into_iter().map(Into::into).collect(),
        }))
    }
}
