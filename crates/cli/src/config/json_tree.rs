//! JSON, with the comments and trailing commas that clients allow, to the
//! neutral tree.

use jsonc_parser::ast::Value;
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::fault::{FaultCode, Findings};
use super::node::{Kind, Member, Node};

/// What clients' own parsers tolerate beyond JSON: comments and trailing
/// commas.
pub(crate) const TOLERATED: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_trailing_commas: true,
    allow_loose_object_property_names: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// Reads JSON. `None`, with a finding, when it is not valid.
pub(crate) fn parse(text: &str, findings: &mut Findings) -> Option<Node> {
    match parse_to_ast(text, &CollectOptions::default(), &TOLERATED) {
        Ok(parsed) => {
            let node = parsed.value.as_ref().map(of_value);
            if node.is_none() {
                findings.fault_with_help(
                    FaultCode::Syntax,
                    &(0..0),
                    "the file is empty",
                    r#"the least it can be is { "mcpServers": { "name": { "command": "…" } } }"#,
                );
            }
            node
        }
        Err(error) => {
            let span = error.range().start..error.range().end;
            findings.fault(
                FaultCode::Syntax,
                &span,
                format!("not valid JSON: {}", lower_first(&error.kind().to_string())),
            );
            None
        }
    }
}

fn lower_first(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_lowercase().chain(rest).collect())
}

fn of_value(value: &Value<'_>) -> Node {
    let range = value.range();
    let kind = match value {
        Value::StringLit(text) => Kind::Text(text.value.clone().into_owned()),
        Value::NumberLit(number) => number
            .value
            .parse()
            .map_or_else(|_| Kind::Fraction(number.value.parse().unwrap_or(f64::NAN)), Kind::Integer),
        Value::BooleanLit(flag) => Kind::Flag(flag.value),
        Value::NullKeyword(_) => Kind::Null,
        Value::Array(array) => Kind::List(array.elements.iter().map(of_value).collect()),
        Value::Object(object) => Kind::Table(
            object
                .properties
                .iter()
                .map(|property| Member {
                    name: property.name.as_str().to_owned(),
                    at: property.name.range().start..property.name.range().end,
                    value: of_value(&property.value),
                })
                .collect(),
        ),
    };
    Node { span: range.start..range.end, kind }
}
