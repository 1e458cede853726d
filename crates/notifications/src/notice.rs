//! One thing that people were told. Pure rules.

use chassis::{Change, Cx, Entity, Fault};
use contracts::notifications::{News, Told};
use contracts::{MessageId, OrderId, Principal, UserId};
use jiff::{SignedDuration, Timestamp};
use sea_orm::Set;
use serde::{Deserialize, Serialize};

use crate::store::notices;
use crate::table::Concerns;

/// A payout may be held again and again. Whoever was told so is not told again before this time has passed.
const ENOUGH: SignedDuration = SignedDuration::from_hours(24);

/// What people were told of an order. If it happens again they are told again, and the notice is as new as that: nobody has
/// the same thing in their list twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    id: MessageId,
    /// About which order.
    pub order_id: OrderId,
    /// When it happened last, UTC, to the millisecond.
    pub at: Timestamp,
    /// Who was told what: one or two people.
    pub to: Vec<(UserId, News)>,
}

impl Notice {
    /// Which notice an event belongs to: that of the same people, told the same about the same order.
    #[must_use]
    pub fn of<E: Concerns>(event: &E) -> MessageId {
        Self::about(event.key(), &event.tells())
    }

    fn about(order_id: OrderId, to: &[(UserId, News)]) -> MessageId {
        let whom: Vec<_> = to.iter().map(|(user_id, news)| format!("{user_id} {news:?}")).collect();
        MessageId::of_notice(order_id, &whom.join(", "))
    }

    /// Whether they need not hear of it again at this time.
    fn is_enough(&self, at: Timestamp) -> bool {
        let is_held = self.to.iter().any(|(_, news)| *news == News::PayoutHeld);
        at <= self.at || (is_held && at.duration_since(self.at) < ENOUGH)
    }

    /// The news in it for one person.
    #[must_use]
    pub fn for_whom(&self, user_id: UserId) -> Option<News> {
        self.to.iter().find(|(told, _)| *told == user_id).map(|(_, news)| *news)
    }
}

/// Tells people what the table says of this event, one message each, and keeps that.
///
/// # Errors
/// None.
pub fn tell<E: Concerns>(cx: &Cx<'_>, notice: Option<Notice>, event: E) -> Result<Change<Notice>, Fault> {
    let (order_id, to) = (event.key(), event.tells());
    // What is read and marked as read is compared to the millisecond.
    let at = Timestamp::from_millisecond(cx.said_at.as_millisecond()).unwrap_or(cx.said_at);
    if to.is_empty() || notice.is_some_and(|notice| notice.is_enough(at)) {
        return Ok(Change::none());
    }
    let told = to.clone().into_iter().map(|(user_id, news)| Told { user_id, news, order_id, at });
    let notice = Notice { id: Notice::about(order_id, &to), order_id, at, to };
    Ok(told.fold(Change::to(notice), Change::say))
}

impl Entity for Notice {
    type Id = MessageId;
    type Table = notices::Entity;
    type View = ();

    fn id(&self) -> MessageId {
        self.id
    }

    fn view(&self, _: u64, _: &Principal) {}

    fn index(&self, row: &mut notices::ActiveModel) {
        let told = |n: usize| self.to.get(n).map(|(user_id, _)| user_id.to_string());
        row.first = Set(told(0));
        row.second = Set(told(1));
        row.at = Set(self.at.as_millisecond());
    }
}
