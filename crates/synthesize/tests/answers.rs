//! What people read, on results as real servers give them.

mod scene;

use expect_test::{Expect, expect};
use scene::{Scene, result};
use serde_json::json;

fn check(scene: &Scene, expected: Expect) {
    expected.assert_eq(&scene.text());
}

#[test]
fn a_pull_request_and_the_discussion_about_it() {
    let scene = Scene::new(
        "summarize the changes in PR #123 and the discussion in Slack about it",
        json!([
            {"id": "s1", "tool": "github.get_pull_request", "args": {"number": 123},
             "purpose": "summarize the changes in PR #123"},
            {"id": "s2", "tool": "slack.search_messages", "args": {"query": "PR #123"},
             "purpose": "the discussion in Slack about it"},
        ]),
        json!({"style": "summary", "uses": ["s1", "s2"]}),
    )
    .with("s1", result("pull_request"))
    .with("s2", result("messages"));
    check(
        &scene,
        expect![[r#"
        ## Summarize the changes in PR #123 (github) [s1]
        **#123 Switch HTTP retry policy to exponential backoff** [s1]
        open · by tomasz · requested reviewers: mira, priya, jonas · created 2026-11-16 · +34 −8 · 4 comments · 3 reviews · branch: exponential-backoff · labels: retry, reliability · https://github.example/fernhill/gateway/pull/123 [s1]

        Retries wait a fixed 0.5 s today. When an upstream restarts, all gateway instances come back at the same moment and knock it over again (#118, incident of 9 November). [s1]

        This switches the retry policy to exponential backoff with full jitter: [s1]
        - base delay: 0.2 s, doubling with each try (was a fixed 0.5 s) [s1]
        - cap on a single pause: 10 s (was none) [s1]
        - attempts: 5 (was 3) [s1]

        `retry.delay_seconds` is gone. A config that still sets it is refused at start, with a message that names the new settings. [s1]

        Open question: does the 5 s default timeout stay? Five tries of 5 s and the pauses add up to 28 s, just below the 30 s at which the load balancer cuts the connection. I have not touched the timeout here. [s1]

        Closes #118. [s1]

        Files: 3 [s1]
        - config/defaults.toml — modified · +4 −2 [s1]
        - src/retry.py — modified · +18 −6 [s1]
        - tests/test_retry.py — modified · +12 −0 [s1]

        ## The discussion in Slack about it (slack) [s2]
        Messages: 3 [s2]
        - tomasz (2026-11-18 09:12, in platform): PR #123 (exponential backoff for HTTP retries) is ready. One thing to settle before we merge: does the 5 s default timeout stay, or do we raise it to 8 s now that there are five tries? [s2]
          - priya (2026-11-18 09:20): What is the worst case if it stays at 5 s? [s2]
          - tomasz (2026-11-18 09:24): Five tries of 5 s plus at most 3 s of pauses: 28 s. The load balancer cuts at 30 s. With 8 s we would be at 43 s and the customer sees the balancer's 504 instead of our error. [s2]
          - jonas (2026-11-18 09:31): p99 is 1.9 s for catalog and 3.4 s for payments. Nothing healthy needs more than 5 s. [s2]
          - beatriz (2026-11-18 09:40): From support: the tickets of the last two weeks are about checkout hanging, none about failing too fast. A longer timeout would make that worse. [s2]
          - kofi (2026-11-18 10:02): Search exports do need longer, but they set their own timeout of 20 s. [s2]
          - priya (2026-11-18 10:05): Then I am for keeping 5 s as the default and doing overrides per upstream later, in #110. [s2]
          - mira (2026-11-18 10:11): Decision: we keep the 5 s default timeout. PR #123 goes in without touching it, overrides per upstream are #110. Tomasz, please write it into ADR 007. [s2]
          - tomasz (2026-11-18 10:13): Will do, ADR 007 gets a paragraph. Thanks all. [s2]
        - mira (2026-11-20 15:00, in releases): Gateway 1.7.0 is planned for Thursday, 26 November. In it: exponential backoff (#123) and, if the review is done, #121. #124 goes into the next one. [s2]
          - kofi (2026-11-20 15:12): #121 will be ready on Monday. [s2]
        - jonas (2026-11-20 09:02, in platform): I will rebase the retry counters (#122) as soon as #123 is in, they touch the same lines. [s2]

        Sources:
        [s1] github.get_pull_request
        [s2] slack.search_messages
    "#]],
    );
}

#[test]
fn a_diff_by_files() {
    let scene = Scene::of_one(
        "what does PR #123 change?",
        "github.get_pull_request_diff",
        "summary",
        result("pull_request_diff"),
    );
    check(
        &scene,
        expect![[r#"
        **#123 Switch HTTP retry policy to exponential backoff** [s1]
        +34 −8 [s1]

        Files: 3 [s1]
        - config/defaults.toml (modified, +4 −2) [s1]
          > -attempts = 3
          > -delay_seconds = 0.5
          > +attempts = 5
          > +base_seconds = 0.2
          > +factor = 2.0
          > +cap_seconds = 10.0 [s1]
        - src/retry.py (modified, +18 −6) [s1]
          > -    def __init__(self, attempts=3, delay_seconds=0.5):
          > +    def __init__(self, attempts=5, base_seconds=0.2, factor=2.0, cap_seconds=10.0):
          > -        self.delay_seconds = delay_seconds
          > +        self.base_seconds = base_seconds
          > +        self.factor = factor
          > +        self.cap_seconds = cap_seconds
          > … [s1]
        - tests/test_retry.py (modified, +12 −0) [s1]
          > +def test_pauses_double_up_to_the_cap(monkeypatch):
          > +    monkeypatch.setattr("random.uniform", lambda low, high: high)
          > +    policy = RetryPolicy(attempts=9)
          > +    pauses = [policy.pause(attempt) for attempt in range(1, 9)]
          > +    assert pauses == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0]
          > +def test_the_old_setting_is_refused():
          > … [s1]

        Sources:
        [s1] github.get_pull_request_diff
    "#]],
    );
}

#[test]
fn two_lists_side_by_side() {
    let scene = Scene::new(
        "open PRs and open issues",
        json!([
            {"id": "s1", "tool": "github.list_pull_requests", "args": {"state": "open"}, "purpose": "open PRs"},
            {"id": "s2", "tool": "github.list_issues", "args": {"state": "open"}, "purpose": "open issues"},
        ]),
        json!({"style": "list"}),
    )
    .with("s1", result("open_pull_requests"))
    .with("s2", result("open_issues"));
    check(
        &scene,
        expect![[r#"
        ## Open PRs (github) [s1]
        Pull requests: 4 [s1]
        - #124 Nightly export of gateway timeouts to the warehouse — open · by noor · created 2026-11-19 · labels: data · files: docs/runbook.md, jobs/export_timeouts.py [s1]
        - #123 Switch HTTP retry policy to exponential backoff — open · by tomasz · created 2026-11-16 · labels: retry, reliability · files: config/defaults.toml, src/retry.py, tests/test_retry.py [s1]
        - #122 Count retries per upstream — open · by jonas · created 2026-11-13 · labels: metrics, retry · files: src/metrics.py, src/retry.py [s1]
        - #121 Reject tokens with an unknown key id — open · by kofi · created 2026-11-12 · labels: auth, bug · files: src/auth.py, tests/test_auth.py [s1]

        ## Open issues (github) [s2]
        Issues: 7 [s2]
        - #127 Remove HS256 verification in 2.0 — open · by priya · created 2026-11-20 · labels: auth, security [s2]
        - #126 The log line for giving up lacks the request id — open · by kofi · created 2026-11-19 · labels: logging, good first issue [s2]
        - #125 Retry POST /orders with an idempotency key? — open · by elif · created 2026-11-19 · labels: retry, question [s2]
        - #118 Retries from all instances arrive at the same moment — open · by jonas · created 2026-11-09 · labels: retry, incident [s2]
        - #116 Runbook lacks a section on key rotation — open · by noor · created 2026-10-17 · labels: docs, auth [s2]
        - #115 Timeouts are counted twice in the dashboard — open · by sam · created 2026-10-15 · labels: metrics, bug [s2]
        - #110 Timeouts and retries per upstream — open · by elif · created 2026-09-11 · labels: retry, enhancement [s2]

        Sources:
        [s1] github.list_pull_requests
        [s2] github.list_issues
    "#]],
    );
}

fn reviews(value: serde_json::Value) -> Scene {
    Scene::new(
        "PRs that touched auth.py, then who reviewed each of them",
        json!([
            {"id": "s1", "tool": "github.list_pull_requests", "args": {"path": "auth.py"}},
            {"id": "s2", "tool": "github.list_reviews", "over": "s1#/pull_requests", "args": {"number": {"$item": "/number"}}},
        ]),
        json!({"style": "summary", "uses": ["s1", "s2"]}),
    )
    .with("s1", result("pull_requests_of_auth"))
    .computed("s2", value)
}

#[test]
fn reviewers_of_each_pull_request() {
    check(
        &reviews(result("reviews_of_auth")),
        expect![[r#"
            **#121 Reject tokens with an unknown key id** [s1][s2]
            - priya (changes requested, submitted 2026-11-13 09:48): Please do not put the whole key id into the answer to the client, only into the log. [s2]
            - tomasz (commented, submitted 2026-11-13 13:02): The error text goes into a header; key ids can contain anything, so escape it. [s2]

            **#117 Refresh session tokens before they expire** [s1][s2]
            - kofi (commented, submitted 2026-10-19 14:33): What happens with two requests in flight? Both get a fresh token, which is fine, I think. [s2]
            - mira (approved, submitted 2026-10-21 08:10): Yes, two fresh tokens are harmless. Ship it. [s2]

            **#98 Sign tokens with RS256 instead of a shared secret** [s1][s2]
            - tomasz (changes requested, submitted 2026-08-12 10:02): Everybody with an old token is logged out the moment this is deployed. Can we accept HS256 for one more release? [s2]
            - mira (approved, submitted 2026-08-13 08:30): Key loading is clear, thanks for the diagram. [s2]
            - tomasz (approved, submitted 2026-08-13 16:05): With the grace period this is good. [s2]

            Sources:
            [s1] github.list_pull_requests
            [s2] github.list_reviews
        "#]],
    );
}

#[test]
fn reviewers_out_of_whole_pull_requests() {
    check(
        &reviews(result("pulls_of_auth_full")),
        expect![[r#"
        **#121 Reject tokens with an unknown key id** [s1][s2]
        requested reviewers: priya, tomasz · 2 reviews · open · by kofi · created 2026-11-12 [s2]

        **#117 Refresh session tokens before they expire** [s1][s2]
        requested reviewers: mira, kofi · 2 reviews · merged · by elif · merged by mira [s2]

        **#98 Sign tokens with RS256 instead of a shared secret** [s1][s2]
        requested reviewers: mira, tomasz · 3 reviews · merged · by priya · merged by mira [s2]

        Sources:
        [s1] github.list_pull_requests
        [s2] github.list_reviews
    "#]],
    );
}

#[test]
fn rows_as_a_table() {
    let scene = Scene::of_one("how many orders per status?", "sql.query", "table", result("orders"));
    check(
        &scene,
        expect![[r#"
        Rows: 6 [s1]

        status    | orders | total eur | source
        --------- | -----: | --------: | ------
        delivered |    212 |   8770.44 | [s1]
        shipped   |     18 |    744.66 | [s1]
        paid      |      9 |    372.33 | [s1]
        pending   |      7 |    289.59 | [s1]
        cancelled |      5 |    206.85 | [s1]
        refunded  |      3 |    124.11 | [s1]

        Sources:
        [s1] sql.query
    "#]],
    );
}

#[test]
fn a_directory() {
    for style in ["list", "summary"] {
        let scene = Scene::of_one("list the files", "filesystem.list_directory", style, result("entries"));
        match style {
            "list" => check(
                &scene,
                expect![[r#"
                Entries: 8 [s1]
                - CHANGELOG.md — file · size 557 [s1]
                - README.md — file · size 653 [s1]
                - config — directory [s1]
                - docs — directory [s1]
                - notes — directory [s1]
                - requirements.txt — file · size 28 [s1]
                - src — directory [s1]
                - tests — directory [s1]

                Sources:
                [s1] filesystem.list_directory
            "#]],
            ),
            _ => check(
                &scene,
                expect![[r#"
                Entries: 8 [s1]

                path             | kind      | size | source
                ---------------- | --------- | ---: | ------
                CHANGELOG.md     | file      |  557 | [s1]
                README.md        | file      |  653 | [s1]
                config           | directory |      | [s1]
                docs             | directory |      | [s1]
                notes            | directory |      | [s1]
                requirements.txt | file      |   28 | [s1]
                src              | directory |      | [s1]
                tests            | directory |      | [s1]

                Sources:
                [s1] filesystem.list_directory
            "#]],
            ),
        }
    }
}

#[test]
fn a_document() {
    let scene = Scene::of_one("read the runbook", "filesystem.read_file", "direct", result("runbook"));
    check(
        &scene,
        expect![[r#"
        **docs/runbook.md** [s1]
        size 774 [s1]

        **Runbook** [s1]

        **An upstream times out** [s1]
        1. Look at the dashboard "Upstreams": which service, since when? [s1]
        2. One service only: tell its owners in #incidents, with the graph. [s1]
        3. All services: suspect our own connection pool; restart one instance and compare. [s1]

        The default timeout is 5 s per try. Do not raise it during an incident: a longer timeout fills the pool faster. [s1]

        **Draining a region** [s1]
        1. Announce it in #incidents. [s1]
        2. `gw drain <region>`: the load balancer stops sending new requests. [s1]
        3. Wait until the in-flight count is 0. That takes up to 16 s, the longest a request can spend in retries. [s1]
        4. Restart or replace the instances, then `gw undrain <region>`. [s1]

        **Logs** [s1]
        Every line has the upstream's name and the request id (`x-request-id`). Logs are kept for 30 days. [s1]

        Sources:
        [s1] filesystem.read_file
    "#]],
    );
}

#[test]
fn a_source_file() {
    let scene = Scene::of_one("show retry.py", "filesystem.read_file", "direct", result("source_file"));
    check(
        &scene,
        expect![[r#"
        **src/retry.py** [s1]
        size 1326 [s1]
        > """Retrying requests to upstream services.
        >
        > The policy is deliberately small: a fixed pause between tries. See
        > docs/adr-007-retries.md for why it looks like this.
        > """
        >
        > import logging
        > import time
        >
        > from .errors import UpstreamTimeout, UpstreamUnavailable
        >
        > log = logging.getLogger("gateway.retry")
        >
        > RETRYABLE = (UpstreamTimeout, UpstreamUnavailable)
        >
        >
        > class RetryPolicy:
        >     """How often to try again, and how long to wait in between."""
        >
        >     def __init__(self, attempts=3, delay_seconds=0.5):
        >         self.attempts = attempts
        >         self.delay_seconds = delay_seconds
        >
        >     @classmethod
        >     def from_config(cls, config):
        >         section = config["retry"]
        >         return cls(section["attempts"], section["delay_seconds"])
        >
        >     def pause(self, attempt):
        >         """Seconds to wait after the given attempt (counted from 1)."""
        >         return self.delay_seconds
        >
        >
        > def call(policy, upstream, request):
        >     """Send `request`, trying again as `policy` says."""
        >     for attempt in range(1, policy.attempts + 1):
        >         try:
        >             return upstream.send(request)
        >         except RETRYABLE as error:
        >             if attempt == policy.attempts or not request.idempotent:
        >                 log.warning("giving up on %s after %d tries: %s", upstream.name, attempt, error)
        >                 raise
        >             time.sleep(policy.pause(attempt)) [s1]

        Sources:
        [s1] filesystem.read_file
    "#]],
    );
}

#[test]
fn matches_in_files() {
    let scene = Scene::of_one("search the files for retry", "filesystem.search", "list", result("matches"));
    check(
        &scene,
        expect![[r#"
        Matches: 3 [s1]
        - src/retry.py (line 20): class RetryPolicy: [s1]
        - docs/adr-007-retries.md (line 1): ADR 007: Retries [s1]
        - notes/todo.md (line 4): [ ] retry: measure with jitter [s1]

        Sources:
        [s1] filesystem.search
    "#]],
    );
}
