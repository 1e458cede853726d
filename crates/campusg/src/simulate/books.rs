//! The books afterwards: every order's audit, what the money comes to, and whether Stripe's books say the same.

use std::collections::BTreeMap;

use anyhow::anyhow;
use futures::{StreamExt, TryStreamExt};
use serde::Deserialize;
use serde_json::Value;

use crate::simulate::people::{No, Person};

/// Audits that are asked for at the same time.
const AT_ONCE: usize = 16;

/// What `GET /api/v1/ops/orders/{id}/audit` says, as far as it matters here.
#[derive(Deserialize)]
struct Audit {
    order_id: String,
    postings: Vec<Posting>,
    balances: BTreeMap<String, i64>,
    checks: Vec<Check>,
    ok: bool,
}

#[derive(Deserialize)]
struct Posting {
    what: String,
    account: String,
    amount_cents: i64,
}

#[derive(Deserialize)]
struct Check {
    name: String,
    ok: bool,
    detail: String,
}

/// One order's money as both sides know it. The names are those of `GET /sandbox/books`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
struct Book {
    held: i64,
    captured: i64,
    refunded: i64,
    transferred: i64,
    reversed: i64,
    fees: i64,
    disputed: i64,
}

/// What all that was moved comes to, in cents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) placed: i64,
    pub(crate) held: i64,
    pub(crate) still_held: i64,
    pub(crate) captured: i64,
    pub(crate) refunded: i64,
    pub(crate) paid_out: i64,
    pub(crate) reversed: i64,
    pub(crate) tips: i64,
    pub(crate) platform: i64,
    pub(crate) fees: i64,
}

/// What the books say.
#[derive(Default)]
pub(crate) struct Books {
    pub(crate) audited: usize,
    /// Orders without any money: there is nothing to audit.
    pub(crate) without_money: usize,
    /// What does not hold, and of which order.
    pub(crate) wrong: Vec<String>,
    pub(crate) sums: Sums,
    ours: BTreeMap<String, Book>,
}

/// The ledger of everybody's orders, page by page.
#[derive(Default)]
pub(crate) struct Whole {
    pub(crate) orders: u64,
    pub(crate) wrong: u64,
    /// All accounts together: zero, or something is neither here nor there.
    pub(crate) sum: i64,
}

/// Whether Stripe says the same.
pub(crate) struct Comparison {
    pub(crate) compared: usize,
    /// Where it does not.
    pub(crate) different: Vec<String>,
}

impl Books {
    /// Audits these orders, one by one.
    pub(crate) async fn audit(finance: &Person, order_ids: &[String]) -> anyhow::Result<Self> {
        let audits = order_ids.iter().map(|order_id| audit(finance, order_id));
        let audits: Vec<Option<Audit>> = futures::stream::iter(audits).buffered(AT_ONCE).try_collect().await?;
        let mut books = Self::default();
        for (order_id, audit) in order_ids.iter().zip(audits) {
            match audit {
                Some(audit) => books.add(&audit),
                None => {
                    books.without_money += 1;
                    books.ours.insert(order_id.clone(), Book::default());
                }
            }
        }
        Ok(books)
    }

    fn add(&mut self, audit: &Audit) {
        let Self { audited, wrong, sums, ours, .. } = self;
        *audited += 1;
        let bad = audit.checks.iter().filter(|check| !check.ok);
        wrong.extend(bad.map(|check| format!("{}: {}: {}", audit.order_id, check.name, check.detail)));
        if !audit.ok && audit.checks.iter().all(|check| check.ok) {
            wrong.push(format!("{}: not ok, and no check says why", audit.order_id));
        }
        let book = audit.book();
        sums.held += audit.moved("held", &["hold"]);
        sums.still_held += book.held;
        sums.captured += book.captured;
        sums.refunded += book.refunded;
        sums.paid_out += book.transferred;
        sums.reversed += book.reversed;
        sums.tips += -audit.moved("customer", &["tip"]);
        sums.platform += audit.balance("platform");
        sums.fees += book.fees;
        ours.insert(audit.order_id.clone(), book);
    }

    /// Compares each order with Stripe's sandbox, to the cent. Nothing when there is none.
    pub(crate) async fn compare(&self, stripe: &str) -> anyhow::Result<Option<Comparison>> {
        let http = reqwest::Client::builder().no_proxy().build()?;
        let answer = http.get(format!("{stripe}/sandbox/books")).send().await?;
        if !answer.status().is_success() {
            return Ok(None);
        }
        let theirs: BTreeMap<String, Book> = answer.json().await?;
        let mut different = Vec::new();
        for (order_id, ours) in &self.ours {
            let theirs = theirs.get(order_id).copied().unwrap_or_default();
            if *ours != theirs {
                different.push(format!("{order_id}: {}", differences(ours, &theirs)));
            }
        }
        Ok(Some(Comparison { compared: self.ours.len(), different }))
    }
}

