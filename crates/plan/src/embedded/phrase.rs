//! Phrases in a clause that mean something to a parameter.

use catalog::Tool;
use route::{Entity, is_read_verb, stem, terms};

use super::reference::is_pronoun;

/// Words before a number that make it a count.
const COUNTING: &[&str] = &["top", "last", "first", "latest", "newest", "recent", "max", "limit", "most", "only"];

/// Words that end a phrase: what follows says where, when or whose.
pub(super) const PHRASE_ENDS: &[&str] =
    &["in", "on", "from", "at", "within", "since", "before", "after", "by", "using", "via", "inside", "across"];

pub(super) const ARTICLES: &[&str] = &["the", "a", "an", "any", "our", "my", "all"];

/// Whether a number says how many: "last 5 messages", "top 3".
pub(super) fn counts(clause: &str, entity: &Entity) -> bool {
    let marked = clause[entity.span.clone()].starts_with('#');
    !marked && word_before(clause, entity.span.start).is_some_and(|word| COUNTING.contains(&word.as_str()))
}

/// Whether a number names one thing: it has a `#`, or it stands right behind
/// a noun ("PR 123"), not before one ("5 s", "3 retries").
pub(super) fn names_one(clause: &str, entity: &Entity) -> bool {
    if clause[entity.span.clone()].starts_with('#') {
        return true;
    }
    word_before(clause, entity.span.start).is_some_and(|word| {
        !is_read_verb(&word) && terms(&word).iter().any(|term| !term.stem.chars().all(|c| c.is_ascii_digit()))
    })
}

/// The stems of the noun right before a number: `pull request` of "PR 123".
pub(super) fn noun_of(clause: &str, entity: &Entity) -> Vec<String> {
    let noun = word_before(clause, entity.span.start).unwrap_or_default();
    let is_noun =
        !is_read_verb(&noun) && !route::is_action_verb(&noun) && !matches!(noun.as_str(), "number" | "no" | "id");
    if is_noun { terms(&noun).into_iter().map(|term| term.stem).collect() } else { Vec::new() }
}

/// Verbs of one thing that has to do with another.
const RELATIONS: &[&str] =
    &["address", "close", "fix", "handle", "implement", "link", "mention", "reference", "relate", "resolve", "solve"];

/// Whether a number names what another thing has to do with: "the change that
/// closes **task 118**", "the change in which **task 118** was closed".
pub(super) fn relates_to(clause: &str, entity: &Entity) -> bool {
    let noun = noun_of(clause, entity);
    let names_other = |text: &str| {
        let found = terms(text);
        found.iter().any(|term| {
            let is_word = term.stem.chars().all(char::is_alphabetic);
            is_word && !is_read_verb(&term.form) && !noun.contains(&term.stem) && !is_relation(&term.form)
        })
    };
    let before: Vec<&str> = clause[..entity.span.start].split_whitespace().collect();
    // The verb stands behind its number, or before it with nothing but the
    // noun and an article between.
    let behind = clause[entity.span.end..].split_whitespace().take(RELATION_REACH).any(is_relation);
    let verb = before.iter().rposition(|word| is_relation(word));
    let active = verb.is_some_and(|at| {
        let article = at.checked_sub(1).is_some_and(|at| ARTICLES.contains(&before[at].to_lowercase().as_str()));
        !article && before.len() - at <= RELATION_REACH + 1
    });
    let begin = verb.filter(|_| active).unwrap_or(before.len());
    !noun.is_empty() && (behind || active) && names_other(&before[..begin].join(" "))
}

/// How many words may stand between such a verb and its number.
const RELATION_REACH: usize = 3;

fn is_relation(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    RELATIONS.iter().any(|verb| stem(verb) == stem(&bare))
}

