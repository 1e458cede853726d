//! The stories: what can become of an order, how often it does, and how each is meant to end.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use tokio::time::sleep;

use crate::simulate::people::No;
use crate::simulate::scene::{Payer, Scene, Stop};

type Told = Result<(), Stop>;

/// Something that can become of an order.
pub(crate) struct Story {
    pub(crate) name: &'static str,
    /// Of every [`DECK`] orders, so many.
    pub(crate) weight: usize,
    pub(crate) payer: Payer,
    /// What happens.
    pub(crate) plot: &'static str,
    /// How it ends: the status, and the reason of a cancellation. A race has two good ends.
    pub(crate) ends: &'static [&'static str],
    act: for<'s> fn(&'s mut Scene) -> BoxFuture<'s, Told>,
}

const DONE: &[&str] = &["COMPLETED"];
const BY_CUSTOMER: &[&str] = &["CANCELLED customer"];
const DECLINED: &[&str] = &["CANCELLED payment_declined"];

/// How many orders a deck of stories is for.
pub(crate) const DECK: usize = 50;

/// Every story. The weights come to [`DECK`].
#[rustfmt::skip]
pub(crate) const STORIES: &[Story] = &[
    story("straight",          8, Payer::Good,     "ordered, taken, bought, brought",                                DONE,        |s| straight(s).boxed()),
    story("receipt_below",     3, Payer::Good,     "the till says less than was estimated",                          DONE,        |s| receipt_below(s).boxed()),
    story("consent_yes",       1, Payer::Good,     "the till says more than is held; the customer agrees",           DONE,        |s| consent_yes(s).boxed()),
    story("consent_no",        1, Payer::Good,     "… the customer does not; the runner gives it back",              BY_CUSTOMER, |s| consent_no(s).boxed()),
    story("consent_silence",   1, Payer::Good,     "… the customer does not answer; the runner buys less",           DONE,        |s| consent_silence(s).boxed()),
    story("catalogue",         4, Payer::Good,     "ordered from a price list",                                      DONE,        |s| catalogue(s).boxed()),
    story("cancelled",         2, Payer::Good,     "the customer calls it off before anybody takes it",              BY_CUSTOMER, |s| cancelled(s).boxed()),
    story("cancel_race",       2, Payer::Good,     "the customer calls it off while a runner takes it",              &["COMPLETED", "CANCELLED customer"], |s| cancel_race(s).boxed()),
    story("withdrawn",         2, Payer::Good,     "the runner gives it back; another takes it",                     DONE,        |s| withdrawn(s).boxed()),
    story("expired",           2, Payer::Good,     "nobody takes it",                                                &["CANCELLED expired"], |s| expired(s).boxed()),
    story("overdue",           1, Payer::Good,     "the runner does not bring it; the customer calls it off",        &["CANCELLED runner_failed"], |s| overdue(s).boxed()),
    story("declined",          2, Payer::Declined, "the bank says no",                                               DECLINED,    |s| nothing(s, "CANCELLED").boxed()),
    story("no_card",           1, Payer::Broke,    "there is no card",                                               &["CANCELLED no_payment_method"], |s| nothing(s, "CANCELLED").boxed()),
    story("bank_asks_yes",     2, Payer::Secured,  "the bank wants to see the customer (3-D Secure), and does",      DONE,        |s| bank_asks_yes(s).boxed()),
    story("bank_asks_no",      1, Payer::Secured,  "… and is not convinced",                                         DECLINED,    |s| bank_asks_no(s).boxed()),
    story("bank_asks_silence", 1, Payer::Secured,  "… and never does",                                               &["CANCELLED action_timed_out"], |s| bank_asks_silence(s).boxed()),
    story("no_show",           1, Payer::Good,     "nobody opens; the runner waits and leaves it at the door",       DONE,        |s| no_show(s).boxed()),
    story("confirmed",         2, Payer::Good,     "the customer says that it is there, without a PIN",              DONE,        |s| confirmed(s).boxed()),
    story("wrong_pin",         2, Payer::Good,     "the first PIN is wrong",                                         DONE,        |s| wrong_pin(s).boxed()),
    story("refund_runner",     1, Payer::Good,     "the food was spoilt; the runner's pay goes back",                DONE,        |s| refund_runner(s).boxed()),
    story("refund_platform",   1, Payer::Good,     "something was missing; the platform pays half of it",            DONE,        |s| refund_platform(s).boxed()),
    story("operator_cancels",  1, Payer::Good,     "an operator calls it off on the way",                            &["CANCELLED operator"], |s| operator_cancels(s).boxed()),
    story("tipped",            2, Payer::Good,     "the customer tips afterwards",                                   DONE,        |s| tipped(s).boxed()),
    story("rated",             2, Payer::Good,     "both sides rate each other",                                     DONE,        |s| rated(s).boxed()),
    story("lost_network",      2, Payer::Good,     "every answer gets lost once; everybody asks again",              DONE,        |s| lost_network(s).boxed()),
    story("two_runners",       2, Payer::Good,     "two runners take it at once",                                    DONE,        |s| two_runners(s).boxed()),
];

