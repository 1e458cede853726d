//! How the tables of payments came to be, oldest first. A migration that has shipped is never edited.

use sea_orm_migration::prelude::*;

use crate::store::{patrons, payments};

pub(crate) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(CreatePayments), patrons::create()]
}

struct CreatePayments;

impl MigrationName for CreatePayments {
    fn name(&self) -> &'static str {
        "m001_create_payments"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CreatePayments {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let schema = sea_orm::Schema::new(manager.get_database_backend());
        manager.create_table(schema.create_table_from_entity(payments::Entity)).await
    }
}