/// An order that never had any money has no books.
async fn audit(finance: &Person, order_id: &str) -> anyhow::Result<Option<Audit>> {
    match finance.get("audit", &format!("/api/v1/ops/orders/{order_id}/audit")).await {
        Ok(audit) => Ok(Some(serde_json::from_value(audit)?)),
        Err(No::Refused { code, .. }) if code == "not_found" => Ok(None),
        Err(no) => Err(anyhow!("the audit of {order_id}: {no}")),
    }
}

impl Audit {
    /// What came to an account when this happened.
    fn moved(&self, account: &str, whats: &[&str]) -> i64 {
        let of = |posting: &&Posting| posting.account == account && whats.contains(&posting.what.as_str());
        self.postings.iter().filter(of).map(|posting| posting.amount_cents).sum()
    }

    fn balance(&self, account: &str) -> i64 {
        self.balances.get(account).copied().unwrap_or_default()
    }

    fn book(&self) -> Book {
        Book {
            held: self.balance("held"),
            captured: -self.moved("customer", &["capture", "tip"]),
            refunded: self.moved("customer", &["refund", "refund_failed"]),
            transferred: self.moved("runner", &["payout", "tip_payout"]),
            reversed: -self.moved("runner", &["reversal"]),
            fees: self.balance("stripe_fees"),
            disputed: self.balance("disputes"),
        }
    }
}

fn differences(ours: &Book, theirs: &Book) -> String {
    let figures = [
        ("held", ours.held, theirs.held),
        ("captured", ours.captured, theirs.captured),
        ("refunded", ours.refunded, theirs.refunded),
        ("transferred", ours.transferred, theirs.transferred),
        ("reversed", ours.reversed, theirs.reversed),
        ("fees", ours.fees, theirs.fees),
        ("disputed", ours.disputed, theirs.disputed),
    ];
    let different = figures.into_iter().filter(|(_, ours, theirs)| ours != theirs);
    different.map(|(name, ours, theirs)| format!("{name} {ours}, at Stripe {theirs}")).collect::<Vec<_>>().join("; ")
}

/// Looks through the whole ledger.
pub(crate) async fn whole(finance: &Person) -> anyhow::Result<Whole> {
    let mut whole = Whole::default();
    let mut path = "/api/v1/ops/audit?limit=1000".to_owned();
    loop {
        let page = finance.get("audits", &path).await.map_err(|no| anyhow!("the whole ledger: {no}"))?;
        whole.orders += page["orders"].as_u64().unwrap_or_default();
        whole.wrong += page["wrong"].as_array().map_or(0, |wrong| wrong.len() as u64);
        let balances = page["balances"].as_object().into_iter().flatten();
        whole.sum += balances.filter_map(|(_, cents)| cents.as_i64()).sum::<i64>();
        match page["next"].as_str() {
            Some(next) => path = format!("/api/v1/ops/audit?limit=1000&cursor={next}"),
            None => return Ok(whole),
        }
    }
}

/// What an operator finds among the tasks about these orders.
pub(crate) async fn tasks(operator: &Person, order_ids: &[String]) -> anyhow::Result<Vec<Value>> {
    let answer = operator.get("tasks", "/api/v1/ops/tasks").await.map_err(|no| anyhow!("the tasks: {no}"))?;
    let tasks = answer["tasks"].as_array().cloned().unwrap_or_default();
    let ours = |task: &Value| task["order_id"].as_str().is_some_and(|id| order_ids.iter().any(|ours| ours == id));
    Ok(tasks.into_iter().filter(ours).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn audit() -> Audit {
        let posting =
            |what, account, amount_cents| json!({ "what": what, "account": account, "amount_cents": amount_cents });
        let postings = [
            posting("hold", "card_holds", -1_268),
            posting("hold", "held", 1_268),
            posting("capture", "customer", -1_090),
            posting("capture", "stripe", 1_090),
            posting("capture", "held", -1_268),
            posting("payout", "stripe", -1_090),
            posting("payout", "runner", 1_090),
            posting("stripe_fee", "platform", -88),
            posting("stripe_fee", "stripe_fees", 88),
        ];
        let balances = json!({ "held": 0, "platform": -88, "stripe_fees": 88 });
        let checks = [json!({ "name": "entries_balance", "ok": false, "detail": "off by 1" })];
        let audit =
            json!({ "order_id": "ord_1", "postings": postings, "balances": balances, "checks": checks, "ok": false });
        serde_json::from_value(audit).expect("an audit")
    }

    #[test]
    fn an_order_s_book_is_what_its_postings_say() {
        let book = Book { captured: 1_090, transferred: 1_090, fees: 88, ..Book::default() };
        assert_eq!(audit().book(), book);
        let theirs = Book { transferred: 1_000, ..book };
        assert_eq!(differences(&book, &theirs), "transferred 1090, at Stripe 1000");
    }

    #[test]
    fn a_failing_check_is_told_with_its_order() {
        let mut books = Books::default();
        books.add(&audit());
        assert_eq!(books.wrong, ["ord_1: entries_balance: off by 1"]);
        assert_eq!((books.sums.held, books.sums.captured, books.sums.platform), (1_268, 1_090, -88));
    }
}
