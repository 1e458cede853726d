//! Posts webhooks: signs them as Stripe does, and reports what became of each.

use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio::sync::Semaphore;

use crate::deliveries::{self, Post};
use crate::desk::{Desk, milliseconds_now};

/// How long an endpoint may take to answer, as with Stripe.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How many deliveries are under way at once.
const AT_ONCE: usize = 16;
/// How long it sleeps at most: what happens by itself is looked at this often.
const TICK: Duration = Duration::from_secs(1);

/// Delivers until the sandbox stops.
pub(crate) async fn run(desk: Arc<Desk>) {
    // Stripe follows no redirects: whoever redirects has not taken the event.
    let client = reqwest::Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none()).build();
    let http = match client {
        Ok(http) => http,
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the stripe sandbox cannot deliver webhooks");
            return;
        }
    };
    let room = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        desk.let_time_pass();
        for post in desk.take_deliveries(room.available_permits()) {
            let Ok(permit) = room.clone().try_acquire_owned() else { break };
            let (desk, http) = (desk.clone(), http.clone());
            desk.clone().tasks.spawn(async move {
                deliver(&desk, &http, post).await;
                drop(permit);
                // There is room again for what is due.
                desk.changed.notify_one();
            });
        }
        tokio::select! {
            () = desk.changed.notified() => {}
            () = tokio::time::sleep(desk.pause_until_delivery().min(TICK)) => {}
            () = desk.stopping.cancelled() => return,
        }
    }
}

/// Posts an event. Stopped in the middle, it is still undelivered and posted again after the next start.
async fn deliver(desk: &Desk, http: &reqwest::Client, post: Post) {
    let attempt = async {
        let mut outcome = Ok(());
        for _ in 0..post.times {
            outcome = attempt(http, &post).await;
        }
        outcome
    };
    let outcome = tokio::select! {
        outcome = attempt => outcome,
        () = desk.stopping.cancelled() => return,
    };
    let recorded = desk.act(|store| {
        deliveries::finish(store, &post.delivery, outcome, milliseconds_now());
        Ok(())
    });
    // Unrecorded is undelivered: it is posted again after the next start.
    drop(recorded);
}

async fn attempt(http: &reqwest::Client, post: &Post) -> Result<(), String> {
    let signature = sign(&post.secret, post.signed_at, &post.body);
    let request = http
        .post(&post.url)
        .header("Content-Type", "application/json; charset=utf-8")
        .header("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
        .header("Stripe-Signature", signature)
        .body(post.body.clone());
    match request.send().await {
        Ok(response) if response.status().is_success() => Ok(()),
        Ok(response) => Err(format!("status {}", response.status().as_u16())),
        Err(error) => Err(format!("no answer: {error}")),
    }
}

/// The `Stripe-Signature` header: <https://docs.stripe.com/webhooks#verify-manually>.
fn sign(secret: &str, at: i64, body: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return format!("t={at}");
    };
    mac.update(format!("{at}.{body}").as_bytes());
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={at},v1={hex}")
}

#[cfg(test)]
mod tests {
    use super::sign;

    #[test]
    fn a_signature_is_the_hmac_of_time_and_body() {
        // Computed with openssl: printf '1.{}' | openssl dgst -sha256 -hmac whsec_test
        let expected = "t=1,v1=7500d5d4be4b3ef07af1fe56f7d522d135cdaa7530de557e67cc1049c52de094";
        assert_eq!(sign("whsec_test", 1, "{}"), expected);
    }
}
