//! What was learnt, in one piece.

use std::sync::{Arc, LazyLock};

use crate::dense::Table;
use crate::fusion::Fusion;
use crate::lexical::Background;

/// What the fusion learnt; written by `tools/train-router`.
static FUSION: &str = include_str!("../model/fusion.json");

static SHIPPED: LazyLock<Arc<Weights>> = LazyLock::new(|| {
    // The shipped file is part of the program; a test holds that it is read.
    let fusion = serde_json::from_str(FUSION).unwrap_or_default();
    Arc::new(Weights { table: Table::shipped(), background: Background::shipped(), fusion })
});

/// Why bytes are not weights.
#[derive(Debug)]
pub enum BadWeights {
    /// The token table is not one.
    Table,
    /// The fusion is not what `tools/train-router` writes.
    Fusion(serde_json::Error),
}

impl std::fmt::Display for BadWeights {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Table => f.write_str("the token table is not one of `tools/train-router`"),
            Self::Fusion(fault) => write!(f, "the fusion is not one of `tools/train-router`: {fault}"),
        }
    }
}

impl std::error::Error for BadWeights {}

/// A token table, a background and a fusion that were trained together.
#[derive(Debug)]
pub struct Weights {
    pub(crate) table: Table,
    pub(crate) background: Background,
    pub(crate) fusion: Fusion,
}

impl Weights {
    /// Those that the program ships.
    pub fn shipped() -> Arc<Self> {
        Arc::clone(&SHIPPED)
    }

    /// Reads a token table and a fusion from their files' contents.
    ///
    /// # Errors
    /// [`BadWeights`] says which of the two is not what it should be.
    pub fn read(table: &[u8], fusion: &str) -> Result<Arc<Self>, BadWeights> {
        let table = Table::read(table).map_err(|_| BadWeights::Table)?;
        let fusion = serde_json::from_str(fusion).map_err(BadWeights::Fusion)?;
        Ok(Arc::new(Self { table, background: Background::shipped(), fusion }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_weights_are_whole() {
        let fusion: Fusion = serde_json::from_str(FUSION).unwrap();
        assert!(fusion.is_trained());
        assert!(Table::read(include_bytes!("../model/tokens.table")).is_ok());
    }
}
