//! What a service keeps: entities with an id, a version and a state, in one table each.

use std::any::Any;
use std::collections::HashMap;
use std::marker::PhantomData;
use std::str::FromStr;
use std::sync::Arc;

use contracts::{Id, Principal};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityName, EntityTrait, Iden, Iterable, ModelTrait,
    QueryFilter, Value,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::names;

/// The row type of an entity's table, to fill its own columns.
pub type Row<E> = <<E as Entity>::Table as EntityTrait>::ActiveModel;

/// One kind of thing that a service keeps. Its table has the columns `id` (text, primary key), `version` (bigint) and
/// `state` (text, JSON), which the chassis fills, and any others that the service's queries need.
pub trait Entity: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// Its id.
    type Id: Id;
    /// Its SeaORM table.
    type Table: EntityTrait<ActiveModel: ActiveModelTrait<Entity = Self::Table> + Send>;
    /// What somebody who asked for a change may see of it.
    type View: Serialize;

    /// Which one it is.
    fn id(&self) -> Self::Id;

    /// What `viewer` may see of it.
    fn view(&self, version: u64, viewer: &Principal) -> Self::View;

    /// Fills the columns that queries filter and sort by. Every row must set the same ones.
    fn index(&self, _row: &mut Row<Self>) {}

    /// Names by which it is found besides its id ([`names::find`]): somebody else's, each for one entity of the service, for good.
    fn names(&self) -> Vec<String> {
        Vec::new()
    }
}

/// A table for entities that queries find by their id alone: `id`, `version` and `state`, and the migration that creates it,
/// `create()`. It wants a module of its own, and `async-trait`, `sea-orm` and `sea-orm-migration` among the dependencies:
///
/// ```ignore
/// mod table {
///     chassis::plain_table!("patrons");
/// }
/// ```
#[macro_export]
macro_rules! plain_table {
    ($name:literal) => {
        use sea_orm::entity::prelude::*;
        use sea_orm_migration::prelude::{MigrationName, MigrationTrait, SchemaManager};

        /// One entity; `state` holds all of it.
        #[sea_orm::model]
        #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
        #[sea_orm(table_name = $name)]
        pub struct Model {
            /// The entity's id as it is shown.
            #[sea_orm(primary_key, auto_increment = false)]
            pub id: String,
            /// Counts the changes.
            pub version: i64,
            /// The entity as JSON.
            #[sea_orm(column_type = "Text")]
            pub state: String,
        }

        impl ActiveModelBehavior for ActiveModel {}

        /// The migration that creates the table.
        pub fn create() -> Box<dyn MigrationTrait> {
            Box::new(Create)
        }

        struct Create;

        impl MigrationName for Create {
            fn name(&self) -> &'static str {
                concat!("m001_create_", $name)
            }
        }

        #[async_trait::async_trait]
        impl MigrationTrait for Create {
            async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
                let schema = sea_orm::Schema::new(manager.get_database_backend());
                manager.create_table(schema.create_table_from_entity(Entity)).await
            }
        }
    };
}

/// Reads an entity and its version out of a row: for a service's own queries.
///
/// # Errors
/// When the stored state is not what the code expects.
pub fn read<E: Entity>(row: &<E::Table as EntityTrait>::Model) -> Result<(E, u64), DbErr> {
    let state: String = cell::<E, _>(row, "state")?;
    let version: i64 = cell::<E, _>(row, "version")?;
    Ok((state_read(&state)?, version.unsigned_abs()))
}

fn state_read<E: Entity>(state: &str) -> Result<E, DbErr> {
    serde_json::from_str(state).map_err(|error| DbErr::Json(error.to_string()))
}

fn state_written<E: Entity>(entity: &E) -> Result<String, DbErr> {
    serde_json::to_string(entity).map_err(|error| DbErr::Json(error.to_string()))
}

fn cell<E: Entity, T: sea_orm::sea_query::ValueType>(
    row: &<E::Table as EntityTrait>::Model,
    name: &str,
) -> Result<T, DbErr> {
    T::try_from(row.get(column::<E>(name)?)).map_err(|error| DbErr::Type(error.to_string()))
}

fn column<E: Entity>(name: &str) -> Result<<E::Table as EntityTrait>::Column, DbErr> {
    <<E::Table as EntityTrait>::Column as FromStr>::from_str(name)
        .map_err(|_| DbErr::Type(format!("table {} has no column {name}", E::Table::default().table_name())))
}

