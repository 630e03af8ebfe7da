//! The pure operators: pseudo-tools that compute from earlier results.

use serde::{Deserialize, Serialize};

/// What a pure step computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Operator {
    /// Keeps the items for which a comparison holds.
    #[serde(rename = "orc.filter")]
    Filter,
    /// Orders the items by a key.
    #[serde(rename = "orc.sort")]
    Sort,
    /// The first items, or the first of several results that exists.
    #[serde(rename = "orc.first")]
    First,
    /// How many items.
    #[serde(rename = "orc.count")]
    Count,
    /// The sum of the items' numbers.
    #[serde(rename = "orc.sum")]
    Sum,
    /// Several arrays as one.
    #[serde(rename = "orc.concat")]
    Concat,
    /// Items of two arrays joined where keys are equal.
    #[serde(rename = "orc.join")]
    Join,
    /// A text from values.
    #[serde(rename = "orc.format")]
    Format,
}
