//! Single values against what their keys take.

use std::net::SocketAddr;
use std::time::Duration;

use super::check::Checker;
use super::checked::Checked;
use super::duration;
use super::fault::FaultCode;
use super::node::{Kind, Node, Span};
use super::reference;
use super::shape::{Choice, Shape};
use super::suggest;

impl Checker<'_> {
    pub(super) fn text(&mut self, written: &str, shape: &'static Shape, node: &Node, name: &str) -> Option<Checked> {
        let span = &node.span;
        let read = match shape {
            Shape::Text | Shape::Url | Shape::Address | Shape::Time { .. } | Shape::Choice(_) => {
                self.resolve(written, span)?
            }
            _ => {
                self.wrong_type(node, shape, name);
                return None;
            }
        };
        match shape {
            Shape::Url => self.url(read, span, name),
            Shape::Address => self.address(&read, node, name),
            Shape::Time { least, most } => self.time(&read, *least, *most, node, name),
            Shape::Choice(choices) => self.choice(&read, choices, node, name),
            _ => Some(Checked::Text(read)),
        }
    }

    pub(super) fn resolve(&mut self, text: &str, span: &Span) -> Option<String> {
        match reference::resolve(text, self.surroundings) {
            Ok(text) => Some(text),
            Err(unresolved) => {
                for fault in unresolved {
                    self.findings.fault_with_help(FaultCode::Unresolved, span, fault.message, fault.help);
                }
                None
            }
        }
    }

    pub(super) fn count(&mut self, number: i64, least: u64, most: u64, span: &Span, name: &str) -> Option<Checked> {
        let fits = u64::try_from(number).ok().filter(|number| (least..=most).contains(number));
        if fits.is_none() {
            let message = format!("`{name}` is {number}, which is out of range");
            self.findings.fault_with_help(FaultCode::BadValue, span, message, format!("from {least} to {most}"));
        }
        fits.map(Checked::Count)
    }

    pub(super) fn price(&mut self, number: f64, span: &Span, name: &str) -> Option<Checked> {
        let fits = number.is_finite() && number >= 0.0;
        if !fits {
            let message = format!("`{name}` is no price");
            self.findings.fault_with_help(FaultCode::BadValue, span, message, "a number from 0 on: 2.5");
        }
        fits.then_some(Checked::Price(number))
    }

    fn time(&mut self, text: &str, least: Duration, most: Duration, node: &Node, name: &str) -> Option<Checked> {
        let (span, written) = (&node.span, as_written(node));
        let Some(time) = duration::parse(text) else {
            let bare = text.trim().parse::<f64>().is_ok();
            let message =
                if bare { format!("`{name}` has no unit") } else { format!("`{name}` is no duration: \"{written}\"") };
            let help = if bare {
                format!("did you mean \"{0}s\" or \"{0}ms\"?", text.trim())
            } else {
                "write a number and a unit: \"250ms\", \"10s\", \"2m\" or \"1h\"".to_owned()
            };
            self.findings.fault_with_help(FaultCode::BadValue, span, message, help);
            return None;
        };
        if (least..=most).contains(&time) {
            return Some(Checked::Time(time));
        }
        let range = format!("from \"{}\" to \"{}\"", duration::text(least), duration::text(most));
        let message = format!("`{name}` is \"{written}\", which is out of range");
        self.findings.fault_with_help(FaultCode::BadValue, span, message, range);
        None
    }

    fn choice(&mut self, text: &str, choices: &'static [Choice], node: &Node, name: &str) -> Option<Checked> {
        if let Some(choice) = choices.iter().find(|choice| choice.word == text) {
            return Some(Checked::Choice(choice.word));
        }
        let listed = choices.iter().filter(|choice| !choice.doc.is_empty());
        let help = match suggest::nearest(text, choices.iter().map(|choice| choice.word)) {
            Some(word) => format!("did you mean \"{word}\"? It is {}", one_of(choices)),
            None => {
                let explained = listed.map(|choice| format!("\"{}\": {}", choice.word, choice.doc));
                format!("one of {}", explained.collect::<Vec<_>>().join("; "))
            }
        };
        let message = format!("`{name}` cannot be \"{}\"", as_written(node));
        self.findings.fault_with_help(FaultCode::BadValue, &node.span, message, help);
        None
    }

    fn url(&mut self, text: String, span: &Span, name: &str) -> Option<Checked> {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let host = rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
        let (message, help) = match host {
            None => (format!("`{name}` is no http or https URL"), "write `https://host/path`"),
            Some("") => (format!("`{name}` names no host"), "write `https://host/path`"),
            Some(host) if host.contains('@') => (
                format!("`{name}` carries a user name or password"),
                "take it out of the URL and send it as `headers = { Authorization = \"Basic ${…}\" }`",
            ),
            Some(_) if text.contains(char::is_whitespace) => {
                (format!("`{name}` has a space in it"), "write the space as `%20`")
            }
            Some(_) => return Some(Checked::Text(text)),
        };
        self.findings.fault_with_help(FaultCode::BadValue, span, message, help);
        None
    }

    fn address(&mut self, text: &str, node: &Node, name: &str) -> Option<Checked> {
        let span = &node.span;
        let spelled = text.replacen("localhost:", "127.0.0.1:", 1);
        let Ok(address) = spelled.parse::<SocketAddr>() else {
            let message = format!("`{name}` is no address and port: \"{}\"", as_written(node));
            self.findings.fault_with_help(FaultCode::BadValue, span, message, "write it as \"127.0.0.1:8931\"");
            return None;
        };
        Some(Checked::Address(address))
    }
}

/// A text as it stands in the file: a message never shows what a reference
/// stood for.
fn as_written(node: &Node) -> &str {
    match &node.kind {
        Kind::Text(text) => text,
        _ => "",
    }
}

/// The words a key takes.
pub(super) fn one_of(choices: &[Choice]) -> String {
    let listed = choices.iter().filter(|choice| !choice.doc.is_empty());
    format!("one of {}", listed.map(|choice| format!("\"{}\"", choice.word)).collect::<Vec<_>>().join(", "))
}
