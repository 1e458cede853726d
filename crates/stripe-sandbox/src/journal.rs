//! Keeps the sandbox's data over restarts: one line of JSON per executed call, appended before the call is answered.
//!
//! A line is complete or it was never answered, so a half line at the end (SIGKILL in mid-write) is dropped. The
//! kernel has the line once it is written; only a power cut could lose it, which is no concern of a sandbox.

use std::fs::{self, File, TryLockError};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::idempotency::Stored;

/// What one call changed and what it answered.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) objects: Vec<Value>,
    pub(crate) answer: Option<Stored>,
}

#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    /// Held for as long as the journal is open: two writers would overwrite each other.
    _lock: File,
}

impl Journal {
    /// Opens the journal in `directory` and reads it.
    pub(crate) fn open(directory: &Path) -> io::Result<(Self, Vec<Entry>)> {
        fs::create_dir_all(directory)?;
        let lock = File::create(directory.join("stripe.lock"))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => io::Error::new(
                io::ErrorKind::ResourceBusy,
                format!("{} is in use by another sandbox", directory.display()),
            ),
            TryLockError::Error(error) => error,
        })?;
        let path = directory.join("stripe.jsonl");
        let file = File::options().create(true).read(true).append(true).open(&path)?;
        let entries = read(&file)?;
        Ok((Self { path, file, _lock: lock }, entries))
    }

    pub(crate) fn append(&mut self, entry: &Entry) -> io::Result<()> {
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        self.file.write_all(&line)
    }

    /// Replaces all lines by `entries`, at once: whoever is killed meanwhile leaves the old file or the new one.
    pub(crate) fn compact(&mut self, entries: impl Iterator<Item = Entry>) -> io::Result<()> {
        let next = self.path.with_extension("next");
        let mut writer = BufWriter::new(File::create(&next)?);
        for entry in entries {
            serde_json::to_writer(&mut writer, &entry)?;
            writer.write_all(b"\n")?;
        }
        writer.into_inner().map_err(|error| error.into_error())?.sync_all()?;
        fs::rename(&next, &self.path)?;
        self.file = File::options().append(true).open(&self.path)?;
        Ok(())
    }
}

fn read(file: &File) -> io::Result<Vec<Entry>> {
    let mut lines = BufReader::new(file).split(b'\n').peekable();
    let mut entries = Vec::new();
    while let Some(line) = lines.next() {
        match serde_json::from_slice(&line?) {
            Ok(entry) => entries.push(entry),
            Err(error) if lines.peek().is_none() => {
                tracing::warn!(%error, "dropped the half line at the journal's end")
            }
            Err(error) => {
                let message = format!("line {} of the journal: {error}", entries.len() + 1);
                return Err(io::Error::new(io::ErrorKind::InvalidData, message));
            }
        }
    }
    Ok(entries)
}
