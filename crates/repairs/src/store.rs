//! The table of repairs, and the only SQL about it.

use chassis::entity;
use contracts::RepairId;
use contracts::repairs::{ListRepairs, RepairStage};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
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

/// A place in a list: a time in milliseconds and, among equals, an id.
pub(crate) type Place = (i64, String);

pub(crate) async fn load(db: &impl ConnectionTrait, id: RepairId) -> Result<Option<(Repair, u64)>, DbErr> {
    let row = Entity::find_by_id(id.to_string()).one(db).await?;
    row.as_ref().map(entity::read::<Repair>).transpose()
}

/// Newest first, after `place`.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    ask: &ListRepairs,
    after: Option<Place>,
    limit: u64,
) -> Result<Vec<(Repair, u64, Place)>, DbErr> {
    let mut query = Entity::find();
    if !ask.stages.is_empty() {
        query = query.filter(Column::Stage.is_in(ask.stages.iter().map(|stage| stage.name())));
    }
    let order_id = ask.order_id.map(|id| id.to_string());
    for (column, wanted) in
        [(Column::Service, &ask.service), (Column::Reaction, &ask.reaction), (Column::OrderId, &order_id)]
    {
        if let Some(wanted) = wanted {
            query = query.filter(column.eq(wanted.as_str()));
        }
    }
    if let Some((at, id)) = after {
        let same_time = Condition::all().add(Column::ParkedAt.eq(at)).add(Column::Id.lt(id));
        query = query.filter(Condition::any().add(Column::ParkedAt.lt(at)).add(same_time));
    }
    let rows = query.order_by_desc(Column::ParkedAt).order_by_desc(Column::Id).limit(limit).all(db).await?;
    rows.iter().map(placed).collect()
}

/// Those that somebody has to look after, oldest first.
pub(crate) async fn open(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<Repair>, DbErr> {
    let is_open = Column::Stage.is_in(RepairStage::OPEN.map(RepairStage::name));
    let rows = Entity::find().filter(is_open).order_by_asc(Column::ParkedAt).limit(limit).all(db).await?;
    rows.iter().map(|row| Ok(entity::read::<Repair>(row)?.0)).collect()
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
    vec![Box::new(CreateRepairs)]
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
