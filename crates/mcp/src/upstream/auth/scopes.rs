//! Which scopes to ask for.

use std::collections::BTreeSet;

/// The scope that a refresh token takes.
const OFFLINE: &str = "offline_access";

/// Scopes that one server may make us ask for; more are left out.
const MAX_SCOPES: usize = 64;

/// What there is to choose from.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Offer<'a> {
    /// What the challenge names, separated by spaces.
    pub(crate) challenged: Option<&'a str>,
    /// What the server says it knows.
    pub(crate) by_resource: Option<&'a [String]>,
    /// What the authorization server says it knows.
    pub(crate) by_issuer: &'a [String],
}

/// The scopes to ask for: what was asked for before, and what the challenge
/// names, or else what the server knows. With a scope for staying signed in
/// where the authorization server has one.
pub(crate) fn chosen(before: &BTreeSet<String>, offer: Offer<'_>) -> BTreeSet<String> {
    let named: Vec<&str> = match (offer.challenged, offer.by_resource) {
        (Some(challenged), _) => challenged.split_ascii_whitespace().collect(),
        (None, Some(known)) => known.iter().map(String::as_str).collect(),
        (None, None) => Vec::new(),
    };
    let mut chosen = before.clone();
    for scope in named.into_iter().filter(|scope| is_scope(scope)) {
        if chosen.len() < MAX_SCOPES {
            chosen.insert(scope.to_owned());
        }
    }
    if offer.by_issuer.iter().any(|scope| scope == OFFLINE) {
        chosen.insert(OFFLINE.to_owned());
    }
    chosen
}

fn is_scope(scope: &str) -> bool {
    !scope.is_empty() && scope.bytes().all(|byte| matches!(byte, b'!' | b'#'..=b'[' | b']'..=b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_counts_before_the_lists_and_nothing_is_given_up() {
        let set = |scopes: &[&str]| scopes.iter().map(|scope| (*scope).to_owned()).collect::<BTreeSet<_>>();
        let list = |scopes: &[&str]| scopes.iter().map(|scope| (*scope).to_owned()).collect::<Vec<_>>();
        let (known, offline) = (list(&["a", "b", "bad scope"]), list(&["x", "offline_access"]));
        let rows = [
            (set(&[]), Offer { challenged: Some("c d"), by_resource: Some(&known), by_issuer: &[] }, set(&["c", "d"])),
            (set(&[]), Offer { challenged: None, by_resource: Some(&known), by_issuer: &[] }, set(&["a", "b"])),
            (set(&[]), Offer::default(), set(&[])),
            (set(&["a"]), Offer { challenged: Some("b"), by_resource: None, by_issuer: &[] }, set(&["a", "b"])),
            (set(&[]), Offer { challenged: None, by_resource: None, by_issuer: &offline }, set(&["offline_access"])),
        ];
        for (before, offer, expected) in rows {
            assert_eq!(chosen(&before, offer), expected, "{offer:?}");
        }
    }
}
