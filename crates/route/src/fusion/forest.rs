//! Boosted regression trees, read from data and walked.

use serde::Deserialize;

/// One tree, as columns. A child below zero is a leaf: `-1 - place`.
#[derive(Deserialize)]
struct Tree {
    sign: Vec<u16>,
    threshold: Vec<f32>,
    left: Vec<i32>,
    right: Vec<i32>,
    leaf: Vec<f32>,
}

/// A fork of a tree: which value is held against what, and where it leads. A
/// way below zero leads to a leaf: `-1 - place`.
#[derive(Clone, Copy, Debug)]
struct Fork {
    threshold: f32,
    sign: u16,
    left: i32,
    right: i32,
}

/// A sum of trees, laid end to end: they are walked many thousand times a
/// query.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "Vec<Tree>")]
pub(crate) struct Forest {
    forks: Vec<Fork>,
    leaves: Vec<f32>,
    /// Where each tree begins: a fork, or a leaf below zero.
    roots: Vec<i32>,
}

impl From<Vec<Tree>> for Forest {
    fn from(trees: Vec<Tree>) -> Self {
        let mut forest = Self::default();
        for tree in trees {
            let (forks, leaves) = (forest.forks.len() as i32, forest.leaves.len() as i32);
            let way = |way: i32| if way < 0 { way - leaves } else { way + forks };
            forest.roots.push(if tree.sign.is_empty() { -1 - leaves } else { forks });
            for (at, &sign) in tree.sign.iter().enumerate() {
                let (left, right) = (way(tree.left[at]), way(tree.right[at]));
                forest.forks.push(Fork { threshold: tree.threshold[at], sign, left, right });
            }
            forest.leaves.extend(tree.leaf);
        }
        forest
    }
}

impl Forest {
    /// The sum of the leaves that these values lead to.
    pub(crate) fn score(&self, values: &[f32]) -> f32 {
        self.roots.iter().map(|&root| self.leaf(root, values)).sum()
    }

    /// Whether there are no trees.
    pub(crate) fn is_empty(&self) -> bool {
        self.roots.is_empty()
    }

    fn leaf(&self, root: i32, values: &[f32]) -> f32 {
        let mut at = root;
        while let Ok(place) = usize::try_from(at) {
            let fork = self.forks[place];
            at = if values[usize::from(fork.sign)] <= fork.threshold { fork.left } else { fork.right };
        }
        self.leaves[(-1 - at) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forest_is_the_sum_of_its_leaves() {
        let forest: Forest = serde_json::from_str(
            r#"[{"sign":[0,1],"threshold":[0.5,2.0],"left":[-1,-2],"right":[1,-3],"leaf":[1.0,10.0,100.0]},
                {"sign":[],"threshold":[],"left":[],"right":[],"leaf":[0.25]}]"#,
        )
        .unwrap();
        let rows = [([0.5, 9.0], 1.25), ([0.6, 2.0], 10.25), ([0.6, 2.1], 100.25)];
        for (values, expected) in rows {
            assert_eq!(forest.score(&values), expected);
        }
    }
}
