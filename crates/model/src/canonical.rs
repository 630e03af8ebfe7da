//! A request as one value, for recordings and prompt snapshots.

use serde_json::{Map, Value, json};

use crate::Request;

/// All that decides a completion: purpose, messages, schema, limits. Not what
/// only decides how it is waited for (timeout, streaming); a key is in no
/// request at all. Equal requests have equal values, members in equal order.
pub fn canonical(request: &Request) -> Value {
    let messages = request.prompt.messages();
    let messages: Vec<Value> =
        messages.iter().map(|message| json!({"voice": message.voice.name(), "text": message.text})).collect();
    let mut members = Map::new();
    members.insert("purpose".to_owned(), json!(request.purpose.name()));
    members.insert("messages".to_owned(), Value::Array(messages));
    if let Some(schema) = &request.schema {
        members.insert("schema".to_owned(), json!({"name": schema.name(), "schema": schema.schema()}));
    }
    members.insert("max_output_tokens".to_owned(), json!(request.max_output_tokens));
    if let Some(temperature) = request.temperature {
        members.insert("temperature".to_owned(), json!(temperature));
    }
    if let Some(seed) = request.seed {
        members.insert("seed".to_owned(), json!(seed));
    }
    Value::Object(members)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{Prompt, Purpose};

    #[test]
    fn only_what_decides_a_completion_counts() {
        let request = |wait: u64, words: &str| {
            Request::new(Purpose::Plan, Prompt::new().user(words), Duration::from_secs(wait)).at_most(9)
        };
        let value = canonical(&request(1, "a"));
        let expected =
            r#"{"purpose":"plan","messages":[{"voice":"user","text":"a"}],"max_output_tokens":9,"temperature":0.0}"#;
        assert_eq!(value.to_string(), expected);
        assert_eq!(canonical(&request(2, "a")), value);
        assert_ne!(canonical(&request(1, "b")), value);
    }
}