const fn story(
    name: &'static str,
    weight: usize,
    payer: Payer,
    plot: &'static str,
    ends: &'static [&'static str],
    act: for<'s> fn(&'s mut Scene) -> BoxFuture<'s, Told>,
) -> Story {
    Story { name, weight, payer, plot, ends, act }
}

impl Story {
    /// Plays it.
    pub(crate) async fn play(&self, scene: &mut Scene) -> Told {
        (self.act)(scene).await
    }
}

/// Which story the order of this number tells: the next card of a shuffled deck, so that every story comes in every deck.
pub(crate) fn of_order(seed: u64, number: usize) -> usize {
    let mut deck: Vec<usize> =
        STORIES.iter().enumerate().flat_map(|(index, story)| std::iter::repeat_n(index, story.weight)).collect();
    deck.shuffle(&mut chance(seed, number / DECK));
    deck[number % DECK]
}

/// What is left to chance about the `number`-th thing: the same for the same seed.
pub(crate) fn chance(seed: u64, number: usize) -> StdRng {
    StdRng::seed_from_u64(seed ^ (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// The table, for `--help`.
pub(crate) fn mix() -> String {
    let line = |story: &Story| format!("  {:>2}  {:<18} {}\n", story.weight, story.name, story.plot);
    format!("Of every {DECK} orders:\n{}", STORIES.iter().map(line).collect::<String>())
}

// --- bought and brought ----------------------------------------------------------------------------------------------

async fn straight(s: &mut Scene) -> Told {
    s.order().await?;
    s.accept().await?;
    s.carry(s.estimate_cents).await
}

async fn receipt_below(s: &mut Scene) -> Told {
    s.order().await?;
    s.accept().await?;
    let receipt = s.estimate_cents * s.chance.random_range(50..95) / 100;
    s.carry(receipt).await
}

async fn catalogue(s: &mut Scene) -> Told {
    s.order_from_list().await?;
    s.accept().await?;
    s.carry(s.estimate_cents).await
}

async fn wrong_pin(s: &mut Scene) -> Told {
    bring(s).await?;
    let pin = s.pin().await?;
    let wrong = (pin.parse::<u32>().unwrap_or_default() + s.chance.random_range(1..10_000)) % 10_000;
    s.refused(s.hand_over(Some(&format!("{wrong:04}"))).await, &["wrong_pin"])?;
    s.hand_over(Some(&pin)).await?;
    s.completed().await
}

async fn confirmed(s: &mut Scene) -> Told {
    bring(s).await?;
    s.customers("confirm", json!({})).await?;
    s.completed().await
}

async fn no_show(s: &mut Scene) -> Told {
    bring(s).await?;
    s.runners("arrive", json!({})).await?;
    s.until_due("no_show", |_| true).await?;
    s.hand_over(None).await?;
    s.completed().await
}

async fn lost_network(s: &mut Scene) -> Told {
    s.loses_network = true;
    straight(s).await
}

/// Up to the customer's door.
async fn bring(s: &mut Scene) -> Told {
    s.order().await?;
    s.accept().await?;
    s.buy(s.estimate_cents).await?;
    s.depart().await
}

// --- more than what is held ------------------------------------------------------------------------------------------

async fn consent_yes(s: &mut Scene) -> Told {
    let receipt = ask_for_more(s).await?;
    s.customers("answer", json!({ "agree": true })).await?;
    s.until("the rest to be held", |order| order["change"]["state"] == "agreed").await?;
    s.carry(receipt).await
}

async fn consent_no(s: &mut Scene) -> Told {
    ask_for_more(s).await?;
    s.customers("answer", json!({ "agree": false })).await?;
    s.runners("withdraw", json!({})).await?;
    s.customers("cancel", json!({ "reason": "too dear" })).await?;
    Ok(())
}

async fn consent_silence(s: &mut Scene) -> Told {
    ask_for_more(s).await?;
    s.until_due("consent", |order| order["change"]["state"] == "refused").await?;
    s.carry(s.estimate_cents).await
}

/// The till says more than what is held; returns how much.
async fn ask_for_more(s: &mut Scene) -> Result<i64, Stop> {
    s.order().await?;
    s.accept().await?;
    let receipt = s.spendable_cents + s.chance.random_range(50..=300);
    s.runners("advance", json!({ "to": "PLACED", "receipt_cents": receipt })).await?;
    s.until("the question", |order| order["change"]["state"] == "asked").await?;
    Ok(receipt)
}

// --- not taken, given back, called off -------------------------------------------------------------------------------

async fn cancelled(s: &mut Scene) -> Told {
    s.order().await?;
    s.customers("cancel", json!({ "reason": "changed my mind" })).await?;
    Ok(())
}

async fn cancel_race(s: &mut Scene) -> Told {
    s.order().await?;
    // From before the runner has it until after, however fast the platform is.
    let hesitates = Duration::from_millis(1 << s.chance.random_range(0..12));
    let cancel = async {
        sleep(hesitates).await;
        s.customers("cancel", json!({})).await
    };
    let (cancel, accept) = tokio::join!(cancel, s.runners("accept", json!({})));
    if cancel.is_ok() {
        return s.refused(accept, &["closed"]);
    }
    s.refused(cancel, &["runner_has_it"])?;
    accept?;
    s.carry(s.estimate_cents).await
}

async fn withdrawn(s: &mut Scene) -> Told {
    s.order().await?;
    s.accept().await?;
    s.runners("withdraw", json!({})).await?;
    s.runner = Arc::clone(&s.other_runner);
    s.accept().await?;
    s.carry(s.estimate_cents).await
}

async fn two_runners(s: &mut Scene) -> Told {
    s.order().await?;
    let (mut one, mut other) = tokio::join!(s.runners("accept", json!({})), s.others("accept", json!({})));
    if one.is_err() {
        s.runner = Arc::clone(&s.other_runner);
        std::mem::swap(&mut one, &mut other);
    }
    one?;
    s.refused(other, &["already_taken"])?;
    s.carry(s.estimate_cents).await
}

async fn expired(s: &mut Scene) -> Told {
    s.order().await?;
    s.until_due("acceptance", |order| order["status"] == "CANCELLED").await
}

async fn overdue(s: &mut Scene) -> Told {
    s.order().await?;
    s.accept().await?;
    if s.chance.random() {
        s.buy(s.estimate_cents).await?;
    }
    s.refused(s.customers("cancel", json!({})).await, &["runner_has_it"])?;
    s.until_due("delivery", |order| order["overdue"] == true).await?;
    s.customers("cancel", json!({ "reason": "too late" })).await?;
    Ok(())
}

async fn operator_cancels(s: &mut Scene) -> Told {
    bring(s).await?;
    s.operators("cancel", json!({ "note": "the building is closed" })).await?;
    Ok(())
}

// --- cards that do not do --------------------------------------------------------------------------------------------

async fn nothing(s: &mut Scene, status: &str) -> Told {
    s.place_errand(status).await
}

async fn bank_asks_yes(s: &mut Scene) -> Told {
    s.place_errand("ACTION_REQUIRED").await?;
    s.answer_bank("complete").await?;
    s.until("the hold", |order| order["status"] == "CREATED").await?;
    s.accept().await?;
    s.carry(s.estimate_cents).await
}

async fn bank_asks_no(s: &mut Scene) -> Told {
    s.place_errand("ACTION_REQUIRED").await?;
    s.answer_bank("fail").await?;
    s.until("the end", |order| order["status"] == "CANCELLED").await
}

async fn bank_asks_silence(s: &mut Scene) -> Told {
    s.place_errand("ACTION_REQUIRED").await?;
    s.until_due("action", |order| order["status"] == "CANCELLED").await
}

// --- afterwards ------------------------------------------------------------------------------------------------------

async fn refund_runner(s: &mut Scene) -> Told {
    straight(s).await?;
    let all = s.final_cents;
    s.customers("problem", json!({ "kind": "quality", "text": "cold and spilt" })).await?;
    s.has_task("problem_reported").await?;
    s.operators("refund", json!({ "bearer": "runner", "reason": "spilt" })).await?;
    s.until("the refund", |order| order["money"]["refunded_cents"] == all).await?;
    s.operators("resolve", json!({ "note": "refunded" })).await?;
    Ok(())
}

async fn refund_platform(s: &mut Scene) -> Told {
    straight(s).await?;
    let half = s.final_cents / 2;
    s.customers("problem", json!({ "kind": "wrong_items" })).await?;
    let refund = json!({ "bearer": "platform", "reason": "half was missing", "amount_cents": half });
    s.finances("refund", refund).await?;
    s.until("the refund", |order| order["money"]["refunded_cents"] == half).await?;
    s.operators("resolve", json!({ "note": "half refunded" })).await?;
    Ok(())
}

async fn tipped(s: &mut Scene) -> Told {
    straight(s).await?;
    let tip = s.chance.random_range(1..=10) * 50;
    let all = s.final_cents + tip;
    s.customers("tip", json!({ "tip_cents": tip })).await?;
    s.until("the tip", |order| order["money"]["captured_cents"] == all).await
}

async fn rated(s: &mut Scene) -> Told {
    straight(s).await?;
    let (customers, runners) = (s.chance.random_range(3..=5), s.chance.random_range(1..=5));
    s.customers("rate", json!({ "stars": customers, "comment": "still warm" })).await?;
    s.runners("rate", json!({ "stars": runners })).await?;
    Ok(())
}

impl From<No> for Stop {
    fn from(no: No) -> Self {
        Self::Failed(no.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deck_has_every_story() {
        assert_eq!(STORIES.iter().map(|story| story.weight).sum::<usize>(), DECK);
        for deck in 0..3 {
            let mut told: Vec<usize> = (deck * DECK..(deck + 1) * DECK).map(|number| of_order(7, number)).collect();
            told.sort_unstable();
            told.dedup();
            assert_eq!(told.len(), STORIES.len());
        }
    }

    #[test]
    fn the_same_seed_tells_the_same_stories() {
        let told = |seed| (0..2 * DECK).map(|number| of_order(seed, number)).collect::<Vec<_>>();
        assert_eq!(told(7), told(7));
        assert_ne!(told(7), told(8));
        assert_ne!(told(7)[..DECK], told(7)[DECK..]);
    }
}
