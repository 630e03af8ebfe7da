//! Where in a result a value stands.

use std::fmt;

use serde_json::Value;

/// One step into a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Segment {
    /// A member's name or an element's index.
    Key(String),
    /// Every element of an array: `*`.
    Every,
}

/// An RFC 6901 JSON Pointer whose segments may also be `*`. A path with a
/// `*` selects an array of all that matches; `*` at most twice.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Path(Vec<Segment>);

/// Why a text is not a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathFault {
    /// It neither is empty nor begins with `/`.
    NoLeadingSlash,
    /// A `~` that is followed by neither 0 nor 1.
    BadEscape,
    /// More than [`Path::MAX_EVERY`] segments are `*`.
    TooManyEvery,
    /// More than [`Path::MAX_SEGMENTS`] segments.
    TooDeep,
}

impl Path {
    /// The most `*` segments one path may have.
    pub const MAX_EVERY: usize = 2;
    /// The most segments one path may have.
    pub const MAX_SEGMENTS: usize = 32;

    /// The whole value.
    pub fn whole() -> Self {
        Self::default()
    }

    /// Reads a pointer.
    pub fn parse(text: &str) -> Result<Self, PathFault> {
        if text.is_empty() {
            return Ok(Self::whole());
        }
        let rest = text.strip_prefix('/').ok_or(PathFault::NoLeadingSlash)?;
        let segments: Vec<Segment> = rest.split('/').map(segment).collect::<Result<_, _>>()?;
        if segments.len() > Self::MAX_SEGMENTS {
            return Err(PathFault::TooDeep);
        }
        if segments.iter().filter(|segment| **segment == Segment::Every).count() > Self::MAX_EVERY {
            return Err(PathFault::TooManyEvery);
        }
        Ok(Self(segments))
    }

    /// The steps into the value, outermost first.
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// Whether it selects many values.
    pub fn selects_many(&self) -> bool {
        self.0.contains(&Segment::Every)
    }

    /// What stands there. A path without `*` yields a copy of the one value;
    /// one with `*` yields an array of every value that exists, nested `*`
    /// flattened. `None` when nothing stands there.
    pub fn select(&self, value: &Value) -> Option<Value> {
        if !self.selects_many() {
            return select_one(&self.0, value).cloned();
        }
        let mut found = Vec::new();
        select_all(&self.0, value, &mut found)?;
        Some(Value::Array(found))
    }
}

fn segment(text: &str) -> Result<Segment, PathFault> {
    if text == "*" {
        return Ok(Segment::Every);
    }
    let mut key = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        key.push(match c {
            '~' => match chars.next() {
                Some('0') => '~',
                Some('1') => '/',
                _ => return Err(PathFault::BadEscape),
            },
            plain => plain,
        });
    }
    Ok(Segment::Key(key))
}

fn child<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    match value {
        Value::Object(members) => members.get(key),
        Value::Array(items) => key.parse::<usize>().ok().and_then(|i| items.get(i)),
        _ => None,
    }
}

fn select_one<'a>(segments: &[Segment], value: &'a Value) -> Option<&'a Value> {
    segments.iter().try_fold(value, |value, segment| match segment {
        Segment::Key(key) => child(value, key),
        Segment::Every => None,
    })
}

/// `None` when a `*` stands where there is no array to open.
fn select_all(segments: &[Segment], value: &Value, found: &mut Vec<Value>) -> Option<()> {
    let Some(star) = segments.iter().position(|segment| *segment == Segment::Every) else {
        found.extend(select_one(segments, value).cloned());
        return Some(());
    };
    let items = select_one(&segments[..star], value)?.as_array()?;
    for item in items {
        // An element without the deeper array contributes nothing.
        let _ = select_all(&segments[star + 1..], item, found);
    }
    Some(())
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|segment| match segment {
            Segment::Every => f.write_str("/*"),
            Segment::Key(key) => write!(f, "/{}", key.replace('~', "~0").replace('/', "~1")),
        })
    }
}

impl fmt::Display for PathFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoLeadingSlash => "a path is empty or begins with `/`",
            Self::BadEscape => "in a path `~` is written `~0` and `/` is written `~1`",
            Self::TooManyEvery => "a path has at most two `*`",
            Self::TooDeep => "a path has at most 32 segments",
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn pointers_select() {
        let value = json!({"a": [{"b": 1, "c": [{"d": 2}]}, {"b": 3, "c": [{"d": 4}, {"d": 5}]}], "x/y": {"~": 6}});
        let rows = [
            ("", Some(value.clone())),
            ("/a/0/b", Some(json!(1))),
            ("/a/*/b", Some(json!([1, 3]))),
            ("/a/*/c/*/d", Some(json!([2, 4, 5]))),
            ("/x~1y/~0", Some(json!(6))),
            ("/a/9", None),
            ("/a/*/none", Some(json!([]))),
            ("/x~1y/*", None),
        ];
        for (path, expected) in rows {
            let parsed = Path::parse(path).unwrap();
            assert_eq!(parsed.select(&value), expected, "{path}");
            assert_eq!(parsed.to_string(), path);
        }
    }

    #[test]
    fn faulty_pointers_say_why() {
        let rows =
            [("a", PathFault::NoLeadingSlash), ("/~2", PathFault::BadEscape), ("/*/*/*", PathFault::TooManyEvery)];
        for (path, fault) in rows {
            assert_eq!(Path::parse(path), Err(fault), "{path}");
        }
    }
}
