//! One element of a list, told in a line and what hangs below it.

use plan::AnswerStyle;
use serde_json::Value;

use crate::at::At;
use crate::extract::gist;
use crate::focus::Focus;
use crate::line::Line;
use crate::phrase::brief;
use crate::record::{Detail, Record};
use crate::role::Role;
use crate::shape::List;
use crate::sheet::Sheet;
use crate::{Form, diff, list, text};

/// How deep lists are told within lists.
pub(crate) const MAX_DEPTH: u8 = 2;

/// Tells an element of a list. `texts` is how many bytes of its running text
/// are told; 0 tells none of an element that has a title.
pub(crate) fn tell(value: &Value, depth: u8, texts: usize, at: &At, sheet: &mut Sheet, focus: &Focus) {
    let form = Form::Item { depth };
    match value {
        Value::Object(members) => {
            let record = Record::of_object(members, at, focus);
            sheet.say(form, line(&record, texts, focus), at);
            tell_excerpt(&record, depth, sheet, focus);
            tell_lists(&record, depth + 1, sheet, focus);
        }
        Value::String(words) => sheet.say(form, gist(words, &focus.terms, focus.remark_bytes()), at),
        other => sheet.say(form, brief(other), at),
    }
}

/// A record in one line: `#7 Title — open · by kofi`, or `kofi (2026-11-18):
/// what was said`.
pub(crate) fn line(record: &Record<'_>, texts: usize, focus: &Focus) -> Line {
    let body = record.bodies().into_iter().find(|field| !text::is_diff(field.value));
    let said = |most: usize| {
        let words = body.and_then(|field| field.value.as_str()).unwrap_or_default();
        text::in_one_line(words, most, focus)
    };
    if record.is_remark() {
        return remark(record, said(texts.max(focus.remark_bytes() / 2)));
    }
    let facts = record.facts(Detail::Item, &record.headline_keys());
    let facts = Line::new().joined(facts, " · ");
    let begun = match record.headline() {
        Some(headline) if facts.is_empty() => headline,
        Some(headline) => headline.own(" — ").then(facts),
        None => facts,
    };
    let said = if texts > 0 { said(texts) } else { Line::new() };
    if said.is_empty() { begun } else { begun.own(": ").then(said) }
}

fn remark(record: &Record<'_>, said: Line) -> Line {
    let speaker = record.speaker();
    let (lead, told) = match speaker {
        Some(field) if field.role == Role::Number => (record.headline().unwrap_or_default(), field.key),
        Some(field) => (brief(field.value), field.key),
        None => (Line::new(), ""),
    };
    let facts = Line::new().joined(record.facts(Detail::Remark, &[told]), ", ");
    let lead = match (lead.is_empty(), facts.is_empty()) {
        (_, true) => lead,
        (true, false) => facts,
        (false, false) => lead.own(" (").then(facts).own(")"),
    };
    match (lead.is_empty(), said.is_empty()) {
        (true, _) => said,
        (false, true) => lead,
        (false, false) => lead.own(": ").then(said),
    }
}

/// The most telling lines of a file's patch.
fn tell_excerpt(record: &Record<'_>, depth: u8, sheet: &mut Sheet, focus: &Focus) {
    if focus.style == AnswerStyle::List {
        return;
    }
    let patch = record.bodies().into_iter().find(|field| text::is_diff(field.value));
    if let Some((field, words)) = patch.and_then(|field| Some((field, field.value.as_str()?))) {
        sheet.say(Form::Quote { depth: depth + 1 }, diff::excerpt(words, focus), &field.at);
    }
}

/// Tells the lists within an element: a remark's replies, and what the query
/// asks about by name.
pub(crate) fn tell_lists(record: &Record<'_>, depth: u8, sheet: &mut Sheet, focus: &Focus) {
    if depth > MAX_DEPTH {
        return;
    }
    for field in record.nested() {
        if let Value::Array(values) = field.value
            && (field.asked || record.is_remark())
        {
            let things = List { name: Some(field.key), ..List::plain(values) };
            list::tell_within(&things, depth, &field.at, sheet, focus);
        }
    }
}
