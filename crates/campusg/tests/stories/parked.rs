//! A service gives up on a message; an operator sees it among the tasks, mends the cause and puts it back; the story goes on
//! where it stood, and nothing of it happens twice.

use chassis::inspect;
use contracts::{MessageId, RepairId, partition_of};
use reqwest::Method;
use sea_orm::{ConnectionTrait, DbBackend};
use serde_json::{Value, json};
use testkit::{Builder, Person, World, basket};

use crate::forward::deliver;

crate::stories! {
    a_message_that_was_put_back_once_its_cause_was_mended_ends_its_story,
    an_intent_that_was_put_back_answers_its_sender_too,
    what_cannot_be_read_comes_back_until_it_is_discarded,
    what_was_handled_is_not_handled_again_by_being_put_back,
    a_deadline_that_was_put_back_fires_once,
    many_are_put_back_at_once,
    what_staff_did_on_every_service_is_found,
    a_parked_message_is_looked_after_whoever_is_away,
}

/// Tries that fail are given up on soon.
async fn start(world: Builder) -> World {
    world.with("dispatcher.retry_attempts", 2).with("dispatcher.retry_first_ms", 5).start().await
}

/// From now on no order can get this status: its database does not take it.
async fn break_orders(world: &World, status: &str) {
    let db = world.database("orders").await;
    let trigger = |what: &str| {
        format!(
            "CREATE TRIGGER broken_{what} BEFORE {what} ON orders WHEN NEW.status = '{status}' BEGIN SELECT RAISE(ABORT, \
             'broken'); END"
        )
    };
    let statements = if db.get_database_backend() == DbBackend::Sqlite {
        ["INSERT", "UPDATE"].map(trigger).to_vec()
    } else {
        vec![format!("ALTER TABLE orders ADD CONSTRAINT broken CHECK (status <> '{status}') NOT VALID")]
    };
    for statement in statements {
        db.execute_unprepared(&statement).await.unwrap();
    }
    db.close().await.unwrap();
}

async fn mend_orders(world: &World) {
    let db = world.database("orders").await;
    let statements = if db.get_database_backend() == DbBackend::Sqlite {
        vec!["DROP TRIGGER broken_INSERT", "DROP TRIGGER broken_UPDATE"]
    } else {
        vec!["ALTER TABLE orders DROP CONSTRAINT broken"]
    };
    for statement in statements {
        db.execute_unprepared(statement).await.unwrap();
    }
    db.close().await.unwrap();
}

/// Waits until everything has come to rest; some of it is parked.
async fn rest(world: &World) {
    world.settle_with_parked().await;
}

async fn parked(operator: &Person, filter: &str) -> Vec<Value> {
    operator.get(&format!("/api/v1/ops/parked?{filter}")).await.expect(200)["parked"].as_array().unwrap().clone()
}

fn id(parked: &Value) -> String {
    parked["id"].as_str().unwrap().to_owned()
}

/// Asks under this idempotency key, and waits for the verdict.
async fn act(operator: &Person, id: &str, what: &str, key: &str) -> testkit::Answer {
    let path = format!("/api/v1/ops/parked/{id}/{what}");
    let body = json!({ "reason": format!("{what} {key}") });
    operator.request(Method::POST, &path, &[("Idempotency-Key", key), ("Prefer", "wait=30")], Some(body)).await
}

fn steps(parked: &Value) -> Vec<&str> {
    parked["history"].as_array().unwrap().iter().map(|step| step["what"].as_str().unwrap()).collect()
}

async fn audit_log(operator: &Person, filter: &str) -> Vec<Value> {
    let page = operator.get(&format!("/api/v1/ops/audit-log?limit=100&{filter}")).await.expect(200);
    assert_eq!(page["missing"], json!([]));
    page["actions"].as_array().unwrap().clone()
}

