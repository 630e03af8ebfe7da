//! What comes back when all goes well.

use std::collections::BTreeMap;

use concertmaster_providers::{Kind, Models, ModelsConfig, Structured};
use model::{Content, Finish, Model, Purpose, Rates, Request, Trouble, Usage};
use serde_json::json;
use standin::{Counts, Reply, Trick, When, Wire};

use super::rig::{KINDS, ask, asking, config, provider, shaped, standin, value, words};

const COUNTS: Counts = Counts { prompt: 1_000, cached: 400, completion: 50 };

#[tokio::test]
async fn text_comes_back_with_what_it_took() {
    for (kind, wire) in KINDS {
        let standin = standin([Reply::text("All is well.").counting(COUNTS)]).await;
        let mut config = config(kind, wire, &standin);
        config.rates = Some(Rates { input: 2.0, output: 10.0, cached_input: Some(0.5), cache_write: None });
        let done = ask(&provider(config), words()).await.unwrap();
        assert_eq!(done.content, Content::Text("All is well.".to_owned()), "{kind:?}");
        assert_eq!((done.finish, &*done.model, done.spent.attempts), (Finish::Stop, "test-model", 1));
        let cached_in = if kind == Kind::Ollama { 0 } else { 400 };
        let usage = Usage { tokens_in: 1_000, tokens_out: 50, cached_in, ..Usage::default() };
        assert_eq!(done.spent.usage, usage, "{kind:?}");
        let cost = if kind == Kind::Ollama { 0.0025 } else { 0.0019 };
        assert!((done.spent.cost.unwrap() - cost).abs() < 1e-12, "{kind:?} {:?}", done.spent.cost);
        assert!(done.spent.latency.as_nanos() > 0);
    }
}

#[tokio::test]
async fn every_mechanism_of_every_provider_yields_the_value() {
    for (kind, wire) in KINDS {
        for structured in Structured::ALL {
            if structured == Structured::Tool && !matches!(kind, Kind::OpenAi | Kind::Anthropic) {
                continue;
            }
            let standin = standin([Reply::json(value())]).await;
            let mut config = config(kind, wire, &standin);
            config.structured = Some(structured);
            let done = ask(&provider(config), shaped()).await.unwrap();
            assert_eq!(done.content.json(), Some(&value()), "{kind:?} {structured:?}");
        }
    }
}

#[tokio::test]
async fn a_text_that_was_cut_says_so() {
    for (kind, wire) in KINDS {
        let standin = standin([Reply::text("All is").cut()]).await;
        let done = ask(&asking(kind, wire, &standin), words()).await.unwrap();
        assert_eq!((done.content.text(), done.finish), (Some("All is"), Finish::Length), "{kind:?}");
    }
}

#[tokio::test]
async fn tokens_that_nobody_counted_are_estimated() {
    for (kind, wire) in KINDS {
        let standin = standin([Reply::text("All is well.").with(Trick::NoUsage)]).await;
        let usage = ask(&asking(kind, wire, &standin), words()).await.unwrap().spent.usage;
        assert!(usage.estimated && usage.tokens_in > 30 && usage.tokens_out == 4, "{kind:?} {usage:?}");
    }
}

#[tokio::test]
async fn each_purpose_has_its_model() {
    let standin = standin([]).await;
    for (model, answer) in [("test-model", "the default"), ("writer", "the writer")] {
        standin.when(When { model: Some(model.to_owned()), ..When::default() }, Reply::text(answer));
    }
    let default = config(Kind::OpenAi, Wire::OpenAi, &standin);
    let writer = concertmaster_providers::ProviderConfig { model: "writer".to_owned(), ..default.clone() };
    let config = ModelsConfig { default, by_purpose: BTreeMap::from([(Purpose::Synthesize, writer)]) };
    let models = Models::new(config, &|_| None).map_err(|faults| format!("{faults:?}")).unwrap();
    for purpose in Purpose::ALL {
        let expected =
            if purpose == Purpose::Synthesize { ("writer", "the writer") } else { ("test-model", "the default") };
        let done = models.complete(Request { purpose, ..words() }).await.unwrap();
        assert_eq!(done.content.text(), Some(expected.1));
        assert_eq!(&*models.about(purpose).model, expected.0);
    }
}

#[tokio::test]
async fn all_faults_of_all_models_are_told() {
    let standin = standin([]).await;
    let good = config(Kind::OpenAi, Wire::OpenAi, &standin);
    let nameless = concertmaster_providers::ProviderConfig { model: String::new(), ..good.clone() };
    let keyless = concertmaster_providers::ProviderConfig::new(Kind::Anthropic, "m");
    let by_purpose = BTreeMap::from([(Purpose::Route, nameless), (Purpose::Plan, keyless)]);
    let faults = Models::new(ModelsConfig { default: good, by_purpose }, &|_| None).err().unwrap();
    let messages: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
    let expected = [
        "the openai model has no name",
        "the anthropic model `m`: the environment variable `ANTHROPIC_API_KEY` is not set",
    ];
    assert_eq!(messages, expected);
}

#[tokio::test]
async fn thoughts_and_fences_around_an_answer_are_not_the_answer() {
    let fenced = format!("<think>hm, {{}}</think>\n```json\n{}\n```", value());
    let standin = standin([Reply::text(fenced), Reply::text("<think>hm</think>\n\nWell.")]).await;
    let mut config = config(Kind::OpenAi, Wire::OpenAi, &standin);
    config.structured = Some(Structured::Text);
    let provider = provider(config);
    assert_eq!(ask(&provider, shaped()).await.unwrap().content.json(), Some(&value()));
    assert_eq!(ask(&provider, words()).await.unwrap().content.text(), Some("Well."));
}

#[tokio::test]
async fn a_schema_that_is_none_costs_nothing() {
    let standin = standin([]).await;
    let schema = model::OutputSchema::loose("x", json!({"type": 7})).unwrap();
    let trouble = ask(&asking(Kind::OpenAi, Wire::OpenAi, &standin), words().shaped(schema)).await.unwrap_err();
    assert!(matches!(trouble, Trouble::BadSchema { .. }), "{trouble:?}");
    assert_eq!(standin.arrived(), 0);
}
