//! What an answer says about what it lacks.

mod scene;

use concertmaster_synthesize::{Answer, Footnote, Status, Synthesis};
use expect_test::expect;
use plan::{Need, Observation, Output, SkipReason, StepIndex};
use query::{Blame, Fault};
use scene::{Scene, result};
use serde_json::json;

fn fault(message: &str) -> Fault {
    Fault::passing(Blame::Upstream, "timed_out", message)
}

fn two_sources() -> Scene {
    Scene::new(
        "open PRs and what Slack says",
        json!([
            {"id": "s1", "tool": "github.list_pull_requests", "purpose": "open PRs"},
            {"id": "s2", "tool": "slack.search_messages", "purpose": "what Slack says"},
        ]),
        json!({"style": "list"}),
    )
}

fn lines(answer: &Answer) -> String {
    let whole = answer.text.split("Missing:\n").nth(1).unwrap_or_default();
    whole.split("\nSources:").next().unwrap_or_default().to_owned()
}

#[test]
fn every_way_a_step_can_end_has_its_words() {
    let need = Need::Answer { message: "Which workspace?".to_owned(), schema: None };
    let error = Output::of_tool_result(json!({"isError": true, "content": [{"type": "text", "text": "rate limited"}]}));
    let rows = [
        (
            Some(Observation::Failed(fault("slack.search_messages did not answer within 10 s"))),
            "failed",
            "- slack.search_messages did not answer within 10 s [s2]\n",
        ),
        (
            Some(Observation::Failed(fault("the connection was refused"))),
            "failed",
            "- slack.search_messages failed: the connection was refused [s2]\n",
        ),
        (
            Some(Observation::ToolError(error)),
            "tool_error",
            "- slack.search_messages reported an error: rate limited [s2]\n",
        ),
        (
            Some(Observation::Skipped(SkipReason::Upstream(StepIndex(0)))),
            "not_run",
            "- slack.search_messages was not run, because it needs what github.list_pull_requests did not bring [s2]\n",
        ),
        (
            Some(Observation::NeedsInput(Need::Approval(Vec::new()))),
            "needs_input",
            "- slack.search_messages waits for approval [s2]\n",
        ),
        (
            Some(Observation::NeedsInput(need)),
            "needs_input",
            "- slack.search_messages waits for an answer: Which workspace? [s2]\n",
        ),
        (
            Some(Observation::Indeterminate(fault("the connection broke"))),
            "indeterminate",
            "- slack.search_messages may or may not have been done: the connection broke (check before doing it again) [s2]\n",
        ),
        (None, "unfinished", "- slack.search_messages had not finished when the answer was due [s2]\n"),
    ];
    for (seen, status, expected) in rows {
        let scene = two_sources().with("s1", result("open_pull_requests"));
        let scene = match seen {
            Some(seen) => scene.ended("s2", seen),
            None => scene,
        };
        let answer = scene.answer();
        assert_eq!(answer.status, Status::Partial, "{status}");
        assert_eq!(answer.missing.len(), 1);
        assert_eq!(answer.missing[0].status, status);
        assert_eq!(answer.missing[0].server.as_deref(), Some("slack"));
        assert_eq!(answer.missing[0].tool.as_deref(), Some("search_messages"));
        assert_eq!(lines(&answer), expected);
        let cited: Vec<&str> = answer.citations.iter().map(|citation| citation.step.as_str()).collect();
        assert_eq!(cited, ["s1"], "what failed is no source");
    }
}

#[test]
fn without_any_result_there_is_no_answer() {
    let scene = two_sources()
        .ended("s1", Observation::Failed(fault("github is down")))
        .ended("s2", Observation::Failed(fault("slack is down")));
    let Synthesis::Nothing { missing } = scene.synthesis() else { panic!("there was nothing to tell") };
    let why: Vec<&str> = missing.iter().map(|missing| missing.why.as_str()).collect();
    assert_eq!(
        why,
        ["github.list_pull_requests failed: github is down", "slack.search_messages failed: slack is down"]
    );
}