async fn a_message_that_was_put_back_once_its_cause_was_mended_ends_its_story(world: Builder) {
    let world = start(world).await;
    let (alice, ray, olga) = (world.person("alice").await, world.person("ray").await, world.person("olga").await);
    let order = alice.place().await;
    world.settle().await;
    break_orders(&world, "COMPLETED").await;
    deliver(&alice, &ray, &order).await;
    rest(&world).await;
    assert_eq!(alice.order(&order).await["status"], "DELIVERED");

    // It is a task, and it is shown whole.
    let task = olga.tasks().await.remove(0);
    assert_eq!((&task["code"], &task["order_id"]), (&json!("message_parked"), &json!(order)));
    let one = parked(&olga, &format!("order_id={order}")).await.remove(0);
    assert_eq!(
        (id(&one), &one["service"], &one["reaction"]),
        (task["parked_id"].as_str().unwrap().to_owned(), &json!("orders"), &json!("complete"))
    );
    assert_eq!((&one["state"], &one["attempts"]), (&json!("parked"), &json!(2)));
    let whole = olga.get(&format!("/api/v1/ops/parked/{}", id(&one))).await.expect(200);
    let payload: Value = serde_json::from_str(whole["text"].as_str().unwrap()).unwrap();
    assert_eq!(
        payload["order_id"].as_str().or(payload["about"]["order_id"].as_str()),
        Some(order.as_str()),
        "{payload}"
    );
    assert_eq!(whole["headers"]["parked-ce-type"], "payments.paid_out.v1", "{whole}");
    assert_eq!(one["cause"], whole["headers"]["parked-causation-id"]);

    // Still broken: it comes back to the same place.
    let back = act(&olga, &id(&one), "redrive", "one").await.expect(200);
    assert_eq!((&back["state"], &back["redrives"]), (&json!("redriven"), &json!(1)));
    rest(&world).await;
    let again = parked(&olga, "").await;
    assert_eq!((again.len(), id(&again[0]), &again[0]["state"]), (1, id(&one), &json!("parked")));
    assert_eq!(steps(&again[0]), ["parked", "redriven", "parked"]);
    // The same click again is the same.
    assert_eq!(act(&olga, &id(&one), "redrive", "one").await.expect(200)["redrives"], 1);
    rest(&world).await;
    assert_eq!(parked(&olga, "").await[0]["redrives"], 1);

    // Mended: it is handled, once, by the one who had given up on it.
    mend_orders(&world).await;
    act(&olga, &id(&one), "redrive", "two").await.expect(200);
    assert_eq!(act(&olga, &id(&one), "redrive", "three").await.status, 409);
    rest(&world).await;
    assert_eq!(alice.order(&order).await["status"], "COMPLETED");
    assert_eq!(olga.tasks().await, Vec::<Value>::new());
    let settled = parked(&olga, "state=settled").await.remove(0);
    assert_eq!(steps(&settled), ["parked", "redriven", "parked", "redriven", "settled"]);
    assert_eq!(settled["history"][4]["why"], "done");
    assert_eq!(act(&olga, &id(&one), "redrive", "four").await.code(409), "already_settled");
    assert_eq!(act(&olga, &id(&one), "discard", "four").await.code(409), "already_settled");
    nothing_happened_twice(&world, &order, &ray).await;
    everything_is_in_the_audit_log(&olga, &id(&one)).await;
    crate::keeps_to_the_score(&world).await;
}

async fn nothing_happened_twice(world: &World, order: &str, ray: &Person) {
    let stripe = world.stripe().await;
    assert_eq!((&stripe["captured_count"], &stripe["transfers_count"]), (&json!(1), &json!(1)), "{stripe}");
    let story = world.story(order).await;
    let count = |message: &str| story.iter().filter(|said| *said == message).count();
    // First and put back twice; what came of it, once.
    assert_eq!((count("payments.paid_out.v1"), count("orders.completed.v1")), (3, 1), "{story:?}");
    let news = ray.get("/api/v1/notifications?limit=100").await.expect(200);
    let told = |what: &str| news["notifications"].as_array().unwrap().iter().filter(|one| one["news"] == what).count();
    assert_eq!(told("paid_out"), 1, "{news}");
}

