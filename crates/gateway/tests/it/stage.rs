//! A gateway on a real broker, with the services behind it played by the test: it says what they answer, and hears what they are
//! asked. Their part is spoken in NATS' own words (<https://docs.nats.io/reference/reference-protocols/nats-protocol>), so
//! that it shares no code with what it tests.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chassis::broker::{self, Broker, Flush};
use chassis::{Bus, Config, streams};
use contracts::{Event, Intent, MessageId, Principal, Question, Refused, UserId, envelope};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::desk::Desk;

/// What a service says to one payload; nothing when it does not answer at all.
type Part = Box<dyn Fn(Value) -> Option<Value> + Send>;

/// An intent that the gateway sent.
#[derive(Clone, Debug)]
pub(crate) struct Heard<I> {
    pub(crate) by: Principal,
    pub(crate) id: MessageId,
    pub(crate) intent: I,
}

#[derive(Default)]
struct Script {
    /// By subject, up to the version.
    parts: HashMap<String, Part>,
    heard: Vec<(String, Heard<Value>)>,
    verdicts: HashMap<MessageId, Value>,
}

pub(crate) struct Stage {
    pub(crate) desk: Desk,
    script: Arc<Mutex<Script>>,
    wire: UnboundedSender<Vec<u8>>,
    partitions: u16,
    pub(crate) broker: Broker,
    _directory: TempDir,
}

impl Stage {
    /// Everybody says no to everything, until told otherwise.
    pub(crate) async fn open() -> Self {
        Self::open_with(|config| config).await
    }

    pub(crate) async fn open_with(change: impl FnOnce(Config) -> Config) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let server = broker::find(&std::env::var("CAMPUSG_NATS__SERVER").unwrap_or_default());
        let server = server.expect("a nats-server: run `cargo xtask test`, or `eval \"$(cargo xtask tools)\"` first");
        let data = directory.path().join("nats");
        let broker = Broker::start(&server, &data, 0, Flush::Every2Minutes).await.expect("a broker");
        let settings = Config::defaults().with("nats.url", broker.url());
        let clock = chassis::Clock::manual(&directory.path().join("clock")).expect("a clock");
        let bus = Bus::connect(&settings.section("nats").expect("nats"), "stage", clock).await.expect("a connection");
        let dispatcher = settings.section("dispatcher").expect("settings");
        streams::apply(&bus, &[], &dispatcher).await.expect("streams");
        let script = Arc::<Mutex<Script>>::default();
        let wire = perform(&broker.url(), Arc::clone(&script)).await;
        let desk = Desk::open_with(|config| change(config.with("nats.url", broker.url()))).await;
        while desk.get("/readyz").send().await.expect("sent").status() != 200 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Self { desk, script, wire, partitions: bus.partitions, broker, _directory: directory }
    }

    fn script(&self) -> std::sync::MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a question is answered with.
    pub(crate) fn answer<Q: Question>(&self, answer: impl Fn(Q) -> Result<Q::Answer, Refused> + Send + 'static) {
        let part: Part = Box::new(move |question| {
            let question = serde_json::from_value(question).expect("a question");
            Some(match answer(question) {
                Ok(answer) => json!({ "answer": answer }),
                Err(refused) => json!({ "refused": refused }),
            })
        });
        self.script().parts.insert(Q::subject(), part);
    }

    /// Whoever answers this is away.
    pub(crate) fn away<Q: Question>(&self) {
        self.answer::<Q>(|_| Err(Refused::new("unavailable", "")));
    }

    /// Whoever answers this takes longer than anybody waits.
    pub(crate) fn dumb<Q: Question>(&self) {
        self.script().parts.insert(Q::subject(), Box::new(|_| None));
    }

    /// What is decided on an intent; the view may be anything.
    pub(crate) fn decide<I: Intent>(&self, decide: impl Fn(I) -> Result<Value, Refused> + Send + 'static) {
        let part: Part = Box::new(move |intent| {
            let intent = serde_json::from_value(intent).expect("an intent");
            Some(match decide(intent) {
                Ok(view) => json!({ "verdict": "done", "view": view }),
                Err(Refused { code, message }) => json!({ "verdict": "refused", "code": code, "message": message }),
            })
        });
        self.script().parts.insert(format!("intent.{}", I::type_name()), part);
    }

    /// The intents of this type that people sent, in their offices or not: not the platform's own.
    pub(crate) fn heard<I: Intent>(&self) -> Vec<Heard<I>> {
        let heard = self.script().heard.clone();
        let of_type = heard.into_iter().filter(|(kind, _)| *kind == format!("intent.{}", I::type_name()));
        let typed = of_type.map(|(_, heard)| {
            let intent = serde_json::from_value(heard.intent).expect("an intent");
            Heard { by: heard.by, id: heard.id, intent }
        });
        typed.filter(|heard| heard.by != Principal::System("seed".to_owned())).collect()
    }

    /// The one intent of this type.
    #[track_caller]
    pub(crate) fn only<I: Intent>(&self) -> Heard<I> {
        let mut heard = self.heard::<I>();
        assert_eq!(heard.len(), 1, "{}", I::type_name());
        heard.remove(0)
    }

    /// Says an event, as part of an order's story.
    pub(crate) fn say<E: Event>(&self, story: &str, event: &E) {
        let payload = serde_json::to_vec(event).expect("JSON");
        let headers = format!("NATS/1.0\r\n{}: {story}\r\n\r\n", envelope::CORRELATION);
        let subject = event.subject(self.partitions);
        let total = headers.len() + payload.len();
        let mut said = format!("HPUB {subject} {} {total}\r\n{headers}", headers.len()).into_bytes();
        said.extend(payload);
        said.extend(b"\r\n");
        self.wire.send(said).expect("a connection");
    }

    pub(crate) async fn call(&self, person: &str, method: Method, path: &str) -> RequestBuilder {
        self.desk.call(method, path).bearer_auth(self.desk.token(person).await)
    }

    pub(crate) async fn get(&self, person: &str, path: &str) -> Response {
        self.call(person, Method::GET, path).await.send().await.expect("sent")
    }

    pub(crate) async fn send(&self, person: &str, method: Method, path: &str, body: &Value) -> Response {
        let request = self.call(person, method, path).await;
        let request = if body.is_null() { request } else { request.json(body) };
        request.send().await.expect("sent")
    }

    pub(crate) async fn post(&self, person: &str, path: &str, body: &Value) -> Response {
        self.send(person, Method::POST, path, body).await
    }
}

