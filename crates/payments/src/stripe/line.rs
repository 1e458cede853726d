//! The line to Stripe: every request goes through here, and a test may have the process die before and after each.

use std::fmt;

use bytes::Bytes;
use chassis::failpoint;
use stripe::{Client, CustomizedStripeRequest, StripeError};
use stripe_client_core::StripeClient;

/// A client whose requests are failpoints.
#[derive(Clone, Debug)]
pub(super) struct Line(pub(super) Client);

/// Where a request can be died at.
#[derive(Clone, Copy)]
enum Point {
    /// It is about to be sent.
    Due,
    /// Stripe has answered, and nobody has read it.
    Answered,
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Due => "before-request",
            Self::Answered => "after-request",
        })
    }
}

impl StripeClient for Line {
    type Err = StripeError;

    async fn execute(&self, request: CustomizedStripeRequest) -> Result<Bytes, StripeError> {
        if !failpoint::are_armed() {
            return self.0.execute(request).await;
        }
        let operation = operation(&request);
        failpoint::pass("payments", &operation, Point::Due);
        let answer = self.0.execute(request).await;
        failpoint::pass("payments", &operation, Point::Answered);
        answer
    }
}

/// `Post:payment_intents:*:capture`. Only its `Debug` says what a request is.
fn operation(request: &CustomizedStripeRequest) -> String {
    let text = format!("{request:?}");
    let after = |name: &str| text.split_once(name).map_or("", |(_, after)| after);
    let path = after("path: \"").split('"').next().unwrap_or_default();
    let method = after("method: ").split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default();
    format!("{method}{}", without_ids(path))
}

/// Names and ids take turns in Stripe's paths: `/payment_intents/pi_…/capture` is `:payment_intents:*:capture`.
fn without_ids(path: &str) -> String {
    let path = path.trim_start_matches('/').replacen("checkout/", "checkout:", 1);
    let segments = path.split('/').enumerate();
    segments.map(|(n, segment)| if n % 2 == 1 { ":*".to_owned() } else { format!(":{segment}") }).collect()
}

#[cfg(test)]
mod tests {
    use stripe::StripeRequest as _;
    use stripe_core::payment_intent::CapturePaymentIntent;

    use super::*;

    #[test]
    fn a_request_is_called_by_its_method_and_path() {
        assert_eq!(without_ids("/checkout/sessions"), ":checkout:sessions");
        assert_eq!(without_ids("/refunds/re_1"), ":refunds:*");
        let text = format!("{:?}", CapturePaymentIntent::new("pi_1").build());
        assert!(text.contains("path: \"/payment_intents/pi_1/capture\"") && text.contains("method: Post"), "{text}");
    }
}
