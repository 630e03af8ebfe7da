//! An honest no.

use engine::{Refusal, RefusalReason};

use super::clean;
use super::columns::{Cell, aligned};
use super::style::{BAD, FAINT, STRONG, styled};
use super::times::took;

/// Why not, and what is near.
pub(crate) fn refusal(refusal: &Refusal, width: usize) -> String {
    let head = match refusal.reason {
        RefusalReason::OutOfScope => "Out of scope",
        RefusalReason::Denied => "Denied",
        RefusalReason::OverBudget => "Over budget",
        RefusalReason::RateLimited => "Too many requests",
        RefusalReason::TimedOut => "Timed out",
        RefusalReason::Failed => "Failed",
    };
    let mut text = format!("{}: {}\n", styled(BAD, head), clean::lines(&refusal.message));
    if let Some(wait) = refusal.retry_after {
        text.push_str(&format!("Try again in {}.\n", took(wait)));
    }
    if !refusal.nearest.is_empty() {
        text.push_str("\nNearest to it:\n");
        let row = |found: &engine::Found| {
            let name = format!("  {}", clean::line(&found.tool.to_string()));
            vec![Cell::styled(STRONG, name), Cell::styled(FAINT, clean::line(&found.purpose))]
        };
        let rows: Vec<Vec<Cell>> = refusal.nearest.iter().map(row).collect();
        text.push_str(&aligned(&rows, width));
    }
    text
}
