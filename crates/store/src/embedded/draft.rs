//! One transaction in the making.

use std::collections::HashMap;

use super::book::Book;
use super::record::Record;
use crate::{Amount, Key};

/// The book, with what a transaction enters in it noted for the file.
pub(super) struct Draft<'b> {
    book: &'b mut Book,
    /// The run of this program that the transaction is of.
    run: &'b str,
    records: Vec<Record>,
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
        Self { book, run, records: Vec::new(), advances: HashMap::new() }
    }

    pub(super) fn book(&self) -> &Book {
        self.book
    }

    pub(super) fn run(&self) -> &'b str {
        self.run
    }

    pub(super) fn enter(&mut self, record: Record) {
        self.records.push(record.clone());
        self.book.enter(record);
    }

    /// What this transaction granted of an account so far.
    pub(super) fn advance(&mut self, account: &Key) -> &mut Advance {
        self.advances.entry(account.clone()).or_default()
    }

    /// What is to be written down.
    pub(super) fn into_records(self) -> Vec<Record> {
        self.records
    }
}
