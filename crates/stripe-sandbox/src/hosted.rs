//! `/hosted/…`: the pages of Stripe that a browser is sent to. Each also takes its form as a plain HTTP POST.
//!
//! | page | form |
//! |---|---|
//! | `/hosted/3ds/<pi or seti>?…_client_secret=…` | `outcome=complete` or `fail` |
//! | `/hosted/checkout/<cs>` | `card=<number>` or `choice=<number>`; `outcome=back`; when the bank asks `outcome=complete` or `fail`, which may also come along with the card |
//! | `/hosted/onboarding/<link>` | `outcome=finish` or `leave` |

use std::sync::Arc;

use poem::http::{StatusCode, header};
use poem::web::{Data, Path};
use poem::{Request, Response, Route, get, handler};

use crate::account_links::{self, Choice, Visit};
use crate::cards;
use crate::checkout::{self, Progress, Session};
use crate::desk::Desk;
use crate::error::Error;
use crate::form::Form;
use crate::pages;
use crate::payment_intents::{self, Answer, PaymentIntent, Status};
use crate::setup_intents::{self, SetupIntent, Status as SetupStatus};
use crate::store::{Resource, Store};

pub(crate) fn routes() -> Route {
    Route::new()
        .at("/3ds/:id", get(show_authentication).post(authenticate))
        .at("/checkout/:id", get(show_checkout).post(check_out))
        .at("/onboarding/:id", get(show_onboarding).post(onboard))
}

/// What a browser gets: a page, or another address.
enum Shown {
    Page(StatusCode, String),
    Redirect(String),
}

impl Shown {
    fn page(html: String) -> Self {
        Self::Page(StatusCode::OK, html)
    }

    fn nothing(why: &str) -> Self {
        Self::Page(StatusCode::NOT_FOUND, pages::nothing(why))
    }
}

/// The one place where pages become HTTP.
fn respond(shown: Result<Shown, Error>) -> Response {
    match shown {
        Ok(Shown::Page(status, html)) => {
            Response::builder().status(status).header(header::CONTENT_TYPE, "text/html; charset=utf-8").body(html)
        }
        // 303: whatever the form was sent with, the next page is read.
        Ok(Shown::Redirect(url)) => {
            Response::builder().status(StatusCode::SEE_OTHER).header(header::LOCATION, url).finish()
        }
        Err(error) => {
            let html = pages::nothing(error.message());
            let (status, _) = error.into_response();
            Response::builder().status(status).header(header::CONTENT_TYPE, "text/html; charset=utf-8").body(html)
        }
    }
}

/// The two kinds of intents that a bank may ask about.
enum Asked {
    Payment(PaymentIntent),
    Setup(SetupIntent),
}

impl Asked {
    /// Whoever has the secret is the cardholder.
    fn find(store: &Store, id: &str, secret: &Form) -> Option<Self> {
        let knows = |name: &str, expected: &str| secret.text(name) == Some(expected);
        if let Some(intent) = store.get::<PaymentIntent>(id) {
            return knows("payment_intent_client_secret", &intent.client_secret).then_some(Self::Payment(intent));
        }
        let intent = store.get::<SetupIntent>(id)?;
        knows("setup_intent_client_secret", &intent.client_secret).then_some(Self::Setup(intent))
    }

    /// Where the cardholder goes when there is nothing (more) to ask.
    fn way_back(&self) -> Option<String> {
        let (kind, id, secret, return_url, succeeded) = match self {
            Self::Payment(intent) => {
                let succeeded = match intent.status {
                    Status::RequiresAction => return None,
                    Status::RequiresCapture | Status::Succeeded => true,
                    Status::RequiresPaymentMethod | Status::RequiresConfirmation | Status::Canceled => false,
                };
                ("payment_intent", &intent.id, &intent.client_secret, intent.return_url.as_deref()?, succeeded)
            }
            Self::Setup(intent) => {
                let succeeded = match intent.status {
                    SetupStatus::RequiresAction => return None,
                    SetupStatus::Succeeded => true,
                    SetupStatus::RequiresPaymentMethod | SetupStatus::RequiresConfirmation | SetupStatus::Canceled => {
                        false
                    }
                };
                ("setup_intent", &intent.id, &intent.client_secret, intent.return_url.as_deref()?, succeeded)
            }
        };
        let status = if succeeded { "succeeded" } else { "failed" };
        let query = format!("{kind}={id}&{kind}_client_secret={secret}&redirect_status={status}");
        Some(with_query(return_url, &query))
    }

    fn show(&self) -> Shown {
        match (self.way_back(), self) {
            (Some(url), _) => Shown::Redirect(url),
            (None, Self::Payment(intent)) => {
                Shown::page(pages::authentication(Some(&readable(intent.amount, &intent.currency))))
            }
            (None, Self::Setup(_)) => Shown::page(pages::authentication(None)),
        }
    }
}

/// Adds to an address that may have a query and a fragment of its own.
fn with_query(url: &str, query: &str) -> String {
    let (address, fragment) = url.split_once('#').map_or((url, String::new()), |(a, f)| (a, format!("#{f}")));
    let joint = if address.contains('?') { '&' } else { '?' };
    format!("{address}{joint}{query}{fragment}")
}

fn readable(amount: i64, currency: &str) -> String {
    format!("{}.{:02} {}", amount / 100, amount % 100, currency.to_uppercase())
}

