//! What an answer lacks, in plain words.

use plan::{Need, Observation, Op, SkipReason, StepIndex};
use query::Fault;

use crate::line::Line;
use crate::source::server_and_tool;
use crate::{Material, Missing};

/// The longest reason told, in bytes.
const REASON_BYTES: usize = 400;
/// The most failed items of an `each` that are told with their reasons.
const TOLD_ITEMS: usize = 3;

/// What of the plan's work is missing, in plan order. A guard that did not
/// hold is told only where the answer was to use the step.
pub(crate) fn missing(material: &Material<'_>) -> Vec<Missing> {
    let all = material.plan.indexed().map(|(step, _)| step);
    all.flat_map(|step| of_step(step, material)).chain(material.unserved.iter().map(|part| unserved(part))).collect()
}

/// A part of the query for which there is no step at all.
fn unserved(part: &str) -> Missing {
    let why = Line::new().own("no server here can do that: ").quote(part, REASON_BYTES);
    Missing { step: None, server: None, tool: None, status: UNSERVED, why: why.finish().0 }
}

/// Whether an answer that lacks this is still complete.
pub(crate) fn is_in_order(missing: &Missing) -> bool {
    missing.status == SKIPPED_IN_ORDER
}

/// A step whose guard did not hold was rightly not run.
const SKIPPED_IN_ORDER: &str = "skipped";
/// A step that lacked what it needed was not run either, and that is a loss.
const UNFINISHED: &str = "unfinished";
const UNSERVED: &str = "unserved";
const PARTIAL: &str = "partial";
const LEFT_OUT: &str = "left_out";
const CUT: &str = "cut";

fn of_step(step: StepIndex, material: &Material<'_>) -> Vec<Missing> {
    let name = name(step, material);
    let Some(seen) = material.seen.get(step) else {
        let why = Line::new().own(&name).own(" had not finished when the answer was due");
        return vec![entry(step, UNFINISHED, why, material)];
    };
    let why = match seen {
        Observation::Output(_) => {
            let mut found = within_each(step, &name, material);
            if let Some((kept, total)) = material.footnote(step).cut {
                let line = Line::new().own("the result of ").own(&name).own(" was cut to size: ");
                found.push(entry(step, CUT, line.count(kept).own(" of ").count(total).own(" are here"), material));
            }
            return found;
        }
        Observation::Skipped(SkipReason::Guard) if !material.plan.answer().uses.contains(&step) => return Vec::new(),
        Observation::Skipped(SkipReason::Guard) => {
            Line::new().own(&name).own(" was not run, because its condition did not hold")
        }
        Observation::Skipped(SkipReason::Upstream(earlier)) => {
            let earlier = self::name(*earlier, material);
            let why = Line::new().own(&name).own(" was not run, because it needs what ").own(&earlier);
            return vec![entry(step, "not_run", why.own(" did not bring"), material)];
        }
        Observation::ToolError(output) => {
            let said = output.value().as_str().map_or_else(|| output.value().to_string(), str::to_owned);
            let line = Line::new().own(&name).own(" reported an error");
            if said.trim().is_empty() { line } else { line.own(": ").quote(&said, REASON_BYTES) }
        }
        Observation::Failed(fault) => failed(&name, fault),
        Observation::NeedsInput(need) => needs(&name, need),
        Observation::Indeterminate(fault) => {
            let line = Line::new().own(&name).own(" may or may not have been done: ");
            line.quote(&fault.message, REASON_BYTES).own(" (check before doing it again)")
        }
    };
    vec![entry(step, seen.status(), why, material)]
}

fn entry(step: StepIndex, status: &'static str, why: Line, material: &Material<'_>) -> Missing {
    let own = material.plan.step(step);
    let asked = own.tool().is_some().then(|| server_and_tool(own));
    let (server, tool) = asked.map_or((None, None), |(server, tool)| (Some(server), Some(tool)));
    Missing { step: Some(own.id.clone()), server, tool, status, why: why.finish().0 }
}

/// A fault's message that names the tool stands alone.
fn failed(name: &str, fault: &Fault) -> Line {
    if fault.message.contains(name) {
        Line::new().quote(&fault.message, REASON_BYTES)
    } else {
        Line::new().own(name).own(" failed: ").quote(&fault.message, REASON_BYTES)
    }
}

fn needs(name: &str, need: &Need) -> Line {
    match need {
        Need::Approval(_) => Line::new().own(name).own(" waits for approval"),
        Need::Answer { message, .. } => {
            Line::new().own(name).own(" waits for an answer: ").quote(message, REASON_BYTES)
        }
    }
}

/// Calls of an `each` that failed, and items beyond its limit.
fn within_each(step: StepIndex, name: &str, material: &Material<'_>) -> Vec<Missing> {
    let Op::Each { over, .. } = &material.plan.step(step).op else { return Vec::new() };
    let items = material.seen.get(step).and_then(Observation::output).and_then(|output| output.value().as_array());
    let items = items.map_or(&[][..], Vec::as_slice);
    let mut found = Vec::new();
    let failures: Vec<&serde_json::Value> = items.iter().filter(|item| item["ok"] == false).collect();
    if !failures.is_empty() {
        let reasons = failures.iter().take(TOLD_ITEMS).filter_map(|item| item["error"]["message"].as_str());
        let mut reasons: Vec<&str> = reasons.collect();
        reasons.dedup();
        let told = reasons.iter().map(|reason| Line::new().quote(reason, REASON_BYTES / TOLD_ITEMS)).collect();
        let line = Line::new().own(name).own(" failed for ").count(failures.len()).own(" of ").count(items.len());
        let line = line.own(" items: ").joined(told, "; ");
        found.push(entry(step, PARTIAL, line, material));
    }
    let available = material.seen.get(over.step).and_then(Observation::output);
    let available = available.map_or(0, |output| crate::over::count(output.value(), &over.path));
    let left_out = material.footnote(step).left_out.max(available.saturating_sub(items.len()));
    if left_out > 0 {
        let line = Line::new().own(name).own(" was called for the first ").count(items.len()).own(" items only; ");
        found.push(entry(step, LEFT_OUT, line.count(left_out).own(" more were left out"), material));
    }
    found
}

/// What the step is called in a sentence.
fn name(step: StepIndex, material: &Material<'_>) -> String {
    let own = material.plan.step(step);
    let (server, tool) = server_and_tool(own);
    match own.op {
        plan::Op::Sub { .. } => format!("the nested query {}", own.id),
        _ => Line::new().quote(&format!("{server}.{tool}"), REASON_BYTES).finish().0,
    }
}
