//! Ways of saying things that the rest does not know, in ways that it does.
//!
//! A table of English: what comes in is a query, what goes out asks for the
//! same in plainer words. Nothing within quotation marks is touched, and no
//! tool or server is known here.

use route::{Entities, EntityKind, is_action_verb, is_read_verb};

use super::passive::base;

/// Words as people type them, and the words they are.
const TYPED: &[(&str, &str)] = &[
    ("abt", "about"),
    ("any1", "anyone"),
    ("anythin", "anything"),
    ("every1", "everyone"),
    ("isnt", "isn't"),
    ("ppl", "people"),
    ("smth", "something"),
    ("some1", "someone"),
    ("sth", "something"),
    ("wat", "what"),
    ("wich", "which"),
    ("whch", "which"),
];

/// Turns of phrase that a shorter one stands for. All lower case, longest
/// first where one begins another.
const TURNS: &[(&str, &str)] = &[
    ("one after another", "each"),
    ("one after the other", "each"),
    ("one at a time", "each"),
    ("one by one", "each"),
    ("file by file", "each"),
    ("each in turn", "each"),
    ("every one of them", "each of them"),
    ("every single one of them", "each of them"),
    ("be so good as to ", ""),
    ("be so kind as to ", ""),
    ("do me a favour and ", ""),
    ("do me a favor and ", ""),
    ("i was wondering ", ""),
    ("i wonder ", ""),
    ("i would like to know ", ""),
    ("i'd like to know ", ""),
    ("could you tell me ", ""),
    ("can you tell me ", ""),
    ("do you know ", ""),
    ("i have to ", ""),
    ("separately, ", ""),
    ("when you see that ", "if "),
    ("in the case that ", "if "),
    ("in case that ", "if "),
    ("should that be so, ", "if so, "),
    ("should it not, ", "if not, "),
    ("should it be so, ", "if so, "),
    ("with that in hand, ", "then "),
    (", whereupon ", ", then "),
    ("not only ", ""),
    (" but also ", " and "),
    ("keep a copy of ", "save "),
    ("make a copy of ", "save "),
    ("take me to ", "open "),
    ("from now on ", ""),
    (", otherwise don't", ""),
    (", otherwise dont", ""),
    (", otherwise do nothing", ""),
    ("with that login, ", ""),
    ("with that name, ", ""),
    ("with that number, ", ""),
    ("in addition to that, ", "and "),
    ("in addition, ", "and "),
    ("on top of that, ", "and "),
    ("besides that, ", "and "),
];

/// Openings of a sentence that put one thing before another: what stands
/// before the first thing, what divides the two, and what stands before the
/// second.
const SEQUENCES: &[(&str, &[&str])] = &[
    ("once you know ", &[", "]),
    ("once you have ", &[", "]),
    ("once you see ", &[", "]),
    ("once you found ", &[", "]),
    ("begin with ", &[" and end with ", ", then end with ", " and finish with ", ", end with "]),
    ("start with ", &[" and end with ", ", then end with ", " and finish with ", ", end with ", " and go on to "]),
    ("start from ", &[" and end with ", " and go on to ", ", then "]),
];

/// "Say 'x' in #a" as an order to post it.
pub(super) fn with_plain_verb(sentence: &str) -> String {
    let quotes = |rest: &str| rest.starts_with(['"', '\'', '“', '«', '`']);
    match sentence.get(..4).filter(|verb| verb.eq_ignore_ascii_case("say ")) {
        Some(verb) if quotes(&sentence[verb.len()..]) => format!("post {}", &sentence[verb.len()..]),
        _ => sentence.to_owned(),
    }
}

/// Questions of who belongs to a place.
const BELONGING: &[&str] = &[
    "who is in ",
    "who's in ",
    "whos in ",
    "who are in ",
    "how many people are in ",
    "how many people are there in ",
    "how many people does ",
];

/// "Who is in #a" as "the members of #a".
fn members(text: &str) -> String {
    let Some(opening) = BELONGING.iter().find(|opening| find(text, opening) == Some(0)) else { return text.to_owned() };
    let place = &text[opening.len()..];
    let is_place = place.split_whitespace().take(4).any(|word| {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        word.starts_with('#') || matches!(bare.as_str(), "channel" | "room" | "group")
    });
    if is_place { format!("the members of {place}") } else { text.to_owned() }
}

