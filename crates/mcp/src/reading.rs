//! Whatever here reads bytes that a peer sent, for those who put it to the
//! test: fuzz targets, and nobody else.
//!
//! In: any bytes. Out: what they were taken for, as texts that a test can
//! hold against what another reader makes of the same bytes. It decides
//! nothing and promises nothing; the promises are the targets'.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::FutureExt;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use query::Principal;
use serde_json::value::RawValue;
use store::Sealer;
use tokio::io::{AsyncRead, ReadBuf};

use crate::downstream::reading as door;
use crate::frame::{self, Answer, Frame};
use crate::lines::{Line, Lines};
use crate::members::{Members, with_more};
use crate::upstream::reading as wire;

/// What a server's message was taken for.
#[derive(Debug, PartialEq, Eq)]
pub enum Said {
    /// The answer to a request of that number, with its result where it has
    /// one that can be used.
    Answer(Option<u64>, Option<String>),
    /// An announcement: its method and parameters.
    Told(String, Option<String>),
    /// A request: its id as written, method and parameters.
    Asked(String, String, Option<String>),
    /// None of these.
    Noise,
}

/// What a client's message was taken for.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard {
    /// A request: its id as written, its method, and the members of its
    /// parameters that are known, by name.
    Request(String, String, BTreeMap<&'static str, String>),
    /// A notification: its method.
    Notification(String),
    /// An answer: to which id, and whether it is a result.
    Answer(String, bool),
    /// None of these, and whose it was where that can be told.
    Refused(Option<String>),
}

/// A line from a stream: whole, or the first and last bytes of one too long.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken {
    /// Without its end.
    Whole(Vec<u8>),
    /// Its head and its tail.
    TooLong(Vec<u8>, Vec<u8>),
}

/// The lines of a stream that arrives in these pieces, none over `limit`
/// bytes.
pub fn lines(pieces: &[&[u8]], limit: usize) -> Vec<Taken> {
    let mut lines = Lines::limited(Pieces(pieces), limit);
    let mut taken = Vec::new();
    // Pieces are always there: no read waits.
    while let Some(Some(line)) = lines.next().now_or_never() {
        taken.push(match line {
            Line::Whole(line) => Taken::Whole(line.to_vec()),
            Line::TooLong { head, tail } => Taken::TooLong(head.to_vec(), tail.to_vec()),
        });
    }
    taken
}

/// What a server's bytes were taken for, message by message.
pub fn of_server(bytes: &[u8]) -> Vec<Said> {
    frame::messages(bytes).into_iter().map(of_one).collect()
}

fn of_one(bytes: &[u8]) -> Said {
    let text = |raw: &RawValue| raw.get().to_owned();
    match Frame::parse(bytes) {
        None => Said::Noise,
        Some(Frame::Answer { id, outcome: Answer::Result(result) }) => Said::Answer(id, Some(text(&result))),
        Some(Frame::Answer { id, .. }) => Said::Answer(id, None),
        Some(Frame::Notification { method, params }) => Said::Told(method, params.map(text)),
        Some(Frame::Request { id, method, params }) => Said::Asked(text(id), method, params.map(text)),
    }
}

/// The number in a message too long to read, from its ends.
pub fn id_in_fragments(head: &[u8], tail: &[u8]) -> Option<u64> {
    frame::id_in_fragments(head, tail)
}

/// What a client's bytes were taken for.
pub fn of_client(bytes: &[u8]) -> Heard {
    door::message(bytes)
}

/// An object's members in order, each value as written; `None` when the text
/// is no object.
pub fn members(text: &str) -> Option<Vec<(String, String)>> {
    let members = Members::of(text)?;
    Some(members.0.iter().map(|(name, value)| (name.clone().into_owned(), value.get().to_owned())).collect())
}

/// An object with every member passed on but those of that name; `None` when
/// the text is no object.
pub fn without(text: &str, name: &str) -> Option<String> {
    Some(Members::of(text)?.rewritten(|given, value| (given != name).then_some(value.into())))
}

/// An object's text with more members in front of its own.
pub fn spliced(object: &str, members: &str) -> String {
    with_more(object, members)
}

/// The events of a stream that arrives in these pieces, as names and data,
/// and where it would be taken up again; `Err` with those before the first
/// that is over `limit` bytes.
pub type Streamed = Result<(Vec<(Vec<u8>, Vec<u8>)>, Option<String>), Vec<(Vec<u8>, Vec<u8>)>>;

/// See [`Streamed`].
pub fn events(pieces: &[&[u8]], limit: usize) -> Streamed {
    wire::events(pieces, limit)
}

/// The names of a list of tools' usable entries, the notes on the others, and
/// whether another page is asked for; `None` when a page is none.
pub fn listed(pages: &[&str]) -> Option<(Vec<String>, Vec<String>, bool)> {
    wire::listed(pages)
}

/// Whether the door lets in a request of this target with these header
/// fields, where only pages of `origin` may call and only `host` is served
/// beside this machine; `None` when they are no header fields.
pub fn admitted(target: &str, fields: &[(&[u8], &[u8])], host: &str, origin: &str) -> Option<bool> {
    let uri = target.parse().ok()?;
    Some(door::admitted(&uri, &headers(fields)?, host, origin))
}

/// Whether a body with these header fields would be read.
pub fn body_admitted(fields: &[(&[u8], &[u8])]) -> Option<bool> {
    Some(door::body_admitted(&headers(fields)?))
}

/// Whether these header fields show this method.
pub fn shows_method(fields: &[(&[u8], &[u8])], method: &str) -> Option<bool> {
    Some(door::shows_method(&headers(fields)?, method))
}

/// Whether a header's value shows this text.
pub fn shows(value: &str, text: &str) -> bool {
    door::shows(value, text)
}

/// Whether a cursor, as JSON, leads anywhere in a list of that many entries;
/// and every cursor
/// of that list that is given out, as JSON.
pub fn cursor(entries: usize, cursor: &RawValue) -> (bool, Vec<String>) {
    door::cursor(entries, cursor)
}

/// What a client carries for a server that wants `state` back, for a deed of
/// a principal; `None` when it cannot be sealed.
pub fn sealed(state: &RawValue, sealer: &Sealer, principal: &Principal, deed: &str) -> Option<String> {
    door::sealed(state, sealer, principal, deed)
}

/// What a client brought back, as the server wrote it; `None` when it is not
/// what was given out for this deed of this principal.
pub fn opened(text: &str, sealer: &Sealer, principal: &Principal, deed: &str) -> Option<String> {
    door::opened(text, sealer, principal, deed)
}

fn headers(fields: &[(&[u8], &[u8])]) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        headers.append(HeaderName::from_bytes(name).ok()?, HeaderValue::from_bytes(value).ok()?);
    }
    Some(headers)
}

/// A stream whose every read brings one piece.
struct Pieces<'a>(&'a [&'a [u8]]);

impl AsyncRead for Pieces<'_> {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        // An empty piece would be the end.
        while let Some((piece, rest)) = self.0.split_first() {
            self.0 = rest;
            let fitting = piece.len().min(buffer.remaining());
            if fitting > 0 {
                buffer.put_slice(&piece[..fitting]);
                break;
            }
        }
        Poll::Ready(Ok(()))
    }
}
