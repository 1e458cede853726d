//! How many statements a PostgreSQL was given, counted by its own extension `pg_stat_statements`, for benchmarks. Counting
//! costs time, so it is off but for when it is asked for.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, Statement};

use crate::database;

/// Databases that are no service's.
const COUNTED: &str = "FROM pg_stat_statements AS counted JOIN pg_database ON pg_database.oid = counted.dbid \
    WHERE pg_database.datname <> current_database()";

const REST: [&str; 2] = ["ALTER SYSTEM SET pg_stat_statements.track = 'none'", "SELECT pg_reload_conf()"];

/// A server whose statements are being counted.
#[derive(Debug)]
pub struct Tally {
    db: DatabaseConnection,
}

/// What was counted, in all databases but the one that was connected to.
#[derive(Clone, Debug, Default)]
pub struct Counted {
    /// All statements, also those that begin and end a transaction.
    pub statements: u64,
    /// Transactions that were committed by name; a statement of its own is not among them.
    pub commits: u64,
    /// The most frequent ones.
    pub frequent: Vec<Frequent>,
}

/// A statement, whatever its parameters and however many rows it was given for.
#[derive(Clone, Debug, PartialEq)]
pub struct Frequent {
    /// Each list of parameters is `($)`.
    pub text: String,
    /// How often it was given.
    pub times: u64,
    /// Milliseconds that the server worked on all of them.
    pub took_ms: f64,
}

/// Has a server that has just been started not count until it is asked to. As for [`Tally::begin`], for the same database.
///
/// # Errors
/// When the server says no.
pub async fn rest(url: &str) -> Result<(), DbErr> {
    let db = database::connect(url).await?;
    for statement in REST {
        db.execute_unprepared(statement).await?;
    }
    db.close().await
}

/// What the tables of a PostgreSQL's database take on the disk, with their indexes, in bytes, by name.
///
/// # Errors
/// When the server says no.
pub async fn sizes(url: &str) -> Result<BTreeMap<String, u64>, DbErr> {
    const SIZES: &str = "SELECT relname::text AS name, pg_total_relation_size(oid) AS bytes FROM pg_class \
        WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace";
    let db = database::connect(url).await?;
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), SIZES)).await?;
    let size = |row: &sea_orm::QueryResult| {
        Ok((row.try_get::<String>("", "name")?, row.try_get::<i64>("", "bytes")?.unsigned_abs()))
    };
    let sizes = rows.iter().map(size).collect();
    db.close().await?;
    sizes
}

/// What a PostgreSQL has written into its log (WAL).
#[derive(Clone, Copy, Debug)]
pub struct Wal {
    /// Bytes.
    pub bytes: u64,
    /// Pages that were written whole, because they were changed for the first time after a checkpoint.
    pub whole_pages: u64,
}

impl Wal {
    /// What was written since `before`.
    #[must_use]
    pub fn since(self, before: Self) -> Self {
        Self { bytes: self.bytes - before.bytes, whole_pages: self.whole_pages - before.whole_pages }
    }
}

/// What a PostgreSQL has written into its log so far.
///
/// # Errors
/// When the server says no.
pub async fn wal(url: &str) -> Result<Wal, DbErr> {
    const WRITTEN: &str = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint AS bytes, wal_fpi AS whole_pages FROM pg_stat_wal";
    let db = database::connect(url).await?;
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), WRITTEN)).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("pg_stat_wal".to_owned()))?;
    let figure = |name: &str| row.try_get::<i64>("", name).map(i64::unsigned_abs);
    let wal = Wal { bytes: figure("bytes")?, whole_pages: figure("whole_pages")? };
    db.close().await?;
    Ok(wal)
}

impl Tally {
    /// Begins to count. The server has to be started with `pg_stat_statements` loaded, and we have to be its superuser; `url` is
    /// that of a database which is nobody else's.
    ///
    /// # Errors
    /// When the server says no.
    pub async fn begin(url: &str) -> Result<Self, DbErr> {
        let db = database::connect(url).await?;
        for statement in [
            "CREATE EXTENSION IF NOT EXISTS pg_stat_statements",
            "SELECT pg_stat_statements_reset()",
            "ALTER SYSTEM SET pg_stat_statements.track = 'top'",
            "SELECT pg_reload_conf()",
        ] {
            db.execute_unprepared(statement).await?;
        }
        Ok(Self { db })
    }

    /// Stops counting, and says what was counted; the `most` frequent statements by themselves.
    ///
    /// # Errors
    /// When the server says no.
    pub async fn end(self, most: usize) -> Result<Counted, DbErr> {
        for statement in REST {
            self.db.execute_unprepared(statement).await?;
        }
        let sums = format!(
            "SELECT coalesce(sum(calls), 0)::bigint AS statements, \
             coalesce(sum(calls) FILTER (WHERE upper(query) = 'COMMIT'), 0)::bigint AS commits {COUNTED}"
        );
        let backend = self.db.get_database_backend();
        let mut counted = Counted::default();
        if let Some(row) = self.db.query_one_raw(Statement::from_string(backend, sums)).await? {
            let number = |name| row.try_get::<i64>("", name).map(i64::unsigned_abs);
            (counted.statements, counted.commits) = (number("statements")?, number("commits")?);
        }
        let frequent =
            format!("SELECT query, sum(calls)::bigint AS calls, sum(total_exec_time) AS took {COUNTED} GROUP BY query");
        let mut alike: BTreeMap<String, Frequent> = BTreeMap::new();
        for row in self.db.query_all_raw(Statement::from_string(backend, frequent)).await? {
            let text = shape(&row.try_get::<String>("", "query")?);
            let sum = alike.entry(text.clone()).or_insert(Frequent { text, times: 0, took_ms: 0.0 });
            sum.times += row.try_get::<i64>("", "calls")?.unsigned_abs();
            sum.took_ms += row.try_get::<f64>("", "took")?;
        }
        counted.frequent = alike.into_values().collect();
        counted.frequent.sort_by_key(|statement| Reverse(statement.times));
        counted.frequent.truncate(most);
        self.db.close().await?;
        Ok(counted)
    }
}

/// The same for one row and for a hundred: `… VALUES ($1, $2), ($3, $4)` is `… VALUES ($)`.
fn shape(query: &str) -> String {
    let mut shape = String::with_capacity(query.len());
    let mut parts = query.split('$');
    shape.extend(parts.next());
    for part in parts {
        shape.push('$');
        shape.push_str(part.trim_start_matches(|digit: char| digit.is_ascii_digit()));
    }
    for (list, one) in [("$, $", "$"), ("($), ($)", "($)")] {
        while shape.contains(list) {
            shape = shape.replace(list, one);
        }
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_for_many_rows_is_that_for_one() {
        let many = "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4), ($5, $6) ON CONFLICT (a) DO NOTHING";
        assert_eq!(shape(many), "INSERT INTO t (a, b) VALUES ($) ON CONFLICT (a) DO NOTHING");
        assert_eq!(
            shape("SELECT a FROM t WHERE a IN ($1, $2) AND b = $12 LIMIT $3"),
            "SELECT a FROM t WHERE a IN ($) AND b = $ LIMIT $"
        );
        assert_eq!(shape("COMMIT"), "COMMIT");
    }
}