/// Questions of who made a change, and when.
const CHANGES: &[&str] = &[
    "who last touched ",
    "who last changed ",
    "who last edited ",
    "who last modified ",
    "who touched ",
    "who has touched ",
    "who edited ",
    "who has edited ",
    "who has changed ",
    "who modified ",
    "when did somebody last change ",
    "when did someone last change ",
    "when did anyone last change ",
];

/// "Who last touched a.md" as "the commits to a.md": history says who.
fn history(text: &str) -> String {
    let known = CHANGES.iter().find_map(|turn| find(text, turn).map(|at| (at, turn.len())));
    known.map_or_else(|| text.to_owned(), |(at, len)| format!("{}the commits to {}", &text[..at], &text[at + len..]))
}

/// The query in plainer words.
pub(super) fn plainly(query: &str) -> String {
    let typed = outside_quotes(query, |text| words_replaced(text, TYPED));
    let turned = outside_quotes(&typed, turns_replaced);
    let ordered = in_order(&turned);
    let beside = beside(&ordered);
    numbers_named(&history(&members(&with_verb_first(&beside))))
}

/// A change made to everything that does not stand in quotation marks.
fn outside_quotes(text: &str, change: impl Fn(&str) -> String) -> String {
    let entities = Entities::find(text);
    let mut changed = String::with_capacity(text.len());
    let mut from = 0;
    let fixed = |kind: EntityKind| matches!(kind, EntityKind::Quoted | EntityKind::Speech | EntityKind::Sql);
    for entity in entities.iter().filter(|entity| fixed(entity.kind)) {
        changed.push_str(&change(&text[from..entity.span.start]));
        changed.push_str(&text[entity.span.clone()]);
        from = entity.span.end;
    }
    changed.push_str(&change(&text[from..]));
    changed
}

fn words_replaced(text: &str, table: &[(&str, &str)]) -> String {
    let replaced = |piece: &str| {
        let bare = piece.trim_matches(|c: char| !c.is_alphanumeric());
        let known = table.iter().find(|(typed, _)| bare.eq_ignore_ascii_case(typed));
        known.map_or_else(|| piece.to_owned(), |(_, word)| piece.replacen(bare, word, 1))
    };
    text.split_inclusive(char::is_whitespace)
        .map(|piece| {
            let word = piece.trim_end();
            format!("{}{}", replaced(word), &piece[word.len()..])
        })
        .collect()
}

fn turns_replaced(text: &str) -> String {
    TURNS.iter().fold(text.to_owned(), |text, (turn, plain)| match find(&text, turn) {
        Some(at) => format!("{}{plain}{}", &text[..at], &text[at + turn.len()..]),
        None => text,
    })
}

/// Where a lower-case phrase stands as words of its own, whatever its case.
fn find(text: &str, phrase: &str) -> Option<usize> {
    let lower = text.to_ascii_lowercase();
    let own = |at: &usize| {
        let before = text[..*at].chars().next_back();
        let behind = text[*at + phrase.len()..].chars().next();
        let ends = phrase.ends_with(char::is_whitespace);
        before.is_none_or(|c| !c.is_alphanumeric()) && (ends || behind.is_none_or(|c| !c.is_alphanumeric()))
    };
    lower.match_indices(phrase).map(|(at, _)| at).find(own)
}

/// "Once you know A, B" as "A, then B".
fn in_order(text: &str) -> String {
    for (opening, marks) in SEQUENCES {
        let Some(rest) = text.get(opening.len()..).filter(|_| find(text, opening) == Some(0)) else { continue };
        let entities = Entities::find(rest);
        let divide = marks.iter().find_map(|mark| Some((find_free(rest, mark, &entities)?, mark.len())));
        if let Some((at, len)) = divide {
            // "Once you have merged it": that is to be done first.
            let first = rest[..at].split_whitespace().next().unwrap_or_default();
            let verb = base(&first.to_lowercase()).filter(|_| opening.ends_with("have "));
            let done = verb.map_or_else(|| rest[..at].to_owned(), |verb| format!("{verb}{}", &rest[first.len()..at]));
            return format!("{done}, then {}", &rest[at + len..]);
        }
    }
    text.to_owned()
}

