//! What leaves when a model writes the answer, and what does not.

mod desk;
mod scene;

use std::time::Duration;

use concertmaster_synthesize::{Author, FlawKind, Form, Reason, Status, Synthesis, WritingBudget, Written};
use desk::{LATENCY, Reply, Scripted, answer, streamed, written, written_within};
use expect_test::expect;
use model::Trouble;
use plan::{Observation, StepId};
use query::{Blame, Fault};
use scene::{Scene, result};
use serde_json::json;

/// A pull request and what was said about it.
fn scene() -> Scene {
    Scene::new(
        "summarize the changes in PR #123 and the discussion in Slack about it",
        json!([
            {"id": "s1", "tool": "github.get_pull_request", "args": {"number": 123}, "purpose": "the changes in PR #123"},
            {"id": "s2", "tool": "slack.search_messages", "args": {"query": "PR #123"}, "purpose": "the discussion"},
        ]),
        json!({"style": "summary", "uses": ["s1", "s2"]}),
    )
    .with("s1", result("pull_request"))
    .with("s2", result("messages"))
}

/// The same, but the second server failed.
fn partial() -> Scene {
    let fault = Fault::passing(Blame::Upstream, "timeout", "slack.search_messages did not answer within 5 s");
    let whole = scene();
    let mut seen = plan::Observations::none_of(2);
    let first = whole.seen.get(plan::StepIndex(0)).expect("ended").clone();
    seen.record(plan::StepIndex(0), first);
    Scene { seen, ..whole }.ended("s2", Observation::Failed(fault))
}

const GOOD: &str = "\
PR #123 by tomasz switches the HTTP retry policy to exponential backoff with full jitter. [s1]
- The base delay is 0.2 s and a pause is capped at 10 s, with 5 attempts instead of 3 [s1].
- It changes three files (+34 −8), among them src/retry.py [s1]

In Slack, mira decided on 18 November to keep the 5 s default timeout; overrides per upstream are #110. [s2]
Both see #123 as ready to go in. [s1][s2]
";

fn by_model(written: &Written) -> &[concertmaster_synthesize::Flaw] {
    match &written.author {
        Author::Model { dropped, .. } => dropped,
        Author::Program(reason) => panic!("{reason}\n{reason:?}"),
    }
}

