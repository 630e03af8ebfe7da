//! What was computed here cites the tool calls that it was computed from.

mod scene;

use std::time::Duration;

use concertmaster_synthesize::Footnote;
use expect_test::expect;
use scene::{Scene, result};
use serde_json::{Value, json};

fn counted() -> Scene {
    Scene::new(
        "how many open PRs and issues are there?",
        json!([
            {"id": "s1", "tool": "github.list_pull_requests"},
            {"id": "s2", "tool": "github.list_issues"},
            {"id": "s3", "tool": "orc.concat", "args": {"a": {"$ref": "s1#/pull_requests"}, "b": {"$ref": "s2#/issues"}}},
            {"id": "s4", "tool": "orc.count", "args": {"items": {"$ref": "s3"}}, "purpose": "open PRs and issues"},
        ]),
        json!({"style": "direct", "uses": ["s4"]}),
    )
    .with("s1", result("open_pull_requests"))
    .with("s2", result("open_issues"))
    .computed("s3", json!([]))
}

#[test]
fn a_count_cites_what_was_counted() {
    let mut scene = counted().computed("s4", json!(11));
    scene.footnotes = vec![Footnote { cached: true, age: Duration::from_millis(12_400), ..Footnote::default() }];
    expect![[r#"
        Open PRs and issues: 11 [s1][s2]

        Sources:
        [s1] github.list_pull_requests (cached, 12 s old)
        [s2] github.list_issues
    "#]]
    .assert_eq(&scene.text());
}

#[test]
fn scalars_and_texts_stand_alone() {
    let rows: [(Value, &str); 5] = [
        (json!(42), "42 [s1]\n"),
        (json!({"result": true}), "true [s1]\n"),
        (json!({"count": 3}), "count 3 [s1]\n"),
        (json!("12:30 in Oslo"), "12:30 in Oslo [s1]\n"),
        (json!({"columns": ["n", "total"], "rows": [[3, 7.5]]}), "n 3 · total 7.5 [s1]\n"),
    ];
    for (value, expected) in rows {
        let text = Scene::of_one("how many?", "sql.query", "direct", value).text();
        assert_eq!(text.split("\nSources").next(), Some(expected));
    }
}

#[test]
fn an_answer_has_the_outcome_shape() {
    let scene = Scene::of_one("how many?", "sql.query", "direct", json!({"rows": {"n": 4, "name": "orders"}}));
    let answer = serde_json::to_value(scene.answer()).expect("serialises");
    assert_eq!(
        answer,
        json!({
            "status": "complete",
            "answer": {
                "text": "**orders** [s1]\nn 4 [s1]\n\nSources:\n[s1] sql.query\n",
                "citations": [
                    {"step": "s1", "server": "sql", "tool": "query", "pointer": "/rows", "cached": false, "age_ms": 0}
                ],
            },
            "missing": [],
        })
    );
}

#[test]
fn statements_say_where_their_words_stand() {
    let scene = Scene::of_one("what does Slack say?", "slack.search_messages", "summary", result("messages"));
    let answer = scene.answer();
    let reply = answer.statements.iter().find(|statement| statement.text.contains("Decision:")).expect("the decision");
    assert_eq!(reply.citations[0].pointer.as_deref(), Some("/messages/0/thread/6"));
    assert_eq!(answer.citations[0].pointer.as_deref(), Some("/messages"));
    let lead = answer.statements.first().expect("a statement");
    assert_eq!((lead.text.as_str(), lead.counted.as_slice()), ("Messages: 3", &[3][..]));
}
