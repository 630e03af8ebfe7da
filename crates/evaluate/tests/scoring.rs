//! Every rule of scoring, row by row: a label, what was made of its query,
//! and how that does.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod fixture;

use concertmaster_evaluate::{Ending, Measure, score};
use fixture::{judged, label, made, told};
use serde_json::{Value, json};

#[track_caller]
fn check(members: Value, rows: &[(&str, &str)]) {
    let labelled = label(members);
    for (came, expected) in rows {
        let score = score(&labelled, &made(came));
        assert_eq!(told(&score), *expected, "{came}");
        assert_eq!(score.is_exact(), score.differences.is_empty(), "{came}: {:?}", score.differences);
    }
}

#[test]
fn one_call() {
    check(
        json!({"tools": [["gh.get", "gh.diff"]], "shape": "single",
            "arguments": [{"tool": 0, "name": "number", "value": 119}]}),
        &[
            ("plan gh.get number=119", "outcome ✓ tools 1+0-0 edges 0+0-0 arguments 1/1 shape ✓"),
            // Either tool would do, and what no label speaks of counts neither way.
            ("plan gh.diff number=119 page=2", "outcome ✓ tools 1+0-0 edges 0+0-0 arguments 1/1 shape ✓"),
            ("plan gh.get number=120", "outcome ✓ tools 1+0-0 edges 0+0-0 arguments 0/1 shape ✓"),
            ("plan gh.get number=\"119\"", "outcome ✓ tools 1+0-0 edges 0+0-0 arguments 0/1 shape ✓"),
            ("plan gh.get", "outcome ✓ tools 1+0-0 edges 0+0-0 arguments 0/1 shape ✓"),
            ("plan gh.list", "outcome ✓ tools 0+1-1 edges 0+0-0 arguments 0/1 shape ✓"),
            // Both that would do: one is the entry, the other one too many.
            ("plan gh.get number=119 | gh.diff number=119", "outcome ✓ tools 1+1-0 edges 0+0-0 arguments 1/1 shape ✗"),
            ("plan gh.diff number=1 | gh.get number=119", "outcome ✓ tools 1+1-0 edges 0+0-0 arguments 1/1 shape ✗"),
            // An argument out of a result is no literal.
            ("plan gh.list | gh.get number<1", "outcome ✓ tools 1+1-0 edges 0+1-0 arguments 0/1 shape ✗"),
            // Without a plan, everything that a plan should have is missed.
            ("nothing", "outcome ✗ tools 0+0-1 edges 0+0-0 arguments 0/1 shape ✗"),
            ("offer gh.get wiki.get", "outcome ✗ tools 1+1-0 edges 0+0-0 arguments 0/1 shape ✗"),
            ("form gh.get number", "outcome ✗ tools 1+0-0 edges 0+0-0 arguments 0/1 shape ✗"),
            ("denied", "outcome ✗ tools 0+0-1 edges 0+0-0 arguments 0/1 shape ✗"),
            // A plan that is refused is still a plan.
            ("denied with gh.get number=119", "outcome ✗ tools 1+0-0 edges 0+0-0 arguments 1/1 shape ✓"),
            ("approve gh.get number=119", "outcome ✗ tools 1+0-0 edges 0+0-0 arguments 1/1 shape ✓"),
        ],
    );
}

#[test]
fn the_same_tool_twice_means_two_calls_whatever_their_order() {
    check(
        json!({"tools": [["fs.read"], ["fs.read"]], "shape": "parallel", "arguments": [
            {"tool": 0, "name": "path", "value": "a.py"}, {"tool": 1, "name": "path", "value": "b.py"}]}),
        &[
            ("plan fs.read path=a.py | fs.read path=b.py", "outcome ✓ tools 2+0-0 edges 0+0-0 arguments 2/2 shape ✓"),
            ("plan fs.read path=b.py | fs.read path=a.py", "outcome ✓ tools 2+0-0 edges 0+0-0 arguments 2/2 shape ✓"),
            ("plan fs.read path=b.py | fs.read path=b.py", "outcome ✓ tools 2+0-0 edges 0+0-0 arguments 1/2 shape ✓"),
            ("plan fs.read path=b.py", "outcome ✓ tools 1+0-1 edges 0+0-0 arguments 1/2 shape ✗"),
        ],
    );
}

