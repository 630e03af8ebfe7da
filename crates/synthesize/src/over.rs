//! The items that an `each` went over, and what they are called.

use plan::{Path, Segment};
use serde_json::Value;

use crate::at::At;
use crate::focus::Focus;
use crate::line::Line;
use crate::phrase::{brief, label};
use crate::record::Record;

/// One item: its value, the record it is a part of, and the name of that part.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item<'a> {
    value: &'a Value,
    parent: Option<&'a Value>,
    key: Option<&'a str>,
}

/// The items at a path, in order; none where there is no array.
pub(crate) fn items<'a>(value: &'a Value, path: &'a Path) -> Vec<Item<'a>> {
    let mut found = Vec::new();
    if path.selects_many() {
        let root = Item { value, parent: None, key: None };
        walk(root, path.segments(), &mut found);
    } else {
        let array = path.segments().iter().try_fold(value, |value, segment| child(value, segment));
        let elements = array.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        found.extend(elements.iter().map(|value| Item { value, parent: None, key: None }));
    }
    found
}

/// How many items there are at a path.
pub(crate) fn count(value: &Value, path: &Path) -> usize {
    items(value, path).len()
}

fn walk<'a>(at: Item<'a>, rest: &'a [Segment], found: &mut Vec<Item<'a>>) {
    match rest.split_first() {
        None => found.push(at),
        Some((Segment::Every, rest)) => {
            for value in at.value.as_array().map_or(&[][..], Vec::as_slice) {
                walk(Item { value, parent: None, key: None }, rest, found);
            }
        }
        Some((segment @ Segment::Key(key), rest)) => {
            if let Some(value) = child(at.value, segment) {
                walk(Item { value, parent: Some(at.value), key: Some(key) }, rest, found);
            }
        }
    }
}

fn child<'a>(value: &'a Value, segment: &Segment) -> Option<&'a Value> {
    let Segment::Key(key) = segment else { return None };
    match value {
        Value::Object(members) => members.get(key),
        Value::Array(items) => items.get(key.parse::<usize>().ok()?),
        _ => None,
    }
}

impl Item<'_> {
    /// What the item is called: the headline of the record that it is, or is
    /// a part of, else its value with the name of the part.
    pub(crate) fn name(&self, focus: &Focus) -> Line {
        let record = [Some(self.value), self.parent].into_iter().flatten().find_map(Value::as_object);
        let headline = record.and_then(|members| Record::of_object(members, &At::whole(), focus).headline());
        headline.unwrap_or_else(|| match self.key {
            Some(key) if !self.value.is_object() => Line::new().quote(&label(key), 60).own(" ").then(brief(self.value)),
            _ => brief(self.value),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::terms::Terms;

    #[test]
    fn items_are_found_and_named() {
        let value = json!({"prs": [{"number": 7, "title": "Fix"}, {"number": 9}], "names": ["a", "b"], "n": 1});
        let focus = Focus { terms: Terms::of(""), style: plan::AnswerStyle::Summary, alone: true };
        let rows = [
            ("/prs", vec!["#7 Fix", "#9"]),
            ("/prs/*/number", vec!["#7 Fix", "#9"]),
            ("/prs/*/title", vec!["#7 Fix"]),
            ("/names", vec!["a", "b"]),
            ("/names/*", vec!["a", "b"]),
            ("/n", vec![]),
            ("/none/*", vec![]),
        ];
        for (path, expected) in rows {
            let path = Path::parse(path).unwrap();
            let names: Vec<String> =
                items(&value, &path).iter().map(|item| item.name(&focus).text().to_owned()).collect();
            assert_eq!(names, expected, "{path}");
        }
    }
}