async fn everything_is_in_the_audit_log(olga: &Person, id: &str) {
    let log = audit_log(olga, &format!("about={id}")).await;
    let mut told: Vec<_> =
        log.iter().map(|deed| (deed["verdict"].as_str().unwrap(), deed["reason"].as_str().unwrap())).collect();
    // The clock of a test stands still, so their order says nothing.
    told.sort_unstable();
    assert_eq!(
        told,
        [
            ("done", "redrive one"),
            ("done", "redrive two"),
            ("refused", "discard four"),
            ("refused", "redrive four"),
            ("refused", "redrive three"),
        ]
    );
    let office = olga.user_id.replace("usr_", "opr_");
    assert!(log.iter().all(|deed| deed["by"] == office.as_str() && deed["service"] == "repairs"), "{log:?}");
    let pages = olga.get(&format!("/api/v1/ops/audit-log?about={id}&limit=2")).await.expect(200);
    let next = pages["next"].as_str().unwrap();
    let rest = olga.get(&format!("/api/v1/ops/audit-log?about={id}&limit=3&cursor={next}")).await.expect(200);
    assert_eq!(rest["next"], Value::Null);
    let paged = [&pages, &rest].into_iter().flat_map(|page| page["actions"].as_array().unwrap().clone());
    assert_eq!(paged.collect::<Vec<_>>(), log);
}

async fn an_intent_that_was_put_back_answers_its_sender_too(world: Builder) {
    let world = start(world).await;
    let (alice, olga) = (world.person("alice").await, world.person("olga").await);
    break_orders(&world, "PENDING").await;
    let quote = alice.quote(basket()).await;
    alice.place_quoted(&quote, "one").await;
    rest(&world).await;
    assert_eq!(alice.place_quoted(&quote, "one").await.code(500), "parked");
    let one = parked(&olga, "service=orders&reaction=place").await.remove(0);
    mend_orders(&world).await;
    act(&olga, &id(&one), "redrive", "one").await.expect(200);
    rest(&world).await;
    // Whoever asks again under the same key hears what has become of it, and nothing is placed a second time.
    let placed = alice.place_quoted(&quote, "one").await.expect(202);
    let order = placed["order_id"].as_str().unwrap();
    assert_eq!(alice.order(order).await["status"], "CREATED");
    assert_eq!(one["order_id"], order);
    rest(&world).await;
    assert_eq!(alice.get("/api/v1/orders").await.expect(200)["orders"].as_array().unwrap().len(), 1);
    assert_eq!(world.stripe().await["open_holds_count"], 1);
    assert_eq!(parked(&olga, "state=open").await, Vec::<Value>::new());
}

async fn what_cannot_be_read_comes_back_until_it_is_discarded(world: Builder) {
    let world = start(world).await;
    let olga = world.person("olga").await;
    let key = olga.user_id.clone();
    let subject = format!(
        "intent.users.suspend.v1.{}.{}.{key}",
        partition_of(&key, world.bus.partitions),
        key.replace("usr_", "opr_")
    );
    inspect::inject(&world.bus, &subject, &[("x-from", "a till")], b"{ not JSON \xff").await.unwrap();
    rest(&world).await;
    let one = parked(&olga, "").await.remove(0);
    assert_eq!((&one["reaction"], &one["order_id"]), (&json!("unreadable"), &Value::Null));
    let whole = olga.get(&format!("/api/v1/ops/parked/{}", id(&one))).await.expect(200);
    assert_eq!((&whole["base64"], &whole["headers"]["x-from"]), (&json!("eyBub3QgSlNPTiD/"), &json!("a till")));
    assert!(olga.tasks().await[0]["what"].as_str().unwrap().contains("could not read intent.users.suspend.v1"));
    for times in 1..=2 {
        act(&olga, &id(&one), "redrive", &format!("time-{times}")).await.expect(200);
        rest(&world).await;
        let there = parked(&olga, "").await;
        assert_eq!((there.len(), id(&there[0]), &there[0]["redrives"]), (1, id(&one), &json!(times)));
    }
    let gone = act(&olga, &id(&one), "discard", "enough").await.expect(200);
    assert_eq!(gone["state"], "discarded");
    assert_eq!(act(&olga, &id(&one), "discard", "really").await.code(409), "already_discarded");
    assert_eq!((olga.tasks().await, parked(&olga, "").await), (vec![], vec![]));
    // One may change one's mind.
    act(&olga, &id(&one), "redrive", "after all").await.expect(400);
    act(&olga, &id(&one), "redrive", "after-all").await.expect(200);
    rest(&world).await;
    assert_eq!(parked(&olga, "").await[0]["redrives"], 3);
    // What staff asked and could not be read is in the audit log too, whole or not.
    let log = audit_log(&olga, &format!("about={key}")).await;
    assert!(log.iter().all(|deed| deed["verdict"] == "parked" && deed["what"] == "users.suspend.v1"), "{log:?}");
}

