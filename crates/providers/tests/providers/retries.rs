//! What is tried again, how often and until when.

use std::time::{Duration, Instant};

use concertmaster_providers::Kind;
use model::{Request, Trouble};
use standin::{Reply, Trick, Wire};

use super::rig::{KINDS, Pieces, complete, config, provider, standin, words};

fn retrying(kind: Kind, wire: Wire, standin: &standin::Standin, retries: u32) -> concertmaster_providers::Provider {
    let mut config = config(kind, wire, standin);
    config.max_retries = retries;
    provider(config)
}

#[tokio::test]
async fn limits_and_failures_are_tried_again_and_nothing_else_is() {
    let tried_again = [429, 500, 503, 529].map(|status| (Reply::failing(status), 2));
    let not_again = [400, 401, 402, 403, 404, 408, 409, 413, 422].map(|status| (Reply::failing(status), 1));
    let garbled = (Reply::text("x").with(Trick::MalformedJson), 1);
    for (kind, wire) in KINDS {
        let standin = standin([]).await;
        let provider = retrying(kind, wire, &standin, 2);
        let mut arrived = 0;
        for (reply, attempts) in tried_again.iter().chain(&not_again).chain([&garbled]) {
            standin.queue(reply.clone());
            if *attempts > 1 {
                standin.queue(Reply::text("done"));
            }
            let answer = complete(&provider, words()).await;
            assert_eq!(answer.is_ok(), *attempts > 1, "{kind:?} {reply:?} {answer:?}");
            let spent = answer.map_or_else(|fault| fault.spent, |done| done.spent);
            arrived += *attempts as usize;
            assert_eq!((spent.attempts, standin.arrived()), (*attempts, arrived), "{kind:?} {reply:?}");
        }
    }
}

#[tokio::test]
async fn tries_are_counted() {
    for retries in 0..3 {
        let standin = standin((0..5).map(|_| Reply::failing(500))).await;
        let fault = complete(&retrying(Kind::OpenAi, Wire::OpenAi, &standin, retries), words()).await.unwrap_err();
        assert_eq!(fault.trouble, Trouble::Overloaded { status: 500, retry_after: None });
        assert_eq!((fault.spent.attempts, standin.arrived()), (retries + 1, retries as usize + 1));
    }
}

#[tokio::test]
async fn a_wait_that_is_asked_for_is_kept_when_there_is_time() {
    let wait = Duration::from_millis(300);
    let standin = standin([Reply::failing(429).retry_after(wait), Reply::text("done")]).await;
    let started = Instant::now();
    let done = complete(&retrying(Kind::OpenAi, Wire::OpenAi, &standin, 1), words()).await.unwrap();
    assert!(started.elapsed() >= wait && done.spent.latency >= wait);
}

#[tokio::test]
async fn a_wait_beyond_the_time_left_is_not_begun() {
    let wait = Duration::from_secs(3600);
    let standin = standin([Reply::failing(429).retry_after(wait), Reply::text("done")]).await;
    let started = Instant::now();
    let request = Request { timeout: Duration::from_secs(10), ..words() };
    let fault = complete(&retrying(Kind::OpenAi, Wire::OpenAi, &standin, 5), request).await.unwrap_err();
    assert_eq!(fault.trouble, Trouble::RateLimited { retry_after: Some(wait) });
    assert!(started.elapsed() < Duration::from_secs(5) && standin.arrived() == 1);
}

#[tokio::test]
async fn the_deadline_bounds_all_tries_together() {
    let standin = standin((0..50).map(|_| Reply::failing(500).delayed(Duration::from_millis(40)))).await;
    let limit = Duration::from_millis(400);
    let started = Instant::now();
    let request = Request { timeout: limit, ..words() };
    let fault = complete(&retrying(Kind::OpenAi, Wire::OpenAi, &standin, 50), request).await.unwrap_err();
    assert!(matches!(fault.trouble, Trouble::Overloaded { .. } | Trouble::TimedOut { .. }), "{fault}");
    assert!(started.elapsed() < limit + Duration::from_secs(2), "{:?}", started.elapsed());
    assert!(fault.spent.attempts >= 1 && fault.spent.attempts < 20, "{:?}", fault.spent);
}

#[tokio::test]
async fn what_was_partly_told_is_not_told_again() {
    for (kind, wire) in KINDS {
        let text = "A long enough answer to come in several pieces.";
        let standin = standin([Reply::text(text).with(Trick::ErrorInStream), Reply::text("another")]).await;
        let pieces = Pieces::default();
        let fault = complete(&retrying(kind, wire, &standin, 3), pieces.of(words())).await.unwrap_err();
        assert_eq!((fault.trouble.code(), standin.arrived()), ("model_overloaded", 1), "{kind:?}");
        assert!(text.starts_with(&pieces.all().concat()) && !pieces.all().is_empty(), "{kind:?}");
    }
}
