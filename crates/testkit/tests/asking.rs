//! Servers that ask back, in either era, and clients that answer at once,
//! later, or not at all.

#![allow(clippy::unwrap_used, reason = "a test whose helper unwraps in vain fails, as it should")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use dispatch::{Offers, Replies, Sent};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use support::counterpart::{ANYTHING, Teller};
use support::*;

const DRAIN: Duration = Duration::from_secs(2);

fn raw(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned()).unwrap()
}

fn form() -> Value {
    let schema = json!({"type": "object", "properties": {"city": {"type": "string"}}});
    json!({"method": "elicitation/create", "params": {"message": "Where?", "requestedSchema": schema}})
}

fn by(teller: &Arc<Teller>) -> Call {
    Call { counterpart: Some(Arc::clone(teller) as _), ..Call::default() }
}

fn heard(output: &plan::Output) -> Value {
    serde_json::from_str(&text(output)).unwrap()
}

#[tokio::test]
async fn a_question_of_the_legacy_era_goes_to_the_client_whose_call_it_is() {
    let fleet = fleet(vec![server("a", &["era", "legacy", "curious"])]).await;
    let teller = Arc::new(Teller::new("one", ANYTHING, Some(r#"{"action":"accept","content":{"city":"Alta"}}"#)));
    let output = by(&teller).make(&fleet, "a.get_asked", form()).await.unwrap();
    assert_eq!(heard(&output)["result"]["content"]["city"], "Alta");
    let asked = teller.asked.lock().unwrap().clone();
    assert_eq!((asked.len(), asked[0].0.as_str()), (1, "elicitation/create"));
    assert!(asked[0].1.contains(r#""message":"Where?""#), "{asked:?}");

    let refused = |offers, question: Value| {
        let (fleet, teller) = (Arc::clone(&fleet), Arc::new(Teller::new("two", offers, Some("{}"))));
        async move {
            let output = by(&teller).make(&fleet, "a.get_asked", question).await.unwrap();
            (heard(&output)["error"].as_str().unwrap_or_default().to_owned(), teller.asked.lock().unwrap().len())
        }
    };
    let secret = json!({"properties": {"password": {"type": "string"}}});
    let secret = json!({"method": "elicitation/create", "params": {"message": "?", "requestedSchema": secret}});
    let lure = json!({"mode": "url", "message": "?", "url": "javascript:alert(1)", "elicitationId": "1"});
    let lure = json!({"method": "elicitation/create", "params": lure});
    let rows = [
        (ANYTHING, form(), ""),
        (Offers { forms: false, ..ANYTHING }, form(), "the client cannot be shown a form"),
        (ANYTHING, secret, "a form may not ask for secrets"),
        (ANYTHING, lure, "a client is sent to https addresses only"),
        (ANYTHING, json!({"method": "tools/list"}), "this client does not offer that"),
    ];
    for (offers, question, expected) in rows {
        let (error, asked) = refused(offers, question.clone()).await;
        assert_eq!((error.as_str(), asked), (expected, usize::from(expected.is_empty())), "{question}");
    }
    let alone = call(&fleet, "a.get_asked", form()).await.unwrap();
    assert_eq!(heard(&alone)["error"], "there is no client that this can be asked");
    fleet.stop(DRAIN).await;
}

#[tokio::test]
async fn a_question_that_fits_several_clients_is_put_to_none() {
    let fleet = fleet(vec![server("a", &["era", "legacy", "curious"])]).await;
    let (one, two) = (Teller::new("one", ANYTHING, Some("{}")), Teller::new("two", ANYTHING, Some("{}")));
    let (one, two) = (Arc::new(one), Arc::new(two));
    let waits = by(&one);
    let waiting = waits.make(&fleet, "a.wait", json!({"ms": 1500}));
    let asking = async {
        // The other call is under way by then: its pipe keeps the order.
        tokio::time::sleep(Duration::from_millis(300)).await;
        by(&two).make(&fleet, "a.get_asked", form()).await.unwrap()
    };
    let (waited, answer) = tokio::join!(waiting, asking);
    waited.unwrap();
    assert_eq!(heard(&answer)["error"], "there is no client that this can be asked");
    assert_eq!((one.asked.lock().unwrap().len(), two.asked.lock().unwrap().len()), (0, 0));
    // The same two questions from one client are put to it.
    let again = Arc::new(Teller::new("two", ANYTHING, Some("{}")));
    let waits = by(&again);
    let (waited, answer) = tokio::join!(waits.make(&fleet, "a.wait", json!({"ms": 1500})), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        by(&two).make(&fleet, "a.get_asked", form()).await.unwrap()
    });
    waited.unwrap();
    assert_eq!(heard(&answer)["error"], Value::Null);
    fleet.stop(DRAIN).await;
}

#[tokio::test]
async fn a_flood_of_questions_reaches_nobody() {
    let fleet = fleet(vec![server("a", &["era", "legacy", "curious"])]).await;
    let teller = Arc::new(Teller::new("one", ANYTHING, Some("{}")));
    let mut question = form();
    question["extra"] = json!(1000);
    // A server that asks faster than it listens may get no answer at all.
    let asked = Call { timeout: Duration::from_millis(700), ..by(&teller) };
    drop(asked.make(&fleet, "a.get_asked", question.clone()).await);
    let put = teller.asked.lock().unwrap().len();
    assert!((1..=64).contains(&put), "{put} questions were put");
    question["extra"] = json!(3);
    let output = by(&teller).make(&fleet, "a.get_asked", question).await.unwrap();
    assert_eq!(heard(&output)["error"], Value::Null, "a few are put");
    fleet.stop(DRAIN).await;
}

#[tokio::test]
async fn a_client_that_never_answers_costs_its_own_call_only() {
    let fleet = fleet(vec![server("a", &["era", "legacy", "curious"])]).await;
    let silent = Arc::new(Teller::new("one", ANYTHING, None));
    let asked = Call { timeout: Duration::from_millis(400), ..by(&silent) };
    let fault = asked.make(&fleet, "a.get_asked", form()).await.unwrap_err();
    assert_eq!((fault.fault.code.as_str(), fault.sent), ("timed_out", Sent::Unknown));
    assert_eq!(text(&call(&fleet, "a.get_echo", json!({"text": "b"})).await.unwrap()), "b");
    fleet.stop(DRAIN).await;
}

#[tokio::test]
async fn a_question_of_the_modern_era_is_answered_and_the_call_made_again() {
    let fleet = fleet(vec![server("a", &["era", "modern", "curious"])]).await;
    let mut teller = Teller::new("one", ANYTHING, Some(r#"{"n":1.50}"#));
    teller.meta = Some(raw(r#"{ "traceparent":"00-1", "concertmaster/depth" : 1 }"#));
    let teller = Arc::new(teller);
    let mut question = form();
    question["rounds"] = json!(3);
    let output = by(&teller).make(&fleet, "a.get_asked", question.clone()).await.unwrap();
    let said = heard(&output);
    assert_eq!(said["responses"], json!({"first": {"n": 1.5}, "second": {"n": 1.5}}));
    assert_eq!(said["rounds"], 3, "its state came back as it was");
    assert_eq!((&said["meta"]["traceparent"], &said["meta"]["concertmaster/depth"]), (&json!("00-1"), &json!(1)));
    let declared = &said["meta"]["io.modelcontextprotocol/clientCapabilities"];
    assert_eq!(*declared, json!({"roots": {}, "sampling": {}, "elicitation": {"form": {}, "url": {}}}));
    assert_eq!(teller.asked.lock().unwrap().len(), 6);

    question["rounds"] = json!(1000);
    let fault = by(&teller).make(&fleet, "a.get_asked", question).await.unwrap_err();
    assert_eq!(fault.fault.code, "question_refused", "{}", fault.fault.message);
    assert_eq!(teller.asked.lock().unwrap().len(), 6 + 16, "eight rounds of two");
    fleet.stop(DRAIN).await;
}

#[tokio::test]
async fn questions_go_back_to_whoever_answers_later() {
    let fleet = fleet(vec![server("a", &["era", "modern", "curious"])]).await;
    let teller = Arc::new(Teller::new("one", Offers { later: true, ..ANYTHING }, None));
    let fault = by(&teller).make(&fleet, "a.get_asked", form()).await.unwrap_err();
    assert_eq!((fault.fault.code.as_str(), fault.sent), ("input_required", Sent::No));
    let asks = fault.asks.unwrap();
    assert!(asks.requests.get().contains(r#""method":"elicitation/create""#), "{}", asks.requests.get());
    let responses = raw(r#"{"first":{"action":"decline"},"second":{"roots":[]}}"#);
    let replies = Some(Replies { responses, state: asks.state });
    let output = Call { replies, ..by(&teller) }.make(&fleet, "a.get_asked", form()).await.unwrap();
    assert_eq!(heard(&output)["responses"]["first"]["action"], "decline");
    assert_eq!(teller.asked.lock().unwrap().len(), 0);

    let fault = call(&fleet, "a.get_asked", form()).await.unwrap_err();
    assert_eq!((fault.fault.code.as_str(), fault.asks.is_none()), ("input_required", true));
    assert_eq!(fault.fault.message, "server `a` asks something back before it runs `get_asked`: Where? / second");
    let few = Arc::new(Teller::new("one", Offers { roots: false, ..ANYTHING }, Some("{}")));
    let fault = by(&few).make(&fleet, "a.get_asked", form()).await.unwrap_err();
    assert_eq!((fault.fault.code.as_str(), few.asked.lock().unwrap().len()), ("question_refused", 0));
    fleet.stop(DRAIN).await;
}

#[tokio::test]
async fn log_messages_go_to_the_client_whose_call_it_is() {
    let log = tempfile::NamedTempFile::new().unwrap();
    let path = log.path().to_str().unwrap();
    let fleet = fleet(vec![
        server("old", &["era", "legacy", "curious", "shelf", "log", path]),
        server("new", &["era", "modern", "curious"]),
    ])
    .await;
    let mut teller = Teller::new("one", ANYTHING, None);
    teller.level = Some("notice");
    let teller = Arc::new(teller);
    by(&teller).make(&fleet, "old.get_logged", json!({})).await.unwrap();
    by(&teller).make(&fleet, "old.get_logged", json!({})).await.unwrap();
    let modern = by(&teller).make(&fleet, "new.get_logged", json!({})).await.unwrap();
    assert_eq!(heard(&modern)["io.modelcontextprotocol/logLevel"], "notice");
    let said = r#"{"level":"info","data":{"did":"log","n":1.5}}"#;
    assert_eq!(*teller.logged.lock().unwrap(), [format!("old {said}"), format!("old {said}"), format!("new {said}")]);
    let noted = std::fs::read_to_string(log.path()).unwrap();
    assert_eq!(noted.matches("logging/setLevel notice").count(), 1, "{noted}");
    fleet.stop(DRAIN).await;
}