#[test]
fn a_tool_is_not_spent_on_an_entry_that_another_could_be() {
    // Only `get` can be the first entry; greedily, it would be the second.
    check(
        json!({"tools": [["gh.get", "gh.diff"], ["gh.get"]], "shape": "parallel"}),
        &[
            ("plan gh.get | gh.diff", "outcome ✓ tools 2+0-0 edges 0+0-0 arguments 0/0 shape ✓"),
            ("plan gh.diff | gh.get", "outcome ✓ tools 2+0-0 edges 0+0-0 arguments 0/0 shape ✓"),
            ("plan gh.diff | gh.diff", "outcome ✓ tools 1+1-1 edges 0+0-0 arguments 0/0 shape ✓"),
        ],
    );
}

#[test]
fn edges_carry_data_or_a_condition_or_the_order_that_the_words_ask_for() {
    let chain = |shape: &str| json!({"tools": [["gh.list"], ["gh.diff"]], "shape": shape, "edges": [[0, 1]]});
    let rows = [
        ("plan gh.list | gh.diff n<1", "outcome ✓ tools 2+0-0 edges 1+0-0 arguments 0/0 shape ✓"),
        ("plan gh.list | gh.diff n~1", "outcome ✓ tools 2+0-0 edges 1+0-0 arguments 0/0 shape ✓"),
        ("plan gh.list | gh.diff after1", "outcome ✓ tools 2+0-0 edges 1+0-0 arguments 0/0 shape ✓"),
        ("plan gh.list | gh.diff", "outcome ✓ tools 2+0-0 edges 0+0-1 arguments 0/0 shape ✗"),
        // The wrong way round: one too many, and one missing.
        ("plan gh.diff | gh.list n<1", "outcome ✓ tools 2+0-0 edges 0+1-1 arguments 0/0 shape ✓"),
        ("plan gh.diff | gh.list after1", "outcome ✓ tools 2+0-0 edges 0+0-1 arguments 0/0 shape ✗"),
        // Reading twice is one edge; so is reading what one waits for anyway.
        ("plan gh.list | gh.diff n<1 m<1 after1", "outcome ✓ tools 2+0-0 edges 1+0-0 arguments 0/0 shape ✓"),
        ("plan gh.list | gh.diff each1 n<item", "outcome ✓ tools 2+0-0 edges 1+0-0 arguments 0/0 shape ✗"),
        ("plan gh.list | gh.diff if1", "outcome ✓ tools 2+0-0 edges 1+0-0 arguments 0/0 shape ✗"),
    ];
    check(chain("sequential"), &rows);
    // Steps in a row and a question within a question are one graph.
    check(chain("nested"), &rows);
}

#[test]
fn an_order_that_nobody_asked_for_is_overlooked_and_data_is_not() {
    check(
        json!({"outcome": "approve", "tools": [["gh.merge"], ["gh.merge"]], "shape": "parallel"}),
        &[
            ("approve gh.merge n=1 | gh.merge n=2 after1", "outcome ✓ tools 2+0-0 edges 0+0-0 arguments 0/0 shape ✓"),
            ("approve gh.merge n=1 | gh.merge n<1", "outcome ✓ tools 2+0-0 edges 0+1-0 arguments 0/0 shape ✗"),
            ("approve gh.merge n=1 | gh.merge if1", "outcome ✓ tools 2+0-0 edges 0+1-0 arguments 0/0 shape ✗"),
            ("plan gh.merge n=1 | gh.merge n=2", "outcome ✗ tools 2+0-0 edges 0+0-0 arguments 0/0 shape ✓"),
        ],
    );
}

#[test]
fn an_edge_of_a_call_too_many_is_too_many_and_is_not_contracted() {
    check(
        json!({"tools": [["gh.list"], ["gh.diff"]], "shape": "sequential", "edges": [[0, 1]]}),
        &[
            ("plan gh.list | gh.get n<1 | gh.diff n<2", "outcome ✓ tools 2+1-0 edges 0+2-1 arguments 0/0 shape ✓"),
            ("plan gh.list | gh.get n<1 | gh.diff n<1", "outcome ✓ tools 2+1-0 edges 1+1-0 arguments 0/0 shape ✓"),
            ("plan gh.list | gh.get after1 | gh.diff n<1", "outcome ✓ tools 2+1-0 edges 1+0-0 arguments 0/0 shape ✓"),
        ],
    );
}

