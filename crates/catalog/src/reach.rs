//! What each principal may see and use.
//!
//! In: the operator's lists, by principal. Out: whether a server or a tool is
//! one of theirs. What is not is as if it were not there. Who somebody is, it
//! does not know.

use std::collections::HashMap;

use query::Principal;

use crate::{Glob, ServerId, ToolRef};

/// How far one principal reaches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// The servers; where nothing is said, all of them, or with `tools` those
    /// tools alone.
    pub servers: Option<Vec<Glob>>,
    /// The tools, as `server.tool`; all tools of the servers where nothing is
    /// said.
    pub tools: Option<Vec<Glob>>,
}

impl Reach {
    /// Whether the tool is within it.
    pub fn holds(&self, tool: &ToolRef) -> bool {
        let in_server = self.servers.as_deref().is_none_or(|globs| any(globs, tool.server.as_str()));
        in_server && self.tools.as_deref().is_none_or(|globs| any(globs, &tool.to_string()))
    }

    /// Whether what the server has beside its tools is within it.
    pub fn holds_server(&self, server: &ServerId) -> bool {
        match &self.servers {
            Some(globs) => any(globs, server.as_str()),
            None => self.tools.is_none(),
        }
    }

    /// Whether a tool of that server could be within it, whatever its name.
    pub(crate) fn may_hold_one_of(&self, server: &ServerId) -> bool {
        let in_server = self.servers.as_deref().is_none_or(|globs| any(globs, server.as_str()));
        let could = |glob: &Glob| match glob.as_str().split_once('.') {
            Some((named, _)) => Glob::new(named).fits(server.as_str()),
            None => !glob.is_plain(),
        };
        in_server && self.tools.as_deref().is_none_or(|globs| globs.iter().any(could))
    }

    /// Whether it ends nowhere.
    pub fn is_endless(&self) -> bool {
        self.servers.is_none() && self.tools.is_none()
    }
}

fn any(globs: &[Glob], name: &str) -> bool {
    globs.iter().any(|glob| glob.fits(name))
}

/// How far every principal reaches. Whoever is not named reaches everything;
/// who may come in at all is decided elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reaches {
    /// Each once, however many principals share it.
    reaches: Vec<Reach>,
    by_principal: HashMap<Principal, usize>,
}

impl Reaches {
    /// The reach of each of these principals.
    pub fn of(principals: impl IntoIterator<Item = (Principal, Reach)>) -> Self {
        let mut all = Self::default();
        for (principal, reach) in principals.into_iter().filter(|(_, reach)| !reach.is_endless()) {
            let known = all.reaches.iter().position(|other| *other == reach);
            let place = known.unwrap_or_else(|| {
                all.reaches.push(reach);
                all.reaches.len() - 1
            });
            all.by_principal.insert(principal, place);
        }
        all
    }

    /// Every reach that ends somewhere, each once.
    pub fn all(&self) -> &[Reach] {
        &self.reaches
    }

    /// The place among [`all`](Self::all) of a principal's reach; none where
    /// it reaches everything.
    pub fn place(&self, principal: &Principal) -> Option<usize> {
        // Most often nobody is held to anything.
        if self.by_principal.is_empty() { None } else { self.by_principal.get(principal).copied() }
    }

    /// Every pattern of tools, with whose it is, in an order that is always
    /// the same.
    pub fn tool_globs(&self) -> impl Iterator<Item = (&Principal, &Glob)> {
        let mut principals: Vec<_> = self.by_principal.iter().collect();
        principals.sort();
        principals.into_iter().flat_map(|(principal, place)| {
            self.reaches[*place].tools.iter().flatten().map(move |glob| (principal, glob))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_is_within_reach_and_nothing_else() {
        let globs = |names: &str| (names != "-").then(|| names.split_whitespace().map(Glob::new).collect::<Vec<_>>());
        // servers, tools, a tool, within, what else its server has, its server at all
        let rows = [
            ("-", "-", "a.get", true, true, true),
            ("a", "-", "a.get", true, true, true),
            ("b", "-", "a.get", false, false, false),
            ("a*", "-", "ab.get", true, true, true),
            ("-", "a.get_*", "a.get_x", true, false, true),
            ("-", "a.get_*", "a.put_x", false, false, true),
            ("-", "a.get_*", "b.get_x", false, false, false),
            ("-", "*.get_x", "b.get_x", true, false, true),
            ("-", "*get*", "b.get_x", true, false, true),
            ("-", "a", "a.get", false, false, false),
            ("a", "a.get b.*", "a.get", true, true, true),
            ("a", "a.get b.*", "b.get", false, false, false),
            ("", "-", "a.get", false, false, false),
            ("-", "", "a.get", false, false, false),
        ];
        for (servers, tools, tool, within, beside, could) in rows {
            let reach = Reach { servers: globs(servers), tools: globs(tools) };
            let tool = ToolRef::parse(tool).unwrap();
            let seen = (reach.holds(&tool), reach.holds_server(&tool.server), reach.may_hold_one_of(&tool.server));
            assert_eq!(seen, (within, beside, could), "{reach:?} {tool}");
        }
    }

    #[test]
    fn principals_who_reach_the_same_share_a_place() {
        let reach = |name: &str| Reach { servers: Some(vec![Glob::new(name)]), tools: None };
        let principals = [("a", reach("x")), ("b", reach("y")), ("c", reach("x")), ("d", Reach::default())];
        let reaches = Reaches::of(principals.map(|(name, reach)| (Principal::new(name), reach)));
        let places = ["a", "b", "c", "d", "e"].map(|name| reaches.place(&Principal::new(name)));
        assert_eq!(places, [Some(0), Some(1), Some(0), None, None]);
        assert_eq!(reaches.all().len(), 2);
    }
}