/// The text of a message: behind a colon.
pub(super) fn behind_colon(clause: &str) -> Option<String> {
    let text = clause.split_once(": ")?.1.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A directory that is named without a slash: "the files **in docs**", "in
/// the **docs** directory".
pub(super) fn place(clause: &str, tool: &Tool) -> Option<String> {
    let words = bare_words(clause);
    let places = |word: &&str| matches!(*word, "in" | "inside" | "under" | "within" | "below" | "beneath");
    let Some(at) = words.iter().position(places) else {
        return directory(&words).or_else(|| listed(&words, tool));
    };
    let is_noun = |word: &str| matches!(word, "directory" | "folder" | "dir");
    let article = words.get(at + 1).is_some_and(|word| ARTICLES.contains(&word.to_lowercase().as_str()));
    let (name, has_noun) = match words.get(at + 1 + usize::from(article)..)? {
        [noun, name, ..] if is_noun(noun) => (name, true),
        [name, noun, ..] if is_noun(noun) => (name, true),
        [name, ..] => (name, false),
        [] => return None,
    };
    let own = tool_words(tool).contains(&stem(&name.to_lowercase())) || is_noun(name);
    let points = matches!(name.to_lowercase().as_str(), "there" | "here" | "it" | "that" | "this" | "them");
    (!own && !points && (has_noun || !article)).then(|| (*name).to_owned())
}

/// Whether a tool is named for directories: it lists what is in one.
pub(super) fn is_directory_tool(tool: &Tool) -> bool {
    let named = catalog::words(&tool.listing.name);
    named.iter().any(|word| matches!(word.as_str(), "directory" | "dir" | "folder" | "tree"))
}

/// "list **docs**": the only word that there is beside the verb.
fn listed(words: &[&str], tool: &Tool) -> Option<String> {
    let [verb, name] = words else { return None };
    let lists = matches!(verb.to_lowercase().as_str(), "list" | "ls" | "browse" | "tree");
    let own = || tool_words(tool).contains(&stem(&name.to_lowercase()));
    (lists && is_directory_tool(tool) && !is_pronoun(name) && !own()).then(|| (*name).to_owned())
}

/// "the **docs** directory", wherever it stands.
fn directory(words: &[&str]) -> Option<String> {
    let at = words.iter().position(|word| matches!(*word, "directory" | "folder" | "dir"))?;
    // "the directory **docs**", where nothing before it could be its name.
    if let Some(behind) =
        words.get(at + 1).filter(|_| at == 0 || ARTICLES.contains(&words[at - 1].to_lowercase().as_str()))
    {
        let could_name = !PHRASE_ENDS.contains(behind) && !is_pronoun(behind) && !terms(behind).is_empty();
        return could_name.then(|| (*behind).to_owned());
    }
    let name = words.get(at.checked_sub(1)?)?;
    let could_name =
        !ARTICLES.contains(&name.to_lowercase().as_str()) && !terms(name).iter().any(|term| is_read_verb(&term.form));
    could_name.then(|| (*name).to_owned())
}

/// The one word behind any of these openers, if it could be a name.
pub(super) fn after(clause: &str, openers: &[&str]) -> Option<String> {
    let words: Vec<&str> = clause.split_whitespace().collect();
    let at = words.iter().position(|word| openers.contains(&word.to_lowercase().as_str()))?;
    let name =
        words.get(at + 1)?.split(',').next()?.trim_matches(|c: char| !c.is_alphanumeric() && c != '_' && c != '-');
    let plain = !name.is_empty() && !ARTICLES.contains(&name.to_lowercase().as_str()) && !is_pronoun(name);
    plain.then(|| name.to_owned())
}

/// Somebody by what they did: "has **elif** opened", "did **jonas** write".
pub(super) fn doer(clause: &str) -> Option<String> {
    let words = bare_words(clause);
    if let Some(owner) = words.iter().find_map(|word| word.strip_suffix("'s").or_else(|| word.strip_suffix("’s"))) {
        let plain = owner.chars().all(char::is_alphanumeric) && terms(owner).len() == 1;
        let is_name =
            plain && !matches!(owner.to_lowercase().as_str(), "what" | "who" | "where" | "there" | "it" | "that");
        return is_name.then(|| owner.to_owned());
    }
    let verbs = [
        "opened",
        "open",
        "wrote",
        "write",
        "written",
        "created",
        "create",
        "made",
        "make",
        "authored",
        "submitted",
        "committed",
        "commit",
        "done",
        "do",
        "pushed",
        "merged",
        "filed",
    ];
    let is_verb = |at: usize| words.get(at).is_some_and(|verb| verbs.contains(&verb.to_lowercase().as_str()));
    let is_name = |name: &str| {
        name.chars().all(char::is_alphanumeric)
            && !is_pronoun(name)
            && !ARTICLES.contains(&name.to_lowercase().as_str())
            && !terms(name).is_empty()
    };
    let at = words.iter().position(|word| matches!(word.to_lowercase().as_str(), "has" | "did" | "does" | "have"))?;
    let skips =
        |at: usize| usize::from(words.get(at).is_some_and(|word| ADVERBS.contains(&word.to_lowercase().as_str())));
    // "has **jonas** ever opened", and "**jonas** has open".
    let behind = words.get(at + 1).filter(|name| is_name(name) && is_verb(at + 2 + skips(at + 2)));
    let before = || {
        at.checked_sub(1).and_then(|at| words.get(at)).filter(|name| is_name(name) && is_verb(at + 1 + skips(at + 1)))
    };
    behind.or_else(before).map(|name| (*name).to_owned())
}

/// Words between somebody and what they did.
const ADVERBS: &[&str] =
    &["ever", "already", "yet", "also", "recently", "still", "just", "currently", "actually", "all"];

/// Somebody right before what they did: "the commits **noor** made".
pub(super) fn bare_doer(clause: &str, tool: &Tool) -> Option<String> {
    let words = bare_words(clause);
    let did = |word: &&str| {
        matches!(word.to_lowercase().as_str(), "opened" | "wrote" | "made" | "authored" | "committed" | "filed")
    };
    let at = words.iter().position(did)?.checked_sub(1)?;
    let at = if matches!(words[at].to_lowercase().as_str(), "has" | "had" | "have") { at.checked_sub(1)? } else { at };
    let name = words[at];
    let known = terms(name).iter().any(|term| tool_words(tool).contains(&term.stem)) || terms(name).is_empty();
    (!known && name.chars().all(char::is_alphanumeric)).then(|| name.to_owned())
}

/// What a clause asks about by a bare name: "the schema of **order_items**",
/// "columns in **tickets**".
pub(super) fn object(clause: &str, tool: &Tool) -> Option<String> {
    let own = tool_words(tool);
    let words = bare_words(clause);
    let at = words.iter().rposition(|word| matches!(word.to_lowercase().as_str(), "of" | "for" | "in"))?;
    // Something of what the tool is about has to be asked of it.
    let described = terms(tool.listing.description.as_deref().unwrap_or_default());
    let is_about = |term: &route::Term| own.contains(&term.stem) || described.iter().any(|word| word.stem == term.stem);
    let asked = terms(&words[..at].join(" ")).iter().any(|term| !is_read_verb(&term.form) && is_about(term));
    if !asked {
        return None;
    }
    let rest = words[at + 1..].iter().skip_while(|word| ARTICLES.contains(&word.to_lowercase().as_str()));
    let name = rest.into_iter().next()?;
    let known = terms(name).iter().all(|term| own.contains(&term.stem) || is_read_verb(&term.form));
    (!known && !is_pronoun(name)).then(|| (*name).to_owned())
}

/// Whether the clause says that something is a label.
pub(super) fn speaks_of_label(clause: &str) -> bool {
    let lower = clause.to_lowercase();
    ["label", "tagged"].iter().any(|word| lower.contains(word))
}

/// A label: "labelled **retry**", "the **retry** label", "label **retry**".
pub(super) fn label(clause: &str) -> Option<String> {
    let joined = clause.split_whitespace().find_map(|word| {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        ["-labelled", "-labeled", "-tagged"].iter().find_map(|ending| bare.strip_suffix(ending).map(str::to_owned))
    });
    let behind = joined.or_else(|| after(clause, &["labelled", "labeled", "tagged"]));
    behind.or_else(|| {
        let words = bare_words(clause);
        let at = words.iter().position(|word| matches!(word.to_lowercase().as_str(), "label" | "labels" | "tag"))?;
        let could_name = |name: &&&str| {
            let lower = name.to_lowercase();
            !ARTICLES.contains(&lower.as_str()) && !PHRASE_ENDS.contains(&lower.as_str()) && !terms(name).is_empty()
        };
        let behind = words.get(at + 1).filter(could_name);
        let before = at.checked_sub(1).and_then(|at| words.get(at)).filter(could_name);
        behind.or(before).map(|name| (*name).to_owned())
    })
}

/// The channel's name: "the general channel", "in channel general".
pub(super) fn channel(clause: &str) -> Option<String> {
    let words: Vec<String> = clause
        .split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '-' && c != '_').to_owned())
        .collect();
    let at = words.iter().position(|word| word.eq_ignore_ascii_case("channel"))?;
    let could_name = |word: &&String| {
        let word = word.to_lowercase();
        !word.is_empty() && !ARTICLES.contains(&word.as_str()) && !PHRASE_ENDS.contains(&word.as_str())
    };
    let before = at.checked_sub(1).and_then(|i| words.get(i)).filter(could_name);
    before.or_else(|| words.get(at + 1).filter(could_name)).cloned()
}

