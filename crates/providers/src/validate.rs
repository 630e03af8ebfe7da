//! Everything that is wrong with what the operator says of one model.
//!
//! In comes a configuration, out go its faults, all at once. Nothing is
//! connected to.

use query::{Blame, Fault};
use reqwest::Url;

use crate::{Kind, ProviderConfig, ProxyChoice, Structured};

/// Members of a request that decide what it is; they are not the operator's
/// to add.
const OURS: &[&str] = &[
    "contents",
    "format",
    "generationConfig",
    "grammar",
    "messages",
    "model",
    "output_config",
    "prompt",
    "response_format",
    "stream",
    "system",
    "systemInstruction",
    "toolConfig",
    "tool_choice",
    "tools",
];

/// The stable code of each fault here.
const CODE: &str = "model_config";

/// What is wrong.
pub(crate) fn faults(config: &ProviderConfig) -> Vec<Fault> {
    let name = config.kind.name();
    let mut found = Vec::new();
    let mut add = |message: String| found.push(Fault::lasting(Blame::Operator, CODE, message));
    if config.model.trim().is_empty() {
        add(format!("the {name} model has no name"));
    }
    if let Some(wrong) = wrong_url(config.address(), &["http", "https"]) {
        add(format!("`base_url` of the {name} model {wrong}"));
    }
    if let ProxyChoice::At(url) = &config.proxy
        && wrong_scheme(url, &["http", "https"])
    {
        add(format!("`proxy` of the {name} model is not an http or https URL"));
    }
    if config.connect_timeout.is_zero() || config.timeout.is_zero() {
        add(format!("the timeouts of the {name} model must not be 0"));
    }
    if config.structured == Some(Structured::Tool) && !matches!(config.kind, Kind::OpenAi | Kind::Anthropic) {
        add(format!("{name} models have no strict tools; set `structured` to `schema`, `json` or `text`"));
    }
    for member in config.extra.keys().filter(|member| OURS.contains(&member.as_str())) {
        add(format!("`extra` of the {name} model may not set `{member}`: every request sets it itself"));
    }
    if let Some(rates) = &config.rates {
        let all = [Some(rates.input), Some(rates.output), rates.cached_input, rates.cache_write];
        if all.iter().flatten().any(|rate| !rate.is_finite() || *rate < 0.0) {
            add(format!("the rates of the {name} model must be 0 or more"));
        }
    }
    found
}

fn wrong_scheme(url: &str, schemes: &[&str]) -> bool {
    Url::parse(url).map_or(true, |url| !schemes.contains(&url.scheme()) || !url.has_host())
}

fn wrong_url(url: &str, schemes: &[&str]) -> Option<&'static str> {
    if wrong_scheme(url, schemes) {
        return Some("is not an http or https URL");
    }
    let url = Url::parse(url).ok()?;
    if !url.username().is_empty() || url.password().is_some() {
        return Some("contains a user or password; name the key with `key` instead");
    }
    (url.query().is_some() || url.fragment().is_some()).then_some("must end with its path")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use model::Rates;
    use serde_json::json;

    use super::*;

    #[test]
    fn all_faults_are_told_at_once() {
        let good = ProviderConfig::new(Kind::OpenAi, "m").at("http://127.0.0.1:8000/v1/");
        assert_eq!(faults(&good), []);
        let mut bad = ProviderConfig::new(Kind::Ollama, " ").at("ftp://x");
        bad.proxy = ProxyChoice::At("nonsense".to_owned());
        bad.timeout = Duration::ZERO;
        bad.structured = Some(Structured::Tool);
        bad.rates = Some(Rates { input: f64::NAN, ..Rates::default() });
        bad.extra = json!({"think": false, "tools": []}).as_object().cloned().unwrap();
        let messages: Vec<String> = faults(&bad).into_iter().map(|fault| fault.message).collect();
        let expected = [
            "the ollama model has no name",
            "`base_url` of the ollama model is not an http or https URL",
            "`proxy` of the ollama model is not an http or https URL",
            "the timeouts of the ollama model must not be 0",
            "ollama models have no strict tools; set `structured` to `schema`, `json` or `text`",
            "`extra` of the ollama model may not set `tools`: every request sets it itself",
            "the rates of the ollama model must be 0 or more",
        ];
        assert_eq!(messages, expected);
        let secret = faults(&good.clone().at("https://me:sk-1@host/v1"));
        assert!(secret.len() == 1 && !secret[0].message.contains("sk-1"), "{secret:?}");
    }
}
