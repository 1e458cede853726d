//! Explores the short scopes: every order of events in them, of the services as they are.

use std::time::Duration;

use model::scope::scopes;
use model::{Effort, check, services};

#[test]
fn whatever_happens_in_whatever_order_nothing_is_lost_and_nothing_happens_twice() {
    let effort = Effort { threads: 2, at_most: Duration::from_secs(600), progress: |_, _, _| {} };
    for scope in scopes().into_iter().filter(|scope| scope.short) {
        let verdict = check(scope, services, &effort);
        println!("{}: {} states, {:?}", verdict.scope, verdict.unique, verdict.took);
        for (property, story) in &verdict.broken {
            println!("{}: {property}\n{story}", verdict.scope);
        }
        assert!(verdict.is_good(), "{}: {:?}", verdict.scope, verdict.broken.first().map(|(property, _)| property));
    }
}
