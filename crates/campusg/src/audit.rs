//! `campusg audit`: whether every order's money is accounted for, here and at Stripe.
//!
//! Four things, in the order in which they are told: the checks of each order's books; the orders against the payments;
//! what stands still; Stripe's own books against ours.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail};
use chassis::{Bus, Clock, Config, inspect};
use clap::Args;
use contracts::orders::{ListOrderStandings, ListOrderTasks, OrderStanding, Status};
use contracts::payments::{
    AuditAll, AuditCheck, GetAudit, GetReconciliation, ListMoneyStandings, ListMoneyTasks, MoneyStage, MoneyStanding,
    PlanReconciliation, Reconcile, ReconciliationView,
};
use contracts::{MessageId, OrderId, Principal, Question, ReconciliationId};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use tokio::time::Instant;

use crate::live;

const BROKER_PATIENCE: Duration = Duration::from_secs(10);
/// Orders of a page.
const PAGE: u32 = 500;
/// What was on its way between two services is there after this.
const SETTLE: Duration = Duration::from_secs(2);
/// Longer than this a page of Stripe's statement does not take.
const READING: Duration = Duration::from_secs(120);
/// How often it is looked whether all of it is there.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// When a day's reconciliation is due, after midnight UTC.
const DUE: SignedDuration = SignedDuration::from_hours(3);
/// Days that are planned again at a start: while nothing ran, nothing was compared.
const DAYS_BACK: i64 = 2;
/// What an audit finds among the tasks; the others are for operators to settle, and nothing is lost.
const FINDINGS: [&str; 3] = ["stands_still", "differs_from_stripe", "unconfirmed_by_stripe"];

/// What `campusg audit` takes.
#[derive(Args)]
pub struct Arguments {
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Compare with what moved at Stripe since then, such as 2026-03-05T00:00:00Z; two days when absent
    #[arg(long)]
    since: Option<Timestamp>,
    /// Compare with what moved at Stripe before then; ten minutes ago when absent, so that what is under way is no difference
    #[arg(long)]
    until: Option<Timestamp>,
    /// Look at one order only, and not at Stripe's books
    #[arg(long)]
    order: Option<OrderId>,
}

/// Something that is not right.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// The order, if it is about one.
    pub order_id: Option<OrderId>,
    /// Stable: a check of the books, `orders_and_payments_agree`, `stands_still`, `differs_from_stripe`, ….
    pub check: String,
    /// In words.
    pub what: String,
}

/// What an audit looked at, and what it found.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Orders whose books were looked at.
    pub books: u64,
    /// Orders that were compared with their payments.
    pub orders: usize,
    /// The comparison with Stripe's books.
    pub reconciliation: Option<ReconciliationView>,
    /// What is not right.
    pub findings: Vec<Finding>,
}

