//! What a server says when it refuses for want of permission: the header
//! `WWW-Authenticate`.

/// A Bearer challenge. Its texts are the server's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Challenge {
    /// Why: `invalid_token`, `insufficient_scope` or nothing.
    pub(crate) error: Option<String>,
    /// The scopes that would do, separated by spaces.
    pub(crate) scope: Option<String>,
    /// Where the server says who gives permission.
    pub(crate) resource_metadata: Option<String>,
}

impl Challenge {
    /// Reads the header's value; a value that is no Bearer challenge says
    /// nothing.
    pub(crate) fn read(header: &str) -> Self {
        let mut challenge = Self::default();
        let Some(mut rest) = after_bearer(header) else { return challenge };
        while let Some((name, value, after)) = parameter(rest) {
            match name.to_ascii_lowercase().as_str() {
                "error" => challenge.error = Some(value),
                "scope" => challenge.scope = Some(value),
                "resource_metadata" => challenge.resource_metadata = Some(value),
                _ => {}
            }
            rest = after;
        }
        challenge
    }
}

fn after_bearer(header: &str) -> Option<&str> {
    let at = header.to_ascii_lowercase().find("bearer")?;
    header.get(at + "bearer".len()..)
}

/// The next `name=value` or `name="value"`, and what follows it.
fn parameter(text: &str) -> Option<(&str, String, &str)> {
    let text = text.trim_start_matches([' ', '\t', ',']);
    let (name, rest) = text.split_once('=')?;
    let (name, rest) = (name.trim(), rest.trim_start());
    let Some(quoted) = rest.strip_prefix('"') else {
        let end = rest.find([',', ' ']).unwrap_or(rest.len());
        return Some((name, rest[..end].to_owned(), &rest[end..]));
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((name, value, &quoted[at + 1..])),
            '\\' => value.extend(chars.next().map(|(_, escaped)| escaped)),
            c => value.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_read_however_they_are_written() {
        let challenge = |error: &str, scope: &str, at: &str| {
            let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            Challenge { error: some(error), scope: some(scope), resource_metadata: some(at) }
        };
        let rows = [
            ("Bearer", challenge("", "", "")),
            ("Basic realm=\"x\"", challenge("", "", "")),
            ("Bearer resource_metadata=\"http://a/b\"", challenge("", "", "http://a/b")),
            ("bearer error=invalid_token, scope=\"a b\"", challenge("invalid_token", "a b", "")),
            ("Bearer realm=\"say \\\"x\\\", scope=no\",scope=\"s\"", challenge("", "s", "")),
            ("Bearer scope=\"never closed", challenge("", "", "")),
            ("Bearer error", challenge("", "", "")),
        ];
        for (header, expected) in rows {
            assert_eq!(Challenge::read(header), expected, "{header}");
        }
    }
}
