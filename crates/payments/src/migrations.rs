//! How the tables of payments came to be, oldest first. A migration that has shipped is never edited.

use chassis::Entity as _;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use sea_orm_migration::prelude::*;

use crate::Payment;
use crate::store::payments::{Column, Entity};
use crate::store::{patrons, reconciliations};

pub(crate) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(CreatePayments),
        patrons::create(),
        Box::new(AddStripeIds),
        Box::new(AddSoundness),
        Box::new(CreateReconciliations),
        Box::new(AddUnconfirmedUntil),
        Box::new(NamePayments),
    ]
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
        manager.create_table(schema.create_table_from_entity(Entity)).await?;
        for index in schema.create_index_from_entity(Entity) {
            manager.create_index(index).await?;
        }
        for (name, columns) in [
            ("payments_of_customer", [Column::CustomerId, Column::BeganAt, Column::Id]),
            ("payments_of_runner", [Column::RunnerId, Column::BeganAt, Column::Id]),
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

/// It added a column for Stripe's ids, which are names now ([`NamePayments`]); databases know it as done.
struct AddStripeIds;

impl MigrationName for AddStripeIds {
    fn name(&self) -> &'static str {
        "m003_add_stripe_ids_to_payments"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for AddStripeIds {
    async fn up(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Ok(())
    }
}

/// Rows that are older than this count as not looked at.
struct AddSoundness;

impl MigrationName for AddSoundness {
    fn name(&self) -> &'static str {
        "m004_add_soundness_to_payments"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for AddSoundness {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // A table that was made from the entity as it is now has them already.
        if manager.has_column("payments", "unsound").await? {
            return Ok(());
        }
        let unsound = ColumnDef::new(Column::Unsound).integer().null().to_owned();
        let unconfirmed = ColumnDef::new(Column::UnconfirmedSince).big_integer().null().to_owned();
        for (column, index, name) in [
            (unsound, Column::Unsound, "idx-payments-unsound"),
            (unconfirmed, Column::UnconfirmedSince, "idx-payments-unconfirmed_since"),
        ] {
            manager.alter_table(Table::alter().table(Entity).add_column(column).to_owned()).await?;
            manager.create_index(Index::create().name(name).table(Entity).col(index).to_owned()).await?;
        }
        Ok(())
    }
}

struct CreateReconciliations;

impl MigrationName for CreateReconciliations {
    fn name(&self) -> &'static str {
        "m005_create_reconciliations"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CreateReconciliations {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let schema = sea_orm::Schema::new(manager.get_database_backend());
        manager.create_table(schema.create_table_from_entity(reconciliations::Entity)).await?;
        for index in schema.create_index_from_entity(reconciliations::Entity) {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

/// Rows that are older than this get the latest moment when they change next; until then they have the first one.
struct AddUnconfirmedUntil;

impl MigrationName for AddUnconfirmedUntil {
    fn name(&self) -> &'static str {
        "m006_add_unconfirmed_until_to_payments"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for AddUnconfirmedUntil {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // A table that was made from the entity as it is now has it already.
        if manager.has_column("payments", "unconfirmed_until").await? {
            return Ok(());
        }
        let column = ColumnDef::new(Column::UnconfirmedUntil).big_integer().null().to_owned();
        manager.alter_table(Table::alter().table(Entity).add_column(column).to_owned()).await?;
        let known = Query::update()
            .table(Entity)
            .value(Column::UnconfirmedUntil, Expr::col(Column::UnconfirmedSince))
            .and_where(Expr::col(Column::UnconfirmedSince).is_not_null())
            .to_owned();
        manager.get_connection().execute(&known).await?;
        Ok(())
    }
}

/// Stripe's ids had six columns with an index each, which every write of a payment kept up, and one that had to be read through
/// for the ids that the six had no room for. Now they are the payment's names. The columns stay where they are, empty in new
/// rows: a replica of the release before still writes them.
struct NamePayments;

/// Payments that are named by one statement.
const NAMED_AT_ONCE: u64 = 1_000;

impl MigrationName for NamePayments {
    fn name(&self) -> &'static str {
        "m007_name_payments"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for NamePayments {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in
            ["payment_intent", "excess_intent", "tip_intent", "charge", "transfer", "tip_transfer", "task_since"]
        {
            // A table that was made from the entity as it is now never had them.
            let index = format!("idx-payments-{column}");
            manager.drop_index(Index::drop().name(index).table(Entity).if_exists().to_owned()).await?;
        }
        let tasks_by_age = Index::create()
            .name("payments_with_tasks")
            .table(Entity)
            .col(Column::TaskSince)
            .col(Column::Id)
            .and_where(Expr::col(Column::TaskSince).is_not_null())
            .to_owned();
        manager.create_index(tasks_by_age).await?;
        name_all(manager.get_connection()).await
    }
}

async fn name_all(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    let mut after = String::new();
    loop {
        // Not whole rows: columns that later migrations add are not there yet.
        let page = Entity::find().select_only().column(Column::Id).column(Column::State);
        let page = page.filter(Column::Id.gt(after.as_str())).order_by_asc(Column::Id).limit(NAMED_AT_ONCE);
        let rows: Vec<(String, String)> = page.into_tuple().all(db).await?;
        let mut names = Vec::new();
        for (id, state) in &rows {
            let payment: Payment = serde_json::from_str(state).map_err(|error| DbErr::Json(error.to_string()))?;
            names.extend(payment.names().into_iter().map(|name| (name, id.clone())));
        }
        chassis::names::record(db, names).await?;
        let Some((last, _)) = rows.into_iter().last() else { return Ok(()) };
        after = last;
    }
}
