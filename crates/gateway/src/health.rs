//! Whether the gateway lives, and whether it can do its work.

use std::sync::Arc;
use std::time::Duration;

use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use crate::Shared;
use crate::docs::Tag;
use crate::problem::{Check, Documented, Failure, Problem};

/// How long the broker may take to answer before the gateway is not ready.
const BROKER_PATIENCE: Duration = Duration::from_secs(1);

/// It lives.
#[derive(Debug, Object)]
pub(crate) struct Health {
    /// Always `ok`.
    status: String,
    /// The program's version.
    version: String,
}

/// It can do its work.
#[derive(Debug, Object)]
pub(crate) struct Readiness {
    /// Always `ready`.
    status: String,
    /// What was looked at.
    checks: Vec<Check>,
}

pub(crate) struct Checking;

impl Documented for Checking {
    const PROBLEMS: &'static [(u16, &'static str)] = &[(503, "`not_ready`; see `checks`")];
    const RATED: bool = false;
}

pub(crate) struct HealthApi;

#[OpenApi(tag = "Tag::Platform")]
impl HealthApi {
    /// Is the gateway alive?
    #[oai(path = "/healthz", method = "get", operation_id = "health")]
    async fn health(&self) -> Json<Health> {
        Json(Health { status: "ok".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() })
    }

    /// Can the gateway do its work?
    ///
    /// It needs the broker and the issuer's keys. Services that are away do not matter: intents queue in the broker.
    #[oai(path = "/readyz", method = "get", operation_id = "readiness")]
    async fn readiness(&self, Data(shared): Data<&Arc<Shared>>) -> Result<Json<Readiness>, Failure<Checking>> {
        let check = |name: &str, ok| Check { name: name.to_owned(), ok };
        let running = !shared.shutdown.is_soft();
        let checks = vec![
            check("broker", shared.bus.answers(BROKER_PATIENCE).await),
            check("keys", shared.verifier.is_ready()),
            check("running", running),
        ];
        if checks.iter().any(|check| !check.ok) {
            return Err(Problem::not_ready(checks).into());
        }
        Ok(Json(Readiness { status: "ready".to_owned(), checks }))
    }
}