#[test]
fn operators_are_contracted() {
    check(
        json!({"tools": [["gh.list"], ["gh.diff"]], "shape": "sequential", "edges": [[0, 1]]}),
        &[
            ("plan gh.list | orc.first a<1 | gh.diff n<2", "outcome ✓ tools 2+0-0 edges 1+0-0 arguments 0/0 shape ✓"),
            (
                "plan gh.list | orc.count items<1 | orc.first a<2 | gh.diff n<3",
                "outcome ✓ tools 2+0-0 edges 1+0-0 arguments 0/0 shape ✓",
            ),
            // A way that only orders at one place only orders.
            (
                "plan gh.list | orc.first a=1 after1 | gh.diff n<2",
                "outcome ✓ tools 2+0-0 edges 1+0-0 arguments 0/0 shape ✓",
            ),
            // By an operator and directly is one edge.
            (
                "plan gh.list | orc.first a<1 | gh.diff n<2 m<1",
                "outcome ✓ tools 2+0-0 edges 1+0-0 arguments 0/0 shape ✓",
            ),
            // A condition on what an operator computes is one on what it reads.
            ("plan gh.list | orc.first a<1 | gh.diff if2", "outcome ✓ tools 2+0-0 edges 1+0-0 arguments 0/0 shape ✗"),
            // A step that asks a query of its own is no call, and nested alone.
            ("plan gh.list | ask text<1 | gh.diff n<2", "outcome ✓ tools 2+0-0 edges 1+0-0 arguments 0/0 shape ✗"),
        ],
    );
    check(
        json!({"tools": [["gh.list"], ["gh.diff"]], "shape": "parallel"}),
        &[
            (
                "plan gh.list | orc.first a=1 after1 | gh.diff n<2",
                "outcome ✓ tools 2+0-0 edges 0+0-0 arguments 0/0 shape ✓",
            ),
            (
                "plan gh.list | orc.first a<1 | gh.diff n=1 after2",
                "outcome ✓ tools 2+0-0 edges 0+0-0 arguments 0/0 shape ✓",
            ),
            ("plan gh.list | orc.first a<1 | gh.diff n<2", "outcome ✓ tools 2+0-0 edges 0+1-0 arguments 0/0 shape ✗"),
        ],
    );
}

#[test]
fn optional_calls_are_left_out_of_everything() {
    check(
        json!({"tools": [["sql.query"]], "shape": "single", "optional": ["sql.tables", "sql.describe"]}),
        &[
            ("plan sql.query", "outcome ✓ tools 1+0-0 edges 0+0-0 arguments 0/0 shape ✓"),
            ("plan sql.tables | sql.query sql<1", "outcome ✓ tools 1+0-0 edges 0+0-0 arguments 0/0 shape ✓"),
            (
                "plan sql.tables | sql.describe each1 t<item | sql.query sql<2",
                "outcome ✓ tools 1+0-0 edges 0+0-0 arguments 0/0 shape ✓",
            ),
            (
                "plan sql.tables | sql.describe if1 | sql.query",
                "outcome ✓ tools 1+0-0 edges 0+0-0 arguments 0/0 shape ✓",
            ),
            ("plan sql.tables", "outcome ✓ tools 0+0-1 edges 0+0-0 arguments 0/0 shape ✓"),
            ("plan sql.tables | sql.other", "outcome ✓ tools 0+1-1 edges 0+0-0 arguments 0/0 shape ✓"),
        ],
    );
    // An edge through a call that was left out is contracted.
    check(
        json!({"tools": [["gh.get"], ["sl.post"]], "shape": "sequential", "edges": [[0, 1]], "optional": ["gh.user"]}),
        &[
            ("plan gh.get | gh.user n<1 | sl.post t<2", "outcome ✓ tools 2+0-0 edges 1+0-0 arguments 0/0 shape ✓"),
            ("plan gh.get | gh.user after1 | sl.post t<2", "outcome ✓ tools 2+0-0 edges 1+0-0 arguments 0/0 shape ✓"),
            ("plan gh.user | gh.get n<1 | sl.post t<2", "outcome ✓ tools 2+0-0 edges 1+0-0 arguments 0/0 shape ✓"),
        ],
    );
    // What is optional may be an entry first.
    check(
        json!({"tools": [["gh.diff", "gh.get"], ["sl.search"]], "shape": "parallel", "optional": ["gh.get", "gh.diff"],
            "arguments": [{"tool": 0, "name": "n", "value": 1}]}),
        &[
            ("plan gh.diff n=1 | gh.get n=1 | sl.search", "outcome ✓ tools 2+0-0 edges 0+0-0 arguments 1/1 shape ✓"),
            ("plan gh.get n=2 | gh.diff n=1 | sl.search", "outcome ✓ tools 2+0-0 edges 0+0-0 arguments 1/1 shape ✓"),
            ("plan gh.get n=2 | sl.search", "outcome ✓ tools 2+0-0 edges 0+0-0 arguments 0/1 shape ✓"),
        ],
    );
    // Of two that would do, the one stays that is not optional.
    check(
        json!({"tools": [["gh.a", "gh.b"]], "shape": "single", "optional": ["gh.b"]}),
        &[
            ("plan gh.a | gh.b", "outcome ✓ tools 1+0-0 edges 0+0-0 arguments 0/0 shape ✓"),
            ("plan gh.b | gh.a", "outcome ✓ tools 1+0-0 edges 0+0-0 arguments 0/0 shape ✓"),
        ],
    );
}

