//! What sort of speech a clause is: a wish to see something, or an order.

use route::{Entities, EntityKind, Term, is_action_verb, is_read_verb, stem, terms};

/// Words that follow the verb of an order and hardly ever a noun.
const OBJECTS: &[&str] =
    &["a", "an", "another", "her", "him", "me", "my", "our", "some", "the", "them", "these", "this", "us", "your"];

/// Polite ways into a sentence.
const COURTESIES: &[&str] = &[
    "ahead", "also", "and", "can", "could", "go", "hey", "hi", "help", "i", "i'd", "id", "just", "kindly", "let",
    "let's", "lets", "like", "me", "need", "now", "ok", "okay", "please", "pls", "plz", "then", "to", "us", "want",
    "we", "will", "would", "you", "u", "ya", "yo", "so", "well", "quickly", "quick",
];

/// Courtesies that may be the sentence's own verb.
const OPENING_VERBS: &[&str] = &["go", "help", "need", "want", "then", "and", "also"];

/// The stems of the verb with which a clause orders something to be done, if
/// it opens with one that is not a verb of looking: "**merge** PR 123",
/// "**book** me a flight", "**squash-merge** it". A noun in that place
/// ("**orders** of last week") is none: what follows tells them apart.
pub(super) fn order(clause: &str) -> Option<Vec<String>> {
    let all: Vec<&str> = clause.split_whitespace().collect();
    let begin = verb_at(&all)?;
    let verb = bare(all[begin]);
    let next = all.get(begin + 1).map(|next| bare(next));
    if let Some(verb) = creates(&verb, &all[begin + 1..]).or_else(|| causes(&verb, &all[begin + 1..])) {
        return Some(vec![stem(verb)]);
    }
    if let Some(verb) = says(&all[begin..]) {
        return Some(vec![verb]);
    }
    let has_object = next.as_ref().is_some_and(|next| OBJECTS.contains(&next.as_str()));
    let parts = catalog::words(&verb);
    // A name such as `order_items` is no verb.
    let acts = !verb.contains('_') && parts.iter().any(|part| is_action_verb(part)) && !is_noun_before(next.as_deref());
    let says_nothing = !acts && terms(&verb).is_empty();
    if says_nothing || parts.is_empty() || parts.iter().any(|part| is_read_verb(part)) || !(acts || has_object) {
        return None;
    }
    Some(parts.iter().map(|part| stem(part)).collect())
}

/// Words before a verb that say when it is to be done.
const ORDINALS: &[&str] = &["first", "firstly", "second", "next", "finally", "lastly"];

/// Where the verb of a clause stands, behind its courtesies.
fn verb_at(words: &[&str]) -> Option<usize> {
    let is_courtesy = |word: &str| COURTESIES.contains(&bare(word).as_str());
    let at = words.iter().position(|word| !is_courtesy(word))?;
    let acts = |word: &&str| is_action_verb(&bare(word)) || is_read_verb(&bare(word));
    let skips = ORDINALS.contains(&bare(words[at]).as_str()) && words.get(at + 1).is_some_and(acts);
    Some(at + usize::from(skips))
}

/// "**open a new** task", "**make** a.md", "**say** 'x'": something is to be
/// made that is not there.
fn creates(verb: &str, rest: &[&str]) -> Option<&'static str> {
    let next: Vec<String> = rest.iter().take(2).map(|word| bare(word)).collect();
    let is_new = |at: usize| next.get(at).is_some_and(|word| word == "new");
    let article = next.first().is_some_and(|word| matches!(word.as_str(), "a" | "an" | "up"));
    let opens = verb == "open" && (is_new(0) || article && is_new(1));
    let is_path = |word: &&str| Entities::find(word).of(EntityKind::Path).next().is_some();
    let quotes = |word: &&str| word.starts_with(['"', '\'', '“', '«', '`']);
    if verb == "say" && rest.first().is_some_and(quotes) {
        return Some("tell");
    }
    (opens || verb == "make" && rest.first().is_some_and(is_path)).then_some("create")
}

/// "team **message saying** 'x'": what is to be said orders it by itself.
fn says(words: &[&str]) -> Option<String> {
    let first = bare(words.first()?);
    if is_question_word(&first) || is_read_verb(&first) || is_action_verb(&first) {
        return None;
    }
    let noun = |at: usize| {
        words
            .get(at)
            .map(|word| bare(word))
            .filter(|word| matches!(word.as_str(), "message" | "comment" | "reply" | "note"))
    };
    let says = |at: usize| words.get(at).is_some_and(|word| bare(word) == "saying");
    (0..NOUN_REACH).find_map(|at| noun(at).filter(|_| says(at + 1))).map(|noun| stem(&noun))
}

