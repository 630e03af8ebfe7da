//! A text falls into the pieces that the table has vectors for.
//!
//! Greedy longest match from the left, as in WordPiece (Schuster and Nakajima
//! 2012), over words cut at punctuation and at `camelCase` humps.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::lexical::{Key, key};

/// The numbers of the pieces ([`key`]), 8 bytes each, in the order of their
/// rows in the table. A piece is looked up, never listed.
static KEYS: &[u8] = include_bytes!("../../model/pieces.keys");

static ROWS: LazyLock<HashMap<Key, u32>> = LazyLock::new(|| {
    let (keys, _) = KEYS.as_chunks();
    keys.iter().map(|&bytes| Key::from_le_bytes(bytes)).zip(0_u32..).collect()
});

/// The longest word that is looked at, in characters. Longer ones are keys
/// and hashes.
const MAX_WORD_CHARS: usize = 40;

/// What a piece inside a word begins with before it is looked up.
const INSIDE: &str = "##";

/// The rows of a text's pieces, at most `limit`. A word that does not wholly
/// fall into pieces has none.
pub(crate) fn pieces(text: &str, limit: usize) -> Vec<u32> {
    let mut rows = Vec::new();
    for word in split_words(text) {
        word_pieces(&word, &mut rows);
        if rows.len() >= limit {
            rows.truncate(limit);
            break;
        }
    }
    rows
}

/// The words of a text, lower-cased and without accents.
fn split_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut chars = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        let hump = (before.is_lowercase() || before.is_ascii_digit()) && c.is_uppercase()
            || before.is_uppercase() && c.is_uppercase() && chars.peek().is_some_and(|next| next.is_lowercase());
        if (hump || !c.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase().map(plain));
        }
        before = c;
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

fn word_pieces(word: &str, rows: &mut Vec<u32>) {
    if word.chars().nth(MAX_WORD_CHARS).is_some() {
        return;
    }
    let begun = rows.len();
    let mut at = 0;
    let mut piece = String::with_capacity(word.len() + INSIDE.len());
    while at < word.len() {
        let found = longest(word, at, &mut piece);
        let Some((row, end)) = found else {
            rows.truncate(begun);
            return;
        };
        rows.push(row);
        at = end;
    }
}

/// The longest piece that begins at this byte, and where it ends.
fn longest(word: &str, at: usize, piece: &mut String) -> Option<(u32, usize)> {
    let ends = word[at..].char_indices().map(|(i, c)| at + i + c.len_utf8()).collect::<Vec<usize>>();
    ends.into_iter().rev().find_map(|end| {
        piece.clear();
        if at > 0 {
            piece.push_str(INSIDE);
        }
        piece.push_str(&word[at..end]);
        ROWS.get(&key(piece)).map(|&row| (row, end))
    })
}

/// A Latin letter without its accent; any other character as it is.
fn plain(c: char) -> char {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'ď' => 'd',
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => 'e',
        'ğ' => 'g',
        'ì' | 'í' | 'î' | 'ï' | 'ī' => 'i',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ō' | 'ő' => 'o',
        'ř' => 'r',
        'ś' | 'š' | 'ş' => 's',
        'ť' => 't',
        'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_fall_into_known_pieces() {
        let rows = [
            ("listPullRequests", "list pull requests"),
            ("Café, unaffordable!", "cafe una ##ff ##ord ##able"),
            ("", ""),
            ("\u{1F600}", ""),
        ];
        for (text, expected) in rows {
            let expected: Vec<u32> = expected.split_whitespace().map(|piece| ROWS[&key(piece)]).collect();
            assert_eq!(pieces(text, 64), expected, "{text}");
        }
    }
}
