//! What must not be written into another file: it is replaced by a reference
//! to an environment variable.
//!
//! Told by names (`API_TOKEN`, `Authorization`, `--password`), by how tokens
//! of well-known makers begin, and by passwords and keys within addresses. It
//! errs on the side of a reference too many.

use std::collections::BTreeMap;

use super::reference::{has_reference, variable};
use super::server::{Launch, Server};
use crate::config::names_a_secret;

/// How tokens begin that their makers mark so.
const TOKEN_STARTS: &[&str] = &[
    "AIza",
    "AKIA",
    "ATATT",
    "apify_api_",
    "eyJ",
    "figd_",
    "fc-",
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "hf_",
    "lin_api_",
    "ntn_",
    "pat_",
    "pplx-",
    "rk_live_",
    "secret_",
    "sk-",
    "sk_live_",
    "tvly-",
    "xapp-",
    "xoxb-",
    "xoxp-",
];

/// Words of a variable's name, beside those of configurations, that say its
/// value is a secret.
const MORE_WORDS: &[&str] = &["credential", "cookie", "dsn", "_pat", "signature"];

/// The shortest part of an address that may be a token.
const MIN_SEGMENT_CHARS: usize = 24;

/// What stands for a hidden text.
const MASK: &str = "…";

/// A secret that was replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hidden {
    /// The variable that is to hold it.
    pub(crate) variable: String,
    /// Where it stood in the server's description.
    pub(crate) place: String,
    /// How it began, where its maker marks it so.
    pub(crate) shown: String,
}

/// The variables that secrets were given, so that two secrets never share
/// one.
#[derive(Debug, Default)]
pub(crate) struct Variables(BTreeMap<String, String>);

impl Variables {
    /// The variable for a secret: the first of these names that is free or
    /// already holds the same.
    fn hold(&mut self, secret: &str, names: [String; 2]) -> String {
        let [first, second] = names;
        let numbered = (2..).map(|n| format!("{second}_{n}"));
        let free = |name: &String| self.0.get(name).is_none_or(|held| held == secret);
        // There are always more numbers than names.
        let name = [first, second.clone()].into_iter().chain(numbered).find(free).unwrap_or(second);
        self.0.insert(name.clone(), secret.to_owned());
        name
    }
}

/// Replaces every secret of a server, and says which.
pub(crate) fn hide(name: &str, server: &mut Server, variables: &mut Variables) -> Vec<Hidden> {
    let mut hiding = Hiding { server: name, variables, hidden: Vec::new() };
    match &mut server.launch {
        Launch::Child { args, env, .. } => {
            hiding.arguments(args);
            for (key, value) in env.iter_mut().filter(|(key, value)| is_secret(key, value)) {
                hiding.whole(value, &format!("env.{key}"), key, key);
            }
        }
        Launch::Remote { url, headers } => {
            hiding.address(url);
            for (key, value) in headers.iter_mut().filter(|(key, value)| is_secret(key, value)) {
                hiding.header(key, value);
            }
        }
    }
    hiding.hidden
}

struct Hiding<'a> {
    server: &'a str,
    variables: &'a mut Variables,
    hidden: Vec<Hidden>,
}

