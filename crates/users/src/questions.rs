//! What may be read about people.

use chassis::{Entity, Fault, Reads};
use contracts::users::{GetUser, UserView};
use contracts::{Principal, Refused};

use crate::store;

pub(crate) async fn get(reads: Reads, ask: GetUser) -> Result<Result<UserView, Refused>, Fault> {
    let found = store::load(&reads.db, ask.user_id).await.map_err(Fault::retry)?;
    let view = found.map(|(user, version)| user.view(version, &Principal::User(ask.user_id)));
    Ok(view.ok_or_else(|| Refused::new("not_found", "Nobody knows this person.")))
}
