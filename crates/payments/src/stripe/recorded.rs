//! A Stripe in this process that writes down what it is asked and says yes at once: for measuring the platform without Stripe.
//!
//! Taken with `stripe.url = "recorded:{data}/stripe.log"`, and only under the sandbox's key and with the development
//! sign-in, so that nobody with a real key or real people gets it by accident.
//!
//! **What it keeps.** Every request is one line of JSON in that file, with its idempotency key and its answer, written before
//! the answer is given: what was answered survives SIGKILL of everything. It is not flushed to the disk (`fsync`): the real
//! Stripe keeps its books elsewhere, and a flush here would be counted as one of the platform's. A power cut may take the
//! last answers; then books and payments differ, and the audit says so. At a start the file is played again, so that a
//! repeated key has the same answer and every object is still there. A last line that is not whole was never answered, and
//! is cut off. Replicas on one machine share the file: each answers while it has it for itself, after it has read what the
//! others wrote.
//!
//! **What it knows** is what an order needs that goes well: customers, cards (`pm_card_visa` pays, any other is declined), accounts
//! (`acct_ready_…` can be paid), holds, captures, releases, transfers, and the statement of all that. It refuses what it does not
//! know, and tells nothing by webhook: for that there is the sandbox. It keeps Stripe's rules of money: a hold is taken once
//! and never above its amount, transfers never exceed their charge.

mod books;
mod file;

use std::fs::File;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use anyhow::ensure;
use chassis::{Clock, Config, config};
use serde_json::{Value, json};
use tracing::error;

use self::books::{Books, decoded};
use self::file::{Line, Record, take_turn};
use super::{Answer, Bank, Request};

/// What its address begins with.
const SCHEME: &str = "recorded:";
/// Whose key everybody knows, and with which nobody can be charged.
const SANDBOX_KEY: &str = "sk_test_campusg_sandbox";

/// The recorder. Its file is opened with the first request: a service is also made only to look at its table.
pub(crate) struct Recorder {
    path: PathBuf,
    clock: Clock,
    open: Mutex<Option<Open>>,
}

struct Open {
    file: File,
    record: Record,
    books: Books,
}

impl Recorder {
    /// The one that the address names, if it names one.
    ///
    /// # Errors
    /// With any other key than the sandbox's, or any other sign-in than that for development.
    pub(crate) fn named(url: &str, key: &str, config: &Config) -> anyhow::Result<Option<Self>> {
        let Some(path) = url.strip_prefix(SCHEME) else { return Ok(None) };
        ensure!(
            key == SANDBOX_KEY,
            "stripe.url is {url}, which charges nobody and says that it did; stripe.key must then be {SANDBOX_KEY}, so that nobody \
             takes it by accident in place of Stripe"
        );
        let issuer: String = config.section("identity.issuer")?;
        ensure!(
            issuer == "dev",
            "stripe.url is {url}, which charges nobody and says that it did; identity.issuer must then be dev, not {issuer}"
        );
        let data = config.section::<config::Platform>("platform")?.data;
        let path = PathBuf::from(path.replace("{data}", &data.to_string_lossy()));
        Ok(Some(Self::in_file(path, Clock::from_setting(&config.section::<String>("clock.file")?)?)))
    }

    pub(crate) fn in_file(path: PathBuf, clock: Clock) -> Self {
        Self { path, clock, open: Mutex::new(None) }
    }
}

impl Bank for Recorder {
    fn answer(&self, request: &Request) -> Answer {
        let mut place = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let answered = match place.take().map_or_else(|| Open::start(&self.path), Ok) {
            Ok(mut open) => match open.answer(request, self.clock.now().as_second()) {
                Ok(answer) => {
                    *place = Some(open);
                    Ok(answer)
                }
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        };
        // What could not be written was not done: what is in the file counts, and is read again with the next request.
        answered.map(Some).unwrap_or_else(|error| {
            error!(error = %error, "what Stripe is asked cannot be written to {}", self.path.display());
            None
        })
    }
}

impl Open {
    fn start(path: &std::path::Path) -> std::io::Result<Self> {
        let record = Record::open(path)?;
        Ok(Self { file: record.file()?, record, books: Books::default() })
    }

    /// Does again what was done elsewhere, or before the start.
    fn catch_up(record: &mut Record, books: &mut Books) -> std::io::Result<()> {
        record.catch_up(|line| {
            if let Err(refused) = books.carry_out(&line.method, &line.path, &line.form, line.at)
                && line.status < 300
            {
                error!("{} {} was done before, and is refused now: {:?}", line.method, line.path, refused.1);
            }
        })
    }

    fn answer(&mut self, request: &Request, at: i64) -> std::io::Result<(u16, String)> {
        let _turn = take_turn(&self.file)?;
        Self::catch_up(&mut self.record, &mut self.books)?;
        if let Some(known) = request.key.as_deref().map(|key| self.record.find(key)).transpose()?.flatten() {
            // A form's fields are in another order every time.
            if known.path == request.path && decoded(&known.form) == decoded(&request.form) {
                return Ok((known.status, known.answer.to_string()));
            }
            let error = error_of("idempotency_error", "idempotency_key_in_use", "The key was used with other words.");
            return Ok((400, error.to_string()));
        }
        let (status, answer) = match self.books.carry_out(request.method, &request.path, &request.form, at) {
            Ok(answer) => (200, answer),
            Err((status, error)) => (status, error),
        };
        let text = answer.to_string();
        let line = Line {
            at,
            key: request.key.clone(),
            method: request.method.to_owned(),
            path: request.path.clone(),
            form: request.form.clone(),
            status,
            // What was only looked up can be looked up again.
            answer: if request.method == "GET" { Value::Null } else { answer },
        };
        self.record.append(&line)?;
        Ok((status, text))
    }
}

/// An error as Stripe's body has it.
fn error_of(kind: &str, code: &str, message: &str) -> Value {
    json!({ "error": { "type": kind, "code": code, "message": message } })
}
