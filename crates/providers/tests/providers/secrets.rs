//! Where a key never turns up.

use concertmaster_providers::{KeySource, Kind, Models, ModelsConfig, Recorder};
use model::Model;
use query::Fault;
use standin::{Reply, Trick, Wire};

use super::rig::{KEY, KINDS, complete, config, provider, shaped, standin, words};

#[tokio::test]
async fn a_key_that_is_refused_is_not_repeated() {
    for (kind, wire) in KINDS {
        let standin = standin([]).await;
        standin.require_key("another-key");
        let fault = complete(&provider(config(kind, wire, &standin)), words()).await.unwrap_err();
        // The stand-in repeats it, as some providers do.
        let told = format!("{fault} {fault:?} {:?}", Fault::from(&fault));
        assert!(!told.contains(KEY) && told.contains("Incorrect API key provided: ‹redacted›"), "{told}");
    }
}

#[tokio::test]
async fn a_configuration_prints_without_its_key() {
    let standin = standin([]).await;
    let config = config(Kind::OpenAi, Wire::OpenAi, &standin);
    let models = ModelsConfig::one(config.clone());
    let shown = format!("{config:?} {models:?}");
    assert!(!shown.contains(KEY) && shown.contains("Given"), "{shown}");
    let built = Models::new(models, &|_| None).ok().unwrap();
    assert!(!format!("{:?}", built.keys()).contains(KEY));
}

#[tokio::test]
async fn a_usual_key_goes_to_its_vendor_and_to_nobody_else() {
    let standin = standin([Reply::text("done")]).await;
    let mut config = config(Kind::OpenAi, Wire::OpenAi, &standin);
    config.key = KeySource::Usual;
    let environment = |name: &str| (name == "OPENAI_API_KEY").then(|| KEY.to_owned());
    let elsewhere = concertmaster_providers::Provider::new(config, &environment).ok().unwrap();
    complete(&elsewhere, words()).await.unwrap();
    assert!(!format!("{:?}", standin.seen()).contains(KEY));
}

#[tokio::test]
async fn recordings_hold_no_key_wherever_it_stood() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("recording.jsonl");
    let standin = standin([
        Reply::text(format!("your key is {KEY}")),
        Reply::failing(400).saying("x", &format!("what is {KEY}?")),
        Reply::text(format!("not json: {KEY}")).with(Trick::OffSchema),
    ])
    .await;
    let provider = provider(config(Kind::OpenAi, Wire::OpenAi, &standin));
    let keys: Vec<_> = provider.key().cloned().into_iter().collect();
    let recorder = Recorder::new(provider, &file, keys).unwrap();
    let mut request = words();
    request.prompt = request.prompt.slot(model::Slot::new("file", format!("API_KEY={KEY}")));
    recorder.complete(request).await.unwrap();
    recorder.complete(words()).await.unwrap_err();
    recorder.complete(shaped()).await.unwrap_err();
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(text.lines().count(), 3);
    assert!(!text.contains(KEY) && text.matches("‹redacted›").count() >= 3, "{text}");
}
