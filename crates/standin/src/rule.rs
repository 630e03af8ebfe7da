//! Which reply goes to which request.

use serde::Deserialize;

use crate::{Reply, Seen};

/// A script, as the binary reads it from a JSON file.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Script {
    /// Tried in order; the first that fits and is not used up replies.
    pub rules: Vec<Rule>,
    /// Then these, each once.
    pub queue: Vec<Reply>,
}

/// A reply and the requests it is for.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The requests.
    #[serde(default)]
    pub when: When,
    /// The reply.
    pub reply: Reply,
    /// How often it may be given; always, where nothing is said.
    pub times: Option<u32>,
}

/// Which requests. All that is said must hold; nothing said fits all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct When {
    /// Each of these occurs in what was said.
    pub contains: Vec<String>,
    /// None of these does.
    pub lacks: Vec<String>,
    /// This model was asked for.
    pub model: Option<String>,
    /// The schema has this property at its root.
    pub property: Option<String>,
}

impl When {
    /// Requests in which this text occurs.
    pub fn contains(text: impl Into<String>) -> Self {
        Self { contains: vec![text.into()], ..Self::default() }
    }

    /// Requests whose schema has this property at its root.
    pub fn property(name: impl Into<String>) -> Self {
        Self { property: Some(name.into()), ..Self::default() }
    }

    pub(crate) fn fits(&self, seen: &Seen) -> bool {
        let text = seen.text();
        let has_property = |name: &String| {
            seen.demand.shape.schema().is_some_and(|schema| schema["properties"].get(name.as_str()).is_some())
        };
        self.contains.iter().all(|part| text.contains(part))
            && !self.lacks.iter().any(|part| text.contains(part))
            && self.model.as_ref().is_none_or(|model| *model == seen.demand.model)
            && self.property.as_ref().is_none_or(has_property)
    }
}