#[test]
fn calls_that_nothing_else_tells_apart_are_told_apart_by_their_edges() {
    let star = json!({"tools": [["fs.read"], ["fs.list"], ["fs.read"]], "shape": "sequential", "edges": [[1, 2]]});
    check(
        star,
        &[
            (
                "plan fs.list | fs.read path<1 | fs.read path=a",
                "outcome ✓ tools 3+0-0 edges 1+0-0 arguments 0/0 shape ✓",
            ),
            (
                "plan fs.read path=a | fs.list | fs.read path<2",
                "outcome ✓ tools 3+0-0 edges 1+0-0 arguments 0/0 shape ✓",
            ),
        ],
    );
}

#[test]
fn of_matchings_alike_the_kindest_is_taken() {
    // An order that the label asks for is worth an edge.
    check(
        json!({"tools": [["fs.list"], ["fs.read"], ["fs.read"]], "shape": "sequential", "edges": [[0, 2]]}),
        &[
            ("plan fs.list | fs.read after1 | fs.read", "outcome ✓ tools 3+0-0 edges 1+0-0 arguments 0/0 shape ✓"),
            ("plan fs.list | fs.read | fs.read after1", "outcome ✓ tools 3+0-0 edges 1+0-0 arguments 0/0 shape ✓"),
            // Data makes the edge, so that the order is overlooked.
            ("plan fs.list | fs.read after1 | fs.read p<1", "outcome ✓ tools 3+0-0 edges 1+0-0 arguments 0/0 shape ✓"),
            ("plan fs.list | fs.read p<1 | fs.read after1", "outcome ✓ tools 3+0-0 edges 1+0-0 arguments 0/0 shape ✓"),
        ],
    );
    // And so it is where the shape does not depend on it.
    check(
        json!({"tools": [["fs.list"], ["fs.read"], ["fs.read"], ["gh.get"]], "shape": "each",
            "edges": [[0, 2], [0, 3]]}),
        &[
            (
                "plan fs.list | fs.read after1 | fs.read | gh.get each1 n<item",
                "outcome ✓ tools 4+0-0 edges 2+0-0 arguments 0/0 shape ✓",
            ),
            (
                "plan fs.list | fs.read | fs.read after1 | gh.get each1 n<item",
                "outcome ✓ tools 4+0-0 edges 2+0-0 arguments 0/0 shape ✓",
            ),
        ],
    );
    // Which of two optional calls is left out decides the shape.
    for shape in ["single", "each"] {
        check(
            json!({"tools": [["gh.a", "gh.b"]], "shape": shape, "optional": ["gh.a", "gh.b", "gh.list"]}),
            &[
                ("plan gh.list | gh.a each1 n<item | gh.b", "outcome ✓ tools 1+0-0 edges 0+0-0 arguments 0/0 shape ✓"),
                ("plan gh.list | gh.b | gh.a each1 n<item", "outcome ✓ tools 1+0-0 edges 0+0-0 arguments 0/0 shape ✓"),
            ],
        );
    }
}

