//! Asking over HTTP, with limits: for a page, or for an answer to bytes that are sent.
//!
//! One request (and the redirects it leads to) for `http` and `https` only, nothing kept between calls: no cookies, no
//! cache. Whatever is not the page itself is an error of its own that names the URL.

use std::time::Duration;

use ureq::http::Response;
use ureq::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use ureq::{Body, ResponseExt};

use super::error::CaptureError;
use super::kind;

/// How many redirects are followed.
const MOST_REDIRECTS: u32 = 10;

/// How much and how long [`fetch`] may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FetchLimits {
    /// The largest body, in bytes, after decompression.
    pub max_bytes: usize,
    /// The longest time for everything, from the name look-up to the last byte.
    pub timeout: Duration,
}

impl Default for FetchLimits {
    fn default() -> FetchLimits {
        FetchLimits { max_bytes: super::DEFAULT_MAX_BYTES, timeout: Duration::from_secs(30) }
    }
}

/// What a server sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The body, decompressed.
    pub bytes: Vec<u8>,
    /// The `Content-Type` header with its parameters; for [`super::Hints::media_type`].
    pub media_type: Option<String>,
    /// The URL that answered, after redirects.
    pub final_url: String,
}

/// Fetches a page.
///
/// # Errors
///
/// A URL that is not `http` or `https`, no connection, no complete answer in time, a status that is not 2xx, a body
/// over the limit, a content type that is not read.
pub fn fetch(url: &str, limits: &FetchLimits) -> Result<Fetched, CaptureError> {
    let accept = "text/html, application/xhtml+xml, text/markdown, text/plain;q=0.9, */*;q=0.1";
    let ask = |url: &str| agent(limits, MOST_REDIRECTS, accept).get(url).call();
    answered(url, limits, ask, |url, media_type| match media_type.map(kind::declared_kind) {
        Some(Err(CaptureError::UnsupportedMediaType { media_type })) => {
            Err(CaptureError::ResponseType { url: url.to_owned(), media_type })
        }
        _ => Ok(()),
    })
}

/// Sends bytes of a media type, to be answered by bytes of another. Redirects are not followed: what was sent is sent to
/// nobody else.
///
/// # Errors
///
/// As of [`fetch`]; of any content type.
pub fn post(
    url: &str,
    media_type: &str,
    body: &[u8],
    accept: &str,
    limits: &FetchLimits,
) -> Result<Fetched, CaptureError> {
    let ask = |url: &str| agent(limits, 0, accept).post(url).header(CONTENT_TYPE, media_type).send(body);
    answered(url, limits, ask, |_, _| Ok(()))
}

fn agent(limits: &FetchLimits, redirects: u32, accept: &str) -> ureq::Agent {
    ureq::Agent::new_with_config(
        ureq::Agent::config_builder()
            .timeout_global(Some(limits.timeout))
            .max_redirects(redirects)
            .http_status_as_error(false)
            .user_agent(concat!("onrecord/", env!("CARGO_PKG_VERSION")))
            .accept(accept)
            .build(),
    )
}

/// What a server answers to `ask`, where `wanted` takes its content type.
fn answered(
    url: &str,
    limits: &FetchLimits,
    ask: impl FnOnce(&str) -> Result<Response<Body>, ureq::Error>,
    wanted: impl FnOnce(&str, Option<&str>) -> Result<(), CaptureError>,
) -> Result<Fetched, CaptureError> {
    let url = url.trim();
    check_scheme(url)?;
    let failed = |error| failure(url, limits, error);
    let mut response = ask(url).map_err(failed)?;
    let final_url = response.get_uri().to_string();
    let status = response.status();
    if !status.is_success() {
        return Err(CaptureError::Status { url: final_url, status: status.as_u16() });
    }
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let media_type = header(CONTENT_TYPE);
    wanted(&final_url, media_type.as_deref())?;
    // Of a compressed body this is the smaller size; what comes out of it is counted again below.
    let announced = header(CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limits.max_bytes as u64) {
        return Err(CaptureError::ResponseTooLarge { url: final_url, limit: limits.max_bytes, size: announced });
    }
    // One byte more than allowed tells "just fits" from "too large".
    let bytes = response.body_mut().with_config().limit(limits.max_bytes as u64 + 1).read_to_vec().map_err(failed)?;
    if bytes.len() > limits.max_bytes {
        return Err(CaptureError::ResponseTooLarge { url: final_url, limit: limits.max_bytes, size: None });
    }
    Ok(Fetched { bytes, media_type, final_url })
}

fn check_scheme(url: &str) -> Result<(), CaptureError> {
    let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    if !is_scheme {
        return Err(CaptureError::BadUrl { url: url.to_owned() });
    }
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return Err(CaptureError::UnsupportedScheme { url: url.to_owned(), scheme: scheme.to_owned() });
    }
    Ok(())
}

fn failure(url: &str, limits: &FetchLimits, error: ureq::Error) -> CaptureError {
    let url = url.to_owned();
    let is_late =
        |error: &std::io::Error| matches!(error.kind(), std::io::ErrorKind::TimedOut | std::io::ErrorKind::WouldBlock);
    match error {
        ureq::Error::Timeout(_) => CaptureError::Timeout { url, seconds: limits.timeout.as_secs().max(1) },
        ureq::Error::Io(error) if is_late(&error) => {
            CaptureError::Timeout { url, seconds: limits.timeout.as_secs().max(1) }
        }
        ureq::Error::BodyExceedsLimit(_) => CaptureError::ResponseTooLarge { url, limit: limits.max_bytes, size: None },
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => CaptureError::BadUrl { url },
        other => CaptureError::Connection { url, reason: other.to_string() },
    }
}
