//! How the tables of orders came to be, oldest first. A migration that has shipped is never edited.

use contracts::orders::Status;
use sea_orm_migration::prelude::*;

use crate::store::{Column, Entity};
use crate::{menus, saved};

pub(crate) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(CreateOrders),
        menus::table::create(),
        saved::table::create(),
        Box::new(AddWaiting),
        Box::new(FindTasksByAge),
    ]
}

struct CreateOrders;

impl MigrationName for CreateOrders {
    fn name(&self) -> &'static str {
        "m001_create_orders"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CreateOrders {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let schema = sea_orm::Schema::new(manager.get_database_backend());
        manager.create_table(schema.create_table_from_entity(Entity)).await?;
        for (name, columns) in [
            ("orders_of_customer", [Column::CustomerId, Column::PlacedAt, Column::Id]),
            ("orders_of_runner", [Column::RunnerId, Column::PlacedAt, Column::Id]),
            ("orders_on_offer", [Column::Status, Column::OpenedAt, Column::Id]),
            ("orders_with_tasks", [Column::Task, Column::TaskSince, Column::Id]),
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

/// Rows that are older than this count as not looked at, but for those of orders that are over: they wait for nothing.
struct AddWaiting;

impl MigrationName for AddWaiting {
    fn name(&self) -> &'static str {
        "m002_add_waits_until_to_orders"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for AddWaiting {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let name = "idx-orders-waits_until";
        // A table that was made from the entity as it is now has the column already, but no index.
        if !manager.has_column("orders", "waits_until").await? {
            let column = ColumnDef::new(Column::WaitsUntil).big_integer().null().to_owned();
            manager.alter_table(Table::alter().table(Entity).add_column(column).to_owned()).await?;
        }
        manager.create_index(Index::create().name(name).table(Entity).col(Column::WaitsUntil).to_owned()).await?;
        let over = [Status::Completed.name(), Status::Cancelled.name()];
        let nothing = Query::update()
            .table(Entity)
            .value(Column::WaitsUntil, i64::MAX)
            .and_where(Expr::col(Column::WaitsUntil).is_null())
            .and_where(Expr::col(Column::Status).is_in(over))
            .to_owned();
        manager.get_connection().execute(&nothing).await?;
        Ok(())
    }
}

/// The index of tasks began with what they are, so that the oldest were found by sorting all; and it had every order in it.
struct FindTasksByAge;

impl MigrationName for FindTasksByAge {
    fn name(&self) -> &'static str {
        "m003_find_tasks_of_orders_by_age"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for FindTasksByAge {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let by_age = Index::create()
            .name("orders_with_tasks_by_age")
            .table(Entity)
            .col(Column::TaskSince)
            .col(Column::Id)
            .and_where(Expr::col(Column::TaskSince).is_not_null())
            .to_owned();
        manager.create_index(by_age).await?;
        manager.drop_index(Index::drop().name("orders_with_tasks").table(Entity).to_owned()).await
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{ActiveModelTrait as _, ConnectOptions, Database, EntityTrait as _, Set};

    use super::*;
    use crate::store::ActiveModel;

    #[tokio::test]
    async fn of_orders_from_before_only_those_under_way_count_as_not_looked_at() {
        let mut memory = ConnectOptions::new("sqlite::memory:");
        memory.max_connections(1);
        let db = Database::connect(memory).await.expect("SQLite");
        let manager = SchemaManager::new(&db);
        CreateOrders.up(&manager).await.expect("a table");
        for status in [Status::Claimed, Status::Completed, Status::Cancelled] {
            let order = ActiveModel {
                id: Set(status.name().to_owned()),
                version: Set(1),
                state: Set("{}".to_owned()),
                status: Set(status.name().to_owned()),
                customer_id: Set("usr_1".to_owned()),
                placed_at: Set(0),
                words: Set(String::new()),
                ..Default::default()
            };
            order.insert(&db).await.expect("a row");
        }
        AddWaiting.up(&manager).await.expect("an index");
        for (status, waits) in
            [(Status::Claimed, None), (Status::Completed, Some(i64::MAX)), (Status::Cancelled, Some(i64::MAX))]
        {
            let row = Entity::find_by_id(status.name()).one(&db).await.expect("an answer").expect("a row");
            assert_eq!(row.waits_until, waits, "{status:?}");
        }
    }
}
