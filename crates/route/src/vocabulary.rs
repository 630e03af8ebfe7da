//! The words that mean little, and the words that mean the same.
//!
//! Each table is about English as people type it to tools in general; none
//! knows a particular server.

/// Words that carry no intent.
pub(crate) const STOP_WORDS: &[&str] = &[
    "a", "about", "after", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be", "been", "before", "being",
    "but", "by", "can", "could", "did", "do", "does", "each", "every", "exactly", "for", "from", "had", "has", "have",
    "hello", "her", "hey", "hi", "him", "his", "how", "i", "if", "in", "into", "is", "it", "its", "just", "kindly",
    "lately", "let", "like", "may", "me", "might", "mine", "must", "my", "need", "now", "of", "off", "ok", "on", "one",
    "or", "our", "out", "over", "own", "please", "pls", "plz", "recently", "said", "say", "says", "shall", "she",
    "should", "so", "some", "such", "than", "thanks", "that", "the", "their", "them", "then", "there", "these", "they",
    "thing", "things", "this", "those", "to", "too", "up", "us", "very", "want", "wanna", "was", "we", "were", "what",
    "whats", "when", "where", "which", "while", "who", "whom", "whose", "why", "will", "with", "would", "you", "your",
];

/// Verbs of looking. They say that something is to be read, hardly what.
pub(crate) const READ_VERBS: &[&str] = &[
    "analyze",
    "analyse",
    "browse",
    "check",
    "compare",
    "count",
    "describe",
    "display",
    "explain",
    "fetch",
    "find",
    "get",
    "give",
    "grab",
    "know",
    "learn",
    "list",
    "look",
    "lookup",
    "open",
    "print",
    "pull",
    "query",
    "read",
    "retrieve",
    "review",
    "run",
    "search",
    "see",
    "show",
    "skim",
    "summarise",
    "summarize",
    "summary",
    "tell",
    "view",
];

/// How much a verb of looking counts beside a word that names a thing.
pub(crate) const READ_VERB_WEIGHT: f32 = 0.35;

/// Short forms, and what they stand for.
pub(crate) const ABBREVIATIONS: &[(&str, &str)] = &[
    ("config", "configuration"),
    ("db", "database"),
    ("dir", "directory"),
    ("dirs", "directories"),
    ("dm", "message"),
    ("info", "information"),
    ("msg", "message"),
    ("msgs", "messages"),
    ("mr", "merge request"),
    ("mrs", "merge requests"),
    ("pr", "pull request"),
    ("prs", "pull requests"),
    ("repo", "repository"),
    ("repos", "repositories"),
];

/// Groups of words of which one may stand for another, at
/// [`SYNONYM_WEIGHT`] of a literal match.
pub(crate) const SYNONYMS: &[&[&str]] = &[
    &["change", "diff", "patch", "modification"],
    &["chat", "conversation", "discussion", "message", "talk", "thread"],
    &["content", "text"],
    &["create", "open", "add", "new", "file"],
    &["database", "warehouse", "sql"],
    &["delete", "remove", "erase"],
    &["directory", "folder"],
    &["edit", "modify", "update", "change"],
    &["find", "search", "look", "lookup"],
    &["issue", "ticket", "bug"],
    &["list", "show", "enumerate"],
    &["comment", "remark", "feedback"],
    &["read", "open", "view", "show", "get"],
    &["review", "approve", "reviewer"],
    &["save", "store", "write"],
    &["send", "post", "publish", "share", "announce"],
    &["touch", "modify", "change"],
    &["user", "person", "people", "member", "author"],
];

/// What a synonym counts beside the word itself.
pub(crate) const SYNONYM_WEIGHT: f32 = 0.45;
