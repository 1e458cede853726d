//! Waits until a platform that was just started can be used.

use std::time::Duration;

use anyhow::bail;
use chassis::Bus;
use contracts::orders::GetPolicy;
use contracts::users::{GetUser, UserView};
use gateway::people::{PEOPLE, Person};
use tokio::time::{Instant, sleep};

/// Longer than any start that ends well.
const PATIENCE: Duration = Duration::from_secs(90);
/// The cards of the others are there to be declined, some of them already when they are kept.
pub(crate) const GOOD_CARD: &str = "pm_card_visa";
const GLANCE: Duration = Duration::from_millis(25);
/// How often a slow start says what it waits for.
const TELL: Duration = Duration::from_secs(2);

/// Waits until the gateway says that it is ready, orders answer and, with the development sign-in, people can order and deliver.
///
/// # Errors
/// When that takes too long.
pub(crate) async fn wait(url: &str, bus: &Bus, is_dev: bool) -> anyhow::Result<()> {
    let http = reqwest::Client::new();
    until("the gateway", async || {
        let answer = http.get(format!("{url}/readyz")).send().await;
        answer.is_ok_and(|answer| answer.status().is_success())
    })
    .await?;
    // The first thing that anybody who orders asks for.
    until("prices", async || matches!(bus.ask(&GetPolicy {}).await, Ok(Ok(_)))).await?;
    for person in PEOPLE.iter().filter(|_| is_dev) {
        // Who brings neither a good card nor a good account has nothing to wait for.
        if person.payment_method == Some(GOOD_CARD) {
            let what = format!("{} to be able to pay", person.name);
            until(&what, async || is(bus, person, |user| user.can_pay).await).await?;
        }
        if person.can_be_paid() {
            let what = format!("{} to be able to be paid", person.name);
            until(&what, async || is(bus, person, |user| user.can_be_paid).await).await?;
        }
    }
    Ok(())
}

async fn is(bus: &Bus, person: &Person, ready: fn(&UserView) -> bool) -> bool {
    matches!(bus.ask(&GetUser { user_id: person.user_id() }).await, Ok(Ok(user)) if ready(&user))
}

async fn until(what: &str, is_ready: impl AsyncFn() -> bool) -> anyhow::Result<()> {
    let start = Instant::now();
    let mut told = start;
    while !is_ready().await {
        if start.elapsed() > PATIENCE {
            bail!("not ready: still waiting for {what} after {} s", PATIENCE.as_secs());
        }
        if told.elapsed() > TELL {
            told = Instant::now();
            eprintln!("waiting for {what}");
        }
        sleep(GLANCE).await;
    }
    Ok(())
}
