//! Which way a human's word may come.

use catalog::Effect;
use serde::{Deserialize, Serialize};

use crate::CallToApprove;

/// Which way a human's word may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Back through the client that asked. A client may show the question to
    /// a human, or answer it itself.
    InBand,
    /// Beside it: at the command line, by whoever runs this. Proof of a human.
    OutOfBand,
}

/// Which way a human's word may come, by what is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Channels {
    /// For what may undo, overwrite or act beyond recall.
    pub destructive: Channel,
    /// For additions.
    pub additive: Channel,
    /// For reads that would tell a server what it may not read.
    pub private: Channel,
}

impl Default for Channels {
    fn default() -> Self {
        Self { destructive: Channel::OutOfBand, additive: Channel::InBand, private: Channel::OutOfBand }
    }
}

impl Channels {
    /// The way for all of these calls: the stricter, where they differ.
    pub fn of(&self, calls: &[CallToApprove]) -> Channel {
        let of = |asked: &CallToApprove| {
            let tool = &asked.call.tool;
            let may_read = asked.call.label().readers.include(&tool.reference.server);
            let telling = if may_read { Channel::InBand } else { self.private };
            match tool.effect {
                Effect::Destructive => telling.max(self.destructive),
                Effect::Additive => telling.max(self.additive),
                Effect::Pure | Effect::Read | Effect::Egress => telling,
            }
        };
        calls.iter().map(of).max().unwrap_or(Channel::OutOfBand)
    }
}
