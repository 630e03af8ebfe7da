//! What in a text is a value rather than an intent.

use std::ops::Range;

use crate::date::written_days;
use crate::terms::{is_action_verb, is_read_verb};

/// A place in a text, in bytes.
pub type Span = Range<usize>;

/// What sort of value a part of a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntityKind {
    /// Between quotation marks or backticks.
    Quoted,
    /// `https://…`
    Url,
    /// `somebody@somewhere`
    Email,
    /// What somebody is to be told: everything behind *saying*.
    Speech,
    /// A statement in SQL.
    Sql,
    /// A file or directory: has a slash, or a known sort of ending.
    Path,
    /// `#name`, a channel or a label.
    Hashtag,
    /// `@name`
    Handle,
    /// `2026-11-22`
    Date,
    /// `123` or `#123`
    Number,
}

/// A value that stands in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// What sort of value.
    pub kind: EntityKind,
    /// Where it stands, with its marks.
    pub span: Span,
    /// The value, without its marks.
    pub value: String,
}

/// Every value in a text, in order and without overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entities(Vec<Entity>);

impl Entities {
    /// Finds the values in a text.
    pub fn find(text: &str) -> Self {
        let mut found: Vec<Entity> = Vec::new();
        let mut from = 0;
        while let Some(statement) = sql(text, from) {
            from = statement.span.end;
            found.push(statement);
        }
        for entity in quoted(text).into_iter().chain(speech(text)) {
            if !found.iter().any(|other| overlap(&other.span, &entity.span)) {
                found.push(entity);
            }
        }
        for (span, value) in written_days(text) {
            if !found.iter().any(|other| overlap(&other.span, &span)) {
                found.push(Entity { kind: EntityKind::Date, span, value });
            }
        }
        for (span, word) in tokens(text) {
            if found.iter().any(|other| overlap(&other.span, &span)) {
                continue;
            }
            if let Some((kind, value)) = classify(word) {
                found.push(Entity { kind, span, value });
            }
        }
        found.sort_by_key(|entity| entity.span.start);
        Self(found)
    }

    /// Every value, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Entity> {
        self.0.iter()
    }

    /// Every value of one sort, in order.
    pub fn of(&self, kind: EntityKind) -> impl Iterator<Item = &Entity> {
        self.0.iter().filter(move |entity| entity.kind == kind)
    }

    /// Whether a byte of the text belongs to a value.
    pub fn cover(&self, at: usize) -> bool {
        self.0.iter().any(|entity| entity.span.contains(&at))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn overlap(a: &Span, b: &Span) -> bool {
    a.start < b.end && b.start < a.end
}

const QUOTES: &[(char, char)] = &[('"', '"'), ('“', '”'), ('`', '`'), ('«', '»'), ('\'', '\'')];

/// A single quotation mark opens only at a word's beginning and closes only
/// at its end, so that apostrophes are not taken for quotations.
fn quoted(text: &str) -> Vec<Entity> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let inside = at + c.len_utf8();
        let opens_word = text[..at].chars().next_back().is_none_or(|before| !before.is_alphanumeric());
        let close = QUOTES.iter().find(|(open, _)| *open == c && (c != '\'' || opens_word)).map(|(_, close)| *close);
        let end = close.and_then(|close| closing(text, inside, close));
        match end {
            Some(end) if end > inside => {
                let value = text[inside..end].to_owned();
                let after = end + close.map_or(0, char::len_utf8);
                found.push(Entity { kind: EntityKind::Quoted, span: at..after, value });
                at = after;
            }
            _ => at = inside,
        }
    }
    found
}

fn closing(text: &str, from: usize, close: char) -> Option<usize> {
    let ends_word = |i: usize| {
        close != '\'' || text[i + close.len_utf8()..].chars().next().is_none_or(|after| !after.is_alphanumeric())
    };
    text[from..].char_indices().map(|(i, c)| (from + i, c)).find(|&(i, c)| c == close && ends_word(i)).map(|(i, _)| i)
}

const SPEECH_OPENERS: &[&str] = &[
    " saying that ",
    " saying: ",
    " saying ",
    " that says ",
    " with the text ",
    " with the message ",
    " with the words ",
];

