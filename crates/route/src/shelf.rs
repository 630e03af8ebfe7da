//! One server's tools, read and ready to be searched.
//!
//! A shelf depends on its server alone. When one server's list changes, only
//! its shelf is read again.

use std::collections::HashMap;
use std::sync::Arc;

use catalog::{Parameter, Server, Tool};

use crate::action::{Action, first_action};
use crate::candidate::Field;
use crate::dense::{Table, Vector, pieces};
use crate::lexical::{Document, Key, Spoken, words};

/// How much of a tool's name, description and parameter names the vector of
/// the whole tool takes in, in word pieces, and what each counts.
const NAME: (usize, f32) = (16, 2.0);
const DESCRIPTION: (usize, f32) = (48, 1.0);
const PARAMETERS: (usize, f32) = (24, 0.5);

/// How many of a description's words are compared with the query's one by
/// one.
const MAX_BODY_WORDS: usize = 24;

/// Among how many of a description's first words the verb is looked for that
/// says what the tool does.
const WORDS_BEFORE_VERB: usize = 3;

/// The most bytes of a description that are read.
const MAX_DESCRIPTION_BYTES: usize = 2048;

/// A word as it is spelt, and its stem.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Word {
    pub(crate) form: Box<str>,
    pub(crate) stem: Key,
}

/// One tool, read.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) document: Document,
    /// The whole tool's direction.
    pub(crate) whole: Vector,
    /// Its name's direction.
    pub(crate) name: Vector,
    /// Its name's words, as places in the shelf's.
    pub(crate) name_words: Vec<u32>,
    /// Its description's first words, as places in the shelf's.
    pub(crate) body_words: Vec<u32>,
    /// What it does, and the word that says so, as a place in the shelf's.
    pub(crate) action: Option<(Action, u32)>,
}

/// One server's tools.
#[derive(Debug)]
pub(crate) struct Shelf {
    /// What it was read from: equal contents make equal shelves.
    contents: Vec<String>,
    pub(crate) words: Vec<Word>,
    pub(crate) tools: Vec<Read>,
    /// The words of the server's own name and tags.
    pub(crate) name_words: Vec<Key>,
    /// The words of the server's own text.
    pub(crate) document: Document,
    /// The direction of the server's own text.
    pub(crate) direction: Vector,
}

impl Shelf {
    /// Reads a server and its tools, or takes the shelf that was read from
    /// just these before.
    pub(crate) fn read(server: &Server, tools: &[Arc<Tool>], table: &Table, before: Option<&Arc<Self>>) -> Arc<Self> {
        let contents = contents(server, tools);
        if let Some(before) = before.filter(|before| before.contents == contents) {
            return Arc::clone(before);
        }
        Arc::new(Self::of(server, tools, table, contents, |tool| tool.examples.join(" ")))
    }

    /// Reads them as if the operator had given no examples.
    pub(crate) fn without_examples(server: &Server, tools: &[Arc<Tool>], table: &Table) -> Arc<Self> {
        Arc::new(Self::of(server, tools, table, Vec::new(), |_| String::new()))
    }

    fn of(
        server: &Server,
        tools: &[Arc<Tool>],
        table: &Table,
        contents: Vec<String>,
        examples: impl Fn(&Tool) -> String,
    ) -> Self {
        let mut spelt = Spelling::default();
        let tools = tools.iter().map(|tool| spelt.read(tool, table, &examples(tool))).collect();
        let names = server_names(server);
        let said = format!("{names} {}", cut(&server.description));
        let own_words = words(&said);
        let direction = table.mean(pieces(&said, DESCRIPTION.0).into_iter().map(|piece| (piece, 1.0)));
        let mut name_words: Vec<Key> = words(&names).iter().map(|word| word.stem).collect();
        name_words.sort_unstable();
        name_words.dedup();
        let document = Document::of(&[(Field::Description, own_words)]);
        Self { contents, words: spelt.words, tools, name_words, document, direction }
    }
}

