//! One transaction in the making.

use std::collections::HashMap;

use super::book::Book;
use super::frame;
use super::record::Record;
use crate::{Amount, Key, StoreFault};

/// The book, with what a transaction enters in it noted for the file.
pub(super) struct Draft<'b> {
    book: &'b mut Book,
    /// The run of this program that the transaction is of.
    run: &'b str,
    /// What is to be written down, as bytes.
    bytes: Vec<u8>,
    advances: HashMap<Key, Advance>,
}

/// What a transaction grants of an account, and what of it is spoken for: the
/// bank learns of both only when the transaction is kept.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Advance {
    pub(super) granted: Amount,
    pub(super) awaited: Amount,
}

impl<'b> Draft<'b> {
    pub(super) fn of(book: &'b mut Book, run: &'b str) -> Self {
        Self { book, run, bytes: Vec::new(), advances: HashMap::new() }
    }

    pub(super) fn book(&self) -> &Book {
        self.book
    }

    pub(super) fn run(&self) -> &'b str {
        self.run
    }

    /// Enters a record, unless it is longer than records may be: then what it
    /// is about is refused, and nobody else's.
    pub(super) fn enter(&mut self, record: Record) -> Result<(), StoreFault> {
        let whole = self.bytes.len();
        if let Err(fault) = frame::append(&record, &mut self.bytes) {
            self.bytes.truncate(whole);
            return Err(StoreFault::TooMuch(fault.to_string()));
        }
        self.book.enter(record);
        Ok(())
    }

    /// What this transaction granted of an account so far.
    pub(super) fn advance(&mut self, account: &Key) -> &mut Advance {
        self.advances.entry(account.clone()).or_default()
    }

    /// What is to be written down.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}
