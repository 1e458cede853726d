//! Fuzz targets: seals, the clock's file and settings. What cannot be read is an answer, never a panic.

use std::time::Duration;

use chassis::{Clock, Config, Sealer};
use fuzz::{altered, config, text};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

fn sealer() -> Sealer {
    Sealer::from_hex(&"7".repeat(64)).expect("a key")
}

/// JSON as it can be read: not nested deeper than serde_json goes.
fn readable(sample: Value) -> impl Strategy<Value = Value> {
    altered(sample).prop_filter("too deep", |value| serde_json::from_str::<Value>(&value.to_string()).is_ok())
}

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn only_what_was_sealed_opens(value in readable(json!({ "total_cents": 890, "lines": ["rice"] })), typed in text()) {
        let sealed = sealer().seal("quo", &value).expect("a seal");
        prop_assert_eq!(sealer().open::<Value>("quo", &sealed), Ok(value));
        prop_assert!(sealer().open::<Value>("cur", &sealed).is_err());
        for made_up in [typed.clone(), format!("quo_{typed}"), format!("quo_{typed}.{typed}"), format!("{sealed}{typed}")] {
            prop_assert!(made_up == sealed || sealer().open::<Value>("quo", &made_up).is_err(), "{made_up}");
        }
    }

    #[test]
    fn a_key_is_read_or_refused(typed in prop_oneof![text(), "[0-9a-fA-F+]{64}", "[0-9a-f€]{62,66}"]) {
        let is_hex = typed.len() == 64 && typed.bytes().all(|byte| byte.is_ascii_hexdigit());
        prop_assert_eq!(Sealer::from_hex(&typed).is_ok(), is_hex, "{}", typed);
    }

    #[test]
    fn a_setting_is_used_or_refused(
        name in prop::sample::select(vec![
            "nats.url", "nats.partitions", "nats.replicas", "dispatcher.batch", "dispatcher.replica", "gateway.wait_ms",
            "gateway.listen", "stripe.key", "seal.key", "policy", "dispatcher", "nope", "nats.nope", "a.b.c",
        ]),
        value in readable(json!(16)),
    ) {
        let settings = Config::defaults().with(name, &value);
        let checked = settings.check();
        if name == "nats.nope" && !value.is_null() {
            prop_assert!(checked.is_err(), "nobody knows {name}");
        }
        if name == "nats.partitions" && checked.is_ok() {
            prop_assert!(value.as_u64().is_some_and(|value| (1..=1_024).contains(&value)) || value.is_string(), "{value}");
        }
        // Whoever reads a section gets it, or an error.
        drop((settings.section::<u64>(name), settings.section::<String>(name), settings.section::<Value>(name)));
    }
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn a_clock_tells_a_time_whatever_is_in_its_file(bytes in prop::collection::vec(any::<u8>(), 0..12), second in any::<i64>()) {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("clock");
        std::fs::write(&file, &bytes).expect("a file");
        let clock = Clock::manual(&file).expect("a clock");
        let now = clock.now();
        for at in [Timestamp::MIN, Timestamp::MAX, Timestamp::UNIX_EPOCH, Timestamp::from_second(second).unwrap_or_default()] {
            prop_assert_eq!(clock.until(at).is_none(), at <= now, "{} at {}", at, now);
            let remaining = clock.until(at).unwrap_or_default();
            prop_assert!(clock.patience(remaining) <= remaining.max(Duration::from_millis(50)));
        }
    }
}
