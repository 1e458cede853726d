//! Everything that is said is heard, everything that is heard is said, and every promise is kept by somebody.

use campusg::map::Map;
use campusg::registry;
use chassis::{Config, Service};

#[test]
fn the_platform_is_wired_completely() {
    let services = registry::services(&Config::defaults()).expect("services");
    assert_eq!(Map::new(&services).faults(), Vec::<String>::new());
}

#[test]
fn the_name_in_the_registry_is_the_name_of_the_service() {
    let config = Config::defaults();
    for service in registry::services(&config).expect("services") {
        let part = registry::find(service.name).unwrap_or_else(|| panic!("{} is not in the registry", service.name));
        let named = registry::services_of(&[part], &config).expect("a service");
        assert_eq!(named.iter().map(|service| service.name).collect::<Vec<_>>(), [service.name]);
    }
}

#[track_caller]
fn check_without(missing: &str, expected: &[&str]) {
    let services: Vec<Service> = registry::services(&Config::defaults()).expect("services");
    let services: Vec<Service> = services.into_iter().filter(|service| service.name != missing).collect();
    let faults = Map::new(&services).faults();
    for fault in expected {
        assert!(faults.iter().any(|found| found == fault), "{fault:?} is not among {faults:#?}");
    }
}

#[test]
fn a_missing_service_is_noticed() {
    check_without(
        "timers",
        &["nobody says timers.acceptance_elapsed.v1", "the deadline timers.delivery.v1 is watched by 0 services"],
    );
    check_without(
        "orders",
        &[
            "intent orders.place.v1 is decided by [], not by one reaction of orders",
            "nobody says orders.opened.v1",
            "nobody listens to payments.authorized.v1, and it is not declared final",
            "nobody promises the deadline timers.acceptance.v1",
            "nobody reacts when timers.acceptance.v1 has elapsed (timers.acceptance_elapsed.v1)",
            "question orders.get.v1 is answered by [], not by orders",
        ],
    );
}

#[test]
fn two_services_whose_words_would_have_one_id_are_noticed() {
    let mut services = registry::services(&Config::defaults()).expect("services");
    let again = registry::services(&Config::defaults()).expect("services");
    let mut notifications = again.into_iter().find(|service| service.name == "notifications").expect("notifications");
    notifications.name = "posters";
    services.push(notifications);
    let faults = Map::new(&services).faults();
    let expected = "notifications/tell-accepted and posters/tell-accepted react to";
    assert!(faults.iter().any(|found| found.contains(expected)), "{expected:?} is not among {faults:#?}");
    // Both forget whoever has closed their account, and say nothing.
    assert!(!faults.iter().any(|found| found.contains("notifications/forget and posters/forget")), "{faults:#?}");
}
