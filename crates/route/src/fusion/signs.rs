//! What speaks for a tool on the shortlist.

use crate::asked::Asked;
use crate::candidate::Field;
use crate::dense::similarity;
use crate::fusion::shortlist::{Shortlist, Sighting};
use crate::fusion::soft::Soft;
use crate::lexical::Key;
use crate::library::Library;

/// How many signs there are.
pub(crate) const SIGNS: usize = 34;

/// What speaks for a tool, in the order in which the fusion was trained:
/// see [`signs`].
pub(crate) type Signs = [f32; SIGNS];

/// The signs of every tool on the shortlist.
pub(crate) fn signs(asked: &Asked, library: &Library, shortlist: &Shortlist) -> Vec<Signs> {
    let mut soft = Soft::new(asked, library);
    let best = Best::of(shortlist);
    let clause_best: Vec<Best> = shortlist.clauses.iter().map(|seen| Best::among(seen)).collect();
    let ranks_meaning = ranks(shortlist, |seen| seen.meaning);
    let ranks_words = ranks(shortlist, |seen| seen.words);
    let servers = ServerSigns::of(asked, library, shortlist);
    let mut all = Vec::with_capacity(shortlist.tools.len());
    for (at, &tool) in shortlist.tools.iter().enumerate() {
        let place = tool as usize;
        let seen = shortlist.whole[place];
        let detail = &library.details[place];
        let shelf = library.shelf_of[place] as usize;
        let found = found(asked, library, tool);
        let named = soft.meeting(&detail.name_words);
        let body = soft.meeting(&detail.body_words);
        let name_likeness = similarity(&asked.direction, &library.names[place]);
        let clause = clause_signs(tool, asked, library, shortlist, &clause_best, seen, &best);
        all.push([
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
        ]);
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
fn ranks(shortlist: &Shortlist, by: impl Fn(Sighting) -> f32) -> Vec<f32> {
    let values: Vec<f32> = shortlist.tools.iter().map(|&tool| by(shortlist.whole[tool as usize])).collect();
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    let mut ranks = vec![0.0; values.len()];
    for (rank, at) in order.into_iter().enumerate() {
        ranks[at] = (1.0 + rank as f32).ln();
    }
    ranks
}

/// Which of the query's words stand in a tool, literally.
struct Found {
    /// Their share, by rarity.
    share: f32,
    /// The share of those that stand in its name.
    in_name: f32,
    /// The share of its name's words, by rarity, that the query says.
    name_said: f32,
    /// What the rarest word counts that it lacks and another tool has.
    rarest_missed: f32,
}

fn found(asked: &Asked, library: &Library, tool: u32) -> Found {
    let mut found = Found { share: 0.0, in_name: 0.0, name_said: 0.0, rarest_missed: 0.0 };
    for word in &asked.words {
        let postings = library.postings.of_word(word.stem);
        match postings.binary_search_by_key(&tool, |posting| posting.thing) {
            Ok(at) => {
                found.share += word.rarity;
                if postings[at].field == Field::Name {
                    found.in_name += word.rarity;
                }
            }
            Err(_) if !postings.is_empty() => found.rarest_missed = found.rarest_missed.max(word.rarity),
            Err(_) => {}
        }
    }
    let name_mass: f32 = name_mass(library, tool);
    found.name_said = ratio(found.in_name, name_mass).min(1.0);
    found.share /= asked.mass;
    found.in_name /= asked.mass;
    found
}

fn name_mass(library: &Library, tool: u32) -> f32 {
    let words = &library.details[tool as usize].name_words;
    words.iter().map(|&word| library.word_rarities[word as usize]).sum()
}

/// How a tool looks to the part of the query that it suits best.
struct ClauseSigns {
    meaning: f32,
    meaning_behind: f32,
    words: f32,
    words_behind: f32,
    both_behind: f32,
    name: f32,
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
    };
    for ((clause, seen), best) in asked.clauses.iter().zip(&shortlist.clauses).zip(best) {
        let own = seen[place];
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
