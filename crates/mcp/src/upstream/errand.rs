//! One request that a client's call or fetch comes to.
//!
//! In: a permitted call or fetch. Out: its message, as often as it is to be
//! sent, and what stands in headers beside it. The arguments leave as they
//! were written.

use std::sync::Arc;

use catalog::{Tool, Wanted};
use dispatch::Replies;
use policy::PermittedCall;
use serde_json::value::{RawValue, to_raw_value};

use super::letter::Letter;
use super::mirror::{Mirrored, mirrored, named};
use crate::excerpt::excerpt;

/// What is wanted of a server.
pub(crate) enum Errand {
    /// A tool's result.
    Call {
        tool: Arc<Tool>,
        /// The arguments as they leave.
        written: Arc<RawValue>,
        /// What of them stands in headers, as names and values.
        mirrored: Vec<Mirrored>,
        /// Whether it is asked for as a task.
        as_task: bool,
    },
    /// Something else, and its name where that stands in a header.
    Fetch { wanted: Wanted, mirrored: Vec<Mirrored> },
}

/// What a request carries beside what is wanted.
#[derive(Clone, Copy)]
pub(crate) struct Extras<'a> {
    /// The members of `_meta` that the era wants.
    pub(crate) context: &'a str,
    /// An object of further ones.
    pub(crate) travelling: Option<&'a RawValue>,
    /// Answers to what the server asked before.
    pub(crate) replies: Option<&'a Replies>,
}

impl Errand {
    /// A permitted call; `None` when its arguments cannot be written.
    /// `mirrors` says whether parts of it stand in headers.
    pub(crate) fn call(call: &PermittedCall, mirrors: bool) -> Option<Self> {
        let (tool, arguments) = (Arc::clone(&call.call().tool), call.arguments());
        let written = match call.written() {
            Some(written) => Arc::clone(written),
            None => to_raw_value(arguments).ok()?.into(),
        };
        let mirrored = if mirrors { mirrored(&tool.there, tool.whole_schema(), arguments) } else { Vec::new() };
        Some(Self::Call { tool, written, mirrored, as_task: false })
    }

    /// The same, asked for as a task where it is a call.
    #[must_use]
    pub(crate) fn run_as_task(mut self) -> Self {
        if let Self::Call { as_task, .. } = &mut self {
            *as_task = true;
        }
        self
    }

    /// Whether it is asked for as a task.
    pub(crate) fn is_task(&self) -> bool {
        matches!(self, Self::Call { as_task: true, .. })
    }

    /// A permitted fetch.
    pub(crate) fn fetch(wanted: Wanted) -> Self {
        let mirrored = match &wanted {
            Wanted::Resource { uri } => named(uri),
            Wanted::Prompt { name, .. } => named(name),
            Wanted::Completion { .. } => Vec::new(),
        };
        Self::Fetch { wanted, mirrored }
    }

    /// Its name in a message for people.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Call { tool, .. } => format!("`{}`", tool.there),
            Self::Fetch { wanted: Wanted::Completion { .. }, .. } => "a request for completions".to_owned(),
            Self::Fetch { wanted, .. } => format!("`{}`", excerpt(wanted.name())),
        }
    }

    /// The MCP method that does it.
    pub(crate) fn method(&self) -> &'static str {
        match self {
            Self::Call { .. } => "tools/call",
            Self::Fetch { wanted: Wanted::Resource { .. }, .. } => "resources/read",
            Self::Fetch { wanted: Wanted::Prompt { .. }, .. } => "prompts/get",
            Self::Fetch { wanted: Wanted::Completion { .. }, .. } => "completion/complete",
        }
    }

    /// Its message.
    pub(crate) fn letter(&self, id: u64, extras: Extras<'_>) -> Letter {
        let replies = extras.replies;
        let room = replies.map_or(0, |replies| {
            replies.responses.get().len() + replies.state.as_ref().map_or(0, |state| state.get().len())
        });
        let new = |longest: usize| Letter::new(id, self.method(), longest + room + extras.context.len());
        let mut letter = match self {
            Self::Call { tool, written, .. } => {
                new(written.get().len()).words("name", &tool.there).json("arguments", written)
            }
            Self::Fetch { wanted: Wanted::Resource { uri }, .. } => new(uri.len()).words("uri", uri),
            Self::Fetch { wanted: Wanted::Prompt { name, arguments }, .. } => {
                let letter = new(arguments.as_ref().map_or(0, |arguments| arguments.get().len())).words("name", name);
                match arguments {
                    Some(arguments) => letter.json("arguments", arguments),
                    None => letter,
                }
            }
            Self::Fetch { wanted: Wanted::Completion { params }, .. } => new(params.get().len()).members_of(params),
        };
        if let Some(replies) = replies {
            // A server that only wants its state back asked nothing.
            if replies.responses.get() != "{}" {
                letter = letter.json("inputResponses", &replies.responses);
            }
            if let Some(state) = &replies.state {
                letter = letter.json("requestState", state);
            }
        }
        if self.is_task() {
            letter = letter.members("task", "{}");
        }
        letter.meta(extras.context, extras.travelling, Some(id))
    }

    /// What of it stands in headers.
    pub(crate) fn mirrored(&self) -> &[Mirrored] {
        match self {
            Self::Call { mirrored, .. } | Self::Fetch { mirrored, .. } => mirrored,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    #[test]
    fn what_is_wanted_is_asked_for_as_it_was_written() {
        let replies =
            |responses: &str, state: Option<&str>| Replies { responses: raw(responses), state: state.map(raw) };
        let prompt = |arguments: Option<&str>| Wanted::Prompt { name: "p".into(), arguments: arguments.map(raw) };
        let rows = [
            (Wanted::Resource { uri: "a:\"".into() }, None, r#""uri":"a:\"","#),
            (prompt(None), None, r#""name":"p","#),
            (prompt(Some(r#"{"x": "1"}"#)), None, r#""name":"p","arguments":{"x": "1"},"#),
            (Wanted::Completion { params: raw(r#"{"ref":{"n":1.0}}"#) }, None, r#""ref":{"n":1.0},"#),
            (prompt(None), Some(replies("{}", Some("\"s\""))), r#""name":"p","requestState":"s","#),
            (
                prompt(None),
                Some(replies(r#"{"k":{"a":1.0}}"#, None)),
                r#""name":"p","inputResponses":{"k":{"a":1.0}},"#,
            ),
        ];
        for (wanted, replies, expected) in rows {
            let errand = Errand::fetch(wanted);
            let extras = Extras { context: "", travelling: None, replies: replies.as_ref() };
            let message = String::from_utf8(errand.letter(3, extras).finish()).unwrap();
            let head = format!(r#"{{"jsonrpc":"2.0","id":3,"method":"{}","params":{{"#, errand.method());
            assert_eq!(message, format!(r#"{head}{expected}"_meta":{{"progressToken":3}}}}}}"#));
        }
    }
}
