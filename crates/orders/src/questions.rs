//! What people may read about orders.

use chassis::page::Place;
use chassis::{Entity, Fault, Reads};
use contracts::orders::{
    AskQuote, GetMenu, GetOrder, GetPolicy, GetTally, ListOffers, ListOrderStandings, ListOrderTasks, ListOrders,
    ListSaved, ListVendors, Menu, OfferPage, OrderPage, OrderStanding, OrderStandings, OrderView, PolicyView,
    QuoteView, SavedBaskets, Side, Status, Tally, Vendors, Viewer,
};
use contracts::quote::SealedQuote;
use contracts::tasks::{Task, Tasks};
use contracts::{OrderId, Principal, Refused, VendorId};
use jiff::{SignedDuration, Timestamp};
use sea_orm::{EntityTrait, QuerySelect};

use crate::menus::{self, PriceList};
use crate::policy::Policy;
use crate::saved::{self, Shelf};
use crate::{Order, quote, store};

const TASKS_MAX: u64 = 500;
const VENDORS_MAX: u64 = 500;
/// A deadline that is told late is no order that stands still.
const STILL: SignedDuration = SignedDuration::from_mins(15);

type Answer<T> = Result<Result<T, Refused>, Fault>;

pub(crate) async fn quote(policy: Policy, reads: Reads, ask: AskQuote) -> Answer<QuoteView> {
    let list = match ask.vendor_id {
        Some(vendor) => price_list(&reads, vendor).await?.map(|(list, _)| list),
        None => None,
    };
    let quote = match quote::price(&policy, ask, list.as_ref(), reads.now()) {
        Ok(quote) => quote,
        Err(refused) => return Ok(Err(refused)),
    };
    let sealed = reads.sealer.seal(quote::SEAL, &quote).map_err(Fault::give_up)?;
    Ok(Ok(QuoteView { sealed: SealedQuote(sealed), quote }))
}

pub(crate) async fn get(reads: Reads, ask: GetOrder) -> Answer<OrderView> {
    let found = store::load(&reads.db, ask.order_id).await.map_err(Fault::retry)?;
    let visible = found.filter(|(order, _)| may_see(order, &ask.viewer));
    Ok(visible.map(|(order, version)| view(&order, version, &ask.viewer)).ok_or_else(not_found))
}

pub(crate) async fn list(reads: Reads, ask: ListOrders) -> Answer<OrderPage> {
    let Ok(after) = ask.cursor.as_deref().map(read_cursor).transpose() else { return Ok(Err(bad_cursor())) };
    let limit = ask.limit.clamp(1, 100);
    let text = ask.text.as_ref().map(contracts::Text::as_str);
    let wanted = store::Wanted { person: ask.viewer.user_id, side: ask.side, status: ask.status, text };
    let found = store::of_person(&reads.db, &wanted, after, u64::from(limit) + 1).await;
    let (found, next) = page(found.map_err(Fault::retry)?, limit);
    let orders = found.iter().map(|(order, version, _)| view(order, *version, &ask.viewer)).collect();
    Ok(Ok(OrderPage { orders, next }))
}

pub(crate) async fn offers(reads: Reads, ask: ListOffers) -> Answer<OfferPage> {
    let Ok(after) = ask.cursor.as_deref().map(read_cursor).transpose() else { return Ok(Err(bad_cursor())) };
    let limit = ask.limit.clamp(1, 100);
    let found = store::on_offer(&reads.db, ask.runner_id, after, u64::from(limit) + 1).await;
    let (found, next) = page(found.map_err(Fault::retry)?, limit);
    let now = reads.now();
    // The deadline's tick may still be on its way: what nobody can take is not shown.
    let offers = found.iter().filter_map(|(order, _, _)| order.offer()).filter(|offer| offer.until > now).collect();
    Ok(Ok(OfferPage { offers, next }))
}

fn may_see(order: &Order, viewer: &Viewer) -> bool {
    viewer.operator || order.customer_id == viewer.user_id || order.runner() == Some(viewer.user_id)
}

fn view(order: &Order, version: u64, viewer: &Viewer) -> OrderView {
    let takes_part = order.customer_id == viewer.user_id || order.runner() == Some(viewer.user_id);
    let in_office = viewer.operator && !takes_part;
    let principal = if in_office { Principal::Operator(viewer.user_id) } else { Principal::User(viewer.user_id) };
    order.view(version, &principal)
}

pub(crate) async fn tally(reads: Reads, ask: GetTally) -> Answer<Tally> {
    let mut tally = Tally::default();
    for side in [Side::Customer, Side::Runner] {
        for (status, count) in store::counts(&reads.db, ask.user_id, side).await.map_err(Fault::retry)? {
            let count = count.unsigned_abs();
            let is = |other: Status| status == other.name();
            match side {
                Side::Customer => {
                    tally.placed += count;
                    tally.received += if is(Status::Completed) { count } else { 0 };
                    tally.cancelled += if is(Status::Cancelled) { count } else { 0 };
                }
                Side::Runner => tally.fulfilled += if is(Status::Completed) { count } else { 0 },
            }
            tally.under_way += if is(Status::Completed) || is(Status::Cancelled) { 0 } else { count };
        }
    }
    Ok(Ok(tally))
}

pub(crate) async fn policy(policy: Policy, _: Reads, _: GetPolicy) -> Answer<PolicyView> {
    Ok(Ok(policy.view()))
}

