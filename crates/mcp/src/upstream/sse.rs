//! Server-sent events, read as they arrive and never held beyond the limit
//! for one message.
//!
//! In: chunks of a stream. Out: events, and where and when to go on after the
//! stream breaks. What the events say is not read.

use std::time::Duration;

use crate::frame::MAX_FRAME_BYTES;

/// The longest id of an event, in bytes: it goes back in a header. A longer
/// one is ignored.
const MAX_ID_BYTES: usize = 1024;

/// The shortest and the longest wait before a broken stream is taken up
/// again, whatever the server says.
const RETRY_BOUNDS: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(30));

/// The wait where the server says nothing.
const DEFAULT_RETRY: Duration = Duration::from_secs(1);

/// What some streams begin with, and what is no part of them.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// One event.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Event {
    /// What kind it is; empty for a message.
    pub(crate) name: Vec<u8>,
    /// What it carries; empty in events that only keep a stream alive.
    pub(crate) data: Vec<u8>,
}

/// Where to go on after a stream broke.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    /// The id of the last event that had one.
    pub(crate) last_id: Option<String>,
    retry: Option<Duration>,
}

impl Mark {
    /// How long to wait before the stream is taken up again.
    pub(crate) fn retry(&self) -> Duration {
        self.retry.unwrap_or(DEFAULT_RETRY).clamp(RETRY_BOUNDS.0, RETRY_BOUNDS.1)
    }
}

/// Events, pieced together from chunks of a stream.
pub(crate) struct Events {
    limit: usize,
    line: Vec<u8>,
    name: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    after_return: bool,
    begun: bool,
    mark: Mark,
}

/// An event over the limit for one message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooLong;

impl Events {
    /// A stream from its beginning.
    pub(crate) fn new() -> Self {
        Self::after(Mark::default())
    }

    /// A stream taken up at a mark.
    pub(crate) fn after(mark: Mark) -> Self {
        Self { mark, ..Self::limited(MAX_FRAME_BYTES) }
    }

    /// A stream whose events have at most so many bytes.
    pub(crate) fn limited(limit: usize) -> Self {
        let (line, name, data) = (Vec::new(), Vec::new(), Vec::new());
        Self { limit, line, name, data, has_data: false, after_return: false, begun: false, mark: Mark::default() }
    }

    /// Where to go on if the stream breaks now.
    pub(crate) fn mark(&self) -> &Mark {
        &self.mark
    }

    /// Every event that ends in this chunk.
    pub(crate) fn feed(&mut self, chunk: &[u8]) -> Result<Vec<Event>, TooLong> {
        let mut events = Vec::new();
        let mut rest = chunk;
        while let Some(end) = memchr::memchr2(b'\n', b'\r', rest) {
            let second_half = self.after_return && end == 0 && rest[0] == b'\n' && self.line.is_empty();
            self.take(&rest[..end])?;
            self.after_return = rest[end] == b'\r';
            rest = &rest[end + 1..];
            if !second_half {
                events.extend(self.end_line()?);
            }
        }
        if !rest.is_empty() {
            self.after_return = false;
        }
        self.take(rest)?;
        Ok(events)
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        self.line.extend_from_slice(bytes);
        if self.line.len() > self.limit { Err(TooLong) } else { Ok(()) }
    }

    fn end_line(&mut self) -> Result<Option<Event>, TooLong> {
        let whole = std::mem::take(&mut self.line);
        let begins = !std::mem::replace(&mut self.begun, true);
        let line = whole.strip_prefix(BYTE_ORDER_MARK).filter(|_| begins).unwrap_or(&whole);
        if line.is_empty() {
            let (name, data) = (std::mem::take(&mut self.name), std::mem::take(&mut self.data));
            return Ok(std::mem::take(&mut self.has_data).then_some(Event { name, data }));
        }
        let colon = memchr::memchr(b':', line).unwrap_or(line.len());
        let (field, value) = line.split_at(colon);
        let value = value.strip_prefix(b":").unwrap_or_default();
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match field {
            b"data" => {
                if self.has_data {
                    self.data.push(b'\n');
                }
                self.has_data = true;
                self.data.extend_from_slice(value);
                if self.data.len() > self.limit {
                    return Err(TooLong);
                }
            }
            b"event" => self.name = value.to_vec(),
            b"id" => self.marked(value),
            b"retry" => {
                let ms = std::str::from_utf8(value).ok().and_then(|value| value.parse().ok());
                self.mark.retry = ms.map(Duration::from_millis).or(self.mark.retry);
            }
            // A comment, or nothing that is known.
            _ => {}
        }
        Ok(None)
    }

    /// An id comes back in a header, so it must be fit for one.
    fn marked(&mut self, id: &[u8]) {
        let fit = id.len() <= MAX_ID_BYTES && id.iter().all(|byte| (b' '..=b'~').contains(byte));
        if let (true, Ok(id)) = (fit, std::str::from_utf8(id)) {
            self.mark.last_id = (!id.is_empty()).then(|| id.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_the_same_however_they_are_cut_and_ended() {
        let text = ": hello\nid: 1\ndata: {\"a\":\ndata:1}\n\nevent: x\ndata\n\nretry: 5\n\ndata: æ\n\nunfinished";
        for ending in ["\n", "\r\n", "\r"] {
            let text = text.replace('\n', ending);
            for cut in 1..text.len() {
                let mut reader = Events::new();
                let mut events = Vec::new();
                for chunk in text.as_bytes().chunks(cut) {
                    events.extend(reader.feed(chunk).unwrap());
                }
                let events: Vec<String> =
                    events.into_iter().map(|event| String::from_utf8(event.data).unwrap()).collect();
                assert_eq!(events, ["{\"a\":\n1}", "", "æ"], "{ending:?} cut at {cut}");
            }
        }
    }

    #[test]
    fn what_never_ends_is_not_held() {
        assert_eq!(Events::limited(100).feed(&[b'x'; 101]), Err(TooLong));
        let mut reader = Events::limited(100);
        let line = [b"data: ".as_slice(), &[b'x'; 60], b"\n"].concat();
        assert_eq!(reader.feed(&line), Ok(Vec::new()));
        assert_eq!(reader.feed(&line), Err(TooLong));
    }

    #[test]
    fn names_ids_and_waits_are_kept() {
        let mut reader = Events::new();
        assert_eq!((reader.mark().last_id.as_deref(), reader.mark().retry()), (None, DEFAULT_RETRY));
        let events =
            reader.feed(b"event: endpoint\nid:  7\nretry: 500\ndata: /x\n\nid\xff: 8\nretry: soon\n\n").unwrap();
        assert_eq!(events, [Event { name: b"endpoint".to_vec(), data: b"/x".to_vec() }]);
        assert_eq!(reader.mark().last_id.as_deref(), Some(" 7"));
        assert_eq!(reader.mark().retry(), Duration::from_millis(500));
        let long = format!("id: {}\nretry: 9999999\n\n", "x".repeat(MAX_ID_BYTES + 1));
        let mut reader = Events::after(reader.mark().clone());
        assert_eq!(reader.feed(long.as_bytes()), Ok(Vec::new()));
        assert_eq!(reader.mark().last_id.as_deref(), Some(" 7"));
        assert_eq!(reader.mark().retry(), RETRY_BOUNDS.1);
        assert_eq!(reader.feed(b"retry: 0\nid: \xc3\xa6\nid\n"), Ok(Vec::new()));
        assert_eq!((reader.mark().last_id.as_deref(), reader.mark().retry()), (None, RETRY_BOUNDS.0));
    }
}
