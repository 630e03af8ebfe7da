//! Where one event of a stream ends and the next begins.
//!
//! In come chunks of bytes as the network cuts them, out go whole events.
//! Never more than one event's limit is held.

use std::mem;

/// The longest event or line of a stream, in bytes; a longer one ends it.
pub const MAX_EVENT_BYTES: usize = 1024 * 1024;

/// How a stream marks the end of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// Server-sent events.
    Sse,
    /// One JSON value for each line.
    Lines,
}

/// Pieces events together.
pub(crate) struct Events {
    framing: Framing,
    limit: usize,
    line: Vec<u8>,
    data: Vec<u8>,
    after_return: bool,
}

/// An event beyond the limit.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooLong;

impl Events {
    pub(crate) fn new(framing: Framing) -> Self {
        Self::limited(framing, MAX_EVENT_BYTES)
    }

    fn limited(framing: Framing, limit: usize) -> Self {
        Self { framing, limit, line: Vec::new(), data: Vec::new(), after_return: false }
    }

    /// The data of every event that ends in this chunk; empty ones are left out.
    pub(crate) fn feed(&mut self, chunk: &[u8]) -> Result<Vec<Vec<u8>>, TooLong> {
        let mut events = Vec::new();
        let mut rest = chunk;
        while let Some(end) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            let is_second_half = self.after_return && end == 0 && rest[0] == b'\n';
            self.take(&rest[..end])?;
            self.after_return = rest[end] == b'\r';
            rest = &rest[end + 1..];
            if !is_second_half {
                events.extend(self.end_line()?);
            }
        }
        if !rest.is_empty() {
            self.after_return = false;
        }
        self.take(rest)?;
        Ok(events)
    }

    /// The last event, where the stream ended without marking its end.
    pub(crate) fn finish(mut self) -> Result<Vec<Vec<u8>>, TooLong> {
        let mut events: Vec<Vec<u8>> = self.end_line()?.into_iter().collect();
        events.extend(self.end_line()?);
        Ok(events)
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        self.line.extend_from_slice(bytes);
        if self.line.len() + self.data.len() > self.limit { Err(TooLong) } else { Ok(()) }
    }

    fn end_line(&mut self) -> Result<Option<Vec<u8>>, TooLong> {
        let line = mem::take(&mut self.line);
        if self.framing == Framing::Lines {
            return Ok((!line.is_empty()).then_some(line));
        }
        if line.is_empty() {
            let data = mem::take(&mut self.data);
            return Ok((!data.is_empty()).then_some(data));
        }
        if let Some(value) = line.strip_prefix(b"data:") {
            if !self.data.is_empty() {
                self.data.push(b'\n');
            }
            self.data.extend_from_slice(value.strip_prefix(b" ").unwrap_or(value));
            if self.data.len() > self.limit {
                return Err(TooLong);
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(framing: Framing, text: &str, cut: usize) -> Vec<String> {
        let mut reader = Events::new(framing);
        let mut events = Vec::new();
        for chunk in text.as_bytes().chunks(cut) {
            events.extend(reader.feed(chunk).unwrap());
        }
        events.extend(reader.finish().unwrap());
        events.into_iter().map(|data| String::from_utf8(data).unwrap()).collect()
    }

    #[test]
    fn events_are_the_same_however_they_are_cut_and_ended() {
        let rows = [
            (
                Framing::Sse,
                ": hi\nevent: x\ndata: {\"a\":1}\ndata:2\n\nid: 1\ndata:b\n\ndata: æ",
                vec!["{\"a\":1}\n2", "b", "æ"],
            ),
            (Framing::Lines, "{\"a\":1}\n\n{\"æ\":2}\n{}", vec!["{\"a\":1}", "{\"æ\":2}", "{}"]),
        ];
        for (framing, text, expected) in rows {
            for ending in ["\n", "\r\n", "\r"] {
                let text = text.replace('\n', ending);
                for cut in 1..=text.len() {
                    assert_eq!(read(framing, &text, cut), expected, "{ending:?} cut at {cut}");
                }
            }
        }
    }

    #[test]
    fn what_never_ends_is_not_held() {
        for framing in [Framing::Sse, Framing::Lines] {
            assert_eq!(Events::limited(framing, 100).feed(&[b'x'; 101]), Err(TooLong));
        }
        let mut reader = Events::limited(Framing::Sse, 100);
        let line = [b"data: ".as_slice(), &[b'x'; 60], b"\n"].concat();
        assert_eq!(reader.feed(&line), Ok(Vec::new()));
        assert_eq!(reader.feed(&line), Err(TooLong));
    }
}