#[test]
fn shapes_have_an_order_of_precedence() {
    let with_shape = |shape: &str, also: &[&str]| json!({"tools": [["gh.list"], ["gh.get"]], "shape": shape, "shape_also": also, "edges": [[0, 1]]});
    let right = "outcome ✓ tools 2+0-0 edges 1+0-0 arguments 0/0 shape ✓";
    let wrong = "outcome ✓ tools 2+0-0 edges 1+0-0 arguments 0/0 shape ✗";
    let each = "plan gh.list | gh.get each1 n<item";
    let guarded_each = "plan gh.list | gh.get each1 n<item if1";
    let guarded_operator = "plan gh.list | gh.get n<1 | orc.first a<2 if1";
    let asking = "plan gh.list | gh.get n<1 | ask text<2";
    let asking_each = "plan gh.list | gh.get each1 n<item | ask text<2";
    let chain = "plan gh.list | gh.get n<1";
    check(with_shape("guarded", &[]), &[(guarded_each, right), (guarded_operator, right), (each, wrong)]);
    check(with_shape("each", &[]), &[(each, right), (asking_each, right), (guarded_each, wrong), (chain, wrong)]);
    check(with_shape("nested", &[]), &[(asking, right), (chain, right), (asking_each, wrong)]);
    check(with_shape("sequential", &[]), &[(chain, right), (asking, wrong), (each, wrong)]);
    check(with_shape("sequential", &["each"]), &[(chain, right), (each, right), (guarded_each, wrong)]);
    check(with_shape("single", &[]), &[(chain, wrong)]);
    check(with_shape("parallel", &[]), &[(chain, wrong)]);
}

#[test]
fn questions_offer_their_options() {
    check(
        json!({"outcome": "clarify", "category": "ambiguous", "tools": [["fs.search"], ["gh.search"]],
            "optional": ["sl.search"]}),
        &[
            ("offer gh.search fs.search", "outcome ✓ tools 2+0-0 edges – arguments 0/0 shape –"),
            ("offer gh.search fs.search sl.search", "outcome ✓ tools 2+0-0 edges – arguments 0/0 shape –"),
            ("offer gh.search fs.search db.search", "outcome ✓ tools 2+1-0 edges – arguments 0/0 shape –"),
            ("offer gh.search sl.search", "outcome ✓ tools 1+0-1 edges – arguments 0/0 shape –"),
            ("offer", "outcome ✓ tools 0+0-2 edges – arguments 0/0 shape –"),
            ("plan gh.search q=x", "outcome ✗ tools 1+0-1 edges – arguments 0/0 shape –"),
            // Without a shape, edges are not looked at.
            ("plan gh.search | fs.search q<1", "outcome ✗ tools 2+0-0 edges – arguments 0/0 shape –"),
        ],
    );
}

#[test]
fn forms_ask_for_exactly_what_is_missing() {
    check(
        json!({"outcome": "argument", "category": "missing_argument", "tools": [["sl.post"]],
            "arguments": [{"tool": 0, "name": "text", "value": "hi"}], "missing": ["channel"]}),
        &[
            ("form sl.post channel", "outcome ✓ tools 1+0-0 edges – arguments 1/1 shape –"),
            ("form sl.post channel,text", "outcome ✓ tools 1+0-0 edges – arguments 0/1 shape –"),
            ("form sl.post text", "outcome ✓ tools 1+0-0 edges – arguments 0/1 shape –"),
            ("form sl.other channel", "outcome ✓ tools 0+1-1 edges – arguments 1/1 shape –"),
            // Literals count where a plan is shown, and the form's tool is the
            // plan's own call of it.
            ("form sl.post channel with sl.post text=hi", "outcome ✓ tools 1+0-0 edges – arguments 2/2 shape –"),
            ("form sl.post channel with sl.post text=no", "outcome ✓ tools 1+0-0 edges – arguments 1/2 shape –"),
            ("form sl.post channel with sl.list", "outcome ✓ tools 1+1-0 edges – arguments 1/2 shape –"),
            ("plan sl.post channel=x text=hi", "outcome ✗ tools 1+0-0 edges – arguments 1/2 shape –"),
            ("nothing", "outcome ✗ tools 0+0-1 edges – arguments 0/1 shape –"),
        ],
    );
    check(
        json!({"outcome": "argument", "tools": [["sl.post"]], "missing": ["text", "channel"]}),
        &[("form sl.post channel,text", "outcome ✓ tools 1+0-0 edges – arguments 1/1 shape –")],
    );
}

