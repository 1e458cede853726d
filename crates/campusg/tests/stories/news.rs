//! Who is told what, once (predecessor.md B54, B57).

use serde_json::{Value, json};
use testkit::{Builder, Person};

use crate::forward::carry;

crate::stories! {
    everybody_is_told_what_concerns_them_once,
}

async fn told(person: &Person) -> Vec<String> {
    let page = person.get("/api/v1/notifications?limit=100").await.expect(200);
    let news = |one: &Value| one["news"].as_str().unwrap().to_owned();
    page["notifications"].as_array().unwrap().iter().rev().map(news).collect()
}

async fn everybody_is_told_what_concerns_them_once(world: Builder) {
    let world = world.start().await;
    let order = carry(&world).await;
    let (alice, ray) = (world.person("alice").await, world.person("ray").await);
    alice.act(&order, "rate", json!({ "stars": 5 })).await.expect(200);
    world.settle().await;
    let hers = told(&alice).await;
    assert_eq!(hers, ["accepted", "purchased", "departed", "delivered", "completed"]);
    assert_eq!(told(&ray).await, ["paid_out", "rated"]);
    assert!(told(&world.person("bob").await).await.is_empty());
    let page = alice.get("/api/v1/notifications").await.expect(200);
    assert_eq!(page["unread"], 5);
    assert!(alice.post("/api/v1/notifications/read", json!({})).await.status < 300);
    world.settle().await;
    assert_eq!(alice.get("/api/v1/notifications").await.expect(200)["unread"], 0);
    // The rating is the runner's, and both may see it.
    assert_eq!(ray.get("/api/v1/me").await.expect(200)["ratings"]["count"], 1);
    world.end().await;
}
