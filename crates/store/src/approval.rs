//! What waits for a human, and what they said.

use std::fmt;

use query::Principal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{StoreFault, Wall, name};

/// Names one question to a human; nobody guesses it, and it can be typed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ApprovalId(String);

impl ApprovalId {
    /// A new name.
    pub fn random() -> Self {
        Self(name::random())
    }

    /// Reads a name as a person types it; `None` if it cannot be one.
    pub fn read(typed: &str) -> Option<Self> {
        name::read(typed).map(Self)
    }

    /// The name's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ApprovalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A question to a human: may this be done?
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// Names it.
    pub id: ApprovalId,
    /// For whom it would be done.
    pub principal: Principal,
    /// The hash of everything the answer is bound to. Whatever redeems the
    /// approval must have the same.
    pub binding: String,
    /// What the human is shown.
    pub shown: Value,
    /// When it was asked.
    pub asked: Wall,
    /// From when on no answer counts any more.
    pub expires: Wall,
    /// Whether only somebody beside the caller may answer it: then nothing
    /// said in band does.
    pub out_of_band: bool,
}

/// A human's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// It may be done, once.
    Approve,
    /// It may not.
    Deny,
}

/// What has become of a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "standing", rename_all = "snake_case")]
pub enum Standing {
    /// Nobody answered yet.
    Waiting,
    /// It may be done, once.
    Approved {
        /// Who said so, and how.
        by: String,
        /// When.
        at: Wall,
    },
    /// It may not be done.
    Denied {
        /// Who said so, and how.
        by: String,
        /// When.
        at: Wall,
    },
    /// It was approved, and the approval was used.
    Redeemed {
        /// Who approved it, and how.
        by: String,
        /// When it was used.
        at: Wall,
    },
    /// Its time passed before it was used.
    Expired,
}

/// A question and what has become of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Approval {
    /// The question.
    #[serde(flatten)]
    pub ask: Ask,
    /// What has become of it.
    #[serde(flatten)]
    pub standing: Standing,
}

impl Approval {
    /// What has become of it by `now`: what was not used in time has expired.
    pub fn standing_at(&self, now: Wall) -> Standing {
        match &self.standing {
            Standing::Waiting | Standing::Approved { .. } if now >= self.ask.expires => Standing::Expired,
            standing => standing.clone(),
        }
    }
}

/// Why a human's word was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undecided {
    /// There is no such question.
    #[error("there is no approval of that name")]
    Unknown,
    /// It was answered, used, or expired before.
    #[error("it is {} already", told(.0))]
    Settled(Standing),
    /// It must be answered by somebody beside the caller.
    #[error("it can only be answered out of band: with `concertmaster approvals`")]
    OutOfBand,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// Why an approval cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unredeemed {
    /// There is no such question, or it is somebody else's, or it was about
    /// something else: which of these is not told.
    #[error("there is no such approval")]
    Unknown,
    /// It waits, was denied, was used before, or has expired.
    #[error("it is {}", told(.0))]
    Standing(Standing),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// A standing in a word or two.
fn told(standing: &Standing) -> &'static str {
    match standing {
        Standing::Waiting => "not answered yet",
        Standing::Approved { .. } => "approved",
        Standing::Denied { .. } => "denied",
        Standing::Redeemed { .. } => "used",
        Standing::Expired => "expired",
    }
}