#[handler]
fn show_authentication(request: &Request, Path(id): Path<String>, Data(desk): Data<&Arc<Desk>>) -> Response {
    let secret = query(request);
    respond(desk.act(|store| {
        Ok(Asked::find(store, &id, &secret).map_or_else(|| Shown::nothing("There is no such payment."), |it| it.show()))
    }))
}

#[handler]
fn authenticate(request: &Request, Path(id): Path<String>, body: Vec<u8>, Data(desk): Data<&Arc<Desk>>) -> Response {
    let secret = query(request);
    let form = Form::read(&body);
    respond(desk.act(|store| {
        let Some(asked) = Asked::find(store, &id, &secret) else {
            return Ok(Shown::nothing("There is no such payment."));
        };
        let Some(answer) = answer(&form)? else { return Ok(asked.show()) };
        let answered = match asked {
            Asked::Payment(intent) => Asked::Payment(payment_intents::authenticate(store, intent.id(), answer)?),
            Asked::Setup(intent) => Asked::Setup(setup_intents::authenticate(store, intent.id(), answer)?),
        };
        Ok(answered.show())
    }))
}

fn answer(form: &Form) -> Result<Option<Answer>, Error> {
    Ok(match form.choice("outcome", &["back", "complete", "fail", "save"])? {
        Some("complete") => Some(Answer::Complete),
        Some("fail") => Some(Answer::Fail),
        Some(_) | None => None,
    })
}

#[handler]
fn show_checkout(Path(id): Path<String>, Data(desk): Data<&Arc<Desk>>) -> Response {
    respond(desk.act(|store| Ok(session_page(store, &store.find(&id)?, None))))
}

/// The session's page as it is now, or where its visitor goes instead.
fn session_page(store: &Store, session: &Session, error: Option<&Error>) -> Shown {
    match session.status {
        checkout::Status::Complete | checkout::Status::Expired => match session.over_url() {
            Some(url) => Shown::Redirect(url),
            None => Shown::nothing("This session is over."),
        },
        checkout::Status::Open => {
            let html = match error {
                None if checkout::asks(store, session) => pages::authentication(None),
                None => pages::checkout(None),
                Some(error) => pages::checkout(Some(error.message())),
            };
            Shown::Page(error.map_or(StatusCode::OK, |_| StatusCode::UNPROCESSABLE_ENTITY), html)
        }
    }
}

#[handler]
fn check_out(Path(id): Path<String>, body: Vec<u8>, Data(desk): Data<&Arc<Desk>>) -> Response {
    let form = Form::read(&body);
    respond(desk.act(|store| {
        let session: Session = store.find(&id)?;
        if session.status != checkout::Status::Open {
            return Ok(session_page(store, &session, None));
        }
        if form.text("outcome") == Some("back") {
            return Ok(match session.back_url() {
                Some(url) => Shown::Redirect(url),
                None => Shown::nothing("There is no way back from this session."),
            });
        }
        match go_on(store, &id, &form) {
            Ok(Some(Progress::Done(url))) => Ok(Shown::Redirect(url)),
            Ok(Some(Progress::Asks) | None) => Ok(session_page(store, &store.find(&id)?, None)),
            Err(error) if error.is_card_error() => Ok(session_page(store, &store.find(&id)?, Some(&error))),
            Err(error) => Err(error),
        }
    }))
}

/// Takes what the form brings: a card, the answer to the bank, or both at once.
fn go_on(store: &mut Store, id: &str, form: &Form) -> Result<Option<Progress>, Error> {
    let answer = answer(form)?;
    let given = |name: &str| form.text(name).filter(|value| !value.is_empty()).map(str::to_owned);
    let mut progress = None;
    if let Some(number) = given("card").or_else(|| given("choice")) {
        progress = Some(checkout::submit(store, id, cards::by_number(&number)?)?);
    }
    match (progress, answer) {
        (Some(Progress::Asks) | None, Some(answer)) => Ok(Some(checkout::answer(store, id, answer)?)),
        // Nothing filled in is a card number that is not one.
        (None, None) => cards::by_number("").map(|_| None),
        (progress, _) => Ok(progress),
    }
}

#[handler]
fn show_onboarding(Path(id): Path<String>, Data(desk): Data<&Arc<Desk>>) -> Response {
    respond(desk.act(|store| {
        Ok(match account_links::open(store, &id)? {
            Visit::Page { account } => Shown::page(pages::onboarding(&account)),
            Visit::TooLate { refresh_url } => Shown::Redirect(refresh_url),
        })
    }))
}

#[handler]
fn onboard(Path(id): Path<String>, body: Vec<u8>, Data(desk): Data<&Arc<Desk>>) -> Response {
    let form = Form::read(&body);
    respond(desk.act(|store| {
        form.required("outcome")?;
        let choice = match form.choice("outcome", &["finish", "leave"])? {
            Some("finish") => Choice::Finish,
            Some(_) | None => Choice::Leave,
        };
        account_links::leave(store, &id, choice).map(Shown::Redirect)
    }))
}

fn query(request: &Request) -> Form {
    Form::read(request.uri().query().unwrap_or_default().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::with_query;

    #[test]
    fn a_query_is_added_in_front_of_the_fragment() {
        assert_eq!(with_query("http://a/b", "c=d"), "http://a/b?c=d");
        assert_eq!(with_query("http://a/b?x=y#z", "c=d"), "http://a/b?x=y&c=d#z");
    }
}
