//! The tables of payments.

/// One order's money.
pub(crate) mod payments {
    use sea_orm::entity::prelude::*;

    /// `state` holds all of it.
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
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// One person as Stripe knows them.
pub(crate) mod patrons {
    chassis::plain_table!("patrons");
}
