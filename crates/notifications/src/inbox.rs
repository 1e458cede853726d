//! What one person was told, newest last, and how much of it they have seen. Pure rules.

use chassis::{Change, Cx, Entity, Fault};
use contracts::notifications::{ListNotifications, MarkRead, News, Notification, Notifications, Told};
use contracts::users::UserClosed;
use contracts::{MessageId, OrderId, Principal, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::store::inboxes;

/// How many of the newest are kept.
pub const KEPT: usize = 200;

/// What one person was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbox {
    user_id: UserId,
    /// What they have seen, oldest first.
    read: Vec<Entry>,
    /// What they have not, oldest first; all of it is newer.
    unread: Vec<Entry>,
    /// They are gone: what comes late for them is not kept.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    closed: bool,
}

/// One notification, written as a list: an inbox is written anew for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry(MessageId, News, OrderId, #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")] Timestamp);

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

/// Puts what a person is told into their inbox. What they have not even seen is not said to them twice: a payout may be held
/// again and again.
///
/// # Errors
/// None.
pub fn keep(cx: &Cx<'_>, inbox: Option<Inbox>, told: Told) -> Result<Change<Inbox>, Fault> {
    let Told { user_id, news, order_id, at } = told;
    let mut inbox = inbox.unwrap_or_else(|| Inbox::empty(user_id));
    if inbox.closed {
        return Ok(Change::none());
    }
    let is_known = |entry: &Entry| entry.0 == cx.message_id;
    let is_repeated = |entry: &Entry| (entry.1, entry.2) == (news, order_id);
    if inbox.read.iter().any(is_known) || inbox.unread.iter().any(|entry| is_known(entry) || is_repeated(entry)) {
        return Ok(Change::none());
    }
    inbox.unread.push(Entry(cx.message_id, news, order_id, at));
    inbox.drop_oldest();
    Ok(Change::to(inbox))
}

/// Marks what a person has seen: up to one of them, or all.
///
/// # Errors
/// When somebody else asks.
pub fn mark_read(cx: &Cx<'_>, inbox: Option<Inbox>, intent: MarkRead) -> Result<Change<Inbox>, Refusal> {
    if cx.principal.user() != Some(intent.user_id) {
        return Err(Refusal::NotAllowed);
    }
    let Some(mut inbox) = inbox else { return Ok(Change::none()) };
    let seen = match intent.up_to {
        None => inbox.unread.len(),
        // One that is not among them was read before, or is so old that it is not kept: nothing newer was seen with it.
        Some(id) => inbox.unread.iter().position(|entry| entry.0 == id).map_or(0, |place| place + 1),
    };
    if seen == 0 {
        return Ok(Change::none());
    }
    inbox.read.extend(inbox.unread.drain(..seen));
    Ok(Change::to(inbox))
}

/// Forgets what somebody was told who is gone, for good: late news for them come to nobody.
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
    /// Of somebody who was never told anything.
    #[must_use]
    pub fn empty(user_id: UserId) -> Self {
        Self { user_id, read: Vec::new(), unread: Vec::new(), closed: false }
    }

    /// A page of it, newest first. What `before` named may have gone with the oldest; nothing older is there then.
    #[must_use]
    pub fn page(&self, ask: &ListNotifications) -> Notifications {
        let limit = ask.limit.clamp(1, 100) as usize;
        let all = self.newest_first();
        let start = ask.before.map_or(Some(0), |id| all.iter().position(|one| one.id == id).map(|place| place + 1));
        let rest = start.and_then(|start| all.get(start..)).unwrap_or_default();
        let notifications = rest.iter().take(limit).cloned().collect();
        Notifications { notifications, unread: self.unread_count(), more: rest.len() > limit }
    }

    fn newest_first(&self) -> Vec<Notification> {
        let unread = self.unread.iter().rev().map(|entry| entry.shown(false));
        let read = self.read.iter().rev().map(|entry| entry.shown(true));
        unread.chain(read).collect()
    }

    fn unread_count(&self) -> u32 {
        u32::try_from(self.unread.len()).unwrap_or(u32::MAX)
    }

    fn drop_oldest(&mut self) {
        let too_many = (self.read.len() + self.unread.len()).saturating_sub(KEPT);
        let of_read = too_many.min(self.read.len());
        self.read.drain(..of_read);
        self.unread.drain(..too_many - of_read);
    }
}

impl Entry {
    fn shown(&self, read: bool) -> Notification {
        let Self(id, news, order_id, at) = *self;
        Notification { id, news, order_id, at, read }
    }
}

impl Entity for Inbox {
    type Id = UserId;
    type Table = inboxes::Entity;
    type View = Unread;

    fn id(&self) -> UserId {
        self.user_id
    }

    fn view(&self, _: u64, _: &Principal) -> Unread {
        Unread { unread: self.unread_count() }
    }
}

/// What is answered when something was read: what is left.
#[derive(Debug, Serialize)]
pub struct Unread {
    unread: u32,
}
