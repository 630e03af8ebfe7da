//! A text with holes, as it is written.
//!
//! `{{source:/pointer}}` is a hole; without a pointer it takes the whole
//! value. A hole of braces only stands for those braces: `{{{{}}` is a plain
//! `{{`. Everything outside holes is plain, a lone `}}` too.

use std::fmt::Write;

use crate::{Path, PathFault};

/// The source that stands for the item at hand.
pub(crate) const ITEM: &str = "item";

/// A part of a template.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Part {
    /// Text as it stands.
    Text(String),
    /// The text of what stands at the path in the source.
    Hole { source: String, path: Path },
}

/// Why a text is not a template.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TemplateFault {
    /// `{{` without `}}`.
    Unclosed,
    /// A hole that names nothing.
    NoSource,
    /// A hole whose pointer is none.
    Path(String, PathFault),
}

/// The parts of a template, plain neighbours joined.
pub(crate) fn parse(text: &str) -> Result<Vec<Part>, TemplateFault> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(open) = rest.find("{{") {
        plain.push_str(&rest[..open]);
        let inside = &rest[open + 2..];
        let close = inside.find("}}").ok_or(TemplateFault::Unclosed)?;
        let hole = inside[..close].trim();
        rest = &inside[close + 2..];
        if !hole.is_empty() && hole.chars().all(|c| c == '{') {
            plain.push_str(hole);
            continue;
        }
        if !plain.is_empty() {
            parts.push(Part::Text(std::mem::take(&mut plain)));
        }
        parts.push(hole_of(hole)?);
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        parts.push(Part::Text(plain));
    }
    Ok(parts)
}

fn hole_of(text: &str) -> Result<Part, TemplateFault> {
    let (source, path) = text.split_once(':').unwrap_or((text, ""));
    let source = source.trim();
    if source.is_empty() {
        return Err(TemplateFault::NoSource);
    }
    let path = Path::parse(path.trim()).map_err(|fault| TemplateFault::Path(path.to_owned(), fault))?;
    Ok(Part::Hole { source: source.to_owned(), path })
}

/// Writes plain text such that [`parse`] reads it back as plain.
pub(crate) fn write_plain(plain: &str, text: &mut String) {
    let mut rest = plain;
    while let Some(open) = rest.find('{') {
        text.push_str(&rest[..open]);
        let braces = rest[open..].len() - rest[open..].trim_start_matches('{').len();
        let run = &rest[open..open + braces];
        rest = &rest[open + braces..];
        // A lone brace is plain unless a hole may follow it directly.
        if braces == 1 && !rest.is_empty() {
            text.push_str(run);
        } else {
            text.push_str("{{");
            text.push_str(run);
            text.push_str("}}");
        }
    }
    text.push_str(rest);
}

/// Writes a hole.
pub(crate) fn write_hole(source: &str, path: &Path, text: &mut String) {
    // Writing to a `String` cannot fail.
    let _ =
        if *path == Path::whole() { write!(text, "{{{{{source}}}}}") } else { write!(text, "{{{{{source}:{path}}}}}") };
}

impl std::fmt::Display for TemplateFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unclosed => f.write_str("a `{{` has no `}}`; a plain `{{` is written `{{{{}}`"),
            Self::NoSource => {
                f.write_str("a hole is `{{step:/pointer}}` or `{{item:/pointer}}`, and this one is empty")
            }
            Self::Path(path, fault) => write!(f, "in the hole's pointer `{path}`: {fault}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hole(source: &str, path: &str) -> Part {
        Part::Hole { source: source.into(), path: Path::parse(path).unwrap() }
    }

    fn plain(text: &str) -> Part {
        Part::Text(text.into())
    }

    #[test]
    fn templates_fall_into_parts() {
        let rows = [
            ("", vec![]),
            ("plain }} text", vec![plain("plain }} text")]),
            ("PR {{s1:/number}}!", vec![plain("PR "), hole("s1", "/number"), plain("!")]),
            ("{{ s1 }}{{item:/a}}", vec![hole("s1", ""), hole("item", "/a")]),
            ("{{s1:/a:b}}", vec![hole("s1", "/a:b")]),
            ("a {{{{}} b {{{}}", vec![plain("a {{ b {")]),
        ];
        for (text, expected) in rows {
            assert_eq!(parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn faulty_templates_say_why() {
        let rows = [
            ("{{s1", TemplateFault::Unclosed),
            ("{{}}", TemplateFault::NoSource),
            ("{{:/a}}", TemplateFault::NoSource),
            ("{{s1:a}}", TemplateFault::Path("a".into(), PathFault::NoLeadingSlash)),
        ];
        for (text, expected) in rows {
            assert_eq!(parse(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        for before in ["", "x", "{", "{{", "a{{{b", "{{s1:/x}}", "{ }}"] {
            let mut text = String::new();
            write_plain(before, &mut text);
            write_hole("s1", &Path::parse("/a").unwrap(), &mut text);
            write_plain("}", &mut text);
            let mut expected = vec![hole("s1", "/a"), plain("}")];
            if !before.is_empty() {
                expected.insert(0, plain(before));
            }
            assert_eq!(parse(&text), Ok(expected), "{text}");
        }
    }
}
