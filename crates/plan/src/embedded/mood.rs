//! What sort of speech a clause is: a wish to see something, or an order.

use route::{Term, is_action_verb, is_read_verb, stem, terms};

/// Words that follow the verb of an order and hardly ever a noun.
const OBJECTS: &[&str] =
    &["a", "an", "another", "her", "him", "me", "my", "our", "some", "the", "them", "these", "this", "us", "your"];

/// Polite ways into a sentence.
const COURTESIES: &[&str] = &[
    "ahead", "also", "and", "can", "could", "go", "hey", "hi", "help", "i", "i'd", "id", "just", "kindly", "let",
    "let's", "lets", "like", "me", "need", "now", "ok", "okay", "please", "pls", "plz", "should", "then", "to", "us",
    "want", "we", "will", "would", "you",
];

/// Courtesies that may be the sentence's own verb.
const OPENING_VERBS: &[&str] = &["go", "help", "need", "want", "then", "and", "also"];

/// The stems of the verb with which a clause orders something to be done, if
/// it opens with one that is not a verb of looking: "**merge** PR 123",
/// "**book** me a flight", "**squash-merge** it". A noun in that place
/// ("**orders** of last week") is none: what follows tells them apart.
pub(super) fn order(clause: &str) -> Option<Vec<String>> {
    let mut words = clause.split_whitespace().map(bare).skip_while(|word| COURTESIES.contains(&word.as_str()));
    let verb = words.next()?;
    let next = words.next();
    let has_object = next.as_ref().is_some_and(|next| OBJECTS.contains(&next.as_str()));
    let parts = catalog::words(&verb);
    let acts = parts.iter().any(|part| is_action_verb(part)) && !is_noun_before(next.as_deref());
    let says_nothing = !acts && terms(&verb).is_empty();
    if says_nothing || parts.is_empty() || parts.iter().any(|part| is_read_verb(part)) || !(acts || has_object) {
        return None;
    }
    Some(parts.iter().map(|part| stem(part)).collect())
}

/// Whether a word that could be a verb is a noun here: "comments on", "orders
/// of", "posts by" name things, and so do they at the end of a clause.
fn is_noun_before(next: Option<&str>) -> bool {
    next.is_none_or(|next| matches!(next, "of" | "by" | "about" | "from" | "between"))
}

/// The first word of a clause behind its courtesies, as a term; `None` when
/// it carries no intent.
pub(super) fn opening(clause: &str) -> Option<Term> {
    let mut words = clause.split_whitespace().map(bare).skip_while(|word| COURTESIES.contains(&word.as_str()));
    terms(&words.next()?).into_iter().next()
}

/// A sentence without the polite words it opens with; all of it, when it is
/// nothing else.
pub(super) fn without_courtesies(sentence: &str) -> &str {
    let base = sentence.as_ptr() as usize;
    let opens =
        |word: &&str| COURTESIES.contains(&bare(word).as_str()) && !OPENING_VERBS.contains(&bare(word).as_str());
    let first = sentence.split_whitespace().find(|word| !opens(word));
    first.map_or(sentence, |word| &sentence[word.as_ptr() as usize - base..])
}

/// The first word of a clause behind its courtesies.
pub(super) fn opening_word(clause: &str) -> Option<String> {
    clause.split_whitespace().map(bare).find(|word| !COURTESIES.contains(&word.as_str()))
}

/// Words with which a question opens that yes or no answers.
const YES_OR_NO: &[&str] = &[
    "are", "did", "do", "does", "had", "has", "have", "is", "was", "were", "isn't", "aren't", "hasn't", "haven't",
    "didn't", "doesn't",
];

/// Words with which a question opens that asks for something.
const QUESTION_WORDS: &[&str] =
    &["how", "what", "what's", "whats", "when", "where", "which", "who", "who's", "whos", "whom", "whose", "why"];

/// Whether a lower-case word may open a question.
pub(super) fn is_question_word(word: &str) -> bool {
    QUESTION_WORDS.contains(&word) || asks_yes_or_no(word)
}

/// Whether a lower-case word opens a question that yes or no answers.
pub(super) fn asks_yes_or_no(word: &str) -> bool {
    YES_OR_NO.contains(&word)
}

fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}
