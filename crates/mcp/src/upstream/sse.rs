//! Server-sent events, read as they arrive and never held beyond the limit
//! for one message. Only their data is of interest here.

use crate::frame::MAX_FRAME_BYTES;

/// The data of events, pieced together from chunks of a stream.
pub(crate) struct Events {
    limit: usize,
    line: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    after_return: bool,
}

/// An event over the limit for one message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooLong;

impl Events {
    pub(crate) fn new() -> Self {
        Self::limited(MAX_FRAME_BYTES)
    }

    fn limited(limit: usize) -> Self {
        Self { limit, line: Vec::new(), data: Vec::new(), has_data: false, after_return: false }
    }

    /// The data of every event that ends in this chunk.
    pub(crate) fn feed(&mut self, chunk: &[u8]) -> Result<Vec<Vec<u8>>, TooLong> {
        let mut events = Vec::new();
        let mut rest = chunk;
        while let Some(end) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
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

    fn end_line(&mut self) -> Result<Option<Vec<u8>>, TooLong> {
        let line = std::mem::take(&mut self.line);
        if line.is_empty() {
            let data = std::mem::take(&mut self.data);
            return Ok(std::mem::take(&mut self.has_data).then_some(data));
        }
        if let Some(value) = line.strip_prefix(b"data").filter(|rest| rest.is_empty() || rest[0] == b':') {
            let value = value.strip_prefix(b":").unwrap_or_default();
            let value = value.strip_prefix(b" ").unwrap_or(value);
            if self.has_data {
                self.data.push(b'\n');
            }
            self.has_data = true;
            self.data.extend_from_slice(value);
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
                let events: Vec<String> = events.into_iter().map(|data| String::from_utf8(data).unwrap()).collect();
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
}
