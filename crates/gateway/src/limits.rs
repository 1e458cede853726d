//! How much at once one person may ask for, or one address from which nobody is signed in.
//!
//! Counted in this process alone: behind a balancer, a person has as much at each gateway.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use chassis::Shutdown;
use contracts::UserId;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use poem::endpoint::BoxEndpoint;
use poem::{Endpoint, Request, Response};

use crate::problem::Problem;
use crate::{Settings, Shared};

/// How often those are forgotten who asked for nothing lately.
const TIDY: Duration = Duration::from_secs(10);
/// Asked by whoever runs the platform, or signed by whoever sends it; and the development sign-in, which hands out tokens
/// to everybody anyway.
const EXEMPT: [&str; 5] = ["/healthz", "/readyz", "/webhooks/stripe", "/webhooks/clerk", "/api/v1/dev/sign-in"];

/// Whose rate it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Who {
    Person(UserId),
    Address(IpAddr),
}

/// Everybody's rates. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Limits(Option<Arc<DefaultKeyedRateLimiter<Who>>>);

impl Limits {
    /// As the settings have it; none at all when the rate is zero.
    pub(crate) fn new(settings: &Settings) -> Self {
        let burst = NonZeroU32::new(settings.rate_burst.max(1)).unwrap_or(NonZeroU32::MIN);
        let rate = NonZeroU32::new(settings.rate_per_second);
        Self(rate.map(|rate| Arc::new(DefaultKeyedRateLimiter::keyed(Quota::per_second(rate).allow_burst(burst)))))
    }

    /// Forgets those who have all of their rate again, so that a crowd passing by leaves nothing behind.
    pub(crate) async fn tidy(self, shutdown: Shutdown) {
        let Some(limiter) = self.0 else { return };
        while !shutdown.is_soft() {
            tokio::select! {
                () = shutdown.soft() => {}
                () = tokio::time::sleep(TIDY) => {}
            }
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }

    fn take(&self, who: Who) -> Result<(), Problem> {
        let Some(limiter) = &self.0 else { return Ok(()) };
        limiter.check_key(&who).map_err(|too_soon| {
            let wait = too_soon.wait_time_from(DefaultClock::default().now());
            Problem::rate_limited(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
        })
    }
}

/// The routes, behind everybody's rates.
pub(crate) struct Limited {
    pub(crate) routes: BoxEndpoint<'static, Response>,
    pub(crate) limits: Limits,
    pub(crate) shared: Arc<Shared>,
}

impl Endpoint for Limited {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        if self.limits.0.is_some() && !EXEMPT.contains(&request.uri().path()) {
            self.limits.take(self.who(&request).await)?;
        }
        self.routes.call(request).await
    }
}

impl Limited {
    /// Who a good token names. Without one it is the address, so that nobody tries tokens at leisure.
    async fn who(&self, request: &Request) -> Who {
        if let Some(token) = token(request)
            && let Ok(holder) = self.shared.verifier.holder(token).await
        {
            return Who::Person(holder.caller.user_id);
        }
        let address = request.remote_addr().as_socket_addr().map(std::net::SocketAddr::ip);
        Who::Address(address.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), network))
    }
}

/// Whoever has one IPv6 address has the 2⁶⁴ around it.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
    }
}

fn token(request: &Request) -> Option<&str> {
    let header = request.header("authorization").and_then(|header| header.split_once(' '));
    let by_header = header.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    // A token has no letter that an address would have to write in another way.
    let by_query = || request.uri().query()?.split('&').find_map(|pair| pair.strip_prefix("access_token="));
    by_header.or_else(by_query)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_in_one_network_share_a_rate() {
        let ip = |text: &str| network(text.parse().expect("an address"));
        assert_eq!(ip("2001:db8::1"), ip("2001:db8::ffff"));
        assert_ne!(ip("2001:db8::1"), ip("2001:db8:0:1::1"));
        assert_ne!(ip("192.0.2.1"), ip("192.0.2.2"));
        assert_eq!(ip("::ffff:192.0.2.1"), ip("192.0.2.1"));
    }

    #[test]
    fn a_token_is_found_where_it_may_be() {
        let request = |uri: &str| Request::builder().uri(uri.parse().expect("a URI"));
        assert_eq!(token(&request("/x").header("authorization", "bearer a.b").finish()), Some("a.b"));
        assert_eq!(token(&request("/x").header("authorization", "Basic a.b").finish()), None);
        assert_eq!(token(&request("/x?a=1&access_token=a.b").finish()), Some("a.b"));
        assert_eq!(token(&request("/x").finish()), None);
    }
}
