//! The table of inboxes, and the only SQL about it.

use chassis::entity;
use contracts::UserId;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait};

use crate::Inbox;

/// One row per person who was ever told anything.
pub(crate) mod inboxes {
    chassis::plain_table!("inboxes");
}

/// Always empty: see `table::Crier`.
pub(crate) mod criers {
    chassis::plain_table!("criers");
}

pub(crate) async fn load(db: &impl ConnectionTrait, id: UserId) -> Result<Option<Inbox>, DbErr> {
    let row = inboxes::Entity::find_by_id(id.to_string()).one(db).await?;
    row.as_ref().map(|row| entity::read::<Inbox>(row).map(|(inbox, _)| inbox)).transpose()
}
