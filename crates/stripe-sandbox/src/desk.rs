//! One request's way through the sandbox: key, faults, idempotency, execution, journal, record.

use std::io;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use poem::Request;
use poem::http::{Method, StatusCode, header};
use serde::Serialize;
use serde_json::Value;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::deliveries::{self, Post};
use crate::error::Error;
use crate::faults::{Fault, Faults, Mode};
use crate::form::Form;
use crate::idempotency::{Answers, Begun, Stored};
use crate::journal::{Entry, Journal};
use crate::settings::Settings;
use crate::store::{Cause, Store, new_id};
use crate::terms::Terms;
use crate::{SECRET_KEY, api, events, lapses};

/// Everything behind the counter, shared by all connections.
#[derive(Debug)]
pub(crate) struct Desk {
    state: Mutex<State>,
    pub(crate) tasks: TaskTracker,
    pub(crate) stopping: CancellationToken,
    /// Rung when there is something to deliver.
    pub(crate) changed: Notify,
}

/// What the one lock guards. Executing a call never waits, so it is held for microseconds.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) store: Store,
    pub(crate) answers: Answers,
    journal: Option<Journal>,
    pub(crate) calls: Vec<CallRecord>,
    pub(crate) faults: Faults,
}

/// A call to `/v1/…`, read but not yet judged.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    authorization: Option<String>,
    key: Option<String>,
    form: Form,
}

/// What goes back to the caller.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) body: String,
    pub(crate) request_id: String,
    /// The request whose answer this is, when it is a replay.
    pub(crate) replay_of: Option<String>,
}

/// A line of `GET /sandbox/calls`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CallRecord {
    method: String,
    path: String,
    idempotency_key: Option<String>,
    status: u16,
    replayed: bool,
}

impl Call {
    pub(crate) fn read(request: &Request, body: &[u8]) -> Self {
        let method = request.method().clone();
        let header = |name: header::HeaderName| request.headers().get(name)?.to_str().ok().map(str::to_owned);
        let query = request.uri().query().unwrap_or_default().as_bytes();
        let has_no_body = method == Method::GET || (method == Method::DELETE && body.is_empty());
        Self {
            path: request.uri().path().to_owned(),
            authorization: header(header::AUTHORIZATION),
            // Stripe gives keys no meaning on reads.
            key: header(header::HeaderName::from_static("idempotency-key")).filter(|_| method == Method::POST),
            form: Form::read(if has_no_body { query } else { body }),
            method,
        }
    }

    /// What has to be equal for two calls with one key to be the same call.
    fn fingerprint(&self) -> String {
        format!("{} {} {}", self.method, self.path, self.form.fingerprint())
    }

    fn check_authorization(&self) -> Result<(), Error> {
        let key = self.authorization.as_deref().and_then(|header| header.strip_prefix("Bearer "));
        match key {
            Some(SECRET_KEY) => Ok(()),
            Some(key) => Err(Error::invalid_key(key)),
            None => Err(Error::no_key()),
        }
    }
}

impl Desk {
    pub(crate) fn open(data: Option<&Path>, terms: Terms) -> io::Result<Self> {
        let mut state = State {
            store: Store::new(terms),
            answers: Answers::default(),
            journal: None,
            calls: Vec::new(),
            faults: Faults::default(),
        };
        if let Some(directory) = data {
            state.restore(directory)?;
        }
        Ok(Self {
            state: Mutex::new(state),
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
            changed: Notify::new(),
        })
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        // A handler that panicked has changed nothing that was answered for; the next caller may go on.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does what is no call of Stripe's API: a hosted page, an order of a test. It is kept like a call.
    pub(crate) fn act<T>(&self, work: impl FnOnce(&mut Store) -> Result<T, Error>) -> Result<T, Error> {
        let outcome = self.lock().act(work);
        self.wake_courier();
        outcome
    }

    fn wake_courier(&self) {
        if !self.lock().store.undelivered.is_empty() {
            self.changed.notify_one();
        }
    }

    /// Lets happen what is due by now; calls do the same before they begin.
    pub(crate) fn let_time_pass(&self) {
        let mut state = self.lock();
        state.store.now = state.clock();
        if state.store.has_due() {
            // A failed write is in the log, and the next call answers with it.
            drop(state.act(|_| Ok(())));
        }
    }

    pub(crate) fn take_deliveries(&self, room: usize) -> Vec<Post> {
        let mut state = self.lock();
        state.store.now = state.clock();
        deliveries::take(&mut state.store, milliseconds_now(), room)
    }

    pub(crate) fn pause_until_delivery(&self) -> Duration {
        let due_ms = deliveries::next_due_ms(&self.lock().store);
        let pause_ms = due_ms.map_or(i64::MAX, |due_ms| due_ms - milliseconds_now());
        Duration::from_millis(u64::try_from(pause_ms.max(20)).unwrap_or(u64::MAX))
    }

    /// Lets the calls under way end, then gives the data directory back.
    pub(crate) async fn close(&self) {
        self.tasks.close();
        self.tasks.wait().await;
        self.lock().journal = None;
    }

    /// Answers one call and records that it did.
    pub(crate) async fn serve(&self, call: Call) -> Reply {
        let reply = self.answer(&call).await;
        self.lock().calls.push(CallRecord {
            method: call.method.to_string(),
            path: call.path,
            idempotency_key: call.key,
            status: reply.status.as_u16(),
            replayed: reply.replay_of.is_some(),
        });
        reply
    }

    async fn answer(&self, call: &Call) -> Reply {
        let request_id = new_id("req_");
        if let Err(error) = call.check_authorization() {
            return Reply::fresh(request_id, Err(error));
        }
        let fault = self.lock().faults.take(&call.method, &call.path);
        if let Some(Fault { mode: Mode::Fail, status, .. }) = fault {
            return Reply::fresh(request_id, Err(Error::on_purpose(status)));
        }
        let begun = self.lock().begin(call);
        if let Some(Fault { mode: Mode::Slow, ms, .. }) = fault
            && self.wait(ms).await.is_err()
        {
            return Reply::fresh(request_id, Err(Error::stopping()));
        }
        let reply = match begun {
            Begun::Execute => self.lock().execute(call, request_id),
            Begun::Replay(stored) => Reply::replay(request_id, stored),
            Begun::Refuse(error) => Reply::fresh(request_id, Err(error)),
        };
        self.wake_courier();
        match fault {
            // Done and stored already: being cut off by a stop is just another way of not answering.
            Some(Fault { mode: Mode::TimeoutAfter, ms, .. }) => drop(self.wait(ms).await),
            Some(Fault { mode: Mode::FailAfter, status, .. }) => {
                return Reply::fresh(reply.request_id, Err(Error::on_purpose(status)));
            }
            Some(Fault { mode: Mode::Slow | Mode::Fail, .. }) | None => {}
        }
        reply
    }

    /// Waits, unless the sandbox is stopped meanwhile.
    async fn wait(&self, ms: u64) -> Result<(), ()> {
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(ms)) => Ok(()),
            () = self.stopping.cancelled() => Err(()),
        }
    }
}

