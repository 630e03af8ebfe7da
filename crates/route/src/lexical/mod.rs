//! Words found in what is said of a thing: BM25F with a background.
//!
//! What comes in: texts by field. What goes out: how much of a query's words
//! a tool has to do with. Lengths and word frequencies are compared with
//! those of many public tools, so that a catalogue of four tools ranks as
//! sensibly as one of ten thousand, and a server's texts can be read without
//! knowing the others'.

mod background;
mod document;
mod key;
mod postings;
mod stops;
mod words;

pub(crate) use background::Background;
pub(crate) use document::Document;
pub(crate) use key::{Key, key};
pub(crate) use postings::{Posting, Postings};
pub use words::stems;
pub(crate) use words::{Spoken, words};
