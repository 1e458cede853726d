//! What people may read about orders.

use chassis::{Entity, Fault, Reads};
use contracts::orders::{
    AskQuote, GetOrder, ListOffers, ListOrders, OfferPage, OrderPage, OrderView, QuoteView, Viewer,
};
use contracts::quote::SealedQuote;
use contracts::{Principal, Refused};

use crate::{Order, quote, store};

type Answer<T> = Result<Result<T, Refused>, Fault>;

pub(crate) async fn quote(reads: Reads, ask: AskQuote) -> Answer<QuoteView> {
    let quote = match quote::price(ask, reads.now()) {
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
    let found =
        store::of_person(&reads.db, ask.viewer.user_id, ask.side, ask.status, after, u64::from(limit) + 1).await;
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
    order.view(version, &Principal::User(viewer.user_id))
}

type Found = (Order, u64, store::Place);

/// Cuts off the one row too many that tells whether there is another page.
fn page(mut found: Vec<Found>, limit: u32) -> (Vec<Found>, Option<String>) {
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|(_, _, (at, id))| format!("{at}.{id}"));
    (found, next)
}

fn read_cursor(text: &str) -> Result<store::Place, ()> {
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
