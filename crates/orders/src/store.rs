//! The table of orders, and the only SQL about it.

use chassis::entity;
use chassis::page::{self, Place};
use contracts::orders::{Side, Status};
use contracts::{OrderId, UserId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LikeExpr;
use sea_orm::{QueryOrder, QuerySelect};

use crate::Order;

/// One order. `state` holds all of it; the other columns are what queries need.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "orders")]
pub struct Model {
    /// `ord_…`
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Counts the changes.
    pub version: i64,
    /// The order as JSON.
    #[sea_orm(column_type = "Text")]
    pub state: String,
    /// As people are told: `CREATED`.
    pub status: String,
    /// Whose.
    pub customer_id: String,
    /// Who delivers it.
    #[sea_orm(nullable)]
    pub runner_id: Option<String>,
    /// Milliseconds since the epoch.
    pub placed_at: i64,
    /// When it came on offer; milliseconds since the epoch.
    #[sea_orm(nullable)]
    pub opened_at: Option<i64>,
    /// What a search looks at, in lower case.
    #[sea_orm(column_type = "Text")]
    pub words: String,
    /// What only an operator can settle about it.
    #[sea_orm(nullable)]
    pub task: Option<String>,
    /// Since when; milliseconds since the epoch.
    #[sea_orm(nullable)]
    pub task_since: Option<i64>,
    /// By when something happens to it by itself; milliseconds since the epoch, the last there are when nothing needs to, and
    /// nothing in rows that were not written since that is known.
    #[sea_orm(nullable)]
    pub waits_until: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}

pub(crate) async fn load(db: &impl ConnectionTrait, id: OrderId) -> Result<Option<(Order, u64)>, DbErr> {
    let row = Entity::find_by_id(id.to_string()).one(db).await?;
    row.as_ref().map(entity::read::<Order>).transpose()
}

/// Which of a person's orders.
pub(crate) struct Wanted<'a> {
    pub(crate) person: UserId,
    pub(crate) side: Option<Side>,
    pub(crate) status: Option<Status>,
    /// Only those that have this in them.
    pub(crate) text: Option<&'a str>,
}

/// One person's orders, newest first, after `after`.
pub(crate) async fn of_person(
    db: &impl ConnectionTrait,
    wanted: &Wanted<'_>,
    after: Option<Place>,
    limit: u64,
) -> Result<Vec<(Order, u64, Place)>, DbErr> {
    let rows = rows_of_person(db, wanted, after.as_ref(), limit).await?;
    rows.iter().map(|row| placed(row, row.placed_at)).collect()
}

async fn rows_of_person(
    db: &impl ConnectionTrait,
    wanted: &Wanted<'_>,
    after: Option<&Place>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut rows = Vec::new();
    for page in pages(wanted, after, limit) {
        rows.extend(page.all(db).await?);
    }
    Ok(page::newest_of(rows, |row: &Model| (row.placed_at, row.id.as_str()), limit))
}

/// A page for each of the sides: either has its index, both together have none.
fn pages(wanted: &Wanted<'_>, after: Option<&Place>, limit: u64) -> Vec<Select<Entity>> {
    let sides = match wanted.side {
        Some(Side::Customer) => vec![Column::CustomerId],
        Some(Side::Runner) => vec![Column::RunnerId],
        None => vec![Column::CustomerId, Column::RunnerId],
    };
    let page = |side: Column| {
        let mut list = Entity::find().filter(side.eq(wanted.person.to_string()));
        if let Some(status) = wanted.status {
            list = list.filter(Column::Status.eq(status.name()));
        }
        if let Some(text) = wanted.text {
            let escaped = text.to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
            list = list.filter(Column::Words.like(LikeExpr::new(format!("%{escaped}%")).escape('!')));
        }
        page::newest(list, (Column::PlacedAt, Column::Id), after, limit)
    };
    sides.into_iter().map(page).collect()
}

/// What is on offer, oldest first, after `after`, but for one customer's own.
pub(crate) async fn on_offer(
    db: &impl ConnectionTrait,
    not_of: UserId,
    after: Option<Place>,
    limit: u64,
) -> Result<Vec<(Order, u64, Place)>, DbErr> {
    let rows = offers(not_of, after.as_ref(), limit).all(db).await?;
    rows.iter().map(|row| placed(row, row.opened_at.unwrap_or_default())).collect()
}

fn offers(not_of: UserId, after: Option<&Place>, limit: u64) -> Select<Entity> {
    let list = Entity::find()
        .filter(Column::Status.eq(Status::Created.name()))
        .filter(Column::CustomerId.ne(not_of.to_string()));
    page::oldest(list, (Column::OpenedAt, Column::Id), after, limit)
}

/// How many orders a person has, by side and status.
pub(crate) async fn counts(db: &impl ConnectionTrait, person: UserId, side: Side) -> Result<Vec<(String, i64)>, DbErr> {
    let theirs = match side {
        Side::Customer => Column::CustomerId.eq(person.to_string()),
        Side::Runner => Column::RunnerId.eq(person.to_string()),
    };
    let query = Entity::find().select_only().column(Column::Status).column_as(Column::Id.count(), "orders");
    query.filter(theirs).group_by(Column::Status).into_tuple().all(db).await
}

/// What only an operator can settle, oldest first.
pub(crate) async fn with_tasks(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<Order>, DbErr> {
    let rows = tasks(limit).all(db).await?;
    rows.iter().map(|row| Ok(entity::read::<Order>(row)?.0)).collect()
}

fn tasks(limit: u64) -> Select<Entity> {
    page::oldest(Entity::find().filter(Column::TaskSince.is_not_null()), (Column::TaskSince, Column::Id), None, limit)
}

/// What should have moved on before `then`, and what is under way without anybody having looked whether it should.
pub(crate) async fn standing_still(db: &impl ConnectionTrait, then: i64, limit: u64) -> Result<Vec<Order>, DbErr> {
    let mut rows = Vec::new();
    for query in still(then, limit) {
        rows.extend(query.all(db).await?);
    }
    rows.iter().map(|row| Ok(entity::read::<Order>(row)?.0)).collect()
}

/// Two queries: each finds what it looks for by the index.
fn still(then: i64, limit: u64) -> [Select<Entity>; 2] {
    let late = Entity::find().filter(Column::WaitsUntil.lt(then)).order_by_asc(Column::WaitsUntil).limit(limit);
    let over = [Status::Completed.name(), Status::Cancelled.name()];
    let unseen =
        Entity::find().filter(Column::WaitsUntil.is_null()).filter(Column::Status.is_not_in(over)).limit(limit);
    [late, unseen]
}

/// Orders in the order of their ids, after `after`.
pub(crate) async fn page(db: &impl ConnectionTrait, after: Option<OrderId>, limit: u64) -> Result<Vec<Order>, DbErr> {
    let mut query = Entity::find();
    if let Some(after) = after {
        query = query.filter(Column::Id.gt(after.to_string()));
    }
    let rows = query.order_by_asc(Column::Id).limit(limit).all(db).await?;
    rows.iter().map(|row| Ok(entity::read::<Order>(row)?.0)).collect()
}

fn placed(row: &Model, at: i64) -> Result<(Order, u64, Place), DbErr> {
    let (order, version) = entity::read::<Order>(row)?;
    Ok((order, version, (at, row.id.clone())))
}

#[cfg(test)]
mod tests;
