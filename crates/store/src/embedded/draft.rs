//! One transaction in the making.

use super::book::Book;
use super::record::Record;

/// The book, with what a transaction enters in it noted for the file.
pub(super) struct Draft<'b> {
    book: &'b mut Book,
    /// The run of this program that the transaction is of.
    run: &'b str,
    records: Vec<Record>,
}

impl<'b> Draft<'b> {
    pub(super) fn of(book: &'b mut Book, run: &'b str) -> Self {
        Self { book, run, records: Vec::new() }
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

    /// What is to be written down.
    pub(super) fn into_records(self) -> Vec<Record> {
        self.records
    }
}