impl State {
    fn restore(&mut self, directory: &Path) -> io::Result<()> {
        let (mut journal, entries) = Journal::open(directory)?;
        for entry in entries {
            self.store.restore(entry.objects);
            self.answers.restore(entry.answer);
        }
        lapses::plan(&mut self.store);
        events::recount(&mut self.store);
        deliveries::plan_again(&mut self.store);
        self.answers.forget_old(self.clock());
        journal.compact(self.store.entries().chain(self.answers.entries()))?;
        self.journal = Some(journal);
        Ok(())
    }

    /// The sandbox's time, in seconds since 1970: the machine's, and what a test has advanced it by.
    fn clock(&self) -> i64 {
        milliseconds_now() / 1_000 + Settings::of(&self.store).clock_advanced_seconds
    }

    /// Lets the time pass that has passed, so that what comes next finds everything as it is now.
    fn catch_up(&mut self, cause: Cause) {
        self.store.now = self.clock();
        self.store.cause = Cause::default();
        lapses::run(&mut self.store);
        self.store.cause = cause;
    }

    fn act<T>(&mut self, work: impl FnOnce(&mut Store) -> Result<T, Error>) -> Result<T, Error> {
        self.catch_up(Cause::default());
        let outcome = work(&mut self.store);
        match self.write_down(None) {
            Ok(()) => outcome,
            Err(error) => Err(unkept(&error)),
        }
    }

    fn begin(&mut self, call: &Call) -> Begun {
        let now = self.clock();
        match &call.key {
            Some(key) => self.answers.begin(key, &call.fingerprint(), now),
            None => Begun::Execute,
        }
    }

    /// Executes the call and keeps, in one line of the journal, what it changed and what it answered.
    fn execute(&mut self, call: &Call, request_id: String) -> Reply {
        self.catch_up(Cause { request_id: Some(request_id.clone()), idempotency_key: call.key.clone() });
        let outcome = api::execute(&mut self.store, &call.method, &call.path, &call.form);
        let keep = !matches!(&outcome, Err(error) if error.is_before_execution());
        let mut reply = Reply::fresh(request_id, outcome);
        let answer = call.key.as_ref().map(|key| Stored {
            key: key.clone(),
            fingerprint: call.fingerprint(),
            status: reply.status.as_u16(),
            body: reply.body.clone(),
            request_id: reply.request_id.clone(),
            at: self.store.now,
        });
        if let Err(error) = self.write_down(answer.clone().filter(|_| keep)) {
            reply = Reply::fresh(reply.request_id, Err(unkept(&error)));
        }
        if let Some(answer) = answer {
            self.answers.finish(answer, keep);
        }
        reply
    }

    fn write_down(&mut self, answer: Option<Stored>) -> io::Result<()> {
        let objects = self.store.take_changed();
        match &mut self.journal {
            Some(journal) if !objects.is_empty() || answer.is_some() => journal.append(&Entry { objects, answer }),
            Some(_) | None => Ok(()),
        }
    }
}

impl Reply {
    fn fresh(request_id: String, outcome: Result<Value, Error>) -> Self {
        let (status, body) = match outcome {
            Ok(value) => (StatusCode::OK, value.to_string()),
            Err(error) => error.into_response(),
        };
        Self { status, body, request_id, replay_of: None }
    }

    fn replay(request_id: String, stored: Stored) -> Self {
        let status = StatusCode::from_u16(stored.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, body: stored.body, request_id, replay_of: Some(stored.request_id) }
    }
}

fn unkept(error: &io::Error) -> Error {
    tracing::error!(error = error as &dyn std::error::Error, "the stripe sandbox could not keep its data");
    Error::unkept()
}

/// The machine's time, in milliseconds since 1970.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the clock; a test moves the sandbox's own with PUT /sandbox/clock"
)]
pub(crate) fn milliseconds_now() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}
