//! Slips of typing put right before a query is read.
//!
//! In: the words of a catalogue, once, and a query's text. Out: the text with
//! words that nobody knows replaced by the catalogue's word that is one slip
//! away. It leaves alone what may be a value: short words, capitals, digits,
//! and every word that is known to be one.

use std::borrow::Cow;

/// The fewest letters of a word that is put right: among short words every
/// other one is a slip away.
const FEWEST_LETTERS: usize = 5;

/// A word that may be meant.
#[derive(Debug)]
struct Spelt {
    form: Box<str>,
    /// How rare it is here: of two that may be meant, the commoner one is.
    rarity: f32,
}

/// The words of a catalogue by their first letter and their length.
#[derive(Debug, Default)]
pub(crate) struct Spellings(Vec<Spelt>);

impl Spellings {
    /// Words with how rare each is; those that are not plain letters are left
    /// out.
    pub(crate) fn of<'a>(words: impl Iterator<Item = (&'a str, f32)>) -> Self {
        let plain = words.filter(|(form, _)| form.len() + 1 >= FEWEST_LETTERS && is_plain(form));
        let mut all: Vec<Spelt> = plain.map(|(form, rarity)| Spelt { form: form.into(), rarity }).collect();
        all.sort_by(|a, b| order(&a.form).cmp(&order(&b.form)).then_with(|| a.form.cmp(&b.form)));
        all.dedup_by(|a, b| a.form == b.form);
        Self(all)
    }

    /// The text with its slips put right. `known`: whether a word is known to
    /// be one.
    pub(crate) fn put_right<'t>(&self, text: &'t str, known: impl Fn(&str) -> bool) -> Cow<'t, str> {
        let mut right = Cow::Borrowed(text);
        let mut grown = 0_isize;
        for word in text.split_whitespace() {
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
            if bare.len() < FEWEST_LETTERS || !is_plain(bare) || known(bare) {
                continue;
            }
            let Some(meant) = self.nearest(bare) else { continue };
            // Where it stands in the text, and by how much the words before
            // it have grown since.
            let begun = (bare.as_ptr() as usize - text.as_ptr() as usize).saturating_add_signed(grown);
            right.to_mut().replace_range(begun..begun + bare.len(), meant);
            grown += meant.len() as isize - bare.len() as isize;
        }
        right
    }

    /// The commonest word that is one slip away.
    fn nearest(&self, word: &str) -> Option<&str> {
        let first = word.as_bytes().first()?;
        let begun = self.0.partition_point(|own| order(&own.form) < (*first, word.len() - 1));
        let near = self.0[begun..].iter().take_while(|own| order(&own.form) <= (*first, word.len() + 1));
        let meant = near.filter(|own| is_slip(word.as_bytes(), own.form.as_bytes()));
        meant.min_by(|a, b| a.rarity.total_cmp(&b.rarity)).map(|own| &*own.form)
    }
}

/// What words are laid out by; a word has a letter.
fn order(form: &str) -> (u8, usize) {
    (form.as_bytes().first().copied().unwrap_or_default(), form.len())
}

fn is_plain(word: &str) -> bool {
    word.bytes().all(|letter| letter.is_ascii_lowercase())
}

/// Whether one word is the other with a letter more, less or another, or with
/// two neighbours that changed places.
fn is_slip(a: &[u8], b: &[u8]) -> bool {
    let alike = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[alike..], &b[alike..]);
    let alike = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    match (&a[..a.len() - alike], &b[..b.len() - alike]) {
        ([], [_]) | ([_], []) | ([_], [_]) => true,
        ([first, second], [other_first, other_second]) => first == other_second && second == other_first,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_put_right_and_values_are_not() {
        let words =
            [("weather", 3.0), ("forecast", 4.0), ("message", 2.0), ("messages", 5.0), ("post", 1.0), ("get2", 1.0)];
        let spellings = Spellings::of(words.into_iter());
        let rows = [
            ("the wether forceast, please", "the weather forecast, please"),
            ("weathre weahter weatherr weather", "weather weather weather weather"),
            // Of two that are a slip away the commoner one; one that is known
            // stays.
            ("mesage", "message"),
            ("leather", "leather"),
            // Short words, capitals, digits and other letters.
            ("pots Wether weth3r wéther", "pots Wether weth3r wéther"),
            // Two slips, and one at the very beginning.
            ("waether wetehr ewather", "weather wetehr ewather"),
            ("", ""),
        ];
        for (text, expected) in rows {
            let known = |word: &str| words.iter().any(|(own, _)| *own == word) || word == "leather";
            assert_eq!(spellings.put_right(text, known), expected, "{text}");
        }
    }
}
