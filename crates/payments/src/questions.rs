//! What people may read about money.

use std::collections::BTreeMap;

use chassis::page::Place;
use chassis::{Fault, Reads};
use contracts::payments::{
    Audit, AuditAll, AuditSummary, CardView, Cards, FindPayment, FoundPayment, GetAudit, GetMoney, GetPages,
    GetReconciliation, GetWallet, ListCards, ListMoneyStandings, ListMoneyTasks, ListReconciliations, MoneyStanding,
    MoneyStandings, MoneyView, Pages, ReconciliationView, Reconciliations, Wallet,
};
use contracts::tasks::{Task, Tasks};
use contracts::{Cents, Currency, OrderId, Refused};
use sea_orm::DbErr;

use crate::audit::audit as prove;
use crate::patron::{self, Patron};
use crate::store::{patrons, payments as store, reconciliations};
use crate::trouble::{DIFFERS, UNCONFIRMED, finding};
use crate::views::{money_view, side, wallet_lines};

type Answer<T> = Result<Result<T, Refused>, Fault>;

/// At most so many tasks at once, and so many findings; the oldest come first.
const TASKS: u64 = 500;

/// Of those whose books are wrong, at most so many in one answer.
const WRONG: usize = 100;

pub(crate) async fn find(reads: Reads, ask: FindPayment) -> Answer<FoundPayment> {
    let found = store::find(&reads.db, &ask.stripe_id).await.map_err(Fault::retry)?;
    let order_id = found.and_then(|id| id.parse().ok());
    Ok(order_id.map(|order_id| FoundPayment { order_id }).ok_or_else(not_found))
}

pub(crate) async fn money(reads: Reads, ask: GetMoney) -> Answer<MoneyView> {
    let payment = store::load(&reads.db, ask.order_id).await.map_err(Fault::retry)?;
    let view = payment.and_then(|payment| Some(money_view(&payment, side(&payment, &ask.viewer)?)));
    Ok(view.ok_or_else(not_found))
}

pub(crate) async fn audit(reads: Reads, ask: GetAudit) -> Answer<Audit> {
    let payment = store::load(&reads.db, ask.order_id).await.map_err(Fault::retry)?;
    Ok(payment.as_ref().map(prove).ok_or_else(not_found))
}

pub(crate) async fn audit_all(reads: Reads, ask: AuditAll) -> Answer<AuditSummary> {
    let Ok(after) = ask.cursor.as_deref().map(str::parse::<OrderId>).transpose() else { return Ok(Err(bad_cursor())) };
    let limit = ask.limit.clamp(1, 1_000);
    let mut found = store::page(&reads.db, after, u64::from(limit) + 1).await.map_err(Fault::retry)?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|payment| payment.order_id.to_string());
    let mut summary = AuditSummary { orders: found.len() as u64, balances: BTreeMap::new(), wrong: Vec::new(), next };
    for payment in &found {
        let audit = prove(payment);
        for (account, cents) in &audit.balances {
            let balance = summary.balances.entry(account.clone()).or_default();
            *balance = *balance + *cents;
        }
        if !audit.ok && summary.wrong.len() < WRONG {
            summary.wrong.push(audit);
        }
    }
    Ok(Ok(summary))
}

pub(crate) async fn tasks(reads: Reads, _: ListMoneyTasks) -> Answer<Tasks> {
    let found = store::with_tasks(&reads.db, TASKS).await.map_err(Fault::retry)?;
    let of = |payment: &crate::Payment| {
        let tasks = payment.troubles.iter().map(|trouble| trouble.task(payment));
        tasks.collect::<Vec<_>>()
    };
    let tasks = oldest(found.iter().flat_map(of).collect());
    // However many tasks there are, what the audit finds is among them.
    let found = oldest(findings(&reads).await.map_err(Fault::retry)?);
    let mut tasks = [tasks, found].concat();
    tasks.sort_by_key(|task| task.since);
    Ok(Ok(Tasks { tasks }))
}

fn oldest(mut tasks: Vec<Task>) -> Vec<Task> {
    tasks.sort_by_key(|task| task.since);
    tasks.truncate(TASKS as usize);
    tasks
}

/// What the audit finds, at every write and by comparing with Stripe's books.
async fn findings(reads: &Reads) -> Result<Vec<Task>, DbErr> {
    let read = reconciliations::read(&reads.db).await?;
    let mut suspects = store::unsound(&reads.db, TASKS).await?;
    for (from, until) in read.periods() {
        let bounds = (from.as_millisecond(), until.as_millisecond());
        suspects.extend(store::unconfirmed(&reads.db, bounds, TASKS).await?);
    }
    suspects.sort_by_key(|payment| payment.order_id);
    suspects.dedup_by_key(|payment| payment.order_id);
    Ok(suspects.iter().filter_map(|payment| finding(payment, &read)).collect())
}

async fn differing(reads: &Reads) -> Result<u64, Fault> {
    let found = findings(reads).await.map_err(Fault::retry)?;
    Ok(found.iter().filter(|task| task.code == DIFFERS || task.code == UNCONFIRMED).count() as u64)
}

