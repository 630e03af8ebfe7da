//! `orc.filter`: the items for which a comparison holds.

use serde_json::{Value, json};

use super::arguments::{Arguments, bounded};
use super::{Definition, OperatorFault, object_schema, path_schema};
use crate::Comparison;

pub(super) const DEFINITION: Definition = Definition {
    name: "filter",
    about: "Keeps the items for which a comparison holds.",
    schema,
    yields: || json!({"type": "array"}),
    apply,
};

fn schema() -> Value {
    let comparisons: Vec<&Comparison> = Comparison::ALL.iter().filter(|comparison| comparison.of_values()).collect();
    let properties = json!({
        "items": {"type": "array", "description": "what is filtered"},
        "path": path_schema("JSON Pointer to what is compared in each item; empty for the item itself"),
        "cmp": {"enum": comparisons, "description": "how it is compared"},
        "value": {"description": "what it is compared with; not for `exists` and `empty`"},
    });
    object_schema(properties, &["items", "cmp"])
}

fn apply(arguments: &Arguments<'_>) -> Result<Value, OperatorFault> {
    let items = arguments.items("items")?;
    let path = arguments.path("path")?;
    let named = arguments.text("cmp")?.ok_or(OperatorFault::Missing("cmp"))?;
    let comparison = Comparison::parse(named).filter(|comparison| comparison.of_values());
    let comparison = comparison
        .ok_or_else(|| OperatorFault::WrongType { argument: "cmp".to_owned(), expected: "a comparison of values" })?;
    let wanted = match arguments.get("value") {
        Some(value) => value,
        None if comparison.needs_value() => return Err(OperatorFault::Missing("value")),
        None => &Value::Null,
    };
    let holds = |item: &&Value| comparison.holds(path.select(item).as_ref(), wanted);
    bounded(items.iter().filter(holds).cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use crate::Operator::Filter;

    #[test]
    fn items_are_kept_by_comparison() {
        let items = r#"[{"n": 1, "s": "open"}, {"n": 2.5}, {"n": "x"}, {}]"#;
        let rows = [
            (r#""path": "/n", "cmp": "gt", "value": 1"#, r#"[{"n":2.5}]"#),
            (r#""path": "/n", "cmp": "eq", "value": 1.0"#, r#"[{"n":1,"s":"open"}]"#),
            (r#""path": "/s", "cmp": "exists""#, r#"[{"n":1,"s":"open"}]"#),
            (r#""path": "/s", "cmp": "contains", "value": "pe""#, r#"[{"n":1,"s":"open"}]"#),
            (r#""path": "/n", "cmp": "ne", "value": 1"#, r#"[{"n":2.5},{"n":"x"},{}]"#),
            (r#""path": "n", "cmp": "exists""#, "bad_path"),
            (r#""cmp": "ok""#, "operator_argument_type"),
            (r#""cmp": "gt""#, "operator_argument_missing"),
            (r#""path": """#, "operator_argument_missing"),
        ];
        for (rest, expected) in rows {
            check(Filter, &format!(r#"{{"items": {items}, {rest}}}"#), expected);
        }
        check(Filter, r#"{"items": 3, "cmp": "exists"}"#, "operator_argument_type");
    }
}
