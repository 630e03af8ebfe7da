//! Lines of bounded length from a stream.

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

use crate::frame::MAX_FRAME_BYTES;

/// How much of either end of a line too long is shown to the reader, in bytes.
const FRAGMENT_BYTES: usize = 512;

/// How much is read at once, in bytes: as much as a pipe holds.
const BUFFER_BYTES: usize = 64 * 1024;

/// What came next on the stream.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line<'a> {
    /// A whole line, without its end.
    Whole(&'a [u8]),
    /// A line over the limit, skipped; its first and last bytes.
    TooLong { head: &'a [u8], tail: &'a [u8] },
}

/// Reads lines and never holds more than the limit.
pub(crate) struct Lines<R> {
    stream: BufReader<R>,
    limit: usize,
    line: Vec<u8>,
    tail: Vec<u8>,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    /// Lines of at most [`MAX_FRAME_BYTES`].
    pub(crate) fn new(stream: R) -> Self {
        Self::limited(stream, MAX_FRAME_BYTES)
    }

    /// Lines of at most so many bytes.
    pub(crate) fn limited(stream: R, limit: usize) -> Self {
        Self { stream: BufReader::with_capacity(BUFFER_BYTES, stream), limit, line: Vec::new(), tail: Vec::new() }
    }

    /// The next line; `None` when the stream is over or broken. What stands
    /// after the last line's end is no line.
    pub(crate) async fn next(&mut self) -> Option<Line<'_>> {
        // A buffer that one giant line grew is given back.
        if self.line.capacity() > self.limit / 4 {
            self.line = Vec::new();
        }
        self.line.clear();
        self.tail.clear();
        let mut too_long = false;
        loop {
            let available = self.stream.fill_buf().await.ok().filter(|bytes| !bytes.is_empty())?;
            let end = memchr::memchr(b'\n', available);
            let piece = &available[..end.unwrap_or(available.len())];
            if !too_long && self.line.len() + piece.len() <= self.limit {
                self.line.extend_from_slice(piece);
            } else {
                if !too_long {
                    // What is held already may be all of the end but a byte.
                    keep_end(&mut self.tail, &self.line);
                    too_long = true;
                }
                self.line.truncate(FRAGMENT_BYTES);
                let missing = FRAGMENT_BYTES - self.line.len();
                self.line.extend_from_slice(&piece[..missing.min(piece.len())]);
                keep_end(&mut self.tail, piece);
            }
            let used = piece.len() + usize::from(end.is_some());
            self.stream.consume(used);
            if end.is_some() {
                break;
            }
        }
        if too_long {
            return Some(Line::TooLong { head: &self.line, tail: &self.tail });
        }
        Some(Line::Whole(self.line.strip_suffix(b"\r").unwrap_or(&self.line)))
    }
}

fn keep_end(tail: &mut Vec<u8>, piece: &[u8]) {
    tail.extend_from_slice(&piece[piece.len().saturating_sub(FRAGMENT_BYTES)..]);
    let surplus = tail.len().saturating_sub(FRAGMENT_BYTES);
    tail.drain(..surplus);
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;

    use super::*;

    #[tokio::test]
    async fn long_lines_are_skipped_and_their_ends_shown() {
        let long = format!("{}{}{}", "a".repeat(600), "b".repeat(5000), "c".repeat(600));
        let text = format!("one\r\n\n{long}\ntwo\nunfinished");
        let mut lines = Lines::limited(text.as_bytes(), 1000);
        assert_eq!(lines.next().await, Some(Line::Whole(b"one")));
        assert_eq!(lines.next().await, Some(Line::Whole(b"")));
        let Some(Line::TooLong { head, tail }) = lines.next().await else { panic!("it is over the limit") };
        assert_eq!((head, tail), ("a".repeat(512).as_bytes(), "c".repeat(512).as_bytes()));
        assert_eq!(lines.next().await, Some(Line::Whole(b"two")));
        assert_eq!(lines.next().await, None);
        // The limit is met in the last piece.
        let (start, end) = (format!("{}{}", "a".repeat(500), "b".repeat(500)), "c\n");
        let mut lines = Lines::limited(start.as_bytes().chain(end.as_bytes()), 1000);
        let Some(Line::TooLong { tail, .. }) = lines.next().await else { panic!("it is over the limit") };
        assert_eq!(tail, format!("{}{}c", "a".repeat(11), "b".repeat(500)).as_bytes());
    }
}