/// Audits the platform that the settings name. Exits with 1 when something is not right.
///
/// # Errors
/// When the platform cannot be asked.
pub async fn run(arguments: Arguments, config: &Config) -> anyhow::Result<ExitCode> {
    let clock = Clock::from_setting(&config.section::<String>("clock.file")?)?;
    let bus = live::connect(config, &clock, BROKER_PATIENCE).await?;
    let report = match arguments.order {
        Some(order_id) => one(&bus, order_id).await?,
        None => all(&bus, &clock, arguments.since, arguments.until).await?,
    };
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print(&report);
    }
    Ok(if report.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(report: &Report) {
    for Finding { order_id, check, what } in &report.findings {
        let order = order_id.map_or_else(|| "-".to_owned(), |order_id| order_id.to_string());
        println!("WRONG  {order} {check}: {what}");
    }
    println!("{} orders' books checked, {} orders compared with their payments", report.books, report.orders);
    if let Some(read) = &report.reconciliation {
        println!(
            "{} of Stripe's balance transactions from {} until {} compared; {} about no order",
            read.transactions, read.from, read.until, read.unknown
        );
    }
    println!("{} findings", report.findings.len());
}

/// The audit of one order: its books, and whether it agrees with its payment.
///
/// # Errors
/// When the platform cannot be asked.
pub async fn one(bus: &Bus, order_id: OrderId) -> anyhow::Result<Report> {
    let audit = ask(bus, &GetAudit { order_id }).await?;
    let findings = failures(order_id, &audit.checks).collect();
    Ok(Report { books: 1, orders: 0, reconciliation: None, findings })
}

/// The audit of everything.
///
/// # Errors
/// When the platform cannot be asked.
pub async fn all(
    bus: &Bus,
    clock: &Clock,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
) -> anyhow::Result<Report> {
    let reconciliation = reconcile(bus, clock, since, until).await?;
    let (books, mut findings) = check_books(bus).await?;
    let (orders, disagreements) = compare(bus).await?;
    findings.extend(disagreements);
    findings.extend(from_tasks(bus).await?);
    findings.extend(reconciliation.unknown_lines.iter().map(|line| {
        let (check, source) = ("stripe_knows_the_order".to_owned(), &line.source);
        let what = format!("{source} moved {} at Stripe for no order of ours", line.amount_cents.0);
        Finding { order_id: None, check, what }
    }));
    findings.sort();
    findings.dedup();
    Ok(Report { books, orders, reconciliation: Some(reconciliation), findings })
}

async fn ask<Q: Question>(bus: &Bus, question: &Q) -> anyhow::Result<Q::Answer> {
    let answer = bus.ask(question).await.with_context(|| format!("{} cannot be asked", Q::OWNER))?;
    answer.map_err(|refused| anyhow::anyhow!("{} says: {}", Q::OWNER, refused.message))
}

fn failures(order_id: OrderId, checks: &[AuditCheck]) -> impl Iterator<Item = Finding> {
    let wrong = checks.iter().filter(|check| !check.ok);
    wrong.map(move |check| Finding { order_id: Some(order_id), check: check.name.clone(), what: check.detail.clone() })
}

/// The checks of every order's books.
async fn check_books(bus: &Bus) -> anyhow::Result<(u64, Vec<Finding>)> {
    let (mut books, mut findings, mut cursor) = (0, Vec::new(), None);
    loop {
        let page = ask(bus, &AuditAll { cursor, limit: PAGE }).await?;
        books += page.orders;
        findings.extend(page.wrong.iter().flat_map(|audit| failures(audit.order_id, &audit.checks)));
        cursor = page.next;
        if cursor.is_none() {
            return Ok((books, findings));
        }
    }
}

/// What services themselves found, and have as a task for operators.
async fn from_tasks(bus: &Bus) -> anyhow::Result<Vec<Finding>> {
    let mut tasks = ask(bus, &ListMoneyTasks {}).await?.tasks;
    tasks.extend(ask(bus, &ListOrderTasks {}).await?.tasks);
    let found = tasks.into_iter().filter(|task| FINDINGS.contains(&task.code.as_str()));
    Ok(found.map(|task| Finding { order_id: Some(task.order_id), check: task.code, what: task.what }).collect())
}

// --- orders against payments -----------------------------------------------------------------------------------------

/// What is on its way from one service to the other is no disagreement: only what is still there after a while is told.
async fn compare(bus: &Bus) -> anyhow::Result<(usize, BTreeSet<Finding>)> {
    let (orders, first) = disagreements(bus).await?;
    if first.is_empty() {
        return Ok((orders, first));
    }
    tokio::time::sleep(SETTLE).await;
    let (orders, second) = disagreements(bus).await?;
    Ok((orders, second.intersection(&first).cloned().collect()))
}

async fn disagreements(bus: &Bus) -> anyhow::Result<(usize, BTreeSet<Finding>)> {
    let mut orders = BTreeMap::new();
    let mut cursor = None;
    loop {
        let page = ask(bus, &ListOrderStandings { cursor, limit: PAGE }).await?;
        orders.extend(page.standings.into_iter().map(|standing| (standing.order_id, standing)));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let mut money = BTreeMap::new();
    loop {
        let page = ask(bus, &ListMoneyStandings { cursor, limit: PAGE }).await?;
        money.extend(page.standings.into_iter().map(|standing| (standing.order_id, standing)));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    Ok((orders.len(), cross_check(&orders, &money)))
}

/// Where orders and payments do not agree.
#[must_use]
pub fn cross_check(
    orders: &BTreeMap<OrderId, OrderStanding>,
    money: &BTreeMap<OrderId, MoneyStanding>,
) -> BTreeSet<Finding> {
    let finding = |order_id: OrderId, what: String| Finding {
        order_id: Some(order_id),
        check: "orders_and_payments_agree".to_owned(),
        what,
    };
    let of_orders = orders.values().filter_map(|order| {
        let what = disagreement(order, money.get(&order.order_id))?;
        Some(finding(order.order_id, format!("{} but {what}", order.status.name())))
    });
    let without = money
        .values()
        .filter(|standing| standing.stage != MoneyStage::Nothing && !orders.contains_key(&standing.order_id));
    let without = without.map(|standing| finding(standing.order_id, "there is money, but no such order".to_owned()));
    of_orders.chain(without).collect()
}

/// What is wrong with an order's money, given where the order stands.
fn disagreement(order: &OrderStanding, money: Option<&MoneyStanding>) -> Option<&'static str> {
    use MoneyStage as Money;
    let needs_payment = match order.status {
        Status::Pending | Status::Cancelled => false,
        Status::ActionRequired
        | Status::Created
        | Status::Claimed
        | Status::Accepted
        | Status::Placed
        | Status::OnTheWay
        | Status::Delivered
        | Status::Completed => true,
    };
    let Some(money) = money else { return needs_payment.then_some("there is no payment") };
    match order.status {
        Status::Pending | Status::ActionRequired => money.over.then_some("its payment is over"),
        Status::Created | Status::Claimed | Status::Accepted | Status::Placed | Status::OnTheWay => match money.stage {
            _ if money.over => Some("its payment is over"),
            Money::Held | Money::Captured => None,
            // The hold went away, or somebody gave the money back: an operator knows, or the order is about to end.
            Money::Released | Money::Refunded | Money::PaidOut => {
                money.tasks.is_empty().then_some("nothing is held for it")
            }
            Money::Nothing | Money::Declined | Money::ActionRequired => Some("nothing is held for it"),
        },
        Status::Delivered => match money.stage {
            _ if money.tried_again || !money.tasks.is_empty() => None,
            Money::PaidOut | Money::Refunded => None,
            Money::Nothing | Money::Declined | Money::ActionRequired | Money::Held | Money::Released => {
                Some("nobody takes its money")
            }
            Money::Captured => Some("nobody pays the runner"),
        },
        Status::Completed => match money.stage {
            Money::PaidOut | Money::Refunded => None,
            Money::Nothing
            | Money::Declined
            | Money::ActionRequired
            | Money::Held
            | Money::Released
            | Money::Captured => Some("its money did not get to the runner"),
        },
        Status::Cancelled if money.stage == Money::Nothing || money.stage == Money::Declined => None,
        Status::Cancelled if !money.over => Some("its payment does not know that it is over"),
        Status::Cancelled => (money.held_cents.0 > 0 && money.tasks.is_empty()).then_some("money is still held for it"),
    }
}

// --- Stripe's books --------------------------------------------------------------------------------------------------

fn platform() -> Principal {
    Principal::System(payments::PLATFORM.to_owned())
}

/// Has each day's reconciliation promised. Said at every start, and the same all day: what was planned is not planned twice.
///
/// # Errors
/// When the broker does not take it.
pub async fn plan(bus: &Bus, clock: &Clock) -> anyhow::Result<()> {
    let today = payments::day(clock.now());
    for day in today - DAYS_BACK..=today + 1 {
        let due_at = Timestamp::from_second(day * 24 * 60 * 60)? + DUE;
        let planned = PlanReconciliation { reconciliation_id: ReconciliationId::of_day(day), due_at };
        let id = MessageId::of_request(&platform(), "payments.plan_reconciliation", &day.to_string());
        bus.intend(&platform(), id, &planned, Duration::ZERO).await.context("the reconciliation cannot be planned")?;
    }
    Ok(())
}

/// Reads Stripe's statement and waits until all of it is beside the books.
async fn reconcile(
    bus: &Bus,
    clock: &Clock,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
) -> anyhow::Result<ReconciliationView> {
    let id = MessageId::of_request(&platform(), "payments.reconcile", &clock.now().as_microsecond().to_string());
    let reconciliation_id = ReconciliationId::of_request(id);
    let asked = Reconcile { reconciliation_id, since, until };
    bus.intend(&platform(), id, &asked, BROKER_PATIENCE).await.context("Stripe's books cannot be asked for")?;
    let (mut pages, mut give_up) = (0, Instant::now() + READING);
    let read = loop {
        let found = ask(bus, &GetReconciliation { reconciliation_id }).await?;
        if found.finished_at.is_some() {
            break found;
        }
        if found.pages > pages {
            (pages, give_up) = (found.pages, Instant::now() + READING);
            eprintln!("{} of Stripe's balance transactions read", found.transactions);
        }
        if Instant::now() > give_up {
            bail!("Stripe's books could not be read within {READING:?}: is Stripe away? (`campusg doctor`)");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    // A message is acknowledged when what follows from it is in the log: first the last page, then what it says of each order.
    handled(bus).await?;
    handled(bus).await?;
    Ok(read)
}

/// Waits until payments has handled what is in the log by now; what comes after it is nothing to wait for.
async fn handled(bus: &Bus) -> anyhow::Result<()> {
    let said = inspect::log_length(bus).await.map_err(anyhow::Error::from_boxed)?;
    let give_up = Instant::now() + READING;
    loop {
        let behind = inspect::behind(bus, said).await.map_err(anyhow::Error::from_boxed)?;
        let behind: Vec<_> = behind.into_iter().filter(|behind| keeps_books(&behind.consumer)).collect();
        if behind.is_empty() {
            return Ok(());
        }
        if Instant::now() > give_up {
            let names: Vec<_> = behind.iter().map(|behind| behind.consumer.as_str()).collect();
            eprintln!("not all that Stripe says is beside the books after {READING:?}: {} is behind", names.join(", "));
            return Ok(());
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// Whether this is one of the consumers of payments.
fn keeps_books(consumer: &str) -> bool {
    consumer.strip_prefix("payments").is_some_and(|rest| rest.starts_with('-'))
}
