//! Floors: what holds, what is below, and what is no floor.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod fixture;

use concertmaster_evaluate::{Floor, Measure, ModelLines, Report, Spent, Tally, score};
use fixture::{label, made};
use serde_json::json;

/// Three queries: outcome 2 of 3, tools 2·2/(4+0+1), no edges, shape 2 of 3.
fn tally() -> Tally {
    let labelled = label(json!({"tools": [["gh.get"]], "shape": "single"}));
    let mut tally = Tally::default();
    for came in ["plan gh.get", "plan gh.get", "nothing"] {
        tally.add(&score(&labelled, &made(came)), &Spent::default());
    }
    tally
}

#[test]
fn a_figure_may_be_at_its_floor_and_not_below_it() {
    let rows = [
        (json!({"outcome": 0.666}), vec![]),
        (json!({"outcome": 2.0 / 3.0, "tools": 0.8}), vec![]),
        (json!({"outcome": 0.667, "tools": 0.9}), vec!["outcome", "tools"]),
        (json!({"exact": 0.7, "shape": 0.6}), vec!["exact"]),
        // What was not measured does not hold.
        (json!({"edges": 0.0}), vec!["edges"]),
    ];
    for (least, expected) in rows {
        let floor = Floor::parse(&json!({ "a.jsonl": least }).to_string()).unwrap();
        let below: Vec<&str> =
            floor.below("a.jsonl", &tally()).unwrap().iter().map(|short| short.measure.as_str()).collect();
        assert_eq!(below, expected, "{least}");
        assert_eq!(floor.below("b.jsonl", &tally()), None);
    }
}

#[test]
fn a_floor_is_raised_and_never_lowered() {
    let mut floor =
        Floor::parse(r#"{"a": {"outcome": 0.1, "tools": 0.9, "edges": 0.5}, "b": {"shape": 0.0}}"#).unwrap();
    floor.raise("a", &tally());
    floor.raise("c", &tally());
    let expected = json!({"a": {"outcome": 0.666, "tools": 0.9, "edges": 0.5}, "b": {"shape": 0.0}});
    assert_eq!(json!(floor), expected);
    assert_eq!(Floor::parse(&json!(floor).to_string()), Ok(floor));
}

#[test]
fn what_is_no_floor_says_why() {
    let rows = [
        ("{", "EOF"),
        (r#"{"a.jsonl": {"tool": 1}}"#, "unknown variant `tool`, expected one of `outcome`, `tools`"),
        (r#"{"a.jsonl": {"tools": "high"}}"#, "invalid type"),
        (r#"{"a.jsonl": {}}"#, "nothing is set for `a.jsonl`"),
        (r#"{"a.jsonl": {"tools": 90}}"#, "`tools` of `a.jsonl` is 90, and figures are 0 to 1"),
    ];
    for (text, expected) in rows {
        let faults = Floor::parse(text).unwrap_err();
        assert!(faults[0].contains(expected), "{text} {faults:?}");
    }
    assert_eq!(Floor::parse(r#"{"a": {"tools": 2, "shape": -1}, "b": {}}"#).unwrap_err().len(), 3);
}

#[test]
fn the_demos_own_floor_is_one() {
    let floor = Floor::parse(include_str!("../../demo/eval/floor.json")).unwrap();
    for file in ["tuning.jsonl", "fresh.jsonl", "held-out.jsonl"] {
        let nothing = floor.below(file, &Tally::default()).unwrap();
        assert_eq!(nothing.len(), Measure::ALL.len(), "every figure of {file} has a floor");
    }
}

#[test]
fn lines_that_need_a_model_are_apart_until_there_is_one() {
    let own = label(json!({"tools": [["gh.get"]], "shape": "single", "style": "natural"}));
    let models = label(json!({"tools": [["sql.query"]], "shape": "single", "needs_model": true, "category": "nested"}));
    let rows = [(ModelLines::Apart, 1, Some(1.0), 1), (ModelLines::Along, 2, Some(0.5), 2)];
    for (model_lines, queries, outcome, categories) in rows {
        let mut report = Report::new(model_lines);
        report.add(&own, &score(&own, &made("plan gh.get")), &Spent::default());
        report.add(&models, &score(&models, &made("nothing")), &Spent::default());
        assert_eq!((report.all().lines(), report.all().value(Measure::Outcome)), (queries, outcome));
        assert_eq!(report.needs_model().lines(), 1);
        assert_eq!(report.categories().count(), categories);
        assert_eq!(report.styles().map(|(_, tally)| tally.lines()).sum::<usize>(), queries);
    }
}