fn speech(text: &str) -> Option<Entity> {
    let lower = text.to_ascii_lowercase();
    let opened = |opener: &&str| lower.find(*opener).map(|at| at + opener.len());
    let begin = SPEECH_OPENERS.iter().find_map(opened)?;
    let value = text[begin..].trim();
    let start = begin + text[begin..].find(value)?;
    (!value.is_empty()).then(|| Entity {
        kind: EntityKind::Speech,
        span: start..start + value.len(),
        value: value.to_owned(),
    })
}

const SQL_OPENINGS: &[(&str, &str)] = &[("select ", " from "), ("with ", " select ")];

/// A statement runs from its first keyword to a semicolon, the quotation mark
/// that closes it, whatever goes on in English, or the text's end.
fn sql(text: &str, from: usize) -> Option<Entity> {
    let lower = text.to_ascii_lowercase();
    let begins = |keyword: &str, then: &str| {
        let start = from + lower.get(from..)?.find(keyword)?;
        let own_word = start == 0 || !lower.as_bytes()[start - 1].is_ascii_alphanumeric();
        let looks_written =
            text[start..].starts_with(|c: char| c.is_ascii_uppercase()) || lower[start..].contains(['*', '(', '=']);
        (own_word && looks_written && lower[start..].contains(then)).then_some(start)
    };
    let start = SQL_OPENINGS.iter().filter_map(|(keyword, then)| begins(keyword, then)).min()?;
    let rest = &text[start..];
    let quote = text[..start].chars().next_back().filter(|c| QUOTES.iter().any(|(open, _)| open == c));
    let closed = quote.and_then(|open| QUOTES.iter().find(|(own, _)| *own == open)).and_then(|(_, close)| {
        // Texts within the statement have the same marks: the last that closes
        // before English goes on, or before the next statement.
        closing(text, start, *close).map(|end| end - start)
    });
    let end = english_behind(rest).into_iter().chain(closed).min().unwrap_or(rest.len());
    let statement = rest[..end].trim_end().trim_end_matches(['"', '`', '”', '?', '.', ',', ':']);
    let begin = start - quote.map_or(0, char::len_utf8);
    let behind = start + statement.len();
    let closes =
        text[behind..].chars().next().filter(|c| matches!(c, '"' | '`' | '”' | '\'' | ';')).map_or(0, char::len_utf8);
    let closes = if quote.is_some() { closes } else { 0 };
    Some(Entity { kind: EntityKind::Sql, span: begin..behind + closes, value: statement.to_owned() })
}

/// Where a statement ends because something else is said behind it: at a
/// semicolon, at a verb of giving, or where *and* or a comma is followed by a
/// verb that orders or looks.
fn english_behind(statement: &str) -> Option<usize> {
    let lower = statement.to_ascii_lowercase();
    let gives = [
        ";",
        ", then ",
        " then ",
        " returns ",
        " return ",
        " gives ",
        " give ",
        " yields ",
        " yield ",
        " shows ",
        " finds ",
        " has any ",
        " comes back ",
    ];
    let marks = gives.iter().filter_map(|mark| lower.find(mark));
    let goes_on = [", and ", " and ", ", "].iter().flat_map(|mark| {
        let verb_follows = |at: &usize| {
            let next = statement[at + mark.len()..].split_whitespace().next().unwrap_or_default();
            is_action_verb(next) || is_read_verb(next) || matches!(next, "feed" | "take" | "use" | "put")
        };
        let found: Vec<usize> = lower.match_indices(mark).map(|(at, _)| at).filter(verb_follows).collect();
        found
    });
    marks.chain(goes_on).min()
}

/// Runs without white space, freed of the punctuation around them.
fn tokens(text: &str) -> impl Iterator<Item = (Span, &str)> {
    let base = text.as_ptr() as usize;
    text.split_whitespace().map(move |raw| {
        let open: &[char] = &['(', '[', '{', '"', '\'', '“', '«', '<'];
        let close: &[char] = &[')', ']', '}', '"', '\'', '”', '»', '>', ',', ';', ':', '!', '?', '.', '…'];
        let mut word = raw.trim_start_matches(open).trim_end_matches(close);
        word = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word);
        let start = word.as_ptr() as usize - base;
        (start..start + word.len(), word)
    })
}

