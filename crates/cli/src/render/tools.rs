//! Tools in a table.

use catalog::{Catalog, Effect, EffectSource, Tool};
use engine::Found;
use route::Field;

use super::clean;
use super::columns::{Cell, aligned};
use super::style::{BAD, CARE, FAINT, GOOD, STRONG, styled};

/// Every tool with its effect, why it is thought to have it, and its purpose.
pub(crate) fn tool_table(catalog: &Catalog, width: usize) -> String {
    let mut rows = vec![heads(["TOOL", "EFFECT", "BECAUSE OF", "PURPOSE"])];
    rows.extend(catalog.tools().iter().map(|tool| row(tool)));
    aligned(&rows, width)
}

fn row(tool: &Tool) -> Vec<Cell> {
    vec![
        Cell::styled(STRONG, clean::line(&tool.reference.to_string())),
        effect(tool.effect),
        Cell::styled(FAINT, because(tool.effect_source)),
        Cell::from(clean::line(tool.purpose())),
    ]
}

/// The tools that were found, best first, with their scores, and beneath each
/// the words that led to it.
pub(crate) fn found_table(found: &[Found], width: usize) -> String {
    let mut rows = vec![heads(["TOOL", "SCORE", "COVERS", "EFFECT", "PURPOSE"])];
    rows.extend(found.iter().map(|found| {
        vec![
            Cell::styled(STRONG, clean::line(&found.tool.to_string())),
            Cell::from(format!("{:.2}", found.score)),
            Cell::from(format!("{:.0} %", found.coverage * 100.0)),
            effect(found.effect),
            Cell::from(clean::line(&found.purpose)),
        ]
    }));
    let table = aligned(&rows, width);
    let mut text = String::new();
    for (i, line) in table.lines().enumerate() {
        text.push_str(&format!("{line}\n"));
        if let Some(found) = i.checked_sub(1).and_then(|i| found.get(i)) {
            text.push_str(&format!("  {}\n", styled(FAINT, reasons(found))));
        }
    }
    text
}

fn reasons(found: &Found) -> String {
    let reasons: Vec<String> =
        found.matched.iter().map(|hit| format!("\"{}\" in {}", clean::line(&hit.word), place(hit.field))).collect();
    let reasons = if reasons.is_empty() { "no word of the query".to_owned() } else { reasons.join(", ") };
    match &found.serves {
        Some(part) => format!("for \"{}\": {reasons}", clean::line(part)),
        None => reasons,
    }
}

fn place(field: Field) -> &'static str {
    match field {
        Field::Name => "its name",
        Field::Title => "its title",
        Field::Example => "an example",
        Field::Server => "the server's name or tags",
        Field::Description => "its description",
        Field::Parameter => "a parameter",
        Field::ParameterText => "a parameter's description",
        Field::ServerText => "the server's description",
    }
}

fn heads<const N: usize>(heads: [&str; N]) -> Vec<Cell> {
    heads.map(|head| Cell::styled(FAINT, head)).into()
}

fn effect(effect: Effect) -> Cell {
    let style = match effect {
        Effect::Pure | Effect::Read => GOOD,
        Effect::Egress | Effect::Additive => CARE,
        Effect::Destructive => BAD,
    };
    Cell::styled(style, effect.as_str())
}

/// Why a tool is thought to have the effect it has.
pub(crate) fn because(source: EffectSource) -> &'static str {
    match source {
        EffectSource::Operator => "your label",
        EffectSource::Annotation => "its annotation",
        EffectSource::Verb => "its name",
        EffectSource::Unknown => "nothing known",
    }
}
