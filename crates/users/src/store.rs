//! The table of people, and the only SQL about it.

use chassis::entity;
use contracts::UserId;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait};

use crate::User;

/// The table.
pub(crate) mod table {
    chassis::plain_table!("users");
}

pub(crate) async fn load(db: &impl ConnectionTrait, id: UserId) -> Result<Option<(User, u64)>, DbErr> {
    let row = table::Entity::find_by_id(id.to_string()).one(db).await?;
    row.as_ref().map(entity::read::<User>).transpose()
}
