//! An HTTP response, whichever way it came.

use http_body_util::BodyExt;
use hyper::body::{Bytes, Incoming};
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap};

use super::wire::{Trouble, WireFault};

/// The type of a stream of events.
pub(crate) const EVENTS: &str = "text/event-stream";

/// A response whose body is still to come.
pub(crate) enum Response {
    /// Over a connection of our own.
    Straight(hyper::Response<Incoming>),
    /// By way of encryption, a proxy or a redirect.
    Roundabout(reqwest::Response),
}

impl Response {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Straight(response) => response.status(),
            Self::Roundabout(response) => response.status(),
        }
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        match self {
            Self::Straight(response) => response.headers(),
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
            Self::Straight(response) => loop {
                let Some(frame) = response.body_mut().frame().await else { return Ok(None) };
                // What is no data is a trailer, and nobody reads those.
                if let Ok(data) = frame.map_err(|_| cut())?.into_data() {
                    return Ok(Some(data));
                }
            },
        }
    }

    /// The whole body within the limit, in bytes.
    pub(crate) async fn bounded(&mut self, limit: usize) -> Result<Bytes, WireFault> {
        let too_long = || WireFault::unknown(Trouble::TooLong);
        let Some(first) = self.chunk().await? else { return Ok(Bytes::new()) };
        let Some(second) = self.chunk().await? else {
            return if first.len() > limit { Err(too_long()) } else { Ok(first) };
        };
        let mut body = Vec::with_capacity(first.len() + second.len());
        body.extend_from_slice(&first);
        let mut next = Some(second);
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
