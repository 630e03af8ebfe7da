//! How well queries are planned, by labels alone.
//!
//! What comes in: labelled queries, one JSON object per line ([`read`]), and
//! for each of them what a planner [`Made`] of it with nothing called. What
//! goes out: a [`Score`] per query, a [`Report`] per file, and where a figure
//! fell below its [`Floor`]. It refuses to know how a plan came about, and
//! nothing here judges an answer: every figure is read off the labels.
//!
//! Read in this order: [`Labelled`] (what should come out), [`Made`] and
//! [`Graph`] (what did), [`score`] (the two compared), [`Tally`] and
//! [`Report`] (many comparisons), [`Floor`].
//!
//! ```
//! use concertmaster_evaluate::{Made, Measure, Spent, Tally, read, score};
//!
//! let text = r#"{"id": "q-1", "category": "out_of_scope", "style": "plain", "query": "Book a flight.",
//!     "outcome": "out_of_scope", "servers": [], "tools": [], "shape": null, "edges": [], "arguments": []}"#;
//! let labelled = read(text.replace('\n', " ").as_bytes()).expect("it is well formed");
//! let mut tally = Tally::default();
//! tally.add(&score(&labelled[0], &Made::OutOfScope), &Spent::default());
//! assert_eq!(tally.value(Measure::Outcome), Some(1.0));
//! assert_eq!(tally.value(Measure::Edges), None);
//! ```

mod category;
mod contract;
mod difference;
mod drawn;
mod ending;
mod floor;
mod graph;
mod labelled;
mod literal;
mod made;
mod matching;
mod measure;
mod read;
mod reading;
mod report;
pub mod routing;
mod score;
mod shape;
mod share;
mod spent;
mod style;
mod tally;
mod wire;

pub use category::Category;
pub use difference::Difference;
pub use ending::Ending;
pub use floor::{Floor, Shortfall};
pub use graph::Graph;
pub use labelled::Labelled;
pub use made::Made;
pub use matching::{MAX_ENTRIES, MAX_TIES};
pub use measure::Measure;
pub use read::{LineFault, read};
pub use report::{ModelLines, Report};
pub use score::{Score, score};
pub use shape::Shape;
pub use share::{Hits, Share};
pub use spent::Spent;
pub use style::Style;
pub use tally::Tally;
