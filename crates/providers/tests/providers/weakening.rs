//! Endpoints that do not know every mechanism.

use std::collections::BTreeMap;

use concertmaster_providers::{Kind, Models, ModelsConfig, ProviderConfig, Structured};
use model::{Model, Purpose, Request, Trouble};
use standin::{Reply, Seen, Shape, Standin, Wire};

use super::rig::{KINDS, ask, asking, config, provider, shaped, standin, value, words};

/// A mechanism, as the stand-in saw it.
fn mechanism(seen: &Seen) -> &'static str {
    match seen.demand.shape {
        Shape::Free => "text",
        Shape::Json => "json",
        Shape::Schema(_) => "schema",
        Shape::Tool(..) => "tool",
    }
}

/// A stand-in that rejects these mechanisms and answers all others.
async fn lacking(rejected: &'static [&'static str]) -> Standin {
    let standin = standin([]).await;
    standin.by(move |seen| {
        let complaint = Reply::failing(400).saying("invalid_request_error", "`response_format` is not supported here");
        Some(if rejected.contains(&mechanism(seen)) { complaint } else { Reply::json(value()) })
    });
    standin
}

fn asked(standin: &Standin) -> Vec<&'static str> {
    standin.seen().iter().map(mechanism).collect()
}

#[tokio::test]
async fn what_an_endpoint_lacks_is_done_without_and_remembered() {
    let rows: [(&[&str], Structured, &[&str]); 4] = [
        (&[], Structured::Schema, &["schema", "schema"]),
        (&["schema"], Structured::Schema, &["schema", "json", "json"]),
        (&["schema", "json"], Structured::Schema, &["schema", "json", "text", "text"]),
        (&["tool"], Structured::Tool, &["tool", "json", "json"]),
    ];
    for (rejected, structured, expected) in rows {
        let standin = lacking(rejected).await;
        let provider =
            provider(ProviderConfig { structured: Some(structured), ..config(Kind::OpenAi, Wire::OpenAi, &standin) });
        let first = ask(&provider, shaped()).await.unwrap();
        assert_eq!(first.content.json(), Some(&value()));
        assert_eq!(first.spent.attempts as usize, expected.len() - 1);
        assert_eq!(ask(&provider, shaped()).await.unwrap().spent.attempts, 1, "it is remembered");
        assert_eq!(asked(&standin), expected, "{rejected:?}");
    }
}

#[tokio::test]
async fn every_vendor_is_asked_for_less_in_its_own_way() {
    for (kind, wire) in KINDS {
        let standin = lacking(&["schema"]).await;
        assert!(ask(&asking(kind, wire, &standin), shaped()).await.is_ok(), "{kind:?}");
        let last = *asked(&standin).last().unwrap();
        assert_eq!(last, if kind == Kind::Anthropic { "text" } else { "json" }, "{kind:?}");
    }
}

#[tokio::test]
async fn a_rejection_for_another_reason_is_one() {
    for (status, words) in [(400, "the prompt is too long"), (404, "no schema `m`"), (401, "bad tool key")] {
        let standin = standin([Reply::failing(status).saying("x", words), Reply::json(value())]).await;
        assert!(ask(&asking(Kind::OpenAi, Wire::OpenAi, &standin), shaped()).await.is_err(), "{words}");
        assert_eq!(standin.arrived(), 1, "{words}");
    }
}

#[tokio::test]
async fn nothing_is_remembered_of_what_does_not_help() {
    let complaint = || Reply::failing(400).saying("x", "tools: bad request");
    let standin = standin([complaint(), complaint(), complaint(), Reply::json(value())]).await;
    let provider = asking(Kind::OpenAi, Wire::OpenAi, &standin);
    let trouble = ask(&provider, shaped()).await.unwrap_err();
    assert!(matches!(trouble, Trouble::Rejected { status: 400, .. }), "{trouble:?}");
    assert!(ask(&provider, shaped()).await.is_ok());
    assert_eq!(asked(&standin), ["schema", "json", "text", "schema"]);
}

#[tokio::test]
async fn purposes_with_one_model_remember_together() {
    let standin = lacking(&["schema"]).await;
    let default = config(Kind::OpenAi, Wire::OpenAi, &standin);
    let other = ProviderConfig { model: "other".to_owned(), ..default.clone() };
    let by_purpose = BTreeMap::from([(Purpose::Route, default.clone()), (Purpose::Extract, other)]);
    let models = Models::new(ModelsConfig { default, by_purpose }, &|_| None).map_err(|f| format!("{f:?}")).unwrap();
    for purpose in [Purpose::Plan, Purpose::Route, Purpose::Extract] {
        models.complete(Request { purpose, ..shaped() }).await.unwrap();
    }
    assert_eq!(asked(&standin), ["schema", "json", "json", "schema", "json"]);
}

#[tokio::test]
async fn words_alone_have_nothing_to_do_without() {
    let standin = standin([Reply::failing(400).saying("x", "unknown tool"), Reply::text("x")]).await;
    assert!(ask(&asking(Kind::OpenAi, Wire::OpenAi, &standin), words()).await.is_err());
    assert_eq!(standin.arrived(), 1);
}
