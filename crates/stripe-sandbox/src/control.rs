//! `/sandbox/…`: what a test or a demonstration may see and order. Stripe has nothing like it, and it needs no key.
//!
//! | path | what it does |
//! |---|---|
//! | `GET calls` | every call to `/v1/…` since the start |
//! | `GET effects` | what was executed under each idempotency key: the request, and its first answer |
//! | `PUT fault`, `DELETE fault` | orders a [`Fault`], or calls all off |
//! | `GET summary` | counts and sums over everything |
//! | `GET books` | each order's money, to the cent |
//! | `GET clock`, `PUT clock {"advance_seconds"}` | the sandbox's time; it only goes forward |
//! | `GET webhook`, `PUT webhook {"url"?, "secret"?, "hold"?, "double"?}`, `DELETE webhook` | who is told of every event; keeps deliveries back; makes each twice |
//! | `GET deliveries`, `POST events/<id>/resend` | what was told and what not; tells it again |
//! | `PUT accounts/<id> {"transfers": "active" or "inactive"}` | lets an account be paid, or not |
//! | `POST disputes {"charge" or "payment_intent", "amount"?, "reason"?}` | a cardholder objects |
//! | `PUT disputes/<id> {"status": "won" or "lost"}` | the bank decides |
//! | `PUT refunds/<id> {"status": "failed"}` | a refund does not arrive |
//! | `POST dashboard/refund`, `cancel`, `capture {"payment_intent", "amount"?}` | somebody does it by hand |

use std::sync::Arc;

use poem::http::{StatusCode, header};
use poem::web::{Data, Json, Path};
use poem::{Response, Route, get, handler, post, put};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::accounts::{self, Standing};
use crate::charges::Charge;
use crate::dashboard::{self, Order};
use crate::desk::Desk;
use crate::disputes::{self, Verdict};
use crate::error::Error;
use crate::faults::Fault;
use crate::idempotency::Stored;
use crate::payment_intents::PaymentIntent;
use crate::settings::Settings;
use crate::store::{Store, hide_own_fields};
use crate::webhook_endpoints::{self, SANDBOX_ENDPOINT, WebhookEndpoint};
use crate::{books, deliveries, lapses, refunds, summary};

pub(crate) fn routes() -> Route {
    Route::new()
        .at("/calls", get(calls))
        .at("/effects", get(effects))
        .at("/fault", put(set_fault).delete(clear_faults))
        .at("/summary", get(summarize))
        .at("/books", get(show_books))
        .at("/clock", get(show_clock).put(advance_clock))
        .at("/webhook", get(show_webhook).put(set_webhook).delete(end_webhook))
        .at("/deliveries", get(show_deliveries))
        .at("/events/:id/resend", post(resend))
        .at("/accounts/:id", put(set_account))
        .at("/disputes", post(open_dispute))
        .at("/disputes/:id", put(close_dispute))
        .at("/refunds/:id", put(fail_refund))
        .at("/dashboard/refund", post(refund_by_hand))
        .at("/dashboard/cancel", post(cancel_by_hand))
        .at("/dashboard/capture", post(capture_by_hand))
}

/// The one place where orders become HTTP.
fn respond(outcome: Result<Value, Error>) -> Response {
    let (status, body) = match outcome {
        Ok(mut value) => {
            hide_own_fields(&mut value);
            (StatusCode::OK, value.to_string())
        }
        Err(error) => error.into_response(),
    };
    Response::builder().status(status).header(header::CONTENT_TYPE, "application/json").body(body)
}

/// Every call to `/v1/…` since the start, in the order of their ends.
#[handler]
fn calls(Data(desk): Data<&Arc<Desk>>) -> Json<Value> {
    Json(json!(desk.lock().calls))
}

/// What was executed under each idempotency key, by key: however often it was asked for, it is one line.
#[handler]
fn effects(Data(desk): Data<&Arc<Desk>>) -> Json<Value> {
    let effects: Vec<Value> = desk.lock().answers.kept().into_iter().map(effect).collect();
    Json(json!(effects))
}

fn effect(stored: &Stored) -> Value {
    let answer: Value = serde_json::from_str(&stored.body).unwrap_or_default();
    json!({ "key": stored.key, "request": stored.fingerprint, "status": stored.status, "answer": answer })
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
fn summarize(Data(desk): Data<&Arc<Desk>>) -> Response {
    respond(desk.act(|store| Ok(json!(summary::of(store)))))
}

#[handler]
fn show_books(Data(desk): Data<&Arc<Desk>>) -> Response {
    respond(desk.act(|store| Ok(json!(books::of(store)))))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_seconds: u32,
}

#[handler]
fn show_clock(Data(desk): Data<&Arc<Desk>>) -> Response {
    respond(desk.act(|store| Ok(clock(store))))
}

#[handler]
fn advance_clock(Json(advance): Json<Advance>, Data(desk): Data<&Arc<Desk>>) -> Response {
    respond(desk.act(|store| {
        let mut settings = Settings::of(store);
        settings.clock_advanced_seconds += i64::from(advance.advance_seconds);
        store.put(&settings);
        store.now += i64::from(advance.advance_seconds);
        lapses::run(store);
        Ok(clock(store))
    }))
}

fn clock(store: &Store) -> Value {
    json!({ "now": store.now, "advanced_seconds": Settings::of(store).clock_advanced_seconds })
}

/// What to change about deliveries; what is absent stays as it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Webhook {
    url: Option<String>,
    secret: Option<String>,
    hold: Option<bool>,
    double: Option<bool>,
}

