//! Arguments out of what earlier steps will yield.
//!
//! Nothing has run yet, so what a step yields is known by its tool's output
//! schema alone. A tool without one feeds nothing here: guessing at paths
//! would be guessing.

use catalog::{JsonType, JsonTypes, Parameter, Tool};
use route::{stem, terms};
use serde_json::Value;

use super::reference::Role;
use super::words::{Takes, takes};
use crate::draft::{DraftBinding, DraftRef};

/// An earlier step to read from.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    /// Its name in the plan.
    pub(super) id: &'a str,
    /// The tool it calls.
    pub(super) tool: &'a Tool,
    /// Whether it calls it once for each item of something.
    pub(super) is_each: bool,
    /// What its rows have, where it asks for columns by name.
    pub(super) columns: &'a [String],
}

/// How a later step gets the arguments it lacks.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Linked {
    /// The array to go over, when it takes one call for each of many.
    pub(super) over: Option<DraftRef>,
    /// The arguments, from the item or from the source itself.
    pub(super) args: Vec<(String, DraftBinding)>,
    /// The list they come from, where they come from one.
    pub(super) list: Option<ListTaken>,
}

/// The list that arguments are taken from.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ListTaken {
    /// Where it stands in the source's result.
    pub(super) path: String,
    /// The schema of its items.
    pub(super) items: Value,
    /// The member that says of what kind an item is, and the kind that the
    /// step's tool is about.
    pub(super) kind: Option<(String, String)>,
}

/// What a later step takes of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Take {
    /// The one thing that it yields, or else each of the many.
    OneOrEach,
    /// The one thing that it yields, or else the first of the many.
    OneOrFirst,
    /// Each of the many, or else the one thing.
    Each,
}

/// The parameters a step lacks, and what is to go into them.
#[derive(Clone, Copy)]
pub(super) struct Lack<'a> {
    /// The step's tool.
    pub(super) tool: &'a Tool,
    /// The parameters.
    pub(super) parameters: &'a [&'a Parameter],
    /// What of the source is meant, where the words say so.
    pub(super) role: Option<Role>,
}

impl Lack<'_> {
    /// Whether the step's tool or its parameter speaks of what the list's
    /// tool is named for.
    fn is_of_kind(self, list: &List<'_>, parameter: &Parameter) -> bool {
        let spoken = self.spoken(parameter);
        let named = terms(&list.about);
        named.iter().any(|term| term.weight >= 1.0 && spoken.contains(&term.stem)) || self.kind(list.items).is_some()
    }

    fn spoken(self, parameter: &Parameter) -> Vec<String> {
        let title = self.tool.listing.title.as_deref().unwrap_or_default();
        let spoken = format!("{} {title} {}", self.tool.listing.name, parameter.description);
        terms(&spoken).into_iter().map(|term| term.stem).collect()
    }

    /// The member by which items say of what kind they are, and the kind that
    /// the step's tool speaks of, when it speaks of one.
    fn kind(self, items: &Value) -> Option<(String, String)> {
        let spoken: Vec<String> = self.parameters.iter().flat_map(|parameter| self.spoken(parameter)).collect();
        let is_spoken_of = |choice: &&str| catalog::words(choice).iter().all(|word| spoken.contains(&stem(word)));
        ["kind", "type"].into_iter().find_map(|member| {
            let choices = items["properties"][member]["enum"].as_array().into_iter().flatten();
            let mut meant = choices.filter_map(Value::as_str).filter(is_spoken_of);
            let kind = meant.next().filter(|_| meant.next().is_none())?;
            Some((member.to_owned(), kind.to_owned()))
        })
    }

    fn taken(self, list: &List<'_>) -> ListTaken {
        ListTaken { path: list.path.clone(), items: list.items.clone(), kind: self.kind(list.items) }
    }
}

/// The deepest a schema is looked into, in members.
const MAX_SCHEMA_DEPTH: usize = 4;

