//! What the property tests and fuzz targets share: their budget, and input that is nearly right.
//!
//! Every fuzz target is a proptest in the tests of the crate whose decoder or rule it is about, so that stable Rust runs it
//! with `cargo test`: bounded, and the same every time. `CAMPUSG_FUZZ=200 cargo test -p contracts` runs as many times as
//! many cases from another seed each time, and prints the shortest input that fails.
//!
//! What is thrown at a decoder starts from the samples that stand under `streams/samples/`: arbitrary bytes alone never get
//! past the first brace.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::{Map, Value, json};

/// The variable that says how many times the usual budget a run may use.
pub const BUDGET: &str = "CAMPUSG_FUZZ";

/// How many times the usual budget: 1 unless [`BUDGET`] says more.
#[must_use]
pub fn budget() -> u32 {
    std::env::var(BUDGET).ok().and_then(|times| times.parse().ok()).unwrap_or(1).max(1)
}

/// So many cases, times the budget. The usual run is the same every time; a longer one is another one each time.
#[must_use]
pub fn config(cases: u32) -> Config {
    let rng_seed = if budget() == 1 { RngSeed::Fixed(0x2026_0305) } else { RngSeed::Random };
    Config {
        cases: cases.saturating_mul(budget()),
        rng_seed,
        // A seed in a file of the tree would be one more thing to look after: what fails becomes a test with a name.
        failure_persistence: None,
        max_shrink_iters: 4_096,
        ..Config::default()
    }
}

/// So many values, times the budget: for tests that send them somewhere and look at all the answers together.
///
/// # Panics
/// When the strategy cannot make any.
pub fn drawn<S: Strategy>(count: u32, strategy: &S) -> Vec<S::Value> {
    let mut runner = TestRunner::new(config(1));
    let mut draw = || strategy.new_tree(&mut runner).expect("a value").current();
    (0..count.saturating_mul(budget())).map(|_| draw()).collect()
}

/// JSON that is `sample` but for a few places.
pub fn altered(sample: Value) -> impl Strategy<Value = Value> {
    vec((any::<Index>(), alteration()), 0..5).prop_map(move |alterations| {
        let mut value = sample.clone();
        for (place, alteration) in alterations {
            let mut pointers = Vec::new();
            collect(&value, String::new(), &mut pointers);
            let pointer = place.get(&pointers).clone();
            alteration.apply(&mut value, &pointer);
        }
        value
    })
}

/// Bytes of JSON that is nearly `sample`, sometimes cut off or with a few of them changed, and sometimes just any bytes.
pub fn bytes_near(sample: Value) -> impl Strategy<Value = Vec<u8>> {
    let damaged = (altered(sample.clone()), vec((any::<Index>(), any::<u8>()), 1..4), any::<Index>(), any::<bool>());
    prop_oneof![
        6 => altered(sample).prop_map(|value| value.to_string().into_bytes()),
        3 => damaged.prop_map(|(value, changes, end, cut)| {
            let mut bytes = value.to_string().into_bytes();
            for (place, byte) in changes {
                let place = place.index(bytes.len());
                bytes[place] = byte;
            }
            bytes.truncate(if cut { end.index(bytes.len()) } else { bytes.len() });
            bytes
        }),
        1 => vec(any::<u8>(), 0..200),
    ]
}

/// Text that somebody might type, or send to see what happens.
pub fn text() -> impl Strategy<Value = String> {
    prop_oneof![3 => any::<String>(), 2 => "[ -~]{0,40}", 2 => select(TEXTS.to_vec()).prop_map(str::to_owned)]
}

/// What breaks things elsewhere.
const TEXTS: &[&str] = &[
    "",
    " ",
    "\0",
    "a\0b",
    "\r\n",
    "null",
    "0",
    "-1",
    "1e309",
    "9223372036854775808",
    "NaN",
    "..",
    "*",
    ">",
    "a.b",
    "%00",
    "\u{202e}abc",
    "\u{feff}",
    "e\u{301}",
    "\u{1f469}\u{200d}\u{1f373}",
    "ord_",
    "ord_*",
    "usr_0",
    "ord_00000000000000000000000000000000",
    "usr_ffffffffffffffffffffffffffffffff",
    "2026-02-30T25:61:61Z",
    "-009999-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999999Z",
    "9999-12-30T22:00:00.999999999Z",
    "'; DROP TABLE orders; --",
    "{\"a\":1}",
    "t=1,v1=",
    "sys_",
    "sys_clerk",
    "opr_",
    "fin_0",
];

