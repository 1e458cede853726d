//! The web app, as `npm run build` left it in `frontend/dist`: embedded in a release, read from the disk by a debug build.
//!
//! Whatever is not the API's belongs to the app. Its own files are found by name; every other address that a browser opens
//! is a page of the app, which finds out itself which one.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use poem::endpoint::BoxEndpoint;
use poem::error::{MethodNotAllowedError, NotFoundError};
use poem::http::{Method, header};
use poem::{Endpoint, Request, Response};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::packing::accepts;

/// Addresses that are never the app's.
const NOT_OURS: [&str; 5] = ["/api", "/webhooks", "/.well-known", "/healthz", "/readyz"];
/// Named by their content, so they never change.
const HASHED: &str = "/assets/";
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Kept, but asked for before each use.
const ASK_FIRST: &str = "no-cache";
const PAGE: &str = "index.html";

#[derive(RustEmbed)]
#[folder = "../../frontend/dist"]
#[allow_missing = true]
struct Built;

/// Shown where nobody has built the app.
const UNBUILT: &str = r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>CampusG</title>
<style>body{font:1rem/1.6 system-ui,sans-serif;max-width:36rem;margin:4rem auto;padding:0 1rem}</style>
<h1>CampusG</h1>
<p>The web app is not built. <code>cargo xtask up</code> builds it, and so does
<code>cd frontend &amp;&amp; npm ci &amp;&amp; npm run build</code>. The API works without it.</p>
<ul>
<li><a href="/api/docs">API reference, to try out</a></li>
<li><a href="/api/openapi.json">OpenAPI description</a></li>
<li><a href="/readyz">Is the platform ready?</a></li>
</ul>
</html>
"#;

/// The routes of the API, and the app around them.
pub(crate) struct Fronted {
    pub(crate) routes: BoxEndpoint<'static, Response>,
    /// Where else the app's scripts may come from: the identity provider, which has its own. Empty with the development sign-in.
    pub(crate) identity: String,
}

impl Endpoint for Fronted {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let path = request.uri().path();
        if is_of_the_api(path) {
            return self.routes.call(request).await;
        }
        if let Some(file) = file(path.trim_start_matches('/'), accepted(&request)) {
            only_reads(&request)?;
            return Ok(file.into_response(if path.starts_with(HASHED) { FOR_EVER } else { ASK_FIRST }));
        }
        // Programs are told that there is nothing; people, by the app.
        if path != "/" && (path.starts_with(HASHED) || !wants_a_page(&request)) {
            return Err(NotFoundError.into());
        }
        only_reads(&request)?;
        Ok(self.page(&request))
    }
}

impl Fronted {
    fn page(&self, request: &Request) -> Response {
        let plain = file(PAGE, Encoding::Plain).map(|file| file.content);
        let policy = policy(&String::from_utf8_lossy(plain.as_deref().unwrap_or_default()), &self.identity);
        let file = file(PAGE, accepted(request)).unwrap_or_else(|| File {
            content: Cow::Borrowed(UNBUILT.as_bytes()),
            media_type: "text/html; charset=utf-8",
            encoding: Encoding::Plain,
        });
        let mut response = file.into_response(ASK_FIRST);
        let headers = response.headers_mut();
        if let Ok(policy) = policy.parse() {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        headers.insert(header::REFERRER_POLICY, header::HeaderValue::from_static("strict-origin-when-cross-origin"));
        headers.insert(header::X_FRAME_OPTIONS, header::HeaderValue::from_static("DENY"));
        headers.insert(
            "permissions-policy",
            header::HeaderValue::from_static("camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
        );
        headers.insert("cross-origin-opener-policy", header::HeaderValue::from_static("same-origin"));
        response
    }
}

/// Whether an address is the API's, even if there is nothing at it.
pub(crate) fn is_of_the_api(path: &str) -> bool {
    NOT_OURS.iter().any(|ours| path.strip_prefix(ours).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

fn only_reads(request: &Request) -> poem::Result<()> {
    if matches!(*request.method(), Method::GET | Method::HEAD) { Ok(()) } else { Err(MethodNotAllowedError.into()) }
}

/// Browsers say that they want a page when somebody opens an address; programs and the app's own requests do not.
fn wants_a_page(request: &Request) -> bool {
    request.header(header::ACCEPT).is_some_and(|accept| accept.contains("text/html"))
}

/// How a file was packed when the app was built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Plain,
    Gzip,
    Brotli,
}

impl Encoding {
    /// What is behind the file's name.
    fn suffix(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Gzip => ".gz",
            Self::Brotli => ".br",
        }
    }
}

fn accepted(request: &Request) -> Encoding {
    match (accepts(request, "br"), accepts(request, "gzip")) {
        (true, _) => Encoding::Brotli,
        (false, true) => Encoding::Gzip,
        (false, false) => Encoding::Plain,
    }
}

struct File {
    content: Cow<'static, [u8]>,
    media_type: &'static str,
    encoding: Encoding,
}

/// A file of the app, packed that way if there is one that is.
fn file(name: &str, encoding: Encoding) -> Option<File> {
    let media_type = media_type(name)?;
    let packed = Built::get(&format!("{name}{}", encoding.suffix())).map(|file| (file, encoding));
    let (file, encoding) = packed.or_else(|| Built::get(name).map(|file| (file, Encoding::Plain)))?;
    Some(File { content: file.data, media_type, encoding })
}

/// Of the kinds of files that the app has; others are not served.
fn media_type(name: &str) -> Option<&'static str> {
    static TYPES: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
        HashMap::from([
            ("css", "text/css; charset=utf-8"),
            ("html", "text/html; charset=utf-8"),
            ("ico", "image/x-icon"),
            ("js", "text/javascript; charset=utf-8"),
            ("json", "application/json"),
            ("png", "image/png"),
            ("svg", "image/svg+xml"),
            ("txt", "text/plain; charset=utf-8"),
            ("webmanifest", "application/manifest+json"),
            ("woff2", "font/woff2"),
        ])
    });
    TYPES.get(name.rsplit_once('.')?.1).copied()
}