/// Links every lacking parameter to one source; `None` unless all of them fit.
pub(super) fn link(lack: Lack<'_>, source: Source<'_>, take: Take) -> Option<Linked> {
    let root = source.tool.listing.output_schema.as_ref()?;
    let about = format!("{} {}", source.tool.listing.name, source.tool.listing.title.as_deref().unwrap_or_default());
    let mut lists = arrays(root, root, String::new(), MAX_SCHEMA_DEPTH);
    lists.iter_mut().for_each(|list| list.about = format!("{about} {}", list.path));
    let rows = with_columns(&lists, source.columns);
    if let Some((at, rows)) = &rows {
        lists[*at].items = rows;
    }
    let each = || {
        lists.iter().find_map(|list| {
            let args = bindings(lack, list, root, |member| DraftBinding::Item(member_pointer(member)))?;
            let over = Some(DraftRef::new(source.id, over_path(&list.path, source.is_each)));
            Some(Linked { over, args, list: (!source.is_each).then(|| lack.taken(list)) })
        })
    };
    let first = || {
        let found = lists.iter().find_map(|list| {
            let at = |member: Option<&str>| format!("{}/0{}", list.path, member_pointer(member));
            let args = bindings(lack, list, root, |member| DraftBinding::reference(source.id, at(member)))?;
            Some(Linked { over: None, args, list: Some(lack.taken(list)) })
        });
        found.filter(|_| !source.is_each)
    };
    let whole = || {
        let it = List { about: about.clone(), path: String::new(), items: root };
        let bind = |member: Option<&str>| DraftBinding::reference(source.id, member_pointer(member));
        let args = bindings(lack, &it, root, bind).filter(|_| !source.is_each);
        args.map(|args| Linked { over: None, args, list: None })
    };
    match take {
        Take::OneOrEach => whole().or_else(each),
        Take::OneOrFirst => whole().or_else(first),
        Take::Each => each().or_else(whole),
    }
}

/// The list of objects of which nothing is known but what columns were asked
/// for, with these as its members.
fn with_columns(lists: &[List<'_>], columns: &[String]) -> Option<(usize, Value)> {
    let is_open = |list: &List<'_>| {
        JsonTypes::of_schema(list.items).admits(JsonType::Object)
            && list.items["properties"].as_object().is_none_or(serde_json::Map::is_empty)
    };
    let at = lists.iter().position(is_open).filter(|_| !columns.is_empty())?;
    let members: serde_json::Map<String, Value> =
        columns.iter().map(|column| (column.clone(), serde_json::json!({"type": ["string", "number"]}))).collect();
    Some((at, serde_json::json!({"type": "object", "properties": members})))
}

fn member_pointer(member: Option<&str>) -> String {
    member.map_or_else(String::new, |member| format!("/{}", member.replace('~', "~0").replace('/', "~1")))
}

/// An `each` yields `[{i, ok, value}]`: its items' arrays lie one level down.
fn over_path(path: &str, is_each: bool) -> String {
    if is_each { format!("/*/value{path}/*") } else { path.to_owned() }
}

/// Where an output has a list: the path of the first array of objects, or of
/// anything when there is none of objects.
pub(super) fn list_path(tool: &Tool) -> Option<String> {
    let schema = tool.listing.output_schema.as_ref()?;
    arrays(schema, schema, String::new(), MAX_SCHEMA_DEPTH).into_iter().next().map(|list| list.path)
}

/// The kinds of thing that a tool's list holds, where its items say so.
pub(super) fn list_kinds(tool: &Tool) -> Vec<String> {
    let Some(schema) = tool.listing.output_schema.as_ref() else { return Vec::new() };
    let lists = arrays(schema, schema, String::new(), MAX_SCHEMA_DEPTH);
    let kinds = lists.first().and_then(|list| {
        ["kind", "type"].into_iter().find_map(|member| list.items["properties"][member]["enum"].as_array())
    });
    kinds.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The members of an object that a tool's output is, or that its list's
/// items are: each with its pointer and its schema, and whether it stands in
/// the list.
pub(super) fn members(tool: &Tool) -> Vec<(String, &Value, bool)> {
    let Some(root) = tool.listing.output_schema.as_ref() else { return Vec::new() };
    let mut found = Vec::new();
    let own = resolved(root, root)["properties"].as_object().into_iter().flatten();
    found.extend(own.map(|(name, schema)| (member_pointer(Some(name)), resolved(schema, root), false)));
    if let Some(list) = arrays(root, root, String::new(), MAX_SCHEMA_DEPTH).into_iter().next() {
        let inner = list.items["properties"].as_object().into_iter().flatten();
        let at = |name: &str| format!("{}/*{}", list.path, member_pointer(Some(name)));
        found.extend(inner.map(|(name, schema)| (at(name), resolved(schema, root), true)));
    }
    found
}

/// A list within an output, or the output itself.
struct List<'a> {
    /// What the tool is named for.
    about: String,
    path: String,
    items: &'a Value,
}

fn bindings(
    lack: Lack<'_>,
    list: &List<'_>,
    root: &Value,
    bind: impl Fn(Option<&str>) -> DraftBinding,
) -> Option<Vec<(String, DraftBinding)>> {
    let one = |parameter: &&Parameter| {
        let member = best_member(parameter, lack, list, root)?;
        Some((parameter.name.clone(), bind(member)))
    };
    lack.parameters.iter().map(one).collect()
}

