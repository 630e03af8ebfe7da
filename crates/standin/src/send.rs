//! Putting a reply on the wire, good manners or bad.

use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use futures::stream;
use serde_json::Value;
use tokio::time::sleep;

use crate::server::Open;
use crate::wire::{Answer, End, Failure};
use crate::{Counts, Demand, Reply, Shape, Trick, Wire};

/// A piece of what never ends, in bytes.
const FILLER_BYTES: usize = 64 * 1024;

/// Characters that count as one token.
const CHARS_PER_TOKEN: usize = 4;

/// What happens after the last piece.
#[derive(Clone, Copy)]
enum Then {
    End,
    Break,
    Stall,
    Fill,
}

/// The reply to a request as HTTP. `open` notices when nobody reads it any
/// more.
pub(crate) fn respond(wire: Wire, demand: &Demand, reply: &Reply, open: Open) -> Response<Body> {
    if let Some(status) = reply.status {
        return fail(wire, reply, status, open);
    }
    let text = reply.written();
    if let Some(wrong) = script_fault(demand, reply, &text) {
        let fault = Reply::failing(400).saying("stand_in", &wrong);
        return fail(wire, &fault, 400, open);
    }
    let answer = Answer { demand, text: &text, end: end(reply), usage: usage(demand, reply, &text) };
    let (mut pieces, kind) = if demand.streamed {
        (wire.events(&answer), wire.stream_type())
    } else {
        (vec![wire.whole(&answer).to_string()], "application/json")
    };
    let then = play(reply.trick, wire, &mut pieces);
    let kind = if reply.trick == Some(Trick::WrongContentType) { "text/html" } else { kind };
    let between = Duration::from_millis(reply.between_ms);
    build(StatusCode::OK, kind, body(pieces, between, then, open))
}

/// A script must not do what the provider never would, unless it says so.
fn script_fault(demand: &Demand, reply: &Reply, text: &str) -> Option<String> {
    if reply.refusal.is_some() || reply.cut || reply.trick == Some(Trick::OffSchema) {
        return None;
    }
    let told = || format!("the script's reply is not what was asked for: {text}");
    let value: Option<Value> = serde_json::from_str(text).ok();
    match (&demand.shape, value) {
        (Shape::Free, _) | (Shape::Json, Some(_)) => None,
        (Shape::Json, None) | (_, None) => Some(told()),
        (shape, Some(value)) => {
            let conforms = shape.schema().is_some_and(|schema| jsonschema::is_valid(schema, &value));
            (!conforms).then(told)
        }
    }
}

fn end(reply: &Reply) -> End<'_> {
    match &reply.refusal {
        Some(words) => End::Refusal(words),
        None if reply.cut => End::Length,
        None => End::Stop,
    }
}

fn usage(demand: &Demand, reply: &Reply, text: &str) -> Option<Counts> {
    let tokens = |chars: usize| u64::try_from(chars / CHARS_PER_TOKEN + 1).unwrap_or(u64::MAX);
    let said = demand.said.iter().map(|(_, text)| text.chars().count()).sum();
    let counted = Counts { prompt: tokens(said), cached: 0, completion: tokens(text.chars().count()) };
    (reply.trick != Some(Trick::NoUsage)).then(|| reply.usage.unwrap_or(counted))
}

/// Changes what is sent.
fn play(trick: Option<Trick>, wire: Wire, pieces: &mut Vec<String>) -> Then {
    let half = pieces.len().div_ceil(2);
    let halve = |pieces: &mut Vec<String>| {
        if pieces.len() > 1 {
            pieces.truncate(half);
        } else if let Some(only) = pieces.first_mut() {
            let middle = (0..=only.len() / 2).rev().find(|at| only.is_char_boundary(*at));
            only.truncate(middle.unwrap_or_default());
        }
    };
    match trick {
        Some(Trick::MalformedJson) => {
            match pieces.as_mut_slice() {
                [only] => only.insert(1, '}'),
                many => {
                    many[half - 1] =
                        "data: {\"choices\": [}\n\n".replace("data: ", if wire == Wire::Ollama { "" } else { "data: " })
                }
            }
            Then::End
        }
        Some(Trick::Oversize) => {
            halve(pieces);
            Then::Fill
        }
        Some(Trick::BreakOff) => {
            halve(pieces);
            Then::Break
        }
        Some(Trick::EndEarly) => {
            halve(pieces);
            Then::End
        }
        Some(Trick::Stall) => {
            halve(pieces);
            Then::Stall
        }
        Some(Trick::ErrorInStream) => {
            halve(pieces);
            pieces.push(wire.error_event(&Failure { status: 529, code: None, message: "Overloaded" }));
            Then::End
        }
        Some(Trick::WrongContentType | Trick::NoUsage | Trick::OffSchema) | None => Then::End,
    }
}

fn fail(wire: Wire, reply: &Reply, status: u16, open: Open) -> Response<Body> {
    let message = reply.message.as_deref().unwrap_or("the stand-in was told to fail");
    let text = wire.error(&Failure { status, code: reply.code.as_deref(), message }).to_string();
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = build(status, "application/json", body(vec![text], Duration::ZERO, Then::End, open));
    if let Some(wait) = reply.retry_after_ms {
        let headers = response.headers_mut();
        headers.insert("retry-after-ms", HeaderValue::from(wait));
        headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.div_ceil(1000)));
    }
    response
}

fn build(status: StatusCode, kind: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

struct Sending {
    pieces: std::vec::IntoIter<String>,
    between: Duration,
    then: Then,
    filler: Arc<str>,
    open: Open,
}

fn body(pieces: Vec<String>, between: Duration, then: Then, open: Open) -> Body {
    let filler: Arc<str> = " ".repeat(FILLER_BYTES).into();
    let sending = Sending { pieces: pieces.into_iter(), between, then, filler, open };
    Body::from_stream(stream::unfold(sending, next))
}

async fn next(mut sending: Sending) -> Option<(Result<String, io::Error>, Sending)> {
    if let Some(piece) = sending.pieces.next() {
        sleep(sending.between).await;
        return Some((Ok(piece), sending));
    }
    match sending.then {
        Then::End => {
            sending.open.close();
            None
        }
        Then::Break => {
            sending.open.close();
            sending.then = Then::End;
            Some((Err(io::Error::from(io::ErrorKind::ConnectionReset)), sending))
        }
        Then::Stall => match pending::<Infallible>().await {},
        Then::Fill => {
            let filler = sending.filler.to_string();
            Some((Ok(filler), sending))
        }
    }
}
