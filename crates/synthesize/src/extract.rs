//! What a long text says about the query, in its own sentences.
//!
//! Passages are scored by what they share with the query, by what they share
//! with the rest of the text, by where they stand and by words with which
//! people announce a conclusion; the best that fit are kept in their order.

use std::collections::{HashMap, HashSet};

use crate::cut::head;
use crate::line::Line;
use crate::passage::{Kind, Passage, passages};
use crate::terms::Terms;

/// How much of one text is read, in bytes.
const READ_BYTES: usize = 32 * 1024;

/// How much of each of several texts is read, in bytes.
const ITEM_BYTES: usize = 2 * 1024;

/// Weight of how much a passage shares with the rest of the text.
const CENTRAL: f32 = 0.8;
/// Weight of standing first, and of standing last.
const FIRST: f32 = 0.6;
const LAST: f32 = 0.3;
/// Weight of announcing a conclusion.
const CONCLUDES: f32 = 1.5;
/// What is taken from a passage of fewer words than these, or of more.
const ODD_LENGTH: f32 = 0.5;
const FEW_WORDS: usize = 4;
const MANY_WORDS: usize = 45;
/// The share of an introducing line's score that its list items get.
const INTRODUCED: f32 = 0.5;

/// How people announce a conclusion.
const CONCLUSIONS: &[&str] = &[
    "decision",
    "decided",
    "we keep",
    "agreed",
    "conclusion",
    "in short",
    "root cause",
    "breaking",
    "resolved",
    "open question",
    "this switches",
    "this changes",
    "this adds",
    "this fixes",
];

/// A run of passages that belong on one line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Run<'a> {
    /// What it is.
    pub(crate) kind: Kind,
    /// Its passages, each with whether something was left out before it.
    passages: Vec<(bool, &'a str)>,
    /// Whether something was left out after it.
    cut_after: bool,
}

impl Run<'_> {
    /// Its words, with `…` where something was left out, at most `limit`
    /// bytes for each passage.
    pub(crate) fn line(&self, limit: usize) -> Line {
        let mut line = Line::new();
        for (i, (gap, text)) in self.passages.iter().enumerate() {
            if *gap {
                line = line.own(if i > 0 { " … " } else { "… " });
            } else if i > 0 {
                line = line.own(" ");
            }
            line = line.quote(text, limit);
        }
        if self.cut_after && !line.text().ends_with('…') { line.own(" …") } else { line }
    }
}

/// The passages of a text that say most about the query, `budget` bytes of
/// them at most, though always one.
pub(crate) fn extract<'a>(text: &'a str, terms: &Terms, budget: usize) -> Vec<Run<'a>> {
    let read = head(text, READ_BYTES);
    let all = passages(read);
    let kept = if text.trim().len() <= budget { vec![true; all.len()] } else { choose(&all, terms, budget) };
    runs(&all, &kept, read.len() < text.len())
}

/// The same on one line.
pub(crate) fn gist(text: &str, terms: &Terms, budget: usize) -> Line {
    let runs = extract(text, terms, budget);
    Line::new().joined(runs.iter().map(|run| run.line(budget)).collect(), " ")
}

/// Which of several texts say most, `most` of them, in their order.
pub(crate) fn most_telling(texts: &[&str], terms: &Terms, most: usize) -> Vec<usize> {
    let heads = texts.iter().map(|text| head(text, ITEM_BYTES)).enumerate();
    let all: Vec<Passage<'_>> =
        heads.map(|(paragraph, text)| Passage { kind: Kind::Sentence, paragraph, text }).collect();
    let scores = scores(&all, terms);
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    order.truncate(most);
    order.sort_unstable();
    order
}

