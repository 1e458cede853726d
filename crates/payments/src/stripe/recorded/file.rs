//! The recorder's file: a line of JSON for every request.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One request and its answer.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Line {
    /// When, in seconds since 1970.
    pub(super) at: i64,
    /// The idempotency key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) key: Option<String>,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) form: String,
    pub(super) status: u16,
    /// Null for what was only looked up.
    pub(super) answer: Value,
}

/// The file, and where in it each key was answered: answers themselves are not kept in memory, for they are many. Several
/// replicas may write in it: each takes it for itself while it answers, and first reads what the others have written.
pub(super) struct Record {
    file: File,
    length: u64,
    places: HashMap<Box<str>, (u64, usize)>,
}

/// The file for oneself, until it is dropped.
pub(super) struct Turn<'a>(&'a File);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        // Fails only if the file is not locked any more.
        let _ = self.0.unlock();
    }
}

/// Waits until nobody else writes in the file.
pub(super) fn take_turn(file: &File) -> io::Result<Turn<'_>> {
    file.lock()?;
    Ok(Turn(file))
}

impl Record {
    /// Opens the file, or makes it.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        Ok(Self { file, length: 0, places: HashMap::new() })
    }

    /// The file by itself, for [`take_turn`].
    pub(super) fn file(&self) -> io::Result<File> {
        self.file.try_clone()
    }

    /// Shows every line that is there and was not written or shown here. Nobody else may be writing.
    pub(super) fn catch_up(&mut self, mut show: impl FnMut(&Line)) -> io::Result<()> {
        if self.file.metadata()?.len() == self.length {
            return Ok(());
        }
        let mut lines = BufReader::new(self.file.try_clone()?);
        lines.seek(SeekFrom::Start(self.length))?;
        let mut text = Vec::new();
        while lines.read_until(b'\n', &mut text)? > 0 && text.last() == Some(&b'\n') {
            let line: Line = serde_json::from_slice(&text)?;
            show(&line);
            self.note(line.key, text.len());
            text.clear();
        }
        // Half a line is one that was being written when somebody ended.
        self.file.set_len(self.length)
    }

    /// What was answered under this key.
    pub(super) fn find(&self, key: &str) -> io::Result<Option<Line>> {
        let Some((at, length)) = self.places.get(key) else { return Ok(None) };
        let mut text = vec![0; *length];
        self.file.read_exact_at(&mut text, *at)?;
        Ok(Some(serde_json::from_slice(&text)?))
    }

    /// Has the system have the line: from here on it survives our end, though not the machine's.
    pub(super) fn append(&mut self, line: &Line) -> io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        self.file.write_all(&text)?;
        self.note(line.key.clone(), text.len());
        Ok(())
    }

    fn note(&mut self, key: Option<String>, length: usize) {
        if let Some(key) = key {
            self.places.insert(key.into(), (self.length, length));
        }
        self.length += length as u64;
    }
}
