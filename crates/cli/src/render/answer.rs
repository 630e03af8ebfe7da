//! An answer with its sources.

use synthesize::{Answer, Citation, Form, Missing, Statement, Status};

use super::clean;
use super::style::{CARE, FAINT, STRONG, styled};

/// The statements, each with the markers of its sources, what is missing, and
/// the list of the sources.
pub(crate) fn answer(answer: &Answer) -> String {
    let mut text = String::new();
    // What a partial answer lacks is listed at its end, once.
    let told = |statement: &&Statement| statement.form != Form::Gap || answer.status == Status::Complete;
    for (i, statement) in answer.statements.iter().filter(told).enumerate() {
        let opens = matches!(statement.form, Form::Heading | Form::Title | Form::Table);
        if i > 0 && opens && !text.ends_with("\n\n") {
            text.push('\n');
        }
        let words = clean::lines(&statement.text);
        let markers = markers(&statement.citations);
        text.push_str(&match statement.form {
            Form::Heading => format!("{}\n", styled(STRONG.underline(), words)),
            Form::Title => format!("{}{markers}\n", styled(STRONG, words)),
            Form::Line => format!("{words}{markers}\n"),
            Form::Item { depth } => format!("{}- {words}{markers}\n", indent(depth)),
            Form::Quote { depth } => quoted(&words, depth, &markers),
            Form::Table => format!("{words}\n{}\n", markers.trim_start()),
            Form::Gap => format!("{}{markers}\n", styled(CARE, format!("! {words}"))),
        });
    }
    if answer.status == Status::Partial {
        text.push_str(&missing(&answer.missing));
    }
    text + &sources(&answer.citations)
}

fn indent(depth: u8) -> String {
    "  ".repeat(usize::from(depth))
}

fn quoted(words: &str, depth: u8, markers: &str) -> String {
    let bar = styled(FAINT, "|");
    let lines: Vec<String> = words.lines().map(|line| format!("{}{bar} {line}", indent(depth))).collect();
    format!("{}{markers}\n", lines.join("\n"))
}

/// ` [s1] [s2]`, each step once.
fn markers(citations: &[Citation]) -> String {
    let mut seen: Vec<&str> = Vec::new();
    for citation in citations {
        if !seen.contains(&citation.step.as_str()) {
            seen.push(citation.step.as_str());
        }
    }
    seen.iter().map(|step| format!(" {}", styled(FAINT, format!("[{step}]")))).collect()
}

fn missing(missing: &[Missing]) -> String {
    let mut text = format!("\n{}\n", styled(CARE, "Missing from this answer:"));
    for gap in missing {
        let marker =
            gap.step.as_ref().map_or_else(String::new, |step| format!("{} ", styled(FAINT, format!("[{step}]"))));
        text.push_str(&format!("  {marker}{}\n", clean::line(&gap.why)));
    }
    text
}

fn sources(citations: &[Citation]) -> String {
    if citations.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{}\n", styled(FAINT, "Sources"));
    for citation in citations {
        let place = citation.pointer.as_deref().filter(|pointer| !pointer.is_empty());
        let place = place.map(|pointer| format!(" {}", clean::line(pointer))).unwrap_or_default();
        let age = if citation.cached { format!(" (cached, {} ms old)", citation.age_ms) } else { String::new() };
        let source = format!("  [{}] {}.{}{place}{age}", citation.step, citation.server, clean::line(&citation.tool));
        text.push_str(&format!("{}\n", styled(FAINT, source)));
    }
    text
}
