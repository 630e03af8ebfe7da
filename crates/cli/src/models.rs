//! The language models of a session: as configured or named on the command
//! line, recorded or replayed.

use std::sync::Arc;

use clap::Args;
use model::Model;
use providers::{Key, KeySource, Kind, Models, ModelsConfig, ProviderConfig, Recorder, Replayer};

use crate::args::Global;
use crate::failure::Failure;

/// A language model named on the command line.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Chosen {
    /// Plan and write with this language model: openai/NAME, anthropic/NAME, gemini/NAME or ollama/NAME
    #[arg(long = "model", global = true, value_name = "PROVIDER/NAME", value_parser = named)]
    pub(crate) named: Option<Named>,
    /// Where that model is, if not at its vendor's: any OpenAI-compatible endpoint, another host
    #[arg(long = "model-url", global = true, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// The environment variable with that model's key; without it the vendor's usual one, at the vendor's address
    #[arg(long = "model-key", global = true, value_name = "VARIABLE")]
    pub(crate) key: Option<String>,
}

/// A model by its provider and its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    kind: Kind,
    name: String,
}

impl Named {
    /// As it is typed.
    pub(crate) fn typed(&self) -> String {
        format!("{}/{}", self.kind.name(), self.name)
    }
}

impl Chosen {
    /// What it says, where it names a model.
    fn config(&self) -> Result<Option<ModelsConfig>, Failure> {
        let Some(Named { kind, name }) = &self.named else {
            return match (&self.url, &self.key) {
                (None, None) => Ok(None),
                _ => Err(Failure::Usage("--model-url and --model-key go with --model PROVIDER/NAME".to_owned())),
            };
        };
        let key = match (&self.key, &self.url) {
            (Some(variable), _) => KeySource::Variable(variable.clone()),
            (None, Some(_)) => KeySource::None,
            (None, None) => KeySource::Usual,
        };
        let base_url = self.url.clone();
        Ok(Some(ModelsConfig::one(ProviderConfig { base_url, key, ..ProviderConfig::new(*kind, name.as_str()) })))
    }
}

/// The model, if there is one: from a recording, or as named or configured,
/// and then perhaps recorded.
pub(crate) fn open(config: Option<ModelsConfig>, global: &Global) -> Result<Option<Arc<dyn Model>>, Failure> {
    let config = global.model.config()?.or(config);
    if let Some(file) = &global.replay {
        let replayer = Replayer::new(file, keys(config)).map_err(|fault| Failure::Usage(fault.to_string()))?;
        return Ok(Some(Arc::new(replayer)));
    }
    let Some(config) = config else {
        return match &global.record {
            Some(_) => Err(Failure::Usage(
                "there is nothing to record: no [model] is configured, and no --model named".to_owned(),
            )),
            None => Ok(None),
        };
    };
    let models = Models::new(config, &variable).map_err(|faults| {
        let listed: Vec<String> = faults.iter().map(ToString::to_string).collect();
        Failure::Usage(listed.join("\n"))
    })?;
    let Some(file) = &global.record else { return Ok(Some(Arc::new(models))) };
    let keys = models.keys();
    let recorder = Recorder::new(models, file, keys).map_err(|fault| Failure::Usage(fault.to_string()))?;
    Ok(Some(Arc::new(recorder)))
}

/// The keys that were taken out of a recording, as far as they are at hand:
/// replaying needs none.
fn keys(config: Option<ModelsConfig>) -> Vec<Key> {
    config.and_then(|config| Models::new(config, &variable).ok()).map(|models| models.keys()).unwrap_or_default()
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn named(text: &str) -> Result<Named, String> {
    let expected = "write a provider and a model's name: openai/NAME, anthropic/NAME, gemini/NAME or ollama/NAME";
    let (provider, name) = text.split_once('/').ok_or(expected)?;
    let kind = Kind::ALL.into_iter().find(|kind| kind.name() == provider).ok_or(expected)?;
    if name.trim().is_empty() { Err(expected.to_owned()) } else { Ok(Named { kind, name: name.to_owned() }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_named_by_provider_and_name() {
        for (text, expected) in [
            ("openai/gpt", Some("openai/gpt")),
            ("ollama/library/model:8b", Some("ollama/library/model:8b")),
            ("gpt", None),
            ("openai/ ", None),
            ("vendor/x", None),
        ] {
            assert_eq!(named(text).ok().map(|named| named.typed()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_key_goes_to_its_vendor_or_where_it_is_sent() {
        let chosen = |url: Option<&str>, key: Option<&str>| Chosen {
            named: named("openai/m").ok(),
            url: url.map(str::to_owned),
            key: key.map(str::to_owned),
        };
        let elsewhere = Some("http://127.0.0.1:1/v1");
        for (chosen, expected) in [
            (chosen(None, None), KeySource::Usual),
            (chosen(elsewhere, None), KeySource::None),
            (chosen(elsewhere, Some("K")), KeySource::Variable("K".to_owned())),
        ] {
            assert_eq!(chosen.config().unwrap().unwrap().default.key, expected);
        }
        assert!(Chosen { url: elsewhere.map(str::to_owned), ..Chosen::default() }.config().is_err());
        assert!(Chosen::default().config().unwrap().is_none());
    }
}
