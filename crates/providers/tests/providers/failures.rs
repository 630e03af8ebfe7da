//! Everything that can go wrong once.

use std::time::Duration;

use concertmaster_providers::{Kind, MAX_REPLY_BYTES, Provider, ProxyChoice, Structured};
use model::{Request, Trouble};
use query::{Blame, Fault};
use serde_json::json;
use standin::{Counts, Reply, Trick, Wire};
use tokio::net::TcpListener;

use super::rig::{KINDS, ask, asking, complete, config, provider, shaped, standin, value, words};

async fn once(kind: Kind, wire: Wire, request: Request, reply: Reply) -> Trouble {
    let standin = standin([reply]).await;
    let trouble = ask(&asking(kind, wire, &standin), request).await.unwrap_err();
    assert_eq!(standin.arrived(), 1, "{kind:?} {trouble:?}");
    trouble
}

#[tokio::test]
async fn statuses_are_told_apart() {
    let said = |text: &str| text.to_owned();
    let wait = Some(Duration::from_secs(9));
    for (kind, wire) in KINDS {
        let rows = [
            (Reply::failing(401).saying("x", "no such key"), Trouble::Unauthorised { said: said("no such key") }),
            (Reply::failing(404).saying("x", "no such model"), Trouble::NotFound { said: said("no such model") }),
            (Reply::failing(400).saying("x", "bad"), Trouble::Rejected { status: 400, said: said("bad") }),
            (
                Reply::failing(307),
                Trouble::Rejected {
                    status: 307,
                    said: said("it redirects, which is not followed; set `base_url` to where it leads"),
                },
            ),
            (Reply::failing(429).retry_after(Duration::from_secs(9)), Trouble::RateLimited { retry_after: wait }),
            (Reply::failing(500), Trouble::Overloaded { status: 500, retry_after: None }),
            (Reply::failing(529), Trouble::Overloaded { status: 529, retry_after: None }),
        ];
        for (reply, expected) in rows {
            assert_eq!(once(kind, wire, words(), reply).await, expected, "{kind:?}");
        }
    }
    for (kind, wire, code) in [
        (Kind::OpenAi, Wire::OpenAi, "insufficient_quota"),
        (Kind::Anthropic, Wire::Anthropic, "enforced_spend_limit_reached"),
    ] {
        let trouble = once(kind, wire, words(), Reply::failing(429).saying(code, "pay")).await;
        assert_eq!(trouble, Trouble::OutOfCredit { said: said("pay") });
    }
}

#[tokio::test]
async fn replies_that_are_none_are_told_apart() {
    for (kind, wire) in KINDS {
        let rows = [
            (Reply::text("x").with(Trick::MalformedJson), "garbled"),
            (Reply::text("x").with(Trick::WrongContentType), "garbled"),
            (Reply::text("x").with(Trick::BreakOff), "unreachable"),
            (Reply::text("x").with(Trick::EndEarly), "garbled"),
        ];
        for (reply, code) in rows {
            let trick = reply.trick;
            let trouble = once(kind, wire, words(), reply).await;
            assert_eq!(trouble.code(), format!("model_{code}"), "{kind:?} {trick:?} {trouble:?}");
        }
        let endless = once(kind, wire, words(), Reply::text("x").with(Trick::Oversize)).await;
        assert_eq!(endless, Trouble::TooLong { limit_bytes: MAX_REPLY_BYTES });
    }
}

#[tokio::test]
async fn answers_that_do_not_fit_are_told_apart() {
    for (kind, wire) in KINDS {
        let off = Reply::json(json!({"outcome": "other", "count": 1})).with(Trick::OffSchema);
        let Trouble::OffSchema { faults, reply } = once(kind, wire, shaped(), off).await else { panic!("{kind:?}") };
        assert_eq!(faults, ["/outcome: \"other\" is not one of \"plan\" or \"clarify\""]);
        assert_eq!(reply["count"], 1);
        let prose = Reply::text("Sure!").with(Trick::OffSchema);
        let trouble = once(kind, wire, shaped(), prose).await;
        assert!(matches!(&trouble, Trouble::NotJson { reply, .. } if reply == "Sure!"), "{kind:?} {trouble:?}");
        let cut = Reply::text("{\"outcome\": \"pl").cut();
        assert_eq!(once(kind, wire, shaped(), cut).await, Trouble::Truncated { limit_tokens: 100 }, "{kind:?}");
        if kind != Kind::Ollama {
            let refused = once(kind, wire, shaped(), Reply::refusal("I  will\nnot.")).await;
            assert_eq!(refused, Trouble::Refused { said: "I will not.".to_owned() }, "{kind:?}");
        }
    }
}

