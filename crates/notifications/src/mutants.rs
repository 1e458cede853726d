//! Faults that other systems have, put into the rules of notifications on purpose: for the museum (`crates/museum`).

use chassis::{Cx, Service};
use contracts::Principal;
use contracts::notifications::{MarkRead, Told};

use crate::inbox::{self, Inbox};

/// People are told again what they have not even seen.
#[must_use]
pub fn told_again(service: Service) -> Service {
    service.replacing("keep", |service| {
        service.on("keep", |cx, inbox: Option<Inbox>, told: Told| {
            let (user_id, up_to) = (told.user_id, None);
            let theirs = Cx { principal: Principal::User(user_id), ..*cx };
            let seen = inbox::mark_read(&theirs, inbox.clone(), MarkRead { user_id, up_to });
            let inbox = seen.ok().and_then(|seen| seen.state().cloned()).or(inbox);
            inbox::keep(cx, inbox, told)
        })
    })
}
