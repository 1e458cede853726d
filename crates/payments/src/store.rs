//! The tables of payments, and the only SQL about them.

/// One order's money.
pub(crate) mod payments {
    use chassis::page::{self, Place};
    use chassis::{entity, names};
    use contracts::{OrderId, UserId};
    use sea_orm::entity::prelude::*;
    use sea_orm::sea_query::ExprTrait as _;
    use sea_orm::{FromQueryResult, QueryOrder, QuerySelect};

    use crate::Payment;

    /// `state` holds all of it; the other columns are what queries need.
    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "payments")]
    pub struct Model {
        /// `ord_…`
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        /// Counts the changes.
        pub version: i64,
        /// The payment as JSON.
        #[sea_orm(column_type = "Text")]
        pub state: String,
        /// How far it has come: `held`.
        pub stage: String,
        /// Who pays.
        #[sea_orm(nullable)]
        pub customer_id: Option<String>,
        /// Who is paid.
        #[sea_orm(nullable)]
        pub runner_id: Option<String>,
        /// When its first money moved; milliseconds since the epoch.
        #[sea_orm(nullable)]
        pub began_at: Option<i64>,
        /// Held on the customer's card now.
        pub held_cents: i64,
        /// Taken from the customer, less what was given back.
        pub spent_cents: i64,
        /// With the runner, less what was taken back.
        pub earned_cents: i64,
        /// The runner's, but not sent yet.
        pub waiting_cents: i64,
        /// Since when an operator has something to do; milliseconds since the epoch.
        #[sea_orm(nullable)]
        pub task_since: Option<i64>,
        /// Checks of the books that fail; nothing in rows that were not looked at since that is known.
        #[sea_orm(nullable, indexed)]
        pub unsound: Option<i32>,
        /// Since when something is in the books that Stripe's statement has not confirmed; milliseconds since the epoch.
        #[sea_orm(nullable, indexed)]
        pub unconfirmed_since: Option<i64>,
        /// The latest such moment.
        #[sea_orm(nullable)]
        pub unconfirmed_until: Option<i64>,
    }

    impl ActiveModelBehavior for ActiveModel {}

    pub(crate) async fn load(db: &impl ConnectionTrait, id: OrderId) -> Result<Option<Payment>, DbErr> {
        let row = Entity::find_by_id(id.to_string()).one(db).await?;
        Ok(row.as_ref().map(entity::read::<Payment>).transpose()?.map(|(payment, _)| payment))
    }

    /// The order that one of Stripe's objects is about: a PaymentIntent, a charge or a transfer.
    pub(crate) async fn find(db: &impl ConnectionTrait, stripe_id: &str) -> Result<Option<String>, DbErr> {
        // What is no id of Stripe's is nobody's name; PostgreSQL would not even take all of it.
        if !stripe_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return Ok(None);
        }
        names::find(db, stripe_id).await
    }

    /// Payments in the order of their ids, after `after`.
    pub(crate) async fn page(
        db: &impl ConnectionTrait,
        after: Option<OrderId>,
        limit: u64,
    ) -> Result<Vec<Payment>, DbErr> {
        let mut query = Entity::find();
        if let Some(after) = after {
            query = query.filter(Column::Id.gt(after.to_string()));
        }
        let rows = query.order_by_asc(Column::Id).limit(limit).all(db).await?;
        read_all(&rows)
    }

    /// Payments with something to do for an operator, oldest first.
    pub(crate) async fn with_tasks(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<Payment>, DbErr> {
        read_all(&tasks(limit).all(db).await?)
    }

    pub(crate) fn tasks(limit: u64) -> Select<Entity> {
        let list = Entity::find().filter(Column::TaskSince.is_not_null());
        page::oldest(list, (Column::TaskSince, Column::Id), None, limit)
    }

    /// Payments whose books were wrong when they were last written. Those that were not written since that is known are
    /// looked at by the audit of everything.
    pub(crate) async fn unsound(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<Payment>, DbErr> {
        let wrong = Entity::find().filter(Column::Unsound.gt(0)).order_by_asc(Column::Id).limit(limit);
        read_all(&wrong.all(db).await?)
    }

    /// Payments that may have something that Stripe's statement has not confirmed though it was read for that time.
    pub(crate) async fn unconfirmed(
        db: &impl ConnectionTrait,
        (from, until): (i64, i64),
        limit: u64,
    ) -> Result<Vec<Payment>, DbErr> {
        let (since, latest) = (Column::UnconfirmedSince, Column::UnconfirmedUntil);
        let query = Entity::find().filter(since.lt(until)).filter(latest.gte(from)).order_by_asc(since).limit(limit);
        read_all(&query.all(db).await?)
    }

    /// One person's payments in which money moved, on either side, newest first, after `after`.
    pub(crate) async fn of_person(
        db: &impl ConnectionTrait,
        person: UserId,
        after: Option<Place>,
        limit: u64,
    ) -> Result<Vec<(Payment, Place)>, DbErr> {
        let mut rows = Vec::new();
        for page in pages(person, after.as_ref(), limit) {
            rows.extend(page.all(db).await?);
        }
        let place = |row: &Model| (row.began_at.unwrap_or_default(), row.id.clone());
        let rows = page::newest_of(rows, |row| (row.began_at.unwrap_or_default(), row.id.as_str()), limit);
        rows.iter().map(|row| Ok((entity::read::<Payment>(row)?.0, place(row)))).collect()
    }

    /// A page for each of the sides: either has its index, both together have none.
    pub(crate) fn pages(person: UserId, after: Option<&Place>, limit: u64) -> [Select<Entity>; 2] {
        [Column::CustomerId, Column::RunnerId].map(|side| {
            let list = Entity::find().filter(side.eq(person.to_string())).filter(Column::BeganAt.is_not_null());
            page::newest(list, (Column::BeganAt, Column::Id), after, limit)
        })
    }

    /// Sums over everything that a person has to do with.
    #[derive(Clone, Copy, Debug, Default, FromQueryResult)]
    pub(crate) struct Sums {
        pub(crate) first: Option<i64>,
        pub(crate) second: Option<i64>,
    }

    /// What a customer has spent, and what is held on their cards.
    pub(crate) async fn spent_and_held(db: &impl ConnectionTrait, person: UserId) -> Result<Sums, DbErr> {
        sums(db, Column::CustomerId, person, Column::SpentCents, Column::HeldCents).await
    }

    /// What a runner has earned, and what is on its way to them.
    pub(crate) async fn earned_and_waiting(db: &impl ConnectionTrait, person: UserId) -> Result<Sums, DbErr> {
        sums(db, Column::RunnerId, person, Column::EarnedCents, Column::WaitingCents).await
    }

    async fn sums(
        db: &impl ConnectionTrait,
        who: Column,
        person: UserId,
        first: Column,
        second: Column,
    ) -> Result<Sums, DbErr> {
        // PostgreSQL adds bigints up to a numeric, which is not read as an integer.
        let query = Entity::find()
            .filter(who.eq(person.to_string()))
            .select_only()
            .column_as(first.into_expr().sum().cast_as("bigint"), "first")
            .column_as(second.into_expr().sum().cast_as("bigint"), "second");
        Ok(query.into_model::<Sums>().one(db).await?.unwrap_or_default())
    }

    fn read_all(rows: &[Model]) -> Result<Vec<Payment>, DbErr> {
        rows.iter().map(|row| Ok(entity::read::<Payment>(row)?.0)).collect()
    }
}

/// Comparisons with Stripe's books.
pub(crate) mod reconciliations {
    use contracts::ReconciliationId;
    use jiff::Timestamp;
    use sea_orm::entity::prelude::*;
    use sea_orm::{QueryOrder, QuerySelect};

    use crate::Reconciliation;
    use crate::reconciliation::Read;

    /// Periods are put together from so many: three years of days.
    const NEWEST: u64 = 1_000;

    /// `state` holds all of it; the other columns are what queries need. Times are milliseconds since the epoch.
    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "reconciliations")]
    pub struct Model {
        /// `rec_…`
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        /// Counts the changes.
        pub version: i64,
        /// All of it as JSON.
        #[sea_orm(column_type = "Text")]
        pub state: String,
        /// When it began.
        #[sea_orm(indexed)]
        pub begun_at: i64,
        /// The beginning of its period.
        pub from_at: i64,
        /// The end of its period.
        pub until_at: i64,
        /// When the last page was read.
        #[sea_orm(nullable)]
        pub finished_at: Option<i64>,
    }

    impl ActiveModelBehavior for ActiveModel {}

    pub(crate) async fn load(db: &impl ConnectionTrait, id: ReconciliationId) -> Result<Option<Reconciliation>, DbErr> {
        let row = Entity::find_by_id(id.to_string()).one(db).await?;
        Ok(row.as_ref().map(chassis::entity::read::<Reconciliation>).transpose()?.map(|(found, _)| found))
    }

    /// The newest ones, newest first.
    pub(crate) async fn newest(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<Reconciliation>, DbErr> {
        let rows = Entity::find().order_by_desc(Column::BegunAt).limit(limit).all(db).await?;
        rows.iter().map(|row| Ok(chassis::entity::read::<Reconciliation>(row)?.0)).collect()
    }

    /// When Stripe's statement was read for, by the finished ones together.
    pub(crate) async fn read(db: &impl ConnectionTrait) -> Result<Read, DbErr> {
        let finished = Entity::find().filter(Column::FinishedAt.is_not_null());
        let newest = finished.order_by_desc(Column::UntilAt).limit(NEWEST);
        let periods = newest.select_only().column(Column::FromAt).column(Column::UntilAt);
        let periods: Vec<(i64, i64)> = periods.into_tuple().all(db).await?;
        let at = |milliseconds: i64| Timestamp::from_millisecond(milliseconds).ok();
        Ok(Read::of(periods.into_iter().filter_map(|(from, until)| at(from).zip(at(until))).collect()))
    }
}

/// One person as Stripe knows them.
pub(crate) mod patrons {
    use contracts::UserId;

    use crate::Patron;

    chassis::plain_table!("patrons");

    pub(crate) async fn load(db: &impl ConnectionTrait, id: UserId) -> Result<Option<Patron>, DbErr> {
        let row = Entity::find_by_id(id.to_string()).one(db).await?;
        Ok(row.as_ref().map(chassis::entity::read::<Patron>).transpose()?.map(|(patron, _)| patron))
    }
}
