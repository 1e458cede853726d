//! How the tables of orders came to be, oldest first. A migration that has shipped is never edited.

use sea_orm_migration::prelude::*;

use crate::store::{Column, Entity};
use crate::{menus, saved};

pub(crate) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(CreateOrders), menus::table::create(), saved::table::create()]
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
