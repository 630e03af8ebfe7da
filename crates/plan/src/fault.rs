//! What is wrong with a draft.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::StepId;
use crate::visible::visible;

/// The most faults one reading reports; the rest are counted in the last one.
pub const MAX_FAULTS: usize = 100;

/// The longest message, in characters; longer ones are cut.
const MAX_MESSAGE_CHARS: usize = 400;

macro_rules! fault_codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal,)+) => {
        /// The stable name of a kind of fault: what programs match on.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum FaultCode {
            $($(#[doc = $doc])+ $name,)+
        }

        impl FaultCode {
            /// Every code there is.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The code's text, lower-case and snake-case; it never changes.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

fault_codes! {
    /// The document is not of the form of a plan.
    BadShape = "bad_shape",
    /// A path is not a JSON Pointer.
    BadPath = "bad_path",
    /// A template's holes cannot be read.
    BadTemplate = "bad_template",
    /// Nothing of that name can be called.
    UnknownTool = "unknown_tool",
    /// Two steps have one name.
    DuplicateStep = "duplicate_step",
    /// A step reads from itself or from a later step.
    ForwardReference = "forward_reference",
    /// A step that is named does not exist.
    MissingStep = "missing_step",
    /// A required argument is not given.
    MissingArgument = "missing_argument",
    /// An argument is given that the tool does not take.
    UnknownArgument = "unknown_argument",
    /// A literal does not fit the argument's schema.
    LiteralMismatch = "literal_mismatch",
    /// What a reference points at cannot fit, or cannot exist.
    ReferenceMismatch = "reference_mismatch",
    /// The item of an `each` is used where there is no `each`.
    ItemOutsideEach = "item_outside_each",
    /// More of something than is let.
    LimitExceeded = "limit_exceeded",
    /// A guard that cannot be decided.
    MalformedGuard = "malformed_guard",
    /// The answer is made of nothing.
    EmptyAnswer = "empty_answer",
    /// A step changes nothing and nobody reads its result.
    DeadStep = "dead_step",
    /// What an upstream says would decide what is changed.
    SideEffectSteered = "side_effect_steered",
    /// A tool is no longer the one the plan was written for.
    FingerprintMismatch = "fingerprint_mismatch",
}

impl fmt::Display for FaultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for FaultCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// One thing that is wrong with a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlanFault {
    /// What kind of fault it is.
    pub code: FaultCode,
    /// The step it is in, where it is in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<StepId>,
    /// JSON Pointer to the place in the document that was read; for a draft
    /// made in code, to the place in its friendly form.
    pub pointer: String,
    /// Names the thing and the fix, in one line that hides nothing.
    pub message: String,
    /// Names that may have been meant, closest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<String>,
}

impl PlanFault {
    /// A fault at a place, outside any step and without suggestions.
    pub fn new(code: FaultCode, pointer: impl Into<String>, message: impl fmt::Display) -> Self {
        let mut message = visible(&message.to_string());
        if let Some((cut, _)) = message.char_indices().nth(MAX_MESSAGE_CHARS) {
            message.truncate(cut);
            message.push('…');
        }
        Self { code, step: None, pointer: pointer.into(), message, suggestions: Vec::new() }
    }

    /// The same fault, in that step.
    #[must_use]
    pub fn in_step(mut self, step: StepId) -> Self {
        self.step = Some(step);
        self
    }

    /// The same fault, with names that may have been meant; they are also put
    /// into words.
    #[must_use]
    pub fn suggesting(mut self, names: Vec<String>) -> Self {
        if let [first, rest @ ..] = names.as_slice() {
            let rest: String = rest.iter().map(|name| format!(" or `{name}`")).collect();
            self.message.push_str(&visible(&format!("; did you mean `{first}`{rest}?")));
        }
        self.suggestions = names;
        self
    }
}

impl fmt::Display for PlanFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.step {
            Some(step) => write!(f, "{step}: {} [{}]", self.message, self.code),
            None => write!(f, "{} [{}]", self.message, self.code),
        }
    }
}

/// At most [`MAX_FAULTS`] of them; what was left out is counted in the last.
pub(crate) fn bounded(mut faults: Vec<PlanFault>) -> Vec<PlanFault> {
    if faults.len() > MAX_FAULTS {
        let left_out = faults.len() - (MAX_FAULTS - 1);
        faults.truncate(MAX_FAULTS - 1);
        let message = format!("{left_out} more faults are not shown");
        faults.push(PlanFault::new(FaultCode::BadShape, "", message));
    }
    faults
}
