//! The test cards, by Stripe's own names and numbers: <https://docs.stripe.com/testing>.

/// A card that can be used by name instead of by a real number.
#[derive(Debug)]
pub(crate) struct TestCard {
    pub(crate) token: &'static str,
    pub(crate) brand: &'static str,
    pub(crate) last4: &'static str,
    pub(crate) behaviour: Behaviour,
}

/// What happens when it is charged. Attaching works for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behaviour {
    Approved,
    Declined {
        decline_code: &'static str,
        message: &'static str,
    },
    /// The bank wants the cardholder: declined off session, 3-D Secure on session.
    AsksCardholder,
}

pub(crate) const TEST_CARDS: &[TestCard] = &[
    TestCard { token: "pm_card_visa", brand: "visa", last4: "4242", behaviour: Behaviour::Approved },
    TestCard { token: "pm_card_mastercard", brand: "mastercard", last4: "4444", behaviour: Behaviour::Approved },
    TestCard {
        token: "pm_card_chargeCustomerFail",
        brand: "visa",
        last4: "0341",
        behaviour: Behaviour::Declined { decline_code: "generic_decline", message: "Your card was declined." },
    },
    TestCard {
        token: "pm_card_visa_chargeDeclinedInsufficientFunds",
        brand: "visa",
        last4: "9995",
        behaviour: Behaviour::Declined {
            decline_code: "insufficient_funds",
            message: "Your card has insufficient funds.",
        },
    },
    TestCard {
        token: "pm_card_authenticationRequired",
        brand: "visa",
        last4: "3184",
        behaviour: Behaviour::AsksCardholder,
    },
];

/// How the card with these last four digits behaves; every card in the sandbox came from the table.
pub(crate) fn behaviour(last4: &str) -> Behaviour {
    TEST_CARDS.iter().find(|card| card.last4 == last4).map_or(Behaviour::Approved, |card| card.behaviour)
}
