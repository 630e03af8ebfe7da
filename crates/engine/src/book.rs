//! What a query asked of models, noted down as it goes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::{ModelFault, Purpose, Spent};
use plan::Account;
use serde::Serialize;

/// One call made to a language model.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ModelCall {
    /// What for.
    pub purpose: Purpose,
    /// The model that was asked.
    pub model: Arc<str>,
    /// Tokens it read.
    pub tokens_in: u64,
    /// Of those, tokens the provider had in its cache.
    pub cached_in: u64,
    /// Tokens it wrote.
    pub tokens_out: u64,
    /// The price, in the operator's unit; `None` where no rates are
    /// configured.
    pub cost: Option<f64>,
    /// How long it took, in milliseconds.
    pub ms: u64,
    /// Times the request was sent; 0 for a replayed one.
    pub attempts: u32,
    /// The code of its fault, if it brought none of what was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl ModelCall {
    pub(crate) fn of(purpose: Purpose, model: Arc<str>, spent: &Spent, fault: Option<&ModelFault>) -> Self {
        Self {
            purpose,
            model,
            tokens_in: spent.usage.tokens_in,
            cached_in: spent.usage.cached_in,
            tokens_out: spent.usage.tokens_out,
            cost: spent.cost,
            ms: u64::try_from(spent.latency.as_millis()).unwrap_or(u64::MAX),
            attempts: spent.attempts,
            error: fault.map(|fault| fault.trouble.code().to_owned()),
        }
    }
}

/// What a query and the queries nested in it ask of models. Clones are one
/// book.
#[derive(Clone, Debug, Default)]
pub(crate) struct Book(Arc<Mutex<Pages>>);

#[derive(Debug, Default)]
struct Pages {
    begun: u32,
    calls: Vec<ModelCall>,
    account: Option<Account>,
}

impl Book {
    /// The book of a query that made so many calls before it was suspended.
    pub(crate) fn resumed(calls: u32) -> Self {
        let book = Self::default();
        book.open().begun = calls;
        book
    }

    /// Takes one of the calls that the query may make; `false` when they are
    /// all made.
    pub(crate) fn begin(&self, most: u32) -> bool {
        let mut pages = self.open();
        let room = pages.begun < most;
        pages.begun += u32::from(room);
        room
    }

    pub(crate) fn note(&self, call: ModelCall) {
        self.open().calls.push(call);
    }

    pub(crate) fn calls(&self) -> Vec<ModelCall> {
        self.open().calls.clone()
    }

    /// How the query itself was planned.
    pub(crate) fn planned(&self, account: Account) {
        self.open().account = Some(account);
    }

    pub(crate) fn account(&self) -> Option<Account> {
        self.open().account.clone()
    }

    fn open(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
