//! Which protocol revision a connection speaks.

use std::sync::LazyLock;

use dispatch::Offers;
use serde_json::{Value, json};

/// The revision without sessions and without a handshake.
pub(crate) const MODERN: &str = "2026-07-28";

/// The newest revision with a handshake: what `initialize` offers.
pub(crate) const NEWEST_LEGACY: &str = "2025-11-25";

/// The revisions with a handshake that we speak, oldest first.
pub(crate) const LEGACY: &[&str] = &["2024-11-05", "2025-03-26", "2025-06-18", NEWEST_LEGACY];

/// What both sides agreed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Era {
    /// Every request stands by itself and carries its own context.
    Modern,
    /// A session opened by `initialize`, in this revision.
    Legacy(String),
}

impl Era {
    /// The revision's date.
    pub(crate) fn revision(&self) -> &str {
        match self {
            Self::Modern => MODERN,
            Self::Legacy(revision) => revision,
        }
    }

    /// The members of `_meta` that a request must carry, as text: in the
    /// modern era who asks, in which revision, and what they can be asked; in
    /// the legacy era none. `takes_tasks` says that a call may become a task.
    pub(crate) fn context(&self, offers: Offers, level: Option<&str>, takes_tasks: bool) -> String {
        if *self != Self::Modern {
            return String::new();
        }
        let mut context = OPENING.clone();
        context += &capabilities(offers, takes_tasks);
        // Anything else would end the text early.
        if let Some(level) = level.filter(|level| LEVELS.contains(level)) {
            context += &format!(r#","io.modelcontextprotocol/logLevel":"{level}""#);
        }
        context
    }
}

/// How severe a log message can be, least severe first.
pub(crate) const LEVELS: &[&str] = &["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];

/// What of a modern request's context is always the same.
static OPENING: LazyLock<String> = LazyLock::new(|| {
    let prefix = "io.modelcontextprotocol";
    let us = who_we_are();
    format!(r#""{prefix}/protocolVersion":"{MODERN}","{prefix}/clientInfo":{us},"{prefix}/clientCapabilities":"#)
});

/// What a client can be asked, and whether it takes tasks, as MCP's
/// `ClientCapabilities`.
pub(crate) fn capabilities(offers: Offers, takes_tasks: bool) -> String {
    let elicitation = match (offers.forms, offers.urls) {
        (false, false) => "",
        (true, false) => r#""elicitation":{"form":{}}"#,
        (false, true) => r#""elicitation":{"url":{}}"#,
        (true, true) => r#""elicitation":{"form":{},"url":{}}"#,
    };
    let roots = if offers.roots { r#""roots":{}"# } else { "" };
    let sampling = if offers.sampling { r#""sampling":{}"# } else { "" };
    let tasks = if takes_tasks { r#""extensions":{"io.modelcontextprotocol/tasks":{}}"# } else { "" };
    let declared: Vec<&str> =
        [roots, sampling, elicitation, tasks].into_iter().filter(|member| !member.is_empty()).collect();
    format!("{{{}}}", declared.join(","))
}

/// What we call ourselves, to servers and to clients.
pub(crate) const OUR_NAME: &str = "concertmaster";

/// How we introduce ourselves to servers.
pub(crate) fn who_we_are() -> Value {
    json!({"name": OUR_NAME, "version": env!("CARGO_PKG_VERSION")})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_modern_request_says_who_asks_and_what_they_can_be_asked() {
        let offers = Offers { sampling: true, forms: true, urls: true, ..Offers::default() };
        let context = Era::Modern.context(offers, Some("info"), false);
        let context: Value = serde_json::from_str(&format!("{{{context}}}")).unwrap();
        let expected = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": who_we_are(),
            "io.modelcontextprotocol/clientCapabilities": {"sampling": {}, "elicitation": {"form": {}, "url": {}}},
            "io.modelcontextprotocol/logLevel": "info",
        });
        assert_eq!(context, expected);
        assert!(!Era::Modern.context(offers, Some("loud\""), false).contains("logLevel"), "no such level");
        assert_eq!(Era::Legacy("2025-06-18".into()).context(offers, None, true), "");
        let tasked = Era::Modern.context(Offers::default(), None, true);
        assert!(tasked.ends_with(r#":{"extensions":{"io.modelcontextprotocol/tasks":{}}}"#), "{tasked}");
    }
}
