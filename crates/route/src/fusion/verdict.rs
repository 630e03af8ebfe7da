//! What speaks for a whole ranking: that anything on it serves the query, and
//! that several would do alike.

use crate::asked::Asked;
use crate::dense::similarity;
use crate::fusion::second::FAR;
use crate::fusion::shortlist::Shortlist;
use crate::fusion::signs::{Look, SIGNS};
use crate::library::Library;

/// How many signs a verdict is made of.
pub(crate) const VERDICT_SIGNS: usize = SIGNS + GREATEST.len() + 24 + 5 * RIVALS + 8;

/// Signs of which the greatest on the shortlist counts too, whichever tool
/// has it.
const GREATEST: [usize; 14] = [0, 2, 3, 5, 7, 8, 13, 14, 15, 16, 34, 37, 39, 53];

/// How far behind the best, in fused score, a tool still counts as near.
const NEAR: [f32; 3] = [0.25, 0.75, 1.5];

/// How many other servers' best tools are held against the best.
const RIVALS: usize = 3;

/// What of the query a tool may cover alone and still do as well as one that
/// does not.
const NEGLIGIBLE: f32 = 0.15;

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
    looks: &[Look],
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
    all.extend(looks[best].signs);
    all.extend(GREATEST.map(|sign| looks.iter().map(|own| own.signs[sign]).fold(f32::MIN, f32::max)));
    all.extend([score, behind(1), behind(2), behind(4), behind(9)]);
    all.extend(NEAR.map(|within| near(within).count() as f32));
    all.extend(NEAR.map(near_servers));
    all.push(unknown / asked.mass);
    all.extend(match rival {
        None => [FAR, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        Some((at, other)) => {
            let (a, b) = (&looks[best].signs, &looks[at].signs);
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
    let mut servers = vec![server(best)];
    let mut rivals = Vec::new();
    for &(at, other) in ranked {
        if rivals.len() < RIVALS && !servers.contains(&server(at)) {
            servers.push(server(at));
            rivals.push((at, other));
        }
    }
    let mass = |of: &dyn Fn(usize) -> f32| {
        asked.words.iter().enumerate().map(|(word, own)| of(word) * own.rarity).sum::<f32>() / asked.mass
    };
    let mut equals = 0.0;
    let mut least_alone = 1.0_f32;
    for rank in 0..RIVALS {
        let Some(&(at, other)) = rivals.get(rank) else {
            all.extend([FAR, 1.0, 0.0, 0.0, 0.0]);
            continue;
        };
        let (own, its) = (&looks[best].cover, &looks[at].cover);
        let alone = mass(&|word| (own[word] - its[word]).max(0.0));
        if alone < NEGLIGIBLE && score - other < NEAR[2] {
            equals += 1.0;
        }
        least_alone = least_alone.min(alone);
        all.extend([
            score - other,
            alone,
            mass(&|word| own[word].min(its[word])),
            mass(&|word| (its[word] - own[word]).max(0.0)),
            shared(library, tool(best), tool(at)),
        ]);
    }
    let weight = |other: f32| (other - score).exp();
    let total: f32 = ranked.iter().map(|(_, other)| weight(*other)).sum();
    let own_mass: f32 =
        ranked.iter().filter(|(at, _)| server(*at) == server(best)).map(|(_, other)| weight(*other)).sum();
    let rarest = asked.words.iter().map(|word| word.rarity).fold(0.0, f32::max);
    all.extend([
        equals,
        least_alone,
        mass(&|word| looks[best].cover[word]),
        own_mass / total,
        1.0 / total,
        looks[best]
            .cover
            .iter()
            .zip(&asked.words)
            .filter(|(_, word)| word.rarity >= rarest)
            .map(|(own, _)| *own)
            .fold(0.0, f32::max),
        asked.told / asked.words.len().max(1) as f32,
        mass(&|word| ranked.iter().take(10).map(|(at, _)| looks[*at].cover[word]).fold(0.0, f32::max)),
    ]);
    all.try_into().ok()
}

/// The share of the words of two tools' names that both have.
pub(super) fn shared(library: &Library, a: usize, b: usize) -> f32 {
    let (a, b) = (&library.details[a].name_words, &library.details[b].name_words);
    let both = a.iter().filter(|word| b.contains(word)).count() as f32;
    let all = a.len() as f32 + b.len() as f32 - both;
    if all > 0.0 { both / all } else { 0.0 }
}
