//! On what terms one call may leave.
//!
//! In: the operator's tariff. Out: names of accounts and paces with their
//! limits. Holding room on them is the work of whoever keeps them; without
//! that, nothing leaves.

use std::fmt;
use std::time::Duration;

use query::Cost;

use crate::{Allowance, Speed};

/// What must be held before a call leaves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Terms {
    /// What the call costs.
    pub price: Cost,
    /// The accounts it is charged to, each for one call at that price.
    pub accounts: Vec<Account>,
    /// The paces it must keep.
    pub paces: Vec<Pace>,
}

/// For how long what was spent counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Span {
    /// From midnight to midnight UTC.
    Day,
    /// As long as the principal goes on calling: it ends after this long
    /// without, and with the program.
    Session(Duration),
}

/// One account a call is charged to.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// Its name, in parts: the principal, the server, the tool, as far as
    /// they matter; then the span.
    pub named: Vec<String>,
    /// Whose it is, in words.
    pub whose: String,
    /// What may be spent on it.
    pub allowance: Allowance,
}

/// One pace a call must keep.
#[derive(Clone, Debug, PartialEq)]
pub struct Pace {
    /// Its name, in parts, as an account's.
    pub named: Vec<String>,
    /// Whose it is, in words.
    pub whose: String,
    /// The pace.
    pub speed: Speed,
}

/// What whoever keeps the accounts holds for one call. Dropped before it is
/// settled, it refunds itself.
pub trait Holding: Send + Sync + fmt::Debug {
    /// The call leaves: what is held is spent.
    fn settle(self: Box<Self>);
}

impl Terms {
    /// Whether a call needs nothing held but its share of the query's budget.
    pub fn are_free(&self) -> bool {
        self.accounts.is_empty() && self.paces.is_empty()
    }
}

impl Account {
    pub(crate) fn of(named: &[String], whose: &str, allowance: Allowance) -> Self {
        let mut named = named.to_vec();
        named.push(allowance.span.to_string());
        Self { named, whose: whose.to_owned(), allowance }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Day => "day",
            Self::Session(_) => "session",
        })
    }
}

impl fmt::Display for Account {
    /// `100 calls a day for you at "github"`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Allowance { span, calls, cost } = self.allowance;
        let calls = (calls != u64::MAX).then(|| format!("{calls} call{}", if calls == 1 { "" } else { "s" }));
        let cost = (cost != Cost::UNLIMITED).then(|| format!("a cost of {cost}"));
        let what: Vec<String> = calls.into_iter().chain(cost).collect();
        write!(f, "{} a {span} for {}", what.join(" and "), self.whose)
    }
}
