//! How we are to be used, and what the servers behind us say of themselves.

use catalog::Catalog;

use crate::upstream::Offerings;

/// All instructions together, in characters; a server's that would go over it
/// are left out whole.
const MAX_CHARS: usize = 32_768;

const OURS: &str = "One front for many MCP servers. `ask` answers a query in plain words from all of them; `plan` shows \
what it would do; `run_plan` runs a plan you write; `find_tools` and `call_tool` reach single tools.";

/// Ours first, then those of the servers that are seen whole, by name; each server's under a line that
/// says whose words they are.
pub(crate) fn merged(offerings: &Offerings, catalog: &Catalog) -> String {
    let mut merged = OURS.to_owned();
    let mut room = MAX_CHARS.saturating_sub(OURS.chars().count());
    for (server, offered) in &offerings.servers {
        if !catalog.server(server).is_some_and(|seen| seen.beside_tools) {
            continue;
        }
        let Some(own) = offered.instructions.as_deref().map(str::trim).filter(|own| !own.is_empty()) else { continue };
        let section = format!("\n\nServer `{server}` says of itself:\n{own}");
        let Some(left) = room.checked_sub(section.chars().count()) else { continue };
        room = left;
        merged.push_str(&section);
    }
    merged
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use catalog::{Entry, Glob, Reach, ServerId, ServerLabels, ServerListing};

    use super::*;
    use crate::upstream::ServerOfferings;

    #[test]
    fn each_says_its_own_to_those_who_see_it() {
        let says = |words: &str| {
            Arc::new(ServerOfferings { instructions: Some(words.to_owned()), ..ServerOfferings::default() })
        };
        let servers =
            [("a", says(" Ask nicely. ")), ("b", says("")), ("c", says(&"x".repeat(MAX_CHARS))), ("d", says("D."))];
        let offerings =
            Offerings { servers: servers.map(|(id, own)| (ServerId::new(id), own)).into(), ..Offerings::default() };
        let expected = format!("{OURS}\n\nServer `a` says of itself:\nAsk nicely.\n\nServer `d` says of itself:\nD.");
        let entry = |id: &&str| {
            let listing = ServerListing { id: ServerId::new(*id), title: None, instructions: None, tools: Vec::new() };
            Entry::Ready(listing, ServerLabels::default())
        };
        let catalog = Catalog::new(1, ["a", "b", "c", "d", "e"].iter().map(entry).collect());
        assert_eq!(merged(&offerings, &catalog), expected);
        let reach = Reach { servers: Some(vec![Glob::new("d")]), tools: None };
        let expected = format!("{OURS}\n\nServer `d` says of itself:\nD.");
        assert_eq!(merged(&offerings, &catalog.within(&reach)), expected);
    }
}
