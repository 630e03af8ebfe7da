//! Names that nobody guesses and people can read out.

use ring::rand::{SecureRandom, SystemRandom};

/// Digits and letters without those that are taken for one another.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Letters of a name: 5 bits each, so 80 bits in all.
const LENGTH: usize = 16;

/// Letters between two dashes.
const GROUP: usize = 4;

/// A name of 80 random bits, as `7k2m-9qdx-4trw-m3ha`.
pub(crate) fn random() -> String {
    let mut bytes = [0; LENGTH];
    // The system's generator fails only where the system has none; a name is
    // then still no secret anything depends on, but must not repeat.
    if SystemRandom::new().fill(&mut bytes).is_err() {
        bytes = fallback();
    }
    let mut name = String::with_capacity(LENGTH + LENGTH / GROUP);
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 && index % GROUP == 0 {
            name.push('-');
        }
        name.push(char::from(LETTERS[usize::from(byte % 32)]));
    }
    name
}

/// As people type it: case and dashes do not matter, and letters that look
/// like digits are those digits. `None` if it is no such name.
pub(crate) fn read(typed: &str) -> Option<String> {
    let mut name = String::new();
    let letters = typed.trim().chars().filter(|c| *c != '-').map(|c| match c.to_ascii_lowercase() {
        'o' => '0',
        'i' | 'l' => '1',
        other => other,
    });
    for (index, letter) in letters.enumerate() {
        if index >= LENGTH || !letter.is_ascii() || !LETTERS.contains(&(letter as u8)) {
            return None;
        }
        if index > 0 && index % GROUP == 0 {
            name.push('-');
        }
        name.push(letter);
    }
    (name.len() == LENGTH + LENGTH / GROUP - 1).then_some(name)
}

/// Differs from call to call and from process to process.
fn fallback() -> [u8; LENGTH] {
    use std::collections::hash_map::RandomState;
    use std::hash::BuildHasher;
    let halves = [RandomState::new().hash_one(0_u8), RandomState::new().hash_one(1_u8)];
    let mut bytes = [0; LENGTH];
    bytes[..8].copy_from_slice(&halves[0].to_le_bytes());
    bytes[8..].copy_from_slice(&halves[1].to_le_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        let name = random();
        assert_eq!(read(&name), Some(name.clone()));
        assert_ne!(name, random());
        let rows = [
            ("7K2M9QDX4TRWM3HA", Some("7k2m-9qdx-4trw-m3ha")),
            (" 7k2m-9qdx-4trw-m3h0 ", Some("7k2m-9qdx-4trw-m3h0")),
            ("7k2m-9qdx-4trw-m3ho", Some("7k2m-9qdx-4trw-m3h0")),
            ("7k2m-9qdx-4trw", None),
            ("7k2m-9qdx-4trw-m3ha0", None),
            ("7k2m-9qdx-4trw-m3hü", None),
            ("", None),
        ];
        for (typed, expected) in rows {
            assert_eq!(read(typed).as_deref(), expected, "{typed}");
        }
    }
}