#[test]
fn out_of_scope_every_call_is_a_false_alarm() {
    check(
        json!({"outcome": "out_of_scope"}),
        &[
            ("nothing", "outcome ✓ tools 0+0-0 edges – arguments 0/0 shape –"),
            ("plan gh.list | gh.get each1 n<item", "outcome ✗ tools 0+2-0 edges – arguments 0/0 shape –"),
            ("offer gh.search fs.search", "outcome ✗ tools 0+2-0 edges – arguments 0/0 shape –"),
            ("form gh.get number", "outcome ✗ tools 0+1-0 edges – arguments 0/0 shape –"),
            ("denied", "outcome ✗ tools 0+0-0 edges – arguments 0/0 shape –"),
        ],
    );
}

#[test]
fn somebody_is_asked_when_policy_would_ask_before_or_on_the_way() {
    let rows = [
        ("gh.get n=1", Ending::Answered),
        ("gh.list | gh.get each1 n<item", Ending::Answered),
        // Before anything runs.
        ("gh.merge n=1", Ending::Approve),
        ("gh.reviews n=1 | gh.merge n=1 if1", Ending::Approve),
        // Once the arguments are known.
        ("gh.list | gh.merge n<1", Ending::Approve),
        ("gh.diff n=1 | fs.write path=a content<1", Ending::Approve),
        // The user's own words are posted; whether they are is a result's doing.
        ("sl.post channel=x text=hi", Ending::Answered),
        ("gh.get n=1 | sl.post channel=x text=hi if1", Ending::Answered),
        ("gh.get n=1 | sl.post channel=x text=hi after1", Ending::Answered),
        // A server's words are posted.
        ("gh.get n=1 | sl.post channel=x text<1", Ending::Approve),
        ("gh.get n=1 | sl.post channel=x text~1", Ending::Approve),
        ("gh.get n=1 | orc.first a<1 | sl.post channel=x text<2", Ending::Approve),
        ("gh.list | sl.post each1 channel=x text=hi", Ending::Approve),
        // What is computed from the user's own words is the user's.
        ("orc.first a=hi | sl.post channel=x text<1", Ending::Answered),
        ("ask text=hi | sl.post channel=x text<1", Ending::Approve),
    ];
    for (plan, expected) in rows {
        assert_eq!(judged(plan).ending(), Some(expected), "{plan}");
    }
}

#[test]
fn differences_say_what_was_wanted_and_what_came() {
    let labelled = label(json!({"tools": [["gh.list", "gh.search"], ["gh.get"]], "shape": "each", "edges": [[0, 1]],
        "arguments": [{"tool": 0, "name": "state", "value": "open"}, {"tool": 0, "name": "q", "contains": ["a", "b"]}]}));
    let told = |came: &str| -> Vec<String> {
        let differences = score(&labelled, &made(came)).differences;
        differences.iter().map(|d| format!("{}: {} / {}", d.measure.as_str(), d.wanted, d.got)).collect()
    };
    assert_eq!(told("plan gh.list state=Open q=a-b | gh.get each1 n<item"), [""; 0]);
    assert_eq!(
        told("approve gh.list state=closed | gh.diff n<1"),
        [
            "outcome: answered / approve",
            "tools: gh.list or gh.search, gh.get / gh.list, gh.diff",
            "edges: gh.list or gh.search → gh.get / gh.list → gh.diff",
            "arguments: gh.list or gh.search state = \"open\" / \"closed\"",
            "arguments: gh.list or gh.search q contains a and b / nothing known now",
            "shape: each / a chain",
        ]
    );
    let none = score(&labelled, &made("denied")).differences;
    let got: Vec<(Measure, &str)> = none.iter().map(|d| (d.measure, d.got.as_str())).collect();
    let expected = [
        (Measure::Outcome, "denied"),
        (Measure::Tools, "none"),
        (Measure::Edges, "none"),
        (Measure::Arguments, "no plan"),
        (Measure::Arguments, "no plan"),
        (Measure::Shape, "no plan"),
    ];
    assert_eq!(got, expected);
}
