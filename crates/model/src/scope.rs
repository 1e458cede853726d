//! What is explored: who takes part, what may go wrong, and how often.

use contracts::Cents;

use crate::bank::{Moods, Patience};

/// One exhaustive exploration. Everything in it is explored in every order and every combination.
#[derive(Clone, Debug)]
pub struct Scope {
    /// What it is called.
    pub name: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// Whether it is one of the short ones that the tests run.
    pub short: bool,
    /// How many runners there are: 0 to 2.
    pub runners: usize,
    /// Whether the second one has an account to be paid on; if not, they are refused.
    pub second_runner_payable: bool,
    /// How often each runner may accept to any effect.
    pub accepts: u8,
    /// How often each may give it back.
    pub withdraws: u8,
    /// Whether the customer has a card.
    pub card: bool,
    /// Whether the customer may call it off.
    pub customer_cancels: bool,
    /// Whether the customer says themselves that they have it, instead of the runner setting out and showing the PIN.
    pub confirms: bool,
    /// Whether the customer gives a tip afterwards.
    pub tips: bool,
    /// How often.
    pub tip_tries: u8,
    /// Whether what it costs is known only at the till.
    pub errand: bool,
    /// Whether the operator may call it off.
    pub operator_cancels: bool,
    /// What the operator may give back, everything if absent: each at the runner's and at the platform's cost.
    pub refunds: Vec<Option<Cents>>,
    /// How often each.
    pub refund_tries: u8,
    /// Which unusual answers Stripe may give, and how many in all.
    pub stripe: Patience,
    /// Whether Stripe's webhooks are told at all; if so each is told at any later moment.
    pub webhooks: bool,
    /// How many holds may lapse by themselves, be taken in the dashboard, and how many refunds may come back.
    pub lapses: u8,
    /// See there.
    pub dashboard: u8,
    /// See there.
    pub refunds_fail: u8,
    /// Which deadlines may elapse; each at any moment after it was promised.
    pub deadlines: Vec<&'static str>,
    /// How often each service may die between its commit and the publication of what it said, at any point of that.
    pub crashes: u8,
    /// How many messages, of whatever service, may be delivered again at any later moment.
    pub redeliveries: u8,
    /// How the chassis goes about a message.
    pub chassis: Chassis,
    /// Whether the runner's share is looked at after refunds: see the known faults of the money in `crates/README.md`.
    pub fair: bool,
    /// What has to be seen in it, or it explores too little: names of [`crate::properties::SIGHTS`].
    pub sees: Vec<&'static str>,
}

/// How the chassis goes about a message. Anything but [`Chassis::AsBuilt`] is a known way to get it wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chassis {
    /// State and journal are committed together, then published, then acknowledged.
    AsBuilt,
    /// What is said is not written down: a message that comes again is handled again.
    WithoutJournal,
    /// Acknowledged as soon as it is committed: what was not published by then is never said.
    AcknowledgesFirst,
    /// Published before it is committed.
    PublishesFirst,
}

/// Every class of deadlines.
pub const DEADLINES: [&str; 7] = ["acceptance", "delivery", "action", "consent", "no_show", "hold", "settle"];

const NEVER: Patience = Patience { moods: Moods { refuses: false, asks: false, loses: false, silent: false }, left: 0 };

fn moody(left: u8) -> Patience {
    Patience { moods: Moods { refuses: true, asks: true, loses: true, silent: true }, left }
}

/// One order, one runner, nothing that goes wrong.
#[must_use]
pub fn plain() -> Scope {
    Scope {
        name: "plain",
        about: "one order, one runner; nothing goes wrong, and every deadline may elapse at any moment",
        short: true,
        runners: 1,
        second_runner_payable: true,
        accepts: 1,
        withdraws: 0,
        card: true,
        customer_cancels: false,
        confirms: true,
        tips: false,
        tip_tries: 1,
        errand: false,
        operator_cancels: false,
        refunds: Vec::new(),
        refund_tries: 1,
        stripe: NEVER,
        webhooks: true,
        lapses: 0,
        dashboard: 0,
        refunds_fail: 0,
        deadlines: DEADLINES.to_vec(),
        crashes: 0,
        redeliveries: 0,
        chassis: Chassis::AsBuilt,
        fair: false,
        sees: vec!["completed", "expired", "overdue"],
    }
}

