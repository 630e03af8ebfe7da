//! What is not as the label has it, in words.

use serde::Serialize;

use crate::literal::Wanted;
use crate::reading::Reading;
use crate::{Ending, Hits, Measure};

/// Something that is not as the label has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The figure that it counts against.
    pub measure: Measure,
    /// What the label has.
    pub wanted: String,
    /// What came instead.
    pub got: String,
}

impl Difference {
    /// Everything that is not as it should be, measure by measure.
    pub(crate) fn all(reading: &Reading<'_>) -> Vec<Self> {
        let mut all = Vec::new();
        let labelled = reading.labelled;
        if reading.made.ending() != Some(labelled.outcome) {
            let got = reading.made.told().into_owned();
            all.push(Self { measure: Measure::Outcome, wanted: labelled.outcome.as_str().into(), got });
        }
        if !reading.tools().is_clean() {
            all.push(Self { measure: Measure::Tools, wanted: wanted_tools(reading), got: found_tools(reading) });
        }
        if !reading.edge_hits().is_none_or(Hits::is_clean) {
            all.push(Self { measure: Measure::Edges, wanted: wanted_edges(reading), got: found_edges(reading) });
        }
        all.extend(arguments(reading));
        if reading.shape() == Some(false) {
            let wanted = listed(labelled.shapes.iter().map(|shape| shape.as_str().to_owned()), " or ");
            let got = reading.drawn().map_or("no plan", |drawn| drawn.as_str()).to_owned();
            all.push(Self { measure: Measure::Shape, wanted, got });
        }
        all
    }
}

fn wanted_tools(reading: &Reading<'_>) -> String {
    listed((0..reading.labelled.entries.len()).map(|place| entry(reading, place)), ", ")
}

fn found_tools(reading: &Reading<'_>) -> String {
    let counted = (0..reading.counts.len()).filter(|place| reading.counts[*place]);
    listed(counted.map(|place| node(reading, place)), ", ")
}

fn wanted_edges(reading: &Reading<'_>) -> String {
    let edge = |(from, to): &(usize, usize)| format!("{} → {}", entry(reading, *from), entry(reading, *to));
    listed(reading.labelled.edges.iter().map(edge), ", ")
}

fn found_edges(reading: &Reading<'_>) -> String {
    let edges = reading.edges.iter();
    listed(edges.map(|edge| format!("{} → {}", node(reading, edge.from), node(reading, edge.to))), ", ")
}

fn arguments(reading: &Reading<'_>) -> Vec<Difference> {
    let mut all = Vec::new();
    let mut add = |wanted: String, got: String| all.push(Difference { measure: Measure::Arguments, wanted, got });
    let labelled = reading.labelled;
    if labelled.outcome == Ending::Argument && !reading.asks_what_is_missing() {
        let got = reading.made.asks().map(|asks| asked(asks.iter())).unwrap_or_else(|| "no form".into());
        add(asked(labelled.missing.iter()), got);
    }
    if !reading.literals_count() {
        return all;
    }
    for (place, own) in labelled.entries.iter().enumerate() {
        let call = reading.node_of(place).and_then(|node| reading.graph.nodes[node].call());
        for (name, wanted) in &own.literals {
            let found = call.and_then(|call| call.literal(name));
            if found.is_some_and(|found| wanted.admits(found)) {
                continue;
            }
            let wanted = match wanted {
                Wanted::Value(value) => format!("{name} = {value}"),
                Wanted::Contains(parts) => format!("{name} contains {}", parts.join(" and ")),
            };
            let got = match (call, found) {
                _ if !reading.made.shows_plan() => "no plan".to_owned(),
                (None, _) => "no call".to_owned(),
                (Some(_), None) => "nothing known now".to_owned(),
                (Some(_), Some(found)) => found.to_string(),
            };
            add(format!("{} {wanted}", entry(reading, place)), got);
        }
    }
    all
}

fn asked<'a>(names: impl Iterator<Item = &'a String>) -> String {
    format!("asks for {}", listed(names.cloned(), ", "))
}

fn entry(reading: &Reading<'_>, place: usize) -> String {
    listed(reading.labelled.entries[place].tools.iter().map(ToString::to_string), " or ")
}

fn node(reading: &Reading<'_>, place: usize) -> String {
    reading.graph.nodes[place].call().map_or_else(String::new, |call| call.tool.to_string())
}

fn listed(items: impl Iterator<Item = String>, between: &str) -> String {
    let items: Vec<String> = items.collect();
    if items.is_empty() { "none".to_owned() } else { items.join(between) }
}
