//! The words that keys of servers, of policy and of serving take.

use super::shape::Choice;

/// What is listed.
pub(super) const EXPOSURES: &[Choice] = &[
    Choice { word: "all", doc: "ours, and those of all servers" },
    Choice { word: "orchestrate", doc: "ours alone: `ask`, `plan`, `run_plan` and those to find and call others" },
    Choice { word: "search", doc: "those alone that find and call others" },
];

/// What calling a tool does.
pub(super) const EFFECTS: &[Choice] = &[
    Choice { word: "pure", doc: "computes from its arguments alone" },
    Choice { word: "read", doc: "reads; changes nothing" },
    Choice { word: "egress", doc: "reads, and sends its arguments to the open world" },
    Choice { word: "additive", doc: "adds something; undoes and overwrites nothing" },
    Choice { word: "destructive", doc: "may undo, overwrite or act beyond recall" },
];

/// What a rule answers.
pub(super) const ANSWERS: &[Choice] = &[
    Choice { word: "permit", doc: "it runs unasked" },
    Choice { word: "ask", doc: "a human decides each time" },
    Choice { word: "deny", doc: "it never runs" },
];
