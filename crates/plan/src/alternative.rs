//! The same call at another tool that serves as well.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::Tool;
use serde_json::Value;

use crate::BoundCall;

impl BoundCall {
    /// This call as another tool would take it: its arguments bound again by
    /// name and type, each with its label. What is fixed stays with its tool.
    /// `None` when they do not fit.
    pub fn rebound(&self, to: &Arc<Tool>) -> Option<Self> {
        let given = self.tool.without_fixed(self.arguments.as_object()?.clone());
        let arguments = self.tool.rebound(&given, to)?;
        // An argument without a label of its own has the labels of all.
        let all = self.label();
        let labels: BTreeMap<_, _> = match self.labels.is_empty() {
            true => BTreeMap::new(),
            false => arguments
                .keys()
                .map(|name| (name.clone(), self.labels.get(name).cloned().unwrap_or_else(|| all.clone())))
                .collect(),
        };
        let arguments = Value::Object(to.with_fixed(arguments));
        let fits = to.check_arguments(&arguments).is_empty();
        let call = Self { tool: Arc::clone(to), arguments, written: None, labels, ..self.clone() };
        fits.then_some(call)
    }
}
