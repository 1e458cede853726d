//! Fuzz targets: bodies of every message and question, ids, principals, texts and the subjects that are made of them.

use contracts::orders::{AcceptOrder, OrderOpened};
use contracts::{
    Event, Id, Intent, MessageId, OrderId, Principal, Refused, SavedId, Text, UserId, VendorId, Verdict, catalogue,
    partition_of,
};
use fuzz::{altered, bytes_near, config, text};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

/// Cases per type of message: there are about two hundred.
const PER_TYPE: u32 = 60;

/// What was read once and written is read again as the same, whatever the first one was.
fn check_stable(rewrites: fn(&[u8]) -> Result<Vec<u8>, serde_json::Error>, bytes: &[u8]) -> Result<(), TestCaseError> {
    let Ok(written) = rewrites(bytes) else { return Ok(()) };
    let again = rewrites(&written);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match again {
        Ok(again) => prop_assert_eq!(text(&written), text(&again)),
        Err(error) => prop_assert!(false, "what was written is not read: {}: {}", error, text(&written)),
    }
    Ok(())
}

#[test]
fn every_body_is_read_or_refused_and_what_is_read_is_written_as_it_was() {
    let mut read = 0;
    for entry in catalogue::all() {
        let stem = entry.file_stem();
        let taken = std::cell::Cell::new(0);
        let checked = TestRunner::new(config(PER_TYPE)).run(&bytes_near(entry.sample.clone()), |bytes| {
            taken.set(taken.get() + u32::from((entry.parses)(&bytes).is_ok()));
            check_stable(entry.rewrites, &bytes)
        });
        checked.unwrap_or_else(|error| panic!("{stem}: {error}"));
        read += u32::from(taken.get() > 0);
        let sample = entry.sample.to_string().into_bytes();
        assert_eq!(
            (entry.rewrites)(&sample).map(|bytes| serde_json::from_slice::<Value>(&bytes).ok()).ok(),
            Some(Some(entry.sample)),
            "{stem}"
        );
    }
    assert_eq!(read as usize, catalogue::all().len(), "of some types nothing that was tried could be read");
}

/// What may stand in a subject: no wildcard, no blank, no other token.
fn is_token(shown: &str) -> bool {
    !shown.is_empty() && shown.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

fn check_id<I: Id>(text: &str) -> Result<(), TestCaseError> {
    if let Ok(id) = text.parse::<I>() {
        prop_assert_eq!(id.to_string(), text);
        prop_assert!(is_token(text));
    }
    Ok(())
}

/// Text that is often nearly an id.
fn id_like() -> impl Strategy<Value = String> {
    let prefixes = prop::sample::select(vec!["ord", "usr", "ven", "sav", "msg", "opr", "fin", "sys", ""]);
    prop_oneof![
        text(),
        (prefixes.clone(), "[0-9a-f]{32}").prop_map(|(prefix, hex)| format!("{prefix}_{hex}")),
        (prefixes, "[0-9a-fA-F.*> -]{30,34}").prop_map(|(prefix, hex)| format!("{prefix}_{hex}")),
    ]
}

proptest! {
    #![proptest_config(config(2_000))]

    #[test]
    fn an_id_is_what_it_shows_and_fits_a_subject(shown in id_like()) {
        check_id::<OrderId>(&shown)?;
        check_id::<UserId>(&shown)?;
        check_id::<VendorId>(&shown)?;
        check_id::<SavedId>(&shown)?;
        check_id::<MessageId>(&shown)?;
        if let Ok(principal) = shown.parse::<Principal>() {
            prop_assert_eq!(principal.to_string(), shown.clone());
            prop_assert!(is_token(&shown), "{:?} stands in a subject", shown);
        }
    }

    #[test]
    fn a_subject_has_as_many_tokens_as_its_filter_whoever_asks(
        shown in id_like(), order in any::<u128>(), partitions in any::<u16>(),
    ) {
        let order_id = OrderId::from_uuid(uuid::Uuid::from_u128(order));
        let partition = partition_of(&order_id.to_string(), partitions);
        prop_assert!(partition < partitions.max(1));
        if let Ok(principal) = shown.parse::<Principal>() {
            let subject = AcceptOrder { order_id }.subject(&principal, partitions);
            prop_assert_eq!(subject, format!("intent.orders.accept.v1.{partition}.{principal}.{order_id}"));
        }
        let mut opened = <OrderOpened as contracts::Message>::sample();
        opened.about.order_id = order_id;
        prop_assert_eq!(opened.subject(partitions), format!("orders.opened.v1.{partition}.{order_id}"));
    }

    #[test]
    fn a_text_is_trimmed_once_and_read_as_it_was_written(typed in text()) {
        if let Ok(text) = Text::<20>::new(&typed) {
            prop_assert_eq!(Text::new(text.as_str()), Ok(text.clone()));
            let written = serde_json::to_string(&text).expect("JSON");
            prop_assert_eq!(serde_json::from_str::<Text<20>>(&written).expect("what was written"), text);
        }
    }

    #[test]
    fn a_verdict_is_read_or_refused(value in prop_oneof![
        altered(serde_json::to_value(Verdict::Refused(Refused::new("already_taken", "No."))).expect("JSON")),
        altered(json!({ "verdict": "done", "view": { "status": "CREATED" } })),
        altered(json!({ "verdict": "parked", "reason": "no reason" })),
    ]) {
        let stable = |bytes: &[u8]| serde_json::to_vec(&serde_json::from_slice::<Verdict>(bytes)?);
        check_stable(stable, value.to_string().as_bytes())?;
    }
}
