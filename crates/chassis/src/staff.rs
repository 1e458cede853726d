//! What staff did: every intent that somebody asked for in their office, with its verdict, written in the transaction that
//! decides on it and kept for ever. The journal forgets; this does not.

use contracts::{MessageId, Verdict};
use jiff::Timestamp;
use schemars::JsonSchema;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{DatabaseTransaction, Set};
use sea_orm_migration::prelude::*;
use serde::{Deserialize, Serialize};

use crate::batch::{Done, Work};
use crate::page;
use crate::service::route_of;

/// What was asked is listed up to this size, in bytes: a whole menu would not fit into an answer with a hundred others.
const LISTED: usize = 4_096;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "staff_actions")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) message_id: String,
    /// Milliseconds since the epoch.
    pub(crate) at: i64,
    /// `opr_…`, `fin_…` or `sys_cli`.
    pub(crate) principal: String,
    /// `orders.cancel.v1`
    pub(crate) intent: String,
    /// The id that the intent is about.
    pub(crate) about: String,
    /// What was asked, as it came.
    #[sea_orm(column_type = "Text")]
    pub(crate) asked: String,
    /// `done`, `refused` or `parked`.
    pub(crate) verdict: String,
    /// The refusal's code, or why it was parked.
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) because: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}

/// The row for an intent of staff's; nothing for everybody else.
pub(crate) fn action(work: &Work, done: &Done, now: Timestamp) -> Option<Model> {
    let subject: &str = &work.raw.subject;
    let intent = route_of(subject).strip_prefix("intent.").filter(|_| work.principal.is_accountable())?;
    let (verdict, because) = match serde_json::from_str(done.verdict.as_deref().unwrap_or_default()) {
        Ok(Verdict::Refused(refused)) => ("refused", Some(refused.code)),
        Ok(Verdict::Parked { reason }) => ("parked", Some(reason)),
        Ok(Verdict::Done { .. }) | Err(_) => ("done", None),
    };
    Some(Model {
        message_id: work.id.to_string(),
        at: now.as_millisecond(),
        principal: work.principal.to_string(),
        intent: intent.to_owned(),
        about: subject.split('.').nth(6).unwrap_or_default().to_owned(),
        // PostgreSQL's text takes no zero byte.
        asked: String::from_utf8_lossy(&work.raw.payload).replace('\0', "\u{fffd}"),
        verdict: verdict.to_owned(),
        because: because.map(|because| because.replace('\0', "\u{fffd}").chars().take(500).collect()),
    })
}

/// Writes the batch's rows. One that is there already was written when the journal still knew its message.
pub(crate) async fn record(db: &DatabaseTransaction, rows: Vec<Model>) -> Result<(), DbErr> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = rows.into_iter().map(|row| ActiveModel {
        message_id: Set(row.message_id),
        at: Set(row.at),
        principal: Set(row.principal),
        intent: Set(row.intent),
        about: Set(row.about),
        asked: Set(row.asked),
        verdict: Set(row.verdict),
        because: Set(row.because),
    });
    let known = OnConflict::column(Column::MessageId).do_nothing().to_owned();
    let insert = sea_orm::QueryTrait::into_query(Entity::insert_many(rows).on_conflict(known));
    db.execute(&insert).await.map(drop)
}

/// What did staff do? Every service that decides on intents answers this about its own. Newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ListStaffActions {
    /// Only by this principal: `opr_…`.
    #[serde(default)]
    pub by: Option<String>,
    /// Only of this type: `orders.cancel.v1`.
    #[serde(default)]
    pub intent: Option<String>,
    /// Only about this id: `ord_…`.
    #[serde(default)]
    pub about: Option<String>,
    /// Only older than this one.
    #[serde(default)]
    pub before: Option<Place>,
    /// At most this many, 1 to 101.
    pub limit: u64,
}

/// A place in the list: a time in milliseconds since the epoch and, among equals, an id.
pub type Place = (i64, MessageId);

/// Somebody did something in their office, or was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StaffAction {
    /// The intent's own id.
    pub message_id: MessageId,
    /// When it was decided on, UTC; to the millisecond.
    pub at: Timestamp,
    /// Who: `opr_…`, `fin_…` or `sys_cli`.
    pub by: String,
    /// What: `orders.cancel.v1`.
    pub intent: String,
    /// The id that it is about.
    pub about: String,
    /// What was asked; absent when it is too large to be listed, or could not be read.
    pub asked: Option<serde_json::Value>,
    /// `done`, `refused` or `parked`.
    pub verdict: String,
    /// The refusal's code, or why it was parked.
    pub because: Option<String>,
}