/// The word behind the parameter's own name: "table orders".
pub(super) fn named(clause: &str, parameter: &str) -> Option<String> {
    let wanted: Vec<String> = catalog::words(parameter).iter().map(|word| stem(word)).collect();
    let words: Vec<&str> = clause
        .split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '_' && c != '-' && c != '/'))
        .collect();
    let at = words.iter().position(|word| wanted.contains(&stem(&word.to_lowercase())))?;
    let could_be = |word: &&&str| !word.is_empty() && terms(word).iter().any(|term| !is_read_verb(&term.word));
    let before = at.checked_sub(1).and_then(|i| words.get(i)).filter(could_be);
    words.get(at + 1).filter(could_be).or(before).map(|word| (*word).to_owned())
}

/// The clause's words without the punctuation around them.
fn bare_words(clause: &str) -> Vec<&str> {
    clause.split_whitespace().map(|word| word.trim_matches(|c: char| ",;:?!.".contains(c))).collect()
}

fn word_before(clause: &str, at: usize) -> Option<String> {
    let word = clause[..at].split_whitespace().next_back()?;
    Some(word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase())
}

/// The words that say which tool rather than what for: its name's, its
/// title's and its server's.
pub(super) fn tool_words(tool: &Tool) -> Vec<String> {
    let title = tool.listing.title.as_deref().unwrap_or_default();
    let text = format!("{} {title} {}", tool.listing.name, tool.reference.server);
    terms(&text).into_iter().map(|term| term.stem).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use route::Entities;

    #[test]
    fn one_thing_has_to_do_with_another() {
        let rows = [
            ("change that closes task 118", true),
            ("the change in which task 118 got fixed", true),
            ("which change resolved the task 118", true),
            ("is task 118 closed", false),
            ("notes of the closed task 118", false),
            ("task 118", false),
            ("change 12", false),
        ];
        for (clause, expected) in rows {
            let entities = Entities::find(clause);
            assert_eq!(relates_to(clause, entities.iter().next().unwrap()), expected, "{clause}");
        }
    }
}