#[test]
fn a_good_answer_leaves_as_it_was_written() {
    let model = Scripted::saying(&[GOOD]);
    let written = written(&scene(), &model);
    assert_eq!(by_model(&written), []);
    let answer = answer(&written);
    expect![[r#"
        PR #123 by tomasz switches the HTTP retry policy to exponential backoff with full jitter. [s1]
        - The base delay is 0.2 s and a pause is capped at 10 s, with 5 attempts instead of 3. [s1]
        - It changes three files (+34 −8), among them src/retry.py [s1]

        In Slack, mira decided on 18 November to keep the 5 s default timeout; overrides per upstream are #110. [s2]

        Both see #123 as ready to go in. [s1][s2]

        Sources:
        [s1] github.get_pull_request
        [s2] slack.search_messages
    "#]]
    .assert_eq(&answer.text);
    assert_eq!((answer.status, answer.missing.len()), (Status::Complete, 0));
    let [call] = written.calls.as_slice() else { panic!("one call is enough: {:?}", written.calls) };
    assert_eq!((call.model.as_ref(), call.spent.usage.tokens_in, &call.fault), ("scripted", 100, &None));
    let request = &model.asked()[0];
    assert!(request.schema.is_none() && request.deltas.is_none());
    assert_eq!((request.timeout, request.max_output_tokens), (Duration::from_secs(20), 1_500));
}

#[test]
fn headings_greetings_and_lists_are_brought_into_form() {
    let text = "\
Here is a summary of the results.

## The pull request
**Retries** [s1]
It changes:
1. src/retry.py, see [the PR](https://github.example/fernhill/gateway/pull/123) [s1]
2. tests/test_retry.py【s1】
## The discussion
| mira | decided to keep it | [s2] |
## Nothing below

Sources:
[s1] github.get_pull_request
Let me know if you need more.";
    let written = written(&scene(), &Scripted::saying(&[text]));
    assert_eq!(by_model(&written), []);
    expect![[r#"
        ## The pull request [s1]
        **Retries** [s1]
        It changes: [s1]
        - src/retry.py, see the PR (https://github.example/fernhill/gateway/pull/123) [s1]
        - tests/test_retry.py [s1]

        ## The discussion [s2]
        mira · decided to keep it · [s2]

        Sources:
        [s1] github.get_pull_request
        [s2] slack.search_messages
    "#]]
    .assert_eq(&answer(&written).text);
}

/// A line that does not hold, and what is wrong with it.
fn unsound() -> Vec<(&'static str, FlawKind)> {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    vec![
        ("The discussion was lively and PR 123 is loved.", FlawKind::Uncited),
        ("It was approved. [s7]", FlawKind::UnknownStep(words(&["s7"]))),
        ("It was approved. [s1][s12]", FlawKind::UnknownStep(words(&["s12"]))),
        ("It adds 35 lines. [s1]", FlawKind::Unfounded(words(&["35"]))),
        ("It adds ninety lines. [s1]", FlawKind::Unfounded(words(&["ninety"]))),
        ("The p99 is 1.9 s. [s1]", FlawKind::Unfounded(words(&["p99", "1.9"]))),
        (
            "See https://github.example/fernhill/gateway/pull/124. [s1]",
            FlawKind::Unfounded(words(&["https://github.example/fernhill/gateway/pull/124"])),
        ),
        ("![x](https://evil.example/p.png?q=1) [s1]", FlawKind::Unfounded(words(&["https://evil.example/p.png?q=1"]))),
        ("Write to tomasz@fernhill.example. [s1]", FlawKind::Unfounded(words(&["tomasz@fernhill.example"]))),
        ("It is ADR-0815, in commit deadbeef1. [s1]", FlawKind::Unfounded(words(&["ADR-0815", "deadbeef1"]))),
        ("It was decided on 19 November. [s1]", FlawKind::Unfounded(words(&["19 November"]))),
        ("It sets src/retries.py. [s1]", FlawKind::Unfounded(words(&["src/retries.py"]))),
    ]
}

#[test]
fn a_line_that_does_not_hold_is_written_again_or_left_out() {
    for (line, kind) in unsound() {
        let first = GOOD.replace("\n\n", &format!("\n{line}\n\n"));
        let mended = Scripted::saying(&[&first, "4: It resets nothing. [s1]"]);
        let kept = written(&scene(), &mended);
        assert_eq!((by_model(&kept), kept.calls.len()), (&[][..], 2), "{line}");
        assert!(answer(&kept).text.contains("\nIt resets nothing. [s1]\n"), "{line}: {}", answer(&kept).text);

        let again = Scripted::saying(&[&first, &format!("4: {line}")]);
        let dropped = written(&scene(), &again);
        let [flaw] = by_model(&dropped) else { panic!("{line}: {:?}", dropped.author) };
        assert_eq!((flaw.line, &flaw.kind), (4, &kind));
        let plain = written(&scene(), &Scripted::saying(&[GOOD]));
        assert_eq!(answer(&dropped).text, answer(&plain).text, "{line}");

        let withdrawn = written(&scene(), &Scripted::saying(&[&first, "4: -"]));
        assert_eq!((by_model(&withdrawn), &answer(&withdrawn).text), (&[][..], &answer(&plain).text), "{line}");
    }
}

#[test]
fn what_is_missing_is_said_by_the_program() {
    let text = "PR #123 is open. [s1]\nSlack did not answer within 5 s, call 0900-123. [s2]\n";
    let written = written(&partial(), &Scripted::saying(&[text]));
    assert_eq!(by_model(&written), []);
    let answer = answer(&written);
    expect![[r#"
        PR #123 is open. [s1]

        Missing:
        - slack.search_messages did not answer within 5 s [s2]

        Sources:
        [s1] github.get_pull_request
    "#]]
    .assert_eq(&answer.text);
    assert_eq!((answer.status, answer.missing.len()), (Status::Partial, 1));

    let mixed = "PR #123 is open. [s1]\nBoth say so. [s1][s2]\n";
    let written = self::written(&partial(), &Scripted::saying(&[mixed, ""]));
    assert_eq!(by_model(&written)[0].kind, FlawKind::NoResult(vec!["s2".to_owned()]));
}

#[test]
fn a_result_of_which_nothing_is_said_is_asked_for() {
    let half = "PR #123 is open. [s1]";
    let model = Scripted::saying(&[half, "2: mira decided to keep the 5 s default. [s2]"]);
    let written = written(&scene(), &model);
    assert_eq!((by_model(&written), answer(&written).citations.len()), (&[][..], 2));

    let written = self::written(&scene(), &Scripted::saying(&[half, "2: it costs 77,000. [s2]"]));
    let Author::Program(Reason::Unsound { flaws }) = &written.author else { panic!("{:?}", written.author) };
    assert_eq!(flaws.last().map(|flaw| &flaw.kind), Some(&FlawKind::Uncovered(StepId::new("s2"))));
    assert_eq!(written.synthesis, scene().synthesis());
}

#[test]
fn a_search_that_found_nothing_may_be_told_in_the_users_words() {
    let scene = Scene::new(
        "what was said about PR #123?",
        json!([{"id": "s1", "tool": "slack.search_messages", "args": {"query": "PR #123", "limit": 40}}]),
        json!({"style": "direct"}),
    )
    .with("s1", json!({"messages": []}));
    let rows = [("No message mentions PR #123. [s1]", true), ("No message among 40 does. [s1]", false)];
    for (text, stands) in rows {
        let written = written(&scene, &Scripted::saying(&[text, ""]));
        assert_eq!(matches!(written.author, Author::Model { .. }), stands, "{text}");
    }
}

#[test]
fn computed_numbers_cite_the_calls_they_were_computed_from() {
    let scene = Scene::new(
        "how many open orders are there?",
        json!([
            {"id": "orders", "tool": "sql.query"},
            {"id": "n", "tool": "orc.count", "args": {"items": {"$ref": "orders#/rows"}}},
        ]),
        json!({"style": "direct", "uses": ["n"]}),
    )
    .with("orders", json!({"rows": [{"id": 7}, {"id": 9}]}))
    .computed("n", json!(2));
    let written = written(&scene, &Scripted::saying(&["There are 2 open orders [n] [or[n]ders]."]));
    assert_eq!(by_model(&written), []);
    expect![[r#"
        There are 2 open orders \[orders]. [orders]

        Sources:
        [orders] sql.query
    "#]]
    .assert_eq(&answer(&written).text);
}

#[test]
fn without_a_usable_answer_the_extractive_one_stands() {
    let trouble = |trouble: Trouble| vec![Reply::Trouble(trouble)];
    let text = |texts: &[&str]| texts.iter().map(|text| Reply::Text((*text).to_owned())).collect::<Vec<_>>();
    let rows = [
        (trouble(Trouble::Refused { said: "no".to_owned() }), "model_refused", 1),
        (trouble(Trouble::TimedOut { limit: LATENCY }), "model_timed_out", 1),
        (text(&["", ""]), "unsound", 2),
        (text(&["I cannot help with that.", "I cannot help with that."]), "unsound", 2),
        (text(&["\u{0}\u{1b}[2J{]}%%%\u{202e}", "9: x [s1]\n\n\u{7}"]), "unsound", 2),
        (vec![Reply::Json(json!({"text": "x [s1]"})), Reply::Json(json!(null))], "unsound", 2),
        (vec![Reply::Cut("PR #123 is op".to_owned()), Reply::Cut("1: PR".to_owned())], "unsound", 2),
        (
            vec![text(&["All 77 are done."]).remove(0), Reply::Trouble(Trouble::TimedOut { limit: LATENCY })],
            "unsound",
            2,
        ),
        (text(&[&"All 77 are done. [s1][s2]\n".repeat(40), ""]), "unsound", 2),
    ];
    for (replies, code, calls) in rows {
        let shown = format!("{replies:?}");
        let written = written(&scene(), &Scripted::new(replies));
        let Author::Program(reason) = &written.author else { panic!("{shown}: {}", answer(&written).text) };
        assert_eq!((reason.code(), written.calls.len()), (code, calls), "{shown}");
        assert!(!reason.to_string().is_empty());
        assert_eq!(written.synthesis, scene().synthesis(), "{shown}");
    }
}

#[test]
fn a_cut_answer_loses_its_last_line_only() {
    let cut = GOOD.trim_end().trim_end_matches("[s1][s2]");
    let written = written(&scene(), &Scripted::new([Reply::Cut(cut.to_owned())]));
    assert!(matches!(&written.author, Author::Model { dropped, is_cut: true } if dropped.is_empty()));
    assert!(answer(&written).text.contains("are #110. [s2]") && !answer(&written).text.contains("Both see"));
}

#[test]
fn time_is_one_budget_for_both_calls() {
    let within = |time| WritingBudget::within(time);
    let flawed = "PR #123 is open. [s1]\nmira decided. [s2]\nIt costs 77,000. [s1]";
    let model = Scripted::saying(&[flawed, "3: -"]);
    written_within(within(Duration::from_secs(5)), &scene(), &model);
    let waits: Vec<Duration> = model.asked().iter().map(|request| request.timeout).collect();
    assert_eq!(waits, [Duration::from_secs(5), Duration::from_secs(5) - LATENCY]);

    let written = written_within(within(LATENCY), &scene(), &Scripted::saying(&[flawed]));
    assert_eq!((by_model(&written).len(), written.calls.len()), (1, 1));
    let written = written_within(within(Duration::ZERO), &scene(), &Scripted::saying(&[]));
    assert_eq!((written.author, written.calls.len()), (Author::Program(Reason::NoTime), 0));
}

#[test]
fn where_there_is_nothing_to_tell_no_model_is_asked() {
    let scene = Scene::new("x", json!([{"id": "s1", "tool": "a.b"}]), json!({"style": "direct"}));
    let written = written(&scene, &Scripted::saying(&[]));
    assert_eq!(written.author, Author::Program(Reason::NothingToTell));
    assert!(matches!(written.synthesis, Synthesis::Nothing { .. }) && written.calls.is_empty());
}

#[test]
fn only_what_was_checked_is_handed_on() {
    let flawed = GOOD.replace("\n\n", "\nIt costs 77,000. [s1]\n\n");
    let rows: [(&[&str], usize); 4] =
        [(&[GOOD], 5), (&[&flawed, "4: It costs nothing. [s1]"], 6), (&[&flawed, "4: -"], 5), (&[&flawed, ""], 5)];
    for (replies, count) in rows {
        let (written, heard) = streamed(&scene(), &Scripted::saying(replies));
        assert_eq!(heard, answer(&written).statements);
        assert_eq!((by_model(&written).len() <= 1, heard.len()), (true, count));
    }
    let (written, heard) = streamed(&partial(), &Scripted::saying(&["## A\nPR #123 is open. [s1]\n"]));
    assert_eq!((heard.len(), heard[2].form), (3, Form::Gap));
    assert_eq!(heard, answer(&written).statements);

    // Of an answer that does not stand, what was handed on had been checked.
    let (written, heard) =
        streamed(&scene(), &Scripted::saying(&["PR #123 is open. [s1]\nIt costs 77,000. [s2]\n", ""]));
    assert!(matches!(written.author, Author::Program(_)));
    assert_eq!(heard.iter().map(|statement| statement.text.as_str()).collect::<Vec<_>>(), ["PR #123 is open."]);
}

#[test]
fn an_answer_is_bounded() {
    let long = format!("PR #123 is open{}. [s1]\n", " indeed".repeat(400));
    let lines: String = (0..500).map(|i| format!("mira decided{}. [s2]\n", " indeed".repeat(i % 180))).collect();
    let written = written(&scene(), &Scripted::saying(&[&format!("PR #123 is open. [s1]\n{long}{lines}"), ""]));
    assert_eq!(by_model(&written)[0].kind, FlawKind::TooLong);
    let answer = answer(&written);
    assert!(answer.statements.len() <= 80 && answer.text.len() <= 64 * 1024 + 2_000, "{}", answer.text.len());
    let repeated = "PR #123 is open. [s1]\nmira decided. [s2]\n".repeat(30);
    let written = self::written(&scene(), &Scripted::saying(&[&repeated]));
    assert_eq!(self::answer(&written).statements.len(), 2);
}
