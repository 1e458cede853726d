//! At the counter and at the door: giving back, receipts, questions, no-shows, price lists.

use jiff::SignedDuration;
use serde_json::json;
use testkit::{Builder, Person, World};

use crate::money::books_agree;

crate::stories! {
    a_runner_gives_an_order_back_and_another_one_delivers_it,
    what_the_till_says_is_what_is_taken,
    above_the_hold_the_customer_is_asked_and_more_is_held,
    a_customer_who_says_no_or_nothing_is_not_charged_more,
    a_door_that_nobody_opens_does_not_keep_the_runner,
    a_customer_confirms_what_they_have,
    a_basket_from_a_price_list_costs_what_the_list_says,
}

async fn accepted(world: &World) -> (Person, Person, String) {
    let (alice, ray) = (world.person("alice").await, world.person("ray").await);
    let order = alice.place().await;
    world.settle().await;
    ray.accept(&order).await.expect(200);
    (alice, ray, order)
}

async fn pin(customer: &Person, order: &str) -> String {
    customer.order(order).await["handover_pin"].as_str().unwrap().to_owned()
}

async fn captured(world: &World) -> i64 {
    world.stripe().await["captured_amount"].as_i64().unwrap()
}

async fn a_runner_gives_an_order_back_and_another_one_delivers_it(world: Builder) {
    let world = world.start().await;
    let (alice, ray, order) = accepted(&world).await;
    world.advance(SignedDuration::from_mins(20)).await;
    assert_eq!(ray.act(&order, "withdraw", json!({})).await.expect(200)["status"], "CREATED");
    // The first offer would have ended by now; the second one has half an hour of its own.
    world.advance(SignedDuration::from_mins(20)).await;
    assert_eq!(alice.order(&order).await["status"], "CREATED");
    let rio = world.person("rio").await;
    rio.accept(&order).await.expect(200);
    assert_eq!(ray.act(&order, "withdraw", json!({})).await.status, 404, "ray has no part in it any more");
    rio.advance(&order, "PLACED").await.expect(200);
    assert_eq!(rio.act(&order, "withdraw", json!({})).await.code(409), "already_bought");
    rio.advance(&order, "ON_THE_WAY").await.expect(200);
    rio.hand_over(&order, &pin(&alice, &order).await).await.expect(200);
    world.settle().await;
    assert_eq!(alice.order(&order).await["status"], "COMPLETED");
    books_agree(&world).await;
    world.end().await;
}

async fn what_the_till_says_is_what_is_taken(world: Builder) {
    let world = world.start().await;
    let (alice, ray, order) = accepted(&world).await;
    assert_eq!(ray.act(&order, "advance", json!({ "to": "PLACED" })).await.code(409), "receipt_required");
    // 8.90 were estimated and 1.78 are held on top.
    ray.buy(&order, 1_000).await.expect(200);
    ray.advance(&order, "ON_THE_WAY").await.expect(200);
    ray.hand_over(&order, &pin(&alice, &order).await).await.expect(200);
    world.settle().await;
    let view = alice.order(&order).await;
    assert_eq!((&view["status"], &view["receipt_cents"]), (&json!("COMPLETED"), &json!(1_000)));
    assert_eq!(captured(&world).await, 1_200);
    assert_eq!(world.stripe().await["transfers_amount"], 1_200);
    books_agree(&world).await;
    world.end().await;
}

async fn above_the_hold_the_customer_is_asked_and_more_is_held(world: Builder) {
    let world = world.start().await;
    let (alice, ray, order) = accepted(&world).await;
    let asked = ray.buy(&order, 1_500).await.expect(200);
    assert_eq!((&asked["status"], &asked["change"]["state"]), (&json!("ACCEPTED"), &json!("asked")), "{asked}");
    assert_eq!(alice.order(&order).await["deadline"]["kind"], "consent");
    alice.act(&order, "answer", json!({ "agree": true })).await.expect(200);
    world.settle().await;
    assert_eq!(alice.order(&order).await["change"]["state"], "agreed");
    ray.buy(&order, 1_500).await.expect(200);
    ray.advance(&order, "ON_THE_WAY").await.expect(200);
    ray.hand_over(&order, &pin(&alice, &order).await).await.expect(200);
    world.settle().await;
    assert_eq!(alice.order(&order).await["status"], "COMPLETED");
    assert_eq!(captured(&world).await, 1_700);
    assert_eq!(world.stripe().await["transfers_amount"], 1_700);
    assert_eq!(world.stripe().await["open_holds_count"], 0);
    books_agree(&world).await;
    world.end().await;
}

