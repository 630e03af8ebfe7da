//! Alternatives in a table.

use catalog::Alternative;

use super::clean;
use super::columns::{Cell, aligned};
use super::style::{FAINT, STRONG};

/// Which tool may serve in which other's place, and on whose word.
pub(crate) fn alternative_table(found: &[Alternative], width: usize) -> String {
    if found.is_empty() {
        return "No tool here could serve in another's place.\n".to_owned();
    }
    let mut rows =
        vec![["TOOL", "MAY BE SERVED BY", "BECAUSE"].map(|head| Cell::styled(FAINT, head.to_owned())).to_vec()];
    rows.extend(found.iter().map(|alternative| {
        let because =
            if alternative.declared { "you say so" } else { "name and schema agree; not used unless declared" };
        vec![
            Cell::styled(STRONG, clean::line(&alternative.of.to_string())),
            Cell::from(clean::line(&alternative.is.to_string())),
            Cell::styled(FAINT, because.to_owned()),
        ]
    }));
    aligned(&rows, width)
}
