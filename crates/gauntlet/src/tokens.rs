//! What a client brings back: cursors and sealed states.
//!
//! Only what was given out is taken.

use mcp::reading::{cursor, opened, sealed};
use query::Principal;
use serde_json::value::RawValue;
use store::{Sealer, SealingKey};

use crate::tape::Tape;

/// Entries of a list with two pages.
const ENTRIES: usize = 1_001;

/// 32 bytes, all of them nothing.
const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A cursor, a state of a server, and changes made to the sealed state.
pub(crate) fn run(bytes: &[u8]) {
    let mut parts = bytes.splitn(3, |&byte| byte == b'\n');
    let mut part = || parts.next().unwrap_or_default();
    let (given, state, changes) = (part(), part(), part());
    if let Ok(given) = serde_json::from_slice::<Box<RawValue>>(given) {
        let (leads, known) = cursor(ENTRIES, &given);
        assert_eq!(known.len(), 1, "a list of two pages has one cursor");
        let text = |json: &str| serde_json::from_str::<String>(json).ok();
        let is_known = known.iter().any(|known| text(known).is_some() && text(known) == text(given.get()));
        assert_eq!(leads, is_known, "{} leads somewhere", given.get());
    }
    let sealer = Sealer::new(SealingKey::read(KEY).expect("it is a key"));
    let (mine, theirs) = (Principal::new("a"), Principal::new("b"));
    let read = |text: &str| opened(text, &sealer, &mine, "deed");
    let any = String::from_utf8_lossy(changes);
    assert_eq!(read(&any), None, "a text that nobody sealed is taken");
    let Ok(state) = serde_json::from_slice::<Box<RawValue>>(state) else { return };
    let Some(whole) = sealed(&state, &sealer, &mine, "deed") else { return };
    assert_eq!(read(&whole).as_deref(), Some(state.get()), "it comes back as another");
    assert_eq!(opened(&whole, &sealer, &theirs, "deed"), None, "it is somebody else's");
    assert_eq!(opened(&whole, &sealer, &mine, "another"), None, "it is for another deed");
    let forged = changed(&whole, changes);
    assert!(forged == whole || read(&forged).is_none(), "{forged} is taken for {whole}");
}

/// The text with pieces of it changed, left out and put in.
fn changed(text: &str, changes: &[u8]) -> String {
    let mut text: Vec<char> = text.chars().collect();
    let mut tape = Tape::new(changes);
    while !tape.is_over() && !text.is_empty() {
        let at = (usize::from(tape.byte()) << 8 | usize::from(tape.byte())) % text.len();
        let put = char::from(tape.byte());
        match tape.byte() % 4 {
            0 => text.truncate(at),
            1 => text.insert(at, put),
            2 => drop(text.remove(at)),
            _ => text[at] = put,
        }
    }
    text.into_iter().collect()
}
