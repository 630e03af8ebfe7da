//! Patterns that an operator names several things with.
//!
//! In: a pattern, in which `*` stands for any run of characters and `?` for
//! one. Out: whether a name fits. It knows nothing of what is named, and takes
//! no longer than the pattern times the name.

use std::fmt;
use std::sync::Arc;

/// A name, or a pattern of names. Every text is one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Glob(Arc<str>);

impl Glob {
    /// The pattern of that text.
    pub fn new(pattern: impl Into<Arc<str>>) -> Self {
        Self(pattern.into())
    }

    /// The pattern's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it names one thing and no other.
    pub fn is_plain(&self) -> bool {
        !self.0.contains(['*', '?'])
    }

    /// Whether the whole name fits, letter for letter.
    pub fn fits(&self, name: &str) -> bool {
        let (mut pattern, mut rest) = (self.0.chars(), name.chars());
        // Where to go on if what follows the last star does not fit.
        let mut again: Option<(std::str::Chars<'_>, std::str::Chars<'_>)> = None;
        loop {
            let (before, place) = (pattern.clone(), rest.clone());
            match (pattern.next(), rest.next()) {
                (Some('*'), _) => {
                    again = Some((before, place.clone()));
                    rest = place;
                }
                (None, None) => return true,
                (Some('?'), Some(_)) => {}
                (Some(wanted), Some(found)) if wanted == found => {}
                _ => {
                    let Some((star, from)) = &mut again else { return false };
                    if from.next().is_none() {
                        return false;
                    }
                    pattern = star.clone();
                    pattern.next();
                    rest = from.clone();
                }
            }
        }
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_fits_whole_names() {
        let rows = [
            ("search", "search", true),
            ("search", "search_issues", false),
            ("search*", "search_issues", true),
            ("search*", "search", true),
            ("*_issue", "get_issue", true),
            ("*_issue", "get_issues", false),
            ("*issue*", "list_issue_comments", true),
            ("g?t", "get", true),
            ("g?t", "gt", false),
            ("g?t", "gxyt", false),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("**", "x", true),
            ("é?", "éø", true),
            ("github.get_*", "github.get_issue", true),
            ("github.*", "githubx", false),
            ("SEARCH", "search", false),
        ];
        for (pattern, name, expected) in rows {
            assert_eq!(Glob::new(pattern).fits(name), expected, "{pattern} {name}");
        }
        // Stars do not multiply the work.
        assert!(!Glob::new("*a".repeat(100)).fits(&"b".repeat(10_000)));
    }
}
