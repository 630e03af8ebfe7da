//! The items of a list that are meant, before a step takes them.
//!
//! A list may hold things of several kinds, and the words may mean the
//! largest of them. Both are steps that compute between the one that lists
//! and the one that takes.

use serde_json::Value;

use super::link::{Linked, ListTaken};
use super::superlative::{Ordering, Superlative};
use crate::draft::{DraftBinding, DraftRef, DraftStep};

/// The steps that sift, in their order, and the link through the last of
/// them; `None` where what the words mean cannot be told from the items.
/// `described` is what the source's tool says of itself, `next_id` names the
/// first step that is added, and so on.
pub(super) fn sifted(
    linked: Linked,
    source: &str,
    described: &str,
    meant: Option<&Superlative>,
    next_id: impl Fn(usize) -> String,
) -> Option<(Vec<DraftStep>, Linked)> {
    let Some(list) = linked.list.clone() else { return Some((Vec::new(), linked)) };
    let ordering = match meant {
        Some(meant) => meant.ordering(&list.items, described)?,
        None => Ordering::AsListed,
    };
    let mut steps: Vec<DraftStep> = Vec::new();
    let mut from = DraftRef::new(source, &list.path);
    let mut add = |tool: &str, purpose: &str, args: Vec<(&str, String)>| {
        let id = next_id(steps.len());
        let literal = |(name, text): (&str, String)| (name.to_owned(), DraftBinding::Literal(Value::from(text)));
        let mut step = DraftStep::call(&id, tool).with_purpose(purpose);
        step.args.push(("items".to_owned(), DraftBinding::Ref(from.clone())));
        step.args.extend(args.into_iter().map(literal));
        steps.push(step);
        from = DraftRef::new(id, "");
    };
    if let Some((member, kind)) = &list.kind {
        let args = vec![("path", format!("/{member}")), ("cmp", "eq".to_owned()), ("value", kind.clone())];
        add("orc.filter", &format!("keep each {kind}"), args);
    }
    if let Ordering::By { member, descending } = ordering {
        let order = if descending { "desc" } else { "asc" };
        let args = vec![("path", format!("/{member}")), ("order", order.to_owned())];
        add("orc.sort", &format!("order by {member}"), args);
    }
    let linked = through(linked, source, &list, &from);
    Some((steps, linked))
}

/// The link with its list where it is now.
fn through(linked: Linked, source: &str, list: &ListTaken, from: &DraftRef) -> Linked {
    let moved = |own: DraftRef| match own.path.strip_prefix(list.path.as_str()) {
        Some(rest) if own.step == source => DraftRef::new(&from.step, format!("{}{rest}", from.path)),
        _ => own,
    };
    let binding = |(name, binding): (String, DraftBinding)| match binding {
        DraftBinding::Ref(own) => (name, DraftBinding::Ref(moved(own))),
        other => (name, other),
    };
    Linked { over: linked.over.map(moved), args: linked.args.into_iter().map(binding).collect(), list: linked.list }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::superlative::superlative;
    use super::*;

    #[test]
    fn a_list_is_sifted_before_it_is_taken_from() {
        let items = json!({"properties": {"path": {"type": "string"}, "size": {"type": "integer"}}});
        let linked = |kind: Option<(String, String)>| Linked {
            over: None,
            args: vec![("path".to_owned(), DraftBinding::reference("s1", "/entries/0/path"))],
            list: Some(ListTaken { path: "/entries".to_owned(), items: items.clone(), kind }),
        };
        let kind = || Some(("kind".to_owned(), "file".to_owned()));
        let rows = [
            (None, "read it", "", "s1#/entries/0/path"),
            (kind(), "read it", "s2 orc.filter s1#/entries", "s2#/0/path"),
            (None, "the largest file", "s2 orc.sort s1#/entries", "s2#/0/path"),
            (kind(), "the largest file", "s2 orc.filter s1#/entries, s3 orc.sort s2#", "s3#/0/path"),
        ];
        let shown = |binding: &DraftBinding| match binding {
            DraftBinding::Ref(own) => format!("{}#{}", own.step, own.path),
            other => format!("{other:?}"),
        };
        for (kind, words, steps, taken) in rows {
            let meant = superlative(words);
            let id = |at: usize| format!("s{}", at + 2);
            let (found, linked) = sifted(linked(kind), "s1", "", meant.as_ref(), id).unwrap();
            let found: Vec<String> =
                found.iter().map(|step| format!("{} {} {}", step.id, step.tool, shown(&step.args[0].1))).collect();
            assert_eq!((found.join(", ").as_str(), shown(&linked.args[0].1).as_str()), (steps, taken), "{words}");
        }
        let undecided = superlative("the one with the most likes");
        assert_eq!(sifted(linked(None), "s1", "", undecided.as_ref(), |_| "s2".to_owned()), None);
    }
}
