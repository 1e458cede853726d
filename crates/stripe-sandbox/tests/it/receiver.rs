//! Somebody who is told of events: a small HTTP server that answers as it is told to.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use poem::http::StatusCode;
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::web::Data;
use poem::{EndpointExt, Request, Route, Server, handler};
use serde_json::Value;

/// One event as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) signature: String,
    pub(crate) body: String,
}

impl Received {
    /// A part of the signature: `t` or `v1`.
    pub(crate) fn field(&self, name: &str) -> &str {
        let mut parts = self.signature.split(',');
        parts.find_map(|part| part.strip_prefix(name)?.strip_prefix('=')).expect("a part")
    }

    pub(crate) fn event(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Receiver {
    url: String,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    received: Vec<Received>,
    /// How many are refused first.
    refusals: usize,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let acceptor = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).into_acceptor().await.expect("a port");
        let addr = acceptor.local_addr()[0].as_socket_addr().copied().expect("an address");
        let receiver = Self { url: format!("http://{addr}/webhooks"), ..Self::default() };
        let routes = Route::new().at("/webhooks", receive).data(receiver.clone());
        tokio::spawn(Server::new_with_acceptor(acceptor).run(routes));
        receiver
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn refuse(&self, times: usize) {
        self.inner.lock().expect("the receiver").refusals = times;
    }

    /// What came in, once it is `count`.
    pub(crate) async fn received(&self, count: usize) -> Vec<Received> {
        tokio::time::timeout(Duration::from_secs(20), async {
            loop {
                let received = self.inner.lock().expect("the receiver").received.clone();
                if received.len() >= count {
                    return received;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await
        .expect("as many events")
    }
}

#[handler]
fn receive(request: &Request, body: String, Data(receiver): Data<&Receiver>) -> StatusCode {
    let mut inner = receiver.inner.lock().expect("the receiver");
    let signature = request.header("Stripe-Signature").expect("a signature").to_owned();
    inner.received.push(Received { signature, body });
    if inner.refusals > 0 {
        inner.refusals -= 1;
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    StatusCode::OK
}
