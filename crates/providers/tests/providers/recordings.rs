//! Recording and replaying.

use std::path::Path;

use concertmaster_providers::{Kind, Recorder, Replayer};
use model::{Model, Prompt, Purpose, Request, Trouble};
use serde_json::json;
use standin::{Reply, Trick, Wire};

use super::rig::{Pieces, asking, shaped, standin, value, words};

fn named(words: &str) -> Request {
    Request { prompt: Prompt::new().system("Be brief.").user(words), ..self::words() }
}

async fn recorded(file: &Path, replies: Vec<Reply>, requests: Vec<Request>) {
    let standin = standin(replies).await;
    let recorder = Recorder::new(asking(Kind::OpenAi, Wire::OpenAi, &standin), file, []).unwrap();
    for request in requests {
        // Failures are recorded, too.
        let _ = recorder.complete(request).await;
    }
}

#[tokio::test]
async fn what_was_recorded_comes_back() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("recording.jsonl");
    let replies = vec![
        Reply::text("hello"),
        Reply::json(value()),
        Reply::text("again"),
        Reply::json(json!({})).with(Trick::OffSchema),
        Reply::failing(500),
    ];
    let requests = vec![named("a"), shaped(), named("a"), Request { seed: Some(1), ..shaped() }, named("b")];
    recorded(&file, replies, requests).await;
    // A second recorder goes on where the first one stopped.
    recorded(&file, vec![Reply::text("late")], vec![named("late")]).await;
    let replayer = Replayer::new(&file, []).unwrap();
    let text = async |request: Request| replayer.complete(request).await.unwrap().content.text().map(str::to_owned);
    for expected in ["hello", "again", "again"] {
        assert_eq!(text(named("a")).await.as_deref(), Some(expected));
    }
    let pieces = Pieces::default();
    assert_eq!(text(pieces.of(named("late"))).await.as_deref(), Some("late"));
    assert_eq!(pieces.all(), ["late"]);
    let done = replayer.complete(shaped()).await.unwrap();
    assert_eq!(done.content.json(), Some(&value()));
    assert_eq!((done.spent.attempts, done.spent.latency.as_nanos()), (0, 0));
    assert!(done.spent.usage.tokens_in > 0 && &*done.model == "test-model");
    let off = replayer.complete(Request { seed: Some(1), ..shaped() }).await.unwrap_err();
    assert!(matches!(&off.trouble, Trouble::OffSchema { faults, .. } if faults.len() == 2), "{off}");
    let failed = replayer.complete(named("b")).await.unwrap_err();
    assert_eq!(failed.trouble, Trouble::Overloaded { status: 500, retry_after: None });
}

#[tokio::test]
async fn a_request_that_was_not_recorded_is_told_from_the_nearest() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("recording.jsonl");
    let requests = vec![named("What changed in PR 1?"), named("Who wrote it?"), shaped()];
    recorded(&file, vec![Reply::text("x"), Reply::text("y"), Reply::json(value())], requests).await;
    let replayer = Replayer::new(&file, []).unwrap();
    let rows = [
        (
            named("What changed in PR 7?"),
            "the nearest is entry 1 (`synthesize`), which differs at /messages/1/text, character 20: \
             recorded \"1?\", asked \"7?\"",
        ),
        (
            named("Who wrote it?").at_most(5),
            "the nearest is entry 2 (`synthesize`), which differs at /max_output_tokens: recorded 100, asked 5",
        ),
        (
            Request { schema: None, ..shaped() },
            "the nearest is entry 3 (`plan`), which differs at /schema: \
             recorded {\"name\":\"verdict\",\"schema\":{\"type\":\"obje, asked null",
        ),
        (
            Request { purpose: Purpose::Route, ..named("Who wrote it?") },
            "the nearest is entry 2 (`synthesize`), which differs at /purpose, character 1: \
             recorded \"synthesize\", asked \"route\"",
        ),
    ];
    for (request, expected) in rows {
        let fault = replayer.complete(request).await.unwrap_err();
        let Trouble::NotRecorded { difference } = &fault.trouble else { panic!("{fault}") };
        let (head, tail) = difference.split_once("; ").unwrap();
        assert_eq!(tail, expected);
        assert!(head.starts_with(&format!("`{}` request ", fault.purpose)), "{head}");
    }
}

#[tokio::test]
async fn recordings_that_are_none_are_told() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("recording.jsonl");
    let refused = |text: &str| {
        std::fs::write(&file, text).unwrap();
        Replayer::new(&file, []).err().map(|error| error.to_string()).unwrap()
    };
    assert!(refused("{}\n").contains("line 1: missing field"), "{}", refused("{}\n"));
    assert!(refused("\nnonsense\n").contains("line 2: expected"), "{}", refused("\nnonsense\n"));
    let nowhere = Replayer::new(Path::new("no/such/file"), []).err().unwrap().to_string();
    assert!(nowhere.starts_with("the recording `no/such/file` cannot be used: "), "{nowhere}");
    std::fs::write(&file, "").unwrap();
    let empty = Replayer::new(&file, []).unwrap().complete(words()).await.unwrap_err();
    assert!(empty.to_string().ends_with("it records nothing at all"), "{empty}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_recording_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("recording.jsonl");
    recorded(&file, vec![], vec![]).await;
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
}
