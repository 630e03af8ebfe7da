//! `[model]` and `[models.PURPOSE]`: what they mean, and what is wrong with
//! them.

use std::time::Duration;

use model::Purpose;
use providers::{Key, KeySource, Kind, ProxyChoice, Structured};

use super::{config, report};

const SERVER: &str = "[servers.a]\ncommand = \"a\"\n";

#[test]
fn every_key_of_a_model_means_something() {
    let text = r#"
[limits]
model_calls_per_query = 5
[model]
provider = "openai"
name = "large"
base_url = "http://127.0.0.1:8000/v1"
key = "${TOKEN}"
proxy = "none"
timeout = "9s"
max_retries = 0
structured = "json"
context_tokens = 8192
input_price = 2
output_price = 8.5
cached_price = 0.25
cache_write_price = 2.5
[models.extract]
name = "small"
output_price = 1
"#;
    let config = config("concertmaster.toml", &format!("{SERVER}{text}"));
    assert_eq!(config.limits.model_calls_per_query, 5);
    let models = config.models.unwrap();
    let large = &models.default;
    assert_eq!((large.kind, &*large.model), (Kind::OpenAi, "large"));
    assert!(matches!(&large.key, KeySource::Given(_)));
    assert_eq!((&large.proxy, large.timeout, large.max_retries), (&ProxyChoice::Direct, Duration::from_secs(9), 0));
    assert_eq!((large.structured, large.context_tokens), (Some(Structured::Json), Some(8192)));
    let rates = large.rates.unwrap();
    assert_eq!((rates.input, rates.output, rates.cached_input, rates.cache_write), (2.0, 8.5, Some(0.25), Some(2.5)));
    let small = &models.by_purpose[&Purpose::Extract];
    assert_eq!((&*small.model, &small.base_url, &small.key), ("small", &large.base_url, &large.key));
    let rates = small.rates.unwrap();
    assert_eq!((rates.input, rates.output, rates.cached_input), (0.0, 1.0, None), "another model has its own prices");
    assert_eq!(models.by_purpose.len(), 1);
}

#[test]
fn a_key_that_is_not_named_is_the_vendors_usual_or_none() {
    let model = |more: &str| {
        let text = format!("{SERVER}[model]\nprovider = \"anthropic\"\nname = \"m\"\n{more}");
        config("concertmaster.toml", &text).models.unwrap().default.key
    };
    assert_eq!(model(""), KeySource::Usual);
    assert_eq!(model("base_url = \"http://127.0.0.1:1/v1\"\n"), KeySource::None);
    assert_eq!(model("key = \"abc\"\n"), KeySource::Given(Key::new("abc").unwrap()));
}

#[test]
fn what_is_wrong_with_a_model_is_said() {
    let rows = [
        ("[model]\nname = \"m\"\n", "`model` has no `provider`"),
        ("[model]\nprovider = \"openai\"\n", "`model` has no `name`"),
        ("[model]\nprovider = \"open\"\nname = \"m\"\n", "provider"),
        ("[model]\nprovider = \"openai\"\nname = \"m\"\ninput_price = -1\n", "`model.input_price` is no price"),
        ("[model]\nprovider = \"openai\"\nname = \"m\"\ninput_price = \"1\"\n", "write it without quotes"),
        ("[model]\nprovider = \"openai\"\nname = \"m\"\nkey = \"\"\n", "`model.key` is no key: it is empty"),
        ("[models.plan]\nprovider = \"openai\"\nname = \"m\"\n", "there is no `model` beside `models`"),
        ("[models.planning]\nname = \"m\"\n", "plan"),
    ];
    for (text, expected) in rows {
        let report = report("concertmaster.toml", &format!("{SERVER}{text}"));
        assert!(report.contains(expected), "{text}: {report}");
    }
}

#[test]
fn a_key_goes_to_no_other_provider() {
    let text = r#"
[model]
provider = "openai"
name = "large"
base_url = "http://127.0.0.1:8000/v1"
key = "${TOKEN}"
input_price = 2
timeout = "9s"
[models.plan]
input_price = 3
[models.route]
provider = "ollama"
name = "small"
"#;
    let models = config("concertmaster.toml", &format!("{SERVER}{text}")).models.unwrap();
    let other = &models.by_purpose[&Purpose::Route];
    assert_eq!((other.kind, &other.base_url, &other.key, other.rates), (Kind::Ollama, &None, &KeySource::Usual, None));
    assert_eq!(other.timeout, Duration::from_secs(9));
    let same = &models.by_purpose[&Purpose::Plan];
    assert_eq!((&same.key, &same.base_url), (&models.default.key, &models.default.base_url));
    assert_eq!(same.rates.unwrap().input, 3.0);
}
