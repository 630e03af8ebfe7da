//! One tool of a snapshot.

use std::fmt;

use serde_json::{Value, json};

use crate::effect::classify;
use crate::schema::{Compiled, any_object};
use crate::steady::steady;
use crate::{
    Effect, EffectSource, Fingerprint, Parameter, Readers, SchemaFault, ServerId, ServerLabels, ToolListing, ToolRef,
};

/// A tool with everything about it worked out.
pub struct Tool {
    /// Its server and name.
    pub reference: ToolRef,
    /// The collision-free name under which we offer it downstream.
    pub public_name: String,
    /// What its server says of it, as it said it.
    pub listing: ToolListing,
    /// What calling it does.
    pub effect: Effect,
    /// Why we think so.
    pub effect_source: EffectSource,
    /// Whether a call may be repeated: reads may, and what the operator, or
    /// an annotation the operator trusts, marks idempotent.
    pub repeatable: bool,
    /// The hash of its definition.
    pub fingerprint: Fingerprint,
    /// Its parameters, required ones first.
    pub parameters: Vec<Parameter>,
    /// Queries it is meant to serve, in the operator's words.
    pub examples: Vec<String>,
    /// Tools that serve as well, as the operator says, in their order.
    pub alternatives: Vec<ToolRef>,
    /// Whether an equal call may be answered with an earlier result for a
    /// while: it only reads, and nothing in its words says otherwise.
    pub steady: bool,
    /// Which servers may be told what it says, its own among them.
    pub readers: Readers,
    compiled: Compiled,
}

impl Tool {
    pub(crate) fn new(server: &ServerId, listing: &ToolListing, labels: &ServerLabels, public_name: String) -> Self {
        let mut listing = listing.clone();
        if !listing.input_schema.is_object() {
            listing.input_schema = any_object();
        }
        let label = labels.effects.get(&listing.name).copied();
        let claims = listing.annotations.as_ref();
        let (effect, effect_source) = classify(server.as_str(), &listing.name, label, claims, labels.trust_annotations);
        let claims_idempotent = claims.is_some_and(|claims| claims.idempotent_hint == Some(true));
        let repeatable = effect.is_read_only()
            || labels.idempotent.contains(&listing.name)
            || labels.trust_annotations && claims_idempotent;
        Self {
            reference: ToolRef { server: server.clone(), tool: listing.name.as_str().into() },
            public_name,
            effect,
            effect_source,
            repeatable,
            fingerprint: Fingerprint::of(&json!(listing)),
            parameters: Parameter::all_of(&listing.input_schema),
            examples: labels.examples.get(&listing.name).cloned().unwrap_or_default(),
            alternatives: declared(server, &listing.name, labels),
            steady: effect <= Effect::Read && steady(server.as_str(), &listing),
            readers: labels.readers.and(server),
            compiled: Compiled::default(),
            listing,
        }
    }

    /// The parameter of that name.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    /// Whether arguments outside the listed parameters are refused.
    pub fn is_closed(&self) -> bool {
        self.listing.input_schema["additionalProperties"] == Value::Bool(false)
            || !self.parameters.is_empty() && self.listing.input_schema.get("additionalProperties").is_none()
    }

    /// The first sentence of its description, or its title, or its name.
    pub fn purpose(&self) -> &str {
        let described = self.listing.description.as_deref().map(first_sentence).filter(|text| !text.is_empty());
        described.or(self.listing.title.as_deref()).unwrap_or(&self.listing.name)
    }

    /// Everything in `arguments` that the tool's schema does not admit.
    pub fn check_arguments(&self, arguments: &Value) -> Vec<SchemaFault> {
        self.compiled.check(&self.listing.input_schema, arguments)
    }

    /// Everything in one argument's value that the tool's schema does not
    /// admit, whatever the other arguments are.
    pub fn check_argument(&self, name: &str, value: &Value) -> Vec<SchemaFault> {
        self.compiled.check_property(&self.listing.input_schema, name, value)
    }
}

/// What the operator says of this very tool comes before what is said of its
/// whole server.
fn declared(server: &ServerId, tool: &str, labels: &ServerLabels) -> Vec<ToolRef> {
    let own = labels.tool_alternatives.get(tool).into_iter().flatten().cloned();
    let namesakes = labels.alternatives.iter().map(|other| ToolRef { server: other.clone(), tool: tool.into() });
    let mut all: Vec<ToolRef> = Vec::new();
    for other in own.chain(namesakes) {
        let is_itself = other.server == *server && &*other.tool == tool;
        if !is_itself && !all.contains(&other) {
            all.push(other);
        }
    }
    all
}

fn first_sentence(text: &str) -> &str {
    let text = text.trim();
    let line = text.split('\n').next().unwrap_or_default();
    line.split_inclusive(". ").next().unwrap_or_default().trim_end()
}

impl fmt::Debug for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tool({}, {}, {:?})", self.reference, self.effect, self.fingerprint)
    }
}
