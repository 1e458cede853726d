//! Stripe's own libraries do all our calls against the sandbox, unchanged.
//!
//! Where the libraries are is told by `cargo xtask test`, which fetches the pinned ones.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use stripe_sandbox::{Options, SECRET_KEY, Sandbox};
use tokio::process::Command;

/// The directory that Python imports from.
const PYTHON: &str = "CAMPUSG_STRIPE_PYTHON";
/// The `node_modules` of Node.js.
const NODE: &str = "CAMPUSG_STRIPE_NODE";

/// What a script may take; it is done in seconds.
const PATIENCE: Duration = Duration::from_secs(120);

#[tokio::test]
async fn the_library_for_python_is_answered_as_by_stripe() {
    let libraries = setting(PYTHON);
    let mut python = Command::new("python3");
    python.env("PYTHONPATH", libraries).env("PYTHONDONTWRITEBYTECODE", "1");
    check(python, "calls.py").await;
}

#[tokio::test]
async fn the_library_for_node_is_answered_as_by_stripe() {
    let libraries = setting(NODE);
    let mut node = Command::new("node");
    node.env(NODE, libraries);
    check(node, "calls.mjs").await;
}

/// Not skipped without it: whoever sees green relies on it.
#[track_caller]
fn setting(name: &str) -> String {
    let value = std::env::var(name).unwrap_or_default();
    assert!(
        !value.is_empty(),
        "{name} is not set: run `cargo xtask test -p stripe-sandbox`, which fetches the library"
    );
    value
}

async fn check(mut program: Command, script: &str) {
    let options = Options { instant_onboarding: false, ..Options::default() };
    let sandbox = Sandbox::start(options).await.expect("the sandbox starts");
    program
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("sdk").join(script))
        .env("STRIPE_API_BASE", sandbox.url())
        .env("STRIPE_SECRET_KEY", SECRET_KEY)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let done = tokio::time::timeout(PATIENCE, program.output()).await.expect("an end in time").expect("it starts");
    let said = String::from_utf8_lossy(&done.stdout);
    let complaint = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{script} ended with {}\n{said}\n{complaint}", done.status);
}
