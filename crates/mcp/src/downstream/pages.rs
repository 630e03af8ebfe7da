//! A list cut into pages, each written once for clients of either era.

use std::hash::{DefaultHasher, Hash, Hasher};

use bytes::Bytes;
use serde_json::value::RawValue;

use super::message::text;
use super::refusal::Refusal;
use super::revision::Revision;

/// Entries on one page, at most: many clients never ask for a second.
const MAX_ENTRIES: usize = 1_000;

/// Bytes of entries on one page; one entry may go over it.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// What is said of keeping a list: it is the client's own, and changes are
/// announced.
const HINTS: &str = r#""resultType":"complete","ttlMs":60000,"cacheScope":"private""#;

/// A list's pages.
pub(crate) struct Pages {
    pages: Vec<Page>,
    /// Names this list in its cursors, so that those of another are refused.
    mark: u64,
}

struct Page {
    legacy: Bytes,
    modern: Bytes,
}

impl Pages {
    /// A list of entries, each a JSON object's text, as the member `name`.
    pub(crate) fn of(name: &str, entries: impl Iterator<Item = String>) -> Self {
        let mut hasher = DefaultHasher::new();
        let mut lists = vec![String::new()];
        let mut count = 0;
        for entry in entries {
            entry.hash(&mut hasher);
            let last = lists.last_mut().filter(|list| count < MAX_ENTRIES && list.len() + entry.len() <= MAX_BYTES);
            match last {
                Some(list) => {
                    if !list.is_empty() {
                        list.push(',');
                    }
                    list.push_str(&entry);
                    count += 1;
                }
                None => {
                    lists.push(entry);
                    count = 1;
                }
            }
        }
        let mark = hasher.finish();
        let pages = lists.len();
        let page = |(i, list): (usize, String)| {
            let cursor =
                if i + 1 < pages { format!(r#","nextCursor":"{}""#, cursor(mark, i + 1)) } else { String::new() };
            Page {
                legacy: format!(r#"{{"{name}":[{list}]{cursor}}}"#).into(),
                modern: format!(r#"{{{HINTS},"{name}":[{list}]{cursor}}}"#).into(),
            }
        };
        Self { pages: lists.into_iter().enumerate().map(page).collect(), mark }
    }

    /// The page that a cursor names; the first without one.
    pub(crate) fn page(&self, cursor: Option<&RawValue>, revision: Revision) -> Result<Bytes, Refusal> {
        let number = match cursor {
            None => Some(0),
            Some(given) => text(given).and_then(|given| self.number(&given)),
        };
        let unknown = || Refusal::params("this cursor leads nowhere; the list may have changed, start without one");
        let page = number.and_then(|number| self.pages.get(number)).ok_or_else(unknown)?;
        Ok(if revision.is_stateless() { page.modern.clone() } else { page.legacy.clone() })
    }

    fn number(&self, given: &str) -> Option<usize> {
        let number = given.rsplit_once('-')?.1.parse().ok()?;
        // No cursor leads to the first page.
        (number > 0 && cursor(self.mark, number) == given).then_some(number)
    }
}

fn cursor(mark: u64, number: usize) -> String {
    format!("{mark:016x}-{number}")
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn entries(count: usize) -> impl Iterator<Item = String> {
        (0..count).map(|i| format!(r#"{{"name":"n{i}"}}"#))
    }

    fn read(pages: &Pages, cursor: Option<&str>) -> Result<Value, Refusal> {
        let cursor = cursor.map(|cursor| serde_json::value::to_raw_value(cursor).unwrap());
        let page = pages.page(cursor.as_deref(), Revision::Stateless)?;
        Ok(serde_json::from_slice(&page).unwrap())
    }

    #[test]
    fn every_entry_is_on_one_page() {
        for count in [0, 1, MAX_ENTRIES, MAX_ENTRIES + 1, 3 * MAX_ENTRIES + 7] {
            let pages = Pages::of("tools", entries(count));
            let (mut names, mut cursor) = (Vec::new(), None);
            loop {
                let page = read(&pages, cursor.as_deref()).unwrap();
                names.extend(page["tools"].as_array().unwrap().iter().map(|tool| tool["name"].to_string()));
                assert_eq!((&page["resultType"], &page["cacheScope"]), (&"complete".into(), &"private".into()));
                cursor = page["nextCursor"].as_str().map(str::to_owned);
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(names, (0..count).map(|i| format!("\"n{i}\"")).collect::<Vec<_>>());
        }
    }

    #[test]
    fn cursors_that_were_not_given_out_lead_nowhere() {
        let pages = Pages::of("tools", entries(MAX_ENTRIES + 1));
        let given = read(&pages, None).unwrap()["nextCursor"].as_str().unwrap().to_owned();
        assert!(read(&pages, Some(&given)).is_ok());
        let other = Pages::of("tools", entries(MAX_ENTRIES + 2));
        assert!(read(&other, Some(&given)).is_err());
        for cursor in [
            "",
            "1",
            "-1",
            "0-1",
            &given.replace("-1", "-0"),
            &given.replace("-1", "-2"),
            &given.replace("-1", "-01"),
            &given.to_uppercase().replace('-', "--"),
        ] {
            assert!(read(&pages, Some(cursor)).is_err(), "{cursor}");
        }
        let number = RawValue::from_string("1".to_owned()).unwrap();
        assert!(pages.page(Some(&number), Revision::Tasked).is_err());
        let first = pages.page(None, Revision::Tasked).unwrap();
        assert!(first.starts_with(br#"{"tools":["#));
    }
}
