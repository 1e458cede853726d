//! One database per service: SQLite or PostgreSQL, with the same code on both.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DbErr, RuntimeErr, TransactionTrait, sqlx,
};
use sea_orm_migration::{MigrationTrait, MigratorTraitSelf};
use tracing::debug;

use crate::config;
use crate::{journal, names, staff};

/// PostgreSQL connections that write; lanes beyond wait for one another.
const WRITERS: u32 = 4;

/// How long a transaction of ours may do nothing before PostgreSQL ends it, in milliseconds.
const IDLE_MS: &str = "2000";

/// States of more than two kilobytes are compressed at every write. LZ4 does that in a quarter of the processor time of
/// PostgreSQL's own default (an inbox of fifty: 45 µs a write, not 120); a server that was built without it, or one before 14,
/// goes on as it is.
const COMPRESS: &str = "SELECT set_config('default_toast_compression', 'lz4', false) FROM pg_settings \
                        WHERE name = 'default_toast_compression' AND 'lz4' = ANY(enumvals)";

/// A service's database: connections that write, and others that read.
#[derive(Clone, Debug)]
pub struct Databases {
    /// For the dispatcher's transactions.
    pub writer: DatabaseConnection,
    /// For questions.
    pub reader: DatabaseConnection,
}

impl Databases {
    /// Opens the database of `service` and brings its tables up to date.
    ///
    /// # Errors
    /// When it cannot be reached or migrated.
    pub async fn open(
        settings: &config::Database,
        data: &Path,
        service: &str,
        migrations: fn() -> Vec<Box<dyn MigrationTrait>>,
    ) -> Result<Self, DbErr> {
        let url = settings.url.replace("{service}", service).replace("{data}", &data.to_string_lossy());
        let databases = if url.starts_with("sqlite:") {
            // SQLite has one writer at a time: a second connection would only wait for the first (jetstream.md 8).
            Self { writer: sqlite(&url, 1).await?, reader: sqlite(&url, settings.connections).await? }
        } else {
            // A flood of questions must not keep the dispatcher waiting for a connection.
            let writer = Database::connect(options(&url, WRITERS)).await?;
            Self { writer, reader: Database::connect(options(&url, settings.connections)).await? }
        };
        migrate(&databases.writer, migrations).await?;
        Ok(databases)
    }
}

/// Brings the tables up to date. Replicas that start together all try; who loses finds it done when trying again.
async fn migrate(db: &DatabaseConnection, migrations: fn() -> Vec<Box<dyn MigrationTrait>>) -> Result<(), DbErr> {
    const TRIES: u32 = 8;
    for attempt in 1..TRIES {
        match Migrations(migrations).up(db, None).await {
            Ok(()) => return Ok(()),
            Err(error) => debug!(attempt, error = %error, "the tables could not be brought up to date; trying again"),
        }
        tokio::time::sleep(Duration::from_millis(50 << attempt)).await;
    }
    Migrations(migrations).up(db, None).await
}

/// A PostgreSQL or SQLite connection for whoever needs to create databases: the testkit.
///
/// # Errors
/// When it cannot be reached.
pub async fn connect(url: &str) -> Result<DatabaseConnection, DbErr> {
    Database::connect(options(url, 2)).await
}

fn options(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(5))
        .sqlx_logging(false)
        .test_before_acquire(false)
        // Without sqlx's task for idle and old connections. In 0.9.0 it counts the idle ones while one is being given back, may take
        // none for 2^64, and looks at them all: a thread of ours spins for ever, and whatever waits in its queue stands still.
        // Seen at about one start in ten thousand (transact-rs/sqlx issue 3645; mended by its pull request 4289, which
        // no release has yet). A broken connection is let go of by whoever finds it so.
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        // A replica that stands still in the middle of a transaction must not keep the others from its rows.
        .map_sqlx_postgres_opts(|postgres| postgres.options([("idle_in_transaction_session_timeout", IDLE_MS)]))
        .map_sqlx_postgres_pool_opts(|pool| {
            pool.after_connect(|connection, _| {
                Box::pin(async move { sqlx::query(COMPRESS).execute(connection).await.map(drop) })
            })
        });
    options
}

async fn sqlite(url: &str, connections: u32) -> Result<DatabaseConnection, DbErr> {
    let mut options = options(url, connections);
    options.map_sqlx_sqlite_opts(|sqlite| {
        sqlite
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // FULL: a commit survives a power cut. NORMAL could lose one whose messages are already published.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(5))
            .statement_cache_capacity(64)
    });
    Database::connect(options).await
}

