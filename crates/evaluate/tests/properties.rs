//! What holds of every label and every plan.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod fixture;

use concertmaster_evaluate::{Graph, Labelled, Made, Measure, Score, Spent, Tally, score};
use fixture::{label, made, plan};
use proptest::prelude::*;
use proptest::sample::{Index, subsequence};
use serde_json::{Value, json};

/// Few tools, so that many calls and entries are alike.
const TOOLS: [&str; 4] = ["a.x", "a.y", "b.x", "b.y"];

/// An entry: the tools that would do, and its argument.
#[derive(Clone, Debug)]
struct Entry {
    tools: Vec<&'static str>,
    n: Option<u8>,
}

/// A label: its entries, and pairs of them.
#[derive(Clone, Debug)]
struct Label {
    entries: Vec<Entry>,
    edges: Vec<(usize, usize)>,
    optional: Vec<&'static str>,
}

fn entry() -> impl Strategy<Value = Entry> {
    (subsequence(TOOLS.to_vec(), 1..=2), proptest::option::of(0_u8..3)).prop_map(|(tools, n)| Entry { tools, n })
}

fn labels() -> impl Strategy<Value = Label> {
    let entries = proptest::collection::vec(entry(), 1..=4);
    let pairs = proptest::collection::vec((any::<Index>(), any::<Index>()), 0..4);
    (entries, pairs, subsequence(TOOLS.to_vec(), 0..=1)).prop_map(|(entries, pairs, optional)| {
        let places = |(a, b): (Index, Index)| (a.index(entries.len()), b.index(entries.len()));
        let mut edges: Vec<_> = pairs.into_iter().map(places).filter(|(from, to)| from < to).collect();
        edges.sort_unstable();
        edges.dedup();
        Label { entries, edges, optional }
    })
}

impl Label {
    /// The label with its entries in another order: place `i` becomes
    /// `order[i]`.
    fn reordered(&self, order: &[usize]) -> Self {
        let mut entries = self.entries.clone();
        for (place, entry) in self.entries.iter().enumerate() {
            entries[order[place]] = entry.clone();
        }
        let edges = self.edges.iter().map(|(from, to)| (order[*from], order[*to])).collect();
        Self { entries, edges, optional: self.optional.clone() }
    }

    fn read(&self, shape: &str) -> Labelled {
        let argument = |(place, entry): (usize, &Entry)| Some(json!({"tool": place, "name": "n", "value": entry.n?}));
        let arguments: Vec<Value> = self.entries.iter().enumerate().filter_map(argument).collect();
        let tools: Vec<_> = self.entries.iter().map(|entry| entry.tools.clone()).collect();
        label(json!({"tools": tools, "shape": shape, "edges": self.edges, "arguments": arguments,
            "optional": self.optional}))
    }
}

/// How an edge is drawn: through an argument, a condition, an order, or an
/// operator in between.
#[derive(Clone, Copy, Debug)]
enum Drawn {
    Argument,
    Condition,
    Order,
    Operator,
}

fn drawn() -> impl Strategy<Value = Drawn> {
    prop_oneof![Just(Drawn::Argument), Just(Drawn::Condition), Just(Drawn::Order), Just(Drawn::Operator)]
}

/// A plan that is exactly what the label asks for, and its shape.
fn perfect(label: &Label, picks: &[Index], ways: &[Drawn]) -> (String, &'static str) {
    let mut steps: Vec<String> = Vec::new();
    let mut step_of: Vec<usize> = Vec::new();
    let mut guarded = false;
    for (place, entry) in label.entries.iter().enumerate() {
        let mut step = (*picks[place].get(&entry.tools)).to_owned();
        step.push_str(&entry.n.map(|n| format!(" n={n}")).unwrap_or_default());
        for (at, (from, _)) in label.edges.iter().enumerate().filter(|(_, (_, to))| *to == place) {
            let source = step_of[*from];
            let may_guard = !step.contains(" if");
            match ways[at] {
                Drawn::Condition if may_guard => {
                    guarded = true;
                    step.push_str(&format!(" if{source}"));
                }
                Drawn::Argument | Drawn::Condition => step.push_str(&format!(" p{at}<{source}")),
                Drawn::Order => step.push_str(&format!(" after{source}")),
                Drawn::Operator => {
                    steps.push(format!("orc.first a<{source}"));
                    step.push_str(&format!(" p{at}<{}", steps.len()));
                }
            }
        }
        steps.push(step);
        step_of.push(steps.len());
    }
    let shape = match (guarded, label.edges.is_empty(), label.entries.len()) {
        (true, _, _) => "guarded",
        (false, false, _) => "sequential",
        (false, true, 1) => "single",
        (false, true, _) => "parallel",
    };
    (steps.join(" | "), shape)
}

