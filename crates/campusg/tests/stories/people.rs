//! Who people are, what they have, and what they may not do.

use reqwest::Method;
use serde_json::json;
use testkit::{Builder, Db, World, basket};

crate::stories! {
    a_card_is_set_up_on_stripes_page_chosen_and_removed,
    a_runner_is_paid_after_stripes_onboarding,
    who_is_shut_out_neither_orders_nor_delivers,
    baskets_are_saved_and_ordered_again,
}

async fn a_card_is_set_up_on_stripes_page_chosen_and_removed(world: Builder) {
    // predecessor.md B61, B29
    let world = world.start().await;
    let carl = world.person("carl").await;
    assert!(carl.get("/api/v1/payment-methods").await.expect(200)["payment_methods"].as_array().unwrap().is_empty());
    for card in ["4242424242424242", "5555555555554444"] {
        let page = carl.post("/api/v1/payment-methods/setup", json!({})).await.expect(200);
        world.submit(page["url"].as_str().unwrap(), &[("card", card)]).await;
        world.settle().await;
    }
    let cards = carl.get("/api/v1/payment-methods").await.expect(200);
    let last4: Vec<_> =
        cards["payment_methods"].as_array().unwrap().iter().map(|card| card["last4"].as_str().unwrap()).collect();
    assert_eq!(last4, ["4242", "4444"]);
    let id = |n: usize| cards["payment_methods"][n]["id"].as_str().unwrap().to_owned();
    let path = |n: usize| format!("/api/v1/payment-methods/{}", id(n));
    assert_eq!(world.person("alice").await.request(Method::DELETE, &path(0), &[], None).await.status, 404);
    assert!(carl.request(Method::PUT, &format!("{}/default", path(0)), &[], None).await.status < 300);
    let order = carl.place().await;
    world.settle().await;
    assert_eq!(carl.order(&order).await["status"], "CREATED");
    for n in [0, 1] {
        assert!(carl.request(Method::DELETE, &path(n), &[], None).await.status < 300);
        world.settle().await;
    }
    assert_eq!(carl.get("/api/v1/me").await.expect(200)["can_pay"], false);
    let order = carl.place().await;
    world.settle().await;
    assert_eq!(carl.order(&order).await["reason"], "no_payment_method");
    world.end().await;
}

async fn a_runner_is_paid_after_stripes_onboarding(world: Builder) {
    let world = world.start().await;
    let (alice, rex) = (world.person("alice").await, world.person("rex").await);
    let page = rex.post("/api/v1/payout-account", json!({})).await.expect(200);
    world.settle().await;
    // An account that is not complete yet is none (predecessor.md B07).
    assert_eq!(rex.get("/api/v1/me").await.expect(200)["can_be_paid"], false);
    world.submit(page["url"].as_str().unwrap(), &[("outcome", "finish")]).await;
    world.settle().await;
    assert_eq!(rex.get("/api/v1/me").await.expect(200)["can_be_paid"], true);
    let order = alice.place().await;
    world.settle().await;
    crate::forward::deliver(&alice, &rex, &order).await;
    world.settle().await;
    assert_eq!(rex.get("/api/v1/wallet").await.expect(200)["earned_cents"], 1_090);
    world.end().await;
}

async fn who_is_shut_out_neither_orders_nor_delivers(world: Builder) {
    let world = world.start().await;
    let (alice, ray, olga) = (world.person("alice").await, world.person("ray").await, world.person("olga").await);
    let suspend = |who: &str| format!("/api/v1/ops/users/{who}/suspend");
    assert_eq!(alice.post(&suspend(&ray.user_id), json!({ "reason": "x" })).await.code(403), "forbidden");
    let order = alice.place().await;
    world.settle().await;
    assert!(olga.post(&suspend(&ray.user_id), json!({ "reason": "two no-shows" })).await.status < 300);
    world.settle().await;
    assert_eq!(ray.accept(&order).await.code(409), "suspended");
    assert!(olga.post(&suspend(&alice.user_id), json!({ "reason": "chargebacks" })).await.status < 300);
    world.settle().await;
    let second = alice.place().await;
    world.settle().await;
    assert_eq!(alice.order(&second).await["reason"], "operator");
    assert_eq!(alice.get("/api/v1/me").await.expect(200)["suspended"], true);
    // Staff too: whoever is shut out decides nothing, and nobody decides about themselves.
    let fay = world.person("fay").await;
    assert_eq!(olga.post(&suspend(&olga.user_id), json!({ "reason": "x" })).await.code(403), "not_allowed");
    assert!(olga.post(&suspend(&fay.user_id), json!({ "reason": "audit" })).await.status < 300);
    world.settle().await;
    let refund = format!("/api/v1/ops/orders/{order}/refund");
    let body = json!({ "bearer": "platform", "reason": "x" });
    assert_eq!(fay.post(&refund, body).await.code(403), "suspended");
    let path = format!("/api/v1/ops/users/{}/reinstate", ray.user_id);
    assert!(olga.post(&path, json!({})).await.status < 300);
    world.settle().await;
    ray.accept(&order).await.expect(200);
    world.end().await;
}

