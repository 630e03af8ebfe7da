//! What an earlier step gives a tool.

use catalog::{Parameter, Tool};

use super::link::{Lack, Linked, Source, Take, link};
use super::reference::{Pointing, Role};
use super::words::{Filling, Takes, takes};

/// Whether the words point at what an earlier step yields.
pub(super) fn points_at_result(points: Pointing) -> bool {
    matches!(points, Pointing::AtEach | Pointing::AtFirst | Pointing::At(_))
}

/// What a source gives a tool: what it lacks, or, where it lacks nothing and
/// the words point at the source all the same ("their commits"), one of its
/// optional parameters.
pub(super) fn feed(tool: &Tool, filling: &Filling, points: Pointing, source: Source<'_>) -> Option<Linked> {
    if let Some((parameters, role)) = wanted(tool, filling, points) {
        return link(Lack { tool, parameters: &parameters, role }, source, take(points));
    }
    if !points_at_result(points) {
        return None;
    }
    let mut optional: Vec<&Parameter> =
        tool.parameters.iter().filter(|parameter| !parameter.required && !filling.has(&parameter.name)).collect();
    // Whoever is pointed at ("their commits") is likelier meant than a thing.
    optional.sort_by_key(|parameter| takes(parameter) != Takes::Person);
    let names_thing = |parameter: &&Parameter| matches!(takes(parameter), Takes::Person | Takes::Path | Takes::Channel);
    optional
        .into_iter()
        .filter(names_thing)
        .find_map(|parameter| link(Lack { tool, parameters: &[parameter], role: None }, source, take(points)))
}

/// The parameters that are to be linked, and what of a thing is meant.
pub(super) fn wanted<'t>(
    tool: &'t Tool,
    filling: &Filling,
    points: Pointing,
) -> Option<(Vec<&'t Parameter>, Option<Role>)> {
    let (parameters, role) = match points {
        Pointing::At(role) => (vec![role_parameter(tool, role)?], Some(role)),
        _ => (filling.lacks(tool), None),
    };
    (!parameters.is_empty()).then_some((parameters, role))
}

fn take(points: Pointing) -> Take {
    match points {
        Pointing::AtEach => Take::Each,
        Pointing::AtOne | Pointing::AtFirst | Pointing::At(_) => Take::OneOrFirst,
        Pointing::Nowhere => Take::OneOrEach,
    }
}

/// The parameter that takes what is meant of a thing.
fn role_parameter(tool: &Tool, role: Role) -> Option<&Parameter> {
    let wanted = match role {
        Role::Author | Role::Reviewer | Role::Merger => Takes::Person,
        Role::File => Takes::Path,
        Role::Title => Takes::SearchText,
    };
    tool.parameters.iter().find(|parameter| takes(parameter) == wanted)
}
