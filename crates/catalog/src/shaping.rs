//! How the operator wants a server to look.
//!
//! In: the tools that a server lists. Out: those that are offered, each under
//! the name that it goes by here. It is worked out once for each snapshot;
//! what a call would need of it stands in the [`Tool`](crate::Tool).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::{Selection, ToolListing};

/// The operator's word on what of a server is offered, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shaping {
    /// Which of its tools, by the names the server gives them.
    pub tools: Selection,
    /// Which of its resources and templates, by URI and by URI template.
    pub resources: Selection,
    /// Which of its prompts, by the names the server gives them.
    pub prompts: Selection,
    /// What tools go by here, by the names the server gives them. Everything
    /// else that names a tool names it so.
    pub rename: BTreeMap<String, String>,
    /// Arguments that go with every call of a tool, by the tool's name here.
    /// Nobody sees them in its schema, and nobody else can give them.
    pub fixed: BTreeMap<String, Map<String, Value>>,
}

impl Shaping {
    /// The tools that are offered, each with the name it goes by here. A name
    /// that the operator gave to one tool is taken from any other that its
    /// server lists under it, also while the one is not listed.
    pub(crate) fn shown<'a>(&'a self, tools: &'a [ToolListing]) -> impl Iterator<Item = (&'a str, &'a ToolListing)> {
        let given: BTreeSet<&str> = self.rename.values().map(String::as_str).collect();
        tools.iter().filter(|tool| self.tools.takes(&tool.name)).filter_map(move |tool| {
            match self.rename.get(&tool.name) {
                Some(name) => Some((name.as_str(), tool)),
                None => (!given.contains(tool.name.as_str())).then_some((tool.name.as_str(), tool)),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Glob;

    #[test]
    fn tools_go_by_the_names_they_were_given() {
        let tool = |name: &str| ToolListing { name: name.to_owned(), ..ToolListing::default() };
        let shaping = Shaping {
            tools: Selection { include: None, exclude: vec![Glob::new("drop_*")] },
            rename: [("q", "search"), ("drop_q", "drop"), ("gone", "taken")]
                .map(|(own, here)| (own.to_owned(), here.to_owned()))
                .into(),
            ..Shaping::default()
        };
        let tools = ["q", "search", "list", "drop_all", "drop_q", "taken"].map(tool);
        let shown: Vec<_> = shaping.shown(&tools).map(|(name, tool)| (name, tool.name.as_str())).collect();
        assert_eq!(shown, [("search", "q"), ("list", "list")]);
    }
}
