//! The front door's part of [`crate::toil`].

use plan::Output;
use serde_json::value::RawValue;

pub(crate) use super::http::toil::Door;
use super::message::Message;
use super::meta::Meta;
use super::revision::Revision;
use super::served::Served;

/// Reads a request and its `_meta`.
pub(crate) fn envelope(message: &[u8]) -> bool {
    let Ok(Message::Request(request)) = Message::read(message) else { return false };
    Meta::read(request.params.meta).is_ok_and(|meta| meta.version.is_some())
}

/// Makes the answer of a result.
pub(crate) fn splice(output: Output, id: &RawValue) -> bool {
    Served::Output(output).answer(id, Revision::Stateless).answer.is_some_and(|answer| !answer.is_empty())
}
