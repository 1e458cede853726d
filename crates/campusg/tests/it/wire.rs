//! NATS as it goes over the wire, for proving that what is checked in works for any client and not only for ours.

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

const INBOX: &str = "_INBOX.wire";

/// A connection that asks one thing at a time.
pub(crate) struct Wire(BufReader<TcpStream>);

impl Wire {
    pub(crate) async fn connect(url: &str) -> Self {
        let address = url.strip_prefix("nats://").expect("a NATS address");
        let mut wire = Self(BufReader::new(TcpStream::connect(address).await.expect("a connection")));
        assert!(wire.line().await.starts_with("INFO "));
        wire.say(&format!("CONNECT {{\"verbose\":false,\"pedantic\":true}}\r\nSUB {INBOX} 1\r\n")).await;
        wire
    }

    /// Publishes the text as it is and reads the answer as JSON.
    pub(crate) async fn ask(&mut self, subject: &str, payload: &str) -> Value {
        self.say(&format!("PUB {subject} {INBOX} {}\r\n{payload}\r\n", payload.len())).await;
        loop {
            let line = self.line().await;
            if line == "PING" {
                self.say("PONG\r\n").await;
            }
            if let Some(message) = line.strip_prefix("MSG ") {
                let length: usize = message.rsplit(' ').next().and_then(|n| n.parse().ok()).expect("a length");
                let mut body = vec![0; length + 2];
                self.0.read_exact(&mut body).await.expect("a message");
                return serde_json::from_slice(&body[..length]).expect("JSON");
            }
            assert!(!line.starts_with("-ERR"), "{line}");
        }
    }

    async fn say(&mut self, text: &str) {
        self.0.get_mut().write_all(text.as_bytes()).await.expect("a connection");
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).await.expect("a line");
        line.trim_end().to_owned()
    }
}
