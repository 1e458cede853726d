//! Every figure of a run beside that of an earlier one.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context as _;
use serde_json::Value;

/// One figure that both runs have: its name, as `latency_ms.alone.place.p50`, and what it was then and is now.
pub(super) struct Pair {
    name: String,
    earlier: f64,
    now: f64,
}

impl Pair {
    fn ratio(&self) -> f64 {
        self.now / self.earlier
    }
}

/// Reads what an earlier run printed with `--json`.
pub(super) fn read(file: &Path) -> anyhow::Result<Value> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not what `campusg bench --json` prints", file.display()))
}

/// Every figure that is in both, in the order of the later one.
pub(super) fn ratios(earlier: &Value, now: &Value) -> Vec<Pair> {
    let mut pairs = Vec::new();
    walk("", now, &mut |name, now| {
        let earlier = name.split('.').try_fold(earlier, |value, part| value.get(part));
        if let Some(earlier) = earlier.and_then(Value::as_f64) {
            pairs.push(Pair { name: name.to_owned(), earlier, now });
        }
    });
    pairs
}

fn walk(name: &str, value: &Value, each: &mut impl FnMut(&str, f64)) {
    let inner = |part: &str| if name.is_empty() { part.to_owned() } else { format!("{name}.{part}") };
    match value {
        Value::Number(number) => each(name, number.as_f64().unwrap_or(f64::NAN)),
        Value::Object(fields) => fields.iter().for_each(|(part, value)| walk(&inner(part), value, each)),
        // What stands in a list has no name to find it by again.
        Value::Array(_) | Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

/// By name.
pub(super) fn as_json(pairs: &[Pair]) -> Value {
    let ratios = pairs.iter().map(|pair| (pair.name.clone(), pair.ratio().into()));
    Value::Object(ratios.collect())
}

/// For people.
pub(super) fn as_table(pairs: &[Pair]) -> String {
    let mut text = format!("\n{:<58}{:>12}{:>12}{:>9}\n", "compared with the earlier run", "earlier", "now", "ratio");
    for pair in pairs {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {:<56}{:>12.3}{:>12.3}{:>9.2}", pair.name, pair.earlier, pair.now, pair.ratio());
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_figure_that_both_runs_have_is_compared() {
        let earlier = json!({ "rate": 50.0, "open": { "25": { "p50": 4.0 } }, "gone": 1.0, "list": [1.0] });
        let now = json!({ "rate": 75.0, "open": { "25": { "p50": 2.0 }, "50": {} }, "new": 1.0, "list": [2.0] });
        assert_eq!(as_json(&ratios(&earlier, &now)), json!({ "rate": 1.5, "open.25.p50": 0.5 }));
    }
}
