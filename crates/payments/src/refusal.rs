//! What rules of payments say no to.

/// A "no", with a stable code per variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Somebody else's, or an office's.
    #[error("This is not yours to do.")]
    NotAllowed,
    /// Nothing was taken.
    #[error("Nothing was taken from the customer, so there is nothing to give back.")]
    NothingToRefund,
    /// More than there is.
    #[error("That is more than what is left to give back.")]
    RefundTooLarge,
    /// All of it was given back.
    #[error("Everything was given back already.")]
    AlreadyRefunded,
    /// An earlier one is under way.
    #[error("A refund of this order is under way.")]
    BeingRefunded,
    /// The customer's bank has the money, for now or for good.
    #[error("The customer's bank has taken this money back in a dispute; Stripe gives back nothing of it.")]
    Disputed,
    /// Not among this person's cards.
    #[error("There is no such card.")]
    NoSuchCard,
    /// Not this person's.
    #[error("This payout account belongs to somebody else, or to nobody.")]
    UnknownAccount,
}

impl chassis::Refusal for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotAllowed => "not_allowed",
            Self::NothingToRefund => "nothing_to_refund",
            Self::RefundTooLarge => "refund_too_large",
            Self::AlreadyRefunded => "already_refunded",
            Self::BeingRefunded => "being_refunded",
            Self::Disputed => "disputed",
            Self::NoSuchCard => "no_such_card",
            Self::UnknownAccount => "unknown_account",
        }
    }
}
