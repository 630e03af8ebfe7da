//! What people approve, as text.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod fixture;

use concertmaster_plan::{Plan, explain};
use expect_test::{Expect, expect};
use fixture::{catalog, find, read, valid};
use serde_json::{Value, json};

fn shown(document: &Value, expected: Expect) {
    expected.assert_eq(&explain(&read(document, &catalog()).unwrap()));
}

fn by_name(wanted: &str) -> Value {
    valid().into_iter().find(|(name, _)| *name == wanted).unwrap().1
}

#[test]
fn one_call() {
    shown(
        &by_name("one call"),
        expect![[r#"
        plan: 1 step, 1 call, gravest effect read
        answer: a summary of s1

        stage 1
        └─ s1  github.get_pull_request [read]
                to: the pull request
                number = 123
    "#]],
    );
}

#[test]
fn side_by_side() {
    shown(
        &by_name("side by side"),
        expect![[r#"
        plan: 2 steps, 2 calls, gravest effect read
        answer: a summary of s1, s2

        stage 1: 2 side by side
        ├─ s1  github.get_pull_request [read]
        │       number = 123
        └─ s2  slack.search [read]
                query = "PR #123"
    "#]],
    );
}

#[test]
fn each_item() {
    shown(
        &by_name("each"),
        expect![[r#"
        plan: 2 steps, 1 to 21 calls, gravest effect read
        answer: a summary of s2

        stage 1
        └─ s1  github.list_pull_requests [read]
                state = "open"

        stage 2
        └─ s2  github.list_reviews [read] for each of s1 /items (at most 20)
                number ← the item's /number
    "#]],
    );
}

#[test]
fn if_and_else() {
    shown(
        &by_name("guarded"),
        expect![[r#"
        plan: 4 steps, 1 to 3 calls, gravest effect read
        answer: the value of s4

        stage 1
        └─ s1  github.list_pull_requests [read]
                state = "open"

        stage 2: 2 side by side
        ├─ s2  slack.search [read]
        │       only if s1 /total gt 3
        │       query ← "first {{s1:/items/0/title}} of {{s1:/total}}"
        └─ s3  github.search [read]
                only if s1 /total le 3
                query ← s1 /items/0/title
                kind = "code"

        stage 3
        └─ s4  orc.first [pure]
                a ← s2
                b ← s3
    "#]],
    );
}

#[test]
fn computations() {
    shown(
        &by_name("computed"),
        expect![[r#"
        plan: 4 steps, 1 call, gravest effect read
        answer: a summary of s4

        stage 1
        └─ s1  github.list_pull_requests [read]
                state = "open"

        stage 2
        └─ s2  orc.filter [pure]
                items ← s1 /items
                path = "/state"
                cmp = "eq"
                value = "open"

        stage 3
        └─ s3  orc.count [pure]
                items ← s2

        stage 4
        └─ s4  orc.format [pure]
                template = "{{n}} open"
                n ← s3
    "#]],
    );
}

#[test]
fn side_effects() {
    shown(
        &by_name("side effects in order"),
        expect![[r#"
        plan: 2 steps, 2 calls, gravest effect destructive
        answer: a summary of s1, s2

        stage 1
        └─ s1  slack.post_message [additive]
                channel = "dev"
                text = "merging"

        stage 2
        └─ s2  github.merge_pull_request [destructive]
                number = 123
                only after s1
    "#]],
    );
}

#[test]
fn a_nested_query() {
    shown(
        &by_name("nested"),
        expect![[r#"
            plan: 2 steps, 1 call and those of 1 nested query, gravest effect read (the nested query's calls are judged by themselves)
            answer: a summary of s2

            stage 1
            └─ s1  slack.search [read]
                    query = "retry"

            stage 2
            └─ s2  a nested query
                    query ← "who knows about {{s1}}"
                    may use: github.get_pull_request, github.list_pull_requests, github.list_reviews, github.search, slack.search
        "#]],
    );
}

#[test]
fn the_wire_form() {
    shown(
        &by_name("wire"),
        expect![[r#"
            plan: 3 steps, 1 to 6 calls and those of 1 nested query, gravest effect read (the nested query's calls are judged by themselves)
            answer: a table of s2, s3

            stage 1: 2 side by side
            ├─ s1  github.list_pull_requests [read]
            │       to: open ones
            │       per_page = 10
            └─ s3  a nested query
                    query = "what is new"
                    may use: slack.list_channels, slack.post_message, slack.search

            stage 2
            └─ s2  github.get_pull_request [read] for each of s1 /items (at most 5)
                    only if s1 /total gt 0
                    number ← the item's /number
        "#]],
    );
}

#[test]
fn nothing_hides() {
    let text = format!("line\nbreak \u{202e}reversed\u{200b} {}", "x".repeat(500));
    let document = json!({"steps": [{"id": "s1", "tool": "slack.post_message", "purpose": "say\u{2028}so",
        "args": {"channel": "dev", "text": text}}]});
    shown(
        &document,
        expect![[r#"
        plan: 1 step, 1 call, gravest effect additive
        answer: a summary of s1

        stage 1
        └─ s1  slack.post_message [additive]
                to: say\u{2028}so
                channel = "dev"
                text = "line\nbreak \u{202e}reversed\u{200b} xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… (139 more characters; the whole has hash aa7efd876f6a4c73)
    "#]],
    );
}

#[test]
fn a_direct_call() {
    let catalog = catalog();
    let arguments = json!({"number": 123}).as_object().unwrap().clone();
    let plan = Plan::single_call(find(&catalog, "github.merge_pull_request"), arguments, catalog.version());
    expect![[r#"
        plan: 1 step, 1 call, gravest effect destructive
        answer: the value of s1

        stage 1
        └─ s1  github.merge_pull_request [destructive]
                to: merge_pull_request
                number = 123
    "#]]
    .assert_eq(&explain(&plan));
}