/// How many words into a clause the noun of what is said may stand.
const NOUN_REACH: usize = 4;

/// "**have** task 12 **closed** now": somebody is to do it.
fn causes(verb: &str, rest: &[&str]) -> Option<&'static str> {
    if verb != "have" {
        return None;
    }
    let done = |at: &usize| {
        let behind = rest.get(at + 1).map(|word| bare(word)).unwrap_or_default();
        let ends = matches!(behind.as_str(), "" | "into" | "to" | "now" | "please" | "pls" | "today" | "asap");
        *at > 0 && ends && bare(rest[*at]).ends_with('d')
    };
    let at = (0..rest.len()).find(done)?;
    let done = stem(&bare(rest[at]));
    route::action_verbs().iter().copied().find(|verb| stem(verb) == done)
}

/// Whether a word that could be a verb is a noun here: "comments on", "orders
/// of", "posts by" name things, and so do they at the end of a clause.
fn is_noun_before(next: Option<&str>) -> bool {
    next.is_none_or(|next| matches!(next, "of" | "by" | "about" | "from" | "between"))
}

/// The first word of a clause behind its courtesies, as a term; `None` when
/// it carries no intent.
pub(super) fn opening(clause: &str) -> Option<Term> {
    let words: Vec<&str> = clause.split_whitespace().collect();
    let verb = bare(words[verb_at(&words)?]);
    terms(&verb).into_iter().next()
}

/// A sentence without the polite words it opens with; all of it, when it is
/// nothing else.
pub(super) fn without_courtesies(sentence: &str) -> &str {
    let base = sentence.as_ptr() as usize;
    let opens =
        |word: &&str| COURTESIES.contains(&bare(word).as_str()) && !OPENING_VERBS.contains(&bare(word).as_str());
    let first = sentence.split_whitespace().find(|word| !opens(word));
    let rest = first.map_or(sentence, |word| &sentence[word.as_ptr() as usize - base..]);
    let closing = CLOSINGS.iter().find_map(|words| {
        let at = rest.len().checked_sub(words.len())?;
        let begins_word = rest.get(..at)?.ends_with([' ', ',']);
        (begins_word && rest.get(at..)?.eq_ignore_ascii_case(words)).then_some(at)
    });
    closing.map_or(rest, |at| rest[..at].trim_end_matches([',', ' ']))
}

/// Polite words that a sentence closes with.
const CLOSINGS: &[&str] = &["please", "pls", "plz", "thx", "thanks", "thank you", "ty", "cheers"];

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

/// Whether a sentence says how something is and asks for nothing: "the file
/// a.md is no longer needed".
pub(super) fn states(sentence: &str) -> bool {
    let words: Vec<String> = sentence.split_whitespace().map(bare).collect();
    let Some(first) = words.first() else { return false };
    let asks =
        is_question_word(first) || is_read_verb(first) || is_action_verb(first) || COURTESIES.contains(&first.as_str());
    let is_copula = |word: &&String| {
        matches!(word.as_str(), "is" | "are" | "was" | "were" | "should" | "must" | "belongs" | "needs" | "has")
    };
    let relative = |word: &&String| matches!(word.as_str(), "that" | "which" | "who" | "whose" | "what");
    let before = words.iter().position(|word| is_copula(&word)).filter(|at| *at > 0);
    !asks && before.is_some_and(|at| !words[..at].iter().any(|word| relative(&word)))
}

fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_ask_for_nothing() {
        let rows = [
            ("The file a.md is no longer needed", true),
            ("task 5 should be done by now", true),
            ("is a.md needed", false),
            ("show what is in a.md", false),
            ("tasks that are open", false),
            ("who was it", false),
        ];
        for (sentence, expected) in rows {
            assert_eq!(states(sentence), expected, "{sentence}");
        }
    }

    #[test]
    fn orders_are_told_from_wishes_to_see() {
        let rows = [
            ("merge PR 1", Some("merg")),
            ("please squash-merge it", Some("squash merg")),
            ("first merge PR 1", Some("merg")),
            ("can u open a new task for it", Some("creat")),
            ("make docs/a.md with 'x' in it", Some("creat")),
            ("have task 12 closed now", Some("close")),
            ("open the new task", None),
            ("order_items columns", None),
            ("comments on task 5", None),
            ("say 'x' in #a", Some("tell")),
            ("say what is in a.md", None),
            ("orders of last week", None),
            ("team message saying 'late' pls", Some("messag")),
            ("which comment saying 'late' is there", None),
            ("show the merged ones", None),
        ];
        for (clause, expected) in rows {
            assert_eq!(order(clause).map(|verbs| verbs.join(" ")).as_deref(), expected, "{clause}");
        }
    }
}
