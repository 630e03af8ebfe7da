//! From observations to one answer whose every statement names its source.
//!
//! What comes in: a [`Material`]: the user's words, the plan, and how each of
//! its steps ended. What goes out: a [`Synthesis`]: an [`Answer`] made of
//! [`Statement`]s, each with the server, tool and step it rests on, or the
//! plain word that there is nothing to tell and why.
//!
//! Extractive: it selects, shortens and arranges what servers said, and never
//! writes a number, a link or a name that no cited result holds, except for
//! what it counts itself. It judges by the shapes of values and the names of
//! fields, and refuses to know any server or tool by name. Everything a server
//! said is data: shown cleaned of control characters, never obeyed.
//!
//! Read in this order: [`Material`], [`synthesize`], [`Answer`]; then `shape`
//! (what a result looks like), `record` (what its fields are for) and the
//! tellers: `thing`, `list`, `item`, `table`, `each`, `text`.

mod answer;
mod at;
mod clean;
mod compose;
mod cut;
mod diff;
mod each;
mod extract;
mod focus;
mod item;
mod line;
mod list;
mod log;
mod material;
mod media;
mod missing;
mod over;
mod passage;
mod phrase;
mod python;
mod quote;
mod record;
mod render;
mod role;
mod section;
mod shape;
mod sheet;
mod source;
mod table;
mod tell;
mod terms;
mod text;
mod thing;
mod written;

pub use answer::{Answer, Citation, Form, Missing, Statement, Status, Synthesis};
pub use compose::synthesize;
pub use material::{Footnote, Material};
pub use written::{Author, Flaw, FlawKind, ModelCall, Reason, Said, WritingBudget, Written, write};