fn contents(server: &Server, tools: &[Arc<Tool>]) -> Vec<String> {
    let own = [server.id.to_string(), server.title.clone(), server.description.clone(), server.tags.join("\n")];
    let said = |tool: &Arc<Tool>| format!("{} {}", tool.fingerprint, tool.examples.join("\n"));
    own.into_iter().chain(tools.iter().map(said)).collect()
}

fn server_names(server: &Server) -> String {
    let id = server.id.to_string();
    let own = if server.title.is_empty() || server.title == id { id } else { format!("{id} {}", server.title) };
    format!("{own} {}", server.tags.join(" "))
}

/// The words seen so far.
#[derive(Default)]
struct Spelling {
    places: HashMap<Word, u32>,
    words: Vec<Word>,
}

impl Spelling {
    fn read(&mut self, tool: &Tool, table: &Table, examples: &str) -> Read {
        let listing = &tool.listing;
        let title = listing.title.as_deref().unwrap_or_default();
        let description = cut(listing.description.as_deref().unwrap_or_default());
        let parameters: Vec<&str> = tool.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
        let parameters = parameters.join(" ");
        let about = tool.parameters.iter().map(parameter_text).collect::<Vec<String>>().join(" ");
        let (named, told) = (words(&listing.name), words(description));
        let name_words = self.places(&named, usize::MAX);
        let body_words = self.places(&told, MAX_BODY_WORDS);
        let action = self.action(&named, usize::MAX).or_else(|| self.action(&told, WORDS_BEFORE_VERB));
        let document = Document::of(&[
            (Field::Name, named),
            (Field::Title, words(title)),
            (Field::Example, words(examples)),
            (Field::Description, told),
            (Field::Parameter, words(&parameters)),
            (Field::ParameterText, words(&about)),
        ]);
        let weighed = |text: &str, (limit, weight): (usize, f32)| {
            pieces(text, limit).into_iter().map(move |piece| (piece, weight))
        };
        let named = weighed(&listing.name, NAME).chain(weighed(title, NAME));
        let named: Vec<(u32, f32)> = named.chain(weighed(examples, DESCRIPTION)).collect();
        let said = weighed(description, DESCRIPTION).chain(weighed(&parameters, PARAMETERS));
        Read {
            document,
            whole: table.mean(named.iter().copied().chain(said)),
            name: table.mean(weighed(&listing.name, NAME)),
            name_words,
            body_words,
            action,
        }
    }

    /// What the first verb among the first words says is done.
    fn action(&self, spoken: &[Spoken], among: usize) -> Option<(Action, u32)> {
        let (at, action) = first_action(&spoken[..spoken.len().min(among)])?;
        let word = Word { form: spoken[at].form.as_str().into(), stem: spoken[at].stem };
        self.places.get(&word).map(|&place| (action, place))
    }

    fn places(&mut self, spoken: &[Spoken], limit: usize) -> Vec<u32> {
        let mut found: Vec<u32> = Vec::new();
        for own in spoken {
            let word = Word { form: own.form.as_str().into(), stem: own.stem };
            let next = self.words.len() as u32;
            let place = *self.places.entry(word).or_insert_with_key(|word| {
                self.words.push(word.clone());
                next
            });
            if !found.contains(&place) && found.len() < limit {
                found.push(place);
            }
        }
        found
    }
}

fn parameter_text(parameter: &Parameter) -> String {
    format!("{} {}", cut(&parameter.description), parameter.choices().join(" "))
}

/// The beginning of a text, at most [`MAX_DESCRIPTION_BYTES`].
fn cut(text: &str) -> &str {
    text.get(..MAX_DESCRIPTION_BYTES).unwrap_or_else(|| {
        let end = (0..=MAX_DESCRIPTION_BYTES.min(text.len())).rev().find(|&at| text.is_char_boundary(at));
        &text[..end.unwrap_or(0)]
    })
}
