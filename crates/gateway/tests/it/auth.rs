//! Nobody is who they say they are, unless a token says so.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::UserId;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::desk::{Desk, expect_problem, noon};
use crate::issuer::Issuer;
use crate::stage::Stage;

/// What is sent without a broker gets this far exactly when the token is taken.
async fn expect_taken(desk: &Desk, token: &str) {
    let answer = desk.get("/api/v1/me").bearer_auth(token).send().await.expect("sent");
    expect_problem(answer, 503, "broker_away").await;
}

async fn expect_refused(desk: &Desk, token: &str) {
    let answer = desk.get("/api/v1/me").bearer_auth(token).send().await.expect("sent");
    expect_problem(answer, 401, "unauthenticated").await;
}

fn claims() -> Value {
    json!({
        "iss": "campusg-dev",
        "aud": "campusg",
        "sub": UserId::of_subject("dev", "alice").to_string(),
        "exp": noon().as_second() + 3_600,
        "roles": ["customer"],
    })
}

/// The key in a gateway's file, so that a test can sign what the gateway would not.
struct Forge {
    key: EncodingKey,
    kid: String,
    desk: Desk,
    _directory: tempfile::TempDir,
}

impl Forge {
    async fn open() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("dev.pem");
        let name = file.to_str().expect("a name").to_owned();
        let desk = Desk::open_with(|config| config.with("identity.dev_key_file", name)).await;
        let pem = std::fs::read_to_string(file).expect("the key");
        let der = base64::engine::general_purpose::STANDARD.decode(pem.lines().nth(1).expect("a line")).expect("DER");
        let jwks = desk.get("/.well-known/jwks.json").send().await.expect("sent").json::<Value>().await.expect("JSON");
        let kid = jwks["keys"][0]["kid"].as_str().expect("a kid").to_owned();
        assert!(!jwks.to_string().contains("\"d\""), "the secret half stays at home");
        Self { key: EncodingKey::from_ed_der(&der), kid, desk, _directory: directory }
    }

    fn sign(&self, claims: &Value) -> String {
        let header = Header { kid: Some(self.kid.clone()), ..Header::new(Algorithm::EdDSA) };
        encode(&header, claims, &self.key).expect("a token")
    }
}

#[tokio::test]
async fn a_person_signs_in_by_name() {
    let desk = Desk::open().await;
    let answer = desk.post("/api/v1/dev/sign-in").json(&json!({ "person": "ray" })).send().await.expect("sent");
    assert_eq!(answer.status(), 200);
    let answer: Value = answer.json().await.expect("JSON");
    let ray = UserId::of_subject("dev", "ray").to_string();
    assert_eq!(answer["user"], json!({ "user_id": ray, "name": "ray", "roles": ["runner"] }));
    expect_taken(&desk, answer["token"].as_str().expect("a token")).await;
}

#[tokio::test]
async fn nobody_signs_in_under_an_unknown_name() {
    let desk = Desk::open().await;
    let answer = desk.post("/api/v1/dev/sign-in").json(&json!({ "person": "mallory" })).send().await.expect("sent");
    expect_problem(answer, 404, "unknown_person").await;
}

#[tokio::test]
async fn the_development_sign_in_is_off_with_another_issuer() {
    let desk = Desk::open_with(|config| {
        config.with("identity.issuer", "https://id.example").with("identity.jwks_url", "http://127.0.0.1:1/jwks")
    })
    .await;
    let answer = desk.post("/api/v1/dev/sign-in").json(&json!({ "person": "alice" })).send().await.expect("sent");
    expect_problem(answer, 404, "not_found").await;
    let answer = desk.get("/.well-known/jwks.json").send().await.expect("sent");
    expect_problem(answer, 404, "not_found").await;
}

#[tokio::test]
async fn a_token_is_good_for_twelve_hours_by_the_platforms_clock() {
    let desk = Desk::open().await;
    let token = desk.token("alice").await;
    desk.pass(12 * 3_600 - 1);
    expect_taken(&desk, &token).await;
    desk.pass(60);
    expect_refused(&desk, &token).await;
}

#[tokio::test]
async fn a_token_must_be_whole_and_for_here() {
    let forge = Forge::open().await;
    expect_taken(&forge.desk, &forge.sign(&claims())).await;
    let with = |name: &str, value: Value| {
        let mut claims = claims();
        claims[name] = value;
        forge.sign(&claims)
    };
    expect_taken(&forge.desk, &with("aud", json!(["other", "campusg"]))).await;
    for wrong in [
        with("iss", json!("campusg")),
        with("iss", Value::Null),
        with("aud", json!("other")),
        with("aud", Value::Null),
        with("sub", json!("alice")),
        with("sub", Value::Null),
        with("exp", Value::Null),
        with("exp", json!("tomorrow")),
        with("exp", json!(noon().as_second() - 60)),
        with("nbf", json!(noon().as_second() + 60)),
    ] {
        expect_refused(&forge.desk, &wrong).await;
    }
}

