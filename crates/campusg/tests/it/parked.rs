//! `campusg parked`, as somebody at a command line uses it, on a running platform.

use std::process::{Command, Output};

use chassis::inspect;
use contracts::partition_of;
use serde_json::Value;
use testkit::{Db, World};

fn campusg(world: &World, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_campusg"));
    command.arg("parked").args(arguments).env("CAMPUSG_NATS__URL", world.broker_url()).output().expect("campusg")
}

#[track_caller]
fn said(output: &Output, code: i32) -> String {
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(code), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// Something that nobody can read.
async fn spoil(world: &World, n: u8) -> String {
    let key = format!("usr_{:032x}", u128::from(n));
    let subject = format!("intent.users.suspend.v1.{}.sys_test.{key}", partition_of(&key, world.bus.partitions));
    inspect::inject(&world.bus, &subject, &[("x-from", "a till")], &[b'{', 0xff, n]).await.expect("stored");
    world.settle_with_parked().await;
    let all = json(&campusg(world, &["list", "--json"]));
    all[0]["repair_id"].as_str().expect("an id").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn parked_messages_are_shown_put_back_and_discarded_from_the_command_line() {
    let world = World::of(Db::Sqlite).start().await;
    assert!(said(&campusg(&world, &["list"]), 0).contains("0 messages"));
    let one = spoil(&world, 1).await;
    world.move_clock(jiff::SignedDuration::from_secs(1));
    let other = spoil(&world, 2).await;
    assert_ne!(one, other);

    let listed = said(&campusg(&world, &["list", "--service", "users"]), 0);
    assert!(listed.contains(&one) && listed.contains("users/unreadable") && listed.contains("2 messages"), "{listed}");
    assert!(said(&campusg(&world, &["list", "--service", "orders"]), 0).contains("0 messages"));
    let shown = said(&campusg(&world, &["show", &one]), 0);
    assert!(
        shown.contains("x-from: a till") && shown.contains("{\\xff\\x01") && shown.contains("cannot be read"),
        "{shown}"
    );
    assert_eq!(json(&campusg(&world, &["show", &one, "--json"]))["whole"]["bytes"], serde_json::json!([123, 255, 1]));

    // A preview needs no reason, and changes nothing.
    assert!(said(&campusg(&world, &["redrive", &one, "--dry-run"]), 0).contains("1 would be done"));
    assert!(said(&campusg(&world, &["discard", "--all", "--dry-run"]), 0).contains("2 would be done"));
    assert_eq!(json(&campusg(&world, &["show", &one, "--json"]))["message"]["redrives"], 0);
    for wrong in
        [vec!["redrive", one.as_str()], vec!["redrive", "--reason", "x"], vec!["redrive", &one, "--reason", " "]]
    {
        said(&campusg(&world, &wrong), 2);
    }

    // Nobody has mended it, so it comes back.
    assert!(said(&campusg(&world, &["redrive", &one, "--reason", "try"]), 0).contains("done"));
    world.settle_with_parked().await;
    let shown = json(&campusg(&world, &["show", &one, "--json"]));
    assert_eq!((&shown["message"]["redrives"], &shown["message"]["stage"]), (&1.into(), &"parked".into()));
    assert_eq!(shown["message"]["history"][1]["by"], "sys_cli");

    let mut doctor = Command::new(env!("CARGO_BIN_EXE_campusg"));
    let doctor = doctor.arg("doctor").env("CAMPUSG_NATS__URL", world.broker_url()).output().expect("campusg");
    let told = said(&doctor, 1);
    assert!(told.contains("2 messages are parked") && told.contains("users could not read"), "{told}");

    let olga = world.person("olga").await;
    let by_olga = ["discard", one.as_str(), "--reason", "a test", "--by", olga.user_id.as_str(), "--json"];
    assert_eq!(json(&campusg(&world, &by_olga))[0]["outcome"], "done");
    let again = campusg(&world, &["discard", &one, "--reason", "a test"]);
    assert!(said(&again, 1).contains("refused: already_discarded"));
    let nobody = "rep_00000000000000000000000000000000";
    assert!(said(&campusg(&world, &["redrive", nobody, "--reason", "x"]), 1).contains("not_found"));
    said(&campusg(&world, &["discard", "--all", "--reaction", "unreadable", "--reason", "all tests"]), 0);
    assert!(said(&campusg(&world, &["list"]), 0).contains("0 messages"));
    assert!(said(&campusg(&world, &["list", "--state", "discarded"]), 0).contains("2 messages"));

    let log = olga.get(&format!("/api/v1/ops/audit-log?about={one}")).await.expect(200);
    let deeds = log["actions"].as_array().expect("actions");
    let mut by: Vec<_> = deeds.iter().map(|deed| deed["by"].as_str().expect("somebody")).collect();
    by.sort_unstable();
    assert_eq!(by, [olga.user_id.replace("usr_", "opr_").as_str(), "sys_cli", "sys_cli"]);
}

#[test]
fn the_commands_help_shows_how_it_is_used() {
    let output = Command::new(env!("CARGO_BIN_EXE_campusg")).args(["parked", "--help"]).output().expect("campusg");
    let said = said(&output, 0);
    assert!(said.contains("campusg parked redrive --all --service orders") && said.contains("Exits with 0"), "{said}");
}
