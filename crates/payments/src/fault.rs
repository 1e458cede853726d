//! What a call to Stripe that went wrong means for the message that caused it.

use chassis::Fault;

use crate::payment::No;
use crate::stripe::CallError;

/// A call that brought no answer is made again however long Stripe is away; a refusal that nobody foresaw is for an
/// operator.
pub(crate) fn fault(error: CallError) -> Fault {
    match error {
        CallError::TryAgain(_) => Fault::away(error),
        CallError::Refused { .. } => Fault::give_up(error),
    }
}

/// A "no" is data; everything else is tried again.
pub(crate) fn no_or_fault<T>(answer: Result<T, CallError>) -> Result<Result<T, No>, Fault> {
    match answer {
        Ok(value) => Ok(Ok(value)),
        Err(CallError::Refused { code, message }) => Ok(Err(No { code, message })),
        Err(error @ CallError::TryAgain(_)) => Err(fault(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stripe_that_is_away_is_waited_for() {
        let away = fault(CallError::TryAgain("no answer".into()));
        assert!(format!("{away:?}").contains("Away"), "{away:?}");
    }
}
