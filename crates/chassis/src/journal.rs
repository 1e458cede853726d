//! The journal: which reaction has handled which message, what it said, and the verdict. It makes every effect happen once.

use contracts::{MessageId, Verdict};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use jiff::SignedDuration;
use sea_orm::entity::prelude::*;
use sea_orm::{DatabaseTransaction, QuerySelect, Set};
use sea_orm_migration::prelude::*;

use crate::defects::{self, Defect};
use crate::outgoing::Outgoing;
use crate::streams::LOG_AGE;

/// How long: longer than the log can deliver a message again.
pub(crate) const KEPT_FOR: SignedDuration = SignedDuration::from_secs((LOG_AGE.as_secs() / 10 * 11).cast_signed());

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "journal")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) message_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) reaction: String,
    /// Milliseconds since the epoch.
    pub(crate) at: i64,
    /// What was said, as JSON: [`Outgoing`]s.
    #[sea_orm(column_type = "Text")]
    pub(crate) outputs: String,
    /// The verdict, as JSON, for intents.
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) verdict: Option<String>,
    /// Of the payload, so that an idempotency key used again for something else is noticed.
    pub(crate) fingerprint: i64,
    /// Trace context of the reaction, so that a repeated publication tells the same story.
    #[sea_orm(nullable)]
    pub(crate) traceparent: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub(crate) fn outputs(&self) -> Result<Vec<Outgoing>, serde_json::Error> {
        serde_json::from_str(&self.outputs)
    }

    /// Whether the message was given up on.
    pub(crate) fn is_parked(&self) -> bool {
        let verdict = self.verdict.as_deref().map(serde_json::from_str);
        matches!(verdict, Some(Ok(Verdict::Parked { .. })))
    }
}

pub(crate) fn row(model: Model) -> ActiveModel {
    ActiveModel {
        message_id: Set(model.message_id),
        reaction: Set(model.reaction),
        at: Set(model.at),
        outputs: Set(if defects::has(Defect::ForgetWhatWasSaid) { "[]".to_owned() } else { model.outputs }),
        verdict: Set(model.verdict),
        fingerprint: Set(model.fingerprint),
        traceparent: Set(model.traceparent),
    }
}

/// What the journal knows of these messages.
pub(crate) async fn seen(db: &DatabaseTransaction, ids: Vec<String>) -> Result<Vec<Model>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Entity::find().filter(Column::MessageId.is_in(ids)).all(db).await
}

/// Writes the batch's rows. A row that is already there is a unique violation: somebody else was quicker.
pub(crate) async fn record(db: &DatabaseTransaction, rows: Vec<Model>) -> Result<(), DbErr> {
    if rows.is_empty() || defects::has(Defect::KeepNoJournal) {
        return Ok(());
    }
    let insert = sea_orm::QueryTrait::into_query(Entity::insert_many(rows.into_iter().map(row)));
    db.execute(&insert).await.map(drop)
}

/// The verdict on an intent, once there is one: the one that came of putting it back, if it had been given up on before.
pub(crate) async fn verdict(db: &DatabaseConnection, id: MessageId) -> Result<Option<(Option<String>, i64)>, DbErr> {
    let mut rows = Entity::find().filter(Column::MessageId.eq(id.to_string())).all(db).await?;
    rows.sort_by_key(Model::is_parked);
    Ok(rows.into_iter().next().map(|row| (row.verdict, row.fingerprint)))
}

/// Forgets up to `limit` rows older than `before` (milliseconds since the epoch). Returns how many.
pub(crate) fn forget(db: &DatabaseConnection, before: i64, limit: u64) -> BoxFuture<'_, Result<u64, DbErr>> {
    forget_some(db, before, limit).boxed()
}

async fn forget_some(db: &DatabaseConnection, before: i64, limit: u64) -> Result<u64, DbErr> {
    let old: Vec<String> = Entity::find()
        .select_only()
        .column(Column::MessageId)
        .filter(Column::At.lt(before))
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    if old.is_empty() {
        return Ok(0);
    }
    // One that was put back has newer rows under its first id.
    let forgotten = Entity::delete_many().filter(Column::MessageId.is_in(old)).filter(Column::At.lt(before));
    let deleted = forgotten.exec(db).await?;
    Ok(deleted.rows_affected)
}

/// The first migration of every service.
pub(crate) struct CreateJournal;

impl MigrationName for CreateJournal {
    fn name(&self) -> &'static str {
        "m000_create_journal"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CreateJournal {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let schema = sea_orm::Schema::new(manager.get_database_backend());
        manager.create_table(schema.create_table_from_entity(Entity)).await?;
        let by_age = Index::create().name("journal_at").table(Entity).col(Column::At).to_owned();
        manager.create_index(by_age).await
    }
}
