//! The figures of an evaluation, in tables and as JSON.

use std::path::PathBuf;

use evaluate::{Difference, Hits, Labelled, Measure, ModelLines, Report, Shortfall, Tally};
use serde::Serialize;
use serde_json::{Value, json};

use super::clean;
use super::columns::{Cell, aligned};
use super::style::{BAD, FAINT, GOOD, STRONG, styled};
use super::times::counted;

/// Columns that a table of figures may take; it is narrower than any terminal
/// it is read on.
const TABLE_COLUMNS: usize = 200;

/// How one file did.
#[derive(Debug)]
pub(crate) struct Evaluated {
    /// The file, as it was named.
    pub(crate) path: PathBuf,
    /// Its figures.
    pub(crate) report: Report,
    /// The queries that were missed.
    pub(crate) missed: Vec<Missed>,
    /// The figures below the floor; `None` without one.
    pub(crate) below: Option<Vec<Shortfall>>,
}

/// A query that is not planned as its label has it.
#[derive(Debug, Serialize)]
pub(crate) struct Missed {
    id: String,
    category: &'static str,
    style: &'static str,
    query: String,
    needs_model: bool,
    differences: Vec<Difference>,
}

impl Missed {
    /// A query and what is wrong with its plan.
    pub(crate) fn of(labelled: &Labelled, differences: Vec<Difference>) -> Self {
        Self {
            id: labelled.id().to_owned(),
            category: labelled.category().as_str(),
            style: labelled.style().as_str(),
            query: labelled.query().to_owned(),
            needs_model: labelled.needs_model(),
            differences,
        }
    }
}

/// The evaluation as one JSON document.
pub(crate) fn evaluation_json(files: &[Evaluated], together: &Report, misses: bool) -> Value {
    let of_file = |file: &Evaluated| {
        let mut document = json!({ "file": file.path, "figures": file.report });
        if let Some(below) = &file.below {
            document["below_floor"] = json!(below);
        }
        if misses {
            document["misses"] = json!(file.missed);
        }
        document
    };
    json!({ "files": files.iter().map(of_file).collect::<Vec<_>>(), "together": together })
}

/// The evaluation for people: a table for each file and one for all.
pub(crate) fn evaluation(files: &[Evaluated], together: &Report, misses: bool) -> String {
    let mut text = String::new();
    for file in files {
        let name = clean::line(&file.path.to_string_lossy());
        text.push_str(&table(&name, &file.report));
        if let Some(below) = &file.below {
            text.push_str(&floor(below));
        }
        if misses {
            file.missed.iter().for_each(|missed| text.push_str(&told(missed)));
        }
        text.push('\n');
    }
    if files.len() > 1 {
        text.push_str(&table("all files together", together));
    } else {
        text.pop();
    }
    text
}

fn table(name: &str, report: &Report) -> String {
    let mut rows = vec![heads()];
    rows.push(row(Cell::styled(STRONG, "all"), report.all()));
    rows.extend(report.categories().map(|(category, tally)| row(Cell::from(category.as_str()), tally)));
    rows.extend(report.styles().map(|(style, tally)| row(Cell::styled(FAINT, style.as_str()), tally)));
    let models = report.needs_model();
    if models.lines() > 0 {
        let counted = match report.model_lines() {
            ModelLines::Apart => "need a model (not in the above)",
            ModelLines::Along => "need a model (in the above)",
        };
        rows.push(row(Cell::styled(FAINT, counted), models));
    }
    format!("{}\n{}{}\n", styled(STRONG, name), aligned(&rows, TABLE_COLUMNS), styled(FAINT, spent(report.all())))
}

fn heads() -> Vec<Cell> {
    let measures = Measure::ALL.iter().map(|measure| match measure {
        Measure::Tools => "TOOLS F1".to_owned(),
        Measure::Edges => "EDGES F1".to_owned(),
        other => other.as_str().to_uppercase(),
    });
    let first = ["".to_owned(), "QUERIES".to_owned()].into_iter();
    first.chain(measures).map(|head| Cell::styled(FAINT, head)).collect()
}

fn row(name: Cell, tally: &Tally) -> Vec<Cell> {
    let figures = Measure::ALL.iter().map(|measure| Cell::from(figure(tally, *measure)));
    [name, Cell::from(tally.lines().to_string())].into_iter().chain(figures).collect()
}

/// A figure. Where nothing was wanted it would be 0 whatever came, so what
/// came is counted instead.
fn figure(tally: &Tally, measure: Measure) -> String {
    match (tally.value(measure), tally.hits(measure)) {
        (None, _) => "–".to_owned(),
        (Some(_), Some(Hits { hits: 0, misses: 0, false_alarms })) => format!("{false_alarms} extra"),
        (Some(value), _) => format!("{value:.3}"),
    }
}

fn spent(tally: &Tally) -> String {
    let millis = |percent| tally.planned_within(percent).unwrap_or_default().as_secs_f64() * 1000.0;
    let (read, written) = tally.tokens();
    let calls = counted(usize::try_from(tally.model_calls()).unwrap_or(usize::MAX), "model call");
    format!(
        "{calls} · {read} tokens in, {written} out · cost {} · planned within {:.1} ms (p50), {:.1} ms (p95)",
        tally.cost(),
        millis(50),
        millis(95)
    )
}

fn floor(below: &[Shortfall]) -> String {
    if below.is_empty() {
        return format!("{} no figure is below the floor\n", styled(GOOD, "ok"));
    }
    let line = |short: &Shortfall| {
        let Shortfall { measure, least, got } = short;
        let got = got.map_or_else(|| "was not measured".to_owned(), |got| format!("is {got:.4}"));
        format!("{} {} {got}, and its floor is {least}\n", styled(BAD, "below"), measure.as_str())
    };
    below.iter().map(line).collect()
}

fn told(missed: &Missed) -> String {
    let Missed { id, category, style, query, needs_model, differences } = missed;
    let model = if *needs_model { ", needs a model" } else { "" };
    let head = format!("{category}, {style}{model}");
    let mut text =
        format!("\n{} {}\n  \"{}\"\n", styled(STRONG, clean::line(id)), styled(FAINT, head), clean::line(query));
    let lines: Vec<Vec<Cell>> = differences
        .iter()
        .flat_map(|difference| {
            let Difference { measure, wanted, got } = difference;
            let indented = |text: &str| Cell::styled(FAINT, format!("  {text}"));
            [
                vec![indented(measure.as_str()), Cell::from("wanted"), Cell::from(clean::line(wanted))],
                vec![indented(""), Cell::from("got"), Cell::from(clean::line(got))],
            ]
        })
        .collect();
    text.push_str(&aligned(&lines, usize::MAX));
    text
}
