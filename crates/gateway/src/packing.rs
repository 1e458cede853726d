//! Long answers of the API, packed for whoever can unpack them: a list of orders is ten times as long as it has to be, and
//! phones are at the end of slow lines.
//!
//! What is secret may be packed together with what a caller chose, since no page elsewhere can make a browser ask for it:
//! who asks is said by a header and never by a cookie.

use std::io::{self, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;
use poem::endpoint::BoxEndpoint;
use poem::http::{HeaderValue, header};
use poem::{Endpoint, Request, Response};

/// What is shorter goes in one packet anyway.
const LONG: usize = 1_000;

/// The routes of the API, whose answers are packed.
pub(crate) struct Packed {
    pub(crate) routes: BoxEndpoint<'static, Response>,
}

impl Endpoint for Packed {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let accepted = accepts(&request, "gzip");
        let mut response = self.routes.call(request).await?;
        // A stream has no end at which it could be packed.
        if !response.content_type().is_some_and(|media| media.starts_with("application/json")) {
            return Ok(response);
        }
        response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
        if !accepted {
            return Ok(response);
        }
        let plain = response.take_body().into_bytes().await?;
        if plain.len() < LONG {
            response.set_body(plain);
            return Ok(response);
        }
        response.set_body(packed(&plain).map_err(poem::error::InternalServerError)?);
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        Ok(response)
    }
}

fn packed(plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 4), Compression::fast());
    encoder.write_all(plain)?;
    encoder.finish()
}

/// Whether a caller can unpack what is packed this way.
pub(crate) fn accepts(request: &Request, coding: &str) -> bool {
    let accepted = request.header(header::ACCEPT_ENCODING).unwrap_or_default();
    accepted.split(',').any(|part| {
        let mut part = part.split(';').map(str::trim);
        part.next() == Some(coding) && !part.any(|weight| weight.strip_prefix("q=").is_some_and(is_zero))
    })
}

/// A weight has at most three decimals, and no exponent.
fn is_zero(weight: &str) -> bool {
    !weight.contains(|digit| matches!(digit, '1'..='9'))
}