async fn baskets_are_saved_and_ordered_again(world: Builder) {
    let world = world.start().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let save = json!({ "name": "The usual", "basket": basket() });
    let headers = [("Idempotency-Key", "usual"), ("Prefer", "wait=30")];
    let answer = alice.request(Method::POST, "/api/v1/saved-orders", &headers, Some(save.clone())).await;
    assert!(matches!(answer.status, 200..=202), "{answer:?}");
    alice.request(Method::POST, "/api/v1/saved-orders", &headers, Some(save)).await;
    world.settle().await;
    let saved = alice.get("/api/v1/saved-orders").await.expect(200);
    assert_eq!(saved["saved_orders"].as_array().unwrap().len(), 1, "{saved}");
    let id = saved["saved_orders"][0]["saved_id"].as_str().unwrap().to_owned();
    let quote = alice.post(&format!("/api/v1/saved-orders/{id}/quote"), json!({})).await.expect(200);
    let placed = alice.place_quoted(quote["quote_id"].as_str().unwrap(), "again").await.expect(202);
    world.settle().await;
    assert_eq!(alice.order(placed["order_id"].as_str().unwrap()).await["status"], "CREATED");
    assert_eq!(bob.post(&format!("/api/v1/saved-orders/{id}/quote"), json!({})).await.code(404), "not_found");
    assert!(alice.request(Method::DELETE, &format!("/api/v1/saved-orders/{id}"), &[], None).await.status < 300);
    world.settle().await;
    assert!(alice.get("/api/v1/saved-orders").await.expect(200)["saved_orders"].as_array().unwrap().is_empty());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b44_b46_ones_own_orders_are_searched_and_paged() {
    let world = World::of(Db::Sqlite).start().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    for _ in 0..25 {
        alice.place().await;
    }
    let mut laksa = basket();
    laksa["items"][0]["name"] = json!("Laksa 100%_hot");
    let quote = alice.quote(laksa).await;
    alice.place_quoted(&quote, "laksa").await.expect(202);
    bob.place().await;
    world.settle().await;
    let found = alice.get("/api/v1/orders?q=LAKSA").await.expect(200);
    assert_eq!(found["orders"].as_array().unwrap().len(), 1, "{found}");
    assert_eq!(alice.get("/api/v1/orders?q=100%25_h").await.expect(200)["orders"].as_array().unwrap().len(), 1);
    assert!(alice.get("/api/v1/orders?q=_%25_x").await.expect(200)["orders"].as_array().unwrap().is_empty());
    let mut seen = std::collections::HashSet::new();
    let mut next = String::new();
    loop {
        let page = alice.get(&format!("/api/v1/orders?role=customer&limit=7{next}")).await.expect(200);
        for order in page["orders"].as_array().unwrap() {
            assert!(seen.insert(order["order_id"].as_str().unwrap().to_owned()), "twice");
        }
        match page["next"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 26);
    let dashboard = alice.get("/api/v1/dashboard").await.expect(200);
    assert_eq!(dashboard["placed"], 26, "{dashboard}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_policy_is_served_and_explains_itself() {
    let world = World::of(Db::Sqlite).start().await;
    let (alice, ray) = (world.person("alice").await, world.person("ray").await);
    let policy = alice.get("/api/v1/policy").await.expect(200);
    assert!(policy["cancellation"].as_array().unwrap().len() > 20, "{policy}");
    let order = alice.place().await;
    world.settle().await;
    let effects = |view: &serde_json::Value, name: &str| {
        let actions = view["actions"].as_array().unwrap().clone();
        actions.into_iter().find(|action| action["action"] == name).map(|action| action["effect"].to_string())
    };
    let cancel = effects(&alice.order(&order).await, "cancel").expect("cancel");
    assert!(cancel.contains("nothing is charged"), "{cancel}");
    ray.accept(&order).await.expect(200);
    assert_eq!(effects(&alice.order(&order).await, "cancel"), None);
    assert!(effects(&ray.order(&order).await, "withdraw").is_some());
    assert_eq!(alice.order(&order).await["price"]["policy"], policy["version"]);
    world.end().await;
}
