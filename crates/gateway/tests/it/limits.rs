//! Nobody has the platform for themselves.

use reqwest::StatusCode;

use crate::desk::{Desk, expect_problem};

async fn desk(rate: u32, burst: u32) -> Desk {
    Desk::open_with(|config| config.with("gateway.rate_per_second", rate).with("gateway.rate_burst", burst)).await
}

/// How many of so many requests get through.
async fn through(desk: &Desk, token: Option<&str>, count: usize) -> usize {
    let mut through = 0;
    for _ in 0..count {
        // Whatever is left of a token, this one needs no broker.
        let request = desk.get("/api/v1/config");
        let request = if let Some(token) = token { request.bearer_auth(token) } else { request };
        through += usize::from(request.send().await.expect("sent").status() == StatusCode::OK);
    }
    through
}

#[tokio::test]
async fn everybody_has_a_rate_of_their_own() {
    let desk = desk(1, 3).await;
    let (alice, bob) = (desk.token("alice").await, desk.token("bob").await);
    assert!((3..6).contains(&through(&desk, Some(&alice), 10).await));
    assert!((3..6).contains(&through(&desk, Some(&bob), 10).await), "bob has not asked for anything yet");
    assert!((3..6).contains(&through(&desk, None, 10).await), "nor has anybody who is not signed in");
    let refused = desk.get("/api/v1/me").bearer_auth(&alice).send().await.expect("sent");
    assert_eq!(refused.headers()["retry-after"], "1");
    expect_problem(refused, 429, "rate_limited").await;
}

#[tokio::test]
async fn who_tries_tokens_is_counted_by_address() {
    let desk = desk(1, 3).await;
    let mut codes = Vec::new();
    for n in 0..8 {
        let answer = desk.get("/api/v1/me").bearer_auth(format!("x.y.z{n}")).send().await.expect("sent");
        codes.push(answer.status().as_u16());
    }
    assert_eq!((codes[0], codes[7]), (401, 429), "{codes:?}");
}

#[tokio::test]
async fn what_machines_ask_is_not_counted() {
    let desk = desk(1, 1).await;
    for _ in 0..5 {
        assert_eq!(desk.get("/healthz").send().await.expect("sent").status(), 200);
        let webhook = desk.post("/webhooks/stripe").body("{}").send().await.expect("sent");
        expect_problem(webhook, 400, "bad_signature").await;
        desk.token("alice").await;
    }
}

#[tokio::test]
async fn a_rate_of_zero_is_none() {
    let desk = desk(0, 0).await;
    assert_eq!(through(&desk, None, 300).await, 300);
}
