//! The test cards, by Stripe's own names and numbers: <https://docs.stripe.com/testing>.

use crate::error::Error;

/// A card that can be used by name instead of by a real number.
#[derive(Debug)]
pub(crate) struct TestCard {
    /// What people read on a hosted page.
    pub(crate) name: &'static str,
    /// Its names in the API.
    pub(crate) tokens: &'static [&'static str],
    pub(crate) number: &'static str,
    pub(crate) brand: &'static str,
    pub(crate) behaviour: Behaviour,
}

/// What happens when it is set up and charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behaviour {
    Approved,
    /// Declined when it is charged and when it is attached to a customer.
    Declined(Decline),
    /// Can be attached; declined when it is charged.
    DeclinedLater(Decline),
    /// The bank wants the cardholder: declined off session, 3-D Secure on session.
    AsksCardholder {
        unless: Unless,
        then: Verdict,
    },
    /// Charged, and disputed as soon as the money is taken.
    Disputed {
        reason: &'static str,
    },
    /// Charged; refunds begin as succeeded and fail soon after.
    RefundsFail,
}

/// Why a card is declined, in Stripe's codes: <https://docs.stripe.com/declines/codes>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decline {
    pub(crate) code: &'static str,
    decline_code: &'static str,
    message: &'static str,
}

/// When a bank does without its cardholder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unless {
    Never,
    /// Once the cardholder has agreed at set-up.
    SetUp,
    /// Off session in any case.
    OffSession,
}

/// What the bank says once the cardholder has answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Approve,
    Decline(Decline),
}

impl Decline {
    pub(crate) fn to_error(self) -> Error {
        Error::card(self.code, self.decline_code, self.message)
    }
}

const GENERIC: Decline = card_declined("generic_decline", "Your card was declined.");
const INSUFFICIENT_FUNDS: Decline = card_declined("insufficient_funds", "Your card has insufficient funds.");
const LOST: Decline = card_declined("lost_card", "Your card was declined.");
const STOLEN: Decline = card_declined("stolen_card", "Your card was declined.");
const EXPIRED: Decline =
    Decline { code: "expired_card", decline_code: "expired_card", message: "Your card has expired." };
const PROCESSING_ERROR: Decline = Decline {
    code: "processing_error",
    decline_code: "processing_error",
    message: "An error occurred while processing your card. Try again in a little bit.",
};
/// What a bank answers that wants its cardholder, when the cardholder is away.
pub(crate) const AUTHENTICATION_REQUIRED: Decline = Decline {
    code: "authentication_required",
    decline_code: "authentication_required",
    message: "Your card was declined. This transaction requires authentication.",
};
/// The same, when the cardholder is there but the caller wants no questions (`error_on_requires_action`).
pub(crate) const AUTHENTICATION_NOT_HANDLED: Decline = Decline {
    code: "authentication_required",
    decline_code: "authentication_not_handled",
    message: "Your card was declined. This transaction requires authentication.",
};
/// A number that is no test card's.
const NO_TEST_CARD: Decline = card_declined(
    "test_mode_live_card",
    "Your card was declined. Your request was in test mode, but used a non test card. For a list of valid test cards, \
     visit: https://docs.stripe.com/testing.",
);

const fn card_declined(decline_code: &'static str, message: &'static str) -> Decline {
    Decline { code: "card_declined", decline_code, message }
}

const fn visa(
    name: &'static str,
    tokens: &'static [&'static str],
    number: &'static str,
    behaviour: Behaviour,
) -> TestCard {
    TestCard { name, tokens, number, brand: "visa", behaviour }
}

const fn asks(unless: Unless) -> Behaviour {
    Behaviour::AsksCardholder { unless, then: Verdict::Approve }
}

const fn asks_and_declines(decline: Decline) -> Behaviour {
    Behaviour::AsksCardholder { unless: Unless::Never, then: Verdict::Decline(decline) }
}