/// One thing that is done to a place.
#[derive(Clone, Debug)]
enum Alteration {
    Becomes(Value),
    IsLeftOut,
    IsRenamed(String),
    HasMore(String, Value),
    IsDoubled,
    IsWrapped(usize),
    IsLong(u16),
}

fn alteration() -> impl Strategy<Value = Alteration> {
    prop_oneof![
        6 => value().prop_map(Alteration::Becomes),
        2 => Just(Alteration::IsLeftOut),
        1 => text().prop_map(Alteration::IsRenamed),
        2 => (text(), value()).prop_map(|(name, value)| Alteration::HasMore(name, value)),
        1 => Just(Alteration::IsDoubled),
        1 => (1..200_usize).prop_map(Alteration::IsWrapped),
        1 => any::<u16>().prop_map(Alteration::IsLong),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let numbers: Vec<Value> = [
        "0",
        "1",
        "-1",
        "1.5",
        "1e300",
        "-0.0",
        "9223372036854775807",
        "-9223372036854775808",
        "18446744073709551615",
        "4294967296",
        "9007199254740993",
        "253402300800",
        "999999999999",
    ]
    .iter()
    .filter_map(|text| serde_json::from_str(text).ok())
    .collect();
    prop_oneof![
        3 => text().prop_map(Value::from),
        4 => select(numbers),
        2 => any::<i64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => Just(json!([])),
        1 => Just(json!({})),
    ]
}

/// Every place in it, as JSON pointers.
fn collect(value: &Value, at: String, pointers: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                collect(field, format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), pointers);
            }
        }
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                collect(item, format!("{at}/{n}"), pointers);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    pointers.push(at);
}

impl Alteration {
    fn apply(self, whole: &mut Value, pointer: &str) {
        let (parent, name) = pointer.rsplit_once('/').unwrap_or_default();
        let name = name.replace("~1", "/").replace("~0", "~");
        match self {
            Self::IsLeftOut => drop(removed(whole.pointer_mut(parent), &name)),
            Self::IsRenamed(new) => {
                if let Some(value) = removed(whole.pointer_mut(parent), &name)
                    && let Some(Value::Object(fields)) = whole.pointer_mut(parent)
                {
                    fields.insert(new, value);
                }
            }
            Self::Becomes(_) | Self::HasMore(..) | Self::IsDoubled | Self::IsWrapped(_) | Self::IsLong(_) => {
                if let Some(place) = whole.pointer_mut(pointer) {
                    *place = self.made_of(place.take());
                }
            }
        }
    }

    fn made_of(self, value: Value) -> Value {
        match (self, value) {
            (Self::Becomes(new), _) => new,
            (Self::HasMore(name, more), Value::Object(mut fields)) => {
                fields.insert(name, more);
                Value::Object(fields)
            }
            (Self::HasMore(_, more), Value::Array(mut items)) => {
                items.push(more);
                Value::Array(items)
            }
            (Self::IsDoubled, Value::Array(items)) => Value::Array([items.clone(), items].concat()),
            (Self::IsWrapped(times), value) => (0..times).fold(value, |value, n| match n % 2 {
                0 => json!([value]),
                _ => Value::Object(Map::from_iter([("a".to_owned(), value)])),
            }),
            (Self::IsLong(length), Value::String(text)) => {
                let text = if text.is_empty() { "x".to_owned() } else { text };
                Value::from(text.chars().cycle().take(length.into()).collect::<String>())
            }
            (_, value) => value,
        }
    }
}

fn removed(parent: Option<&mut Value>, name: &str) -> Option<Value> {
    match parent {
        Some(Value::Object(fields)) => fields.remove(name),
        Some(Value::Array(items)) => name.parse().ok().filter(|n| *n < items.len()).map(|n: usize| items.remove(n)),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) | None => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn what_is_altered_is_sometimes_the_sample_and_mostly_near_it() {
        let sample = json!({ "order_id": "ord_1", "about": { "at": "now", "amounts": [1, 2, 3] } });
        let drawn = drawn(500, &altered(sample.clone()));
        let different: BTreeSet<String> = drawn.iter().map(Value::to_string).collect();
        assert!(drawn.contains(&sample) && different.len() > drawn.len() / 2, "{}", different.len());
        assert!(drawn.iter().filter(|value| value.is_object()).count() > drawn.len() / 2);
    }
}
