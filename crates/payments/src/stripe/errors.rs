//! What can go wrong with a call, and whether trying again helps.

use std::error::Error;

use stripe::{ApiErrors, ApiErrorsCode, StripeError};

/// An error of any kind that can cross threads.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// Why a call did not end as asked.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// Nobody knows whether it happened, or it cannot happen right now. The same call with the same key will tell.
    #[error("stripe could not be asked, or did not answer")]
    TryAgain(#[source] BoxError),
    /// Stripe said no, or something else happened than was asked for. The same call will end the same.
    #[error("stripe refused: {code}: {message}")]
    Refused {
        /// Stripe's error code, or its type where it has no code; `payment_intent_<status>` for a PaymentIntent that
        /// is not where it should be, such as `payment_intent_succeeded` for a release that came after the capture.
        code: String,
        /// For operators, not for customers.
        message: String,
    },
}

impl CallError {
    pub(super) fn refused(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Refused { code: code.into(), message: message.into() }
    }

    /// Whether the key was used before, with other words.
    pub(super) fn is_idempotency_conflict(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if code == "idempotency_error")
    }
}

/// An answer after which trying again helps, without the objects Stripe attaches: a PaymentIntent has its client secret.
#[derive(Debug, thiserror::Error)]
#[error("stripe answered {status} {code}: {message}")]
struct Unwell {
    status: u16,
    code: String,
    message: String,
}

impl From<StripeError> for CallError {
    fn from(error: StripeError) -> Self {
        match error {
            StripeError::Stripe(error, status) if trying_again_helps(status) => {
                let (code, message) = code_and_message(*error);
                Self::TryAgain(Box::new(Unwell { status, code, message }))
            }
            StripeError::Stripe(error, _) => {
                let (code, message) = code_and_message(*error);
                Self::Refused { code, message }
            }
            // An answer that cannot be read may still be the answer to a call that was carried out.
            error @ (StripeError::JSONDeserialize(_)
            | StripeError::ClientError(_)
            | StripeError::ConfigError(_)
            | StripeError::Timeout) => Self::TryAgain(Box::new(error)),
        }
    }
}

/// 401 and 403 are about our key, not about this payment: once the key is mended, the same call goes through.
/// 409 is a key in use by a call that is still under way, 424 somebody Stripe depends on.
fn trying_again_helps(status: u16) -> bool {
    matches!(status, 401 | 403 | 409 | 424 | 429 | 500..)
}

pub(super) fn code_and_message(error: ApiErrors) -> (String, String) {
    let code = error.code.as_ref().map_or_else(|| error.type_.to_string(), ToString::to_string);
    (code, error.message.unwrap_or_default())
}

/// Whether Stripe says that there is no such object, or not any more.
pub(super) fn is_missing(error: &StripeError) -> bool {
    matches!(error, StripeError::Stripe(error, _) if error.code == Some(ApiErrorsCode::ResourceMissing))
}
