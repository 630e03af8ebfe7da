//! What speaks for a server: its tools together, and its own text.

use crate::asked::Asked;
use crate::fusion::shortlist::Shortlist;
use crate::fusion::signs::Look;
use crate::fusion::verdict::Ranked;
use crate::library::Library;

/// How many signs a server has.
pub(crate) const SERVER_SIGNS: usize = 20;

/// The most servers that are compared.
const MOST: usize = 24;

/// A fused score below which a tool says nothing for its server.
const INDIFFERENT: f32 = -3.0;

/// What speaks for a server.
pub(crate) type ServerSigns = [f32; SERVER_SIGNS];

/// Where the signs stand, in those of its best tool, that are the server's own.
const OWN_SIGNS: [usize; 6] = [18, 19, 20, 21, 22, 46];

/// The servers of a ranking in the order of their best tools, each with its
/// signs.
pub(crate) fn server_signs(
    asked: &Asked,
    library: &Library,
    shortlist: &Shortlist,
    looks: &[Look],
    ranked: &[Ranked],
) -> Vec<(u32, ServerSigns)> {
    let Some(&(_, best)) = ranked.first() else { return Vec::new() };
    let server = |at: usize| library.shelf_of[shortlist.tools[at] as usize];
    let mut order: Vec<u32> = Vec::new();
    for (at, _) in ranked {
        if order.len() < MOST && !order.contains(&server(*at)) {
            order.push(server(*at));
        }
    }
    let total: f32 = ranked.iter().map(|(_, score)| (score - best).exp()).sum();
    let winners: Vec<u32> = (0..asked.clauses.len())
        .filter_map(|part| ranked.iter().find(|(at, _)| looks[*at].part == Some(part)).map(|(at, _)| server(*at)))
        .collect();
    let of = |own: u32| {
        let tools: Vec<Ranked> = ranked.iter().filter(|(at, _)| server(*at) == own).copied().collect();
        let score = |rank: usize| tools.get(rank).map_or(best - super::second::FAR, |(_, score)| *score);
        let first = &looks[tools[0].0];
        let mut cover = vec![0.0_f32; asked.words.len()];
        for (at, _) in tools.iter().take(4) {
            for (sum, own) in cover.iter_mut().zip(&looks[*at].cover) {
                *sum = sum.max(*own);
            }
        }
        let covered: f32 = cover.iter().zip(&asked.words).map(|(own, word)| own * word.rarity).sum();
        let others: f32 = tools.iter().skip(1).take(2).map(|(_, score)| (score - INDIFFERENT).max(0.0)).sum();
        let mut signs = [0.0; SERVER_SIGNS];
        for (sign, at) in signs.iter_mut().zip(OWN_SIGNS) {
            *sign = first.signs[at];
        }
        let rest = [
            score(0),
            score(0) - best,
            score(1) - best,
            score(2) - best,
            tools.iter().map(|(_, score)| (score - best).exp()).sum::<f32>() / total,
            others,
            tools.iter().filter(|(at, _)| ranked[..ranked.len().min(10)].iter().any(|(other, _)| other == at)).count()
                as f32,
            tools.iter().filter(|(_, score)| best - score < 1.5).count() as f32,
            winners.iter().filter(|winner| **winner == own).count() as f32 / winners.len().max(1) as f32,
            covered / asked.mass,
            first.signs[2],
            first.signs[13],
            asked.clauses.len() as f32,
            (order.len() as f32).ln(),
        ];
        signs[OWN_SIGNS.len()..].copy_from_slice(&rest);
        signs
    };
    order.iter().map(|&own| (own, of(own))).collect()
}
