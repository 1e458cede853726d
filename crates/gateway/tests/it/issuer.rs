//! An identity provider like Clerk: publishes its keys where Clerk does, signs session tokens, and sends signed webhooks.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chassis::Config;
use contracts::UserId;
use jiff::Timestamp;
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::{IntoEndpoint, Route, Server};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use tokio::task::JoinHandle;

use crate::desk::{Desk, noon};

/// An RSA key that signs nothing but what the tests make up: making a new one takes a debug build seconds.
const KEY: &str = "\
    MIIEpAIBAAKCAQEAmeIBKg3nVh92tbF6JIvT3eqSL0BWLdEmPhPrWgEVDa5MGak5rW2U0eAtVap+RWuQtjM8sPiZkJBpNGtGtJmBlUMAUCUWWL \
    YPnA+syux42ctuFWUtdxbu5PwuxZ95j2f9EyahzVCFj3Rura7E3PVuocBMtw50/8of0pFYtHJAve92UOBlLC8ShoEXlggfY9ZCXTdtfL2FnmMb \
    xjvRxShLOrROrUcQe6qYY72klaiDRvPDbZl2VUylhPh/9HAXbdimfEwGv/3rDrxhwCzKGUrpHQLjEWbZF08hfH3q48iY22PQBmAAmA/UcKLk+O \
    pdTc875E8hCrTkzvYq4SLRwYFVvQIDAQABAoIBABc+WIpXeaB8IIG2/Onv8at9BuIP7T8pbtsvRhGdGpGA839oHM1cln88cIyWiVEyELSSDlz1 \
    iA3v35GVPKOt5jFmDUeNz+TMHJUoQaOQeXv9qt3yH55z6SzPB2o+uZgBj0FTyK/gYEmNaY8Jgt8/S/EvFfIL7dHvNW79w7DUldaPzOM0S4mlSN \
    uW6lpPJ1dxOuAWf8LPhrvxnnru3/HLul/mB5pco9BprdoQfr35zhrtEywBnb7ZSauSvdoyWSRlUaZ6oSRUduGnhAh/K2ylhSJrLhJP2xoBvkHi \
    mcY+eBUt6v1fl1FjcHsZNMYLtAf+qSvV5ozi6M7CkjZULjf0Vd8CgYEA0f/7xMBnkjzI3p6vLNqNL/TrDN9aUxFAnMiZaRS/kFLiU4k5HTCNwK \
    3j1e3s6UbkyS1lSvew0zIyC3a6QkQcJx/GT9KNrHxabNq8lJRcJv/PkMVId7/a6EfWX2z2z5mQWan9n+sOnJakalm+EAXhxLQuKnPzBfmfo6fC \
    GJy7h9MCgYEAu5cupZYJPBriDcXd9VXa6xuq47Qf5eIvnAOIz1j8lI4ZSsKjq8dGUQIeP5pTvQOXq7JWTau95rjy9YMSOo1uOXKgRCDYzpQl7L \
    To34PzjW7WzgqSd5XeYAPaxVTkeZxbHWsNym8VR+fheaMJGELjbn6cKZ0GeD95RMBquLNVQi8CgYEAqvPPmljjN5oCD7BwfHwiKaMg4ebFWhAW \
    YEuxD2kTlULT+hsggpGvI+arLdE1ZqYOw3MQHZpLuXIIaWqqsB1QKc1lHEAUkxDcb/cVQ4MPDbR73aesmcd2RleMvTwwI8ooR8XpsRCiYXkEuY \
    r6/YI8S2w+lNK1SOzwN0Lu8ChPRX8CgYAsRyIGiaSCYGINGDAs0WgL6Irslj6VN08/hwIK1xk/Q08q+0hAqpepVVOodZfgXHG3YC/Iw4neZLdM \
    RfTOh0WGH80+Z3ZlREizV3xEDdQ2BPyEw7AQs/o6NY601zXakpJbHkKyDog6Ybwxxs7FwDwIf7ACjoLRbUIFfVlzYTj1lwKBgQCohg49J5+h/A \
    Q38G3vZ2Qk2rnjqh4eN1RiAqy6ts07B5N1jF2YJ20rJiI6+wz1BIbdYSFEU2oQyElfot+N3j4cJ2y2YNGN4Vn+hMY2VglyGYkjNMVkxTJWdpmF \
    vujhQMxF13jvKvA0paFYfPDHFdFeh7l/bhMMtW5zILuKs0rFiw==";
