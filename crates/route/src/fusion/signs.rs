//! What speaks for a tool on the shortlist.

use crate::asked::{Asked, Sought};
use crate::candidate::Field;
use crate::dense::{Vector, similarity};
use crate::fusion::acts::Acts;
use crate::fusion::phrase::Phrase;
use crate::fusion::shortlist::{Shortlist, Sighting};
use crate::fusion::soft::Soft;
use crate::lexical::{Key, Posting};
use crate::library::Library;

/// How many signs there are.
pub(crate) const SIGNS: usize = 54;

/// What speaks for a tool, in the order in which the fusion was trained:
/// see [`signs`].
pub(crate) type Signs = [f32; SIGNS];

/// One tool, looked at.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    pub(crate) signs: Signs,
    /// The part of the query that it suits best.
    pub(crate) part: Option<usize>,
    /// By word of the query: how far the tool has it or one like it, 0 to 1.
    pub(crate) cover: Vec<f32>,
}

/// What speaks for every tool on the shortlist.
pub(crate) fn looks(asked: &Asked, library: &Library, shortlist: &Shortlist) -> Vec<Look> {
    let mut soft = Soft::new(asked, library);
    let best = Best::of(shortlist);
    let clause_best: Vec<Best> = shortlist.clauses.iter().map(|seen| Best::among(seen)).collect();
    let ranks_meaning = ranks(shortlist, |tool| shortlist.whole[tool].meaning);
    let ranks_words = ranks(shortlist, |tool| shortlist.whole[tool].words);
    let servers = ServerSigns::of(asked, library, shortlist);
    let places = Places::of(asked, library, shortlist, servers.named.iter().copied().fold(0.0, f32::max));
    let postings: Vec<&[Posting]> = asked.words.iter().map(|word| library.postings.of_word(word.stem)).collect();
    let (mut literal, mut in_name, mut in_body) = (Vec::new(), Vec::new(), Vec::new());
    let mut object: Vec<u32> = Vec::new();
    let mut all = Vec::with_capacity(shortlist.tools.len());
    for (at, &tool) in shortlist.tools.iter().enumerate() {
        let place = tool as usize;
        let seen = shortlist.whole[place];
        let detail = &library.details[place];
        let shelf = library.shelf_of[place] as usize;
        let found = found(asked, &postings, detail.name_mass, tool, &mut literal);
        let named = soft.meeting(&detail.name_words, &mut in_name);
        let body = soft.meeting(&detail.body_words, &mut in_body);
        let name_likeness = similarity(&asked.direction, &library.names[place]);
        let clause = clause_signs(tool, asked, library, shortlist, &clause_best, seen, &best);
        let parts = soft.parts(&detail.name_words);
        let body_parts = soft.parts(&detail.body_words);
        object.clear();
        object.extend(detail.name_words.iter().filter(|word| detail.action.is_none_or(|(_, verb)| verb != **word)));
        let acts = Acts::of(asked, library, detail, clause.best);
        let phrase = Phrase::of(asked, library, detail);
        let on_shelf = &library.shelves[shelf].1.name_words;
        let stands =
            |(word, own): (&Sought, &bool)| f32::from(u8::from(*own || on_shelf.binary_search(&word.stem).is_ok()));
        let stood = asked.words.iter().zip(&literal).map(stands);
        let cover = stood.zip(in_name.iter().zip(&in_body)).map(|(own, (a, b))| own.max(*a).max(*b)).collect();
        let signs = [
            seen.words,
            ratio(seen.words, best.words),
            found.share,
            found.in_name,
            found.name_said,
            seen.meaning,
            seen.meaning - best.meaning,
            name_likeness,
            clause.meaning,
            clause.meaning_behind,
            clause.words,
            clause.words_behind,
            clause.both_behind,
            named.asked,
            named.told,
            body.asked,
            body.told,
            named.asked.max(body.asked),
            servers.named[shelf],
            servers.words[shelf],
            servers.meaning[shelf],
            shortlist.servers[shelf],
            shortlist.servers[shelf] - best.server,
            servers.second[shelf] - best.server,
            seen.both() - best.both,
            ranks_meaning[at],
            ranks_words[at],
            seen.both() - shortlist.servers[shelf],
            found.rarest_missed,
            detail.name_words.len() as f32,
            asked.words.len() as f32,
            asked.clauses.len() as f32,
            (library.wholes.len() as f32).ln(),
            clause.name,
            parts.told,
            parts.asked,
            parts.asked.max(body_parts.asked),
            named.telling.max(body.telling),
            named.telling,
            found.telling,
            acts.suits,
            acts.any,
            acts.likeness,
            acts.own,
            acts.ordered,
            soft.parts(&object).told,
            servers.named[shelf] - places.most_named,
            found.in_description,
            found.in_parameters,
            places.in_clause[at],
            places.name_behind_in_clause[at],
            name_likeness - places.best_name,
            phrase.name_run,
            phrase.pairs,
        ];
        all.push(Look { signs, part: clause.best, cover });
    }
    all
}

