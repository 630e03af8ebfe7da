//! Resources, templates and prompts of all servers, and what each is called
//! here.
//!
//! A resource keeps its URI, for results of other calls name it by that. Where
//! two servers have one URI, the first server by name keeps it, and the
//! others' is told apart by a fragment that names the server. A prompt goes by
//! `server__prompt`, as tools do.

use std::borrow::Cow;
use std::collections::HashMap;

use catalog::{Catalog, Fingerprint, MAX_PUBLIC_NAME_CHARS, Selection, ServerId};

use super::template::Template;
use crate::members::{Members, push_string};
use crate::upstream::{Offered, Offerings};

/// Hexadecimal digits of the hash that tells two equal names apart.
const SUFFIX_DIGITS: usize = 8;

/// What marks a URI that two servers have, before the server's name.
const OWNER: &str = "#server=";

/// One thing on offer.
pub(crate) struct Entry {
    /// Which server has it.
    pub(crate) server: ServerId,
    /// What it is called there.
    pub(crate) there: String,
    /// What it is called here.
    pub(crate) here: String,
    /// Its entry in a list, under the name that it has here.
    pub(crate) text: String,
}

/// Everything of its kind, by server and in each server's order.
#[derive(Default)]
pub(crate) struct Directory {
    pub(crate) resources: Vec<Entry>,
    pub(crate) templates: Vec<Entry>,
    pub(crate) prompts: Vec<Entry>,
    resources_by_name: HashMap<String, usize>,
    templates_by_name: HashMap<String, usize>,
    prompts_by_name: HashMap<String, usize>,
    patterns: Vec<(Template, usize)>,
    /// A server that has resources, where it is the only one.
    sole: Option<ServerId>,
    /// Which resources of a server are offered, where not all are.
    selected: HashMap<ServerId, Selection>,
}

impl Directory {
    /// Works out what everything is called.
    pub(crate) fn of(offerings: &Offerings, catalog: &Catalog) -> Self {
        let mut directory = Self::default();
        for (server, offered) in &offerings.servers {
            let Some(known) = catalog.server(server).filter(|known| known.beside_tools) else { continue };
            let prefix = known.prefix.as_deref().unwrap_or(server.as_str());
            if !known.resources.takes_all() {
                directory.selected.insert(server.clone(), known.resources.clone());
            }
            for resource in offered.resources.iter().filter(|resource| known.resources.takes(&resource.key)) {
                let here = distinct(&resource.key, server, &directory.resources_by_name);
                add(&mut directory.resources, &mut directory.resources_by_name, server, resource, "uri", here);
            }
            for template in offered.templates.iter().filter(|template| known.resources.takes(&template.key)) {
                let here = distinct(&template.key, server, &directory.templates_by_name);
                if let Some(pattern) = Template::read(&here) {
                    directory.patterns.push((pattern, directory.templates.len()));
                }
                add(&mut directory.templates, &mut directory.templates_by_name, server, template, "uriTemplate", here);
            }
            for prompt in offered.prompts.iter().filter(|prompt| known.prompts.takes(&prompt.key)) {
                let here = prompt_name(server, prefix, &prompt.key, &directory.prompts_by_name);
                add(&mut directory.prompts, &mut directory.prompts_by_name, server, prompt, "name", here);
            }
        }
        // A value at a template's end could swallow the mark of another's.
        let templates = &directory.templates;
        directory.patterns.sort_by_key(|&(_, i)| (templates[i].here == templates[i].there, i));
        let seen = |server: &ServerId| catalog.server(server).is_some_and(|known| known.beside_tools);
        let mut having = offerings.servers.iter().filter(|(id, offered)| offered.abilities.resources && seen(id));
        directory.sole = match (having.next(), having.next()) {
            (Some((server, _)), None) => Some(server.clone()),
            _ => None,
        };
        directory
    }