async fn a_customer_who_says_no_or_nothing_is_not_charged_more(world: Builder) {
    let world = world.start().await;
    let (alice, ray, order) = accepted(&world).await;
    let propose = || json!({ "items_cents": 1_500, "note": "Only the large one is left" });
    ray.act(&order, "propose", propose()).await.expect(200);
    alice.act(&order, "answer", json!({ "agree": false })).await.expect(200);
    assert_eq!(alice.order(&order).await["change"]["state"], "refused");
    ray.act(&order, "propose", propose()).await.expect(200);
    world.advance(SignedDuration::from_mins(6)).await;
    assert_eq!(alice.order(&order).await["change"]["state"], "refused");
    assert_eq!(alice.act(&order, "answer", json!({ "agree": true })).await.code(409), "no_change_asked");
    ray.buy(&order, 900).await.expect(200);
    ray.advance(&order, "ON_THE_WAY").await.expect(200);
    ray.hand_over(&order, &pin(&alice, &order).await).await.expect(200);
    world.settle().await;
    assert_eq!(captured(&world).await, 1_100);
    books_agree(&world).await;
    world.end().await;
}

async fn a_door_that_nobody_opens_does_not_keep_the_runner(world: Builder) {
    let world = world.start().await;
    let (alice, ray, order) = accepted(&world).await;
    ray.advance(&order, "PLACED").await.expect(200);
    ray.advance(&order, "ON_THE_WAY").await.expect(200);
    ray.act(&order, "arrive", json!({})).await.expect(200);
    assert_eq!(ray.advance(&order, "DELIVERED").await.code(409), "pin_required");
    world.advance(SignedDuration::from_mins(11)).await;
    ray.advance(&order, "DELIVERED").await.expect(200);
    world.settle().await;
    assert_eq!(alice.order(&order).await["status"], "COMPLETED");
    books_agree(&world).await;
    world.end().await;
}

async fn a_customer_confirms_what_they_have(world: Builder) {
    let world = world.start().await;
    let (alice, ray, order) = accepted(&world).await;
    assert_eq!(alice.act(&order, "confirm", json!({})).await.code(409), "wrong_step");
    ray.advance(&order, "PLACED").await.expect(200);
    alice.act(&order, "confirm", json!({})).await.expect(200);
    world.settle().await;
    assert_eq!(alice.order(&order).await["status"], "COMPLETED");
    world.end().await;
}

async fn a_basket_from_a_price_list_costs_what_the_list_says(world: Builder) {
    let world = world.start().await;
    let (alice, ray) = (world.person("alice").await, world.person("ray").await);
    let vendors = alice.get("/api/v1/vendors").await.expect(200);
    let vendor = vendors["vendors"][0]["vendor_id"].as_str().expect("a vendor").to_owned();
    let menu = alice.get(&format!("/api/v1/vendors/{vendor}/menu")).await.expect(200);
    let item = &menu["items"][0];
    let price = item["price_cents"].as_i64().unwrap();
    let basket = json!({
        "deliver_to": { "building": "Library", "room": "3-12" },
        "vendor_id": vendor,
        "picks": [{ "item_id": item["item_id"], "quantity": 2 }],
    });
    let quote = alice.post("/api/v1/quotes", basket).await.expect(200);
    assert_eq!((&quote["items_cents"], &quote["hold_cents"]), (&json!(2 * price), &json!(2 * price + 200)), "{quote}");
    let placed = alice.place_quoted(quote["quote_id"].as_str().unwrap(), "catalogue").await.expect(202);
    let order = placed["order_id"].as_str().unwrap().to_owned();
    world.settle().await;
    ray.accept(&order).await.expect(200);
    assert_eq!(ray.act(&order, "propose", json!({ "items_cents": 1 })).await.code(409), "not_this_basis");
    ray.act(&order, "advance", json!({ "to": "PLACED" })).await.expect(200);
    ray.advance(&order, "ON_THE_WAY").await.expect(200);
    ray.hand_over(&order, &pin(&alice, &order).await).await.expect(200);
    world.settle().await;
    assert_eq!(captured(&world).await, 2 * price + 200);
    let sold_out = json!({ "store": menu["vendor"]["store"], "open": false, "items": menu["items"] });
    let path = format!("/api/v1/vendors/{vendor}/menu");
    assert_eq!(alice.request(reqwest::Method::PUT, &path, &[], Some(sold_out)).await.code(403), "forbidden");
    books_agree(&world).await;
    world.end().await;
}
