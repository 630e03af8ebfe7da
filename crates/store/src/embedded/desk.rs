//! Where transactions are made: in memory at once, or by the clerk.

use std::sync::{Mutex, PoisonError};

use super::book::Book;
use super::clerk::{Clerk, gone};
use super::draft::Draft;
use crate::{Reply, StoreFault, Wall};

/// The run that everything in memory is of.
const THIS_RUN: &str = "this";

/// Where transactions are made.
pub(super) enum Desk {
    /// Nothing outlives the process.
    Memory(Mutex<Book>),
    /// Kept in a directory.
    Kept(Clerk),
}

impl Desk {
    /// Decides over the book, and answers once what was decided is kept.
    /// `after` sees the decision then, whether or not anybody still waits.
    pub(super) fn transact<T: Send + 'static, U: Send + Unpin + 'static>(
        &self,
        now: Wall,
        decide: impl FnOnce(&mut Draft<'_>) -> T + Send + 'static,
        after: impl FnOnce(T) -> U + Send + 'static,
    ) -> Reply<'_, Result<U, StoreFault>> {
        match self {
            Self::Memory(book) => {
                let mut book = book.lock().unwrap_or_else(PoisonError::into_inner);
                let decided = decide(&mut Draft::of(&mut book, THIS_RUN));
                book.sweep_sometimes(now);
                drop(book);
                Reply::ready(Ok(after(decided)))
            }
            Self::Kept(clerk) => match clerk.transact(now, decide, after) {
                Ok(answer) => Reply::waiting(async { answer.await.unwrap_or_else(|_| Err(gone())) }),
                Err(fault) => Reply::ready(Err(fault)),
            },
        }
    }
}
