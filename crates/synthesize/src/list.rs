//! Several things, one line each.

use plan::AnswerStyle;
use serde_json::Value;

use crate::Form;
use crate::at::At;
use crate::extract::most_telling;
use crate::focus::Focus;
use crate::item;
use crate::line::Line;
use crate::phrase::{Precision, capitalised, label, phrase};
use crate::record::Record;
use crate::role::{Role, role};
use crate::shape::List;
use crate::sheet::Sheet;

/// The longest field name told, in bytes.
const LABEL_BYTES: usize = 60;
/// Of a list of at most so many things their running texts are told too.
const FEW: usize = 6;
/// The most elements of a list within a record among which the most telling
/// are looked for; later ones are not looked at.
const LOOKED_AT: usize = 400;
/// A list within a record that has at most so many elements, and so many
/// bytes of text in all, is told whole.
const SHORT_COUNT: usize = 12;
const SHORT_BYTES: usize = 1400;
/// The most facts told about the listing itself.
const BESIDE: usize = 4;

/// Tells a list that is a step's result.
pub(crate) fn tell(things: &List<'_>, at: &At, sheet: &mut Sheet, focus: &Focus) {
    if let [Value::Object(only)] = things.values {
        let record = Record::of_object(only, &at.index(0), focus);
        if !record.is_remark() {
            tell_beside(things, at, sheet);
            crate::thing::tell(&record, &at.index(0), sheet, focus);
            return;
        }
    }
    let count = things.values.len();
    let shown = count.min(focus.listed());
    sheet.say(Form::Line, lead(things, shown), at);
    tell_beside(things, at, sheet);
    let is_summary = matches!(focus.style, AnswerStyle::Summary | AnswerStyle::Direct);
    let texts = if is_summary && count <= FEW { focus.remark_bytes() } else { 0 };
    for (i, value) in things.values.iter().take(shown).enumerate() {
        item::tell(value, 0, texts, &at.index(i), sheet, focus);
    }
    tell_rest(count - shown, 0, at, sheet);
}

/// Tells a list within a record: the most telling of its elements, below a
/// line that names it unless it is the only thing that can be meant.
pub(crate) fn tell_within(things: &List<'_>, depth: u8, at: &At, sheet: &mut Sheet, focus: &Focus) {
    if depth == 0 {
        sheet.say(Form::Line, lead(things, things.values.len()), at);
    }
    let count = things.values.len();
    let telling = chosen(things.values, focus);
    let mut shown = 0;
    for i in telling {
        item::tell(&things.values[i], depth, focus.remark_bytes(), &at.index(i), sheet, focus);
        shown += 1;
    }
    tell_rest(count - shown, depth, at, sheet);
}

/// What the things are called and how many there are: `Issues: 30 of 174`.
pub(crate) fn lead(things: &List<'_>, shown: usize) -> Line {
    let count = things.values.len();
    let name = things.name.map_or_else(|| "Results".to_owned(), |name| capitalised(&label(name)));
    let mut line = Line::new().quote(&name, LABEL_BYTES).own(": ").count(count);
    let total = things.total.filter(|total| total.as_u64().is_some_and(|total| total > count as u64));
    if let Some(total) = total {
        line = line.own(" of ").own(&total.to_string());
    } else if things.has_more {
        line = line.own(", and there are more");
    }
    if shown < count { line.own("; the first ").count(shown).own(" shown") } else { line }
}

/// Tells what the listing says about itself.
pub(crate) fn tell_beside(things: &List<'_>, at: &At, sheet: &mut Sheet) {
    let told = |(key, value): &(&str, &Value)| match role(key, value) {
        Role::Noise | Role::Nested | Role::Flag => Line::new(),
        role => phrase(key, value, role, Precision::Day),
    };
    let facts: Vec<Line> = things.beside.iter().map(told).filter(|line| !line.is_empty()).take(BESIDE).collect();
    sheet.say(Form::Line, Line::new().joined(facts, " · "), at);
}

fn tell_rest(left: usize, depth: u8, at: &At, sheet: &mut Sheet) {
    if left > 0 {
        sheet.say(Form::Item { depth }, Line::new().own("(+").count(left).own(" more)"), at);
    }
}

/// The elements that say most, in their order; all of them if they are few
/// and short.
fn chosen(values: &[Value], focus: &Focus) -> Vec<usize> {
    let texts: Vec<&str> = values.iter().take(LOOKED_AT).map(words_of).collect();
    let is_short = texts.iter().map(|text| text.len()).sum::<usize>() <= SHORT_BYTES;
    let most = if values.len() <= SHORT_COUNT && is_short { SHORT_COUNT } else { focus.nested() };
    most_telling(&texts, &focus.terms, most)
}

/// The running text of an element, or whatever text it has.
fn words_of(value: &Value) -> &str {
    match value {
        Value::String(words) => words,
        Value::Object(members) => {
            let texts = || members.iter().filter_map(|(key, value)| Some((key, value.as_str()?, role(key, value))));
            let of = |wanted: Role| texts().find(|(_, _, role)| *role == wanted).map(|(_, words, _)| words);
            of(Role::Body).or_else(|| of(Role::Title)).or_else(|| of(Role::Path)).unwrap_or_default()
        }
        _ => "",
    }
}