fn ratio(own: f32, best: f32) -> f32 {
    if best > 0.0 { own / best } else { 0.0 }
}

/// The best of each sort at first sight.
struct Best {
    words: f32,
    meaning: f32,
    both: f32,
    server: f32,
}

impl Best {
    fn of(shortlist: &Shortlist) -> Self {
        let server = shortlist.servers.iter().copied().fold(0.0, f32::max);
        Self { server, ..Self::among(&shortlist.whole) }
    }

    fn among(seen: &[Sighting]) -> Self {
        let most = |by: fn(&Sighting) -> f32| seen.iter().map(by).fold(f32::MIN, f32::max);
        Self { words: most(|s| s.words), meaning: most(|s| s.meaning), both: most(|s| s.both()), server: 0.0 }
    }
}

/// Each listed tool's place by one sign, as ln(1 + place).
fn ranks(shortlist: &Shortlist, by: impl Fn(usize) -> f32) -> Vec<f32> {
    let values: Vec<f32> = shortlist.tools.iter().map(|&tool| by(tool as usize)).collect();
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    let mut ranks = vec![0.0; values.len()];
    for (rank, at) in order.into_iter().enumerate() {
        ranks[at] = (1.0 + rank as f32).ln();
    }
    ranks
}

/// Which of the query's words stand in a tool, literally.
#[derive(Default)]
struct Found {
    /// Their share, by rarity.
    share: f32,
    /// The share of those that stand in its name.
    in_name: f32,
    /// The share of its name's words, by rarity, that the query says.
    name_said: f32,
    /// What the rarest word counts that it lacks and another tool has.
    rarest_missed: f32,
    /// Their share by how much they tell.
    telling: f32,
    /// The share of those that stand in its description, and nowhere before.
    in_description: f32,
    /// The share of those that stand in its parameters only.
    in_parameters: f32,
}

/// `postings`: those of each of the query's words. `literal` becomes, by word,
/// whether it stands in the tool.
fn found(asked: &Asked, postings: &[&[Posting]], name_mass: f32, tool: u32, literal: &mut Vec<bool>) -> Found {
    let mut found = Found::default();
    literal.clear();
    for (word, postings) in asked.words.iter().zip(postings) {
        let place = postings.binary_search_by_key(&tool, |posting| posting.thing);
        literal.push(place.is_ok());
        match place {
            Ok(at) => {
                found.share += word.rarity;
                found.telling += word.told;
                match postings[at].field {
                    Field::Name => found.in_name += word.rarity,
                    Field::Description => found.in_description += word.rarity,
                    Field::Parameter | Field::ParameterText => found.in_parameters += word.rarity,
                    _ => {}
                }
            }
            Err(_) if !postings.is_empty() => found.rarest_missed = found.rarest_missed.max(word.rarity),
            Err(_) => {}
        }
    }
    found.name_said = ratio(found.in_name, name_mass).min(1.0);
    found.share /= asked.mass;
    found.in_name /= asked.mass;
    found.in_description /= asked.mass;
    found.in_parameters /= asked.mass;
    found.telling /= asked.told;
    found
}

/// How a tool looks to the part of the query that it suits best.
struct ClauseSigns {
    meaning: f32,
    meaning_behind: f32,
    words: f32,
    words_behind: f32,
    both_behind: f32,
    name: f32,
    /// Which part it suits best at first sight.
    best: Option<usize>,
}

