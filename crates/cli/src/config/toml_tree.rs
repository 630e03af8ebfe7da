//! TOML to the neutral tree.
//!
//! The parser recovers, so a file with three syntax errors reports three and
//! everything else in it is still read.

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue, Error};

use super::fault::{FaultCode, Findings};
use super::node::{Kind, Member, Node, Span};

/// Reads TOML. Syntax errors go into the findings; what could be understood
/// is in the tree.
pub(crate) fn parse(text: &str, findings: &mut Findings) -> Node {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut broken = Vec::new();
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let written = text.get(span.clone()).unwrap_or_default();
        if error.message().starts_with("duplicate key") {
            let message = format!("`{}` was set already", written.trim());
            findings.fault_with_help(FaultCode::DuplicateKey, &span, message, "keep one of the two");
        } else {
            syntax_fault(&error, &span, written, findings);
            broken.push(span);
        }
    }
    let reader = Reader { broken: &broken };
    Node { span: table.span(), kind: reader.table(table.get_ref()) }
}

fn syntax_fault(error: &Error, span: &Span, written: &str, findings: &mut Findings) {
    let bare_word = written.starts_with(|c: char| c.is_alphabetic() || matches!(c, '/' | '$' | '~' | '.'));
    // The word itself is not repeated: it may be a token that lacks quotes.
    if bare_word && !error.message().contains("key ") {
        let message = "not valid TOML: a text stands in quotes";
        findings.fault_with_help(FaultCode::Syntax, span, message, "put it in quotes: \"…\"");
    } else {
        findings.fault(FaultCode::Syntax, span, format!("not valid TOML: {}", error.message()));
    }
}

struct Reader<'a> {
    broken: &'a [Span],
}

impl Reader<'_> {
    fn table(&self, table: &DeTable<'_>) -> Kind {
        let member = |(key, value): (&Spanned<DeString<'_>>, &Spanned<DeValue<'_>>)| Member {
            name: key.get_ref().clone().into_owned(),
            at: key.span(),
            value: self.value(value),
        };
        Kind::Table(table.iter().map(member).collect())
    }

    fn value(&self, value: &Spanned<DeValue<'_>>) -> Node {
        let span = value.span();
        let kind = match value.get_ref() {
            DeValue::Table(table) => self.table(table),
            _ if self.broken.iter().any(|broken| broken.start <= span.end && span.start <= broken.end) => Kind::Broken,
            DeValue::String(text) => Kind::Text(text.clone().into_owned()),
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .map_or(Kind::Fraction(f64::INFINITY), Kind::Integer),
            DeValue::Float(number) => Kind::Fraction(number.as_str().replace('_', "").parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(flag) => Kind::Flag(*flag),
            DeValue::Datetime(_) => Kind::Date,
            DeValue::Array(items) => Kind::List(items.iter().map(|item| self.value(item)).collect()),
        };
        Node { span, kind }
    }
}
