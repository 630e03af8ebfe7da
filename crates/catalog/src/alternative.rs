//! Tools that could serve in another's place, for the operator to confirm.
//!
//! In: a snapshot. Out: pairs of tools on different servers that only read,
//! whose names say the same and whose schemas agree. It is a suggestion:
//! nothing is called instead of another tool because of it alone.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{Catalog, Tool, ToolRef, names};

/// One tool that may serve in another's place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alternative {
    /// The tool that is asked for.
    pub of: ToolRef,
    /// The tool that may serve.
    pub is: ToolRef,
    /// Whether the operator says so; otherwise it is inferred.
    pub declared: bool,
}

/// Every alternative of a snapshot: the declared ones that are there, then
/// those that are inferred, by the tool asked for.
pub fn alternatives(catalog: &Catalog) -> Vec<Alternative> {
    let mut found = Vec::new();
    for tool in catalog.tools() {
        let entry = |is: &ToolRef, declared| Alternative { of: tool.reference.clone(), is: is.clone(), declared };
        let there = tool.alternatives.iter().filter(|other| catalog.tool(other).is_some());
        found.extend(there.map(|other| entry(other, true)));
        let alike = catalog.tools().iter().filter(|other| are_alike(tool, other));
        let new = alike.filter(|other| !tool.alternatives.contains(&other.reference));
        found.extend(new.map(|other| entry(&other.reference, false)));
    }
    found
}

impl Tool {
    /// These arguments of this tool's as another would take them: by name,
    /// else by the words of the name, and only with a type the other admits.
    /// `None` when one finds no place, or the other needs more.
    pub fn rebound(&self, arguments: &Map<String, Value>, to: &Self) -> Option<Map<String, Value>> {
        let mut bound = Map::new();
        for (name, value) in arguments {
            let place = to.parameter(name).or_else(|| namesake(name, to))?;
            if !place.types.admits_value(value) || bound.insert(place.name.clone(), value.clone()).is_some() {
                return None;
            }
        }
        let whole = to.parameters.iter().filter(|parameter| parameter.required).all(|p| bound.contains_key(&p.name));
        whole.then_some(bound)
    }
}

/// The only parameter whose name has the same words.
fn namesake<'t>(name: &str, tool: &'t Tool) -> Option<&'t crate::Parameter> {
    let wanted = names::words(name).concat();
    let mut fitting = tool.parameters.iter().filter(|parameter| names::words(&parameter.name).concat() == wanted);
    fitting.next().filter(|_| fitting.next().is_none())
}

/// Whether two tools do the same, as far as their names and schemas tell.
fn are_alike(one: &Arc<Tool>, other: &Arc<Tool>) -> bool {
    one.reference.server != other.reference.server
        && one.effect.is_read_only()
        && other.effect <= one.effect
        && own_words(one) == own_words(other)
        && accepts_all_of(one, other)
        && yields_the_same(one, other)
}

/// The words of a tool's name, in any order, without its server's.
fn own_words(tool: &Tool) -> BTreeSet<String> {
    let server = names::words(tool.reference.server.as_str());
    names::words(&tool.reference.tool).into_iter().filter(|word| !server.contains(word)).collect()
}

/// Whether whatever the one requires, the other takes, and needs no more.
fn accepts_all_of(one: &Tool, other: &Tool) -> bool {
    let place = |name: &str| other.parameter(name).or_else(|| namesake(name, other));
    let taken = one.parameters.iter().filter(|p| p.required).all(|p| place(&p.name).is_some());
    let back = |name: &str| one.parameter(name).or_else(|| namesake(name, one)).filter(|p| p.required);
    taken && other.parameters.iter().filter(|p| p.required).all(|p| back(&p.name).is_some())
}

/// Whether neither says what it yields, or both yield the same members.
fn yields_the_same(one: &Tool, other: &Tool) -> bool {
    let members = |tool: &Tool| -> Option<BTreeSet<String>> {
        let schema = tool.listing.output_schema.as_ref()?;
        Some(schema["properties"].as_object()?.keys().cloned().collect())
    };
    members(one) == members(other)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Entry, ServerId, ServerLabels, ServerListing, ToolListing};

    fn server(id: &str, tools: &[(&str, Value)], labels: ServerLabels) -> Entry {
        let tool = |(name, schema): &(&str, Value)| ToolListing {
            name: (*name).to_owned(),
            input_schema: schema.clone(),
            ..ToolListing::default()
        };
        let tools = tools.iter().map(tool).collect();
        Entry::Ready(ServerListing { id: ServerId::new(id), title: None, instructions: None, tools }, labels)
    }

    fn object(required: &[&str], others: &[&str]) -> Value {
        let text = |name: &&str| ((*name).to_owned(), json!({"type": "string"}));
        let properties: Map<String, Value> = required.iter().chain(others).map(text).collect();
        json!({"type": "object", "properties": properties, "required": required})
    }

    #[test]
    fn what_says_and_takes_the_same_is_an_alternative() {
        let labels =
            ServerLabels { alternatives: vec![ServerId::new("b"), ServerId::new("gone")], ..ServerLabels::default() };
        let catalog = Catalog::new(
            1,
            vec![
                server(
                    "a",
                    &[("search_issues", object(&["query"], &["limit"])), ("drop_all", object(&[], &[]))],
                    labels,
                ),
                server("b", &[("search_issues", object(&["query"], &[]))], ServerLabels::default()),
                server("c", &[("searchIssues", object(&["Query"], &[]))], ServerLabels::default()),
                server("d", &[("search_issues", object(&["query", "owner"], &[]))], ServerLabels::default()),
                server("e", &[("drop_all", object(&[], &[]))], ServerLabels::default()),
            ],
        );
        let of_a: Vec<(String, bool)> = alternatives(&catalog)
            .into_iter()
            .filter(|found| found.of.server.as_str() == "a")
            .map(|found| (found.is.to_string(), found.declared))
            .collect();
        assert_eq!(of_a, [("b.search_issues".to_owned(), true), ("c.searchIssues".to_owned(), false)]);
    }

    #[test]
    fn arguments_find_their_place_by_name_and_type() {
        let catalog = Catalog::new(
            1,
            vec![
                server("a", &[("read", object(&["query"], &["limit"]))], ServerLabels::default()),
                server("b", &[("read", object(&["Query"], &[]))], ServerLabels::default()),
            ],
        );
        let (from, to) = (&catalog.tools()[0], &catalog.tools()[1]);
        let rows = [
            (json!({"query": "x"}), Some(json!({"Query": "x"}))),
            (json!({"query": 3}), None),
            (json!({"query": "x", "limit": "3"}), None),
            (json!({}), None),
        ];
        for (given, expected) in rows {
            let Value::Object(given) = given else { panic!("a row is an object") };
            assert_eq!(from.rebound(&given, to).map(Value::Object), expected);
        }
    }
}