impl File {
    fn into_response(self, cache: &'static str) -> Response {
        let mut response = Response::builder().content_type(self.media_type).header(header::CACHE_CONTROL, cache);
        response = response.header(header::VARY, "accept-encoding");
        response = match self.encoding {
            Encoding::Plain => response,
            Encoding::Gzip => response.header(header::CONTENT_ENCODING, "gzip"),
            Encoding::Brotli => response.header(header::CONTENT_ENCODING, "br"),
        };
        response.body(self.content.into_owned())
    }
}

/// What the page may do: load what is ours, and run the scripts that stand in it (the one that sets the theme before
/// anything is painted). Styles may stand in it, because dialogs measure the scroll bar and set them.
fn policy(page: &str, identity: &str) -> String {
    let inline: String = inline_scripts(page).map(|script| format!(" 'sha256-{}'", hash(script))).collect();
    format!(
        "default-src 'none'; script-src 'self'{inline}{identity}; style-src 'self' 'unsafe-inline'; img-src 'self' data:{identity}; \
         font-src 'self'; connect-src 'self'{identity}; manifest-src 'self'; worker-src 'self'{blob}; frame-src 'self'{identity}; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        blob = if identity.is_empty() { "" } else { " blob:" },
    )
}

fn inline_scripts(page: &str) -> impl Iterator<Item = &str> {
    page.split("<script>").skip(1).filter_map(|rest| rest.split("</script>").next())
}

fn hash(script: &str) -> String {
    STANDARD.encode(Sha256::digest(script))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_api_keeps_its_addresses_and_the_app_has_the_others() {
        for path in
            ["/api", "/api/v1", "/api/v1/orders", "/api/nothing", "/webhooks/stripe", "/readyz", "/.well-known/x"]
        {
            assert!(is_of_the_api(path), "{path}");
        }
        for path in ["/", "/order", "/orders/ord_1", "/assets/index.js", "/apis", "/healthz2"] {
            assert!(!is_of_the_api(path), "{path}");
        }
    }

    #[test]
    fn what_stands_in_the_page_may_run_and_nothing_else() {
        let page = "<head><script>let a = 1</script><script type=\"module\" src=\"/assets/x.js\"></script></head>";
        assert_eq!(inline_scripts(page).collect::<Vec<_>>(), ["let a = 1"]);
        let policy = policy(page, "");
        assert!(policy.contains(&format!("script-src 'self' 'sha256-{}';", hash("let a = 1"))), "{policy}");
        assert!(!policy.contains("http"), "{policy}");
    }

    #[test]
    fn a_file_comes_packed_as_the_browser_can_read_it() {
        let ask = |accepts: &str| accepted(&Request::builder().header("accept-encoding", accepts).finish());
        assert_eq!(ask("gzip, deflate, br"), Encoding::Brotli);
        assert_eq!(ask("gzip;q=0.8, br;q=0"), Encoding::Gzip);
        assert_eq!(ask("identity"), Encoding::Plain);
        assert_eq!(media_type("assets/x.js.map"), None);
    }
}
