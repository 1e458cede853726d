//! Making people known to users whom only the identity provider knows: its webhook may come later, or not at all, and nobody
//! is to be a stranger at their first request (predecessor.md B48, B49).

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chassis::{Bus, Intended};
use contracts::users::{GetUser, RegisterUser};
use contracts::{MessageId, Principal, Text, UserId};
use tracing::warn;

use crate::keys::Holder;

/// What people are called who are not called anything.
pub(crate) const SOMEBODY: &str = "Student";
/// People of whom this gateway remembers that users knows them.
const REMEMBERED: usize = 100_000;
/// How long a first request waits for its sender to be known.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whom users is known to know.
#[derive(Default)]
pub(crate) struct Introductions(Mutex<HashSet<UserId>>);

impl Introductions {
    /// Makes somebody known if they are not. What is in the way of that is in the way of their request as well, which will say so.
    pub(crate) async fn make(&self, bus: &Bus, holder: &Holder) {
        let user_id = holder.caller.user_id;
        if self.remembers(user_id) || !bus.is_connected() {
            return;
        }
        let is_known = match bus.ask(&GetUser { user_id }).await {
            Ok(Ok(_)) => true,
            Ok(Err(refused)) if refused.code == "not_found" => register(bus, holder).await,
            Ok(Err(_)) | Err(_) => false,
        };
        if is_known {
            self.remember(user_id);
        }
    }

    fn remembers(&self, user_id: UserId) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&user_id)
    }

    fn remember(&self, user_id: UserId) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(user_id);
    }
}

/// Registers somebody, once: two tabs that come at the same time ask for the same thing under the same id. Says whether it is
/// done.
async fn register(bus: &Bus, holder: &Holder) -> bool {
    let user_id = holder.caller.user_id;
    let gateway = Principal::System("gateway".to_owned());
    let Some(name) = holder.name.clone().or_else(|| Text::new(SOMEBODY).ok()) else { return false };
    let intent = RegisterUser {
        user_id,
        name,
        roles: holder.caller.roles.clone(),
        payment_method: None,
        wants_payouts: false,
        payout_account: None,
    };
    let id = MessageId::of_request(&gateway, "users.register", &user_id.to_string());
    match bus.intend(&gateway, id, &intent, PATIENCE).await {
        Ok(Intended::Decided(_)) => true,
        Ok(Intended::Stored) => false,
        Err(error) => {
            warn!(error = %error, "somebody could not be made known to users");
            false
        }
    }
}