pub(crate) async fn reconciliation(reads: Reads, ask: GetReconciliation) -> Answer<ReconciliationView> {
    let found = reconciliations::load(&reads.db, ask.reconciliation_id).await.map_err(Fault::retry)?;
    let Some(found) = found else {
        return Ok(Err(Refused::new("not_found", "There is no such reconciliation.")));
    };
    Ok(Ok(found.view(differing(&reads).await?)))
}

pub(crate) async fn reconciliations(reads: Reads, ask: ListReconciliations) -> Answer<Reconciliations> {
    let limit = u64::from(ask.limit.clamp(1, 100));
    let found = reconciliations::newest(&reads.db, limit).await.map_err(Fault::retry)?;
    let differing = differing(&reads).await?;
    Ok(Ok(Reconciliations { reconciliations: found.iter().map(|found| found.view(differing)).collect() }))
}

pub(crate) async fn standings(reads: Reads, ask: ListMoneyStandings) -> Answer<MoneyStandings> {
    let Ok(after) = ask.cursor.as_deref().map(str::parse::<OrderId>).transpose() else { return Ok(Err(bad_cursor())) };
    let limit = ask.limit.clamp(1, 1_000);
    let mut found = store::page(&reads.db, after, u64::from(limit) + 1).await.map_err(Fault::retry)?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|payment| payment.order_id.to_string());
    let standing = |payment: &crate::Payment| MoneyStanding {
        order_id: payment.order_id,
        stage: payment.stage().money_stage(),
        held_cents: payment.held_cents(),
        over: payment.over_since.is_some(),
        tried_again: payment.again_at.is_some(),
        tasks: payment.troubles.iter().map(|trouble| trouble.kind.code().to_owned()).collect(),
    };
    Ok(Ok(MoneyStandings { standings: found.iter().map(standing).collect(), next }))
}

pub(crate) async fn wallet(reads: Reads, ask: GetWallet) -> Answer<Wallet> {
    let Ok(after) = ask.cursor.as_deref().map(read_cursor).transpose() else { return Ok(Err(bad_cursor())) };
    let (db, person, limit) = (&reads.db, ask.user_id, ask.limit.clamp(1, 100));
    let customer = store::spent_and_held(db, person).await.map_err(Fault::retry)?;
    let runner = store::earned_and_waiting(db, person).await.map_err(Fault::retry)?;
    let patron = patrons::load(db, person).await.map_err(Fault::retry)?;
    let found = store::of_person(db, person, after, u64::from(limit) + 1).await.map_err(Fault::retry)?;
    let (found, next) = page(found, limit);
    let cents = |sum: Option<i64>| Cents(sum.unwrap_or_default());
    Ok(Ok(Wallet {
        currency: found.first().map_or_else(Currency::default, |(payment, _)| payment.currency),
        earned_cents: cents(runner.first),
        waiting_cents: cents(runner.second),
        spent_cents: cents(customer.first),
        held_cents: cents(customer.second),
        payable: patron.as_ref().is_some_and(Patron::is_payable),
        lines: found.iter().flat_map(|(payment, _)| wallet_lines(payment, person)).collect(),
        next,
    }))
}

pub(crate) async fn cards(reads: Reads, ask: ListCards) -> Answer<Cards> {
    let patron = patrons::load(&reads.db, ask.user_id).await.map_err(Fault::retry)?;
    let patron = patron.unwrap_or_else(|| Patron::new(ask.user_id));
    let default = patron.default;
    let view = |card: patron::Card| CardView {
        default: default.as_ref() == Some(&card.payment_method),
        payment_method: card.payment_method,
        brand: card.brand,
        last4: card.last4,
        exp_month: card.exp_month,
        exp_year: card.exp_year,
    };
    Ok(Ok(Cards { cards: patron.cards.into_iter().map(view).collect() }))
}

pub(crate) async fn pages(reads: Reads, ask: GetPages) -> Answer<Pages> {
    let patron = patrons::load(&reads.db, ask.user_id).await.map_err(Fault::retry)?;
    let patron = patron.unwrap_or_else(|| Patron::new(ask.user_id));
    let payable = patron.is_payable();
    let open = |page: Option<patron::Page>| page.filter(|page| page.until > reads.now()).map(shown);
    Ok(Ok(Pages { card_setup: open(patron.card_page), onboarding: open(patron.onboarding_page), payable }))
}

fn shown(page: patron::Page) -> contracts::payments::Page {
    let patron::Page { number, url, until } = page;
    contracts::payments::Page { number, url: url.expose().to_owned(), until }
}

type Found = (crate::Payment, Place);

/// Cuts off the one row too many that tells whether there is another page.
fn page(mut found: Vec<Found>, limit: u32) -> (Vec<Found>, Option<String>) {
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|(_, (at, id))| format!("{at}.{id}"));
    (found, next)
}

fn read_cursor(text: &str) -> Result<Place, ()> {
    let (at, id) = text.split_once('.').ok_or(())?;
    let id: OrderId = id.parse().map_err(drop)?;
    Ok((at.parse().map_err(drop)?, id.to_string()))
}

fn not_found() -> Refused {
    Refused::new("not_found", "There is no such payment.")
}

fn bad_cursor() -> Refused {
    Refused::new("bad_cursor", "This cursor does not come from a page of this list.")
}
