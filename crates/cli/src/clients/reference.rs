//! What stands for a variable, from every client's notation to this
//! program's own: `${NAME}`, `${NAME:-default}`, and `$${` for the characters
//! themselves.

use std::path::Path;

/// What stands for a variable in a client's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum References {
    /// Nothing: every text is meant as it stands.
    None,
    /// `${NAME}` and `${NAME:-default}`.
    Braced,
    /// `${env:NAME}`, `${input:id}`, `${workspaceFolder}`, `${userHome}`.
    Editor,
    /// `$NAME` and `${NAME}`.
    Shell,
    /// This program's own, which are kept.
    Own,
}

/// A text in this program's notation, and what is to be known about it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Translated {
    pub(crate) text: String,
    pub(crate) remarks: Vec<String>,
}

/// Translates a text of a file that belongs to a project directory.
pub(crate) fn translate(text: &str, references: References, project: &Path) -> Translated {
    if references == References::Own {
        return Translated { text: text.to_owned(), remarks: Vec::new() };
    }
    let mut out = Translated::default();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let braced = rest.strip_prefix('{').and_then(|inside| inside.split_once('}'));
        if let Some((inside, after)) = braced {
            out.braced(inside, references, project);
            rest = after;
            continue;
        }
        let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        if references == References::Shell && is_name(&name) {
            out.text.push_str(&format!("${{{name}}}"));
            rest = &rest[name.len()..];
        } else {
            // A brace that is never closed would be taken for a reference here.
            out.text.push_str(if rest.starts_with('{') { "$$" } else { "$" });
        }
    }
    out.text.push_str(rest);
    out
}

impl Translated {
    fn braced(&mut self, inside: &str, references: References, project: &Path) {
        let (name, default) = inside.split_once(":-").map_or((inside, None), |(name, rest)| (name, Some(rest)));
        let known = match references {
            References::Braced | References::Shell if is_name(name) => match default {
                Some(_) if references == References::Shell => None,
                _ => Some(format!("${{{inside}}}")),
            },
            References::Editor => self.editor(inside, project),
            References::None | References::Own | References::Braced | References::Shell => None,
        };
        match known {
            Some(text) => self.text.push_str(&text),
            None => self.text.push_str(&format!("$${{{inside}}}")),
        }
    }

    fn editor(&mut self, inside: &str, project: &Path) -> Option<String> {
        if let Some(name) = inside.strip_prefix("env:").filter(|name| is_name(name)) {
            return Some(format!("${{{name}}}"));
        }
        if let Some(id) = inside.strip_prefix("input:") {
            let name = variable(id);
            self.remarks.push(format!("the editor asks for `{id}`; here the environment variable `{name}` holds it"));
            return Some(format!("${{{name}}}"));
        }
        match inside {
            "userHome" => Some("${HOME}".to_owned()),
            "workspaceFolder" => Some(escaped(&project.to_string_lossy())),
            "workspaceFolderBasename" => {
                Some(escaped(&project.file_name().map(|name| name.to_string_lossy()).unwrap_or_default()))
            }
            "pathSeparator" | "/" => Some(std::path::MAIN_SEPARATOR.to_string()),
            _ => {
                self.remarks.push(format!("only the editor knows `${{{inside}}}`; write what it stands for"));
                None
            }
        }
    }
}

/// A text that holds no reference, in this program's notation.
pub(crate) fn escaped(text: &str) -> String {
    text.replace("${", "$${")
}

/// Whether a text in this program's notation holds a reference.
pub(crate) fn has_reference(text: &str) -> bool {
    text.replace("$${", "").contains("${")
}

/// The name of a variable made of any words.
pub(crate) fn variable(words: &str) -> String {
    let mut name = String::new();
    for c in words.chars() {
        if c.is_ascii_alphanumeric() {
            name.push(c.to_ascii_uppercase());
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    let name = name.trim_end_matches('_');
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        format!("V_{name}")
    } else {
        name.to_owned()
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notation_becomes_ours() {
        let rows = [
            (References::None, "Bearer ${TOKEN} $5", "Bearer $${TOKEN} $5", 0),
            (References::Braced, "${TOKEN} ${PORT:-80} ${input:x}", "${TOKEN} ${PORT:-80} $${input:x}", 0),
            (References::Editor, "${env:TOKEN} ${input:api-key}", "${TOKEN} ${API_KEY}", 1),
            (References::Editor, "${userHome}/x ${workspaceFolder}/y", "${HOME}/x /srv/app/y", 0),
            (References::Editor, "${workspaceFolderBasename} ${config:a.b}", "app $${config:a.b}", 1),
            (References::Shell, "$TOKEN ${TOKEN} $5 ${A:-b}", "${TOKEN} ${TOKEN} $5 $${A:-b}", 0),
            (References::Own, "${TOKEN} $${x}", "${TOKEN} $${x}", 0),
            (References::Braced, "${never closed", "$${never closed", 0),
            (References::None, "plain", "plain", 0),
        ];
        for (references, text, expected, remarks) in rows {
            let translated = translate(text, references, Path::new("/srv/app"));
            assert_eq!((&*translated.text, translated.remarks.len()), (expected, remarks), "{text}");
        }
    }

    #[test]
    fn names_of_variables_are_made_of_words() {
        for (words, expected) in [("api-key", "API_KEY"), ("x", "X"), ("9 lives", "V_9_LIVES"), ("--", "V_")] {
            assert_eq!(variable(words), expected);
        }
        assert!(has_reference("a ${B}") && !has_reference("a $${B}") && !has_reference("$5"));
    }
}
