//! Telling a value, whatever it looks like.

use plan::AnswerStyle;
use serde_json::Value;

use crate::at::At;
use crate::focus::Focus;
use crate::line::Line;
use crate::phrase::brief;
use crate::record::Record;
use crate::shape::{Shape, shape};
use crate::sheet::Sheet;
use crate::{Form, list, python, table, text, thing};

/// Tells a value that stands at `at`; `false` when there is nothing to tell.
/// `name` is what a bare number or word is.
pub(crate) fn tell(value: &Value, name: &str, at: &At, sheet: &mut Sheet, focus: &Focus) -> bool {
    let (shape, at) = shape(value, at);
    match shape {
        Shape::Nothing => return false,
        Shape::Scalar(scalar) => sheet.say(Form::Line, named(name).then(brief(scalar)), &at),
        Shape::Text(words) => match python::read(words) {
            Some(records) => {
                sheet.pin(&at);
                return tell(&records, name, &at, sheet, focus);
            }
            None => text::tell(words, focus.body_bytes(), &at, sheet, focus),
        },
        Shape::Record(members) => thing::tell(&Record::of_object(members, &at, focus), &at, sheet, focus),
        Shape::List(things) if table::fits(things.values, focus) => table::of_list(&things, &at, sheet, focus),
        Shape::List(things) => list::tell(&things, &at, sheet, focus),
        Shape::Grid(grid) => match grid.only_row() {
            Some(row) if focus.style != AnswerStyle::Table => {
                thing::tell(&Record::of(row, &at.index(0), focus), &at, sheet, focus);
            }
            _ => table::of_grid(&grid, &at, sheet, focus),
        },
    }
    true
}

fn named(name: &str) -> Line {
    if name.is_empty() { Line::new() } else { Line::new().own(name).own(": ") }
}
