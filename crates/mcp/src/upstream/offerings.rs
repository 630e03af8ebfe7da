//! What servers offer: tools, resources, templates and prompts.
//!
//! In: entries as the servers wrote them, one by one. Out: one immutable
//! snapshot of all of them. It knows no catalogue and no client.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::ServerId;
use serde_json::value::RawValue;

use crate::members::TASKS_EXTENSION;

/// What every server that can be called offers, at one moment.
#[derive(Clone, Debug, Default)]
pub struct Offerings {
    /// Grows with every change.
    pub version: u64,
    /// By name; only servers that can be called.
    pub servers: BTreeMap<ServerId, Arc<ServerOfferings>>,
    /// The names of the orchestrators of our kind behind whoever serves this,
    /// itself included.
    pub behind: Vec<String>,
}

/// What one server offers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServerOfferings {
    /// Its own name for itself, for people.
    pub title: Option<String>,
    /// How it says it is to be used, at most 16,384 characters.
    pub instructions: Option<String>,
    /// What it can do.
    pub abilities: Abilities,
    /// Its tools, by name, in its own order: the same as the catalogue has,
    /// with all that the server wrote.
    pub tools: Vec<Offered>,
    /// Its resources, by URI, in its own order.
    pub resources: Vec<Offered>,
    /// Its templates for resources, by URI template, in its own order.
    pub templates: Vec<Offered>,
    /// Its prompts, by name, in its own order.
    pub prompts: Vec<Offered>,
    /// What its tools say of running as tasks, by name; those that say
    /// nothing are not there.
    pub tasks: BTreeMap<String, TaskSupport>,
    /// What was left out of the lists, and why.
    pub skipped: Vec<String>,
}

impl ServerOfferings {
    /// Whether a call of one of its tools may become a task there.
    pub fn task_support(&self, tool: &str) -> TaskSupport {
        match self.abilities.tasks {
            Tasking::Never => TaskSupport::Forbidden,
            Tasking::AtWill => TaskSupport::Optional,
            Tasking::WhenAsked => self.tasks.get(tool).copied().unwrap_or_default(),
        }
    }
}

/// Whether a tool's call may become a task: something that goes on by itself,
/// and that one comes back for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TaskSupport {
    /// It may not.
    #[default]
    Forbidden,
    /// It may.
    Optional,
    /// It has to.
    Required,
}

/// How a server makes tasks of calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tasking {
    /// It does not.
    #[default]
    Never,
    /// Where a call asks for it, and the tool allows it: the tasks of
    /// revision 2025-11-25.
    WhenAsked,
    /// Where it sees fit, for clients that can take that: the extension
    /// `io.modelcontextprotocol/tasks`.
    AtWill,
}

/// One thing on offer.
#[derive(Clone, Debug)]
pub struct Offered {
    /// What it is asked for by: a URI, a URI template or a name.
    pub key: String,
    /// The entry as the server wrote it: an object's text, of at most
    /// 256 KiB.
    pub entry: Arc<RawValue>,
}

impl PartialEq for Offered {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key && self.entry.get() == other.entry.get()
    }
}

/// What a server says it can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Abilities {
    /// It lists tools.
    pub tools: bool,
    /// It lists resources and templates.
    pub resources: bool,
    /// It lists prompts.
    pub prompts: bool,
    /// It completes arguments.
    pub completions: bool,
    /// It sends log messages.
    pub logging: bool,
    /// It says when a resource changes, to whoever asked for that.
    pub subscribe: bool,
    /// It says when its tools change.
    pub announces_tools: bool,
    /// It says when its resources change.
    pub announces_resources: bool,
    /// It says when its prompts change.
    pub announces_prompts: bool,
    /// How it makes tasks of calls.
    pub tasks: Tasking,
}

impl Abilities {
    /// As a server declares them: MCP's `capabilities`. What is not there, or
    /// is no object, is not declared.
    pub(crate) fn declared(capabilities: &serde_json::Value) -> Self {
        let has = |name: &str| capabilities[name].is_object();
        let says = |name: &str, member: &str| capabilities[name][member] == true;
        let at_will = capabilities["extensions"][TASKS_EXTENSION].is_object();
        let when_asked = capabilities["tasks"]["requests"]["tools"]["call"].is_object();
        Self {
            tools: has("tools"),
            resources: has("resources"),
            prompts: has("prompts"),
            completions: has("completions"),
            logging: has("logging"),
            subscribe: says("resources", "subscribe"),
            announces_tools: says("tools", "listChanged"),
            announces_resources: says("resources", "listChanged"),
            announces_prompts: says("prompts", "listChanged"),
            tasks: match () {
                () if at_will => Tasking::AtWill,
                () if when_asked => Tasking::WhenAsked,
                () => Tasking::Never,
            },
        }
    }

    /// Whether it announces anything at all.
    pub(crate) fn announces(&self) -> bool {
        self.announces_tools || self.announces_resources || self.announces_prompts
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_declared_is_taken_as_declared() {
        let capabilities =
            json!({"resources": {"subscribe": true}, "prompts": {"listChanged": "yes"}, "logging": null});
        let expected = Abilities { resources: true, subscribe: true, prompts: true, ..Abilities::default() };
        assert_eq!(Abilities::declared(&capabilities), expected);
        assert_eq!(Abilities::declared(&json!(null)), Abilities::default());
        let rows = [
            (json!({"extensions": {"io.modelcontextprotocol/tasks": {}}}), Tasking::AtWill),
            (json!({"extensions": {"io.modelcontextprotocol/tasks": true}}), Tasking::Never),
            (json!({"tasks": {"list": {}, "requests": {"tools": {"call": {}}}}}), Tasking::WhenAsked),
            (json!({"tasks": {"list": {}, "requests": {}}}), Tasking::Never),
        ];
        for (capabilities, expected) in rows {
            assert_eq!(Abilities::declared(&capabilities).tasks, expected, "{capabilities}");
        }
    }
}