impl Hiding<'_> {
    /// A reference to the variable that holds a secret from now on. `alone` is
    /// its name where it is the only one, `word` what it is called within the
    /// server otherwise.
    fn reference(&mut self, secret: &str, place: &str, alone: &str, word: &str) -> String {
        let names = [variable(alone), variable(&format!("{} {word}", self.server))];
        let variable = self.variables.hold(secret, names);
        let start = TOKEN_STARTS.iter().find(|start| secret.starts_with(**start)).copied().unwrap_or_default();
        let shown = format!("{start}{MASK}");
        self.hidden.push(Hidden { variable: variable.clone(), place: place.to_owned(), shown });
        format!("${{{variable}}}")
    }

    fn whole(&mut self, value: &mut String, place: &str, alone: &str, word: &str) {
        *value = self.reference(&value.clone(), place, alone, word);
    }

    fn header(&mut self, key: &str, value: &mut String) {
        let place = format!("headers.{key}");
        let own = if key.eq_ignore_ascii_case("authorization") { "token" } else { key };
        let alone = format!("{} {own}", self.server);
        match value.split_once(' ').map(|(scheme, secret)| (scheme.to_owned(), secret.to_owned())) {
            Some((scheme, secret)) if ["bearer", "basic", "token"].contains(&&*scheme.to_lowercase()) => {
                *value = format!("{scheme} {}", self.reference(&secret, &place, &alone, own));
            }
            _ => self.whole(value, &place, &alone, own),
        }
    }

    fn arguments(&mut self, args: &mut [String]) {
        let mut flag: Option<String> = None;
        for (at, arg) in args.iter_mut().enumerate() {
            let place = format!("args[{at}]");
            let before = flag.take();
            if has_reference(arg) {
                continue;
            }
            if let Some((name, value)) = arg.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()))
                && !value.is_empty()
                && is_secret(&name, &value)
            {
                let word = name.trim_start_matches('-').to_owned();
                *arg = format!("{name}={}", self.reference(&value, &place, &format!("{} {word}", self.server), &word));
            } else if let Some(word) = before.filter(|word| is_secret(word, arg)) {
                self.whole(arg, &place, &format!("{} {word}", self.server), &word);
            } else if let Some((name, value)) = header_in(arg) {
                let alone = format!("{} token", self.server);
                *arg = format!("{name}{}", self.reference(&value, &place, &alone, "token"));
            } else if arg.starts_with('-') {
                flag = Some(arg.trim_start_matches('-').to_owned()).filter(|name| !name.contains('='));
            } else if is_token(arg) {
                self.whole(arg, &place, &format!("{} token", self.server), "token");
            } else if arg.contains("://") {
                self.address_at(arg, &place);
            }
        }
    }

    fn address(&mut self, url: &mut String) {
        self.address_at(url, "url");
    }

    fn address_at(&mut self, url: &mut String, place: &str) {
        let Some((scheme, rest)) = url.split_once("://").filter(|_| !has_reference(url)) else { return };
        let (scheme, rest) = (scheme.to_owned(), rest.to_owned());
        let (before_query, query) = rest.split_once('?').map_or((rest.as_str(), None), |(a, b)| (a, Some(b)));
        let (authority, path) = before_query.split_once('/').map_or((before_query, None), |(a, b)| (a, Some(b)));
        let mut text = format!("{scheme}://");
        match authority.rsplit_once('@') {
            Some((user, host)) => {
                let alone = format!("{} login", self.server);
                text.push_str(&format!("{}@{host}", self.reference(user, place, &alone, "login")));
            }
            None => text.push_str(authority),
        }
        for segment in path.into_iter().flat_map(|path| path.split('/')) {
            text.push('/');
            if is_long_token(segment) || is_token(segment) {
                let alone = format!("{} token", self.server);
                text.push_str(&self.reference(segment, place, &alone, "token"));
            } else {
                text.push_str(segment);
            }
        }
        for (at, pair) in query.into_iter().flat_map(|query| query.split('&')).enumerate() {
            text.push(if at == 0 { '?' } else { '&' });
            match pair.split_once('=') {
                Some((name, value)) if is_secret(name, value) || is_long_token(value) => {
                    let alone = format!("{} {name}", self.server);
                    text.push_str(&format!("{name}={}", self.reference(value, place, &alone, name)));
                }
                _ => text.push_str(pair),
            }
        }
        *url = text;
    }
}

/// `Authorization: Bearer x`, as bridges to remote servers take it in one
/// argument: what stands before the secret, and the secret.
fn header_in(arg: &str) -> Option<(String, String)> {
    let (name, value) = arg.split_once(':').filter(|(name, _)| !name.contains(['/', ' ']) && names_a_secret(name))?;
    let value = value.trim_start();
    let secret = value.split_once(' ').map_or(value, |(_, secret)| secret);
    let before = &arg[..arg.len() - secret.len()];
    (!secret.is_empty() && !name.is_empty()).then(|| (before.to_owned(), secret.to_owned()))
}

fn is_secret(name: &str, value: &str) -> bool {
    if value.trim().is_empty() || has_reference(value) {
        return false;
    }
    let name = name.to_lowercase();
    let telling = names_a_secret(&name) || MORE_WORDS.iter().any(|word| name.contains(word));
    let in_address = value.contains("://") && value.contains('@');
    // What is a number, a switch or a path is named after the secret it is about.
    let harmless =
        value.parse::<f64>().is_ok() || ["true", "false"].contains(&value) || value.starts_with(['/', '~', '.']);
    telling && !harmless || in_address || is_token(value)
}

fn is_token(value: &str) -> bool {
    let start = TOKEN_STARTS.iter().find(|start| value.starts_with(**start));
    start.is_some_and(|start| value.len() >= start.len() + 8 && !value.contains(char::is_whitespace))
}

fn is_long_token(part: &str) -> bool {
    let has = |kind: fn(&char) -> bool| part.chars().any(|c| kind(&c));
    part.len() >= MIN_SEGMENT_CHARS
        && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '=' | '+'))
        && has(char::is_ascii_digit)
        && has(char::is_ascii_alphabetic)
}