fn choose(all: &[Passage<'_>], terms: &Terms, budget: usize) -> Vec<bool> {
    let scores = scores(all, terms);
    let mut order: Vec<usize> = (0..all.len()).filter(|&i| all[i].kind != Kind::Heading).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    let mut kept = vec![false; all.len()];
    let mut left = budget;
    for (rank, &i) in order.iter().enumerate() {
        let introduced_by = introduction(all, i).filter(|&lead| !kept[lead]);
        let cost = all[i].text.len() + introduced_by.map_or(0, |lead| all[lead].text.len());
        let says_nothing = scores[i] <= 0.0;
        if rank > 0 && (cost > left || says_nothing) {
            continue;
        }
        left = left.saturating_sub(cost);
        kept[i] = true;
        if let Some(lead) = introduced_by {
            kept[lead] = true;
        }
    }
    drop_idle_introductions(all, &mut kept);
    kept
}

fn scores(all: &[Passage<'_>], terms: &Terms) -> Vec<f32> {
    let stems: Vec<HashSet<String>> = all.iter().map(|passage| terms.stems(passage.text).collect()).collect();
    let mut holding: HashMap<&str, usize> = HashMap::new();
    for stem in stems.iter().flatten() {
        *holding.entry(stem).or_default() += 1;
    }
    let last = all.len().saturating_sub(1);
    let mut scores: Vec<f32> = (0..all.len())
        .map(|i| {
            let place = if i == 0 { FIRST } else { 0.0 } + if i == last { LAST } else { 0.0 };
            let words = all[i].text.split_whitespace().count();
            let odd = if (FEW_WORDS..=MANY_WORDS).contains(&words) { 0.0 } else { ODD_LENGTH };
            let lower = all[i].text.to_lowercase();
            let concludes = if CONCLUSIONS.iter().any(|cue| lower.contains(cue)) { CONCLUDES } else { 0.0 };
            terms.weigh(&stems[i]) + CENTRAL * central(&stems[i], &holding) + place + concludes - odd
        })
        .collect();
    for i in 0..all.len() {
        if let Some(lead) = introduction(all, i) {
            scores[i] += INTRODUCED * scores[lead];
        }
    }
    scores
}

/// The share of a passage's words that stand in another passage too.
fn central(stems: &HashSet<String>, holding: &HashMap<&str, usize>) -> f32 {
    let shared = stems.iter().filter(|stem| holding.get(stem.as_str()).is_some_and(|&n| n > 1)).count();
    if stems.is_empty() { 0.0 } else { shared as f32 / stems.len() as f32 }
}

/// The line ending in a colon that introduces the list in which item `i` is.
fn introduction(all: &[Passage<'_>], i: usize) -> Option<usize> {
    if all[i].kind != Kind::Bullet {
        return None;
    }
    let lead = all[..i].iter().rposition(|passage| passage.kind != Kind::Bullet)?;
    (all[lead].kind == Kind::Sentence && all[lead].text.ends_with(':')).then_some(lead)
}

/// An introduction without anything that it introduces says nothing.
fn drop_idle_introductions(all: &[Passage<'_>], kept: &mut [bool]) {
    for i in 0..all.len() {
        let introduces = all[i].kind == Kind::Sentence && all[i].text.ends_with(':');
        if !introduces || !all.get(i + 1).is_some_and(|next| next.kind == Kind::Bullet) {
            continue;
        }
        let items = all[i + 1..].iter().take_while(|next| next.kind == Kind::Bullet).count();
        if !kept[i + 1..=i + items].contains(&true) && kept.iter().filter(|kept| **kept).count() > 1 {
            kept[i] = false;
        }
    }
}

/// Kept passages of one paragraph go on one line.
fn runs<'a>(all: &[Passage<'a>], kept: &[bool], more: bool) -> Vec<Run<'a>> {
    let mut runs: Vec<(usize, Run<'a>)> = Vec::new();
    let mut gap = false;
    for (passage, kept) in all.iter().zip(kept) {
        if !kept {
            gap |= passage.kind != Kind::Heading;
            continue;
        }
        let gap_before = std::mem::take(&mut gap);
        match runs.last_mut() {
            Some((paragraph, run)) if *paragraph == passage.paragraph => run.passages.push((gap_before, passage.text)),
            before => {
                // One mark is enough between two lines.
                let is_first = before.is_none();
                if let Some((_, run)) = before {
                    run.cut_after = gap_before;
                }
                let passages = vec![(gap_before && is_first, passage.text)];
                runs.push((passage.paragraph, Run { kind: passage.kind, passages, cut_after: false }));
            }
        }
    }
    if let Some((_, last)) = runs.last_mut() {
        last.cut_after = gap || more;
    }
    runs.into_iter().map(|(_, run)| run).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "Retries wait a fixed 0.5 s today. All instances come back at the same moment.\n\n\
        This switches the retry policy to exponential backoff:\n\n- base delay: 0.2 s\n- attempts: 5\n\n\
        Lunch is at noon. The weather is fine. Nobody minds the cat on the second floor.\n\nCloses #118.";

    fn told(query: &str, budget: usize) -> Vec<String> {
        let runs = extract(BODY, &Terms::of(query), budget);
        runs.iter().map(|run| run.line(400).text().to_owned()).collect()
    }

    #[test]
    fn short_texts_are_told_whole() {
        assert_eq!(told("retry", 4000).len(), 6);
    }

    #[test]
    fn long_texts_are_cut_to_what_the_query_is_about() {
        let lines = told("how does the retry policy change", 190);
        assert_eq!(
            lines,
            [
                "Retries wait a fixed 0.5 s today. …",
                "This switches the retry policy to exponential backoff:",
                "base delay: 0.2 s",
                "attempts: 5 …",
            ]
        );
        assert_eq!(
            told("who minds the cat on the second floor", 50),
            ["… Nobody minds the cat on the second floor. …"]
        );
    }
}