async fn what_was_handled_is_not_handled_again_by_being_put_back(world: Builder) {
    let world = start(world).await;
    let alice = world.person("alice").await;
    let order = alice.place().await;
    world.settle().await;
    let before = world.story(&order).await;
    let log = inspect::log(&world.bus).await.unwrap();
    let said =
        log.iter().filter(|stored| stored.correlation == order && !stored.subject.starts_with("intent.payments"));
    for stored in said {
        let first: MessageId = stored.id.parse().unwrap();
        let id = first.redriven("anybody", 1).to_string();
        for service in ["orders", "payments", "users", "notifications"] {
            let headers = [
                ("ce-id", id.as_str()),
                ("correlation-id", order.as_str()),
                ("causation-id", stored.causation.as_str()),
                ("redriven-of", stored.id.as_str()),
                ("redriven-for", service),
                ("redriven-number", "1"),
            ];
            let body = serde_json::to_vec(&stored.body).unwrap();
            inspect::inject(&world.bus, &stored.subject, &headers, &body).await.unwrap();
        }
    }
    world.settle().await;
    let story = world.story(&order).await;
    let new = &story[before.len()..];
    // What was put back is all that is new, and the receipts for it of those who had handled it.
    let receipts = new.iter().filter(|message| *message == "repairs.message_settled.v1").count();
    let put_back = new.iter().filter(|message| before.contains(message)).count();
    let stories = before.iter().filter(|said| !said.starts_with("intent.payments")).count();
    assert_eq!((put_back, new.len()), (4 * stories, put_back + receipts), "{new:?}");
    assert!(receipts > 0, "{new:?}");
    let log = inspect::log(&world.bus).await.unwrap();
    let told: Vec<_> = log.iter().filter(|stored| stored.subject.starts_with("repairs.message_settled.")).collect();
    assert!(told.iter().all(|stored| stored.body["how"] == "handled before"), "{told:?}");
    assert_eq!(world.stripe().await["open_holds_count"], 1);
    let news = alice.get("/api/v1/notifications").await.expect(200);
    assert_eq!(news["notifications"], json!([]));
    world.end().await;
}

async fn a_deadline_that_was_put_back_fires_once(world: Builder) {
    let world = start(world).await;
    let (alice, olga) = (world.person("alice").await, world.person("olga").await);
    let order = alice.place().await;
    world.settle().await;
    // As if timers had not been able to read it: an older version, say.
    let first = MessageId::of_stored("TEST", 1).to_string();
    let due_at = world.clock.now() + jiff::SignedDuration::from_mins(5);
    let deadline = json!({ "order_id": order, "due_at": due_at.to_string() }).to_string();
    let subject = format!("timers.acceptance.v1.{order}");
    let headers = [
        ("ce-id", MessageId::of_stored("TEST", 2).to_string()),
        ("correlation-id", order.clone()),
        ("parked-message-id", first.clone()),
        ("parked-subject", subject.clone()),
        ("parked-reason", "cannot be read".to_owned()),
        ("parked-attempts", "1".to_owned()),
    ];
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    inspect::inject(&world.bus, "parked.timers.acceptance", &headers, deadline.as_bytes()).await.unwrap();
    rest(&world).await;
    let id = RepairId::of(first.parse().unwrap(), "timers").to_string();
    act(&olga, &id, "redrive", "one").await.expect(200);
    rest(&world).await;
    assert_eq!(parked(&olga, "state=redriven").await[0]["id"], id.as_str());
    assert_eq!(olga.tasks().await[0]["code"], "message_redriven");
    // It may be called off while it waits, and put back again: two of it are under way then.
    act(&olga, &id, "discard", "two").await.expect(200);
    act(&olga, &id, "redrive", "three").await.expect(200);
    rest(&world).await;
    world.move_clock(jiff::SignedDuration::from_mins(6));
    rest(&world).await;
    assert_eq!(parked(&olga, "state=settled").await[0]["id"], id.as_str());
    let elapsed = world.story(&order).await.into_iter().filter(|said| said == "timers.acceptance_elapsed.v1").count();
    assert_eq!(elapsed, 1);
}

