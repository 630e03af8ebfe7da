//! Whether a plan's literal is the one that a label asks for.

use serde_json::Value;

/// What a label asks of one literal.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Wanted {
    /// This value, but for the ways in which people write the same thing.
    Value(Value),
    /// A literal in which each of these texts occurs, letter case aside.
    Contains(Vec<String>),
}

impl Wanted {
    /// Whether a plan's literal will do.
    pub(crate) fn admits(&self, found: &Value) -> bool {
        match self {
            Self::Value(wanted) => same(wanted, found),
            Self::Contains(parts) => {
                let whole = match found {
                    Value::String(text) => text.to_lowercase(),
                    other => other.to_string().to_lowercase(),
                };
                parts.iter().all(|part| whole.contains(&part.to_lowercase()))
            }
        }
    }
}

/// Equal as JSON, texts as [`plain`] leaves them and numbers by what they
/// count, wherever they stand in it.
fn same(wanted: &Value, found: &Value) -> bool {
    match (wanted, found) {
        (Value::String(a), Value::String(b)) => plain(a) == plain(b),
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| same(a, b)))
        }
        (a, b) => a == b,
    }
}

/// A text without white space around it, without `;`, `.` and `/` at its end
/// and one `#` at its beginning, in lower case.
fn plain(text: &str) -> String {
    let text = text.trim_start();
    let text = text.strip_prefix('#').unwrap_or(text).trim_start();
    text.trim_end_matches(|c: char| c.is_whitespace() || ";./".contains(c)).to_lowercase()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_compared_as_people_mean_them() {
        let rows = [
            (json!(119), json!(119), true),
            (json!(119), json!(119.0), true),
            (json!(119), json!("119"), false),
            (json!("119"), json!(119), false),
            (json!(true), json!(true), true),
            (json!(null), json!(""), false),
            (json!("platform"), json!("#platform"), true),
            (json!("#platform"), json!("##platform"), false),
            (json!("##platform"), json!("#platform"), false),
            (json!(" # Platform "), json!("platform"), true),
            (json!("docs"), json!("docs/"), true),
            (json!("docs"), json!("docs///"), true),
            (json!("docs"), json!("/docs"), false),
            (json!("src/auth.py"), json!("src/auth"), false),
            (json!("Nothing left to do."), json!("nothing left to do"), true),
            (json!("select 1"), json!("SELECT 1 ;\n"), true),
            (json!("select 1"), json!("select 1; select 2"), false),
            (json!("a. ;/"), json!("a"), true),
            (json!("who can review this?"), json!("who can review this"), false),
            (json!("STRASSE"), json!("strasse"), true),
            (json!("É"), json!("é"), true),
            (json!("."), json!(""), true),
            (json!(["Auth", 1]), json!(["auth.", 1.0]), true),
            (json!(["auth"]), json!(["auth", "bug"]), false),
            (json!({"a": "X", "b": 1}), json!({"b": 1, "a": "x"}), true),
            (json!({"a": "X"}), json!({"a": "x", "b": 1}), false),
            (json!({"a": null}), json!({"b": null}), false),
        ];
        for (wanted, found, expected) in rows {
            assert_eq!(Wanted::Value(wanted.clone()).admits(&found), expected, "{wanted} {found}");
        }
    }

    #[test]
    fn every_part_must_occur() {
        let rows = [
            (&["123"][..], json!("PR #123"), true),
            (&["load", "balancer"], json!("Load-Balancer"), true),
            (&["load", "balancer"], json!("balance the load"), false),
            (&["LOAD"], json!("load"), true),
            (&["123"], json!(1234), true),
            (&["auth"], json!(["x", "AUTH"]), true),
            (&["auth."], json!("auth"), false),
        ];
        for (parts, found, expected) in rows {
            let wanted = Wanted::Contains(parts.iter().map(|part| (*part).to_owned()).collect());
            assert_eq!(wanted.admits(&found), expected, "{parts:?} {found}");
        }
    }
}
