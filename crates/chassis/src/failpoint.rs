//! Points at which a test has a process die, to show that what it was doing is done once all the same.
//!
//! They are armed by the environment alone, never by default: `CAMPUSG_FAILPOINTS` names a directory, and each process that has
//! it dies by `abort`, as by a bug or by SIGKILL, whenever it comes to a place that nobody has died at yet: a [`Point`] of a
//! reaction of a service. What has been died at is a file in that directory, named by [`mark`], so whoever starts the
//! process again gets a little further each time, and a directory that has them all is one that everything was survived in.
//! A place whose file is there from the start is passed by.

use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tokio::sync::{Mutex, MutexGuard};
use tokio::task::block_in_place;
use tracing::info;

use crate::service::Service;

/// The variable that arms them: a directory that is there.
pub const VARIABLE: &str = "CAMPUSG_FAILPOINTS";

/// Whose reactions deadlines are: they have no table, one class of them is one reaction.
const DEADLINES: &str = "timers";

/// A moment in the handling of a message, in the order in which they come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Point {
    /// The message is here, and nothing has been done about it; a deadline is due.
    Pulled,
    /// The outside is about to be called.
    CallDue,
    /// The outside has done it, and nobody here has written that down.
    Called,
    /// All is written into the transaction, which is not committed.
    CommitDue,
    /// It is committed, and nobody was told.
    Committed,
    /// The broker has stored what is to be said; whoever asked has no verdict, and the message is not acknowledged.
    Published,
    /// The acknowledgement is on its way.
    Acknowledged,
}

impl Point {
    /// What a reaction passes through.
    const OF_REACTION: [Self; 5] =
        [Self::Pulled, Self::CommitDue, Self::Committed, Self::Published, Self::Acknowledged];
    /// What one that calls the outside passes through besides.
    const OF_CALL: [Self; 2] = [Self::CallDue, Self::Called];
    /// What a deadline passes through: nothing of it is kept, so there is no commit.
    const OF_DEADLINE: [Self; 3] = [Self::Pulled, Self::Published, Self::Acknowledged];
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pulled => "after-pull",
            Self::CallDue => "before-call",
            Self::Called => "after-call",
            Self::CommitDue => "before-commit",
            Self::Committed => "after-commit",
            Self::Published => "after-publish",
            Self::Acknowledged => "after-ack",
        })
    }
}

/// The name of the file that says that this place was died at: `orders.place.after-commit`.
#[must_use]
pub fn mark(service: &str, reaction: &str, point: impl fmt::Display) -> String {
    format!("{service}.{reaction}.{point}")
}

/// Every place that a service has by its table, as [`mark`] names it.
#[must_use]
pub fn marks_of(service: &Service) -> Vec<String> {
    let mut marks = Vec::new();
    for reaction in &service.reactions {
        let calls = Point::OF_CALL.into_iter().filter(|_| reaction.calls_outside);
        marks.extend(Point::OF_REACTION.into_iter().chain(calls).map(|point| mark(service.name, reaction.name, point)));
    }
    for class in &service.classes {
        marks.extend(Point::OF_DEADLINE.into_iter().map(|point| mark(DEADLINES, class.name, point)));
    }
    marks
}

/// Whether there is anything to die at: one load where there is not.
#[must_use]
pub fn are_armed() -> bool {
    directory().is_some()
}

/// Whoever has this dies next, if anybody does.
static DYING: Mutex<()> = Mutex::const_new(());

/// The way from an acknowledgement to the place after it, on which nobody else of the process dies: the message would be gone,
/// and nobody would come to that place again.
pub(crate) struct LastStep {
    directory: &'static Path,
    _alone: MutexGuard<'static, ()>,
}

/// Begins the last step of a message, before it is acknowledged; nothing where failpoints are not armed.
pub(crate) async fn last_step() -> Option<LastStep> {
    let directory = directory()?;
    Some(LastStep { directory, _alone: DYING.lock().await })
}

impl LastStep {
    /// Comes by the place: the broker has the acknowledgement.
    pub(crate) fn end(self, service: &str, reaction: &str) {
        die_at(self.directory, &mark(service, reaction, Point::Acknowledged));
    }

    /// Comes by the place after a deadline's.
    pub(crate) fn end_deadline(self, class: &str) {
        self.end(DEADLINES, class);
    }
}

/// Comes by a place: dies here if failpoints are armed and nobody has died at it. A `point` may also be one that a service
/// has of its own, such as a request to somebody outside.
pub fn pass(service: &str, reaction: &str, point: impl fmt::Display) {
    if let Some(directory) = directory() {
        die_once(directory, &mark(service, reaction, point));
    }
}

/// Comes by a point of a deadline.
pub(crate) fn pass_deadline(class: &str, point: Point) {
    pass(DEADLINES, class, point);
}

fn directory() -> Option<&'static Path> {
    static DIRECTORY: OnceLock<Option<PathBuf>> = OnceLock::new();
    let armed = || std::env::var_os(VARIABLE).filter(|directory| !directory.is_empty()).map(PathBuf::from);
    DIRECTORY.get_or_init(armed).as_deref()
}

fn die_once(directory: &Path, mark: &str) {
    // One file, one death: who waits here dies of another's. The thread is given back while it waits, for whom it waits for.
    let _dying = block_in_place(|| DYING.blocking_lock());
    die_at(directory, mark);
}

fn die_at(directory: &Path, mark: &str) {
    match File::create_new(directory.join(mark)) {
        Ok(_) => {
            info!(mark, "dying at {mark}");
            std::process::abort()
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        // A directory that cannot be written would show nothing, silently.
        Err(error) => panic!("{VARIABLE}: {}: {error}", directory.display()),
    }
}

/// What was died at so far, by the files in the directory.
///
/// # Errors
/// When it cannot be read.
pub fn marks_in(directory: &Path) -> io::Result<Vec<String>> {
    let mut marks = Vec::new();
    for entry in fs::read_dir(directory)? {
        marks.push(entry?.file_name().to_string_lossy().into_owned());
    }
    marks.sort_unstable();
    Ok(marks)
}