#[tokio::test]
async fn a_forged_token_is_refused() {
    let forge = Forge::open().await;
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let good = forge.sign(&claims());
    let signature = good.rsplit('.').next().expect("a signature");
    let mut olga = claims();
    olga["roles"] = json!(["operator"]);
    let header = |alg: &str| part(&json!({ "alg": alg, "typ": "JWT", "kid": forge.kid }));
    let other = EncodingKey::from_ed_der(
        &[&b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20"[..], &[7; 32]].concat(),
    );
    let kid = |kid: &str| Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::EdDSA) };
    let shared = Header { kid: Some(forge.kid.clone()), ..Header::new(Algorithm::HS256) };
    for forged in [
        String::new(),
        "x.y.z".to_owned(),
        "x".repeat(10_000),
        format!("{}.{}.", header("none"), part(&claims())),
        format!("{}.{}.{signature}", header("none"), part(&claims())),
        format!("{}.{}.{signature}", header("EdDSA"), part(&olga)),
        format!("{}.{}.{signature}", header("RS256"), part(&claims())),
        encode(&kid(&forge.kid), &claims(), &other).expect("a token"),
        encode(&kid("another"), &claims(), &forge.key).expect("a token"),
        // The public key as a shared secret.
        encode(&shared, &claims(), &EncodingKey::from_secret(forge.kid.as_bytes())).expect("a token"),
    ] {
        expect_refused(&forge.desk, &forged).await;
    }
}

#[tokio::test]
async fn a_token_of_another_gateway_is_refused() {
    let (here, there) = (Desk::open().await, Desk::open().await);
    expect_refused(&here, &there.token("alice").await).await;
}

#[tokio::test]
async fn the_key_survives_a_restart() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("dev.pem").to_str().expect("a name").to_owned();
    let first = Desk::open_with(|config| config.with("identity.dev_key_file", &file)).await;
    let token = first.token("alice").await;
    first.gateway.stop().await;
    let second = Desk::open_with(|config| config.with("identity.dev_key_file", &file)).await;
    expect_taken(&second, &token).await;
}

#[tokio::test]
async fn another_issuers_tokens_are_checked_with_the_keys_it_publishes() {
    let issuer = Desk::open().await;
    let jwks = format!("{}/.well-known/jwks.json", issuer.gateway.url());
    let here =
        Desk::open_with(|config| config.with("identity.issuer", "campusg-dev").with("identity.jwks_url", jwks.clone()))
            .await;
    expect_taken(&here, &issuer.token("alice").await).await;
    expect_refused(&here, &Desk::open().await.token("alice").await).await;
}

#[tokio::test]
async fn without_the_issuers_keys_nobody_is_turned_away_for_good() {
    let issuer = Desk::open().await;
    let here = Desk::open_with(|config| {
        config.with("identity.issuer", "campusg-dev").with("identity.jwks_url", "http://127.0.0.1:1/jwks")
    })
    .await;
    let answer = here.get("/api/v1/me").bearer_auth(issuer.token("alice").await).send().await.expect("sent");
    expect_problem(answer, 503, "keys_away").await;
}

#[tokio::test]
async fn every_call_about_orders_needs_a_token() {
    let desk = Desk::open().await;
    let order = "/api/v1/orders/ord_0198c2f6a1b37c3e8d5f6a7b8c9d0e1f";
    for path in ["/api/v1/me", "/api/v1/orders", order, "/api/v1/offers", "/api/v1/stream"] {
        expect_problem(desk.get(path).send().await.expect("sent"), 401, "unauthenticated").await;
    }
    let steps = ["accept", "advance", "cancel"].map(|step| format!("{order}/{step}"));
    for path in ["/api/v1/quotes", "/api/v1/orders"].into_iter().chain(steps.iter().map(String::as_str)) {
        expect_problem(desk.post(path).send().await.expect("sent"), 401, "unauthenticated").await;
    }
}

#[tokio::test]
async fn a_token_in_the_address_opens_streams_and_nothing_else() {
    let stage = Stage::open().await;
    let desk = &stage.desk;
    let token = desk.token("alice").await;
    let answer = desk.get(&format!("/api/v1/me?access_token={token}")).send().await.expect("sent");
    expect_problem(answer, 401, "unauthenticated").await;
    let answer = desk.get(&format!("/api/v1/stream?access_token={token}")).send().await.expect("sent");
    assert_eq!(answer.status(), 200);
    let answer = desk.get("/api/v1/stream?access_token=x").send().await.expect("sent");
    expect_problem(answer, 401, "unauthenticated").await;
}

