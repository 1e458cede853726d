//! What this machine can do at most, taken beside a benchmark so that its figures are ratios of one run (quality.md 3).
//!
//! Each is the rate of the smallest thing that an order needs many of: a flush, a stored message, a committed row.

use std::collections::VecDeque;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use async_nats::jetstream::stream;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, Statement};

use crate::bus::Bus;
use crate::config;
use crate::database::{self, Databases};

/// A page: the least that a file system writes.
const PAGE: [u8; 4_096] = [0x5a; 4_096];
/// About as long as an event of ours.
const BODY: [u8; 512] = [b'x'; 512];
const SCRATCH: &str = "BENCH";
const SCRATCH_SUBJECT: &str = "bench.limits";

/// How many times a second 4 KiB can be appended to a file in `directory` and be on the disk (`fdatasync`), one by one.
/// Blocks for as long as it measures.
///
/// # Errors
/// When the file cannot be written.
pub fn flushes(directory: &Path, during: Duration) -> io::Result<f64> {
    let path = directory.join("limits.flush");
    let mut file = OpenOptions::new().create(true).append(true).open(&path)?;
    let start = Instant::now();
    let mut count = 0;
    while start.elapsed() < during {
        file.write_all(&PAGE)?;
        file.sync_data()?;
        count += 1;
    }
    let rate = per_second(count, start);
    std::fs::remove_file(path)?;
    Ok(rate)
}

/// How many messages a second one publisher gets acknowledged on a stream of its own, with at most `window` of them under
/// way: 1 is one by one. The stream is deleted again.
///
/// # Errors
/// When the broker does not store them.
pub async fn publishes(bus: &Bus, window: usize, during: Duration) -> Result<f64, async_nats::Error> {
    let scratch = stream::Config {
        name: SCRATCH.to_owned(),
        subjects: vec![SCRATCH_SUBJECT.to_owned()],
        storage: stream::StorageType::File,
        num_replicas: bus.replicas,
        ..Default::default()
    };
    bus.jetstream().create_stream(scratch).await?;
    let rate = publish_for(bus, window, during).await;
    bus.jetstream().delete_stream(SCRATCH).await?;
    rate
}

async fn publish_for(bus: &Bus, window: usize, during: Duration) -> Result<f64, async_nats::Error> {
    let mut under_way = VecDeque::with_capacity(window);
    let start = Instant::now();
    let mut count = 0;
    while start.elapsed() < during {
        under_way.push_back(bus.jetstream().publish(SCRATCH_SUBJECT, BODY.as_slice().into()).await?);
        if under_way.len() >= window
            && let Some(oldest) = under_way.pop_front()
        {
            oldest.await?;
            count += 1;
        }
    }
    // Those still under way are no longer counted: the time is over.
    let rate = per_second(count, start);
    for rest in under_way {
        rest.await?;
    }
    Ok(rate)
}

/// How many transactions of one new row a second the database commits, one by one, with the settings that services use.
/// SQLite gets a file of its own beside theirs; on PostgreSQL it is a table in the database of `orders`, dropped again.
///
/// # Errors
/// When the database cannot be reached or written.
pub async fn commits(settings: &config::Database, data: &Path, during: Duration) -> Result<f64, DbErr> {
    let db = if settings.url.starts_with("sqlite:") {
        Databases::open(settings, data, "limits", Vec::new).await?.writer
    } else {
        database::connect(&settings.url.replace("{service}", "orders")).await?
    };
    db.execute_unprepared("CREATE TABLE bench_limits (id bigint PRIMARY KEY, state text NOT NULL)").await?;
    let rate = commit_for(&db, during).await;
    db.execute_unprepared("DROP TABLE bench_limits").await?;
    db.close().await?;
    rate
}

async fn commit_for(db: &DatabaseConnection, during: Duration) -> Result<f64, DbErr> {
    let state = "x".repeat(BODY.len());
    let start = Instant::now();
    let mut count = 0;
    while start.elapsed() < during {
        let values = [i64::from(count).into(), state.as_str().into()];
        let insert = "INSERT INTO bench_limits (id, state) VALUES ($1, $2)";
        db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), insert, values)).await?;
        count += 1;
    }
    Ok(per_second(count, start))
}

fn per_second(count: u32, since: Instant) -> f64 {
    f64::from(count) / since.elapsed().as_secs_f64()
}
