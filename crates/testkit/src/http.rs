//! Answers of the gateway, easy to assert on.

use serde_json::Value;

/// A status, a body and the place that it names.
#[derive(Clone, Debug)]
pub struct Answer {
    /// 202
    pub status: u16,
    /// The JSON, or null.
    pub body: Value,
    /// The `Location` header.
    pub location: Option<String>,
}

impl Answer {
    pub(crate) async fn read(response: reqwest::Response) -> Self {
        let status = response.status().as_u16();
        let location = response.headers().get("location").and_then(|value| value.to_str().ok()).map(str::to_owned);
        let body = response.bytes().await.unwrap_or_default();
        Self { status, location, body: serde_json::from_slice(&body).unwrap_or_default() }
    }

    /// The body, if the status is this one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// The problem's stable code, if the status is this one.
    #[track_caller]
    #[must_use]
    pub fn code(self, status: u16) -> String {
        self.expect(status)["code"].as_str().expect("a problem with a code").to_owned()
    }
}
