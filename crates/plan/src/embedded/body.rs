//! What is written or sent, where it is another tool's result.
//!
//! "Save **the diff of PR 122** as a.diff": what stands between the verb and
//! the place asks for something by itself. It is fetched first, and the text
//! that is written is what it yields, as it came.

use catalog::{JsonType, JsonTypes, Tool};
use route::{Entities, EntityKind, terms};

use super::choose::{Choosing, Fit, choose};
use super::drawn::{Drawn, Why};
use super::link::{Linked, members};
use super::mood;
use super::sketch::{Sketch, call};
use super::words::{Filling, Takes, Words, takes};
use crate::MAX_STEPS;
use crate::draft::DraftBinding;

impl Sketch<'_> {
    /// Draws the step whose result a tool is to write, when the clause names
    /// one and the text is all that the tool lacks.
    pub(super) fn draw_body(&mut self, words: &Words<'_>, tool: &Tool, filling: &Filling) -> Option<Linked> {
        let lacking = filling.lacks(tool);
        let [body] = lacking.as_slice() else { return None };
        if tool.effect.is_read_only() || takes(body) != Takes::Body || self.steps.len() + 2 > MAX_STEPS {
            return None;
        }
        let object = object(words.clause)?;
        let entities = Entities::find(object);
        let asked = Words { clause: object, entities: &entities, antecedent: None, facts: self.facts };
        let Choosing::Chosen(source, own) = choose(&asked, self.router, &|_, _| Fit::Alone) else { return None };
        if !source.effect.is_read_only() || !own.lacks(&source).is_empty() {
            return None;
        }
        let id = self.next_id();
        let hole = text_member(&source).map_or_else(|| format!("{{{{{id}}}}}"), |path| format!("{{{{{id}:{path}}}}}"));
        let step = call(&id, &source, own).with_purpose(object);
        let drawn = self.push(Drawn::new(step, Some(source), Why::Named));
        drawn.then(|| Linked { over: None, args: vec![(body.name.clone(), DraftBinding::Template(hole))], list: None })
    }
}

/// What an order is about: behind its verb, before the place.
fn object(clause: &str) -> Option<&str> {
    mood::order(clause)?;
    let entities = Entities::find(clause);
    let base = clause.as_ptr() as usize;
    let words: Vec<(usize, &str)> =
        clause.split_whitespace().map(|word| (word.as_ptr() as usize - base, word)).collect();
    let is_place = |at: usize| {
        let next = words.get(at + 1..)?.iter().take(PLACE_WORDS).find(|(start, _)| entities.cover(*start))?.0;
        let place = |kind: EntityKind| matches!(kind, EntityKind::Path | EntityKind::Hashtag | EntityKind::Handle);
        entities.iter().find(|entity| entity.span.contains(&next) && place(entity.kind))
    };
    let opens = |at: &usize| {
        let (start, word) = words[*at];
        let says = matches!(word, "as" | "to" | "into" | "in" | "on" | "under" | "with" | "at");
        says && !entities.cover(start) && is_place(*at).is_some()
    };
    let end = words.get((2..words.len()).rfind(opens)?)?.0;
    let begin = words.get(1)?.0;
    let object = clause.get(begin..end)?.trim();
    (!terms(object).is_empty()).then_some(object)
}

/// How many words may stand between the preposition and the place: "into the
/// file **a.md**".
const PLACE_WORDS: usize = 3;

/// The member that holds a result's text, if one does.
fn text_member(tool: &Tool) -> Option<String> {
    let is_text = |schema: &serde_json::Value| JsonTypes::of_schema(schema).admits(JsonType::String);
    let found = members(tool).into_iter().find(|(path, schema, listed)| {
        !listed && is_text(schema) && matches!(path.as_str(), "/content" | "/text" | "/patch" | "/diff")
    });
    found.map(|(path, ..)| path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_about_something() {
        let rows = [
            ("Save the diff of PR 122 as notes/122.diff.txt", Some("the diff of PR 122")),
            ("dump the notes of task 5 into the file a.md", Some("the notes of task 5")),
            ("post the open tasks in #general", Some("the open tasks")),
            ("write 'x' to a.md", None),
            ("merge PR 122", None),
            ("show the diff in a.md", None),
        ];
        for (clause, expected) in rows {
            assert_eq!(object(clause), expected, "{clause}");
        }
    }
}
