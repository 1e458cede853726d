//! Whatever a rule refuses has a code that the API's document names, so that a client can be written against it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Refusals that reach nobody through the API: what is asked in such a way is asked by the platform itself, by its webhooks
/// for example.
const INTERNAL: &[&str] = &["bad_question", "unavailable", "unknown_account"];

/// The codes in the text of a source: of its refusals' `code()`, and of refusals made on the spot.
fn codes(text: &str) -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    if text.contains("Refusal for Refusal") {
        let arms = text.lines().filter_map(|line| line.trim().strip_prefix("Self::")?.split_once(" => \""));
        codes.extend(arms.filter_map(|(_, rest)| rest.split('"').next()).map(str::to_owned));
    }
    for made in text.split("Refused::new(").skip(1) {
        codes.extend(made.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next()).map(str::to_owned));
    }
    codes
}

#[test]
fn every_refusal_is_in_the_apis_document() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let document = fs::read_to_string(root.join("openapi/gateway.json")).expect("the document");
    let mut all = BTreeSet::new();
    for service in ["orders", "payments", "users", "notifications", "repairs", "chassis"] {
        let mut directories = vec![root.join("crates").join(service).join("src")];
        while let Some(directory) = directories.pop() {
            for entry in fs::read_dir(directory).expect("a directory") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    directories.push(path);
                } else {
                    let text = fs::read_to_string(&path).expect("a source");
                    all.extend(codes(text.split("#[cfg(test)]").next().unwrap_or_default()));
                }
            }
        }
    }
    assert!(all.contains("already_taken") && all.contains("empty_basket"), "the codes are not found: {all:?}");
    let missing: Vec<_> = all
        .iter()
        .filter(|code| !INTERNAL.contains(&code.as_str()))
        .filter(|code| !document.contains(&format!("`{code}`")))
        .collect();
    assert!(missing.is_empty(), "not in openapi/gateway.json: {missing:?}");
}