#[handler]
fn show_webhook(Data(desk): Data<&Arc<Desk>>) -> Response {
    respond(desk.act(|store| Ok(webhook(store))))
}

#[handler]
fn set_webhook(Json(wanted): Json<Webhook>, Data(desk): Data<&Arc<Desk>>) -> Response {
    respond(desk.act(|store| {
        let before: Option<WebhookEndpoint> = store.get(SANDBOX_ENDPOINT);
        if wanted.url.is_some() || wanted.secret.is_some() {
            let url = wanted.url.or(before.map(|endpoint| endpoint.url)).ok_or_else(|| Error::missing("url"))?;
            webhook_endpoints::set_from_outside(store, &url, wanted.secret);
        }
        let mut settings = Settings::of(store);
        settings.hold = wanted.hold.unwrap_or(settings.hold);
        settings.double = wanted.double.unwrap_or(settings.double);
        store.put(&settings);
        Ok(webhook(store))
    }))
}

#[handler]
fn end_webhook(Data(desk): Data<&Arc<Desk>>) -> Response {
    respond(desk.act(|store| Ok(store.delete::<WebhookEndpoint>(SANDBOX_ENDPOINT))))
}

fn webhook(store: &Store) -> Value {
    let endpoint: Option<WebhookEndpoint> = store.get(SANDBOX_ENDPOINT);
    let (url, secret) = endpoint.map(|endpoint| (endpoint.url, endpoint.secret)).unzip();
    let settings = Settings::of(store);
    json!({ "url": url, "secret": secret, "hold": settings.hold, "double": settings.double })
}

#[handler]
fn show_deliveries(Data(desk): Data<&Arc<Desk>>) -> Response {
    respond(desk.act(|store| Ok(deliveries::list(store))))
}

#[handler]
fn resend(Path(id): Path<String>, Data(desk): Data<&Arc<Desk>>) -> Response {
    respond(desk.act(|store| deliveries::resend(store, &id)))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    transfers: Transfers,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Transfers {
    Active,
    Inactive,
}

#[handler]
fn set_account(Path(id): Path<String>, Json(account): Json<Account>, Data(desk): Data<&Arc<Desk>>) -> Response {
    let standing = match account.transfers {
        Transfers::Active => Standing::Ready,
        Transfers::Inactive => Standing::Restricted,
    };
    respond(desk.act(|store| accounts::stand(store, &id, standing)))
}

/// A cardholder's objection.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Objection {
    charge: Option<String>,
    payment_intent: Option<String>,
    amount: Option<i64>,
    reason: Option<String>,
}

#[handler]
fn open_dispute(Json(objection): Json<Objection>, Data(desk): Data<&Arc<Desk>>) -> Response {
    respond(desk.act(|store| object(store, &objection)))
}

fn object(store: &mut Store, objection: &Objection) -> Result<Value, Error> {
    let charge: Charge = match (&objection.charge, &objection.payment_intent) {
        (Some(id), _) => store.find(id)?,
        (None, Some(id)) => {
            let intent: PaymentIntent = store.find(id)?;
            refunds::of_intent(store, &intent)?
        }
        (None, None) => return Err(Error::missing("charge")),
    };
    let amount = objection.amount.unwrap_or(charge.amount_captured);
    if !charge.captured || !(1..=charge.amount_captured).contains(&amount) {
        return Err(Error::invalid("Only captured money can be disputed.").param("amount"));
    }
    Ok(disputes::open(store, charge, amount, objection.reason.as_deref().unwrap_or("fraudulent")))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Decision {
    status: Verdict,
}

#[handler]
fn close_dispute(Path(id): Path<String>, Json(decision): Json<Decision>, Data(desk): Data<&Arc<Desk>>) -> Response {
    respond(desk.act(|store| disputes::close(store, &id, decision.status)))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RefundOutcome {
    #[expect(dead_code, reason = "there is only one outcome to order, but the body says it")]
    status: Failed,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Failed {
    Failed,
}

#[handler]
fn fail_refund(Path(id): Path<String>, Json(_): Json<RefundOutcome>, Data(desk): Data<&Arc<Desk>>) -> Response {
    respond(desk.act(|store| refunds::fail(store, &id)))
}

#[handler]
fn refund_by_hand(Json(order): Json<Order>, Data(desk): Data<&Arc<Desk>>) -> Response {
    respond(desk.act(|store| dashboard::refund(store, &order)))
}

#[handler]
fn cancel_by_hand(Json(order): Json<Order>, Data(desk): Data<&Arc<Desk>>) -> Response {
    respond(desk.act(|store| dashboard::cancel(store, &order)))
}

#[handler]
fn capture_by_hand(Json(order): Json<Order>, Data(desk): Data<&Arc<Desk>>) -> Response {
    respond(desk.act(|store| dashboard::capture(store, &order)))
}