#[tokio::test]
async fn what_a_failed_answer_took_is_counted() {
    for (kind, wire) in KINDS {
        let counts = Counts { prompt: 70, cached: 0, completion: 9 };
        let standin = standin([Reply::json(json!({})).with(Trick::OffSchema).counting(counts)]).await;
        let fault = complete(&asking(kind, wire, &standin), shaped()).await.unwrap_err();
        assert_eq!((fault.spent.usage.tokens_in, fault.spent.usage.tokens_out), (70, 9), "{kind:?}");
        let told = Fault::from(&fault);
        assert_eq!((told.code.as_str(), told.blame), ("model_off_schema", Blame::Model));
    }
}

#[tokio::test]
async fn slow_and_silent_providers_cost_their_time_and_no_more() {
    let limit = Duration::from_millis(150);
    for (kind, wire) in KINDS {
        for reply in [Reply::text("x").delayed(Duration::from_secs(60)), Reply::text("x").with(Trick::Stall)] {
            let standin = standin([reply]).await;
            let fault =
                complete(&asking(kind, wire, &standin), Request { timeout: limit, ..words() }).await.unwrap_err();
            assert_eq!(fault.trouble, Trouble::TimedOut { limit }, "{kind:?}");
            assert!(fault.spent.latency >= limit && fault.spent.latency < Duration::from_secs(5), "{:?}", fault.spent);
            assert_eq!(fault.spent.attempts, 1);
        }
    }
}

#[tokio::test]
async fn the_operators_limit_holds_whatever_the_caller_allows() {
    let standin = standin([Reply::text("x").with(Trick::Stall)]).await;
    let mut config = config(Kind::OpenAi, Wire::OpenAi, &standin);
    config.timeout = Duration::from_millis(100);
    let trouble = ask(&provider(config), words()).await.unwrap_err();
    assert_eq!(trouble, Trouble::TimedOut { limit: Duration::from_millis(100) });
}

#[tokio::test]
async fn no_time_left_means_nothing_is_sent() {
    let standin = standin([Reply::text("x")]).await;
    let request = Request { timeout: Duration::ZERO, ..words() };
    let fault = complete(&asking(Kind::OpenAi, Wire::OpenAi, &standin), request).await.unwrap_err();
    assert_eq!((fault.trouble.code(), fault.spent.attempts, standin.arrived()), ("model_timed_out", 0, 0));
}

#[tokio::test]
async fn where_nobody_listens_the_fault_says_so() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    let standin = standin([]).await;
    let config = config(Kind::OpenAi, Wire::OpenAi, &standin).at(url);
    let trouble = ask(&provider(config), words()).await.unwrap_err();
    let Trouble::Unreachable { why } = trouble else { panic!("{trouble:?}") };
    assert!(why.to_lowercase().contains("refused"), "{why}");
}

#[tokio::test]
async fn what_the_strictest_provider_refuses_is_refused_here_before() {
    // The stand-in's own judgement of schemas and requests, so that the
    // passes above mean something.
    let standin = standin([Reply::json(value())]).await;
    let mut config = config(Kind::OpenAi, Wire::OpenAi, &standin);
    config.extra = json!({"top_nonsense": 1}).as_object().cloned().unwrap();
    config.structured = Some(Structured::Schema);
    let trouble = ask(&provider(config), shaped()).await.unwrap_err();
    let said = "Unrecognized request argument supplied: top_nonsense".to_owned();
    assert_eq!(trouble, Trouble::Rejected { status: 400, said });
}

#[tokio::test]
async fn a_wrong_address_is_found_before_anything_is_asked() {
    let standin = standin([]).await;
    let config = config(Kind::Gemini, Wire::Gemini, &standin).at("nonsense");
    let faults = Provider::new(config, &|_| None).err().unwrap();
    assert_eq!(faults[0].message, "`base_url` of the gemini model is not an http or https URL");
}

#[tokio::test]
async fn a_proxy_that_is_named_is_used() {
    let standin = standin([Reply::text("done")]).await;
    let mut config = config(Kind::OpenAi, Wire::OpenAi, &standin).at("http://model.invalid/v1");
    config.proxy = ProxyChoice::At(standin.base_url(Wire::Ollama));
    let done = ask(&provider(config), words()).await.unwrap();
    assert_eq!(done.content.text(), Some("done"));
    assert_eq!(standin.seen()[0].headers["host"], "model.invalid");
}
