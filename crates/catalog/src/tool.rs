//! One tool of a snapshot.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::effect::classify;
use crate::fixed::left_of;
use crate::schema::{Compiled, any_object};
use crate::steady::steady;
use crate::{
    Effect, EffectSource, Fingerprint, Parameter, Readers, SchemaFault, ServerId, ServerLabels, ToolListing, ToolRef,
};

/// A tool with everything about it worked out.
pub struct Tool {
    /// Its server, and the name it goes by here.
    pub reference: ToolRef,
    /// The name its server knows it by.
    pub there: Arc<str>,
    /// The collision-free name under which we offer it downstream.
    pub public_name: String,
    /// What its server says of it, as it said it; but under the name it goes
    /// by here, and without the arguments that are fixed.
    pub listing: ToolListing,
    /// Arguments that the operator gives: they go with every call, are no
    /// part of the listing, and nobody else can give them.
    pub fixed: Map<String, Value>,
    /// What calling it does.
    pub effect: Effect,
    /// Why we think so.
    pub effect_source: EffectSource,
    /// Whether a call may be repeated: reads may, and what the operator, or
    /// an annotation the operator trusts, marks idempotent.
    pub repeatable: bool,
    /// The hash of its definition, and of what is fixed.
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
    /// The input schema as its server wrote it, where that is not the listed
    /// one.
    whole: Option<Value>,
    compiled: Compiled,
}

impl Tool {
    /// The tool that a server lists so, under the name it goes by here.
    pub(crate) fn new(reference: ToolRef, listing: &ToolListing, labels: &ServerLabels, public_name: String) -> Self {
        let mut listing = listing.clone();
        if !listing.input_schema.is_object() {
            listing.input_schema = any_object();
        }
        let (server, here) = (&reference.server, &*reference.tool);
        let label = labels.effects.get(here).copied();
        let claims = listing.annotations.as_ref();
        // A name that the operator gave says nothing of what the tool does.
        let (effect, effect_source) = classify(server.as_str(), &listing.name, label, claims, labels.trust_annotations);
        let claims_idempotent = claims.is_some_and(|claims| claims.idempotent_hint == Some(true));
        let repeatable =
            effect.is_read_only() || labels.idempotent.contains(here) || labels.trust_annotations && claims_idempotent;
        let steady = effect <= Effect::Read && steady(server.as_str(), &listing);
        let fixed = labels.shaping.fixed.get(here).cloned().unwrap_or_default();
        let fingerprint = match fixed.is_empty() {
            true => Fingerprint::of(&json!(listing)),
            false => Fingerprint::of(&json!({"definition": listing, "fixed": fixed})),
        };
        let whole = (!fixed.is_empty()).then(|| {
            let left = left_of(&listing.input_schema, &fixed);
            std::mem::replace(&mut listing.input_schema, left)
        });
        let there = std::mem::replace(&mut listing.name, here.to_owned());
        Self {
            public_name,
            effect,
            effect_source,
            repeatable,
            fingerprint,
            parameters: Parameter::all_of(&listing.input_schema),
            examples: labels.examples.get(here).cloned().unwrap_or_default(),
            alternatives: declared(server, here, labels),
            steady,
            readers: labels.readers.and(server),
            whole,
            compiled: Compiled::default(),
            there: there.into(),
            fixed,
            listing,
            reference,
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

    /// Its input schema as its server wrote it: with what is fixed.
    pub fn whole_schema(&self) -> &Value {
        self.whole.as_ref().unwrap_or(&self.listing.input_schema)
    }

    /// Everything in `arguments`, those that are fixed among them, that the
    /// tool's schema does not admit.
    pub fn check_arguments(&self, arguments: &Value) -> Vec<SchemaFault> {
        self.compiled.check(self.whole_schema(), arguments)
    }

    /// Everything in one argument's value that the tool's schema does not
    /// admit, whatever the other arguments are.
    pub fn check_argument(&self, name: &str, value: &Value) -> Vec<SchemaFault> {
        self.compiled.check_property(self.whole_schema(), name, value)
    }

    /// The first of these arguments that only the operator gives, if any.
    pub fn fixed_among<'n>(&self, mut names: impl Iterator<Item = &'n String>) -> Option<&'n str> {
        names.find(|name| self.fixed.contains_key(*name)).map(String::as_str)
    }

    /// These arguments and those that are fixed: what leaves.
    #[must_use]
    pub fn with_fixed(&self, mut arguments: Map<String, Value>) -> Map<String, Value> {
        arguments.extend(self.fixed.iter().map(|(name, value)| (name.clone(), value.clone())));
        arguments
    }

    /// The arguments of a call without those that are fixed: what somebody
    /// else gave.
    #[must_use]
    pub fn without_fixed(&self, mut arguments: Map<String, Value>) -> Map<String, Value> {
        arguments.retain(|name, _| !self.fixed.contains_key(name));
        arguments
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