const FILE_ENDINGS: &[&str] = &[
    "bash", "c", "cfg", "conf", "cpp", "cs", "css", "csv", "db", "env", "go", "h", "hpp", "htm", "html", "ini",
    "ipynb", "java", "jpg", "js", "json", "jsonl", "jsx", "kt", "lock", "log", "lua", "md", "mjs", "pdf", "php", "png",
    "proto", "ps1", "py", "rb", "rs", "rst", "scala", "sh", "sql", "sqlite", "svg", "swift", "tf", "toml", "ts", "tsv",
    "tsx", "txt", "xml", "yaml", "yml", "zig", "zip",
];

fn classify(word: &str) -> Option<(EntityKind, String)> {
    let owned = |kind: EntityKind, value: &str| Some((kind, value.to_owned()));
    if word.contains("://") {
        return owned(EntityKind::Url, word);
    }
    if let Some(digits) = number(word) {
        return owned(EntityKind::Number, digits);
    }
    if is_date(word) {
        return owned(EntityKind::Date, word);
    }
    if let Some(name) = word.strip_prefix('#').filter(|name| name.starts_with(char::is_alphabetic)) {
        return owned(EntityKind::Hashtag, name);
    }
    if let Some(name) = word.strip_prefix('@').filter(|name| name.starts_with(char::is_alphabetic)) {
        return owned(EntityKind::Handle, name);
    }
    if let Some((name, host)) = word.split_once('@')
        && !name.is_empty()
        && host.contains('.')
    {
        return owned(EntityKind::Email, word);
    }
    is_path(word).then(|| (EntityKind::Path, word.to_owned()))
}

fn number(word: &str) -> Option<&str> {
    let digits = word.strip_prefix('#').unwrap_or(word);
    let unsigned = digits.strip_prefix('-').unwrap_or(digits);
    let plain = !unsigned.is_empty() && unsigned.chars().all(|c| c.is_ascii_digit() || c == '.');
    (plain && unsigned.starts_with(|c: char| c.is_ascii_digit()) && unsigned.matches('.').count() <= 1)
        .then_some(digits)
}

fn is_date(word: &str) -> bool {
    let parts: Vec<&str> = word.split('-').collect();
    let sizes: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    sizes == [4, 2, 2] && parts.iter().all(|part| part.chars().all(|c| c.is_ascii_digit()))
}

fn is_path(word: &str) -> bool {
    let has_letters = word.chars().any(char::is_alphabetic);
    let rooted = word.starts_with('/') || word.starts_with("./") || word.starts_with("~/");
    if rooted && has_letters {
        return true;
    }
    let ending = word.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map(|(_, ending)| ending.to_lowercase());
    let filed = ending.is_some_and(|ending| FILE_ENDINGS.contains(&ending.as_str()));
    filed || word.ends_with('/') && has_letters && word.len() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_from_words() {
        let rows = [
            ("merge PR #123", "Number 123"),
            ("who touched src/auth.py?", "Path src/auth.py"),
            ("post \"done, thanks\" to #general", "Quoted done, thanks; Hashtag general"),
            ("it's what Ana's 'final word' was", "Quoted final word"),
            ("see https://example.com/a?b=1, ok", "Url https://example.com/a?b=1"),
            (
                "since 2026-11-01 by @mira (mira@fernhill.example)",
                "Date 2026-11-01; Handle mira; Email mira@fernhill.example",
            ),
            ("run SELECT count(*) FROM orders; now", "Sql SELECT count(*) FROM orders"),
            ("the 5 s default and/or 2.5 more", "Number 5; Number 2.5"),
            ("select the best from each", ""),
            ("run 'SELECT 1 FROM a' and 'SELECT 2 FROM b'.", "Sql SELECT 1 FROM a; Sql SELECT 2 FROM b"),
            (
                "should SELECT id FROM a WHERE s = 'b' yield any rows, post 'c'",
                "Sql SELECT id FROM a WHERE s = 'b'; Quoted c",
            ),
            ("query SELECT a FROM b LIMIT 1 and feed it into x", "Sql SELECT a FROM b LIMIT 1"),
            ("commits since 3 May 2026", "Date 2026-05-03"),
            ("version 1.2.3 of v2", ""),
            ("comment on PR 12 saying looks good, 10/10", "Number 12; Speech looks good, 10/10"),
            ("post saying \"done\"", "Quoted done"),
            ("“ü” `a b`", "Quoted ü; Quoted a b"),
        ];
        for (text, expected) in rows {
            let found: Vec<String> = Entities::find(text).iter().map(|e| format!("{:?} {}", e.kind, e.value)).collect();
            assert_eq!(found.join("; "), expected, "{text}");
        }
    }
}
