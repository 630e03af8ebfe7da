//! An HTTP response, whichever way it came.

use hyper::body::Bytes;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap};

use super::straight::StraightResponse;
use super::wire::{Trouble, WireFault};

/// The type of a stream of events.
pub(crate) const EVENTS: &str = "text/event-stream";

/// A response whose body is still to come.
pub(crate) enum Response {
    /// Over a connection of our own.
    Straight(Box<StraightResponse>),
    /// By way of encryption, a proxy or a redirect.
    Roundabout(reqwest::Response),
}

impl Response {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Straight(response) => response.head.status,
            Self::Roundabout(response) => response.status(),
        }
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        match self {
            Self::Straight(response) => &response.head.headers,
            Self::Roundabout(response) => response.headers(),
        }
    }

    /// Whether it is a stream of events.
    pub(crate) fn is_stream(&self) -> bool {
        let kind = self.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        kind.starts_with(EVENTS)
    }

    /// The next piece of the body; `None` at its end.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, WireFault> {
        let cut = || WireFault::unknown(Trouble::Cut);
        match self {
            Self::Roundabout(response) => response.chunk().await.map_err(|_| cut()),
            Self::Straight(response) => response.chunk().await.map_err(|_| cut()),
        }
    }

    /// How long the body is, where that is known, in bytes.
    fn length(&self) -> Option<u64> {
        match self {
            Self::Straight(response) => response.length(),
            Self::Roundabout(response) => response.content_length(),
        }
    }

    /// The whole body within the limit, in bytes.
    pub(crate) async fn bounded(&mut self, limit: usize) -> Result<Bytes, WireFault> {
        let too_long = || WireFault::unknown(Trouble::TooLong);
        let length = self.length().and_then(|length| usize::try_from(length).ok());
        if length.is_some_and(|length| length > limit) {
            return Err(too_long());
        }
        let Some(first) = self.chunk().await? else { return Ok(Bytes::new()) };
        // Most bodies come in one piece, which is not copied.
        if length == Some(first.len()) {
            return Ok(first);
        }
        let mut body = Vec::with_capacity(length.unwrap_or(2 * first.len()));
        let mut next = Some(first);
        while let Some(chunk) = next {
            if body.len() + chunk.len() > limit {
                return Err(too_long());
            }
            body.extend_from_slice(&chunk);
            next = self.chunk().await?;
        }
        Ok(body.into())
    }
}
