//! What the caller was told, and what of it they have seen.

use std::sync::Arc;

use contracts::notifications::{self as told, ListNotifications, MarkRead, News};
use contracts::{MessageId, OrderId};
use poem::web::Data;
use poem_openapi::param::{Header, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};

use crate::Shared;
use crate::acting::{Noted, note};
use crate::auth::SignedIn;
use crate::body::OptionalBody;
use crate::docs::Tag;
use crate::idempotency::OptionalKey;
use crate::orders::PAGE;
use crate::problem::{Documented, Failure};
use crate::refusals::{
    AWAY, AWAY_REPEAT, INTERNAL, INVALID_OR_REUSED, MEDIA_TYPE, PARAMETER, PARKED, Row, TOO_LARGE, UNAUTHENTICATED,
    UNREADABLE,
};
use crate::scalars::{Ref, Time};

/// What somebody is told. The words are the client's, in the person's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "News", rename_all = "snake_case", remote = "News")]
pub(crate) enum NewsName {
    /// To the customer: the bank wants to check the payment.
    ActionRequired,
    /// To the customer: a runner has the order.
    Accepted,
    /// To the customer: the runner gave it back; it is on offer again.
    Reopened,
    /// To the runner who claimed it: they may not have it.
    ClaimRejected,
    /// To the customer: the runner has bought it.
    Purchased,
    /// To the customer: it is on its way.
    Departed,
    /// To the customer: the runner waits at the door.
    RunnerWaits,
    /// To the customer: the runner asks whether something else, or more, is all right.
    ChangeProposed,
    /// To the runner: the customer agreed.
    ChangeAgreed,
    /// To the runner: the customer did not agree.
    ChangeRefused,
    /// To both: it is late.
    Overdue,
    /// To the customer: handed over.
    Delivered,
    /// To the customer: done, and what it cost.
    Completed,
    /// To the runner: the money is on its way to them.
    PaidOut,
    /// To the runner: they could not be paid yet.
    PayoutHeld,
    /// To both: it is off.
    Cancelled,
    /// To the customer: money comes back.
    Refunded,
    /// To the runner: a payout was taken back.
    PayoutReversed,
    /// To the runner: what was taken back is with them again.
    PayoutReturned,
    /// To the runner: a tip.
    Tipped,
    /// To the customer: the tip could not be charged.
    TipDeclined,
    /// To the other side: a problem was reported.
    ProblemReported,
    /// To both: the problem is settled.
    ProblemResolved,
    /// To whoever was rated.
    Rated,
}

/// One notification.
#[derive(Debug, Object)]
pub(crate) struct Notification {
    /// Its own id: the same when somebody is told the same about the same order again.
    id: Ref<MessageId>,
    /// What.
    news: NewsName,
    /// About which order.
    order_id: Ref<OrderId>,
    /// When it happened last.
    at: Time,
    /// Whether it was seen.
    read: bool,
}

impl From<told::Notification> for Notification {
    fn from(told: told::Notification) -> Self {
        Self {
            id: Ref(told.id),
            news: told.news.into(),
            order_id: Ref(told.order_id),
            at: Time(told.at),
            read: told.read,
        }
    }
}

/// One page.
#[derive(Debug, Object)]
pub(crate) struct Notifications {
    /// Newest first.
    notifications: Vec<Notification>,
    /// How many of all were not seen yet.
    unread: u32,
    /// Whether there are older ones.
    more: bool,
}

/// How far somebody has read.
#[derive(Debug, Object)]
#[oai(rename = "NotificationsSeen")]
pub(crate) struct Seen {
    /// `at` of the newest one that was seen; all of them when absent.
    up_to: Option<Time>,
}

pub(crate) struct Listing;

impl Documented for Listing {
    const PROBLEMS: &'static [Row] = &[PARAMETER, UNAUTHENTICATED, INTERNAL, AWAY];
}

pub(crate) struct Marking;

impl Documented for Marking {
    const PROBLEMS: &'static [Row] = &[
        UNREADABLE,
        UNAUTHENTICATED,
        (403, "`not_allowed`"),
        (404, "`not_found`: no such notification"),
        TOO_LARGE,
        MEDIA_TYPE,
        INVALID_OR_REUSED,
        PARKED,
        AWAY_REPEAT,
    ];
}

pub(crate) struct NotificationsApi;

#[OpenApi(tag = "Tag::People")]
impl NotificationsApi {
    /// What I was told
    #[oai(path = "/api/v1/notifications", method = "get", operation_id = "listNotifications")]
    async fn list(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// Only older than this one.
        before: Query<Option<Ref<MessageId>>>,
        /// At most this many; 20 when absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u32>>,
    ) -> Result<Json<Notifications>, Failure<Listing>> {
        let question = ListNotifications {
            user_id: caller.user_id,
            before: before.0.map(|id| id.0),
            limit: limit.0.unwrap_or(PAGE),
        };
        let page = shared.ask(&question).await??;
        Ok(Json(Notifications {
            notifications: page.notifications.into_iter().map(Into::into).collect(),
            unread: page.unread,
            more: page.more,
        }))
    }

    /// I have seen them
    #[oai(path = "/api/v1/notifications/read", method = "post", operation_id = "readNotifications")]
    async fn read(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// Makes repeating the request safe.
        #[oai(name = "Idempotency-Key")]
        key: OptionalKey,
        /// `wait=N`: seconds to wait for the verdict.
        #[oai(name = "Prefer", validator(max_length = 200))]
        prefer: Header<Option<String>>,
        OptionalBody(seen): OptionalBody<Seen>,
    ) -> Result<Noted, Failure<Marking>> {
        let principal = caller.principal();
        let message_id = key.message_id(&principal, "notifications.read");
        let intent = MarkRead { user_id: caller.user_id, up_to: seen.up_to.map(|at| at.0) };
        Ok(note(shared, &principal, message_id, &intent, prefer.0.as_deref()).await?)
    }
}
