//! A label and what was made of its query, read side by side under one
//! matching.

use std::cmp::Reverse;

use crate::contract::{Edge, edges};
use crate::drawn::Drawn;
use crate::graph::Graph;
use crate::matching::{Matching, arguments, best};
use crate::{Ending, Hits, Labelled, Made, Share};

/// A label and what was made of its query, under one matching.
pub(crate) struct Reading<'a> {
    pub(crate) labelled: &'a Labelled,
    pub(crate) made: &'a Made,
    pub(crate) graph: &'a Graph,
    /// For each node, the entry that it is.
    pub(crate) entry_of: Vec<Option<usize>>,
    /// For each node, whether it is a call that counts.
    pub(crate) counts: Vec<bool>,
    /// The edges between calls that count, but for those that only order two
    /// calls and that the label does not ask for.
    pub(crate) edges: Vec<Edge>,
}

impl<'a> Reading<'a> {
    /// Reads them under the best matching there is. Where several have as
    /// many entries and arguments, the one is taken that is kindest to the
    /// plan, so that the order of entries or calls never decides.
    pub(crate) fn best(labelled: &'a Labelled, made: &'a Made, graph: &'a Graph) -> Self {
        let places: Vec<usize> =
            graph.nodes.iter().enumerate().filter(|(_, node)| node.call().is_some()).map(|(place, _)| place).collect();
        let calls: Vec<_> = graph.nodes.iter().filter_map(|node| node.call()).collect();
        let under = |matching: Matching| Self::under(labelled, made, graph, places.iter().copied().zip(matching));
        let readings = best(&calls, &labelled.entries).into_iter().map(under);
        let kindest = readings.reduce(|kindest, other| if other.merit() > kindest.merit() { other } else { kindest });
        // There is always a matching, if only of nothing.
        kindest.unwrap_or_else(|| Self::under(labelled, made, graph, []))
    }

    fn under(
        labelled: &'a Labelled,
        made: &'a Made,
        graph: &'a Graph,
        matching: impl IntoIterator<Item = (usize, Option<usize>)>,
    ) -> Self {
        let mut entry_of = vec![None; graph.nodes.len()];
        for (place, entry) in matching {
            entry_of[place] = entry;
        }
        let counts: Vec<bool> = graph
            .nodes
            .iter()
            .zip(&entry_of)
            .map(|(node, entry)| {
                node.call().is_some_and(|call| entry.is_some() || !labelled.optional.contains(&call.tool))
            })
            .collect();
        let mut reading = Self { labelled, made, graph, entry_of, counts, edges: Vec::new() };
        reading.edges = edges(graph, &reading.counts);
        let counted = |edge: &Edge| edge.carries || reading.hit(edge).is_some();
        let counted: Vec<Edge> = reading.edges.iter().copied().filter(counted).collect();
        reading.edges = counted;
        reading
    }

    /// The edge of the label that an edge of the plan is.
    pub(crate) fn hit(&self, edge: &Edge) -> Option<(usize, usize)> {
        let pair = (self.entry_of[edge.from]?, self.entry_of[edge.to]?);
        self.labelled.edges.contains(&pair).then_some(pair)
    }

    pub(crate) fn tools(&self) -> Hits {
        let counted = self.counts.iter().filter(|counts| **counts).count();
        let hits = self.entry_of.iter().flatten().count();
        Hits { hits, false_alarms: counted - hits, misses: self.labelled.entries.len() - hits }
    }

    /// `None` where the label has no shape.
    pub(crate) fn edge_hits(&self) -> Option<Hits> {
        let hits = self.edges.iter().filter(|edge| self.hit(edge).is_some()).count();
        let (false_alarms, misses) = (self.edges.len() - hits, self.labelled.edges.len() - hits);
        (!self.labelled.shapes.is_empty()).then_some(Hits { hits, false_alarms, misses })
    }

    /// The shape of the plan; `None` without one.
    pub(crate) fn drawn(&self) -> Option<Drawn> {
        let left_out = |place: usize| self.graph.nodes[place].call().is_some() && !self.counts[place];
        let nodes = self.graph.nodes.iter().enumerate().filter(|(place, _)| !left_out(*place)).map(|(_, node)| node);
        self.made.shows_plan().then(|| Drawn::of(nodes, !self.edges.is_empty()))
    }

    /// Whether the shape is one of the label's; `None` where it has none.
    pub(crate) fn shape(&self) -> Option<bool> {
        let shapes = &self.labelled.shapes;
        (!shapes.is_empty()).then(|| self.drawn().is_some_and(|drawn| shapes.iter().any(|shape| drawn.is(*shape))))
    }

    pub(crate) fn arguments(&self) -> Share {
        let mut share = Share::default();
        if self.labelled.outcome == Ending::Argument {
            share.add(Share::one(self.asks_what_is_missing()));
        }
        if self.literals_count() {
            for (place, entry) in self.labelled.entries.iter().enumerate() {
                let call = self.node_of(place).and_then(|node| self.graph.nodes[node].call());
                let right = call.map_or(0, |call| arguments(call, entry));
                share.add(Share { right, of: entry.literals.len() });
            }
        }
        share
    }

    /// Whether a form asks for exactly what the label says is missing.
    pub(crate) fn asks_what_is_missing(&self) -> bool {
        self.made.asks() == Some(&self.labelled.missing)
    }

    /// Whether literals are looked at: they are part of every right plan, and
    /// of a form only where a plan is shown beside it.
    pub(crate) fn literals_count(&self) -> bool {
        match self.labelled.outcome {
            Ending::Answered | Ending::Approve => true,
            Ending::Argument => self.made.shows_plan(),
            Ending::Clarify | Ending::OutOfScope => false,
        }
    }

    /// The node that an entry is.
    pub(crate) fn node_of(&self, entry: usize) -> Option<usize> {
        self.entry_of.iter().position(|own| *own == Some(entry))
    }

    /// What decides between matchings of the same number of entries and
    /// arguments: fewer calls too many, then edges, then the shape.
    fn merit(&self) -> (Reverse<usize>, usize, Reverse<usize>, bool) {
        let edges = self.edge_hits().unwrap_or_default();
        (Reverse(self.tools().false_alarms), edges.hits, Reverse(edges.false_alarms), self.shape().unwrap_or_default())
    }
}
