//! The table of people, and the only SQL about it.

use chassis::entity;
use contracts::UserId;
use sea_orm::entity::prelude::*;

use crate::User;

/// One person. `state` holds all of it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    /// `usr_…`
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Counts the changes.
    pub version: i64,
    /// The person as JSON.
    #[sea_orm(column_type = "Text")]
    pub state: String,
}

impl ActiveModelBehavior for ActiveModel {}

pub(crate) async fn load(db: &impl ConnectionTrait, id: UserId) -> Result<Option<(User, u64)>, DbErr> {
    let row = Entity::find_by_id(id.to_string()).one(db).await?;
    row.as_ref().map(entity::read::<User>).transpose()
}
