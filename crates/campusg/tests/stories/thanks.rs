//! Thanks every customer whose order was completed, once: what a new reacting service costs. This file is all of it, but
//! for a Cargo.toml and a line in the registry; the test of it is below.

use chassis::{Change, Cx, Entity, Fault, Service};
use contracts::orders::OrderCompleted;
use contracts::{OrderId, Principal};

mod table {
    chassis::plain_table!("thanks");
}

#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Thanks {
    order_id: OrderId,
    times: u32,
}

fn service() -> Service {
    Service::new("thanks").entity::<Thanks>().migrations(|| vec![table::create()]).on("thank", thank)
}

fn thank(_: &Cx<'_>, thanks: Option<Thanks>, completed: OrderCompleted) -> Result<Change<Thanks>, Fault> {
    let times = thanks.map_or(0, |thanks| thanks.times) + 1;
    Ok(Change::to(Thanks { order_id: completed.about.order_id, times }))
}

impl Entity for Thanks {
    type Id = OrderId;
    type Table = table::Entity;
    type View = ();

    fn id(&self) -> OrderId {
        self.order_id
    }

    fn view(&self, _: u64, _: &Principal) {}
}

// --- the test --------------------------------------------------------------------------------------------------------

testkit::on_both! { a_new_service_reacts_once_and_disturbs_nobody }

async fn a_new_service_reacts_once_and_disturbs_nobody(db: testkit::Db) {
    use sea_orm::EntityTrait;
    let world = testkit::World::of(db).doubled().also(|| vec![service()]).start().await;
    let order = crate::forward::carry(&world).await;
    let db = world.database("thanks").await;
    let row = table::Entity::find_by_id(order).one(&db).await.unwrap().expect("thanks");
    let (thanks, version) = chassis::entity::read::<Thanks>(&row).unwrap();
    assert_eq!((thanks.times, version), (1, 1));
    world.end().await;
}
