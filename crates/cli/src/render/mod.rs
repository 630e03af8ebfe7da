//! Facts as people read them.
//!
//! In come events, outcomes and listings; out goes text. Texts that servers
//! wrote pass through `clean` before they are shown. Nothing here decides
//! anything, and nothing here calls anything.

mod alternatives;
mod answer;
mod asking;
mod clean;
mod clients;
mod columns;
mod evaluation;
mod outcome;
pub(crate) mod progress;
mod refusal;
mod servers;
mod style;
mod times;
mod tools;

pub(crate) use alternatives::alternative_table;
pub(crate) use asking::{Asked, approval_question, ask_json, kept_question};
pub(crate) use clean::{line as clean_line, lines as clean_lines};
pub(crate) use clients::{Imported, Installed, Removal, import, import_json, install, install_json};
pub(crate) use evaluation::{Evaluated, Missed, evaluation, evaluation_json};
pub(crate) use outcome::outcome;
pub(crate) use servers::{server_remarks, server_table};
pub(crate) use style::{BAD, CARE, FAINT, GOOD, STRONG, styled};
pub(crate) use times::counted;
pub(crate) use tools::{found_table, tool_table};
