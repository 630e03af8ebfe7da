//! From a graph to the edges between the calls that count.

use std::collections::BTreeMap;

use crate::Graph;

/// An edge between two calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    /// The earlier call, a place among the graph's nodes.
    pub(crate) from: usize,
    /// The later one.
    pub(crate) to: usize,
    /// Whether data or a condition goes along it. Otherwise it only says
    /// which comes first.
    pub(crate) carries: bool,
}

/// The edges between the nodes that are kept. Whatever is not kept is
/// contracted: a call that reads a filter that reads a call has an edge from
/// that call. A way that is only an order at one place is only an order.
pub(crate) fn edges(graph: &Graph, kept: &[bool]) -> Vec<Edge> {
    // For each node, the kept ones that stand for it: itself, or those it
    // waits for.
    let mut stand_for: Vec<BTreeMap<usize, bool>> = Vec::new();
    let mut edges = Vec::new();
    for (to, node) in graph.nodes.iter().enumerate() {
        let mut sources: BTreeMap<usize, bool> = BTreeMap::new();
        for (earlier, reads) in &node.waits_for {
            for (from, carries) in &stand_for[*earlier] {
                *sources.entry(*from).or_default() |= *reads && *carries;
            }
        }
        if kept[to] {
            edges.extend(sources.into_iter().map(|(from, carries)| Edge { from, to, carries }));
            sources = BTreeMap::from([(to, true)]);
        }
        stand_for.push(sources);
    }
    edges
}
