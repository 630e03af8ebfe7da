//! What every call's way needs done, ready to be done again and again by
//! those who count what it takes.
//!
//! In: one call as it comes over HTTP, and its answer. Out: the same work as
//! on the way, without sockets, tasks or a server.

use std::sync::Arc;

use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use plan::Output;
use serde_json::value::RawValue;

use crate::downstream::toil as door;
use crate::frame::{Answer, Frame};

/// One call, and the work on it.
pub struct Toil {
    door: door::Door,
    headers: HeaderMap,
    message: Vec<u8>,
    answer: Vec<u8>,
    output: Output,
    id: Arc<RawValue>,
}

impl Toil {
    /// A call with these header fields and this body, and its server's answer;
    /// `None` when any of them is not what it has to be.
    pub fn of(fields: &[(&str, &str)], message: &str, answer: &str) -> Option<Self> {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(HeaderName::try_from(*name).ok()?, HeaderValue::try_from(*value).ok()?);
        }
        let Frame::Answer { outcome: Answer::Result(result), .. } = Frame::parse(answer.as_bytes())? else {
            return None;
        };
        let output = Output::received(result)?;
        let id = RawValue::from_string("1".to_owned()).ok()?.into();
        let (message, answer) = (message.as_bytes().to_vec(), answer.as_bytes().to_vec());
        Some(Self { door: door::Door::new(), headers, message, answer, output, id })
    }

    /// Reads the request's envelope and what it says of itself. `false` when
    /// it is not what it has to be; so below.
    pub fn envelope(&self) -> bool {
        door::envelope(&self.message)
    }

    /// Holds the request's head against who may come in, and against what it
    /// asks.
    pub fn head(&self) -> bool {
        self.door.head(&self.headers)
    }

    /// Reads the envelope of the server's answer.
    pub fn answer(&self) -> bool {
        matches!(Frame::parse(&self.answer), Some(Frame::Answer { outcome: Answer::Result(_), .. }))
    }

    /// Puts the result into the client's answer.
    pub fn splice(&self) -> bool {
        door::splice(self.output.clone(), &self.id)
    }
}