async fn many_are_put_back_at_once(world: Builder) {
    let world = start(world).await;
    let (alice, olga) = (world.person("alice").await, world.person("olga").await);
    break_orders(&world, "PENDING").await;
    let quote = alice.quote(basket()).await;
    for n in 0..5 {
        alice.place_quoted(&quote, &format!("order-{n}")).await;
    }
    rest(&world).await;
    let ids: Vec<String> = parked(&olga, "limit=3").await.iter().map(id).collect();
    let page = olga.get("/api/v1/ops/parked?limit=3").await.expect(200);
    let rest_of_them = parked(&olga, &format!("limit=3&cursor={}", page["next"].as_str().unwrap())).await;
    let ids: Vec<String> = ids.into_iter().chain(rest_of_them.iter().map(id)).collect();
    assert_eq!(ids.len(), 5);
    act(&olga, &ids[0], "discard", "one").await.expect(200);
    let nobody = RepairId::of(MessageId::of_stored("TEST", 9), "orders").to_string();
    let all: Vec<&str> = ids.iter().map(String::as_str).chain([nobody.as_str()]).collect();
    let many = |what: &'static str, dry_run: bool| {
        let (olga, all) = (&olga, &all);
        let headers = [("Idempotency-Key", what), ("Prefer", "wait=30")];
        async move {
            let body = json!({ "ids": all, "reason": "mended", "dry_run": dry_run });
            let path = format!("/api/v1/ops/parked/{what}");
            let answer = olga.request(Method::POST, &path, &headers, Some(body)).await.expect(200);
            let results = answer["results"].as_array().unwrap().clone();
            let told = |result: &Value| format!("{} {}", result["outcome"], result["code"]).replace('"', "");
            results.iter().map(told).collect::<Vec<_>>()
        }
    };
    let would = many("discard", true).await;
    assert_eq!(
        (would[0].as_str(), would[1].as_str(), would[5].as_str()),
        ("would_be_refused already_discarded", "would_be_done null", "would_be_refused not_found")
    );
    assert_eq!(many("redrive", true).await[0], "would_be_done null");
    assert_eq!(parked(&olga, "").await.len(), 4, "nothing was done");
    mend_orders(&world).await;
    for _ in 0..2 {
        let done = many("redrive", false).await;
        assert_eq!(done, ["done null", "done null", "done null", "done null", "done null", "refused not_found"]);
        rest(&world).await;
    }
    assert_eq!(parked(&olga, "state=settled").await.len(), 5);
    assert_eq!(alice.get("/api/v1/orders").await.expect(200)["orders"].as_array().unwrap().len(), 5);
    assert_eq!(world.stripe().await["open_holds_count"], 5);
}

