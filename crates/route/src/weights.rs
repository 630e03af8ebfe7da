//! What was learnt, in one piece.

use std::sync::{Arc, LazyLock};

use crate::dense::Table;
use crate::fusion::{Fusion, Unreadable};
use crate::lexical::Background;

/// What the fusion learnt; written by `tools/train-router`.
static FUSION: &[u8] = include_bytes!("../model/fusion.trees");

static SHIPPED: LazyLock<Arc<Weights>> = LazyLock::new(|| {
    // The shipped file is part of the program; a test holds that it is read.
    let fusion = Fusion::read(FUSION).unwrap_or_default();
    Arc::new(Weights { table: Table::shipped(), background: Background::shipped(), fusion })
});

/// Why bytes are not weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadWeights {
    /// The token table is not one.
    Table,
    /// The fusion is not what `tools/train-router` writes.
    Fusion,
}

impl std::fmt::Display for BadWeights {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Table => f.write_str("the token table is not one of `tools/train-router`"),
            Self::Fusion => f.write_str("the fusion is not one of `tools/train-router`"),
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
    pub fn read(table: &[u8], fusion: &[u8]) -> Result<Arc<Self>, BadWeights> {
        let table = Table::read(table).map_err(|_| BadWeights::Table)?;
        let fusion = Fusion::read(fusion).map_err(|Unreadable| BadWeights::Fusion)?;
        Ok(Arc::new(Self { table, background: Background::shipped(), fusion }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_weights_are_whole() {
        let fusion = Fusion::read(FUSION).unwrap();
        assert!(fusion.is_trained());
        assert!(Table::read(include_bytes!("../model/tokens.table")).is_ok());
        let longer = [FUSION, b"!"].concat();
        for other in [b"".as_slice(), b"CMF2", &FUSION[..FUSION.len() - 1], &longer] {
            assert_eq!(Fusion::read(other).err(), Some(Unreadable));
        }
    }
}