    /// The server that has a resource, and the URI it knows it by. A URI that
    /// nobody lists may still be one of a template's, or of the only server
    /// that has resources at all.
    pub(crate) fn resource<'a>(&'a self, uri: &'a str) -> Option<(&'a ServerId, Cow<'a, str>)> {
        let (server, there) = self.named(uri)?;
        let offered = self.selected.get(server).is_none_or(|selection| selection.takes(&there));
        offered.then_some((server, there))
    }

    fn named<'a>(&'a self, uri: &'a str) -> Option<(&'a ServerId, Cow<'a, str>)> {
        if let Some(entry) = self.resources_by_name.get(uri).map(|&i| &self.resources[i]) {
            return Some((&entry.server, Cow::Borrowed(&entry.there)));
        }
        if let Some((_, i)) = self.patterns.iter().find(|(pattern, _)| pattern.fits(uri)) {
            let entry = &self.templates[*i];
            let there = if entry.here == entry.there { uri } else { uri.split_once(OWNER).map_or(uri, |(uri, _)| uri) };
            return Some((&entry.server, Cow::Borrowed(there)));
        }
        self.sole.as_ref().map(|server| (server, Cow::Borrowed(uri)))
    }

    /// The template of that text.
    pub(crate) fn template(&self, text: &str) -> Option<&Entry> {
        self.templates_by_name.get(text).map(|&i| &self.templates[i])
    }

    /// The prompt of that name.
    pub(crate) fn prompt(&self, name: &str) -> Option<&Entry> {
        self.prompts_by_name.get(name).map(|&i| &self.prompts[i])
    }

    /// What a resource is called here that a server speaks of.
    pub(crate) fn here<'a>(&'a self, server: &ServerId, uri: &'a str) -> Cow<'a, str> {
        let known = self.resources_by_name.get(uri).map(|&i| &self.resources[i]);
        if known.is_none_or(|entry| entry.server == *server) {
            return Cow::Borrowed(uri);
        }
        let owned = format!("{uri}{OWNER}{server}");
        if self.resources_by_name.contains_key(&owned) { Cow::Owned(owned) } else { Cow::Borrowed(uri) }
    }
}

fn add(
    entries: &mut Vec<Entry>,
    by_name: &mut HashMap<String, usize>,
    server: &ServerId,
    offered: &Offered,
    member: &str,
    here: String,
) {
    let mut written = String::new();
    push_string(&mut written, &here);
    let members = Members::of(offered.entry.get()).unwrap_or_default();
    let text = members.rewritten(|name, value| Some(Cow::Borrowed(if name == member { &written } else { value })));
    by_name.insert(here.clone(), entries.len());
    entries.push(Entry { server: server.clone(), there: offered.key.clone(), here, text });
}

/// The URI, with the server's name after it where another server has it.
fn distinct(uri: &str, server: &ServerId, taken: &HashMap<String, usize>) -> String {
    if taken.contains_key(uri) { format!("{uri}{OWNER}{server}") } else { uri.to_owned() }
}

