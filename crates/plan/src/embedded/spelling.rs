//! Slips of the keyboard in words that the catalogue knows.
//!
//! A word that nobody here knows, one slip away from one that a tool is named
//! for, is read as that. Values, names with capitals and whatever is searched
//! for stay as they are.

use std::collections::BTreeSet;

use route::{Entities, Router, is_action_verb, is_read_verb, stem, terms};

use super::mood;

/// The shortest word that is looked at, in characters: shorter ones are near
/// too many others.
const MIN_CHARS: usize = 5;

/// Given names that end in an *s* of their own.
const NAMES_IN_S: &[&str] = &[
    "agnes", "alexis", "anders", "andreas", "carlos", "charles", "chris", "curtis", "dennis", "doris", "elias",
    "frances", "francis", "hans", "ines", "iris", "james", "jens", "jess", "jonas", "klaus", "lars", "lois", "louis",
    "lucas", "luis", "lukas", "magnus", "marcus", "markus", "matthias", "nicholas", "nicolas", "niklas", "nils",
    "rhys", "ross", "silas", "tess", "thomas", "tobias", "travis",
];

/// Words of the planner's own that people slip on.
const OWN: &[&str] = &["labelled", "labeled", "newest", "latest", "oldest", "mentioning", "merged", "closed"];

/// Words behind which everything is what somebody looks for.
const SUBJECTS: &[&str] = &["about", "for", "re", "mentioning", "containing", "saying", "called", "named", "on"];

/// The query with its slips mended.
pub(super) fn mended(query: &str, router: &Router) -> String {
    let entities = Entities::find(query);
    let base = query.as_ptr() as usize;
    let mut known: Option<BTreeSet<String>> = None;
    let mut mended = String::with_capacity(query.len());
    let (mut from, mut in_subject) = (0, false);
    let words: Vec<&str> = query.split_whitespace().collect();
    for (place, word) in words.iter().enumerate() {
        let at = word.as_ptr() as usize - base;
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        in_subject |= SUBJECTS.contains(&bare.to_lowercase().as_str());
        in_subject &= !word.ends_with([',', ';', '.', '?']);
        if in_subject || entities.cover(at) || !may_be_slip(bare, router) {
            continue;
        }
        let known = known.get_or_insert_with(|| words_of(router));
        let next = words.get(place + 1).copied().unwrap_or_default();
        let meant = nearest(bare, known).map(str::to_owned).or_else(|| owner(bare, next, known));
        if let Some(meant) = meant {
            let start = bare.as_ptr() as usize - base;
            mended.push_str(&query[from..start]);
            mended.push_str(&meant);
            from = start + bare.len();
        }
    }
    mended.push_str(&query[from..]);
    mended
}

fn may_be_slip(word: &str, router: &Router) -> bool {
    let plain = word.chars().count() >= MIN_CHARS && word.chars().all(|c| c.is_ascii_lowercase());
    let is_known = || {
        is_read_verb(word)
            || is_action_verb(word)
            || mood::is_question_word(word)
            || OWN.contains(&word)
            || terms(word).iter().all(|term| router.knows(&term.stem))
    };
    plain && !is_known()
}

/// Every word that a tool is named for or that a parameter offers, and its
/// plural.
fn words_of(router: &Router) -> BTreeSet<String> {
    let mut all: BTreeSet<String> = OWN.iter().map(|word| (*word).to_owned()).collect();
    for tool in router.catalog().tools() {
        let title = tool.listing.title.as_deref().unwrap_or_default();
        let choices = tool.parameters.iter().flat_map(|own| own.choices());
        let texts = [tool.listing.name.as_str(), title].into_iter().chain(choices);
        for word in texts.flat_map(catalog::words) {
            if !word.ends_with('s') {
                all.insert(format!("{word}s"));
            }
            all.insert(word);
        }
    }
    all
}

/// The one known word that is one slip away and means something else than
/// the word itself.
fn nearest<'a>(word: &str, known: &'a BTreeSet<String>) -> Option<&'a str> {
    let near = |other: &&String| {
        other.chars().count() >= MIN_CHARS
            && other.chars().next() == word.chars().next()
            && stem(other) != stem(word)
            && strsim::damerau_levenshtein(word, other) == 1
    };
    known.iter().find(near).map(String::as_str)
}

/// "noors" of "**noors tasks**" with its apostrophe: somebody nobody here
/// knows, before the plural of what a tool is named for.
fn owner(word: &str, next: &str, known: &BTreeSet<String>) -> Option<String> {
    let owned = terms(next).into_iter().next_back()?;
    let is_plural = owned.form.ends_with('s') && known.iter().any(|word| *word == owned.form);
    if NAMES_IN_S.contains(&word) {
        return is_plural.then(|| format!("{word}'s"));
    }
    let name = word.strip_suffix('s').filter(|_| is_plural)?;
    Some(format!("{name}'s"))
}
