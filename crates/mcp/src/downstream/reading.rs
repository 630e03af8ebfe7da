//! What the front door reads of a client's bytes, for [`crate::reading`].

use std::collections::BTreeMap;

use query::Principal;
use serde_json::value::RawValue;
use store::Sealer;

pub(crate) use super::http::reading::{admitted, body_admitted, shows, shows_method};
use super::message::{Malformed, Message, Params};
use super::pages::Pages;
use super::revision::Revision;
use super::state::{At, State};
use crate::members::Members;
use crate::reading::Heard;

/// One message.
pub(crate) fn message(bytes: &[u8]) -> Heard {
    let text = |raw: &RawValue| raw.get().to_owned();
    match Message::read(bytes) {
        Ok(Message::Request(request)) => {
            Heard::Request(text(request.id), request.method.into_owned(), known(&request.params))
        }
        Ok(Message::Notification(told)) => Heard::Notification(told.method.into_owned()),
        Ok(Message::Answer(answer)) => Heard::Answer(text(answer.id), answer.outcome.is_ok()),
        Err(Malformed { id, .. }) => Heard::Refused(id.as_deref().map(text)),
    }
}

fn known(params: &Params<'_>) -> BTreeMap<&'static str, String> {
    let all = [
        ("name", params.name),
        ("uri", params.uri),
        ("arguments", params.arguments),
        ("cursor", params.cursor),
        ("_meta", params.meta),
        ("requestState", params.request_state),
    ];
    all.into_iter().filter_map(|(name, member)| Some((name, member?.get().to_owned()))).collect()
}

/// Whether a cursor leads anywhere, and those that were given out.
pub(crate) fn cursor(entries: usize, cursor: &RawValue) -> (bool, Vec<String>) {
    let pages = Pages::of("tools", (0..entries).map(|i| format!(r#"{{"name":"n{i}"}}"#)));
    let leads = pages.page(Some(cursor), Revision::Stateless).is_ok();
    let mut given: Vec<Box<RawValue>> = Vec::new();
    while let Ok(page) = pages.page(given.last().map(AsRef::as_ref), Revision::Stateless) {
        let page = std::str::from_utf8(&page).ok().and_then(Members::of).unwrap_or_default();
        let Some(next) = page.get("nextCursor") else { break };
        given.push(next.to_owned());
    }
    (leads, given.iter().map(|cursor| cursor.get().to_owned()).collect())
}

/// A server's state, sealed.
pub(crate) fn sealed(state: &RawValue, sealer: &Sealer, principal: &Principal, deed: &str) -> Option<String> {
    State { deed: deed.to_owned(), at: At::Server(state.to_owned()) }.seal(sealer, principal).ok()
}

/// A server's state, opened.
pub(crate) fn opened(text: &str, sealer: &Sealer, principal: &Principal, deed: &str) -> Option<String> {
    match State::open(text, sealer, principal, deed) {
        Ok(At::Server(state)) => Some(state.get().to_owned()),
        Ok(At::Parked(_)) | Err(_) => None,
    }
}
