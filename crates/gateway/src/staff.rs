//! What staff did: each service keeps its own, and here they are put together.

use std::sync::{Arc, LazyLock};

use chassis::staff::{ListStaffActions, Place, StaffAction};
use contracts::{Kind, MessageId, Refused, catalogue};
use poem::web::Data;
use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use poem_openapi::types::Any;
use poem_openapi::{Enum, Object, OpenApi};
use serde_json::Value;

use crate::Shared;
use crate::auth::SignedIn;
use crate::docs::Tag;
use crate::orders::PAGE;
use crate::problem::{Documented, Failure, Problem};
use crate::refusals::{AWAY, INTERNAL, OFFICE, PAGING, Row, UNAUTHENTICATED};
use crate::scalars::{Ref, Time};

/// Whoever decides on intents.
static OWNERS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let intents = catalogue::all().into_iter().filter(|entry| entry.kind == Kind::Intent);
    let mut owners: Vec<_> = intents.map(|entry| entry.owner).collect();
    owners.sort_unstable();
    owners.dedup();
    owners
});

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
enum StaffVerdict {
    /// It was done.
    Done,
    /// A rule said no, and nothing changed.
    Refused,
    /// It could not be handled, and is parked.
    Parked,
}

/// Somebody asked for something in their office.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct StaffDeed {
    /// The intent's own id.
    id: Ref<MessageId>,
    /// When it was decided on.
    at: Time,
    /// Who, in their office: `opr_…`, `fin_…`, or `sys_cli` for the command line.
    by: String,
    /// The service that decided.
    service: String,
    /// What: `<owner>.<verb>.v<version>`.
    what: String,
    /// The id that it is about.
    about: String,
    /// Why, as far as it was asked for: the intent's `reason` or `note`.
    reason: Option<String>,
    /// What was decided.
    verdict: StaffVerdict,
    /// The refusal's code, or why it was parked.
    because: Option<String>,
    /// What was asked; absent when it is too large to be listed.
    asked: Option<Any<Value>>,
}

impl StaffDeed {
    fn of(service: &str, action: StaffAction) -> Self {
        let asked = action.asked.unwrap_or_default();
        let reason = ["reason", "note"].iter().find_map(|name| asked[*name].as_str()).map(str::to_owned);
        Self {
            id: Ref(action.message_id),
            at: Time(action.at),
            by: action.by,
            service: service.to_owned(),
            what: action.intent,
            about: action.about,
            reason,
            verdict: match action.verdict.as_str() {
                "refused" => StaffVerdict::Refused,
                "parked" => StaffVerdict::Parked,
                _ => StaffVerdict::Done,
            },
            because: action.because,
            asked: (!asked.is_null()).then_some(Any(asked)),
        }
    }
}

/// One page.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct StaffDeeds {
    /// Newest first.
    actions: Vec<StaffDeed>,
    /// The services that could not be asked: what was asked of them is not among these.
    missing: Vec<String>,
    /// The `cursor` of the next page; absent on the last one.
    next: Option<String>,
}

pub(crate) struct Listing;

impl Documented for Listing {
    const PROBLEMS: &'static [Row] = &[PAGING, UNAUTHENTICATED, OFFICE, INTERNAL, AWAY];
}

pub(crate) struct StaffApi;

#[OpenApi(tag = "Tag::Operations")]
impl StaffApi {
    /// What did staff do?
    ///
    /// For operators and finance: everything that anybody asked for in their office, also what was refused. It is written
    /// down with the decision itself and never removed. If a part of the platform is away, `missing` says so.
    #[oai(path = "/api/v1/ops/audit-log", method = "get", operation_id = "opsAuditLog")]
    #[expect(clippy::too_many_arguments, reason = "one per query parameter")]
    async fn list(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// Only by this principal: `opr_…`, `fin_…`, `sys_cli`.
        #[oai(validator(min_length = 1, max_length = 100))]
        by: Query<Option<String>>,
        /// Only this: `orders.cancel.v1`.
        #[oai(validator(min_length = 1, max_length = 100))]
        what: Query<Option<String>>,
        /// Only about this id: `ord_…`, `usr_…`, `rep_…`.
        #[oai(validator(min_length = 1, max_length = 100))]
        about: Query<Option<String>>,
        /// The `next` of the page before.
        #[oai(validator(min_length = 1, max_length = 200))]
        cursor: Query<Option<String>>,
        /// At most this many; 20 when absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u32>>,
    ) -> Result<Json<StaffDeeds>, Failure<Listing>> {
        caller.office()?;
        let before = cursor.0.as_deref().map(read_cursor).transpose()?;
        // Without the broker nobody can be asked, and that is another answer than that nobody did anything.
        shared.connected().await?;
        let limit = limit.0.unwrap_or(PAGE);
        let ask = ListStaffActions { by: by.0, intent: what.0, about: about.0, before, limit: u64::from(limit) + 1 };
        Ok(Json(gather(shared, &ask, limit as usize).await?))
    }
}

/// Asks everybody for a page and one more; what comes first of all of those is the page.
async fn gather(shared: &Shared, ask: &ListStaffActions, limit: usize) -> Result<StaffDeeds, Problem> {
    let asked = OWNERS.iter().map(|owner| async move { (*owner, shared.bus.staff_actions(owner, ask).await) });
    let (mut all, mut missing) = (Vec::new(), Vec::new());
    for (owner, answer) in futures::future::join_all(asked).await {
        match answer {
            Ok(actions) => all.extend(actions?.into_iter().map(|action| (owner, action))),
            Err(_) => missing.push(owner.to_owned()),
        }
    }
    all.sort_by_key(|(_, action)| std::cmp::Reverse(action.place()));
    let more = all.len() > limit;
    all.truncate(limit);
    let next = all.last().filter(|_| more).map(|(_, action)| {
        let (at, id) = action.place();
        format!("{at}.{id}")
    });
    let actions = all.into_iter().map(|(owner, action)| StaffDeed::of(owner, action)).collect();
    Ok(StaffDeeds { actions, missing, next })
}

fn read_cursor(text: &str) -> Result<Place, Problem> {
    let place = text.split_once('.').and_then(|(at, id)| Some((at.parse().ok()?, id.parse().ok()?)));
    place.ok_or_else(|| Refused::new("bad_cursor", "This cursor does not come from a page of this list.").into())
}