impl StaffAction {
    /// Where it stands in the list.
    #[must_use]
    pub fn place(&self) -> Place {
        (self.at.as_millisecond(), self.message_id)
    }
}

impl From<Model> for StaffAction {
    fn from(row: Model) -> Self {
        let listed = Some(&row.asked).filter(|asked| asked.len() <= LISTED);
        Self {
            message_id: row.message_id.parse().unwrap_or_else(|_| MessageId::of_stored("", 0)),
            at: Timestamp::from_millisecond(row.at).unwrap_or_default(),
            asked: listed.and_then(|asked| serde_json::from_str(asked).ok()),
            by: row.principal,
            intent: row.intent,
            about: row.about,
            verdict: row.verdict,
            because: row.because,
        }
    }
}

/// A page of what staff did, newest first.
pub(crate) async fn list(db: &DatabaseConnection, ask: &ListStaffActions) -> Result<Vec<StaffAction>, DbErr> {
    let mut query = Entity::find();
    for (column, wanted) in [(Column::Principal, &ask.by), (Column::Intent, &ask.intent), (Column::About, &ask.about)] {
        if let Some(wanted) = wanted {
            query = query.filter(column.eq(wanted.as_str()));
        }
    }
    let before = ask.before.map(|(at, id)| (at, id.to_string()));
    let query = page::newest(query, (Column::At, Column::MessageId), before.as_ref(), ask.limit.clamp(1, 101));
    Ok(query.all(db).await?.into_iter().map(Into::into).collect())
}

/// The second migration of every service.
pub(crate) struct CreateStaffActions;

impl MigrationName for CreateStaffActions {
    fn name(&self) -> &'static str {
        "m000_create_staff_actions"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CreateStaffActions {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let schema = sea_orm::Schema::new(manager.get_database_backend());
        manager.create_table(schema.create_table_from_entity(Entity)).await?;
        let index = |name: &str| Index::create().name(name).table(Entity).to_owned();
        let by_time = index("staff_actions_at").col(Column::At).to_owned();
        let by_subject = index("staff_actions_about").col(Column::About).col(Column::At).to_owned();
        let by_person = index("staff_actions_principal").col(Column::Principal).col(Column::At).to_owned();
        for index in [by_time, by_subject, by_person] {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;
    use crate::database::{self, Databases};
    use crate::journal;

    async fn open(dir: &tempfile::TempDir) -> Databases {
        let settings: config::Database = crate::Config::defaults().section("database").expect("settings");
        Databases::open(&settings, dir.path(), "test", Vec::new).await.expect("a database")
    }

    fn row(n: u64) -> Model {
        Model {
            message_id: MessageId::of_stored("TEST", n).to_string(),
            at: 1,
            principal: "opr_1".to_owned(),
            intent: "orders.cancel.v1".to_owned(),
            about: "ord_1".to_owned(),
            asked: "{}".to_owned(),
            verdict: "done".to_owned(),
            because: None,
        }
    }

    async fn write(databases: &Databases, rows: Vec<Model>) {
        let tx = database::begin(&databases.writer).await.expect("a transaction");
        record(&tx, rows).await.expect("written");
        tx.commit().await.expect("committed");
    }

    #[tokio::test]
    async fn what_staff_did_is_kept_when_the_journal_forgets() {
        let dir = tempfile::tempdir().expect("a directory");
        let databases = open(&dir).await;
        write(&databases, vec![row(1), row(2)]).await;
        // Once each, also when the journal does not know the message any more.
        write(&databases, vec![row(2), row(3)]).await;
        journal::forget(&databases.writer, i64::MAX, 1_000).await.expect("forgotten");
        let all = ListStaffActions { limit: 10, ..ListStaffActions::default() };
        let first = list(&databases.reader, &all).await.expect("a list");
        assert_eq!(first.len(), 3);
        let after = ListStaffActions { before: Some(first[1].place()), ..all };
        assert_eq!(list(&databases.reader, &after).await.expect("a list"), first[2..]);
    }

    #[tokio::test]
    async fn a_database_of_an_earlier_release_gets_the_table_too() {
        let dir = tempfile::tempdir().expect("a directory");
        let earlier = open(&dir).await;
        for statement in
            ["DROP TABLE staff_actions", "DELETE FROM seaql_migrations WHERE version = 'm000_create_staff_actions'"]
        {
            earlier.writer.execute_unprepared(statement).await.expect("done");
        }
        let databases = open(&dir).await;
        write(&databases, vec![row(1)]).await;
        let all = ListStaffActions { limit: 10, ..ListStaffActions::default() };
        assert_eq!(list(&databases.reader, &all).await.expect("a list").len(), 1);
    }
}
