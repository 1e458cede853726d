//! Saying what there may be to say.

use chassis::Change;
use contracts::Event;

/// The change, with this said too if there is something to say.
pub(crate) fn also<E, M: Event>(change: Change<E>, event: Option<M>) -> Change<E> {
    match event {
        Some(event) => change.say(event),
        None => change,
    }
}
