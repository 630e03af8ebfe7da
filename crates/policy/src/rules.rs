//! The operator's rules.

use catalog::Effect;
use plan::Integrity;
use serde::{Deserialize, Serialize};

/// What a rule answers to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It may leave.
    Permit,
    /// A human decides.
    Ask,
    /// It may not leave, whoever asks.
    Deny,
}

/// The effect gate's settings. The defaults let reads through, let additions
/// through whose every argument the principal gave, and ask for the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// Additions made of the principal's own words.
    pub additive: Answer,
    /// Additions with an argument that an upstream's output went into.
    pub additive_from_results: Answer,
    /// Anything that may undo, overwrite or act beyond recall.
    pub destructive: Answer,
    /// Anything that would tell a server what it may not read.
    pub private: Answer,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            additive: Answer::Permit,
            additive_from_results: Answer::Ask,
            destructive: Answer::Ask,
            private: Answer::Ask,
        }
    }
}

impl Rules {
    /// What the rules say of a call with this effect and arguments of this
    /// integrity.
    pub fn answer(&self, effect: Effect, integrity: Integrity) -> Answer {
        match (effect, integrity) {
            (Effect::Pure | Effect::Read | Effect::Egress, _) => Answer::Permit,
            (Effect::Additive, Integrity::Trusted) => self.additive,
            (Effect::Additive, Integrity::Untrusted) => self.additive_from_results,
            (Effect::Destructive, _) => self.destructive,
        }
    }

    /// What the rules say of telling a server something: whether it may be
    /// told at all, whatever the call does.
    pub fn answer_to_telling(&self, may_read: bool) -> Answer {
        if may_read { Answer::Permit } else { self.private }
    }
}
