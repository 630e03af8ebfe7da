//! What calling a tool does to the world.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Annotations, names};

/// What a call does to the world, mildest first. What is unknown counts as
/// [`Effect::Destructive`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Computes from its arguments alone.
    Pure,
    /// Reads; changes nothing.
    Read,
    /// Reads, and in doing so sends its arguments to the open world.
    Egress,
    /// Adds something; undoes and overwrites nothing.
    Additive,
    /// May undo, overwrite or act beyond recall.
    Destructive,
}

impl Effect {
    /// Whether a call leaves the world as it was.
    pub fn is_read_only(self) -> bool {
        self <= Self::Egress
    }

    /// The word used in configuration, explain texts and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pure => "pure",
            Self::Read => "read",
            Self::Egress => "egress",
            Self::Additive => "additive",
            Self::Destructive => "destructive",
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a tool has the effect it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EffectSource {
    /// The operator said so.
    Operator,
    /// The tool's annotations say so, and the operator trusts them, or they
    /// admit to more than the name gives away.
    Annotation,
    /// The verb in its name says so.
    Verb,
    /// Nothing says anything: counted as destructive.
    Unknown,
}

/// Operator label > trusted annotation > verb. An annotation that is not
/// trusted can only make matters worse: a lie gains nothing.
pub(crate) fn classify(
    server: &str,
    tool: &str,
    label: Option<Effect>,
    claims: Option<&Annotations>,
    claims_trusted: bool,
) -> (Effect, EffectSource) {
    if let Some(effect) = label {
        return (effect, EffectSource::Operator);
    }
    let by_verb = infer_from_verb(server, tool);
    let claimed = claims.and_then(claimed_effect);
    match (claimed, by_verb) {
        (Some(effect), _) if claims_trusted => (effect, EffectSource::Annotation),
        (Some(claimed), Some(by_verb)) if claimed > by_verb => (claimed, EffectSource::Annotation),
        (_, Some(by_verb)) => (by_verb, EffectSource::Verb),
        (_, None) => (Effect::Destructive, EffectSource::Unknown),
    }
}

/// What the annotations amount to; `None` when they say nothing about effect.
fn claimed_effect(claims: &Annotations) -> Option<Effect> {
    match (claims.read_only_hint, claims.destructive_hint) {
        (Some(true), _) if claims.open_world_hint == Some(true) => Some(Effect::Egress),
        (Some(true), _) => Some(Effect::Read),
        (_, Some(false)) => Some(Effect::Additive),
        (_, Some(true)) | (Some(false), None) => Some(Effect::Destructive),
        (None, None) => None,
    }
}

const READ_VERBS: &[&str] = &[
    "browse",
    "check",
    "compare",
    "count",
    "describe",
    "diff",
    "echo",
    "explain",
    "find",
    "get",
    "inspect",
    "list",
    "lookup",
    "open",
    "peek",
    "preview",
    "query",
    "read",
    "search",
    "show",
    "status",
    "summarize",
    "view",
];
const EGRESS_VERBS: &[&str] = &["crawl", "download", "fetch", "scrape"];
const ADDITIVE_VERBS: &[&str] =
    &["add", "append", "comment", "create", "insert", "invite", "notify", "post", "reply", "schedule", "send"];

/// The gravest of the verbs a tool's name is made of: the one it opens with
/// and any joined to it (`read_and_delete`). `None` when it opens with no
/// verb known to be harmless or additive.
fn infer_from_verb(server: &str, tool: &str) -> Option<Effect> {
    let words = names::words(tool);
    let prefix = names::words(server);
    let own = words.strip_prefix(prefix.as_slice()).filter(|rest| !rest.is_empty()).unwrap_or(&words);
    let joined = own.windows(2).filter(|pair| matches!(pair[0].as_str(), "and" | "or" | "then")).map(|pair| &pair[1]);
    let verbs = own.first().into_iter().chain(joined);
    verbs.map(|verb| verb_effect(verb)).try_fold(Effect::Pure, |worst, effect| Some(worst.max(effect?)))
}

fn verb_effect(verb: &str) -> Option<Effect> {
    let has = |verbs: &[&str]| verbs.contains(&verb);
    if has(READ_VERBS) {
        Some(Effect::Read)
    } else if has(EGRESS_VERBS) {
        Some(Effect::Egress)
    } else if has(ADDITIVE_VERBS) {
        Some(Effect::Additive)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_decide_when_nobody_else_says_anything() {
        let rows = [
            ("github", "list_pull_requests", Some(Effect::Read)),
            ("git", "git_status", Some(Effect::Read)),
            ("x", "getOrCreateUser", Some(Effect::Additive)),
            ("x", "read_and_delete", None),
            ("x", "fetch", Some(Effect::Egress)),
            ("slack", "post_message", Some(Effect::Additive)),
            ("github", "merge_pull_request", None),
            ("sql", "write_query", None),
            ("x", "frobnicate", None),
        ];
        for (server, tool, expected) in rows {
            assert_eq!(infer_from_verb(server, tool), expected, "{tool}");
        }
    }

    #[test]
    fn an_annotation_that_lies_gains_nothing_unless_it_is_trusted() {
        let harmless = Annotations { read_only_hint: Some(true), ..Annotations::default() };
        let grave = Annotations { destructive_hint: Some(true), ..Annotations::default() };
        let rows = [
            ("delete_all", None, Some(&harmless), false, Effect::Destructive, EffectSource::Unknown),
            ("delete_all", None, Some(&harmless), true, Effect::Read, EffectSource::Annotation),
            ("get_thing", None, Some(&grave), false, Effect::Destructive, EffectSource::Annotation),
            ("get_thing", None, None, false, Effect::Read, EffectSource::Verb),
            ("delete_all", Some(Effect::Additive), Some(&grave), true, Effect::Additive, EffectSource::Operator),
        ];
        for (tool, label, claims, trusted, effect, source) in rows {
            assert_eq!(classify("x", tool, label, claims, trusted), (effect, source), "{tool} {trusted}");
        }
    }
}
