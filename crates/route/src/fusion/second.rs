//! What speaks for a tool beside the others: a second look at the first few.
//!
//! The first look compares each tool with the query. The second sees the list
//! that came of it: who is ahead, of the same server or another, for the same
//! part of the query or another, and what of the query nobody ahead covers.

use crate::asked::Asked;
use crate::dense::similarity;
use crate::fusion::shortlist::Shortlist;
use crate::fusion::signs::{Look, SIGNS};
use crate::fusion::verdict::{Ranked, shared};
use crate::library::Library;

/// How many tools are looked at twice.
pub(crate) const LOOKED_AT_TWICE: usize = 32;

/// How many signs the second look adds.
const ADDED: usize = 22;

/// How many signs a tool has at the second look.
pub(crate) const SECOND_SIGNS: usize = SIGNS + ADDED;

/// What speaks for a tool at the second look: what did at the first, and how
/// it stands to the others.
pub(crate) type SecondSigns = [f32; SECOND_SIGNS];

/// The signs of the first [`LOOKED_AT_TWICE`] of a ranking, in its order.
pub(crate) fn second_signs(
    asked: &Asked,
    library: &Library,
    shortlist: &Shortlist,
    looks: &[Look],
    ranked: &[Ranked],
) -> Vec<SecondSigns> {
    let listed = &ranked[..ranked.len().min(LOOKED_AT_TWICE)];
    let Some(&(_, best)) = listed.first() else { return Vec::new() };
    let tool = |at: usize| shortlist.tools[at] as usize;
    let server = |at: usize| library.shelf_of[tool(at)];
    let weight = |score: f32| (score - best).exp();
    let total: f32 = listed.iter().map(|(_, score)| weight(*score)).sum();
    let behind = |rank: usize| listed.get(rank).map_or(FAR, |(_, other)| best - other);
    let mut covered = vec![0.0_f32; asked.words.len()];
    let first_cover = &looks[listed[0].0].cover;
    let mut all = Vec::with_capacity(listed.len());
    for (rank, &(at, score)) in listed.iter().enumerate() {
        let look = &looks[at];
        let ahead = &listed[..rank];
        let own_server = || listed.iter().filter(|(other, _)| server(*other) == server(at));
        let server_best = own_server().map(|(_, other)| *other).fold(f32::MIN, f32::max);
        let same_part = || ahead.iter().filter(|(other, _)| looks[*other].part == look.part);
        let part_best = same_part().map(|(_, other)| *other).fold(score, f32::max);
        let nearest = |like: &dyn Fn(usize) -> f32, same: bool| {
            let others = ahead.iter().filter(|(other, _)| (server(*other) == server(at)) == same);
            others.map(|(other, _)| like(tool(*other))).fold(0.0, f32::max)
        };
        let whole = |other: usize| similarity(&library.wholes[tool(at)], &library.wholes[other]);
        let name = |other: usize| similarity(&library.names[tool(at)], &library.names[other]);
        let words = |other: usize| shared(library, tool(at), other);
        let gained = |before: &[f32]| {
            let gains = look.cover.iter().zip(before).zip(&asked.words);
            gains.map(|((own, before), word)| (own - before).max(0.0) * word.rarity).sum::<f32>() / asked.mass
        };
        let added: [f32; ADDED] = [
            score,
            score - best,
            (1.0 + rank as f32).ln(),
            score - server_best,
            (1.0 + ahead.iter().filter(|(other, _)| server(*other) == server(at)).count() as f32).ln(),
            server_best - best,
            own_server().map(|(_, other)| weight(*other)).sum::<f32>() / total,
            own_server()
                .take_while(|(other, _)| listed[..listed.len().min(10)].iter().any(|(own, _)| own == other))
                .count() as f32,
            score - part_best,
            (1.0 + same_part().count() as f32).ln(),
            nearest(&whole, true),
            nearest(&whole, false),
            nearest(&name, true),
            nearest(&name, false),
            nearest(&words, true),
            nearest(&words, false),
            score - listed.get(rank + 1).map_or(score - FAR, |(_, next)| *next),
            behind(1),
            behind(4),
            gained(&covered),
            gained(first_cover),
            weight(score) / total,
        ];
        let mut signs = [0.0; SECOND_SIGNS];
        signs[..SIGNS].copy_from_slice(&look.signs);
        signs[SIGNS..].copy_from_slice(&added);
        all.push(signs);
        for (sum, own) in covered.iter_mut().zip(&look.cover) {
            *sum = sum.max(*own);
        }
    }
    all
}

/// How far behind a tool is that does not exist.
pub(super) const FAR: f32 = 20.0;
