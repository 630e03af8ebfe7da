//! A stream of events that arrives in any pieces.
//!
//! Held against a reader that has all of the stream before it begins.

use mcp::reading::{Streamed, events};

use crate::tape::Tape;

/// The longest event that is taken here, in bytes.
const LIMIT: usize = 4 * 1024;

/// The first bytes say where the stream is cut; the rest is the stream.
pub(crate) fn run(bytes: &[u8]) {
    let (cuts, stream) = bytes.split_at(bytes.len().min(4));
    let pieces = Tape::new(cuts).pieces(stream);
    let streamed = events(&pieces, LIMIT);
    match (&streamed, events(&[stream], LIMIT)) {
        (Ok(_), whole) => assert_eq!(streamed, whole, "a cut changes an event"),
        // How many came before the one too long depends on the cuts.
        (Err(_), whole) => assert!(whole.is_err(), "a cut makes an event too long"),
    }
    let (Ok((read, mark)) | Err((read, mark))) = split(streamed);
    assert!(read.iter().all(|(name, data)| name.len() <= LIMIT && data.len() <= LIMIT), "more is held than may be");
    let fit = |id: &String| !id.is_empty() && id.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    assert!(mark.as_ref().is_none_or(fit), "it would break a header: {mark:?}");
    let expected = all_at_once(stream);
    assert!(expected.starts_with(&read), "{read:?} is not what {expected:?} begins with");
}

type Read = (Vec<(Vec<u8>, Vec<u8>)>, Option<String>);

fn split(streamed: Streamed) -> Result<Read, Read> {
    streamed.map_err(|read| (read, None))
}

/// The events of a whole stream, as the standard has it.
fn all_at_once(stream: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let stream = stream.strip_prefix(b"\xef\xbb\xbf").unwrap_or(stream);
    let mut all = Vec::new();
    let (mut name, mut data): (Vec<u8>, Option<Vec<u8>>) = (Vec::new(), None);
    for line in ended_lines(stream) {
        if line.is_empty() {
            let name = std::mem::take(&mut name);
            all.extend(data.take().map(|data| (name, data)));
            continue;
        }
        let colon = line.iter().position(|&byte| byte == b':').unwrap_or(line.len());
        let value = line.get(colon + 1..).unwrap_or_default();
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match &line[..colon] {
            b"event" => name = value.to_vec(),
            b"data" => match &mut data {
                Some(data) => {
                    data.push(b'\n');
                    data.extend_from_slice(value);
                }
                None => data = Some(value.to_vec()),
            },
            _ => {}
        }
    }
    all
}

/// Lines that end, in any of the three ways.
fn ended_lines(stream: &[u8]) -> Vec<&[u8]> {
    let mut lines = Vec::new();
    let (mut from, mut at) = (0, 0);
    while at < stream.len() {
        let end = match (stream[at], stream.get(at + 1)) {
            (b'\r', Some(b'\n')) => 2,
            (b'\r' | b'\n', _) => 1,
            _ => {
                at += 1;
                continue;
            }
        };
        lines.push(&stream[from..at]);
        at += end;
        from = at;
    }
    lines
}
