//! The language models of a session: as configured, recorded or replayed.

use std::sync::Arc;

use model::Model;
use providers::{Models, ModelsConfig, Recorder, Replayer};

use crate::args::Global;
use crate::failure::Failure;

/// The model, if there is one: from a recording, or as configured, and then
/// perhaps recorded.
pub(crate) fn open(config: Option<ModelsConfig>, global: &Global) -> Result<Option<Arc<dyn Model>>, Failure> {
    if let Some(file) = &global.replay {
        let replayer = Replayer::new(file, []).map_err(|fault| Failure::Usage(fault.to_string()))?;
        return Ok(Some(Arc::new(replayer)));
    }
    let Some(config) = config else {
        return match &global.record {
            Some(_) => Err(Failure::Usage("there is nothing to record: no [model] is configured".to_owned())),
            None => Ok(None),
        };
    };
    let models = Models::new(config, &|name| std::env::var(name).ok()).map_err(|faults| {
        let listed: Vec<String> = faults.iter().map(ToString::to_string).collect();
        Failure::Usage(listed.join("\n"))
    })?;
    let Some(file) = &global.record else { return Ok(Some(Arc::new(models))) };
    let keys = models.keys();
    let recorder = Recorder::new(models, file, keys).map_err(|fault| Failure::Usage(fault.to_string()))?;
    Ok(Some(Arc::new(recorder)))
}
