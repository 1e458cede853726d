//! The tables of notifications, and the only SQL about them.

use chassis::{entity, page};
use contracts::UserId;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseConnection, DbErr, EntityTrait, QueryFilter, QuerySelect, Select};
use sea_orm_migration::prelude::*;

use crate::inbox::SHOWN;
use crate::{Inbox, Notice};

/// One row per person who has read something, or is gone.
pub(crate) mod inboxes {
    chassis::plain_table!("inboxes");
}

/// Was always empty, and is gone: the migrator wants to know every migration that was ever applied.
mod criers {
    chassis::plain_table!("criers");
}

/// One row per thing that people were told.
pub(crate) mod notices {
    use sea_orm::entity::prelude::*;

    /// One notice. `state` holds all of it; the other columns are what queries need.
    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "notices")]
    pub struct Model {
        /// `msg_…`
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        /// Counts the changes.
        pub version: i64,
        /// The notice as JSON.
        #[sea_orm(column_type = "Text")]
        pub state: String,
        /// Who was told.
        #[sea_orm(nullable)]
        pub first: Option<String>,
        /// Who else was.
        #[sea_orm(nullable)]
        pub second: Option<String>,
        /// Milliseconds since the epoch.
        pub at: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

use notices::{Column, Entity, Model};

/// How far they have read, and the newest of what they were told.
pub(crate) async fn load(db: &impl ConnectionTrait, user_id: UserId) -> Result<(Inbox, Vec<Notice>), DbErr> {
    let row = inboxes::Entity::find_by_id(user_id.to_string()).one(db).await?;
    let inbox = row.as_ref().map(|row| entity::read::<Inbox>(row).map(|(inbox, _)| inbox)).transpose()?;
    let mut rows = Vec::new();
    for list in newest(user_id) {
        rows.extend(list.all(db).await?);
    }
    let rows = page::newest_of(rows, |row: &Model| (row.at, row.id.as_str()), SHOWN as u64);
    let notices = rows.iter().map(|row| entity::read::<Notice>(row).map(|(notice, _)| notice));
    Ok((inbox.unwrap_or_else(|| Inbox::empty(user_id)), notices.collect::<Result<_, _>>()?))
}

fn newest(user_id: UserId) -> [Select<Entity>; 2] {
    [Column::First, Column::Second].map(|told| {
        let list = Entity::find().filter(told.eq(user_id.to_string()));
        page::newest(list, (Column::At, Column::Id), None, SHOWN as u64)
    })
}

/// Removes up to so many notices that are older.
pub(crate) fn forget(db: &DatabaseConnection, before: i64, limit: u64) -> BoxFuture<'_, Result<u64, DbErr>> {
    forget_some(db, before, limit).boxed()
}

async fn forget_some(db: &DatabaseConnection, before: i64, limit: u64) -> Result<u64, DbErr> {
    let old = Entity::find().select_only().column(Column::Id).filter(Column::At.lt(before)).limit(limit);
    let old: Vec<String> = old.into_tuple().all(db).await?;
    if old.is_empty() {
        return Ok(0);
    }
    // One that is told again meanwhile is new.
    let old = Entity::delete_many().filter(Column::Id.is_in(old)).filter(Column::At.lt(before));
    Ok(old.exec(db).await?.rows_affected)
}

pub(crate) fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![inboxes::create(), criers::create(), Box::new(CreateNotices)]
}

/// What older inboxes list themselves is not read any more: whoever had one begins with an empty list.
struct CreateNotices;

impl MigrationName for CreateNotices {
    fn name(&self) -> &'static str {
        "m002_create_notices"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CreateNotices {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let schema = sea_orm::Schema::new(manager.get_database_backend());
        manager.create_table(schema.create_table_from_entity(Entity)).await?;
        for (name, told) in [("notices_to_first", Column::First), ("notices_to_second", Column::Second)] {
            let index = Index::create().name(name).table(Entity).col(told).col(Column::At).col(Column::Id).to_owned();
            manager.create_index(index).await?;
        }
        let by_age = Index::create().name("notices_by_age").table(Entity).col(Column::At).to_owned();
        manager.create_index(by_age).await?;
        manager.drop_table(Table::drop().table(criers::Entity).to_owned()).await
    }
}

#[cfg(test)]
mod tests {
    use chassis::database;
    use sea_orm::PaginatorTrait as _;

    use super::*;

    /// Ada is told every hundredth thing, in turn as the first and as the second of two.
    const NOTICES: &str = "\
        INSERT INTO notices (id, version, state, first, second, at) \
        WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999) \
        SELECT 'msg_' || i, 1, '{}', CASE WHEN i % 200 = 0 THEN '{ada}' ELSE 'usr_' || (i % 97) END, \
            CASE WHEN i % 200 = 100 THEN '{ada}' WHEN i % 3 = 0 THEN 'usr_' || (i % 89) END, i / 3 FROM n";

    #[tokio::test]
    async fn an_index_serves_the_list_of_each_person() {
        let ada = UserId::of_subject("test", "ada");
        for db in database::for_test("notifications", migrations).await.expect("databases") {
            db.execute_unprepared(&NOTICES.replace("{ada}", &ada.to_string())).await.expect("notices");
            db.execute_unprepared("ANALYZE").await.expect("statistics");
            for (list, index) in newest(ada).iter().zip(["notices_to_first", "notices_to_second"]) {
                let steps = page::plan(&db, list).await.expect("a plan").join("\n");
                assert!(steps.contains(index) && !steps.contains("SCAN notices"), "{steps}");
                assert_eq!(list.clone().all(&db).await.expect("rows").len(), SHOWN);
            }
        }
    }

    #[tokio::test]
    async fn a_database_from_before_is_read() {
        let before = || migrations().into_iter().take(2).collect();
        let ada = UserId::of_subject("test", "ada");
        for db in database::for_test("notifications", before).await.expect("databases") {
            let shipped: Vec<_> = migrations().iter().map(|migration| migration.name().to_owned()).collect();
            assert_eq!(shipped, ["m001_create_inboxes", "m001_create_criers", "m002_create_notices"]);
            let inbox = format!(r#"{{"user_id":"{ada}","read":[],"unread":[["msg_1","accepted","ord_1",0]]}}"#);
            let insert = format!("INSERT INTO inboxes (id, version, state) VALUES ('{ada}', 1, '{inbox}')");
            db.execute_unprepared(&insert).await.expect("an inbox");
            CreateNotices.up(&SchemaManager::new(&db)).await.expect("a table");
            assert_eq!(load(&db, ada).await.expect("read"), (Inbox::empty(ada), Vec::new()));
        }
    }

    #[tokio::test]
    async fn only_what_is_old_is_forgotten() {
        for db in database::for_test("notifications", migrations).await.expect("databases") {
            db.execute_unprepared(NOTICES).await.expect("notices");
            assert_eq!(forget(&db, 1_000, 2_000).await.expect("forgotten"), 2_000);
            assert_eq!(forget(&db, 1_000, 2_000).await.expect("forgotten"), 1_000);
            assert_eq!(forget(&db, 1_000, 2_000).await.expect("forgotten"), 0);
            assert_eq!(Entity::find().count(&db).await.expect("a number"), 7_000);
        }
    }
}
