//! Fuzz target: forms that are nearly right. Stripe answers them or says what is wrong; so does the sandbox, and goes on.

use fuzz::{drawn, text};
use proptest::prelude::*;

use crate::client::Client;

/// Forms per path.
const PER_PATH: u32 = 30;

/// What our own client sends, path by path. `{customer}` and the like stand for what is there.
const CALLS: &[(&str, &[(&str, &str)])] = &[
    ("/v1/customers", &[("metadata[user_id]", "usr_1"), ("description", "Ada"), ("expand[]", "sources")]),
    ("/v1/customers/{customer}", &[("metadata[user_id]", ""), ("metadata", "")]),
    ("/v1/payment_methods/{card}/attach", &[("customer", "{customer}")]),
    ("/v1/payment_methods/{card}/detach", &[]),
    (
        "/v1/accounts",
        &[
            ("controller[fees][payer]", "application"),
            ("country", "US"),
            ("capabilities[transfers][requested]", "true"),
        ],
    ),
    (
        "/v1/account_links",
        &[
            ("account", "acct_ready_1"),
            ("type", "account_onboarding"),
            ("return_url", "http://a/b"),
            ("refresh_url", "http://a/c"),
        ],
    ),
    (
        "/v1/payment_intents",
        &[
            ("amount", "1250"),
            ("currency", "usd"),
            ("customer", "{customer}"),
            ("payment_method", "{card}"),
            ("capture_method", "manual"),
            ("confirm", "true"),
            ("off_session", "true"),
            ("expand[0]", "latest_charge"),
            ("metadata[order_id]", "ord_1"),
        ],
    ),
    ("/v1/payment_intents/{intent}/capture", &[("amount_to_capture", "1250")]),
    ("/v1/payment_intents/{intent}/confirm", &[("payment_method", "{card}")]),
    ("/v1/payment_intents/{intent}/cancel", &[("cancellation_reason", "abandoned")]),
    ("/v1/payment_intents/{intent}", &[("amount", "900"), ("metadata[a]", "b")]),
    (
        "/v1/setup_intents",
        &[("customer", "{customer}"), ("payment_method", "{card}"), ("confirm", "true"), ("usage", "off_session")],
    ),
    (
        "/v1/checkout/sessions",
        &[
            ("mode", "setup"),
            ("currency", "usd"),
            ("customer", "{customer}"),
            ("success_url", "http://a/b"),
            ("cancel_url", "http://a/c"),
        ],
    ),
    (
        "/v1/transfers",
        &[
            ("amount", "100"),
            ("currency", "usd"),
            ("destination", "acct_ready_1"),
            ("source_transaction", "{charge}"),
            ("transfer_group", "ord_1"),
        ],
    ),
    ("/v1/refunds", &[("payment_intent", "{intent}"), ("amount", "100"), ("reason", "requested_by_customer")]),
];

/// Done to one pair of a form.
#[derive(Clone, Debug)]
enum Alteration {
    Value(String),
    Name(String),
    Gone,
    Twice,
}

fn alteration() -> impl Strategy<Value = Alteration> {
    let numbers = prop::sample::select(vec![
        "-1",
        "0",
        "1",
        "49",
        "50",
        "99999999",
        "100000000",
        "9223372036854775807",
        "1e3",
        "0x1",
        "+5",
    ]);
    prop_oneof![
        3 => text().prop_map(Alteration::Value),
        3 => numbers.prop_map(|number| Alteration::Value(number.to_owned())),
        2 => "[a-z]{1,8}(\\[[a-z0-9]{0,6}\\]?){0,3}".prop_map(Alteration::Name),
        1 => Just(Alteration::Gone),
        1 => Just(Alteration::Twice),
    ]
}

fn altered(
    mut form: Vec<(String, String)>,
    alterations: Vec<(prop::sample::Index, Alteration)>,
) -> Vec<(String, String)> {
    form.push(("limit".to_owned(), "3".to_owned()));
    for (place, alteration) in alterations {
        let at = place.index(form.len());
        match alteration {
            Alteration::Value(value) => form[at].1 = value,
            Alteration::Name(name) => form[at].0 = name,
            Alteration::Gone if form.len() > 1 => drop(form.remove(at)),
            Alteration::Gone => {}
            Alteration::Twice => form.push(form[at].clone()),
        }
    }
    // Nobody lists while they create; what is left of it is a parameter that nobody knows.
    form.retain(|(name, value)| (name.as_str(), value.as_str()) != ("limit", "3"));
    form
}

#[tokio::test]
async fn every_form_is_answered_or_refused() {
    let client = Client::new().await;
    let (customer, card) = client.customer_with("pm_card_visa").await;
    let (mut refused, mut taken) = (0, 0);
    for (path, form) in CALLS {
        for alterations in drawn(PER_PATH, &prop::collection::vec((any::<prop::sample::Index>(), alteration()), 0..3)) {
            // Fresh ones, for the one before may have been captured, cancelled or taken away.
            let (intent, charge) = client.captured("pm_card_visa").await;
            let fill = |text: &str| {
                let text = text.replace("{customer}", &customer).replace("{card}", &card);
                text.replace("{intent}", &intent).replace("{charge}", &charge)
            };
            let form: Vec<_> = form.iter().map(|(name, value)| ((*name).to_owned(), fill(value))).collect();
            let form = altered(form, alterations);
            let pairs: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let answer = client.post(&fill(path), &pairs).await;
            assert!(answer.status.as_u16() < 500, "{path} {pairs:?}: {} {}", answer.status, answer.body);
            if answer.status.is_success() {
                assert!(answer.body["object"].is_string(), "{path} {pairs:?}: {}", answer.body);
                taken += 1;
            } else {
                assert!(answer.body["error"]["type"].is_string(), "{path} {pairs:?}: {}", answer.body);
                refused += 1;
            }
        }
    }
    assert!(taken > 50 && refused > 50, "{taken} taken, {refused} refused");
    assert_eq!(client.get("/v1/balance").await.status.as_u16(), 200);
}