/// What it shares with the gateway to sign webhooks, as Clerk shows it.
pub(crate) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Its server goes when it does.
pub(crate) struct Issuer {
    pub(crate) url: String,
    key: EncodingKey,
    server: JoinHandle<std::io::Result<()>>,
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Issuer {
    pub(crate) async fn open() -> Self {
        let der: String = KEY.split_ascii_whitespace().collect();
        let key = EncodingKey::from_rsa_der(&STANDARD.decode(der).expect("base64"));
        let mut jwk = Jwk::from_encoding_key(&key, Algorithm::RS256).expect("a key");
        jwk.common.key_id = Some("ins_1".to_owned());
        let jwks = serde_json::to_string(&JwkSet { keys: vec![jwk] }).expect("JSON");
        let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.expect("a port");
        let addr = acceptor.local_addr()[0].as_socket_addr().copied().expect("an address");
        let keys = poem::endpoint::make_sync(move |_| jwks.clone());
        let routes = Route::new().at("/.well-known/jwks.json", keys).into_endpoint();
        let server = tokio::spawn(Server::new_with_acceptor(acceptor).run(routes));
        Self { url: format!("http://{addr}"), key, server }
    }

    /// The settings of a platform whose people sign in here.
    pub(crate) fn set_up(&self, config: Config) -> Config {
        config
            .with("identity.issuer", &self.url)
            .with("identity.audience", "")
            .with("identity.clerk_webhook_secret", SECRET)
    }

    /// A gateway of such a platform, without a broker.
    pub(crate) async fn desk(&self) -> Desk {
        Desk::open_with(|config| self.set_up(config)).await
    }

    pub(crate) fn user_id(&self, subject: &str) -> UserId {
        UserId::of_subject(&self.url, subject)
    }

    /// What Clerk's session tokens say of themselves.
    pub(crate) fn claims(&self, subject: &str) -> Value {
        json!({
            "iss": self.url,
            "sub": subject,
            "azp": "https://campusg.example",
            "exp": noon().as_second() + 60,
            "iat": noon().as_second(),
            "nbf": noon().as_second() - 10,
            "sid": "sess_1",
            "v": 2,
            "sts": "active",
        })
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        let header = Header { kid: Some("ins_1".to_owned()), ..Header::new(Algorithm::RS256) };
        encode(&header, claims, &self.key).expect("a token")
    }

    /// A token with these claims beside the usual ones.
    pub(crate) fn token(&self, subject: &str, more: &Value) -> String {
        let mut claims = self.claims(subject);
        for (name, value) in more.as_object().expect("claims") {
            claims[name] = value.clone();
        }
        self.sign(&claims)
    }
}

/// A webhook on its way: signed by the library that Svix itself keeps.
pub(crate) fn webhook(desk: &Desk, id: &str, at: Timestamp, body: &str) -> RequestBuilder {
    let signature = Webhook::new(SECRET).expect("a secret").sign(id, at.as_second(), body.as_bytes());
    sent(desk, id, at, body, &signature.expect("a signature"))
}

/// The same under any signature.
pub(crate) fn sent(desk: &Desk, id: &str, at: Timestamp, body: &str, signature: &str) -> RequestBuilder {
    desk.post("/webhooks/clerk")
        .header("content-type", "application/json")
        .header("svix-id", id)
        .header("svix-timestamp", at.as_second().to_string())
        .header("svix-signature", signature)
        .body(body.to_owned())
}

/// As Clerk writes them, with what does not matter here as well.
pub(crate) fn user(kind: &str, subject: &str, updated_at: Timestamp, more: &Value) -> String {
    let mut data = json!({
        "id": subject,
        "object": "user",
        "username": null,
        "first_name": "Ada",
        "last_name": "Lovelace",
        "email_addresses": [{ "id": "idn_1", "email_address": "ada@example.com" }],
        "public_metadata": {},
        "private_metadata": {},
        "banned": false,
        "locked": false,
        "created_at": noon().as_millisecond(),
        "updated_at": updated_at.as_millisecond(),
    });
    for (name, value) in more.as_object().expect("fields") {
        data[name] = value.clone();
    }
    json!({ "type": kind, "object": "event", "instance_id": "ins_1", "timestamp": noon().as_millisecond(), "data": data })
        .to_string()
}
