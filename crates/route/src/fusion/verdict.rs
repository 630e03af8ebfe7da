//! What speaks for a whole ranking: that anything on it serves the query, and
//! that several would do alike.

use crate::asked::Asked;
use crate::dense::similarity;
use crate::fusion::shortlist::Shortlist;
use crate::fusion::signs::{SIGNS, Signs};
use crate::library::Library;

/// How many signs a verdict is made of.
pub(crate) const VERDICT_SIGNS: usize = SIGNS + GREATEST.len() + 24;

/// Signs of which the greatest on the shortlist counts too, whichever tool
/// has it.
const GREATEST: [usize; 10] = [0, 2, 3, 5, 7, 8, 13, 14, 15, 16];

/// How far behind the best, in fused score, a tool still counts as near.
const NEAR: [f32; 3] = [0.25, 0.75, 1.5];

/// What speaks for a ranking, in the order in which the verdicts were
/// trained.
pub(crate) type VerdictSigns = [f32; VERDICT_SIGNS];

/// One tool of the ranking: its place on the shortlist, and its fused score.
pub(crate) type Ranked = (usize, f32);

/// The signs of a ranking, best tool first; none for an empty one.
pub(crate) fn verdict_signs(
    asked: &Asked,
    library: &Library,
    shortlist: &Shortlist,
    signs: &[Signs],
    ranked: &[Ranked],
) -> Option<VerdictSigns> {
    let &(best, score) = ranked.first()?;
    let tool = |at: usize| shortlist.tools[at] as usize;
    let server = |at: usize| library.shelf_of[tool(at)];
    let behind = |rank: usize| ranked.get(rank).map_or(FAR, |(_, other)| score - other);
    let rival = ranked.iter().find(|(at, _)| server(*at) != server(best)).copied();
    let near = |within: f32| ranked.iter().take_while(move |(_, other)| score - other <= within);
    let near_servers = |within: f32| {
        let mut servers: Vec<u32> = near(within).map(|(at, _)| server(*at)).collect();
        servers.sort_unstable();
        servers.dedup();
        servers.len() as f32
    };
    let unknown: f32 =
        asked.words.iter().filter(|word| library.postings.of_word(word.stem).is_empty()).map(|word| word.rarity).sum();
    let mut all = Vec::with_capacity(VERDICT_SIGNS);
    all.extend(signs[best]);
    all.extend(GREATEST.map(|sign| signs.iter().map(|own| own[sign]).fold(f32::MIN, f32::max)));
    all.extend([score, behind(1), behind(2), behind(4), behind(9)]);
    all.extend(NEAR.map(|within| near(within).count() as f32));
    all.extend(NEAR.map(near_servers));
    all.push(unknown / asked.mass);
    all.extend(match rival {
        None => [FAR, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        Some((at, other)) => {
            let (a, b) = (&signs[best], &signs[at]);
            let (own, its) = (tool(best), tool(at));
            [
                score - other,
                similarity(&library.wholes[own], &library.wholes[its]),
                similarity(&library.names[own], &library.names[its]),
                shared(library, own, its),
                a[0] - b[0],
                a[3] - b[3],
                a[5] - b[5],
                a[13] - b[13],
                a[15] - b[15],
                a[18] - b[18],
                a[20] - b[20],
                b[18],
            ]
        }
    });
    all.try_into().ok()
}

/// How far behind a tool is that does not exist.
const FAR: f32 = 20.0;

/// The share of the words of two tools' names that both have.
fn shared(library: &Library, a: usize, b: usize) -> f32 {
    let (a, b) = (&library.details[a].name_words, &library.details[b].name_words);
    let both = a.iter().filter(|word| b.contains(word)).count() as f32;
    let all = a.len() as f32 + b.len() as f32 - both;
    if all > 0.0 { both / all } else { 0.0 }
}
