//! What people may read: what they were told.

use chassis::{Fault, Reads};
use contracts::Refused;
use contracts::notifications::{ListNotifications, Notifications};

use crate::store;

pub(crate) async fn list(reads: Reads, ask: ListNotifications) -> Result<Result<Notifications, Refused>, Fault> {
    let (inbox, notices) = store::load(&reads.db, ask.user_id).await.map_err(Fault::retry)?;
    Ok(Ok(inbox.page(&notices, &ask)))
}
