//! A person's money on the platform, line by line and in sums.

use std::sync::Arc;

use contracts::OrderId;
use contracts::orders::GetTally;
use contracts::payments::{GetWallet, WalletLine};
use poem::web::Data;
use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use crate::Shared;
use crate::auth::SignedIn;
use crate::docs::Tag;
use crate::money::MovementName;
use crate::orders::PAGE;
use crate::problem::{Documented, Failure};
use crate::refusals::{AWAY, INTERNAL, PAGING, Row, UNAUTHENTICATED};
use crate::scalars::{Ref, Time};
use crate::views::CurrencyName;

/// One line.
#[derive(Debug, Object)]
#[oai(rename = "WalletLine")]
pub(crate) struct Entry {
    /// The order.
    order_id: Ref<OrderId>,
    /// When.
    at: Time,
    /// What.
    kind: MovementName,
    /// Positive towards the person, negative from them.
    amount_cents: i64,
}

impl From<WalletLine> for Entry {
    fn from(line: WalletLine) -> Self {
        Self {
            order_id: Ref(line.order_id),
            at: Time(line.at),
            kind: line.kind.into(),
            amount_cents: line.amount_cents.0,
        }
    }
}

/// A person's money.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct Wallet {
    /// In what.
    currency: CurrencyName,
    /// Paid to them for deliveries, tips included, less what was taken back.
    earned_cents: i64,
    /// Taken from the customers of their deliveries, but not yet paid to them.
    waiting_cents: i64,
    /// Taken from their cards for their own orders, less what was given back.
    spent_cents: i64,
    /// Held on their cards now.
    held_cents: i64,
    /// Whether they have a payout account that can be paid.
    payable: bool,
    /// Newest order first.
    lines: Vec<Entry>,
    /// The `cursor` of the next page; absent on the last one.
    next: Option<String>,
}

/// What a person has done here, in numbers.
#[derive(Debug, Object)]
pub(crate) struct Dashboard {
    /// Orders that they placed.
    placed: u64,
    /// Of these, completed.
    received: u64,
    /// Of these, cancelled.
    cancelled: u64,
    /// Orders of others that they delivered.
    fulfilled: u64,
    /// Orders that they placed or deliver and that are not over.
    under_way: u64,
    /// In what the amounts are.
    currency: CurrencyName,
    /// Taken from their cards, less what was given back.
    spent_cents: i64,
    /// Held on their cards now.
    held_cents: i64,
    /// Paid to them for deliveries, tips included.
    earned_cents: i64,
    /// Taken for their deliveries, but not yet paid to them.
    waiting_cents: i64,
    /// Whether they have a payout account that can be paid.
    payable: bool,
}

pub(crate) struct Opening;

impl Documented for Opening {
    const PROBLEMS: &'static [Row] = &[PAGING, UNAUTHENTICATED, INTERNAL, AWAY];
}

pub(crate) struct Summing;

impl Documented for Summing {
    const PROBLEMS: &'static [Row] = &[UNAUTHENTICATED, INTERNAL, AWAY];
}

pub(crate) struct WalletApi;

#[OpenApi(tag = "Tag::Money")]
impl WalletApi {
    /// My money
    #[oai(path = "/api/v1/wallet", method = "get", operation_id = "getWallet")]
    async fn wallet(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// The `next` of the page before.
        #[oai(validator(min_length = 1, max_length = 200))]
        cursor: Query<Option<String>>,
        /// The lines of at most this many orders; 20 when absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u32>>,
    ) -> Result<Json<Wallet>, Failure<Opening>> {
        let question = GetWallet { user_id: caller.user_id, cursor: cursor.0, limit: limit.0.unwrap_or(PAGE) };
        let wallet = shared.ask(&question).await??;
        Ok(Json(Wallet {
            currency: wallet.currency.into(),
            earned_cents: wallet.earned_cents.0,
            waiting_cents: wallet.waiting_cents.0,
            spent_cents: wallet.spent_cents.0,
            held_cents: wallet.held_cents.0,
            payable: wallet.payable,
            lines: wallet.lines.into_iter().map(Into::into).collect(),
            next: wallet.next,
        }))
    }

    /// What I have done here, in numbers
    #[oai(path = "/api/v1/dashboard", method = "get", operation_id = "getDashboard")]
    async fn dashboard(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
    ) -> Result<Json<Dashboard>, Failure<Summing>> {
        let tally = GetTally { user_id: caller.user_id };
        let wallet = GetWallet { user_id: caller.user_id, cursor: None, limit: 1 };
        let (tally, wallet) = tokio::join!(shared.ask(&tally), shared.ask(&wallet));
        let (tally, wallet) = (tally??, wallet??);
        Ok(Json(Dashboard {
            placed: tally.placed,
            received: tally.received,
            cancelled: tally.cancelled,
            fulfilled: tally.fulfilled,
            under_way: tally.under_way,
            currency: wallet.currency.into(),
            spent_cents: wallet.spent_cents.0,
            held_cents: wallet.held_cents.0,
            earned_cents: wallet.earned_cents.0,
            waiting_cents: wallet.waiting_cents.0,
            payable: wallet.payable,
        }))
    }
}
