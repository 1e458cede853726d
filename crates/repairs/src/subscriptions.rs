//! What repairs reacts to.

use chassis::Service;
use contracts::repairs::{MessageDiscarded, MessageRedriven};

use crate::repair::{self, Repair};
use crate::{questions, store};

/// The service.
#[must_use]
pub fn service() -> Service {
    Service::new("repairs")
        .entity::<Repair>()
        .migrations(store::migrations)
        .told_of_parked()
        // what services tell
        .on("keep", repair::keep)
        .on("settle", repair::settle)
        // what staff want
        .intent("redrive", repair::redrive)
        .publishes::<(MessageRedriven,)>()
        .redrives("put-back", repair::put_back)
        .intent("discard", repair::discard)
        .publishes::<(MessageDiscarded,)>()
        .answers("list", questions::list)
        .answers("get", questions::get)
        .answers("tasks", questions::tasks)
}
