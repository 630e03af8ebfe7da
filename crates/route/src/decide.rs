//! From a ranking to one of the three answers.
//!
//! Two signals, kept apart: too little of the text is covered by the best
//! tool, and it is out of scope; several servers' tools cover it alike, and
//! it is ambiguous. The bounds were set on the demo workspace and the
//! reference servers by hand; they are not calibrated.

use catalog::ServerId;

use crate::candidate::{Candidate, Field, Route};

/// Below this share of the text covered, nothing here can do it.
pub const IN_SCOPE_COVERAGE: f32 = 0.4;

/// A tool of another server that scores at least this share of the best is
/// as good an answer.
const ALIKE_SCORE: f32 = 0.72;

/// How many of the nearest tools are named when a text is out of scope.
const NEAREST: usize = 3;

/// Where a ranking leads, best candidate first. A text that names the server
/// it means is never ambiguous between servers.
pub fn decide(ranked: Vec<Candidate>, named_servers: &[ServerId]) -> Route {
    let in_scope = ranked.first().is_some_and(|best| best.coverage >= IN_SCOPE_COVERAGE);
    if !in_scope {
        let nearest = ranked.into_iter().take(NEAREST).collect();
        return Route::OutOfScope { nearest };
    }
    let options = alike(&ranked);
    if options.len() > 1 && named_servers.is_empty() {
        return Route::Ambiguous { options };
    }
    Route::Candidates(ranked)
}

/// The best tool of each server that does the same as the best of all: found
/// by the same words in its name, and about as high.
fn alike(ranked: &[Candidate]) -> Vec<Candidate> {
    let best = &ranked[0];
    let mut options: Vec<Candidate> = Vec::new();
    for candidate in ranked {
        let new_server = options.iter().all(|other| other.tool.reference.server != candidate.tool.reference.server);
        let as_high = candidate.score >= ALIKE_SCORE * best.score && candidate.coverage >= ALIKE_SCORE * best.coverage;
        if new_server && as_high && named_words(candidate) == named_words(best) {
            options.push(candidate.clone());
        }
    }
    options
}

/// The query's words that stand in a tool's own name or title or in its
/// server's name, in alphabetical order.
fn named_words(candidate: &Candidate) -> Vec<&str> {
    let mut words: Vec<&str> = candidate
        .matched
        .iter()
        .filter(|found| matches!(found.field, Field::Name | Field::Title | Field::Example | Field::Server))
        .map(|found| found.word.as_str())
        .collect();
    words.sort_unstable();
    words
}
