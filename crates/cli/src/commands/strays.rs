//! Names in a configuration that nothing goes by.
//!
//! In: what the operator says of servers and of principals, and what the
//! servers that are up list. Out: a line for each name that leads nowhere, and
//! for each fixed argument that its tool does not take.

use std::collections::BTreeSet;

use catalog::{Catalog, Glob, Reaches, ServerLabels, Tool};
use mcp::upstream::{Offered, Offerings, ServerOfferings, UpstreamConfig};
use serde_json::Value;

use crate::config;

/// Everything in the configuration that leads nowhere.
pub(super) fn strays(
    servers: &[UpstreamConfig],
    reaches: &Reaches,
    catalog: &Catalog,
    offerings: &Offerings,
) -> Vec<String> {
    let mut strays = Vec::new();
    for server in servers {
        // Of a server that is not up, nothing is known.
        let Some(offered) = offerings.servers.get(&server.id) else { continue };
        let place = Place { title: format!("servers.{}", server.id), offered, labels: &server.labels };
        let here: Vec<&Tool> = catalog.tools().iter().map(|tool| &**tool).collect();
        let here: Vec<&Tool> = here.into_iter().filter(|tool| tool.reference.server == server.id).collect();
        strays.extend(place.own_names());
        strays.extend(place.names_here(&here));
        here.iter().for_each(|tool| strays.extend(place.misfits(tool)));
    }
    for (principal, glob) in reaches.tool_globs() {
        let leads_somewhere = catalog.tools().iter().any(|tool| glob.fits(&tool.reference.to_string()));
        let of_one_that_is_down = |glob: &Glob| {
            let server = glob.as_str().split('.').next().unwrap_or_default();
            servers.iter().any(|own| own.id.as_str() == server && !offerings.servers.contains_key(&own.id))
        };
        if !leads_somewhere && !of_one_that_is_down(glob) {
            strays.push(format!("`principals.{principal}.tools` names `{glob}`, and no tool goes by that"));
        }
    }
    strays
}

/// One server that is up.
struct Place<'a> {
    title: String,
    offered: &'a ServerOfferings,
    labels: &'a ServerLabels,
}

impl Place<'_> {
    /// Of the keys that name things as the server does.
    fn own_names(&self) -> Vec<String> {
        let shaping = &self.labels.shaping;
        let mut strays = Vec::new();
        let mut check = |key: &str, glob: &Glob, listed: &[Offered], what: &str| {
            if listed.iter().any(|offered| glob.fits(&offered.key)) {
                return;
            }
            let near = hint(glob.as_str(), listed.iter().map(|offered| offered.key.as_str()));
            strays.push(format!(
                "`{}.{key}` names `{glob}`, and the server lists no {what} of that name{near}",
                self.title
            ));
        };
        for (key, glob) in shaping.tools.globs() {
            check(key, glob, &self.offered.tools, "tool");
        }
        for (key, glob) in shaping.prompts.globs() {
            check(&format!("prompts.{key}"), glob, &self.offered.prompts, "prompt");
        }
        for name in shaping.rename.keys() {
            check("rename", &Glob::new(name.as_str()), &self.offered.tools, "tool");
        }
        let listed: BTreeSet<&str> = self.offered.tools.iter().map(|tool| tool.key.as_str()).collect();
        for (own, here) in shaping.rename.iter().filter(|(own, here)| own != here) {
            let taken =
                listed.contains(here.as_str()) && !shaping.rename.contains_key(here) && shaping.tools.takes(here);
            if taken && listed.contains(own.as_str()) {
                strays.push(format!(
                    "`{}.rename` gives `{own}` the name of another tool, which is not offered for that reason; \
                     rename or exclude `{here}`",
                    self.title
                ));
            }
        }
        strays
    }

    /// Of the keys that name tools as they go by here.
    fn names_here(&self, here: &[&Tool]) -> Vec<String> {
        let mut strays = Vec::new();
        for (key, name) in labelled(self.labels) {
            if here.iter().any(|tool| &*tool.reference.tool == name) {
                continue;
            }
            let renamed = self.labels.shaping.rename.get(name).map(|here| format!("; it goes by `{here}` here"));
            let near = || hint(name, here.iter().map(|tool| &*tool.reference.tool));
            let listed = self.offered.tools.iter().any(|tool| tool.key == name);
            let why = if listed { "which is not offered" } else { "which the server does not have" };
            strays.push(format!("`{}.{key}` names `{name}`, {why}{}", self.title, renamed.unwrap_or_else(near)));
        }
        strays
    }

    /// Fixed arguments that their tool does not take.
    fn misfits(&self, tool: &Tool) -> Vec<String> {
        let schema = tool.whole_schema();
        let closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
        let properties = schema.get("properties").and_then(Value::as_object);
        let mut strays = Vec::new();
        for (name, value) in &tool.fixed {
            let key = format!("`{}.fixed.{}`", self.title, tool.reference.tool);
            let known = properties.is_some_and(|properties| properties.contains_key(name));
            if !known && (closed || properties.is_some_and(|properties| !properties.is_empty())) {
                let names = properties.into_iter().flat_map(|properties| properties.keys().map(String::as_str));
                strays.push(format!("{key} gives `{name}`, and the tool takes no such argument{}", hint(name, names)));
            }
            let faults = tool.check_argument(name, value);
            strays.extend(
                faults.iter().map(|fault| format!("{key} gives `{name}` a value it does not take: {}", fault.message)),
            );
        }
        strays
    }
}

fn hint<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    config::nearest(name, known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}

fn labelled(labels: &ServerLabels) -> impl Iterator<Item = (&'static str, &str)> {
    let effects = labels.effects.keys().map(|name| ("effects", name.as_str()));
    let idempotent = labels.idempotent.iter().map(|name| ("idempotent", name.as_str()));
    let examples = labels.examples.keys().map(|name| ("examples", name.as_str()));
    let fixed = labels.shaping.fixed.keys().map(|name| ("fixed", name.as_str()));
    effects.chain(idempotent).chain(examples).chain(fixed)
}
