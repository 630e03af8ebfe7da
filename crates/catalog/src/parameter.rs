//! A tool's parameters, read once from its input schema.

use std::collections::HashSet;

use serde_json::Value;

/// A JSON type as JSON Schema names it; `Integer` is a kind of `Number`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum JsonType {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number without a fraction.
    Integer,
    /// Any number.
    Number,
    /// A text.
    String,
    /// A list.
    Array,
    /// A set of members.
    Object,
}

impl JsonType {
    const ALL: [Self; 7] =
        [Self::Null, Self::Boolean, Self::Integer, Self::Number, Self::String, Self::Array, Self::Object];

    /// The type's name in JSON Schema.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }

    /// The type of a value.
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(n) if n.is_i64() || n.is_u64() => Self::Integer,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }
}

/// The set of JSON types a schema admits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonTypes(u8);

impl JsonTypes {
    /// Any value at all: what a schema without `type` admits.
    pub const ANY: Self = Self(0b111_1111);

    /// What a schema's `type`, `enum`, `const` or union of those admits.
    pub fn of_schema(schema: &Value) -> Self {
        let none = Self(0);
        if let Some(named) = schema.get("type") {
            let names: Vec<&str> = match named {
                Value::String(name) => vec![name],
                Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
                _ => return Self::ANY,
            };
            let known = JsonType::ALL.into_iter().filter(|kind| names.contains(&kind.as_str()));
            return known.fold(none, Self::with);
        }
        if let Some(Value::Array(values)) = schema.get("enum") {
            return values.iter().map(JsonType::of).fold(none, Self::with);
        }
        if let Some(value) = schema.get("const") {
            return none.with(JsonType::of(value));
        }
        for union in ["anyOf", "oneOf"] {
            if let Some(Value::Array(parts)) = schema.get(union) {
                return parts.iter().map(Self::of_schema).fold(none, |all, part| Self(all.0 | part.0));
            }
        }
        Self::ANY
    }

    fn with(self, kind: JsonType) -> Self {
        Self(self.0 | 1 << kind as u8)
    }

    /// Whether a value of this type is admitted.
    pub fn admits(self, kind: JsonType) -> bool {
        let has = |kind: JsonType| self.0 & (1 << kind as u8) != 0;
        has(kind) || kind == JsonType::Integer && has(JsonType::Number)
    }

    /// Whether a value's type is admitted.
    pub fn admits_value(self, value: &Value) -> bool {
        self.admits(JsonType::of(value))
    }

    /// Whether any type is admitted by both.
    pub fn meets(self, other: Self) -> bool {
        JsonType::ALL.into_iter().any(|kind| self.admits(kind) && other.admits(kind))
    }
}

/// One argument a tool takes.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name in the arguments object.
    pub name: String,
    /// What it means, in the server's words.
    pub description: String,
    /// Whether a call without it is faulty.
    pub required: bool,
    /// The types it admits.
    pub types: JsonTypes,
    /// Its own schema.
    pub schema: Value,
}

impl Parameter {
    /// The parameters of an input schema: the required ones first, each group
    /// in the schema's order.
    pub(crate) fn all_of(input_schema: &Value) -> Vec<Self> {
        // A set: a server may require any number of them.
        let required: HashSet<&str> =
            input_schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let properties = input_schema["properties"].as_object();
        let mut all: Vec<Self> = properties
            .into_iter()
            .flatten()
            .map(|(name, schema)| Self {
                name: name.clone(),
                description: schema["description"].as_str().unwrap_or_default().to_owned(),
                required: required.contains(name.as_str()),
                types: JsonTypes::of_schema(schema),
                schema: schema.clone(),
            })
            .collect();
        all.sort_by_key(|parameter| !parameter.required);
        all
    }

    /// The texts it is restricted to, if it is an enumeration of texts.
    pub fn choices(&self) -> Vec<&str> {
        self.schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// The value that needs no asking: a default, a constant or an only choice.
    pub fn settled(&self) -> Option<&Value> {
        let only = self.schema["enum"].as_array().filter(|choices| choices.len() == 1).map(|choices| &choices[0]);
        self.schema.get("default").or_else(|| self.schema.get("const")).or(only)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn schemas_admit_what_they_say() {
        let rows = [
            (json!({"type": "integer"}), json!(3), true),
            (json!({"type": "integer"}), json!(3.5), false),
            (json!({"type": "number"}), json!(3), true),
            (json!({"type": ["string", "null"]}), json!(null), true),
            (json!({"enum": ["a", "b"]}), json!("a"), true),
            (json!({"enum": ["a", "b"]}), json!(1), false),
            (json!({"anyOf": [{"type": "array"}, {"const": true}]}), json!([]), true),
            (json!({}), json!({}), true),
        ];
        for (schema, value, expected) in rows {
            assert_eq!(JsonTypes::of_schema(&schema).admits(JsonType::of(&value)), expected, "{schema} {value}");
        }
    }
}
