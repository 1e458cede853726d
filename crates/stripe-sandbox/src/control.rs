//! `/sandbox/…`: what a test or a demonstration may see and order. Stripe has nothing like it, and it needs no key.

use std::sync::Arc;

use poem::http::StatusCode;
use poem::web::{Data, Json};
use poem::{Route, get, handler, put};
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::faults::Fault;
use crate::summary;

pub(crate) fn routes() -> Route {
    Route::new()
        .at("/calls", get(calls))
        .at("/fault", put(set_fault).delete(clear_faults))
        .at("/summary", get(summarize))
}

/// Every call to `/v1/…` since the start, in the order of their ends.
#[handler]
fn calls(Data(desk): Data<&Arc<Desk>>) -> Json<Value> {
    Json(json!(desk.lock().calls))
}

#[handler]
fn set_fault(Json(fault): Json<Fault>, Data(desk): Data<&Arc<Desk>>) -> StatusCode {
    desk.lock().faults.set(fault);
    StatusCode::NO_CONTENT
}

#[handler]
fn clear_faults(Data(desk): Data<&Arc<Desk>>) -> StatusCode {
    desk.lock().faults.clear();
    StatusCode::NO_CONTENT
}

#[handler]
fn summarize(Data(desk): Data<&Arc<Desk>>) -> Json<Value> {
    Json(json!(summary::of(&desk.lock().store)))
}
