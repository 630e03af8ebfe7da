//! An `each`: one paragraph per item, naming the item.

use plan::{Observation, Op, StepIndex};
use serde_json::Value;

use crate::at::At;
use crate::focus::Focus;
use crate::item;
use crate::line::Line;
use crate::over::{Item, items};
use crate::phrase::brief;
use crate::record::{Detail, Record};
use crate::shape::{List, Shape, shape};
use crate::sheet::Sheet;
use crate::source::sources;
use crate::{Citation, Form, Material, list, text, thing};

/// The most items told.
const TOLD_ITEMS: usize = 30;
/// The most bytes of one item's running text.
const BODY_BYTES: usize = 360;
/// The most elements of one item's list.
const ELEMENTS: usize = 6;
/// The longest reason for a failure told, in bytes.
const REASON_BYTES: usize = 240;
/// A result this short stands on the line of its item, in bytes.
const SAME_LINE_BYTES: usize = 120;

/// Tells the result of an `each`; `false` when it is not one or went over
/// nothing.
pub(crate) fn tell(step: StepIndex, value: &Value, material: &Material<'_>, sheet: &mut Sheet, focus: &Focus) -> bool {
    let Op::Each { over, .. } = &material.plan.step(step).op else { return false };
    let Some(results) = value.as_array().filter(|results| !results.is_empty()) else { return false };
    let output = material.seen.get(over.step).and_then(Observation::output);
    let named = output.map_or_else(Vec::new, |output| items(output.value(), &over.path));
    let also = sources(over.step, material);
    for (place, result) in results.iter().enumerate().take(TOLD_ITEMS) {
        let i = result["i"].as_u64().and_then(|i| usize::try_from(i).ok()).unwrap_or(place);
        let teller = Teller { name: name(named.get(i), i, focus), also: &also, focus };
        teller.tell(result, &At::whole().index(place), sheet);
    }
    if results.len() > TOLD_ITEMS {
        let line = Line::new().own("(+").count(results.len() - TOLD_ITEMS).own(" more)");
        sheet.say(Form::Line, line, &At::whole());
    }
    true
}

fn name(item: Option<&Item<'_>>, i: usize, focus: &Focus) -> Line {
    let name = item.map(|item| item.name(focus)).unwrap_or_default();
    if name.is_empty() { Line::new().own("item ").count(i + 1) } else { name }
}

/// Tells one item's paragraph.
struct Teller<'a> {
    name: Line,
    also: &'a [Citation],
    focus: &'a Focus,
}

impl Teller<'_> {
    fn tell(self, result: &Value, at: &At, sheet: &mut Sheet) {
        if result["ok"] != Value::Bool(true) {
            let why = result["error"]["message"].as_str().unwrap_or("no result");
            let line = self.name.clone().own(": failed: ").quote(why, REASON_BYTES);
            return sheet.say_also(Form::Title, line, &at.key("error"), self.also);
        }
        let (found, at) = shape(&result["value"], &at.key("value"));
        match found {
            Shape::Nothing => self.title(Line::new().own("nothing found"), &at, sheet),
            Shape::Scalar(value) => self.title(brief(value), &at, sheet),
            Shape::Text(words) if words.len() <= SAME_LINE_BYTES && !words.trim().contains('\n') => {
                self.title(Line::new().quote(words, SAME_LINE_BYTES), &at, sheet);
            }
            Shape::Text(words) => {
                self.title(Line::new(), &at, sheet);
                text::tell(words, BODY_BYTES, &at, sheet, self.focus);
            }
            Shape::Record(members) => self.record(&Record::of_object(members, &at, self.focus), &at, sheet),
            Shape::List(things) => self.list(&things, &at, sheet),
            Shape::Grid(grid) => {
                self.title(Line::new(), &at, sheet);
                crate::table::of_grid(&grid, &at, sheet, self.focus);
            }
        }
    }

    /// The item's name, and what it is said to be if that is short.
    fn title(&self, said: Line, at: &At, sheet: &mut Sheet) {
        let line = self.name.clone();
        let line = if said.is_empty() { line } else { line.own(": ").then(said) };
        sheet.say_also(Form::Title, line, at, self.also);
    }

    /// Of a record what the query asks about by name, else its facts and the
    /// gist of its text.
    fn record(&self, record: &Record<'_>, at: &At, sheet: &mut Sheet) {
        let is_same = record.headline().is_some_and(|headline| self.name.text().contains(headline.text()));
        let said = if is_same { Line::new() } else { record.headline().unwrap_or_default() };
        self.title(said, at, sheet);
        let facts = record.facts(Detail::Item, &record.headline_keys());
        sheet.say(Form::Line, Line::new().joined(facts, " · "), at);
        if !thing::tell_asked(record, sheet, self.focus) && !record.has_asked_fact() {
            if let Some(body) = record.bodies().first() {
                let words = body.value.as_str().unwrap_or_default();
                sheet.say(Form::Line, text::in_one_line(words, BODY_BYTES, self.focus), &body.at);
            }
            for field in record.nested().into_iter().take(1) {
                if let Value::Array(values) = field.value {
                    let things = List { name: Some(field.key), ..List::plain(values) };
                    list::tell_within(&things, 0, &field.at, sheet, self.focus);
                }
            }
        }
    }

    fn list(&self, things: &List<'_>, at: &At, sheet: &mut Sheet) {
        self.title(Line::new(), at, sheet);
        for (i, value) in things.values.iter().enumerate().take(ELEMENTS) {
            item::tell(value, 0, 0, &at.index(i), sheet, self.focus);
        }
        if things.values.len() > ELEMENTS {
            let line = Line::new().own("(+").count(things.values.len() - ELEMENTS).own(" more)");
            sheet.say(Form::Item { depth: 0 }, line, at);
        }
    }
}
