//! The words of one thing, by field.

use std::collections::HashMap;

use super::key::Key;
use super::words::Spoken;
use crate::candidate::Field;

/// Each field's weight, how far its length is normalised (`b`), and its
/// length in words among public tools.
const FIELDS: [(Field, f32, f32, f32); 6] = [
    (Field::Name, 3.0, 0.4, 3.0),
    (Field::Title, 2.0, 0.4, 3.0),
    (Field::Example, 2.0, 0.6, 8.0),
    (Field::Description, 1.0, 0.6, 14.0),
    (Field::Parameter, 0.6, 0.7, 5.0),
    (Field::ParameterText, 0.3, 0.7, 20.0),
];

/// How often one word counts in one field at most.
const MOST_REPEATED: f32 = 2.0;

/// One word of a document.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) word: Key,
    /// Weighted and normalised by length, over all fields.
    pub(crate) frequency: f32,
    /// The weightiest field it stands in.
    pub(crate) field: Field,
}

/// What is said of one thing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Document {
    pub(crate) entries: Vec<Entry>,
}

impl Document {
    /// Reads the words of each field.
    pub(crate) fn of(fields: &[(Field, Vec<Spoken>)]) -> Self {
        let mut all: HashMap<Key, Entry> = HashMap::new();
        for (field, words) in fields {
            let Some((_, weight, b, usual)) = FIELDS.into_iter().find(|(own, ..)| own == field) else { continue };
            let normal = 1.0 - b + b * words.len() as f32 / usual;
            let mut counts: HashMap<Key, f32> = HashMap::new();
            for word in words {
                *counts.entry(word.stem).or_default() += 1.0;
            }
            for (word, count) in counts {
                let entry = all.entry(word).or_insert(Entry { word, frequency: 0.0, field: *field });
                entry.frequency += weight * count.min(MOST_REPEATED) / normal;
                entry.field = entry.field.min(*field);
            }
        }
        let mut entries: Vec<Entry> = all.into_values().collect();
        entries.sort_by_key(|entry| entry.word);
        Self { entries }
    }
}
