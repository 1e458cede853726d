//! The calls the sandbox answers, as a table.

use poem::http::Method;
use serde_json::Value;

use crate::accounts::{self, Account};
use crate::charges::Charge;
use crate::customers::{self, Customer};
use crate::error::Error;
use crate::form::Form;
use crate::payment_intents::{self, PaymentIntent};
use crate::payment_methods::{self, PaymentMethod};
use crate::store::Store;
use crate::transfers::{self, Transfer};

/// Executes one call. What it put into the store stays even when it answers with an error (a declined charge exists).
pub(crate) fn execute(store: &mut Store, method: &Method, path: &str, form: &Form) -> Result<Value, Error> {
    let segments: Vec<&str> = path.trim_start_matches("/v1/").split('/').collect();
    match (method.as_str(), segments.as_slice()) {
        ("POST", ["customers"]) => customers::create(store, form),
        ("GET", ["customers", id]) => store.retrieve::<Customer>(id, form),
        ("GET", ["customers", id, "payment_methods"]) => payment_methods::list_of_customer(store, id, form),

        ("GET", ["payment_methods"]) => payment_methods::list(store, form),
        ("GET", ["payment_methods", id]) => store.retrieve::<PaymentMethod>(id, form),
        ("POST", ["payment_methods", id, "attach"]) => payment_methods::attach(store, id, form),

        ("POST", ["payment_intents"]) => payment_intents::create(store, form),
        ("GET", ["payment_intents"]) => payment_intents::list(store, form),
        ("GET", ["payment_intents", id]) => store.retrieve::<PaymentIntent>(id, form),
        ("POST", ["payment_intents", id, "capture"]) => payment_intents::capture(store, id, form),
        ("POST", ["payment_intents", id, "cancel"]) => payment_intents::cancel(store, id, form),

        ("GET", ["charges", id]) => store.retrieve::<Charge>(id, form),

        ("POST", ["accounts"]) => accounts::create(store, form),
        ("GET", ["accounts", id]) => store.retrieve::<Account>(id, form),
        ("POST", ["accounts", id]) => accounts::update(store, id, form),

        ("POST", ["transfers"]) => transfers::create(store, form),
        ("GET", ["transfers"]) => transfers::list(store, form),
        ("GET", ["transfers", id]) => store.retrieve::<Transfer>(id, form),

        _ => Err(Error::no_such_url(method, path)),
    }
}
