//! Names for servers that were named for another client.

use catalog::ServerId;

/// The longest name a server can have, in characters.
const MAX_NAME_CHARS: usize = 40;

/// The nearest name that can name a server: what does not fit becomes `-`.
pub(crate) fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for c in name.chars() {
        let fits = c.is_ascii_alphanumeric() || c == '_';
        if fits {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() == MAX_NAME_CHARS {
            break;
        }
    }
    let slug = slug.trim_end_matches('-');
    match slug {
        "" => "server".to_owned(),
        reserved if is_reserved(reserved) => format!("{reserved}-server"),
        slug => slug.to_owned(),
    }
}

/// Why a text cannot name a server, if it cannot.
pub(crate) fn fault_in(name: &str) -> Option<&'static str> {
    let reserved = is_reserved(name).then_some("plans call their own operators by it");
    ServerId::fault_in(name).or(reserved)
}

/// Names under which plans find what is no server: `orc.filter`, `llm.extract`.
fn is_reserved(name: &str) -> bool {
    [plan::OPERATOR_SERVER, "llm"].contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slug_is_a_name() {
        let rows = [
            ("github", "github"),
            ("My Server", "My-Server"),
            ("@scope/pkg.v2", "scope-pkg-v2"),
            ("..", "server"),
            ("größe", "gr-e"),
            ("a b ", "a-b"),
            ("x-y_z", "x-y_z"),
            ("orc", "orc-server"),
        ];
        for (name, expected) in rows {
            assert_eq!(slug(name), expected);
        }
        for name in ["", "orc", "a.b", "é", &"long ".repeat(20)] {
            assert_eq!(fault_in(&slug(name)), None, "{name}");
        }
    }
}
