//! Receipts: what was bought, what it cost and where each cent went, to be printed.

use std::sync::Arc;

use chassis::telemetry;
use contracts::OrderId;
use contracts::orders::{GetOrder, OrderView};
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use crate::Shared;
use crate::auth::SignedIn;
use crate::docs::Tag;
use crate::money::{self, Movement, Purse};
use crate::problem::{Documented, Failure};
use crate::refusals::{AWAY, INTERNAL, NOT_FOUND, Row, UNAUTHENTICATED};
use crate::scalars::{Ref, Time};
use crate::views::{BasisName, CancelReasonName, Line, Moment, Price, StatusName, Store};

/// Everything that belongs on paper. What of it is told depends on who asks.
#[derive(Debug, Object)]
#[oai(rename = "OrderReceipt", skip_serializing_if_is_none)]
pub(crate) struct Paper {
    /// The order.
    order_id: Ref<OrderId>,
    /// Where it stands.
    status: StatusName,
    /// Why it was cancelled.
    reason: Option<CancelReasonName>,
    /// Where it was bought.
    store: Store,
    /// How the prices came about.
    basis: BasisName,
    /// What was ordered.
    lines: Vec<Line>,
    /// What was agreed.
    price: Price,
    /// What the till receipt said, once it is known.
    receipt_cents: Option<i64>,
    /// What was tipped after the delivery.
    tipped_cents: Option<i64>,
    /// When it was ordered.
    placed_at: Option<Time>,
    /// What happened when, oldest first.
    timeline: Vec<Moment>,
    /// Where the money is; absent while nothing was asked of any bank.
    money: Option<Purse>,
    /// What happened to the money, oldest first.
    movements: Vec<Movement>,
    /// When this was printed.
    printed_at: Time,
}

pub(crate) struct Printing;

impl Documented for Printing {
    const PROBLEMS: &'static [Row] = &[UNAUTHENTICATED, NOT_FOUND, INTERNAL, AWAY];
}

pub(crate) struct ReceiptsApi;

#[OpenApi(tag = "Tag::Money")]
impl ReceiptsApi {
    /// An order's receipt
    ///
    /// For those who take part in the order: customers see what they paid and got back, runners what they were paid.
    #[oai(path = "/api/v1/orders/:id/receipt", method = "get", operation_id = "getReceipt")]
    async fn receipt(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// The order.
        id: Path<Ref<OrderId>>,
    ) -> Result<Json<Paper>, Failure<Printing>> {
        telemetry::join_story(&id.0.0);
        let question = GetOrder { order_id: id.0.0, viewer: caller.viewer() };
        let (view, money) = tokio::join!(shared.ask(&question), money::of(shared, &caller, id.0.0));
        let (view, money) = (view??, money?);
        let purse = money.as_ref().map(Purse::from);
        let movements = money.map(|money| money.movements).unwrap_or_default();
        Ok(Json(print(view, purse, movements.into_iter().map(Into::into).collect(), Time(shared.clock.now()))))
    }
}

fn print(view: OrderView, money: Option<Purse>, movements: Vec<Movement>, printed_at: Time) -> Paper {
    Paper {
        order_id: Ref(view.order_id),
        status: view.status.into(),
        reason: view.reason.map(Into::into),
        store: view.store.into(),
        basis: view.basis.into(),
        lines: view.lines.into_iter().map(Into::into).collect(),
        price: view.price.into(),
        receipt_cents: view.receipt_cents.map(|cents| cents.0),
        tipped_cents: view.tipped_cents.map(|cents| cents.0),
        placed_at: view.timeline.first().map(|moment| Time(moment.at)),
        timeline: view.timeline.into_iter().map(Into::into).collect(),
        money,
        movements,
        printed_at,
    }
}