/// Any plan: each step with a tool, an argument, and perhaps an earlier step
/// in one of several ways.
fn plans() -> impl Strategy<Value = String> {
    let step = (0..TOOLS.len() + 2, 0_u8..3, any::<Index>(), 0_u8..6);
    proptest::collection::vec(step, 1..=5).prop_map(|seeds| {
        let mut steps: Vec<String> = Vec::new();
        for (tool, n, earlier, way) in seeds {
            let source = (!steps.is_empty()).then(|| earlier.index(steps.len()) + 1);
            let step = match (TOOLS.get(tool), source) {
                (Some(tool), None) => format!("{tool} n={n}"),
                (Some(tool), Some(source)) => match way {
                    0 => format!("{tool} n={n} p<{source}"),
                    1 => format!("{tool} n={n} if{source}"),
                    2 => format!("{tool} n={n} after{source}"),
                    3 => format!("{tool} n<{source}"),
                    _ => format!("{tool} n={n}"),
                },
                (None, Some(source)) if tool == TOOLS.len() => format!("orc.first a<{source}"),
                (None, Some(source)) => format!("ask text<{source}"),
                (None, None) => "ask".to_owned(),
            };
            steps.push(step);
        }
        steps.join(" | ")
    })
}

/// The figures of a score: not the words, which follow the entries' order.
fn figures(score: &Score) -> String {
    fixture::told(score)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn figures_are_shares(label in labels(), plan in plans()) {
        let labelled = label.read("sequential");
        let score = score(&labelled, &made(&format!("plan {plan}")));
        prop_assert_eq!(score.tools.hits + score.tools.misses, label.entries.len());
        let edges = score.edges.unwrap();
        prop_assert_eq!(edges.hits + edges.misses, label.edges.len());
        prop_assert!(score.arguments.right <= score.arguments.of);
        prop_assert_eq!(score.is_exact(), score.differences.is_empty());
        let mut tally = Tally::default();
        tally.add(&score, &Spent::default());
        for measure in Measure::ALL {
            prop_assert!(tally.value(measure).is_none_or(|value| (0.0..=1.0).contains(&value)));
        }
    }

    #[test]
    fn a_perfect_plan_scores_one(
        label in labels(),
        picks in proptest::collection::vec(any::<Index>(), 4),
        ways in proptest::collection::vec(drawn(), 4),
    ) {
        let (plan, shape) = perfect(&label, &picks, &ways);
        let labelled = label.read(shape);
        let score = score(&labelled, &made(&format!("plan {plan}")));
        prop_assert!(score.is_exact(), "{}\n{:?}\n{}", plan, score.differences, figures(&score));
        let mut tally = Tally::default();
        tally.add(&score, &Spent::default());
        for measure in Measure::ALL {
            prop_assert!(tally.value(measure).is_none_or(|value| value == 1.0));
        }
    }

    #[test]
    fn the_order_of_entries_changes_nothing(
        (label, order) in labels().prop_flat_map(|label| {
            let order: Vec<usize> = (0..label.entries.len()).collect();
            (Just(label), Just(order).prop_shuffle())
        }),
        plan in plans(),
    ) {
        let came = Made::Answer(Graph::of(&fixture::plan(&plan)));
        let one = score(&label.read("sequential"), &came);
        let other = score(&label.reordered(&order).read("sequential"), &came);
        prop_assert_eq!(figures(&one), figures(&other));
    }

    #[test]
    fn the_order_of_options_changes_nothing(
        entries in proptest::collection::vec(entry(), 2..=4),
        (options, other) in proptest::collection::vec(0..TOOLS.len(), 0..6).prop_flat_map(|options| {
            (Just(options.clone()), Just(options).prop_shuffle())
        }),
    ) {
        let tools: Vec<_> = entries.iter().map(|entry| entry.tools.clone()).collect();
        let labelled = label(json!({"outcome": "clarify", "tools": tools}));
        let offer = |options: &[usize]| {
            let names: Vec<&str> = options.iter().map(|place| TOOLS[*place]).collect();
            figures(&score(&labelled, &made(&format!("offer {}", names.join(" ")))))
        };
        prop_assert_eq!(offer(&options), offer(&other));
    }
}

#[test]
fn the_notation_says_what_it_means() {
    let text = plan::explain(&plan("a.x n=1 | orc.first a<1 | b.y p<2 if1 after2"));
    for part in ["a.x", "n = 1", "orc.first", "b.y", "s2"] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}