/// Every scope, the short ones first.
#[must_use]
#[expect(clippy::too_many_lines, reason = "one table, read from the top to the bottom")]
pub fn scopes() -> Vec<Scope> {
    vec![
        plain(),
        Scope {
            name: "cancel",
            about: "customer and operator call it off at any moment, while Stripe asks, refuses or is silent once",
            runners: 1,
            customer_cancels: true,
            operator_cancels: true,
            stripe: moody(1),
            sees: vec![
                "completed",
                "called off",
                "called off by staff",
                "declined",
                "timed out at the bank",
                "payout held",
            ],
            ..plain()
        },
        Scope {
            name: "race",
            about: "two runners accept, give back and accept again; one order",
            runners: 2,
            accepts: 2,
            withdraws: 1,
            customer_cancels: true,
            sees: vec!["completed", "expired", "called off"],
            ..plain()
        },
        Scope {
            name: "rejected",
            about: "the second runner cannot be paid and is refused; the offer stands, or its time is over",
            runners: 2,
            second_runner_payable: false,
            accepts: 2,
            customer_cancels: true,
            sees: vec!["completed", "expired"],
            ..plain()
        },
        Scope {
            name: "no-card",
            about: "the customer has no card",
            card: false,
            customer_cancels: true,
            sees: vec!["no card", "declined"],
            ..plain()
        },
        Scope {
            name: "again",
            about: "two messages are delivered again at any later moment, intents among them; the broker has forgotten their ids",
            customer_cancels: true,
            redeliveries: 2,
            deadlines: vec!["acceptance", "action"],
            sees: vec!["completed", "expired", "called off"],
            ..plain()
        },
        Scope {
            name: "crash",
            about: "each service dies once, at any point between its commit and its last publication",
            customer_cancels: true,
            crashes: 1,
            deadlines: vec!["acceptance", "action"],
            sees: vec!["completed", "expired", "called off"],
            ..plain()
        },
        Scope {
            name: "refund",
            about: "the operator refunds everything or a part at anybody's cost, while Stripe refuses or is silent once",
            refunds: vec![None, Some(Cents(500))],
            deadlines: vec!["settle"],
            stripe: moody(1),
            sees: vec!["completed", "refunded", "payout held"],
            ..plain()
        },
        Scope {
            name: "tip",
            about: "the customer tips while the operator refunds and Stripe refuses or is silent once",
            tips: true,
            tip_tries: 2,
            refunds: vec![None],
            deadlines: vec!["settle"],
            stripe: moody(1),
            sees: vec!["tipped", "refunded"],
            ..plain()
        },
        Scope {
            name: "till",
            about: "an errand whose till says more than is held: asked, agreed or not, and held on top",
            errand: true,
            operator_cancels: true,
            deadlines: vec!["consent", "settle", "delivery"],
            stripe: moody(1),
            short: false,
            sees: vec!["held on top", "completed", "called off by staff"],
            ..plain()
        },
        Scope {
            name: "shares",
            about: "two refunds, a tip, and one refusal: whose money is it then?",
            tips: true,
            refunds: vec![None, Some(Cents(500))],
            refund_tries: 2,
            stripe: Patience { moods: Moods { refuses: true, asks: false, loses: false, silent: false }, left: 1 },
            deadlines: vec!["settle"],
            webhooks: false,
            fair: true,
            short: false,
            sees: vec!["tipped", "refunded", "returned"],
            ..plain()
        },
        Scope {
            name: "stripe",
            about: "every outcome of every call, three times in a row",
            customer_cancels: true,
            operator_cancels: true,
            stripe: moody(3),
            deadlines: vec!["acceptance", "action", "settle", "hold"],
            short: false,
            sees: vec!["completed", "declined", "timed out at the bank", "payout held"],
            ..plain()
        },
        Scope {
            name: "dashboard",
            about: "a hold lapses by itself or is taken by hand, and a refund comes back",
            customer_cancels: true,
            operator_cancels: true,
            refunds: vec![None],
            lapses: 1,
            dashboard: 1,
            refunds_fail: 1,
            deadlines: vec!["acceptance", "settle", "hold"],
            short: false,
            sees: vec!["completed", "refunded"],
            ..plain()
        },
        Scope {
            name: "whole",
            about: "one order, two runners, one customer, one operator, every outcome of Stripe's once, one crash of each \
                    service, two redeliveries",
            runners: 2,
            accepts: 1,
            withdraws: 1,
            customer_cancels: true,
            operator_cancels: true,
            stripe: moody(1),
            deadlines: vec!["acceptance", "action", "delivery", "settle"],
            crashes: 1,
            redeliveries: 2,
            short: false,
            sees: vec!["completed", "expired", "payout held", "overdue"],
            ..plain()
        },
    ]
}

/// The scope of this name.
#[must_use]
pub fn find(name: &str) -> Option<Scope> {
    scopes().into_iter().find(|scope| scope.name == name)
}