#[tokio::test]
async fn runners_run_and_customers_order() {
    let desk = Desk::open().await;
    let order = "/api/v1/orders/ord_0198c2f6a1b37c3e8d5f6a7b8c9d0e1f";
    let alice = desk.token("alice").await;
    let answer = desk.get("/api/v1/offers").bearer_auth(&alice).send().await.expect("sent");
    expect_problem(answer, 403, "forbidden").await;
    let answer = desk.post(&format!("{order}/accept")).bearer_auth(&alice).send().await.expect("sent");
    expect_problem(answer, 403, "forbidden").await;
    let ray = desk.token("ray").await;
    let answer = desk.post("/api/v1/orders").bearer_auth(&ray).header("idempotency-key", "k");
    let answer = answer.json(&json!({ "quote_id": "quo_x" })).send().await.expect("sent");
    expect_problem(answer, 403, "forbidden").await;
}

// --- people of another issuer ----------------------------------------------------------------------------------------

/// Whether somebody may look at offers, and whether they may order, as far as their roles go.
async fn may(desk: &Desk, token: &str) -> (bool, bool) {
    let offers = desk.get("/api/v1/offers").bearer_auth(token).send().await.expect("sent");
    let order = desk.post("/api/v1/orders").bearer_auth(token).header("idempotency-key", "k");
    let order = order.json(&json!({ "quote_id": "quo_x" })).send().await.expect("sent");
    (offers.status() != 403, order.status() != 403)
}

#[tokio::test]
async fn clerks_tokens_are_checked_with_the_keys_that_clerk_publishes() {
    let (issuer, other) = (Issuer::open().await, Issuer::open().await);
    let desk = issuer.desk().await;
    expect_taken(&desk, &issuer.sign(&issuer.claims("user_1"))).await;
    expect_refused(&desk, &issuer.sign(&other.claims("user_1"))).await;
    for wrong in [
        json!({ "sub": "" }),
        json!({ "sub": null }),
        json!({ "exp": noon().as_second() - 60 }),
        json!({ "nbf": noon().as_second() + 60 }),
        // Signed in, but Clerk wants something of them first.
        json!({ "sts": "pending" }),
    ] {
        expect_refused(&desk, &issuer.token("user_1", &wrong)).await;
    }
}

#[tokio::test]
async fn roles_come_from_a_claim_or_from_metadata() {
    let issuer = Issuer::open().await;
    let desk = issuer.desk().await;
    let (runs, orders, both) = ((true, false), (false, true), (true, true));
    for (claims, expected) in [
        (json!({}), orders),
        (json!({ "roles": ["runner"] }), runs),
        (json!({ "metadata": { "roles": ["runner"] } }), runs),
        (json!({ "public_metadata": { "roles": ["runner", "customer"] } }), both),
        (json!({ "roles": ["runner"], "metadata": { "roles": ["customer"] } }), both),
        (json!({ "roles": [], "metadata": {} }), orders),
        // What means nothing here means nothing.
        (json!({ "roles": ["chef"] }), orders),
        (json!({ "roles": "runner", "metadata": "{{user.public_metadata}}", "name": 7 }), orders),
        (json!({ "roles": ["finance"] }), (false, false)),
    ] {
        assert_eq!(may(&desk, &issuer.token("user_1", &claims)).await, expected, "{claims}");
    }
}

#[tokio::test]
async fn what_people_may_do_by_default_is_a_setting() {
    let issuer = Issuer::open().await;
    let token = issuer.sign(&issuer.claims("user_1"));
    for (setting, expected) in [("customer, runner", (true, true)), ("runner", (true, false)), ("", (false, false))] {
        let desk = Desk::open_with(|config| issuer.set_up(config).with("identity.default_roles", setting)).await;
        assert_eq!(may(&desk, &token).await, expected, "{setting}");
    }
}

#[tokio::test]
async fn tokens_of_another_web_page_are_refused_where_pages_are_listed() {
    let issuer = Issuer::open().await;
    let pages = "https://campusg.example, https://www.campusg.example";
    let desk = Desk::open_with(|config| issuer.set_up(config).with("identity.authorized_parties", pages)).await;
    expect_taken(&desk, &issuer.sign(&issuer.claims("user_1"))).await;
    expect_taken(&desk, &issuer.token("user_1", &json!({ "azp": "https://www.campusg.example" }))).await;
    for azp in [json!("https://evil.example"), json!("https://campusg.example.evil.example"), json!(null), json!("")] {
        expect_refused(&desk, &issuer.token("user_1", &json!({ "azp": azp }))).await;
    }
}

#[tokio::test]
async fn where_an_audience_is_set_tokens_must_name_it() {
    let issuer = Issuer::open().await;
    let desk = Desk::open_with(|config| issuer.set_up(config).with("identity.audience", "campusg")).await;
    expect_taken(&desk, &issuer.token("user_1", &json!({ "aud": "campusg" }))).await;
    expect_refused(&desk, &issuer.token("user_1", &json!({ "aud": "other" }))).await;
    expect_refused(&desk, &issuer.sign(&issuer.claims("user_1"))).await;
    // And where none is set, they may name any.
    expect_taken(&issuer.desk().await, &issuer.token("user_1", &json!({ "aud": "other" }))).await;
}
