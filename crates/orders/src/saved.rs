//! Baskets that people saved for another time.

use chassis::{Change, Cx, Entity, Fault};
use contracts::orders::{DeleteSaved, RenameSaved, SaveBasket, Saved, SavedBaskets};
use contracts::users::UserClosed;
use contracts::{Principal, UserId};
use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

pub(crate) mod table {
    chassis::plain_table!("saved");
}

const SAVED_MAX: usize = 50;

/// One person's saved baskets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shelf {
    /// Whose.
    pub user_id: UserId,
    /// Newest first.
    pub saved: Vec<Saved>,
}

type Ruling = Result<Change<Shelf>, Refusal>;

/// Keeps one more.
///
/// # Errors
/// When it is not their shelf, or it is full.
pub fn save(cx: &Cx<'_>, shelf: Option<Shelf>, intent: SaveBasket) -> Ruling {
    let SaveBasket { user_id, saved_id, name, basket } = intent;
    let mut shelf = own(cx, shelf, user_id)?;
    if shelf.saved.iter().any(|saved| saved.saved_id == saved_id) {
        return Ok(Change::none());
    }
    if shelf.saved.len() == SAVED_MAX {
        return Err(Refusal::TooManySaved);
    }
    shelf.saved.insert(0, Saved { saved_id, name, at: cx.now, basket });
    Ok(Change::to(shelf))
}

/// Calls one something else.
///
/// # Errors
/// When it is not theirs.
pub fn rename(cx: &Cx<'_>, shelf: Option<Shelf>, intent: RenameSaved) -> Ruling {
    let mut shelf = own(cx, shelf, intent.user_id)?;
    let saved = shelf.saved.iter_mut().find(|saved| saved.saved_id == intent.saved_id).ok_or(Refusal::NotFound)?;
    saved.name = intent.name;
    Ok(Change::to(shelf))
}

/// Throws one away. One that is gone already is gone.
///
/// # Errors
/// When it is not their shelf.
pub fn delete(cx: &Cx<'_>, shelf: Option<Shelf>, intent: DeleteSaved) -> Ruling {
    let mut shelf = own(cx, shelf, intent.user_id)?;
    let before = shelf.saved.len();
    shelf.saved.retain(|saved| saved.saved_id != intent.saved_id);
    Ok(if shelf.saved.len() == before { Change::none() } else { Change::to(shelf) })
}

/// Who is gone has saved nothing.
///
/// # Errors
/// None.
pub fn forget(_: &Cx<'_>, shelf: Option<Shelf>, closed: UserClosed) -> Result<Change<Shelf>, Fault> {
    let user_id = closed.user_id;
    Ok(if shelf.is_some() { Change::to(Shelf { user_id, saved: Vec::new() }) } else { Change::none() })
}

fn own(cx: &Cx<'_>, shelf: Option<Shelf>, user_id: UserId) -> Result<Shelf, Refusal> {
    if cx.principal != Principal::User(user_id) {
        return Err(Refusal::NotAllowed);
    }
    Ok(shelf.unwrap_or(Shelf { user_id, saved: Vec::new() }))
}

impl Entity for Shelf {
    type Id = UserId;
    type Table = table::Entity;
    type View = SavedBaskets;

    fn id(&self) -> UserId {
        self.user_id
    }

    fn view(&self, _: u64, _: &Principal) -> SavedBaskets {
        SavedBaskets { saved: self.saved.clone() }
    }
}