async fn what_staff_did_on_every_service_is_found(world: Builder) {
    let world = world.start().await;
    let (alice, olga, fay) = (world.person("alice").await, world.person("olga").await, world.person("fay").await);
    let order = alice.place().await;
    world.settle().await;
    let wait = [("Prefer", "wait=30")];
    let suspend = format!("/api/v1/ops/users/{}/suspend", alice.user_id);
    olga.request(Method::POST, &suspend, &wait, Some(json!({ "reason": "Ate it." }))).await.expect(204);
    let refund = format!("/api/v1/ops/orders/{order}/refund");
    let back = json!({ "bearer": "platform", "reason": "cold" });
    assert_eq!(fay.request(Method::POST, &refund, &wait, Some(back)).await.code(409), "nothing_to_refund");
    let cancel = format!("/api/v1/ops/orders/{order}/cancel");
    olga.request(Method::POST, &cancel, &wait, Some(json!({ "note": "no rice" }))).await.expect(200);
    world.settle().await;
    let deeds = |log: Vec<Value>| {
        let tell =
            |deed: &Value| format!("{} {} {} {}", deed["what"], deed["reason"], deed["verdict"], deed["because"]);
        let mut deeds: Vec<_> = log.iter().map(|deed| tell(deed).replace('"', "")).collect();
        deeds.sort_unstable();
        deeds
    };
    let (cancelled, refunded) =
        ("orders.cancel.v1 no rice done null", "payments.refund.v1 cold refused nothing_to_refund");
    let shut_out = "users.suspend.v1 Ate it. done null";
    // What people do for themselves, and what the platform does, is not among it.
    assert_eq!(deeds(audit_log(&fay, "").await), [cancelled, refunded, shut_out]);
    assert_eq!(deeds(audit_log(&olga, &format!("about={order}")).await), [cancelled, refunded]);
    let office = fay.user_id.replace("usr_", "fin_");
    assert_eq!(deeds(audit_log(&olga, &format!("by={office}")).await), [refunded]);
    assert_eq!(deeds(audit_log(&olga, "what=users.suspend.v1").await), [shut_out]);
    world.end().await;
}

/// Asks until this message is there and stands here: whoever keeps it, or answers for it, may be away for a moment.
async fn until_it_stands(world: &World, olga: &Person, id: &str, state: &str, redrives: u64) {
    let mut answer = None;
    for _ in 0..200 {
        rest(world).await;
        let there = olga.get(&format!("/api/v1/ops/parked/{id}")).await;
        let one = &there.body["message"];
        if (&one["state"], &one["redrives"]) == (&json!(state), &json!(redrives)) {
            return;
        }
        answer = Some(there);
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{id} is not {state} with {redrives} redrives: {answer:?}");
}

/// Asks under one key until it is done.
async fn until_done(olga: &Person, id: &str, what: &str, key: &str) {
    for _ in 0..600 {
        if act(olga, id, what, key).await.status == 200 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{what} of {id} was not done");
}

async fn a_parked_message_is_looked_after_whoever_is_away(world: Builder) {
    let world = start(world).await;
    let (alice, olga) = (world.person("alice").await, world.person("olga").await);
    let order = alice.place().await;
    world.settle().await;
    // One that can never be read, and a deadline that can be told when it is put back.
    let key = alice.user_id.clone();
    let unread = MessageId::of_stored("TEST", 7).to_string();
    let subject = format!("intent.users.suspend.v1.{}.sys_test.{key}", partition_of(&key, world.bus.partitions));
    inspect::inject(&world.bus, &subject, &[("ce-id", &unread)], b"{ not JSON").await.unwrap();
    let late = MessageId::of_stored("TEST", 1).to_string();
    let deadline = json!({ "order_id": order, "due_at": world.clock.now().to_string() }).to_string();
    let subject = format!("timers.acceptance.v1.{order}");
    let headers = [
        ("ce-id", MessageId::of_stored("TEST", 2).to_string()),
        ("correlation-id", order.clone()),
        ("parked-message-id", late.clone()),
        ("parked-subject", subject.clone()),
        ("parked-reason", "cannot be read".to_owned()),
        ("parked-attempts", "1".to_owned()),
    ];
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    inspect::inject(&world.bus, "parked.timers.acceptance", &headers, deadline.as_bytes()).await.unwrap();
    let unread = RepairId::of(unread.parse().unwrap(), "users").to_string();
    let late = RepairId::of(late.parse().unwrap(), "timers").to_string();
    until_it_stands(&world, &olga, &unread, "parked", 0).await;
    until_it_stands(&world, &olga, &late, "parked", 0).await;
    until_done(&olga, &unread, "redrive", "one").await;
    until_it_stands(&world, &olga, &unread, "parked", 1).await;
    until_done(&olga, &unread, "discard", "two").await;
    until_it_stands(&world, &olga, &unread, "discarded", 1).await;
    until_done(&olga, &late, "redrive", "three").await;
    until_it_stands(&world, &olga, &late, "settled", 1).await;
    world.end_with_parked().await;
}
