//! Lines as models write them about real results: all of them pass at once.

mod desk;
mod scene;

use concertmaster_synthesize::Author;
use desk::{Scripted, written};
use scene::{Scene, result};
use serde_json::json;

/// A tool and the result it gave, and what is said about it.
const SAID: &[(&str, &str, &[&str])] = &[
    (
        "github.get_pull_request",
        "pull_request",
        &[
            "PR #123, opened by tomasz on November 16, 2026, switches the HTTP retry policy to exponential backoff with full jitter.",
            "The base delay drops from a fixed 0.5s to 0.2s and doubles with each try; a single pause is capped at 10s.",
            "Attempts go from 3 to 5, and `retry.delay_seconds` is removed: a config that still sets it is refused at start.",
            "It touches three files (+34/−8): config/defaults.toml, src/retry.py and tests/test_retry.py.",
            "**Open question:** whether the 5-second default timeout stays, since five tries of 5 s plus pauses add up to ~28 s, just below the load balancer's 30 s cut-off.",
            "Reviews are requested from @mira, @priya and @jonas; there are 4 comments and 3 reviews so far.",
            "It closes #118 (the incident of 9 Nov.).",
            "Link: https://github.example/fernhill/gateway/pull/123",
            "See [PR #123](https://github.example/fernhill/gateway/pull/123).",
        ],
    ),
    (
        "slack.search_messages",
        "messages",
        &[
            "On 18 November the team discussed in the platform channel whether the default timeout should stay at 5 s or go up to 8 s.",
            "tomasz calculated a worst case of 28 s with 5 s, against 43 s with 8 s, which is beyond the balancer's 30 s limit and would show customers a 504.",
            "jonas reported a p99 of 1.9 s for catalog and 3.4 s for payments.",
            "mira decided at 10:11 to keep the 5 s default; per-upstream overrides move to #110 and tomasz documents it in ADR-007.",
            "Gateway 1.7.0 is planned for Thursday, 26 November, with #123 and possibly #121; #124 follows in the next release.",
            "Three messages were found, two of them in #platform.",
            "jonas will rebase the retry counters (PR #122) once #123 is merged.",
            "On 20 Nov at 15:00, mira announced v1.7.0.",
        ],
    ),
    (
        "github.list_issues",
        "open_issues",
        &[
            "Issue #127 (\"Remove HS256 verification in 2.0\") was opened by priya on 2026-11-20 and is labelled auth and security.",
            "#118 – Retries from all instances arrive at the same moment, opened on November 9th by jonas (retry, incident).",
            "The oldest ones are from October, e.g. #116 from 17 October 2026.",
        ],
    ),
    (
        "sql.query",
        "orders",
        &[
            "Most orders are delivered: 212, worth €8,770.44.",
            "18 orders are shipped (744.66 EUR), nine paid, seven pending, five cancelled and three refunded.",
            "The query returned six rows; the result isn't truncated.",
        ],
    ),
    (
        "github.get_reviews",
        "reviews_of_auth",
        &[
            "#121: priya requested changes on 13 November because the whole key id must not go into the client's answer.",
            "#117 was approved by mira on 21 October at 8:10.",
            "#98 was approved by mira and, after a change request, by tomasz, who asked to accept HS256 for one more release.",
            "All three pull requests were reviewed.",
        ],
    ),
    (
        "filesystem.read_file",
        "runbook",
        &[
            "According to docs/runbook.md, the default timeout is 5 s per try and should not be raised during an incident.",
            "To drain a region, announce it in #incidents, run `gw drain <region>`, and wait until the in-flight count is 0 (up to 16 s).",
            "Logs contain the request id (`x-request-id`) and are kept for 30 days.",
        ],
    ),
    (
        "filesystem.search",
        "matches",
        &[
            "`RetryPolicy` is defined in src/retry.py:20.",
            "docs/adr-007-retries.md (line 1) is ADR 007 about retries, and notes/todo.md line 4 still lists measuring with jitter.",
        ],
    ),
    (
        "filesystem.read_file",
        "source_file",
        &[
            "`RetryPolicy` in src/retry.py takes `attempts=3` and `delay_seconds=0.5` by default.",
            "`call()` retries on `UpstreamTimeout` and `UpstreamUnavailable`, and gives up when attempts are used up or the request isn't idempotent.",
            "The file is 1,326 bytes and refers to docs/adr-007-retries.md.",
        ],
    ),
    (
        "github.list_pull_requests",
        "open_pull_requests",
        &[
            "There are 4 open pull requests: #124 (noor), #123 (tomasz), #122 (jonas) and #121 (kofi).",
            "The newest, #124, exports gateway timeouts nightly to the warehouse and touches jobs/export_timeouts.py.",
            "Two of them carry the label retry: #122 and #123.",
            "They were opened between 12 and 19 November 2026.",
            "Offen sind vier Pull Requests, der älteste (#121) vom 12.11.2026.",
            "未合并的PR共有4个，其中#123由tomasz于2026-11-16创建。",
        ],
    ),
];

#[test]
fn what_models_write_passes_at_once() {
    let mut lines = 0;
    for (tool, file, said) in SAID {
        let value = result(file);
        for line in *said {
            let scene = Scene::new("what is there?", json!([{"id": "s1", "tool": tool}]), json!({"style": "summary"}))
                .with("s1", value.clone());
            let written = written(&scene, &Scripted::saying(&[&format!("{line} [s1]"), ""]));
            assert!(matches!(written.author, Author::Model { .. }), "{file}: {line}\n{:?}", written.author);
            assert_eq!(written.calls.len(), 1, "{line}");
            lines += 1;
        }
    }
    println!("{lines} lines, each with one call");
}