#[test]
fn an_empty_result_is_an_answer() {
    let scene = Scene::new(
        "which PRs touched auth.py?",
        json!([{"id": "s1", "tool": "github.list_pull_requests", "args": {"path": "auth.py", "state": "all"}}]),
        json!({"style": "list"}),
    )
    .with("s1", json!({"pull_requests": [], "total_count": 0}));
    let answer = scene.answer();
    assert_eq!(answer.status, Status::Complete);
    expect![[r#"
        github.list_pull_requests found nothing for “auth.py” [s1]

        Sources:
        [s1] github.list_pull_requests
    "#]]
    .assert_eq(&answer.text);
}

fn merge_if_open() -> Scene {
    Scene::new(
        "merge PR 123 if it is open",
        json!([
            {"id": "s1", "tool": "github.get_pull_request", "args": {"number": 123}},
            {"id": "s2", "tool": "github.list_reviews", "args": {"number": 123},
             "when": {"ref": "s1#/state", "is": "eq", "value": "merged"}},
        ]),
        json!({"style": "direct", "uses": ["s1", "s2"]}),
    )
}

#[test]
fn a_guard_that_did_not_hold_is_said_and_in_order() {
    let scene = merge_if_open()
        .with("s1", json!({"number": 123, "title": "Switch", "state": "open"}))
        .ended("s2", Observation::Skipped(SkipReason::Guard));
    let answer = scene.answer();
    assert_eq!(answer.status, Status::Complete);
    assert_eq!(lines(&answer), "- github.list_reviews was not run, because its condition did not hold [s2]\n");
}

fn reviews_of_each() -> Scene {
    Scene::new(
        "PRs that touched auth.py, then who reviewed each of them",
        json!([
            {"id": "s1", "tool": "github.list_pull_requests"},
            {"id": "s2", "tool": "github.list_reviews", "over": "s1#/pull_requests/*/number", "limit": 2,
             "args": {"number": {"$item": ""}}},
        ]),
        json!({"style": "summary", "uses": ["s2"]}),
    )
    .with("s1", result("pull_requests_of_auth"))
}

#[test]
fn an_each_that_lost_items_says_which_and_why() {
    let mut scene = reviews_of_each().computed(
        "s2",
        json!([
            {"i": 0, "ok": true, "value": {"number": 121, "reviews": []}},
            {"i": 1, "ok": false, "error": {"status": "failed", "code": "timed_out", "message": "no answer in 10 s"}},
        ]),
    );
    scene.footnotes = vec![Footnote::default(), Footnote { left_out: 1, ..Footnote::default() }];
    let answer = scene.answer();
    expect![[r#"
        **#121 Reject tokens with an unknown key id: nothing found** [s1][s2]

        **#117 Refresh session tokens before they expire: failed: no answer in 10 s** [s1][s2]

        Missing:
        - github.list_reviews failed for 1 of 2 items: no answer in 10 s [s2]
        - github.list_reviews was called for the first 2 items only; 1 more were left out [s2]

        Sources:
        [s1] github.list_pull_requests
        [s2] github.list_reviews
    "#]]
    .assert_eq(&answer.text);
    let statuses: Vec<&str> = answer.missing.iter().map(|missing| missing.status).collect();
    assert_eq!(statuses, ["partial", "left_out"]);
    assert_eq!(answer.status, Status::Partial);
}

#[test]
fn what_a_failed_step_was_to_build_on_stands_in_for_it() {
    let scene = reviews_of_each().ended("s2", Observation::Failed(fault("github.list_reviews is down")));
    let answer = scene.answer();
    assert!(answer.text.contains("#117 Refresh session tokens"), "{}", answer.text);
    assert_eq!(lines(&answer), "- github.list_reviews is down [s2]\n");
}

#[test]
fn a_part_that_no_step_serves_is_said_and_leaves_the_answer_partial() {
    let scene = Scene::of_one("the weather and the tide", "sea.tide", "summary", json!({"height_m": 2}));
    let answer = scene.lacking("the weather").answer();
    assert_eq!(answer.status, Status::Partial);
    assert_eq!(answer.missing[0].status, "unserved");
    assert!(answer.text.contains("no server here can do that: the weather"), "{}", answer.text);
}
