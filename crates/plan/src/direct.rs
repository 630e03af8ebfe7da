//! A call as a client wrote it, read once.
//!
//! In: a tool and the text of an arguments object. Out: a [`BoundCall`] that
//! keeps the text, so that it can leave byte for byte, with what the operator
//! fixed behind it. A member named twice is refused: what policy judged and
//! what a server reads could differ. So is one that is fixed.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use catalog::{Readers, Tool};
use query::{Blame, Fault};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Number, Value};

use crate::{BoundCall, Origin, StepIndex};

impl BoundCall {
    /// The one call of a plan of one step, its arguments a client's own text.
    ///
    /// # Errors
    ///
    /// `arguments_invalid` when the text is no object, is nested too deeply
    /// to be read, names a member twice, or gives what the operator fixed.
    pub fn of_client(tool: Arc<Tool>, text: impl Into<Arc<RawValue>>) -> Result<Self, Fault> {
        let text = text.into();
        let mut reader = serde_json::Deserializer::from_str(text.get());
        let arguments = match Strict.deserialize(&mut reader) {
            Ok(Value::Object(arguments)) => arguments,
            Ok(_) => return Err(unreadable(&tool, "they are no JSON object")),
            Err(error) => return Err(unreadable(&tool, error)),
        };
        let (arguments, text) = match tool.fixed.is_empty() {
            true => (arguments, text),
            false => {
                if let Some(name) = tool.fixed_among(arguments.keys()) {
                    return Err(Fault::lasting(Blame::Caller, "arguments_invalid", given_already(&tool, name)));
                }
                let text = spliced(&text, &tool).ok_or_else(|| unreadable(&tool, "they are no JSON object"))?;
                (tool.with_fixed(arguments), text)
            }
        };
        let arguments = Value::Object(arguments);
        let (step, origin, labels) = (StepIndex(0), Origin::Principal, BTreeMap::new());
        let occasion = Readers::Everyone;
        Ok(Self { step, item: None, origin, tool, arguments, written: Some(text), labels, occasion })
    }
}

/// What somebody is told who gives an argument that the operator fixed.
pub(crate) fn given_already(tool: &Tool, name: &str) -> String {
    format!("`{name}` of `{}` is fixed by the operator and cannot be given; leave it out", tool.reference)
}

/// An object's text with the fixed arguments as its last members.
fn spliced(text: &RawValue, tool: &Tool) -> Option<Arc<RawValue>> {
    let own = text.get().trim_end().strip_suffix('}')?.trim_end();
    let fixed = serde_json::to_string(&tool.fixed).ok()?;
    let comma = if own.ends_with('{') { "" } else { "," };
    RawValue::from_string([own, comma, &fixed[1..]].concat()).ok().map(Arc::from)
}

fn unreadable(tool: &Tool, why: impl fmt::Display) -> Fault {
    let message = format!("the arguments of `{}` cannot be read: {why}", tool.reference);
    Fault::lasting(Blame::Caller, "arguments_invalid", message)
}

/// Reads a value and refuses an object with a member named twice.
struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Number::from_f64(number).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(Self)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            let value = map.next_value_seed(Self)?;
            if members.contains_key(&name) {
                return Err(A::Error::custom(format_args!("`{name}` stands twice in one object")));
            }
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_as_it_always_is_unless_a_name_stands_twice() {
        let read = |text: &str| Strict.deserialize(&mut serde_json::Deserializer::from_str(text));
        for text in [r#"{"a":[1,-2,0.5,1e300,"é\n",null,true,{"b":{}}],"c":18446744073709551615}"#, "[]", "3", "\"x\""]
        {
            assert_eq!(read(text).unwrap(), serde_json::from_str::<Value>(text).unwrap(), "{text}");
        }
        for text in [r#"{"a":1,"a":1}"#, r#"{"x":[{"a":1,"b":2,"a":3}]}"#, "{", &"[".repeat(1000)] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
