//! The names by which entities are found that are not their ids: somebody else's, each for one entity of the service, for good.
//!
//! A table of its own and not a column for each: an entity may have any number of them, each is found by the primary key, and
//! writing an entity again that has no new ones touches no index.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{QuerySelect, Set};
use sea_orm_migration::prelude::*;

/// Rows of one statement: PostgreSQL takes 65,535 values, SQLite 32,766.
const AT_ONCE: usize = 10_000;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "names")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) name: String,
    /// The entity's id as it is shown.
    pub(crate) entity_id: String,
}

impl ActiveModelBehavior for ActiveModel {}

/// The id of the entity that has this name.
///
/// # Errors
/// When the database cannot be read.
pub async fn find(db: &impl ConnectionTrait, name: &str) -> Result<Option<String>, DbErr> {
    let found = Entity::find_by_id(name).select_only().column(Column::EntityId);
    found.into_tuple().one(db).await
}

/// Writes names with the ids of their entities. Those that are there already stay as they are.
///
/// # Errors
/// When the database cannot be written.
pub async fn record(db: &impl ConnectionTrait, mut names: Vec<(String, String)>) -> Result<(), DbErr> {
    // In one order, so that two transactions with the same ones wait for one another and not in a circle.
    names.sort();
    for names in names.chunks(AT_ONCE) {
        let rows = names.iter().map(|(name, id)| ActiveModel { name: Set(name.clone()), entity_id: Set(id.clone()) });
        let known = OnConflict::column(Column::Name).do_nothing().to_owned();
        let insert = sea_orm::QueryTrait::into_query(Entity::insert_many(rows).on_conflict(known));
        db.execute(&insert).await?;
    }
    Ok(())
}

/// The third migration of every service. Entities that were there before get their names from a migration of their own service.
#[must_use]
pub fn create() -> Box<dyn MigrationTrait> {
    Box::new(CreateNames)
}

struct CreateNames;

impl MigrationName for CreateNames {
    fn name(&self) -> &'static str {
        "m000_create_names"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CreateNames {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let schema = sea_orm::Schema::new(manager.get_database_backend());
        manager.create_table(schema.create_table_from_entity(Entity)).await
    }
}

#[cfg(test)]
mod tests {
    use std::marker::PhantomData;
    use std::sync::Arc;

    use contracts::{MessageId, OrderId, Principal};
    use sea_orm::TransactionTrait as _;
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::database;
    use crate::entity::{AnyEntity, Shelf as _, Typed};

    mod table {
        use sea_orm::entity::prelude::*;

        #[sea_orm::model]
        #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
        #[sea_orm(table_name = "things")]
        pub(crate) struct Model {
            #[sea_orm(primary_key, auto_increment = false)]
            pub(crate) id: String,
            pub(crate) version: i64,
            #[sea_orm(column_type = "Text")]
            pub(crate) state: String,
        }

        impl ActiveModelBehavior for ActiveModel {}
    }

    struct CreateThings;

    impl MigrationName for CreateThings {
        fn name(&self) -> &'static str {
            "m001_create_things"
        }
    }

    #[async_trait::async_trait]
    impl MigrationTrait for CreateThings {
        async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
            let schema = sea_orm::Schema::new(manager.get_database_backend());
            manager.create_table(schema.create_table_from_entity(table::Entity)).await
        }
    }

    #[derive(Clone, Serialize, Deserialize)]
    struct Thing {
        id: OrderId,
        names: Vec<String>,
    }

    impl crate::Entity for Thing {
        type Id = OrderId;
        type Table = table::Entity;
        type View = ();

        fn id(&self) -> OrderId {
            self.id
        }

        fn view(&self, _: u64, _: &Principal) {}

        fn names(&self) -> Vec<String> {
            self.names.clone()
        }
    }

    fn id(n: u64) -> OrderId {
        MessageId::of_stored("TEST", n).derive("order")
    }

    fn thing(n: u64, names: &[&str], version: u64) -> (AnyEntity, u64) {
        (Arc::new(Thing { id: id(n), names: names.iter().map(ToString::to_string).collect() }), version)
    }

    /// Saves as a batch does: all of them, or nothing.
    async fn save(db: &DatabaseConnection, things: Vec<(AnyEntity, u64)>) -> bool {
        let count = things.len() as u64;
        let tx = db.begin().await.expect("a transaction");
        let written = Typed::<Thing>(PhantomData).save(&tx, things).await.expect("an answer");
        if written == count {
            tx.commit().await.expect("committed");
        } else {
            tx.rollback().await.expect("rolled back");
        }
        written == count
    }

    #[tokio::test]
    async fn an_entity_is_found_by_each_name_that_it_ever_had_once_it_is_written() {
        for db in database::for_test("names", || vec![Box::new(CreateThings)]).await.expect("databases") {
            let found = async |name: &str| find(&db, name).await.expect("an answer");
            assert_eq!(found("a").await, None);
            assert!(save(&db, vec![thing(1, &["a", "b", "a"], 1), thing(2, &[], 1)]).await);
            assert!(save(&db, vec![thing(1, &["c"], 2), thing(2, &["d"], 2)]).await);
            for (name, n) in [("a", 1), ("b", 1), ("c", 1), ("d", 2)] {
                assert_eq!(found(name).await, Some(id(n).to_string()), "{name}");
            }
            // Somebody else was quicker: nothing of it is there.
            assert!(!save(&db, vec![thing(1, &["e"], 2)]).await);
            assert_eq!(found("e").await, None);
            // Whose it was first, it stays.
            assert!(save(&db, vec![thing(2, &["a"], 3)]).await);
            assert_eq!(found("a").await, Some(id(1).to_string()));
        }
    }

    #[tokio::test]
    async fn more_names_than_one_statement_takes_are_written() {
        for db in database::for_test("names", Vec::new).await.expect("databases") {
            let names: Vec<_> = (0..25_000).map(|n| (format!("name {n}"), "thing".to_owned())).collect();
            record(&db, names).await.expect("written");
            assert_eq!(find(&db, "name 24999").await.expect("an answer").as_deref(), Some("thing"));
        }
    }
}
