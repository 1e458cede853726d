//! The calls the sandbox answers, as a table.

use poem::http::Method;
use serde_json::Value;

use crate::balance::{self, BalanceTransaction};
use crate::charges::{self, Charge};
use crate::checkout::{self, Session};
use crate::disputes::{self, Dispute};
use crate::error::Error;
use crate::form::Form;
use crate::payment_intents::{self, PaymentIntent};
use crate::payment_methods::{self, PaymentMethod};
use crate::refunds::{self, Refund};
use crate::setup_intents::{self, SetupIntent};
use crate::store::{Store, hide_own_fields};
use crate::transfers::{self, Transfer};
use crate::{account_links, accounts, customers, events, expand, reversals, webhook_endpoints};

/// Executes one call. What it put into the store stays even when it answers with an error (a declined charge exists).
pub(crate) fn execute(store: &mut Store, method: &Method, path: &str, form: &Form) -> Result<Value, Error> {
    let segments: Vec<&str> = path.trim_start_matches("/v1/").split('/').collect();
    let (form, paths) = form.split_expand();
    expand::check(segments.first().unwrap_or(&""), &paths)?;
    let known = [people, payments, money_back, notices];
    let mut answer = known
        .iter()
        .find_map(|part| part(store, method.as_str(), &segments, &form))
        .unwrap_or_else(|| Err(Error::no_such_url(method, path)))?;
    expand::apply(store, &mut answer, &paths);
    hide_own_fields(&mut answer);
    Ok(answer)
}

/// Who pays, with what, and who is paid.
fn people(store: &mut Store, method: &str, path: &[&str], form: &Form) -> Option<Result<Value, Error>> {
    Some(match (method, path) {
        ("POST", ["customers"]) => customers::create(store, form),
        ("GET", ["customers"]) => customers::list(store, form),
        ("GET", ["customers", id]) => customers::retrieve(store, id, form),
        ("POST", ["customers", id]) => customers::update(store, id, form),
        ("DELETE", ["customers", id]) => customers::delete(store, id, form),
        ("GET", ["customers", id, "payment_methods"]) => payment_methods::list_of_customer(store, id, form),

        ("GET", ["payment_methods"]) => payment_methods::list(store, form),
        ("GET", ["payment_methods", id]) => store.retrieve::<PaymentMethod>(id, form),
        ("POST", ["payment_methods", id, "attach"]) => payment_methods::attach(store, id, form),
        ("POST", ["payment_methods", id, "detach"]) => payment_methods::detach(store, id, form),

        ("POST", ["accounts"]) => accounts::create(store, form),
        ("GET", ["accounts"]) => accounts::list(store, form),
        ("GET", ["accounts", id]) => accounts::retrieve(store, id, form),
        ("POST", ["accounts", id]) => accounts::update(store, id, form),
        ("POST", ["account_links"]) => account_links::create(store, form),
        _ => return None,
    })
}

/// Money on its way in, and cards made ready for that.
fn payments(store: &mut Store, method: &str, path: &[&str], form: &Form) -> Option<Result<Value, Error>> {
    Some(match (method, path) {
        ("POST", ["payment_intents"]) => payment_intents::create(store, form),
        ("GET", ["payment_intents"]) => payment_intents::list(store, form),
        ("GET", ["payment_intents", id]) => store.retrieve::<PaymentIntent>(id, form),
        ("POST", ["payment_intents", id]) => payment_intents::update(store, id, form),
        ("POST", ["payment_intents", id, "confirm"]) => payment_intents::confirm(store, id, form),
        ("POST", ["payment_intents", id, "capture"]) => payment_intents::capture(store, id, form),
        ("POST", ["payment_intents", id, "cancel"]) => payment_intents::cancel(store, id, form),

        ("GET", ["charges"]) => charges::list(store, form),
        ("GET", ["charges", id]) => store.retrieve::<Charge>(id, form),

        ("POST", ["setup_intents"]) => setup_intents::create(store, form),
        ("GET", ["setup_intents"]) => setup_intents::list(store, form),
        ("GET", ["setup_intents", id]) => store.retrieve::<SetupIntent>(id, form),
        ("POST", ["setup_intents", id]) => setup_intents::update(store, id, form),
        ("POST", ["setup_intents", id, "confirm"]) => setup_intents::confirm(store, id, form),
        ("POST", ["setup_intents", id, "cancel"]) => setup_intents::cancel(store, id, form),

        ("POST", ["checkout", "sessions"]) => checkout::create(store, form),
        ("GET", ["checkout", "sessions"]) => checkout::list(store, form),
        ("GET", ["checkout", "sessions", id]) => store.retrieve::<Session>(id, form),
        ("POST", ["checkout", "sessions", id, "expire"]) => checkout::expire(store, id, form),
        _ => return None,
    })
}

/// Money on its way out, back or in doubt, and what the platform has of it.
fn money_back(store: &mut Store, method: &str, path: &[&str], form: &Form) -> Option<Result<Value, Error>> {
    Some(match (method, path) {
        ("POST", ["transfers"]) => transfers::create(store, form),
        ("GET", ["transfers"]) => transfers::list(store, form),
        ("GET", ["transfers", id]) => store.retrieve::<Transfer>(id, form),
        ("POST", ["transfers", id]) => transfers::update(store, id, form),
        ("POST", ["transfers", id, "reversals"]) => reversals::create(store, id, form),
        ("GET", ["transfers", id, "reversals"]) => reversals::list(store, id, form),
        ("GET", ["transfers", id, "reversals", reversal]) => reversals::retrieve(store, id, reversal, form),

        ("POST", ["refunds"]) => refunds::create(store, form),
        ("GET", ["refunds"]) => refunds::list(store, form),
        ("GET", ["refunds", id]) => store.retrieve::<Refund>(id, form),
        ("POST", ["refunds", id]) => refunds::update(store, id, form),

        ("GET", ["disputes"]) => disputes::list(store, form),
        ("GET", ["disputes", id]) => store.retrieve::<Dispute>(id, form),
        ("POST", ["disputes", id, "close"]) => disputes::give_in(store, id, form),

        ("GET", ["balance"]) => balance::retrieve(store, form),
        ("GET", ["balance_transactions"]) => balance::list(store, form),
        ("GET", ["balance_transactions", id]) => store.retrieve::<BalanceTransaction>(id, form),
        _ => return None,
    })
}

/// What happened, and who wants to be told.
fn notices(store: &mut Store, method: &str, path: &[&str], form: &Form) -> Option<Result<Value, Error>> {
    Some(match (method, path) {
        ("GET", ["events"]) => events::list(store, form),
        ("GET", ["events", id]) => events::retrieve(store, id, form),

        ("POST", ["webhook_endpoints"]) => webhook_endpoints::create(store, form),
        ("GET", ["webhook_endpoints"]) => webhook_endpoints::list(store, form),
        ("GET", ["webhook_endpoints", id]) => webhook_endpoints::retrieve(store, id, form),
        ("DELETE", ["webhook_endpoints", id]) => webhook_endpoints::delete(store, id, form),
        _ => return None,
    })
}
