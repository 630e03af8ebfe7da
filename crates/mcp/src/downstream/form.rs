//! A question of an outcome, as a form that a client shows its user.

use catalog::ServerId;
use dispatch::ServerQuestion;
use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};

use super::orchestra::{Form, FormKind, Resumption};

/// What a client's user did with a form.
#[derive(Deserialize)]
struct Filled {
    action: String,
    #[serde(default)]
    content: Option<Map<String, Value>>,
}

impl Form {
    /// As it is put to a client; `None` where a form cannot hold it.
    pub(crate) fn question(&self, server: &ServerId) -> Option<ServerQuestion> {
        let schema = match &self.asks {
            FormKind::Approval => json!({
                "type": "object",
                "properties": {"approve": {"type": "boolean", "title": "Let these calls through"}},
                "required": ["approve"],
            }),
            FormKind::Choice(readings) => json!({
                "type": "object",
                "properties": {"choice": {"type": "string", "title": "Which one is meant?", "enum": readings}},
                "required": ["choice"],
            }),
            FormKind::Values(schema) if is_flat(schema) => schema.clone(),
            FormKind::Values(_) => return None,
        };
        let params = to_raw_value(&json!({"message": self.message, "requestedSchema": schema})).ok()?;
        Some(ServerQuestion { server: server.clone(), method: "elicitation/create".to_owned(), params: Some(params) })
    }

    /// What the user's answer says; `None` where it says nothing.
    pub(crate) fn answered(&self, answer: &RawValue) -> Option<Resumption> {
        let Filled { action, content } = serde_json::from_str(answer.get()).ok()?;
        let accepted = content.filter(|_| action == "accept");
        match (&self.asks, accepted) {
            (FormKind::Approval, Some(content)) if content.get("approve") == Some(&Value::Bool(true)) => {
                Some(Resumption::Approve)
            }
            (FormKind::Approval, Some(_)) => Some(Resumption::Deny),
            (FormKind::Approval, None) if action == "decline" => Some(Resumption::Deny),
            (FormKind::Choice(readings), Some(content)) => {
                let chosen = content.get("choice")?.as_str()?;
                readings.iter().position(|reading| reading == chosen).map(Resumption::Choose)
            }
            (FormKind::Values(_), Some(content)) => Some(Resumption::Fill(content)),
            (_, None) => None,
        }
    }
}

/// Whether the schema is of an object of simple values, which is what forms
/// are made of.
fn is_flat(schema: &Value) -> bool {
    let simple =
        |property: &Value| matches!(property["type"].as_str(), Some("string" | "number" | "integer" | "boolean"));
    schema["properties"].as_object().is_some_and(|properties| properties.values().all(simple))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_say_what_they_say_and_nothing_more() {
        let form = |asks| Form { message: "?".into(), asks, resume: "r".into() };
        let choice = || FormKind::Choice(vec!["a".into(), "b".into()]);
        let values = || FormKind::Values(json!({"properties": {"n": {"type": "integer"}}}));
        let filled = json!({"n": 3});
        let rows = [
            (FormKind::Approval, json!({"action": "accept", "content": {"approve": true}}), Some(Resumption::Approve)),
            (FormKind::Approval, json!({"action": "accept", "content": {"approve": false}}), Some(Resumption::Deny)),
            (FormKind::Approval, json!({"action": "accept", "content": {"approve": "true"}}), Some(Resumption::Deny)),
            (FormKind::Approval, json!({"action": "decline"}), Some(Resumption::Deny)),
            (FormKind::Approval, json!({"action": "decline", "content": {"approve": true}}), Some(Resumption::Deny)),
            (FormKind::Approval, json!({"action": "cancel"}), None),
            (FormKind::Approval, json!("yes"), None),
            (choice(), json!({"action": "accept", "content": {"choice": "b"}}), Some(Resumption::Choose(1))),
            (choice(), json!({"action": "accept", "content": {"choice": "c"}}), None),
            (choice(), json!({"action": "decline"}), None),
            (
                values(),
                json!({"action": "accept", "content": filled}),
                filled.as_object().cloned().map(Resumption::Fill),
            ),
            (values(), json!({"action": "cancel", "content": filled}), None),
        ];
        for (asks, answer, expected) in rows {
            let text = to_raw_value(&answer).unwrap();
            assert_eq!(form(asks).answered(&text), expected, "{answer}");
        }
        let server = ServerId::new("us");
        assert!(form(values()).question(&server).is_some());
        let nested = json!({"properties": {"n": {"type": "object"}}});
        assert!(form(FormKind::Values(nested)).question(&server).is_none());
    }
}
