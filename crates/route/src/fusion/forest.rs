//! Boosted regression trees, read from data and walked.

use serde::Deserialize;

/// One tree, as columns. A child below zero is a leaf: `-1 - place`.
#[derive(Clone, Debug, Deserialize)]
struct Tree {
    sign: Vec<u16>,
    threshold: Vec<f32>,
    left: Vec<i32>,
    right: Vec<i32>,
    leaf: Vec<f32>,
}

/// A sum of trees.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Forest {
    trees: Vec<Tree>,
}

impl Forest {
    /// The sum of the leaves that these values lead to.
    pub(crate) fn score(&self, values: &[f32]) -> f32 {
        self.trees.iter().map(|tree| tree.leaf(values)).sum()
    }
}

impl Forest {
    /// Whether there are no trees.
    pub(crate) fn is_empty(&self) -> bool {
        self.trees.is_empty()
    }
}

impl Tree {
    fn leaf(&self, values: &[f32]) -> f32 {
        let mut at = 0;
        while let Some(&sign) = self.sign.get(at) {
            let goes_left = values[usize::from(sign)] <= self.threshold[at];
            let next = if goes_left { self.left[at] } else { self.right[at] };
            let Ok(inner) = usize::try_from(next) else {
                return self.leaf[(-1 - next) as usize];
            };
            at = inner;
        }
        // A tree of one leaf has no inner node.
        self.leaf[0]
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