fn clause_signs(
    tool: u32,
    asked: &Asked,
    library: &Library,
    shortlist: &Shortlist,
    best: &[Best],
    whole: Sighting,
    whole_best: &Best,
) -> ClauseSigns {
    let place = tool as usize;
    let mut signs = ClauseSigns {
        meaning: whole.meaning,
        meaning_behind: whole.meaning - whole_best.meaning,
        words: whole.words,
        words_behind: whole.words - whole_best.words,
        both_behind: whole.both() - whole_best.both,
        name: similarity(&asked.direction, &library.names[place]),
        best: None,
    };
    let mut greatest = f32::MIN;
    for (at, ((clause, seen), best)) in asked.clauses.iter().zip(&shortlist.clauses).zip(best).enumerate() {
        let own = seen[place];
        if own.both() > greatest {
            greatest = own.both();
            signs.best = Some(at);
        }
        signs.meaning = signs.meaning.max(own.meaning);
        signs.meaning_behind = signs.meaning_behind.max(own.meaning - best.meaning);
        signs.words = signs.words.max(own.words);
        signs.words_behind = signs.words_behind.max(own.words - best.words);
        signs.both_behind = signs.both_behind.max(own.both() - best.both);
        signs.name = signs.name.max(similarity(&clause.direction, &library.names[place]));
    }
    signs
}

/// What speaks for each server.
struct ServerSigns {
    /// The share of its name's words, by rarity, that the query says.
    named: Vec<f32>,
    /// The share of the query's words that its own text has, saturated.
    words: Vec<f32>,
    /// How like its own text the query is.
    meaning: Vec<f32>,
    /// Its second best tool at first sight.
    second: Vec<f32>,
}

impl ServerSigns {
    fn of(asked: &Asked, library: &Library, shortlist: &Shortlist) -> Self {
        let count = library.shelves.len();
        let mut words = vec![0.0; count];
        for word in &asked.words {
            for posting in library.server_postings.of_word(word.stem) {
                words[posting.thing as usize] += word.rarity * posting.gain / asked.mass;
            }
        }
        let rarity = |word: Key| asked.words.iter().find(|sought| sought.stem == word).map(|sought| sought.rarity);
        let named = |names: &[Key]| {
            let said: f32 = names.iter().filter_map(|&word| rarity(word)).sum();
            let missed = names.iter().filter(|&&word| rarity(word).is_none()).count() as f32;
            said / (said + missed * MISSED_NAME_RARITY + f32::EPSILON)
        };
        let mut second = vec![0.0_f32; count];
        let mut first = vec![0.0_f32; count];
        for (seen, &shelf) in shortlist.whole.iter().zip(&library.shelf_of) {
            let (at, own) = (shelf as usize, seen.both());
            if own > first[at] {
                second[at] = first[at];
                first[at] = own;
            } else {
                second[at] = second[at].max(own);
            }
        }
        Self {
            named: library.shelves.iter().map(|(_, shelf)| named(&shelf.name_words)).collect(),
            words,
            meaning: library.server_directions.iter().map(|own| similarity(&asked.direction, own)).collect(),
            second,
        }
    }
}

/// What a word of a server's name counts that the query does not say:
/// "server" and "MCP" are common, most others are not.
const MISSED_NAME_RARITY: f32 = 3.0;

/// How the tools of the shortlist stand to each other, part by part.
struct Places {
    /// By tool: its best place in any part, as ln(1 + place).
    in_clause: Vec<f32>,
    /// By tool: how far its name's likeness is behind the most like one, in
    /// the part in which it is least so.
    name_behind_in_clause: Vec<f32>,
    best_name: f32,
    most_named: f32,
}

impl Places {
    fn of(asked: &Asked, library: &Library, shortlist: &Shortlist, most_named: f32) -> Self {
        let count = shortlist.tools.len();
        let name = |direction: &Vector| -> Vec<f32> {
            shortlist.tools.iter().map(|&tool| similarity(direction, &library.names[tool as usize])).collect()
        };
        let greatest = |values: &[f32]| values.iter().copied().fold(f32::MIN, f32::max);
        let whole = name(&asked.direction);
        let best_name = greatest(&whole);
        let mut in_clause = vec![f32::MAX; count];
        let mut name_behind = vec![f32::MIN; count];
        for (clause, seen) in asked.clauses.iter().zip(&shortlist.clauses) {
            let names = name(&clause.direction);
            let best = greatest(&names);
            for (behind, own) in name_behind.iter_mut().zip(&names) {
                *behind = behind.max(own - best);
            }
            for (place, own) in in_clause.iter_mut().zip(ranks(shortlist, |tool| seen[tool].both())) {
                *place = place.min(own);
            }
        }
        if asked.clauses.is_empty() {
            in_clause = ranks(shortlist, |tool| shortlist.whole[tool].both());
            name_behind = whole.iter().map(|own| own - best_name).collect();
        }
        Self { in_clause, name_behind_in_clause: name_behind, best_name, most_named }
    }
}
