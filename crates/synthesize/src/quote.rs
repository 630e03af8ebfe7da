//! Lines quoted as they stand: code, listings, configuration.

use crate::Form;
use crate::at::At;
use crate::cut::head;
use crate::focus::Focus;
use crate::line::Line;
use crate::sheet::Sheet;

/// How much of one text is read, in bytes.
const READ_BYTES: usize = 64 * 1024;
/// The longest line quoted, in bytes.
const LINE_BYTES: usize = 160;
/// Bytes kept free for what is said around a quotation.
const SPARE_BYTES: usize = 400;

/// Quotes a text's first lines and says how many there are.
pub(crate) fn tell(text: &str, at: &At, sheet: &mut Sheet, focus: &Focus) {
    let read = head(text, READ_BYTES);
    let total = text.lines().count();
    let lines: Vec<&str> = read.trim_end().lines().collect();
    let first = lines.iter().position(|line| !line.trim().is_empty()).unwrap_or(0);
    let mut block = Line::new();
    let mut quoted = 0;
    for line in lines.iter().skip(first).take(focus.quoted_lines()) {
        let next = Line::new().verbatim(line, LINE_BYTES);
        if block.text().len() + next.text().len() + SPARE_BYTES > sheet.room() {
            break;
        }
        block = if quoted > 0 { block.own("\n") } else { block };
        block = if next.is_empty() { block.own(" ") } else { block.then(next) };
        quoted += 1;
    }
    if quoted < lines.len() - first || read.len() < text.len() {
        let lead = Line::new().own("The first ").count(quoted).own(" of ").count(total).own(" lines:");
        sheet.say(Form::Line, lead, at);
    }
    sheet.say(Form::Quote { depth: 0 }, block, at);
}