fn find_free(text: &str, mark: &str, entities: &Entities) -> Option<usize> {
    text.to_ascii_lowercase().match_indices(mark).map(|(at, _)| at).find(|at| !entities.cover(*at))
}

/// "Besides A I need B" as "A and B".
fn beside(text: &str) -> String {
    let openings = ["besides ", "apart from ", "in addition to ", "as well as ", "along with "];
    let Some(opening) = openings.iter().find(|opening| find(text, opening) == Some(0)) else { return text.to_owned() };
    let rest = &text[opening.len()..];
    let entities = Entities::find(rest);
    let marks = [", i also need ", ", i need ", " i also need ", " i need ", " i want ", ", i want ", ", "];
    let divide = marks.iter().find_map(|mark| Some((find_free(rest, mark, &entities)?, mark.len())));
    divide.map_or_else(|| text.to_owned(), |(at, len)| format!("{} and {}", &rest[..at], &rest[at + len..]))
}

/// Orders whose verb stands elsewhere: "let everyone in #a know 'x'", "use x
/// to do y", "a.md should contain 'x'".
fn with_verb_first(text: &str) -> String {
    if find(text, "let ") == Some(0)
        && let Some(at) = find(text, "know").filter(|at| *at > "let ".len())
    {
        let whom = text["let ".len()..at].trim_end();
        return format!("tell {whom}{}", text[at + "know".len()..].replacen(" that ", " ", 1));
    }
    let entities = Entities::find(text);
    if find(text, "use ") == Some(0)
        && let Some(at) = find_free(text, " to ", &entities).filter(|at| *at > "use ".len())
    {
        let (manner, order) = (&text["use ".len()..at], text[at + " to ".len()..].trim_end_matches(['.', '!']));
        return format!("{order} with {manner}");
    }
    if find(text, "make ") == Some(0)
        && let Some(path) = entities.of(EntityKind::Path).next().filter(|path| path.span.start == "make ".len())
        && entities.of(EntityKind::Quoted).next().is_some()
    {
        return format!("create the file {}", &text[path.span.start..]);
    }
    for opening in ["take the ", "take its ", "take that ", "pick the "] {
        if find(text, opening) == Some(0) {
            let thing = opening.split_whitespace().next_back().unwrap_or_default();
            return format!("get {thing} {}", &text[opening.len()..]);
        }
    }
    if find(text, "compare ") == Some(0)
        && let Some((at, mark)) =
            [" with ", " to ", " and "].iter().find_map(|mark| Some((find_free(text, mark, &entities)?, mark)))
    {
        return format!("show {} and {}", &text["compare ".len()..at], &text[at + mark.len()..]);
    }
    if find(text, "while you ") == Some(0)
        && let Some(at) = find_free(text, ", ", &entities)
    {
        let also = text[at + ", ".len()..].trim_start_matches("also ");
        return format!("{} and {also}", &text["while you ".len()..at]);
    }
    let contains = [" should contain ", " should say ", " should read ", " must contain ", " shall contain "];
    let said = contains.iter().find_map(|mark| Some((find_free(text, mark, &entities)?, mark.len())));
    if let Some((at, len)) = said
        && let (Some(path), Some(quoted)) = (
            entities.of(EntityKind::Path).find(|path| path.span.end <= at),
            entities.of(EntityKind::Quoted).find(|quoted| quoted.span.start >= at + len),
        )
    {
        let behind = &text[quoted.span.end..];
        return format!("write {} to {}{behind}", &text[quoted.span.clone()], path.value);
    }
    text.to_owned()
}

/// Remarks that say of what kind the numbers are: "merge 98 **(its a PR)**".
const REMARKS: &[&str] = &[
    "(its a ",
    "(it's a ",
    "its a ",
    "it's a ",
    "both are ",
    "they are all ",
    "theyre all ",
    "they're all ",
    "they are ",
    "theyre ",
    "they're ",
    "all are ",
    "i mean the ",
    "the ",
    "(",
];

