//! Which model is asked for what.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{About, Completion, Model, ModelFault, Pending, Purpose, Request};
use query::Fault;

use crate::{Key, Provider, ProviderConfig};

/// What the operator says of all models.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelsConfig {
    /// The model for every purpose that has none of its own.
    pub default: ProviderConfig,
    /// Models of their own.
    pub by_purpose: BTreeMap<Purpose, ProviderConfig>,
}

impl ModelsConfig {
    /// One model for everything.
    pub fn one(default: ProviderConfig) -> Self {
        Self { default, by_purpose: BTreeMap::new() }
    }
}

/// One model for each purpose.
pub struct Models {
    default: Arc<Provider>,
    by_purpose: BTreeMap<Purpose, Arc<Provider>>,
}

impl Models {
    /// The models as configured, or everything that is wrong with any of
    /// them. `variable` gives an environment variable.
    pub fn new(config: ModelsConfig, variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut built: Vec<Arc<Provider>> = Vec::new();
        let mut build = |config: ProviderConfig| {
            let provider = Provider::new(config, variable).map_err(|wrong| faults.extend(wrong)).ok()?;
            let provider = Arc::new(provider.remembering_with(built.iter()));
            built.push(Arc::clone(&provider));
            Some(provider)
        };
        let default = build(config.default);
        let own = config.by_purpose.into_iter().map(|(purpose, own)| Some((purpose, build(own)?)));
        let by_purpose: BTreeMap<_, _> = own.collect::<Vec<_>>().into_iter().flatten().collect();
        faults.dedup();
        match default {
            Some(default) if faults.is_empty() => Ok(Self { default, by_purpose }),
            _ => Err(faults),
        }
    }

    /// The keys of all of them, for whoever must keep them out of what is
    /// written down.
    pub fn keys(&self) -> Vec<Key> {
        let all = std::iter::once(&self.default).chain(self.by_purpose.values());
        all.filter_map(|provider| provider.key().cloned()).collect()
    }

    fn of(&self, purpose: Purpose) -> &Provider {
        self.by_purpose.get(&purpose).unwrap_or(&self.default)
    }
}

impl Model for Models {
    fn complete(&self, request: Request) -> Pending<'_, Result<Completion, ModelFault>> {
        self.of(request.purpose).complete(request)
    }

    fn about(&self, purpose: Purpose) -> About {
        self.of(purpose).about(purpose)
    }
}