fn prompt_name(server: &ServerId, prefix: &str, name: &str, taken: &HashMap<String, usize>) -> String {
    let exact = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}__{name}") };
    let posing = if prefix.is_empty() { name.contains("__") } else { prefix.contains("__") };
    let fits = |c: char| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' };
    let plain: String = exact.chars().map(fits).collect();
    if plain == exact && !posing && plain.len() <= MAX_PUBLIC_NAME_CHARS && !taken.contains_key(&plain) {
        return plain;
    }
    let hash = Fingerprint::of(&serde_json::json!([server.as_str(), name])).to_string();
    let kept: String = plain.chars().take(MAX_PUBLIC_NAME_CHARS - SUFFIX_DIGITS - 1).collect();
    format!("{kept}_{}", &hash[..SUFFIX_DIGITS])
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use catalog::{Glob, Reach, ServerLabels, ServerListing, Shaping};
    use serde_json::{Value, json, value::to_raw_value};

    use super::*;
    use crate::upstream::{Abilities, ServerOfferings};

    fn offered(member: &str, keys: &[&str]) -> Vec<Offered> {
        let entry = |key: &&str| Offered {
            key: (*key).to_owned(),
            entry: Arc::from(to_raw_value(&json!({"title": "t", member: key, "n": 1})).unwrap()),
        };
        keys.iter().map(entry).collect()
    }

    fn offerings() -> Offerings {
        let server = |resources: &[&str], templates: &[&str], prompts: &[&str]| {
            Arc::new(ServerOfferings {
                abilities: Abilities { resources: true, ..Abilities::default() },
                resources: offered("uri", resources),
                templates: offered("uriTemplate", templates),
                prompts: offered("name", prompts),
                ..ServerOfferings::default()
            })
        };
        let servers = [
            ("a", server(&["x://1", "x://2"], &["x://t/{id}"], &["greet", "odd name"])),
            ("b", server(&["x://2", "y://1"], &["x://t/{id}", "y://{a}/{b}"], &["greet"])),
        ];
        Offerings { servers: servers.map(|(id, offered)| (ServerId::new(id), offered)).into(), ..Offerings::default() }
    }

    /// Both servers, the second as it is shaped.
    fn catalog(shaping: &Shaping) -> Catalog {
        let entry = |id: &str, shaping: &Shaping| {
            let listing = ServerListing { id: ServerId::new(id), title: None, instructions: None, tools: Vec::new() };
            catalog::Entry::Ready(listing, ServerLabels { shaping: shaping.clone(), ..ServerLabels::default() })
        };
        Catalog::new(0, vec![entry("a", &Shaping::default()), entry("b", shaping)])
    }

    #[test]
    fn what_is_left_out_is_as_if_it_were_not_there() {
        let only = |name: &str| Selection { include: Some(vec![Glob::new(name)]), exclude: Vec::new() };
        let shaping = Shaping { resources: only("y://*"), prompts: only("x*"), ..Shaping::default() };
        let whole = catalog(&shaping);
        let directory = Directory::of(&offerings(), &whole);
        let names = |entries: &[Entry]| entries.iter().map(|entry| entry.here.clone()).collect::<Vec<_>>();
        assert_eq!(names(&directory.resources), ["x://1", "x://2", "y://1"]);
        assert_eq!(names(&directory.templates), ["x://t/{id}", "y://{a}/{b}"]);
        assert!(directory.prompt("b__greet").is_none() && directory.prompt("a__greet").is_some());
        assert!(directory.resource("x://2#server=b").is_none());
        let reach = Reach { servers: Some(vec![Glob::new("b")]), tools: None };
        let directory = Directory::of(&offerings(), &whole.within(&reach));
        assert_eq!(names(&directory.resources), ["y://1"]);
        // It is the only one, and still is asked for nothing that is left out.
        for (uri, expected) in [("y://1", true), ("y://9", true), ("x://2", false), ("z://1", false)] {
            assert_eq!(directory.resource(uri).is_some(), expected, "{uri}");
        }
        let none =
            Directory::of(&offerings(), &whole.within(&Reach { servers: None, tools: Some(vec![Glob::new("a.x")]) }));
        assert!(none.resources.is_empty() && none.prompts.is_empty() && none.resource("x://1").is_none());
    }

    #[test]
    fn what_two_servers_have_is_told_apart() {
        let directory = Directory::of(&offerings(), &catalog(&Shaping::default()));
        let names = |entries: &[Entry]| entries.iter().map(|entry| entry.here.clone()).collect::<Vec<_>>();
        assert_eq!(names(&directory.resources), ["x://1", "x://2", "x://2#server=b", "y://1"]);
        assert_eq!(names(&directory.templates), ["x://t/{id}", "x://t/{id}#server=b", "y://{a}/{b}"]);
        let prompts = names(&directory.prompts);
        assert_eq!((prompts[0].as_str(), prompts[2].as_str()), ("a__greet", "b__greet"));
        assert!(prompts[1].starts_with("a__odd_name_"), "{prompts:?}");
        let text: Value = serde_json::from_str(&directory.resources[2].text).unwrap();
        assert_eq!(text, json!({"title": "t", "uri": "x://2#server=b", "n": 1}));
        let rows = [
            ("x://2", Some(("a", "x://2"))),
            ("x://2#server=b", Some(("b", "x://2"))),
            ("x://t/7", Some(("a", "x://t/7"))),
            ("x://t/7#server=b", Some(("b", "x://t/7"))),
            ("y://1/2", Some(("b", "y://1/2"))),
            ("z://1", None),
        ];
        for (uri, expected) in rows {
            let found = directory.resource(uri).map(|(server, there)| (server.to_string(), there.into_owned()));
            assert_eq!(found, expected.map(|(server, there)| (server.to_owned(), there.to_owned())), "{uri}");
        }
        assert_eq!(directory.here(&ServerId::new("b"), "x://2"), "x://2#server=b");
        assert_eq!(directory.here(&ServerId::new("a"), "x://2"), "x://2");
        assert_eq!(directory.here(&ServerId::new("b"), "y://9"), "y://9");
        assert_eq!(directory.prompt("b__greet").unwrap().there, "greet");
    }
}
