//! Why orders says no.

/// Why orders says no. Each has a stable code and one sentence for the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The quote was not made by this server, or was changed.
    #[error("This quote was not made here.")]
    BadQuote,
    /// The quote was made for somebody else.
    #[error("This quote was made for somebody else.")]
    NotYourQuote,
    /// The quote is too old.
    #[error("This quote is too old; ask for a new one.")]
    QuoteExpired,
    /// Only people order and deliver.
    #[error("Only a signed-in person can do this.")]
    NotAPerson,
    /// Only staff, or only the platform itself.
    #[error("You are not allowed to do this.")]
    NotAllowed,
    /// There is no such order, or not for you.
    #[error("There is no such order.")]
    NotFound,
    /// A customer must not deliver to themselves: predecessor.md B43.
    #[error("You cannot deliver your own order.")]
    OwnOrder,
    /// Another runner was quicker.
    #[error("Another runner has taken this order.")]
    AlreadyTaken,
    /// It is not paid for yet.
    #[error("This order is not on offer yet.")]
    NotOnOffer,
    /// Its time is over.
    #[error("The time to accept this order is over.")]
    PastDeadline,
    /// It is cancelled or done.
    #[error("This order is closed.")]
    Closed,
    /// Somebody else delivers it.
    #[error("You are not this order's runner.")]
    NotTheRunner,
    /// Steps come one after the other.
    #[error("This is not the next step of the delivery.")]
    WrongStep,
    /// Delivery needs the customer's PIN.
    #[error("Ask the customer for the four digits of the hand-over PIN.")]
    PinRequired,
    /// These are not the customer's digits.
    #[error("This is not the customer's hand-over PIN.")]
    WrongPin,
    /// Too many wrong ones.
    #[error("Too many wrong PINs; wait a quarter of an hour, and ask the customer.")]
    PinLocked,
    /// It is somebody else's order.
    #[error("This is somebody else's order.")]
    NotYourOrder,
    /// A runner is on it.
    #[error("A runner is on it already; the order can no longer be cancelled, unless it is late.")]
    RunnerHasIt,
    /// It was handed over.
    #[error("The order has been delivered; it can no longer be cancelled.")]
    AlreadyDelivered,
    /// It was paid for and paid out: only a refund helps.
    #[error("The order is completed; refund it instead.")]
    AlreadyCompleted,
    /// The runner has spent their own money on it.
    #[error("You have bought it already, so you cannot give it back; deliver it, or report a problem.")]
    AlreadyBought,
    /// An errand is settled by what the till said.
    #[error("Enter what the till receipt says.")]
    ReceiptRequired,
    /// Nobody spends that.
    #[error("With this amount the order would cost less than 0.50 or more than 2000.00.")]
    ReceiptOutOfRange,
    /// The customer has not answered yet.
    #[error("The customer has not answered the last question yet.")]
    ChangePending,
    /// There is no question to answer.
    #[error("Nobody has asked about a change.")]
    NoChangeAsked,
    /// A price list is what it is.
    #[error("This order is from a price list; its prices do not change.")]
    NotThisBasis,
    /// The time for it is over.
    #[error("It is too late for this.")]
    TooLate,
    /// Only afterwards.
    #[error("The order is not delivered and settled yet.")]
    NotDelivered,
    /// Once is enough.
    #[error("You have rated this order already.")]
    AlreadyRated,
    /// One to five.
    #[error("A rating has one to five stars.")]
    StarsOutOfRange,
    /// Once is enough.
    #[error("You have tipped for this order already.")]
    AlreadyTipped,
    /// Stripe's smallest charge, and what a student may mean.
    #[error("A tip is between 0.50 and 100.00.")]
    TipOutOfRange,
    /// Once is enough, until it is settled.
    #[error("You have reported a problem already; an operator is looking at it.")]
    AlreadyReported,
    /// Nothing is open.
    #[error("There is no open problem.")]
    NoSuchProblem,
    /// A shelf has an end.
    #[error("You have 50 saved orders already; delete one first.")]
    TooManySaved,
    /// A price list has an end, and names each thing once.
    #[error("A price list has at most 500 items, each named once, at a price between 0.00 and 1000.00.")]
    BadMenu,
}

impl chassis::Refusal for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::BadQuote => "bad_quote",
            Self::NotYourQuote => "not_your_quote",
            Self::QuoteExpired => "quote_expired",
            Self::NotAPerson => "not_a_person",
            Self::NotAllowed => "not_allowed",
            Self::NotFound => "not_found",
            Self::OwnOrder => "own_order",
            Self::AlreadyTaken => "already_taken",
            Self::NotOnOffer => "not_on_offer",
            Self::PastDeadline => "past_deadline",
            Self::Closed => "closed",
            Self::NotTheRunner => "not_the_runner",
            Self::WrongStep => "wrong_step",
            Self::PinRequired => "pin_required",
            Self::WrongPin => "wrong_pin",
            Self::PinLocked => "pin_locked",
            Self::NotYourOrder => "not_your_order",
            Self::RunnerHasIt => "runner_has_it",
            Self::AlreadyDelivered => "already_delivered",
            Self::AlreadyCompleted => "already_completed",
            Self::AlreadyBought => "already_bought",
            Self::ReceiptRequired => "receipt_required",
            Self::ReceiptOutOfRange => "receipt_out_of_range",
            Self::ChangePending => "change_pending",
            Self::NoChangeAsked => "no_change_asked",
            Self::NotThisBasis => "not_this_basis",
            Self::TooLate => "too_late",
            Self::NotDelivered => "not_delivered",
            Self::AlreadyRated => "already_rated",
            Self::StarsOutOfRange => "stars_out_of_range",
            Self::AlreadyTipped => "already_tipped",
            Self::TipOutOfRange => "tip_out_of_range",
            Self::AlreadyReported => "already_reported",
            Self::NoSuchProblem => "no_such_problem",
            Self::TooManySaved => "too_many_saved",
            Self::BadMenu => "bad_menu",
        }
    }
}