pub(crate) async fn saved(reads: Reads, ask: ListSaved) -> Answer<SavedBaskets> {
    let row = saved::table::Entity::find_by_id(ask.user_id.to_string()).one(&reads.db).await.map_err(Fault::retry)?;
    let shelf = row.as_ref().map(chassis::entity::read::<Shelf>).transpose().map_err(Fault::give_up)?;
    Ok(Ok(SavedBaskets { saved: shelf.map(|(shelf, _)| shelf.saved).unwrap_or_default() }))
}

pub(crate) async fn vendors(reads: Reads, _: ListVendors) -> Answer<Vendors> {
    let rows = menus::table::Entity::find().limit(VENDORS_MAX).all(&reads.db).await.map_err(Fault::retry)?;
    let lists = rows.iter().map(chassis::entity::read::<PriceList>).collect::<Result<Vec<_>, _>>();
    let mut vendors: Vec<_> = lists.map_err(Fault::give_up)?.iter().map(|(list, _)| list.vendor()).collect();
    vendors.sort_by(|one, other| one.store.name.as_str().cmp(other.store.name.as_str()));
    Ok(Ok(Vendors { vendors }))
}

pub(crate) async fn menu(reads: Reads, ask: GetMenu) -> Answer<Menu> {
    let found = price_list(&reads, ask.vendor_id).await?;
    Ok(found
        .map(|(list, version)| list.menu(version))
        .ok_or_else(|| Refused::new("not_found", "There is no such vendor.")))
}

async fn price_list(reads: &Reads, vendor: VendorId) -> Result<Option<(PriceList, u64)>, Fault> {
    let row = menus::table::Entity::find_by_id(vendor.to_string()).one(&reads.db).await.map_err(Fault::retry)?;
    row.as_ref().map(chassis::entity::read::<PriceList>).transpose().map_err(Fault::give_up)
}

pub(crate) async fn tasks(reads: Reads, _: ListOrderTasks) -> Answer<Tasks> {
    let orders = store::with_tasks(&reads.db, TASKS_MAX).await.map_err(Fault::retry)?;
    let tasks = oldest(orders.iter().filter_map(task).collect());
    let then = reads.now() - STILL;
    let still = store::standing_still(&reads.db, then.as_millisecond(), TASKS_MAX).await.map_err(Fault::retry)?;
    // However many tasks there are, what stands still is among them.
    let still = oldest(still.iter().filter_map(|order| stands_still(order, then)).collect());
    let mut tasks = [tasks, still].concat();
    tasks.sort_by_key(|task| task.since);
    Ok(Ok(Tasks { tasks }))
}

fn oldest(mut tasks: Vec<Task>) -> Vec<Task> {
    tasks.sort_by_key(|task| task.since);
    tasks.truncate(TASKS_MAX as usize);
    tasks
}

/// An order that should have moved on before `then`: its deadline was lost, or whoever was to act on it has given up.
fn stands_still(order: &Order, then: Timestamp) -> Option<Task> {
    let since = order.waits_until().filter(|until| *until < then)?;
    let what = format!("The order is {} though that was to end by itself.", order.status().name());
    let todo = "See with `campusg doctor` what is parked or not running; cancel the order if nothing helps.".to_owned();
    Some(Task { order_id: order.id, code: "stands_still".to_owned(), since, what, todo })
}

pub(crate) async fn standings(reads: Reads, ask: ListOrderStandings) -> Answer<OrderStandings> {
    let Ok(after) = ask.cursor.as_deref().map(str::parse::<OrderId>).transpose() else { return Ok(Err(bad_cursor())) };
    let limit = ask.limit.clamp(1, 1_000);
    let mut found = store::page(&reads.db, after, u64::from(limit) + 1).await.map_err(Fault::retry)?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|order| order.id.to_string());
    let standing =
        |order: &Order| OrderStanding { order_id: order.id, status: order.status(), waits_until: order.waits_until() };
    Ok(Ok(OrderStandings { standings: found.iter().map(standing).collect(), next }))
}

fn task(order: &Order) -> Option<Task> {
    let (code, since) = order.task()?;
    let (what, todo) = match code {
        "hold_lost" => (
            "The bank let go of the money after the runner had bought the food.",
            "Talk to the customer about another card, or decide who bears the loss; then close it with a note.",
        ),
        "overdue" => {
            ("The delivery is late.", "Call the runner. The customer may cancel; you may too, and the hold is let go.")
        }
        _ => ("Somebody has reported a problem.", "Read the report, refund if it is due, and close it with a note."),
    };
    Some(Task { order_id: order.id, code: code.to_owned(), since, what: what.to_owned(), todo: todo.to_owned() })
}

type Found = (Order, u64, Place);

/// Cuts off the one row too many that tells whether there is another page.
fn page(mut found: Vec<Found>, limit: u32) -> (Vec<Found>, Option<String>) {
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|(_, _, (at, id))| format!("{at}.{id}"));
    (found, next)
}

fn read_cursor(text: &str) -> Result<Place, ()> {
    let (at, id) = text.split_once('.').ok_or(())?;
    let id: contracts::OrderId = id.parse().map_err(drop)?;
    Ok((at.parse().map_err(drop)?, id.to_string()))
}

fn not_found() -> Refused {
    Refused::new("not_found", "There is no such order.")
}

fn bad_cursor() -> Refused {
    Refused::new("bad_cursor", "This cursor does not come from a page of this list.")
}
