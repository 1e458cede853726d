//! Lists by time, page by page: a page costs what a page holds, however long the list is and however far one has read.

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select, Statement,
};

/// A place in a list: a time in milliseconds since the epoch and, among equals, an id.
pub type Place = (i64, String);

/// The first `limit` rows of `list` after a place, newest first. What `list` asks for should be one value of each column that
/// comes before `at` and `id` in an index: then no more rows are read than are given. An "or" is two lists: see [`newest_of`].
#[must_use]
pub fn newest<T: EntityTrait>(
    list: Select<T>,
    (at, id): (T::Column, T::Column),
    after: Option<&Place>,
    limit: u64,
) -> Select<T> {
    // Compared as a pair, which an index finds; "before then, or at that time and …" would read all that was read already.
    let rest = match after {
        Some(place) => list.filter(pair(at, id).lt(values(place))),
        None => list,
    };
    rest.order_by_desc(at).order_by_desc(id).limit(limit)
}

/// The same, oldest first.
#[must_use]
pub fn oldest<T: EntityTrait>(
    list: Select<T>,
    (at, id): (T::Column, T::Column),
    after: Option<&Place>,
    limit: u64,
) -> Select<T> {
    let rest = match after {
        Some(place) => list.filter(pair(at, id).gt(values(place))),
        None => list,
    };
    rest.order_by_asc(at).order_by_asc(id).limit(limit)
}

/// One page out of the pages of several lists, of the same length and after the same place; a row that is in more than one of
/// them is there once.
pub fn newest_of<M>(mut rows: Vec<M>, place: impl for<'a> Fn(&'a M) -> (i64, &'a str), limit: u64) -> Vec<M> {
    rows.sort_by(|one, other| place(other).cmp(&place(one)));
    rows.dedup_by(|one, other| place(one) == place(other));
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    rows
}

fn pair(at: impl ColumnTrait, id: impl ColumnTrait) -> Expr {
    Expr::tuple([at.into_expr(), id.into_expr()])
}

fn values((at, id): &Place) -> Expr {
    Expr::tuple([Expr::val(*at), Expr::val(id.as_str())])
}

/// How the database would go about a query, a step a line: for tests, which see whether an index serves it.
///
/// # Errors
/// When the database does not say.
pub async fn plan(db: &impl ConnectionTrait, query: &impl QueryTrait) -> Result<Vec<String>, DbErr> {
    let backend = db.get_database_backend();
    let (how, column) =
        if backend == DbBackend::Postgres { ("EXPLAIN", "QUERY PLAN") } else { ("EXPLAIN QUERY PLAN", "detail") };
    let mut statement: Statement = query.build(backend);
    statement.sql = format!("{how} {}", statement.sql);
    let steps = db.query_all_raw(statement).await?;
    steps.iter().map(|step| step.try_get("", column)).collect()
}
