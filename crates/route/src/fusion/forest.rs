//! Boosted regression trees, asked of many rows at once.
//!
//! A tree is not walked. Every fork says which leaves are out of reach for a
//! row above its threshold; what is left of all leaves when every fork was
//! asked begins with the leaf that the row comes to (Lucchese and others,
//! "QuickScorer", 2015). That takes no jump that a processor could guess
//! wrongly, and the same fork is asked of many rows with one instruction.

use super::written::{Unreadable, Written};

/// How many rows are asked side by side.
const LANES: usize = 32;

/// The most leaves of a tree: each is a bit.
const MAX_LEAVES: usize = 16;

/// The thresholds that one sign is held against anywhere in the forest.
#[derive(Clone, Debug)]
struct Scale {
    sign: usize,
    /// Ascending.
    thresholds: Vec<f32>,
}

/// A fork of a tree.
#[derive(Clone, Copy, Debug)]
struct Fork {
    /// The scale it asks.
    scale: u16,
    /// The place of its threshold on that scale.
    place: i16,
    /// The leaves that a row above the threshold cannot come to.
    lost: u16,
}

/// Where a tree's forks and leaves end.
#[derive(Clone, Copy, Debug)]
struct End {
    forks: usize,
    leaves: usize,
}

/// A sum of trees, laid end to end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Forest {
    scales: Vec<Scale>,
    forks: Vec<Fork>,
    /// By tree, from left to right.
    leaves: Vec<f32>,
    ends: Vec<End>,
}

impl Forest {
    /// Reads a forest over `signs` signs.
    pub(super) fn read(written: &mut Written<'_>, signs: usize) -> Result<Self, Unreadable> {
        let mut forest = Self::default();
        for _ in 0..written.pair()? {
            let (sign, count) = (usize::from(written.pair()?), usize::from(written.byte()?));
            if sign >= signs {
                return Err(Unreadable);
            }
            forest.scales.push(Scale { sign, thresholds: written.numbers(count)? });
        }
        for _ in 0..written.pair()? {
            let count = usize::from(written.byte()?);
            if count >= MAX_LEAVES {
                return Err(Unreadable);
            }
            for _ in 0..count {
                let (scale, place, kept) = (written.byte()?, written.byte()?, written.pair()?);
                let thresholds = forest.scales.get(usize::from(scale)).map_or(0, |scale| scale.thresholds.len());
                // The rightmost leaf is never out of reach by a fork alone.
                if usize::from(place) >= thresholds || kept >> count != u16::MAX >> count {
                    return Err(Unreadable);
                }
                forest.forks.push(Fork { scale: scale.into(), place: place.into(), lost: !kept });
            }
            forest.leaves.extend(written.numbers(count + 1)?);
            forest.ends.push(End { forks: forest.forks.len(), leaves: forest.leaves.len() });
        }
        Ok(forest)
    }

    /// Whether there are no trees.
    pub(crate) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// For each row, the sum of the leaves that it leads to.
    pub(crate) fn scores(&self, rows: &[&[f32]]) -> Vec<f32> {
        let mut places = vec![[0; LANES]; self.scales.len()];
        let mut scores = Vec::with_capacity(rows.len());
        for block in rows.chunks(LANES) {
            for (scale, places) in self.scales.iter().zip(&mut places) {
                *places = scale.places(block);
            }
            scores.extend(&self.sums(&places)[..block.len()]);
        }
        scores
    }

    /// The same for one row.
    pub(crate) fn score(&self, row: &[f32]) -> f32 {
        self.scores(&[row]).into_iter().sum()
    }

