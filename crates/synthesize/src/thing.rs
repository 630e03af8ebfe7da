//! One record, told in full: what it is called, its facts, its texts, and
//! the records within it.

use serde_json::Value;

use crate::at::At;
use crate::focus::Focus;
use crate::line::Line;
use crate::phrase::{capitalised, label};
use crate::record::{Detail, Field, Record};
use crate::role::Role;
use crate::shape::List;
use crate::sheet::Sheet;
use crate::{Form, item, list, text};

/// The most texts, and the most lists, told of one record.
const TEXTS: usize = 3;
const LISTS: usize = 6;
/// The longest field name told, in bytes.
const LABEL_BYTES: usize = 60;

/// Tells a record.
pub(crate) fn tell(record: &Record<'_>, at: &At, sheet: &mut Sheet, focus: &Focus) {
    let is_said = record.is_remark() && record.speaker().is_none_or(|field| field.role == Role::Person);
    if is_said && record.bodies().len() == 1 {
        sheet.say(Form::Line, item::line(record, focus.body_bytes(), focus), at);
        tell_lists(record, sheet, focus);
        return;
    }
    if let Some(headline) = record.headline() {
        sheet.say(Form::Title, headline, at);
    }
    tell_below_headline(record, &record.headline_keys(), focus.body_bytes(), at, sheet, focus);
}

/// Tells what a record says beside its headline. What the query asks about by
/// name comes before the running texts.
pub(crate) fn tell_below_headline(
    record: &Record<'_>,
    told: &[&str],
    body_bytes: usize,
    at: &At,
    sheet: &mut Sheet,
    focus: &Focus,
) {
    let facts = record.facts(Detail::Full, told);
    sheet.say(Form::Line, Line::new().joined(facts, " · "), at);
    if record.nested().iter().any(|field| field.asked) {
        tell_lists(record, sheet, focus);
        tell_texts(record, body_bytes / 2, sheet, focus);
    } else {
        tell_texts(record, body_bytes, sheet, focus);
        tell_lists(record, sheet, focus);
    }
}

/// Tells what the query asks about by name; `false` when it names nothing
/// that the record has.
pub(crate) fn tell_asked(record: &Record<'_>, sheet: &mut Sheet, focus: &Focus) -> bool {
    let asked: Vec<&Field<'_>> = record.nested().into_iter().filter(|field| field.asked).collect();
    for field in &asked {
        tell_nested(field, sheet, focus);
    }
    !asked.is_empty()
}

fn tell_texts(record: &Record<'_>, budget: usize, sheet: &mut Sheet, focus: &Focus) {
    for (i, field) in record.bodies().into_iter().take(TEXTS).enumerate() {
        if i > 0 {
            sheet.say(Form::Line, Line::new().quote(&capitalised(&label(field.key)), LABEL_BYTES).own(":"), &field.at);
        }
        let words = field.value.as_str().unwrap_or_default();
        text::tell(words, if i == 0 { budget } else { budget / 2 }, &field.at, sheet, focus);
    }
}

fn tell_lists(record: &Record<'_>, sheet: &mut Sheet, focus: &Focus) {
    for field in record.nested().into_iter().take(LISTS) {
        tell_nested(field, sheet, focus);
    }
}

fn tell_nested(field: &Field<'_>, sheet: &mut Sheet, focus: &Focus) {
    match field.value {
        Value::Array(values) => {
            let things = List { name: Some(field.key), ..List::plain(values) };
            list::tell_within(&things, 0, &field.at, sheet, focus);
        }
        Value::Object(members) => {
            let inner = Record::of_object(members, &field.at, focus);
            let name = Line::new().quote(&capitalised(&label(field.key)), LABEL_BYTES).own(": ");
            sheet.say(Form::Line, name.then(item::line(&inner, focus.remark_bytes(), focus)), &field.at);
            item::tell_lists(&inner, 0, sheet, focus);
        }
        _ => {}
    }
}