/// The member whose name and type fit a parameter best: `Some(None)` where
/// the items themselves do, `None` where nothing does.
fn best_member<'a>(parameter: &Parameter, lack: Lack<'_>, list: &List<'a>, root: &'a Value) -> Option<Option<&'a str>> {
    let items = resolved(list.items, root);
    let fits = |schema: &Value| JsonTypes::of_schema(resolved(schema, root)).meets(parameter.types);
    let Some(members) = items["properties"].as_object() else {
        let named = names_list(parameter, list);
        return (named && items.get("type").is_some() && fits(items)).then_some(None);
    };
    let fitting = members.iter().filter(|(_, schema)| fits(schema));
    let scored = fitting.map(|(name, _)| (closeness(name, parameter, lack, list), name.as_str()));
    let best =
        scored.filter(|(closeness, _)| *closeness > 0).reduce(|best, next| if next.0 > best.0 { next } else { best });
    best.map(|(_, name)| Some(name))
}

/// How near a member's name comes to what a parameter wants; 0 is not at all.
fn closeness(member: &str, parameter: &Parameter, lack: Lack<'_>, list: &List<'_>) -> usize {
    let own = catalog::words(member);
    let wanted = catalog::words(&parameter.name);
    if let Some(role) = lack.role {
        return role.members().iter().rev().position(|name| *name == member).map_or(0, |likely| likely + 1);
    }
    // What many things are called by fits only among things of one kind: an
    // issue's number is no pull request's.
    let is_common = matches!(member, "number" | "id" | "name" | "key" | "title" | "iid");
    if !is_common || lack.is_of_kind(list, parameter) {
        if own == wanted {
            return 5;
        }
        if own.ends_with(&wanted) || wanted.ends_with(&own) {
            return 4;
        }
    }
    let people = ["author", "reviewer", "user", "login", "creator", "reporter"];
    if takes(parameter) == Takes::Person && people.contains(&member) {
        return 4;
    }
    // `table` of `tables: [{name}]`, `number` of `pull_requests: [{id}]`.
    if names_list(parameter, list) && matches!(member, "name" | "id" | "key" | "number") {
        return 3;
    }
    // `number` of `get_pull_request` is a member `pull_request`.
    let described = format!("{} {}", lack.tool.listing.name, parameter.description);
    let spoken: Vec<String> = catalog::words(&described);
    if !is_common
        && parameter.types != JsonTypes::ANY
        && !is_text(parameter)
        && own.iter().all(|word| spoken.contains(word))
    {
        return 2;
    }
    let searches = matches!(wanted.last().map(String::as_str), Some("query" | "q" | "text" | "term" | "search"));
    usize::from(searches && Role::Title.members().contains(&member))
}

fn is_text(parameter: &Parameter) -> bool {
    parameter.types.admits(JsonType::String)
}

/// Whether the list is named for the parameter: `tables` for `table`.
fn names_list(parameter: &Parameter, list: &List<'_>) -> bool {
    let last = list.path.rsplit('/').next().unwrap_or_default();
    let stems = |name: &str| catalog::words(name).iter().map(|word| stem(word)).collect::<Vec<_>>();
    !last.is_empty() && stems(last) == stems(&parameter.name)
}

/// Every array within reach: those of objects first, outer before inner.
fn arrays<'a>(schema: &'a Value, root: &'a Value, path: String, depth: usize) -> Vec<List<'a>> {
    let schema = resolved(schema, root);
    if JsonTypes::of_schema(schema).admits(JsonType::Array) && schema.get("items").is_some() {
        return vec![List { about: String::new(), path, items: resolved(&schema["items"], root) }];
    }
    if depth == 0 {
        return Vec::new();
    }
    let members = schema["properties"].as_object().into_iter().flatten();
    let mut found: Vec<List<'_>> =
        members.flat_map(|(name, member)| arrays(member, root, format!("{path}/{name}"), depth - 1)).collect();
    found.sort_by_key(|list| (list.items.get("properties").is_none(), list.path.matches('/').count()));
    found
}

/// A local reference followed, a few times at most.
fn resolved<'a>(schema: &'a Value, root: &'a Value) -> &'a Value {
    let mut schema = schema;
    for _ in 0..MAX_SCHEMA_DEPTH {
        let target = schema["$ref"].as_str().and_then(|to| to.strip_prefix('#')).and_then(|to| root.pointer(to));
        match target {
            Some(target) => schema = target,
            None => break,
        }
    }
    schema
}