    fn sums(&self, places: &[[i16; LANES]]) -> [f32; LANES] {
        let mut sums = [0.0; LANES];
        let mut begun = End { forks: 0, leaves: 0 };
        for end in &self.ends {
            let mut left = [u16::MAX; LANES];
            for &Fork { scale, place, lost } in &self.forks[begun.forks..end.forks] {
                // Without a jump, so that one instruction asks eight rows.
                for (left, own) in left.iter_mut().zip(&places[usize::from(scale)]) {
                    *left &= !(lost & u16::from(*own > place).wrapping_neg());
                }
            }
            let leaves = &self.leaves[begun.leaves..end.leaves];
            for (sum, left) in sums.iter_mut().zip(left) {
                *sum += leaves[(left.trailing_zeros() as usize).min(leaves.len() - 1)];
            }
            begun = *end;
        }
        sums
    }
}

impl Scale {
    /// How many of the thresholds each row is above.
    fn places(&self, rows: &[&[f32]]) -> [i16; LANES] {
        let mut values = [0.0; LANES];
        for (value, row) in values.iter_mut().zip(rows) {
            *value = row[self.sign];
        }
        let mut places = [0_i32; LANES];
        for threshold in &self.thresholds {
            for (place, value) in places.iter_mut().zip(&values) {
                *place += i32::from(value > threshold);
            }
        }
        // There are at most 255 thresholds.
        places.map(|place| place as i16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two scales, of signs 0 and 1; two trees: a fork at 0.5 whose right
    /// side forks at 2.0, and a lone leaf.
    fn written() -> Vec<u8> {
        let mut bytes: Vec<u8> = vec![2, 0];
        for (sign, threshold) in [(0, 0.5_f32), (1, 2.0)] {
            bytes.extend([sign, 0, 1]);
            bytes.extend(threshold.to_le_bytes());
        }
        bytes.extend([2, 0, 2]);
        for (scale, kept) in [(0, !1_u16), (1, !2)] {
            bytes.extend([scale, 0]);
            bytes.extend(kept.to_le_bytes());
        }
        bytes.extend([1.0_f32, 10.0, 100.0].iter().flat_map(|leaf| leaf.to_le_bytes()));
        bytes.push(0);
        bytes.extend(0.25_f32.to_le_bytes());
        bytes
    }

    #[test]
    fn a_forest_is_the_sum_of_its_leaves() {
        let forest = Forest::read(&mut Written(&written()), 2).unwrap();
        let rows: [([f32; 2], f32); 4] =
            [([0.5, 9.0], 1.25), ([0.6, 2.0], 10.25), ([0.6, 2.1], 100.25), ([-1.0, 0.0], 1.25)];
        for (row, expected) in rows {
            assert_eq!(forest.score(&row), expected);
        }
        // More rows than are asked side by side.
        let many: Vec<&[f32]> = rows.iter().cycle().take(3 * LANES + 1).map(|(row, _)| row.as_slice()).collect();
        let expected: Vec<f32> = rows.iter().cycle().take(many.len()).map(|(_, expected)| *expected).collect();
        assert_eq!(forest.scores(&many), expected);
        assert!(forest.scores(&[]).is_empty());
    }

    #[test]
    fn what_is_no_forest_is_refused() {
        let whole = written();
        for end in 0..whole.len() {
            assert_eq!(Forest::read(&mut Written(&whole[..end]), 2).err(), Some(Unreadable), "{end} bytes");
        }
        assert_eq!(Forest::read(&mut Written(&whole), 1).err(), Some(Unreadable), "a sign that does not exist");
        // (where, what): a threshold and a scale that do not exist, a leaf
        // that is no number, a tree with more leaves than bits, a row that
        // would come to no leaf.
        let odd = [(20, 1), (19, 2), (30, 0xff), (18, 16), (21, 0)];
        for (at, byte) in odd {
            let mut bytes = written();
            bytes[at] = byte;
            if at == 30 {
                bytes[27..31].copy_from_slice(&f32::NAN.to_le_bytes());
            }
            if at == 21 {
                bytes[22] = 0;
            }
            assert_eq!(Forest::read(&mut Written(&bytes), 2).err(), Some(Unreadable), "byte {at}");
        }
    }
}
