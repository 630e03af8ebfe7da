//! Statements as light markdown.

use crate::{Citation, Form, Statement, clean};

/// Renders an answer: statements with their markers, then the sources.
pub(crate) fn render(statements: &[Statement], sources: &[Citation]) -> String {
    let mut out = String::new();
    let mut before: Option<Form> = None;
    for statement in statements {
        if before.is_some_and(|before| parts(before, statement.form)) {
            out.push('\n');
        }
        if statement.form == Form::Gap && before != Some(Form::Gap) {
            out.push_str("Missing:\n");
        }
        write(statement, &mut out);
        before = Some(statement.form);
    }
    out.push_str("\nSources:\n");
    for source in sources {
        out.push_str(&format!("[{}] {}", source.step, clean::inline(&format!("{}.{}", source.server, source.tool))));
        if source.cached {
            out.push_str(&format!(" (cached, {} s old)", source.age_ms / 1000));
        }
        out.push('\n');
    }
    out
}

/// Whether an empty line stands between two statements.
fn parts(before: Form, now: Form) -> bool {
    match (before, now) {
        (_, Form::Heading | Form::Title | Form::Table) => before != Form::Heading,
        (Form::Gap, Form::Gap) => false,
        (_, Form::Gap) | (Form::Table, _) => true,
        (Form::Line, Form::Line) | (Form::Item { .. } | Form::Quote { .. }, Form::Line) => true,
        _ => false,
    }
}

fn write(statement: &Statement, out: &mut String) {
    let markers = markers(&statement.citations);
    let text = &statement.text;
    match statement.form {
        Form::Heading => out.push_str(&format!("## {text} {markers}\n")),
        Form::Title => out.push_str(&format!("**{text}** {markers}\n")),
        Form::Line => out.push_str(&format!("{text} {markers}\n")),
        Form::Gap => out.push_str(&format!("- {text} {markers}\n")),
        Form::Item { depth } => {
            let indent = "  ".repeat(depth.into());
            let mark = if crate::passage::is_numbered(text) { "" } else { "- " };
            out.push_str(&format!("{indent}{mark}{text} {markers}\n"));
        }
        Form::Quote { depth } => {
            let indent = "  ".repeat(depth.into());
            for (i, line) in text.split('\n').enumerate() {
                let line = line.trim_end();
                out.push_str(if i > 0 { "\n" } else { "" });
                out.push_str(&format!("{indent}>{}{line}", if line.is_empty() { "" } else { " " }));
            }
            out.push_str(&format!(" {markers}\n"));
        }
        Form::Table => {
            for (i, line) in text.split('\n').enumerate() {
                let last = match i {
                    0 => "source",
                    1 => "------",
                    _ => &markers,
                };
                out.push_str(&format!("{line} | {last}\n"));
            }
        }
    }
}

fn markers(citations: &[Citation]) -> String {
    citations.iter().map(|citation| format!("[{}]", citation.step)).collect()
}
