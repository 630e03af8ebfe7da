//! What calls cost, how many there may be, and how fast: the operator's
//! numbers.
//!
//! In: a principal, a server and, for a call, a tool. Out: the [`Terms`] of
//! it. Who keeps the accounts it does not know.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use catalog::ServerId;
use query::{Cost, Principal};

use crate::terms::{Account, Pace, Span, Terms};

/// Every price, budget and rate. All of them are per principal, except where
/// they say otherwise.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tariff {
    /// What one principal may spend in all.
    pub budgets: Vec<Allowance>,
    /// How fast one principal may call anything.
    pub rate: Option<Speed>,
    /// What holds of single servers.
    pub servers: BTreeMap<ServerId, ServerTariff>,
}

/// The prices, budgets and rates of one server.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServerTariff {
    /// What one call costs.
    pub price: Cost,
    /// What one principal may spend there.
    pub budgets: Vec<Allowance>,
    /// How fast one principal may call it.
    pub rate: Option<Speed>,
    /// How fast all principals together may call it.
    pub total_rate: Option<Speed>,
    /// What holds of single tools, beside the server's.
    pub tools: BTreeMap<Arc<str>, ToolTariff>,
}

/// The price, budgets and rate of one tool.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ToolTariff {
    /// What one call costs, instead of the server's price.
    pub price: Option<Cost>,
    /// What one principal may spend on it.
    pub budgets: Vec<Allowance>,
    /// How fast one principal may call it.
    pub rate: Option<Speed>,
}

/// So many calls at so much, within a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Within which while.
    pub span: Span,
    /// The most calls.
    pub calls: u64,
    /// The most cost.
    pub cost: Cost,
}

/// So many calls within a while, evenly, with a burst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speed {
    /// Calls; at least one.
    pub calls: u32,
    /// Within this long.
    pub within: Duration,
    /// At once, after a pause; at least one.
    pub burst: u32,
}

impl Tariff {
    /// The terms of one call, or of a fetch where no tool is named.
    pub fn terms(&self, principal: &Principal, server: &ServerId, tool: Option<&str>) -> Terms {
        let mut terms = Terms::default();
        let own = self.servers.get(server);
        let of_tool = own.zip(tool).and_then(|(own, tool)| own.tools.get(tool));
        terms.price = of_tool.and_then(|tool| tool.price).or(own.map(|own| own.price)).unwrap_or_default();
        if own.is_none() && self.budgets.is_empty() && self.rate.is_none() {
            return terms;
        }
        let who = principal.as_str();
        let mut add = |named: Vec<String>, whose: String, budgets: &[Allowance], rate: Option<Speed>| {
            terms.accounts.extend(budgets.iter().map(|allowance| Account::of(&named, &whose, *allowance)));
            terms.paces.extend(rate.map(|speed| Pace { named, whose, speed }));
        };
        add(vec![who.to_owned()], "you".to_owned(), &self.budgets, self.rate);
        let Some(own) = own else { return terms };
        let at = format!("you at `{server}`");
        add(vec![who.to_owned(), server.to_string()], at, &own.budgets, own.rate);
        add(vec![String::new(), server.to_string()], format!("all at `{server}`"), &[], own.total_rate);
        if let Some((tool, of_tool)) = tool.zip(of_tool) {
            let at = format!("you at `{server}.{tool}`");
            add(vec![who.to_owned(), server.to_string(), tool.to_owned()], at, &of_tool.budgets, of_tool.rate);
        }
        terms
    }

    /// What one call costs.
    pub fn price(&self, server: &ServerId, tool: &str) -> Cost {
        let own = self.servers.get(server);
        let of_tool = own.and_then(|own| own.tools.get(tool)).and_then(|tool| tool.price);
        of_tool.or(own.map(|own| own.price)).unwrap_or_default()
    }
}
