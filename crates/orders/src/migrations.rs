//! How the tables of orders came to be, oldest first. A migration that has shipped is never edited.

use sea_orm_migration::prelude::*;

use crate::store::{Column, Entity};
use crate::{menus, saved};

pub(crate) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(CreateOrders), menus::table::create(), saved::table::create(), Box::new(AddWaiting)]
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

/// Rows that are older than this count as not looked at.
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
        manager.create_index(Index::create().name(name).table(Entity).col(Column::WaitsUntil).to_owned()).await
    }
}
