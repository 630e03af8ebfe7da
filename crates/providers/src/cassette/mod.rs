//! Recordings: what models were asked and what they answered, so that the
//! same run can be had again without a model.
//!
//! A recording is a file of JSON lines, one [`entry::Entry`] each. What
//! identifies a request is the hash of its canonical form; keys and other
//! secrets are taken out before anything is hashed or written.

mod difference;
mod entry;
mod record;
mod replay;
mod secrets;

pub use record::Recorder;
pub use replay::{MAX_RECORDING_BYTES, RecordingError, Replayer};