/// A body, if the status is this one.
pub(crate) async fn expect(answer: Response, status: u16) -> Value {
    let there = answer.status();
    let text = answer.text().await.expect("a body");
    assert_eq!(there, status, "{text}");
    if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect("JSON") }
}

pub(crate) fn user(name: &str) -> UserId {
    UserId::of_subject("dev", name)
}

// --- the services' part ----------------------------------------------------------------------------------------------

/// Plays all services at once, from now on until the connection ends.
async fn perform(url: &str, script: Arc<Mutex<Script>>) -> UnboundedSender<Vec<u8>> {
    let stream = TcpStream::connect(url.trim_start_matches("nats://")).await.expect("a broker");
    let (read, write) = stream.into_split();
    let (wire, lines) = unbounded_channel();
    let hello = "CONNECT {\"verbose\":false,\"headers\":true,\"no_responders\":true}\r\nSUB ask.> 1\r\nSUB intent.> 2\r\nPING\r\n";
    wire.send(hello.as_bytes().to_vec()).expect("a connection");
    tokio::spawn(write_all(write, lines));
    let (ready, is_ready) = tokio::sync::oneshot::channel();
    tokio::spawn(listen(BufReader::new(read), script, wire.clone(), ready));
    tokio::time::timeout(Duration::from_secs(5), is_ready).await.expect("in time").expect("a greeting");
    wire
}

async fn write_all(mut write: OwnedWriteHalf, mut lines: UnboundedReceiver<Vec<u8>>) {
    while let Some(line) = lines.recv().await {
        if write.write_all(&line).await.is_err() {
            return;
        }
    }
}

async fn listen(
    mut read: BufReader<OwnedReadHalf>,
    script: Arc<Mutex<Script>>,
    wire: UnboundedSender<Vec<u8>>,
    ready: tokio::sync::oneshot::Sender<()>,
) {
    let mut ready = Some(ready);
    let mut line = String::new();
    while read.read_line(&mut line).await.is_ok_and(|length| length > 0) {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        match words.first().copied().unwrap_or_default() {
            "PING" => wire.send(b"PONG\r\n".to_vec()).expect("a connection"),
            "PONG" => drop(ready.take().map(|ready| ready.send(()))),
            "MSG" | "HMSG" => {
                let has_headers = words[0] == "HMSG";
                let sizes = if has_headers { 2 } else { 1 };
                let number = |word: &str| word.parse::<usize>().expect("a size");
                let total = number(words[words.len() - 1]);
                let headers = if has_headers { number(words[words.len() - 2]) } else { 0 };
                // The reply's subject is there only if there is one.
                let reply = (words.len() == 3 + sizes + 1).then(|| words[3].to_owned());
                let subject = words[1].to_owned();
                let mut bytes = vec![0; total + 2];
                read.read_exact(&mut bytes).await.expect("a message");
                let text = String::from_utf8_lossy(&bytes[..headers]).into_owned();
                let payload = serde_json::from_slice(&bytes[headers..total]).unwrap_or_default();
                let played = script.lock().unwrap_or_else(PoisonError::into_inner).play(&subject, &text, payload);
                if let Some((to, said)) = played.and_then(|(to, said)| Some((to.or(reply)?, said))) {
                    let said = said.to_string();
                    wire.send(format!("PUB {to} {}\r\n{said}\r\n", said.len()).into_bytes()).expect("a connection");
                }
            }
            _ => {}
        }
        line.clear();
    }
}

impl Script {
    /// What is said, and to whom, unless it is the one who asked.
    fn play(&mut self, subject: &str, headers: &str, payload: Value) -> Option<(Option<String>, Value)> {
        let header = |name: &str| {
            let mut lines = headers.lines().filter_map(|line| line.split_once(": "));
            lines.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
        };
        if subject.starts_with("ask.") {
            if subject.ends_with(".verdict.v1") {
                let id = payload["message_id"].as_str()?.parse().ok()?;
                return Some((None, json!({ "answer": self.verdicts.get(&id) })));
            }
            let refused = json!({ "refused": { "code": "not_found", "message": "There is no such thing." } });
            let said = match self.parts.get(subject) {
                Some(part) => part(payload)?,
                None => refused,
            };
            return Some((None, said));
        }
        let tokens: Vec<&str> = subject.split('.').collect();
        let kind = tokens[..4].join(".");
        let by: Principal = tokens[5].parse().expect("a principal");
        let id: MessageId = header(envelope::ID)?.parse().expect("an id");
        if self.heard.iter().any(|(_, heard)| heard.id == id) {
            // The log has it already, so its owner does not hear it again.
            return None;
        }
        let refused = json!({ "verdict": "refused", "code": "not_found", "message": "There is no such thing." });
        let verdict = match self.parts.get(&kind) {
            Some(part) => part(payload.clone()),
            None => Some(refused),
        };
        self.heard.push((kind, Heard { by, id, intent: payload }));
        self.verdicts.insert(id, verdict.clone()?);
        Some((header(envelope::VERDICT_TO), verdict?))
    }
}