/// A query whose bare numbers carry the noun that a remark gives them.
fn numbers_named(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let entities = Entities::find(text);
    let bare: Vec<usize> =
        entities.of(EntityKind::Number).map(|own| own.span.start).filter(|at| is_bare(text, *at)).collect();
    if bare.is_empty() {
        return text.to_owned();
    }
    for opening in REMARKS {
        for (at, _) in lower.match_indices(opening) {
            let behind = text[at + opening.len()..].trim_end_matches(['.', '?', '!', ' ']);
            let (noun, closes) = match (behind.strip_suffix(')'), behind.strip_suffix(" i mean")) {
                (Some(noun), _) => (noun, true),
                (None, Some(noun)) => (noun, true),
                (None, None) => (behind, false),
            };
            let noun = ["all of them", "both of them", "all three", "both"]
                .iter()
                .fold(noun, |noun, tail| noun.trim_end_matches(tail))
                .trim();
            let remarks = closes || !matches!(*opening, "the " | "(");
            let is_noun = !noun.is_empty() && noun.split_whitespace().count() <= 2 && Entities::find(noun).is_empty();
            if at == 0 || !remarks || !is_noun || entities.cover(at) {
                continue;
            }
            let one = noun.strip_suffix('s').unwrap_or(noun);
            let kept = text[..at].trim_end_matches([' ', ',', '-', '–', ':', ';', '(']);
            return bare
                .iter()
                .rev()
                .filter(|at| **at < kept.len())
                .fold(kept.to_owned(), |kept, at| format!("{}{one} {}", &kept[..*at], &kept[*at..]));
        }
    }
    text.to_owned()
}

/// Whether a number has no noun before it: it opens the text, or follows a
/// verb, a preposition or another number.
fn is_bare(text: &str, at: usize) -> bool {
    let before = text[..at].split_whitespace().next_back().unwrap_or_default();
    let word = before.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let verb = is_read_verb(&word) || is_action_verb(&word) || word.ends_with("ed");
    let preposition =
        matches!(word.as_str(), "" | "of" | "for" | "on" | "and" | "did" | "to" | "in" | "about" | "that" | "is");
    verb || preposition || before.ends_with(',') || word.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_in_plainer_words() {
        let rows = [
            ("has any1 said smth abt it", "has anyone said something about it"),
            ("post 'ask any1' in #a", "post 'ask any1' in #a"),
            ("tables: describe them one after another", "tables: describe them each"),
            ("Once you know who wrote task 5, look them up", "who wrote task 5, then look them up"),
            ("Once you have closed task 5, tell #a 'x'", "close task 5, then tell #a 'x'"),
            ("make a.md with 'x' in it", "create the file a.md with 'x' in it"),
            ("Begin with the tasks and end with the notes on the first", "the tasks, then the notes on the first"),
            ("Besides the notes of task 5 I need those of task 6", "the notes of task 5 and those of task 6"),
            ("Let everyone in #a know: 'x'", "tell everyone in #a: 'x'"),
            ("Use rebase to merge the change", "merge the change with rebase"),
            ("The file notes/a.md should contain 'b'; please create it.", "write 'b' to notes/a.md; please create it."),
            ("who merged 98 (its a PR)", "who merged PR 98"),
            ("first merge 123 and after that 122, both are PRs", "first merge PR 123 and after that PR 122"),
            ("who merged 117? the PR i mean", "who merged PR 117?"),
            ("the last 5 notes on the task", "the last 5 notes on the task"),
            ("Take the title of task 5 and look for it", "get the title of task 5 and look for it"),
            ("compare a.md with b.md", "show a.md and b.md"),
            ("who is in the #a channel", "the members of the #a channel"),
            ("who is in charge", "who is in charge"),
            ("who last touched a.md", "the commits to a.md"),
            ("use the first", "use the first"),
            ("list a, then show b", "list a, then show b"),
        ];
        for (query, expected) in rows {
            assert_eq!(plainly(query), expected);
        }
    }
}