/// Databases with these tables and nothing in them, for tests of a service's own SQL: SQLite in memory and, where
/// `CAMPUSG_TEST_POSTGRES` names a server, a schema of its own there.
///
/// # Errors
/// When one of them cannot be made.
pub async fn for_test(
    service: &str,
    migrations: fn() -> Vec<Box<dyn MigrationTrait>>,
) -> Result<Vec<DatabaseConnection>, DbErr> {
    static MADE: AtomicU32 = AtomicU32::new(0);
    // Each connection to it would be to a database of its own.
    let mut databases = vec![Database::connect(options("sqlite::memory:", 1)).await?];
    if let Ok(server) = std::env::var("CAMPUSG_TEST_POSTGRES") {
        let schema = format!("t{}_{}_{service}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let admin = connect(&server).await?;
        // One of an earlier run, by a process of the same number.
        admin.execute_unprepared(&format!("DROP SCHEMA IF EXISTS {schema} CASCADE")).await?;
        admin.execute_unprepared(&format!("CREATE SCHEMA {schema}")).await?;
        admin.close().await?;
        databases.push(connect(&format!("{server}?options=-csearch_path%3D{schema}")).await?);
    }
    for db in &databases {
        Migrations(migrations).up(db, None).await?;
    }
    Ok(databases)
}

struct Migrations(fn() -> Vec<Box<dyn MigrationTrait>>);

#[async_trait::async_trait]
impl MigratorTraitSelf for Migrations {
    fn migrations(&self) -> Vec<Box<dyn MigrationTrait>> {
        let mut migrations: Vec<Box<dyn MigrationTrait>> =
            vec![Box::new(journal::CreateJournal), Box::new(staff::CreateStaffActions), names::create()];
        migrations.extend((self.0)());
        migrations
    }
}

/// What a failed statement says about trying again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The database is away, full or busy: the same statement may work later, for any message.
    Away,
    /// Somebody else wrote the same row: do the batch again on what is there now.
    Raced,
    /// The statement itself is at fault: find the message that brought it.
    Statement,
}

pub(crate) fn trouble(error: &DbErr) -> Trouble {
    if matches!(error.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_))) {
        return Trouble::Raced;
    }
    if matches!(error, DbErr::Conn(_) | DbErr::ConnectionAcquire(_)) {
        return Trouble::Away;
    }
    let (DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) = error else {
        return Trouble::Statement;
    };
    sqlx_trouble(error)
}

fn sqlx_trouble(error: &sqlx::Error) -> Trouble {
    let sqlx::Error::Database(error) = error else {
        let statement = matches!(
            error,
            sqlx::Error::RowNotFound
                | sqlx::Error::TypeNotFound { .. }
                | sqlx::Error::ColumnNotFound(_)
                | sqlx::Error::ColumnDecode { .. }
                | sqlx::Error::Encode(_)
                | sqlx::Error::Decode(_)
        );
        return if statement { Trouble::Statement } else { Trouble::Away };
    };
    match error.code().as_deref() {
        // PostgreSQL: serialization failure and deadlock (class 40) are races, by its own documentation to be done again.
        Some(code) if code.len() == 5 && code.starts_with("40") => Trouble::Raced,
        // PostgreSQL: connection (08), resources (53), operator intervention (57), system (58), internal (XX).
        Some(code) if code.len() == 5 && ["08", "53", "57", "58", "XX"].contains(&&code[..2]) => Trouble::Away,
        // PostgreSQL: a standby that was just a primary, a transaction that did nothing for too long, a lock not to be had, and
        // what only an operator can mend (privileges, a missing table): no message is to blame for any of them.
        Some("25006" | "25P03" | "55P03" | "42501" | "42P01") => Trouble::Away,
        Some(code) if code.len() < 5 && code.parse().is_ok_and(sqlite_is_away) => Trouble::Away,
        _ => Trouble::Statement,
    }
}

/// SQLite's primary codes: busy 5, locked 6, read-only 8, I/O 10, corrupt 11, full 13, cannot open 14, not a database 26.
fn sqlite_is_away(code: u32) -> bool {
    matches!(code & 0xff, 5 | 6 | 8 | 10 | 11 | 13 | 14 | 26)
}

/// Begins a transaction that will write.
pub(crate) async fn begin(db: &DatabaseConnection) -> Result<sea_orm::DatabaseTransaction, DbErr> {
    db.begin().await
}

#[cfg(test)]
mod tests {
    use sea_orm::{DbBackend, Statement};

    use super::*;

    #[tokio::test]
    async fn a_pool_has_no_task_that_looks_through_its_idle_connections() {
        for db in for_test("idle", Vec::new).await.expect("databases") {
            db.execute_unprepared("SELECT 1").await.expect("an answer");
            // A connection is given back by a task of its own, which ends.
            let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
            let ended = async {
                while tasks() > 0 {
                    tokio::time::sleep(Duration::from_millis(1)).await
                }
            };
            tokio::time::timeout(Duration::from_secs(10), ended).await.expect("no task that stays");
        }
    }

    #[tokio::test]
    async fn what_is_large_is_compressed_by_lz4_where_there_is_one() {
        for db in for_test("compression", Vec::new).await.expect("databases") {
            if db.get_database_backend() != DbBackend::Postgres {
                continue;
            }
            let long: String = (0..1_000).map(|n| format!("{n},")).collect();
            let insert = format!("INSERT INTO journal VALUES ('m', 'r', 0, '{long}', NULL, 0, NULL)");
            db.execute_unprepared(&insert).await.expect("a row");
            let asked = "SELECT pg_column_compression(outputs) AS by, 'lz4' = ANY(enumvals) AS there FROM journal, pg_settings \
                         WHERE name = 'default_toast_compression'";
            let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, asked)).await.expect("an answer");
            let row = row.expect("PostgreSQL 14 or later");
            let (by, there): (String, bool) = (row.try_get("", "by").unwrap(), row.try_get("", "there").unwrap());
            assert_eq!(by == "lz4", there, "{by}");
        }
    }
}
