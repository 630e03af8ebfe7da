//! From what an endpoint sent back to what it says.
//!
//! In comes a reply in no vendor's words, or the bytes of one; out goes a
//! text, or JSON that conforms, or the trouble. Nothing is sent.

use jsonschema::Validator;
use model::{Content, Finish, OutputSchema, Trouble};

use crate::exchange::{Stream, read_whole};
use crate::framing::Framing;
use crate::shape;
use crate::status::excerpt;
use crate::thinking::without_thoughts;
use crate::wire::{End, Reply, dialect};
use crate::{Kind, ProviderConfig};

/// The longest words of a refusal that are passed on, in characters.
const MAX_REFUSAL_CHARS: usize = 300;

/// Bytes that are taken at once of a body that is at hand.
const CHUNK_BYTES: usize = 7;

/// What a recorded body is said to have come to, in the place of the limit
/// that its request had, in tokens.
const NO_LIMIT_TOKENS: u32 = 0;

/// How a reply was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// As one body.
    Whole,
    /// As server-sent events.
    Events,
    /// As lines of JSON.
    Lines,
}

/// What the body of a success says, read as after a request: for a body kept
/// from elsewhere, and for fuzzing. With a schema, JSON that conforms to it;
/// without one, text.
pub fn read_reply(kind: Kind, sent: Sent, body: &[u8], schema: Option<&OutputSchema>) -> Result<Content, Trouble> {
    let dialect = dialect(&ProviderConfig::new(kind, "kept"));
    let validator = schema.map(shape::judge).transpose()?;
    let streamed = |framing| {
        let mut stream = Stream::new(framing, dialect.as_ref(), None);
        body.chunks(CHUNK_BYTES).try_for_each(|chunk| stream.feed(chunk))?;
        stream.finish()
    };
    let reply = match sent {
        Sent::Whole => read_whole(body, dialect.as_ref()),
        Sent::Events => streamed(Framing::Sse),
        Sent::Lines => streamed(Framing::Lines),
    };
    let reply = reply.map_err(|broken| broken.trouble)?;
    Answered { reply, validator }.read(NO_LIMIT_TOKENS).map(|(content, _)| content)
}

/// A reply, and what judges it.
pub(crate) struct Answered {
    pub(crate) reply: Reply,
    pub(crate) validator: Option<Validator>,
}

impl Answered {
    /// What it says; `limit` is the longest it could be, in tokens.
    pub(crate) fn read(self, limit_tokens: u32) -> Result<(Content, Finish), Trouble> {
        let text = without_thoughts(&self.reply.text);
        let finish = match self.reply.end {
            Some(End::Refused(said)) => return Err(Trouble::Refused { said: excerpt(&said, MAX_REFUSAL_CHARS) }),
            Some(End::Length) => Finish::Length,
            Some(End::Stop) | None => Finish::Stop,
        };
        let Some(validator) = self.validator else { return Ok((Content::Text(text), finish)) };
        match shape::read(&text, &validator) {
            Ok(value) => Ok((Content::Json(value), Finish::Stop)),
            Err(_) if finish == Finish::Length => Err(Trouble::Truncated { limit_tokens }),
            Err(trouble) => Err(trouble),
        }
    }
}
