//! The journal: what was meant to be done, and what became of it.

use std::fmt;

use query::Principal;
use serde::{Deserialize, Serialize};

use crate::{Wall, name};

/// Names one effect.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EffectId(String);

impl EffectId {
    /// A new name.
    pub fn random() -> Self {
        Self(name::random())
    }

    /// Reads a name as a person types it; `None` if it cannot be one.
    pub fn read(typed: &str) -> Option<Self> {
        name::read(typed).map(Self)
    }
}

impl fmt::Display for EffectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A call that does more than read, before its first byte leaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// Names it.
    pub id: EffectId,
    /// On whose authority.
    pub principal: Principal,
    /// The query it is a part of.
    pub query: String,
    /// The server and the tool, as people read them.
    pub tool: String,
    /// The hash of the call: tool, definition and arguments.
    pub call: String,
    /// When it is meant to leave.
    pub at: Wall,
    /// From when on, if nothing is known of it, nothing ever will be.
    pub due: Wall,
}

/// Proof that an intent is kept: the call may leave. Taken back with how it
/// ended; one that is dropped leaves an effect whose outcome is unknown.
#[derive(Debug)]
#[must_use = "how it ends is written down beside it"]
pub struct Intended(EffectId);

impl Intended {
    /// For stores: the intent of that name is kept.
    pub fn kept(id: EffectId) -> Self {
        Self(id)
    }

    /// The intent's name.
    pub fn id(&self) -> &EffectId {
        &self.0
    }
}

/// How an intended effect ended, as far as its caller knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The server answered; the tool may have said that it failed.
    Done,
    /// No byte of it left.
    NotSent,
    /// It left, and nobody knows what came of it.
    Unknown,
}

/// What has become of an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It is under way.
    UnderWay,
    /// The server answered.
    Done,
    /// No byte of it left.
    NotSent,
    /// It may or may not have been done: whoever made it was cut short, or
    /// was told nothing.
    Indeterminate,
}

/// An intended effect and what has become of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// What was meant to be done.
    #[serde(flatten)]
    pub intent: Intent,
    /// What has become of it.
    pub fate: Fate,
    /// When that was written down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Wall>,
}
