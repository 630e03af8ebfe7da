//! Arguments that a request shows beside its body (`x-mcp-header`), so that
//! whoever is between can route on them without reading it.

use serde_json::Value;

/// The deepest argument looked at, in objects around it.
const MAX_DEPTH: usize = 16;

/// Arguments of one tool that may be shown, at most.
const MAX_SHOWN: usize = 64;

/// One argument that is shown.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    /// The header's name in lower case.
    pub(crate) header: String,
    /// The members that lead to the argument.
    pub(crate) path: Vec<String>,
}

impl Shown {
    /// Those that a tool's schema marks. What is no header's name is not one.
    pub(crate) fn all_of(schema: &Value) -> Vec<Self> {
        let mut shown = Vec::new();
        collect(schema, &mut Vec::new(), &mut shown);
        shown
    }

    /// The argument's text, as it has to be shown; `None` where the arguments
    /// do not have it.
    pub(crate) fn text_in(&self, arguments: &Value) -> Option<String> {
        let value = self.path.iter().try_fold(arguments, |value, member| value.get(member))?;
        match value {
            Value::String(text) => Some(text.clone()),
            Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }
}

fn collect(schema: &Value, path: &mut Vec<String>, shown: &mut Vec<Shown>) {
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    for (name, property) in properties {
        if shown.len() == MAX_SHOWN || path.len() == MAX_DEPTH {
            return;
        }
        path.push(name.clone());
        if let Some(header) = property.get("x-mcp-header").and_then(Value::as_str).filter(|name| is_token(name)) {
            let header = format!("mcp-param-{}", header.to_ascii_lowercase());
            shown.push(Shown { header, path: path.clone() });
        }
        collect(property, path, shown);
        path.pop();
    }
}

/// Whether a text can be part of a header's name.
fn is_token(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 128
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn marked_arguments_are_found_wherever_they_stand() {
        let schema = json!({"properties": {
            "region": {"type": "string", "x-mcp-header": "Region"},
            "plain": {"type": "string"},
            "bad": {"type": "string", "x-mcp-header": "a b"},
            "to": {"type": "object", "properties": {"team": {"type": "string", "x-mcp-header": "Team"}}},
        }});
        let arguments = json!({"region": "eu", "plain": "x", "to": {"team": 3}});
        let shown: Vec<_> =
            Shown::all_of(&schema).iter().map(|shown| (shown.header.clone(), shown.text_in(&arguments))).collect();
        let expected = [("mcp-param-region", Some("eu")), ("mcp-param-team", Some("3"))];
        assert_eq!(shown, expected.map(|(header, text)| (header.to_owned(), text.map(str::to_owned))));
        assert_eq!(Shown::all_of(&schema)[0].text_in(&json!({"region": null})), None);
    }
}
