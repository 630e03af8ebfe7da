//! Names that may have been meant.

/// The least likeness, from 0 to 1, at which a name is offered.
const MIN_LIKENESS: f64 = 0.6;

/// How much less like it than the best another name may be.
const MAX_BEHIND: f64 = 0.15;

/// The most names offered.
const MAX_OFFERED: usize = 3;

/// The candidates most like a name, the most like first, ties in the order
/// given.
pub(crate) fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    ranked(candidates.into_iter().map(|candidate| (likeness(name, candidate), candidate)))
}

/// The names with the highest likenesses, among those alike enough.
pub(crate) fn ranked<'a>(candidates: impl Iterator<Item = (f64, &'a str)>) -> Vec<String> {
    let mut alike: Vec<(f64, &str)> = candidates.filter(|(likeness, _)| *likeness >= MIN_LIKENESS).collect();
    alike.sort_by(|a, b| b.0.total_cmp(&a.0));
    let best = alike.first().map_or(0.0, |(likeness, _)| *likeness);
    alike.retain(|(likeness, _)| *likeness >= best - MAX_BEHIND);
    alike.into_iter().take(MAX_OFFERED).map(|(_, name)| name.to_owned()).collect()
}

/// How alike two names are, from 0 to 1, whatever their case.
pub(crate) fn likeness(a: &str, b: &str) -> f64 {
    strsim::normalized_damerau_levenshtein(&a.to_lowercase(), &b.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_are_about_as_close_are_offered() {
        let names = ["list_reviews", "list_reports", "list_channels", "search", "Search_All"];
        let rows: [(&str, &[&str]); 4] = [
            ("list_review", &["list_reviews"]),
            ("list_revirts", &["list_reviews", "list_reports"]),
            ("SEARCH", &["search"]),
            ("delete", &[]),
        ];
        for (name, expected) in rows {
            assert_eq!(closest(name, names), expected, "{name}");
        }
    }
}
