//! The words that mean the same.
//!
//! Each table is about English as people type it to tools in general; none
//! knows a particular server.

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
    &["create", "add", "new", "write", "leave"],
    &["database", "warehouse", "sql"],
    &["file", "code", "codebase", "source"],
    &["delete", "remove", "erase"],
    &["directory", "folder"],
    &["edit", "modify", "update", "change"],
    &["find", "search", "look", "lookup"],
    &["issue", "ticket", "bug"],
    &["list", "enumerate", "ls"],
    &["comment", "remark", "feedback"],
    &["read", "open", "view"],
    &["review", "approve", "reviewer"],
    &["save", "store", "write", "overwrite", "replace", "put", "dump"],
    &["merge", "land", "squash"],
    &[
        "send", "post", "publish", "share", "announce", "tell", "reply", "respond", "message", "notify", "answer",
        "drop", "remind", "ping", "warn", "alert", "shout",
    ],
    &["touch", "modify", "change"],
    &["user", "person", "people", "member", "author"],
];

/// What a synonym counts beside the word itself.
pub(crate) const SYNONYM_WEIGHT: f32 = 0.45;
