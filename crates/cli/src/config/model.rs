//! `[model]` and `[models.PURPOSE]`: which language model is asked for what.

use std::collections::BTreeMap;

use model::{Purpose, Rates};
use providers::{Key, KeySource, Kind, ModelsConfig, ProviderConfig, ProxyChoice, Structured};

use super::checked::Table;
use super::fault::{FaultCode, Findings};
use super::node::Span;

/// How a configuration says that there is no proxy.
const NO_PROXY: &str = "none";

/// The models, unless none are configured or something in them is not in
/// order.
pub(crate) fn read(root: &Table, findings: &mut Findings) -> Option<ModelsConfig> {
    let before = findings.faults.len();
    let shared = root.table("model");
    let default = shared.and_then(|table| one(&[table], "model", root.written("model"), findings));
    let mut by_purpose = BTreeMap::new();
    for purpose in Purpose::ALL {
        let Some(own) = root.table("models").and_then(|models| models.table(purpose.name())) else { continue };
        let title = format!("models.{}", purpose.name());
        let tables: Vec<&Table> = std::iter::once(own).chain(shared).collect();
        by_purpose.extend(one(&tables, &title, root.written("models"), findings).map(|config| (purpose, config)));
    }
    if let (None, Some(at)) = (shared, root.written("models")) {
        let help = "add [model] with `provider` and `name`: it is asked for every purpose without a model of its own";
        findings.fault_with_help(FaultCode::Missing, at, "there is no `model` beside `models`", help);
    }
    let sound = findings.faults.len() == before;
    default.filter(|_| sound).map(|default| ModelsConfig { default, by_purpose })
}

/// One model; of several tables the first that has a key counts. What belongs
/// to a provider, its address and its key above all, goes to no other one, and
/// the prices of a model are those of no other.
fn one(tables: &[&Table], title: &str, at: Option<&Span>, findings: &mut Findings) -> Option<ProviderConfig> {
    let text = |key: &str| tables.iter().find_map(|table| table.text(key));
    let choice = |key: &str| tables.iter().find_map(|table| table.choice(key));
    let own = &tables[..1];
    let is_shared = |value: fn(&Table) -> Option<&str>| {
        let mut said = tables.iter().filter_map(|table| value(table));
        let first = said.next();
        said.all(|other| Some(other) == first)
    };
    let of_provider = if is_shared(|table| table.choice("provider")) { tables } else { own };
    let of_model = if is_shared(|table| table.text("name")) { of_provider } else { own };
    let count = |key: &str| tables.iter().find_map(|table| table.count(key));
    let price = |key: &str| of_model.iter().find_map(|table| table.price(key));
    let time = |key: &str| tables.iter().find_map(|table| table.time(key));
    if tables.iter().any(|table| !table.is_sound()) {
        return None;
    }
    let at = at.cloned().unwrap_or_default();
    let provider = choice("provider").and_then(|word| Kind::ALL.into_iter().find(|kind| kind.name() == word));
    let (Some(kind), Some(name)) = (provider, text("name")) else {
        let missing = if provider.is_none() { "provider" } else { "name" };
        let help = "a model has a `provider` (openai, anthropic, gemini or ollama) and a `name`";
        findings.fault_with_help(FaultCode::Missing, &at, format!("`{title}` has no `{missing}`"), help);
        return None;
    };
    let mut config = ProviderConfig::new(kind, name);
    let at_provider = |key: &str| of_provider.iter().find_map(|table| table.text(key));
    config.base_url = at_provider("base_url").map(str::to_owned);
    config.key = key(at_provider("key"), &config, title, &at, findings)?;
    config.proxy = match text("proxy") {
        None => ProxyChoice::Environment,
        Some(NO_PROXY) => ProxyChoice::Direct,
        Some(url) => ProxyChoice::At(url.to_owned()),
    };
    config.timeout = time("timeout").unwrap_or(config.timeout);
    config.max_retries = count("max_retries").map_or(config.max_retries, bounded);
    let structured = of_provider.iter().find_map(|table| table.choice("structured"));
    config.structured = structured.and_then(|word| Structured::ALL.into_iter().find(|known| known.name() == word));
    config.context_tokens = of_provider.iter().find_map(|table| table.count("context_tokens")).map(bounded);
    let (input, output) = (price("input_price"), price("output_price"));
    if input.is_some() || output.is_some() {
        let (input, output) = (input.unwrap_or_default(), output.unwrap_or_default());
        let (cached_input, cache_write) = (price("cached_price"), price("cache_write_price"));
        config.rates = Some(Rates { input, output, cached_input, cache_write });
    }
    Some(config)
}

fn key(
    written: Option<&str>,
    config: &ProviderConfig,
    title: &str,
    at: &Span,
    findings: &mut Findings,
) -> Option<KeySource> {
    match written.map(Key::new) {
        None if config.base_url.is_some() => Some(KeySource::None),
        None => Some(KeySource::Usual),
        Some(Ok(key)) => Some(KeySource::Given(key)),
        Some(Err(why)) => {
            findings.fault(FaultCode::BadValue, at, format!("`{title}.key` is no key: {why}"));
            None
        }
    }
}

fn bounded(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
