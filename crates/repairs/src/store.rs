//! The table of repairs, and the only SQL about it.

use chassis::entity;
use chassis::page::{self, Place};
use contracts::RepairId;
use contracts::repairs::{ListRepairs, RepairStage};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, Select};
use sea_orm_migration::prelude::*;

use crate::Repair;

/// One row per message and service.
pub(crate) mod repairs {
    use sea_orm::entity::prelude::*;

    /// One repair. `state` holds all of it; the other columns are what queries need.
    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "repairs")]
    pub struct Model {
        /// `rep_…`
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        /// Counts the changes.
        pub version: i64,
        /// The repair as JSON.
        #[sea_orm(column_type = "Text")]
        pub state: String,
        /// `parked`
        pub stage: String,
        /// Whose reaction.
        pub service: String,
        /// Which one.
        pub reaction: String,
        /// About which order.
        #[sea_orm(nullable)]
        pub order_id: Option<String>,
        /// Milliseconds since the epoch.
        pub parked_at: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

use repairs::{Column, Entity, Model};

pub(crate) async fn load(db: &impl ConnectionTrait, id: RepairId) -> Result<Option<(Repair, u64)>, DbErr> {
    let row = Entity::find_by_id(id.to_string()).one(db).await?;
    row.as_ref().map(entity::read::<Repair>).transpose()
}

/// Newest first, after `after`.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    ask: &ListRepairs,
    after: Option<Place>,
    limit: u64,
) -> Result<Vec<(Repair, u64, Place)>, DbErr> {
    let rows = rows(db, ask, after.as_ref(), limit).await?;
    rows.iter().map(placed).collect()
}

async fn rows(
    db: &impl ConnectionTrait,
    ask: &ListRepairs,
    after: Option<&Place>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut rows = Vec::new();
    for page in pages(ask, after, limit) {
        rows.extend(page.all(db).await?);
    }
    Ok(page::newest_of(rows, |row: &Model| (row.parked_at, row.id.as_str()), limit))
}

/// A page for each stage that is asked for, since an index has them one after another; one for all when none is.
fn pages(ask: &ListRepairs, after: Option<&Place>, limit: u64) -> Vec<Select<Entity>> {
    let mut list = Entity::find();
    let order_id = ask.order_id.map(|id| id.to_string());
    for (column, wanted) in
        [(Column::Service, &ask.service), (Column::Reaction, &ask.reaction), (Column::OrderId, &order_id)]
    {
        if let Some(wanted) = wanted {
            list = list.filter(column.eq(wanted.as_str()));
        }
    }
    let page = |list| page::newest(list, (Column::ParkedAt, Column::Id), after, limit);
    if ask.stages.is_empty() {
        return vec![page(list)];
    }
    ask.stages.iter().map(|stage| page(list.clone().filter(Column::Stage.eq(stage.name())))).collect()
}

/// Those that somebody has to look after, oldest first.
pub(crate) async fn open(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<Repair>, DbErr> {
    let mut rows = Vec::new();
    for page in open_pages(limit) {
        rows.extend(page.all(db).await?);
    }
    rows.sort_by_key(|row| row.parked_at);
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    rows.iter().map(|row| Ok(entity::read::<Repair>(row)?.0)).collect()
}

fn open_pages(limit: u64) -> [Select<Entity>; 2] {
    RepairStage::OPEN.map(|stage| {
        let list = Entity::find().filter(Column::Stage.eq(stage.name()));
        page::oldest(list, (Column::ParkedAt, Column::Id), None, limit)
    })
}

/// How many are at a stage.
pub(crate) async fn count(db: &impl ConnectionTrait, stage: RepairStage) -> Result<u64, DbErr> {
    Entity::find().filter(Column::Stage.eq(stage.name())).count(db).await
}

fn placed(row: &Model) -> Result<(Repair, u64, Place), DbErr> {
    let (repair, version) = entity::read::<Repair>(row)?;
    Ok((repair, version, (row.parked_at, row.id.clone())))
}

pub(crate) fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(CreateRepairs), Box::new(FindByAge)]
}

struct CreateRepairs;

impl MigrationName for CreateRepairs {
    fn name(&self) -> &'static str {
        "m001_create_repairs"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CreateRepairs {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let schema = sea_orm::Schema::new(manager.get_database_backend());
        manager.create_table(schema.create_table_from_entity(Entity)).await?;
        for (name, columns) in [
            ("repairs_by_stage", [Column::Stage, Column::ParkedAt, Column::Id]),
            ("repairs_of_order", [Column::OrderId, Column::ParkedAt, Column::Id]),
        ] {
            let mut index = Index::create().name(name).table(Entity).to_owned();
            for column in columns {
                index.col(column);
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

/// All of them, newest first, were found by sorting all.
struct FindByAge;

impl MigrationName for FindByAge {
    fn name(&self) -> &'static str {
        "m002_find_repairs_by_age"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for FindByAge {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let by_age =
            Index::create().name("repairs_by_age").table(Entity).col(Column::ParkedAt).col(Column::Id).to_owned();
        manager.create_index(by_age).await
    }
}

#[cfg(test)]
mod tests;
