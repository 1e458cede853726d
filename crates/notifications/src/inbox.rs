//! What one person has seen of what they were told. Pure rules.

use std::cmp::Reverse;

use chassis::{Change, Cx, Entity, Fault};
use contracts::notifications::{ListNotifications, MarkRead, Notification, Notifications};
use contracts::users::UserClosed;
use contracts::{Principal, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Notice;
use crate::store::inboxes;

/// How many of the newest are shown: about what ten orders tell somebody.
pub const SHOWN: usize = 50;

/// How far one person has read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbox {
    user_id: UserId,
    /// They have seen everything that happened until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seen_until: Option<Timestamp>,
    /// They are gone: nothing is shown any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    closed: bool,
}

/// Why notifications says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Somebody else's notifications.
    #[error("These notifications are somebody else's.")]
    NotAllowed,
}

impl chassis::Refusal for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotAllowed => "not_allowed",
        }
    }
}

/// Marks what a person has seen: up to a time, or all until now.
///
/// # Errors
/// When somebody else asks.
pub fn mark_read(cx: &Cx<'_>, inbox: Option<Inbox>, intent: MarkRead) -> Result<Change<Inbox>, Refusal> {
    if cx.principal.user() != Some(intent.user_id) {
        return Err(Refusal::NotAllowed);
    }
    let inbox = inbox.unwrap_or_else(|| Inbox::empty(intent.user_id));
    // Nobody has seen what has not happened.
    let seen_until = Some(intent.up_to.map_or(cx.said_at, |up_to| up_to.min(cx.said_at)));
    if inbox.closed || seen_until <= inbox.seen_until {
        return Ok(Change::none());
    }
    Ok(Change::to(Inbox { seen_until, ..inbox }))
}

/// Forgets what somebody was told who is gone, for good: late news for them are shown to nobody.
///
/// # Errors
/// None.
pub fn forget(_: &Cx<'_>, inbox: Option<Inbox>, closed: UserClosed) -> Result<Change<Inbox>, Fault> {
    if inbox.is_some_and(|inbox| inbox.closed) {
        return Ok(Change::none());
    }
    Ok(Change::to(Inbox { closed: true, ..Inbox::empty(closed.user_id) }))
}

impl Inbox {
    /// Of somebody who has never read anything.
    #[must_use]
    pub fn empty(user_id: UserId) -> Self {
        Self { user_id, seen_until: None, closed: false }
    }

    /// A page of what `notices` say to them, newest first. What `before` named may be too old to be shown; nothing older is then.
    #[must_use]
    pub fn page(&self, notices: &[Notice], ask: &ListNotifications) -> Notifications {
        let mut all: Vec<_> = notices.iter().filter_map(|notice| self.shown(notice)).collect();
        // Of what happened at the same time, what comes later in an order's life.
        all.sort_by_key(|one| Reverse((one.at, one.news, one.id)));
        all.truncate(if self.closed { 0 } else { SHOWN });
        let unread = all.iter().filter(|one| !one.read).count();
        let limit = ask.limit.clamp(1, 100) as usize;
        let start = ask.before.map_or(Some(0), |id| all.iter().position(|one| one.id == id).map(|place| place + 1));
        let rest = start.and_then(|start| all.get(start..)).unwrap_or_default();
        Notifications {
            notifications: rest.iter().take(limit).cloned().collect(),
            unread: u32::try_from(unread).unwrap_or(u32::MAX),
            more: rest.len() > limit,
        }
    }

    fn shown(&self, notice: &Notice) -> Option<Notification> {
        let news = notice.for_whom(self.user_id)?;
        let read = self.seen_until.is_some_and(|until| notice.at <= until);
        Some(Notification { id: notice.id(), news, order_id: notice.order_id, at: notice.at, read })
    }
}

impl Entity for Inbox {
    type Id = UserId;
    type Table = inboxes::Entity;
    type View = ();

    fn id(&self) -> UserId {
        self.user_id
    }

    fn view(&self, _: u64, _: &Principal) {}
}