pub(crate) const TEST_CARDS: &[TestCard] = &[
    visa("Visa", &["pm_card_visa"], "4242424242424242", Behaviour::Approved),
    TestCard {
        name: "Mastercard",
        tokens: &["pm_card_mastercard"],
        number: "5555555555554444",
        brand: "mastercard",
        behaviour: Behaviour::Approved,
    },
    TestCard {
        name: "American Express",
        tokens: &["pm_card_amex"],
        number: "378282246310005",
        brand: "amex",
        behaviour: Behaviour::Approved,
    },
    visa(
        "Asks for authentication (3D Secure)",
        &["pm_card_threeDSecure2Required"],
        "4000000000003220",
        asks(Unless::Never),
    ),
    visa(
        "Asks for authentication every time",
        &["pm_card_authenticationRequired"],
        "4000002760003184",
        asks(Unless::Never),
    ),
    visa(
        "Asks for authentication unless set up",
        &["pm_card_authenticationRequiredOnSetup"],
        "4000002500003155",
        asks(Unless::SetUp),
    ),
    visa(
        "Asks for authentication, except off session",
        &["pm_card_authenticationRequiredSetupForOffSession"],
        "4000003800000446",
        asks(Unless::OffSession),
    ),
    visa(
        "Asks for authentication, then has insufficient funds",
        &["pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"],
        "4000008260003178",
        asks_and_declines(INSUFFICIENT_FUNDS),
    ),
    visa(
        "Asks for authentication, then is declined",
        &["pm_card_threeDSecureRequiredChargeDeclined"],
        "4000008400001629",
        asks_and_declines(GENERIC),
    ),
    visa(
        "Can be saved, is declined when charged",
        &["pm_card_chargeCustomerFail"],
        "4000000000000341",
        Behaviour::DeclinedLater(GENERIC),
    ),
    visa(
        "Declined",
        &["pm_card_visa_chargeDeclined", "pm_card_chargeDeclined"],
        "4000000000000002",
        Behaviour::Declined(GENERIC),
    ),
    visa(
        "Declined: insufficient funds",
        &["pm_card_visa_chargeDeclinedInsufficientFunds", "pm_card_chargeDeclinedInsufficientFunds"],
        "4000000000009995",
        Behaviour::Declined(INSUFFICIENT_FUNDS),
    ),
    visa(
        "Declined: lost card",
        &["pm_card_visa_chargeDeclinedLostCard", "pm_card_chargeDeclinedLostCard"],
        "4000000000009987",
        Behaviour::Declined(LOST),
    ),
    visa(
        "Declined: stolen card",
        &["pm_card_visa_chargeDeclinedStolenCard", "pm_card_chargeDeclinedStolenCard"],
        "4000000000009979",
        Behaviour::Declined(STOLEN),
    ),
    visa(
        "Declined: expired card",
        &["pm_card_chargeDeclinedExpiredCard"],
        "4000000000000069",
        Behaviour::Declined(EXPIRED),
    ),
    visa(
        "Declined: processing error",
        &["pm_card_chargeDeclinedProcessingError"],
        "4000000000000119",
        Behaviour::Declined(PROCESSING_ERROR),
    ),
    visa(
        "Disputed as fraudulent",
        &["pm_card_createDispute"],
        "4000000000000259",
        Behaviour::Disputed { reason: "fraudulent" },
    ),
    visa(
        "Disputed as not received",
        &["pm_card_createDisputeProductNotReceived"],
        "4000000000002685",
        Behaviour::Disputed { reason: "product_not_received" },
    ),
    visa("Refunds fail", &["pm_card_refundFail"], "4000000000005126", Behaviour::RefundsFail),
];

impl TestCard {
    pub(crate) fn last4(&self) -> &'static str {
        self.number.get(self.number.len() - 4..).unwrap_or_default()
    }
}

pub(crate) fn by_token(token: &str) -> Option<&'static TestCard> {
    TEST_CARDS.iter().find(|card| card.tokens.contains(&token))
}

/// The card with this number, however it is spaced.
pub(crate) fn by_number(number: &str) -> Result<&'static TestCard, Error> {
    let digits: String = number.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    if let Some(card) = TEST_CARDS.iter().find(|card| card.number == digits) {
        return Ok(card);
    }
    let is_number = (12..=19).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number && passes_luhn(&digits) {
        return Err(NO_TEST_CARD.to_error());
    }
    let message = "Your card number is incorrect.";
    Err(Decline { code: "incorrect_number", decline_code: "incorrect_number", message }.to_error().param("number"))
}

/// The check digit that card numbers end with.
fn passes_luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .map(|byte| u32::from(byte.saturating_sub(b'0')))
        .enumerate()
        .map(|(place, digit)| match (place % 2, digit) {
            (0, digit) => digit,
            (_, digit) if digit > 4 => digit * 2 - 9,
            (_, digit) => digit * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// How the card with these last four digits behaves; every card in the sandbox came from the table.
pub(crate) fn behaviour(last4: &str) -> Behaviour {
    TEST_CARDS.iter().find(|card| card.last4() == last4).map_or(Behaviour::Approved, |card| card.behaviour)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_card_has_a_valid_number_and_last_digits_of_its_own() {
        let last4: BTreeSet<&str> = TEST_CARDS.iter().map(TestCard::last4).collect();
        assert_eq!(last4.len(), TEST_CARDS.len());
        for card in TEST_CARDS {
            assert!(passes_luhn(card.number), "{}", card.number);
        }
    }

    #[test]
    fn a_number_is_read_however_it_is_spaced_and_others_are_declined() {
        assert_eq!(by_number("4242 4242-42424242").map(|card| card.name).ok(), Some("Visa"));
        let code = |number: &str| by_number(number).err().map(|error| error.to_value()["code"].clone());
        assert_eq!(code("4111111111111111"), Some("card_declined".into()));
        assert_eq!(code("4242424242424241"), Some("incorrect_number".into()));
        assert_eq!(code(""), Some("incorrect_number".into()));
    }
}