/// An entity whose type only its reactions know.
pub(crate) type AnyEntity = Arc<dyn Any + Send + Sync>;

/// One entity's table, its type forgotten, so that the dispatcher can serve all of them alike.
#[async_trait::async_trait]
pub(crate) trait Shelf: Send + Sync {
    /// The entities with these ids that exist, with their versions.
    async fn load(
        &self,
        db: &sea_orm::DatabaseTransaction,
        ids: Vec<String>,
    ) -> Result<HashMap<String, (AnyEntity, u64)>, DbErr>;

    /// Writes all of them in one statement, each only if its version is one above what is there. Returns how many were written.
    async fn save(&self, db: &sea_orm::DatabaseTransaction, entities: Vec<(AnyEntity, u64)>) -> Result<u64, DbErr>;

    /// What `viewer` may see.
    fn view(&self, entity: &AnyEntity, version: u64, viewer: &Principal) -> serde_json::Value;

    /// An entity from what the column `state` holds.
    fn read(&self, state: &str) -> Result<AnyEntity, DbErr>;

    /// What the column `state` holds of an entity.
    fn write(&self, entity: &AnyEntity) -> Result<String, DbErr>;
}

pub(crate) struct Typed<E>(pub(crate) PhantomData<fn() -> E>);

#[async_trait::async_trait]
impl<E: Entity> Shelf for Typed<E> {
    async fn load(
        &self,
        db: &sea_orm::DatabaseTransaction,
        ids: Vec<String>,
    ) -> Result<HashMap<String, (AnyEntity, u64)>, DbErr> {
        let rows = E::Table::find().filter(column::<E>("id")?.is_in(ids)).all(db).await?;
        rows.iter()
            .map(|row| {
                let (entity, version) = read::<E>(row)?;
                Ok((entity.id().to_string(), (Arc::new(entity) as AnyEntity, version)))
            })
            .collect()
    }

    async fn save(&self, db: &sea_orm::DatabaseTransaction, entities: Vec<(AnyEntity, u64)>) -> Result<u64, DbErr> {
        let entities: Vec<_> = entities
            .iter()
            .filter_map(|(entity, version)| entity.downcast_ref::<E>().map(|entity| (entity, *version)))
            .collect();
        let rows =
            entities.iter().map(|(entity, version)| row(*entity, *version)).collect::<Result<Vec<_>, DbErr>>()?;
        let named = |(entity, _): &(&E, u64)| {
            let id = entity.id().to_string();
            entity.names().into_iter().map(move |name| (name, id.clone())).collect::<Vec<_>>()
        };
        let names = entities.iter().flat_map(named).collect();
        let table = E::Table::default();
        let version = column::<E>("version")?;
        let stored = Expr::col((Alias::new(table.table_name()), version));
        let one_below = Expr::col((Alias::new("excluded"), version)).sub(1);
        let others = <E::Table as EntityTrait>::Column::iter().filter(|column| column.unquoted() != "id");
        let upsert = OnConflict::column(column::<E>("id")?)
            .update_columns(others)
            .action_and_where(stored.eq(one_below))
            .to_owned();
        let insert = sea_orm::QueryTrait::into_query(E::Table::insert_many(rows).on_conflict(upsert));
        let written = db.execute(&insert).await?.rows_affected();
        names::record(db, names).await?;
        Ok(written)
    }

    fn view(&self, entity: &AnyEntity, version: u64, viewer: &Principal) -> serde_json::Value {
        let view = entity.downcast_ref::<E>().map(|entity| serde_json::to_value(entity.view(version, viewer)));
        view.and_then(Result::ok).unwrap_or_default()
    }

    fn read(&self, state: &str) -> Result<AnyEntity, DbErr> {
        state_read::<E>(state).map(|entity| Arc::new(entity) as AnyEntity)
    }

    fn write(&self, entity: &AnyEntity) -> Result<String, DbErr> {
        match entity.downcast_ref::<E>() {
            Some(entity) => state_written(entity),
            None => Err(DbErr::Type("an entity of another kind".to_owned())),
        }
    }
}

fn row<E: Entity>(entity: &E, version: u64) -> Result<Row<E>, DbErr> {
    let state = state_written(entity)?;
    let mut row = <Row<E> as ActiveModelTrait>::default();
    row.set(column::<E>("id")?, Value::from(entity.id().to_string()));
    row.set(column::<E>("version")?, Value::from(version.cast_signed()));
    row.set(column::<E>("state")?, Value::from(state));
    entity.index(&mut row);
    Ok(row)
}
