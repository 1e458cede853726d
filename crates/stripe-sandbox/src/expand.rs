//! `expand[]`: answers that hold a whole object where there is otherwise its id.
//!
//! See <https://docs.stripe.com/api/expanding_objects>. Only what is asked for in practice can be expanded; anything
//! else is refused as Stripe refuses what cannot be expanded.

use serde_json::Value;

use crate::error::Error;
use crate::store::Store;

/// What can be expanded, by the first part of the call's path.
const EXPANDABLE: &[(&str, &[&str])] = &[
    ("payment_intents", &["latest_charge", "latest_charge.balance_transaction"]),
    ("charges", &["balance_transaction"]),
    ("balance_transactions", &["source"]),
];

/// Refuses what cannot be expanded, before the call does anything.
pub(crate) fn check(kind: &str, paths: &[String]) -> Result<(), Error> {
    let allowed = EXPANDABLE.iter().find(|(name, _)| *name == kind).map_or(&[][..], |(_, paths)| paths);
    match paths.iter().find(|path| !allowed.contains(&path.strip_prefix("data.").unwrap_or(path))) {
        Some(path) => Err(Error::invalid(format!("This property cannot be expanded ({path}).")).param("expand")),
        None => Ok(()),
    }
}

/// Puts the objects in place of their ids.
pub(crate) fn apply(store: &Store, answer: &mut Value, paths: &[String]) {
    for path in paths {
        match path.strip_prefix("data.") {
            Some(path) => {
                for object in answer["data"].as_array_mut().into_iter().flatten() {
                    expand(store, object, path);
                }
            }
            None => expand(store, answer, path),
        }
    }
}

fn expand(store: &Store, object: &mut Value, path: &str) {
    let mut here = object;
    for name in path.split('.') {
        let Some(field) = here.get_mut(name) else { return };
        if let Some(whole) = field.as_str().and_then(|id| store.value(id)) {
            *field = whole.clone();
        }
        here = field;
    }
}
