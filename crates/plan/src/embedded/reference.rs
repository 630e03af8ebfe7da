//! Words that point back at what was said before.

/// What a clause points back at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pointing {
    /// At nothing.
    Nowhere,
    /// At one thing: *it*, *this*.
    AtOne,
    /// At the first of several: *the newest one*.
    AtFirst,
    /// At several, one by one: *each of them*, *their*, *those*.
    AtEach,
    /// At something of one thing: *that person's*, *the file it changes*.
    At(Role),
}

/// What of a thing is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Who made it.
    Author,
    /// The file it is about.
    File,
    /// What it is called.
    Title,
    /// Who reviewed it.
    Reviewer,
    /// Who merged or closed it.
    Merger,
}

const AT_EACH: &[&str] = &["each", "em", "every", "them", "their", "theirs", "they", "those"];
const AT_FIRST: &[&str] = &[
    "first", "newest", "latest", "last", "top", "oldest", "earliest", "largest", "biggest", "longest", "smallest",
    "shortest",
];
const AT_ONE: &[&str] = &["it", "its", "this", "one"];
const AT_ROLE: &[(&str, Role)] = &[
    ("that person", Role::Author),
    ("that author", Role::Author),
    ("that user", Role::Author),
    ("the author", Role::Author),
    ("the file", Role::File),
    ("that file", Role::File),
    ("file it touched", Role::File),
    ("file it changed", Role::File),
    ("file it changes", Role::File),
    ("file it touches", Role::File),
    ("that reviewer", Role::Reviewer),
    ("that login", Role::Author),
    ("that name", Role::Author),
    ("those people", Role::Author),
    ("that title", Role::Title),
    ("the title", Role::Title),
    ("its title", Role::Title),
    ("that subject", Role::Title),
];

/// What the clause's words point back at. *Each* wins over *it*.
pub(super) fn pointing(clause: &str) -> Pointing {
    let lower = clause.to_lowercase();
    let words: Vec<&str> =
        lower.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric())).collect();
    let says = |set: &[&str]| words.iter().any(|word| set.contains(word));
    if let Some((_, role)) = AT_ROLE.iter().find(|(words, _)| lower.contains(words)) {
        return Pointing::At(*role);
    }
    if says(&["his", "her", "hers", "him"]) {
        return Pointing::At(Role::Author);
    }
    let is_one = says(&["one", "it", "of"]);
    if says(AT_FIRST) && (is_one || !says(AT_EACH)) {
        Pointing::AtFirst
    } else if says(AT_EACH) {
        Pointing::AtEach
    } else if says(AT_ONE) {
        Pointing::AtOne
    } else {
        Pointing::Nowhere
    }
}

/// Whether the text is nothing but words that point back.
pub(super) fn is_pronoun(text: &str) -> bool {
    let bare = text.trim().trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let words: Vec<&str> = bare.split_whitespace().collect();
    let points =
        |word: &str| AT_EACH.contains(&word) || AT_ONE.contains(&word) || matches!(word, "that" | "of" | "these");
    !words.is_empty() && words.iter().all(|word| points(word))
}

/// Whether a text is nothing but what a thing is called by, and not the name
/// itself: "**every subject**", "that name".
pub(super) fn names_role(text: &str) -> bool {
    let lower = text.to_lowercase();
    let words = lower.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    let mut named = false;
    for word in words {
        let is_role = ROLE_NOUNS.contains(&word);
        let is_determiner = matches!(
            word,
            "the"
                | "that"
                | "those"
                | "these"
                | "its"
                | "their"
                | "each"
                | "every"
                | "all"
                | "of"
                | "it"
                | "them"
                | "once"
        );
        if !is_role && !is_determiner {
            return false;
        }
        named |= is_role;
    }
    named
}

/// What things are called by.
const ROLE_NOUNS: &[&str] = &["title", "titles", "subject", "subjects", "name", "names", "value", "values"];

/// What *it* means of a thing whose title, file or author the words before
/// ask for: "take **the title** of task 5 and look for it".
pub(super) fn role_asked(before: &str) -> Option<Role> {
    let lower = before.to_lowercase();
    let asks = |nouns: &[&str]| nouns.iter().any(|noun| lower.contains(noun));
    if asks(&["title of", "subject of", "the name of", "the title", "the subject"]) {
        return Some(Role::Title);
    }
    let who = lower.split_whitespace().next().is_some_and(|word| matches!(word, "who" | "whos" | "who's" | "whoever"));
    (who || asks(&["author of", "the author", "login of"])).then_some(Role::Author)
}

impl Role {
    /// Names that a result gives it, likeliest first.
    pub(super) fn members(self) -> &'static [&'static str] {
        match self {
            Self::Author => &["author", "user", "login", "creator", "owner", "reporter", "reviewer"],
            Self::Reviewer => &["reviewer", "user", "author", "login"],
            Self::Merger => &["merged_by", "closed_by"],
            Self::File => &["path", "file", "filename"],
            Self::Title => &["title", "subject", "name", "summary"],
        }
    }
}
