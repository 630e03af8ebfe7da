//! Holding what a call's terms ask for, with whoever keeps the accounts.

use std::time::Duration;

use policy::{Account, Holding, Pace, Span, Terms};
use query::{Blame, Cost, Fault, Recovery};
use store::{Amount, Charge, Hold, Key, Rate, Store, Throttled, Unreserved, Wall, Window};

/// What a store holds for one call.
#[derive(Debug)]
struct Held(Hold);

impl Holding for Held {
    fn settle(self: Box<Self>) {
        self.0.settle();
    }
}

/// Holds everything that the terms ask for, or nothing. `None` for terms that
/// ask for nothing.
///
/// # Errors
///
/// `over_budget` and `rate_limited`, with when to come again, and what the
/// store says when it fails: then nothing leaves either.
pub(super) async fn held(store: &dyn Store, terms: &Terms) -> Result<Option<Box<dyn Holding>>, Fault> {
    if terms.are_free() {
        return Ok(None);
    }
    let now = Wall::now();
    let charges: Vec<Charge> = terms.accounts.iter().map(|account| charge(account, terms.price)).collect();
    let hold = match store.reserve(&charges, now).await {
        Ok(hold) => hold,
        Err(Unreserved::Store(fault)) => return Err(fault.into()),
        Err(Unreserved::Spent(spent)) => {
            let account = terms.accounts.iter().find(|account| key("budget", &account.named) == spent.account);
            return Err(over_budget(account, spent.resets.map(|at| now.until(at))));
        }
    };
    let rates: Vec<Rate> = terms.paces.iter().map(rate).collect();
    // A hold that is not handed on refunds itself.
    match store.admit(&rates, now).await {
        Ok(()) => Ok(Some(Box::new(Held(hold)))),
        Err(Throttled::Store(fault)) => Err(fault.into()),
        Err(Throttled::After { key: used_up, after }) => {
            let pace = terms.paces.iter().find(|pace| key("rate", &pace.named) == used_up);
            Err(rate_limited(pace, after))
        }
    }
}

fn key(of: &str, named: &[String]) -> Key {
    Key::of(std::iter::once(of).chain(named.iter().map(String::as_str)))
}

fn charge(account: &Account, price: Cost) -> Charge {
    let allowance = account.allowance;
    let window = match allowance.span {
        Span::Day => Window::DAY,
        Span::Session(idle) => Window::Idle(idle),
    };
    let limit = Amount { calls: allowance.calls, micros: allowance.cost.micros() };
    Charge { account: key("budget", &account.named), window, limit, amount: Amount::call(price.micros()) }
}

fn rate(pace: &Pace) -> Rate {
    let speed = pace.speed;
    let every = speed.within / speed.calls.max(1);
    Rate { key: key("rate", &pace.named), every, burst: speed.burst.max(1) }
}

fn over_budget(account: Option<&Account>, resets: Option<Duration>) -> Fault {
    let limit = account.map_or_else(|| "what may be spent".to_owned(), ToString::to_string);
    let anew = resets.map_or_else(
        || "it starts anew with the session".to_owned(),
        |wait| format!("it starts anew in {}", in_words(wait)),
    );
    let fault = Fault::lasting(Blame::Caller, "over_budget", format!("the budget is spent: {limit}; {anew}"));
    Fault { recovery: resets.map_or(Recovery::Never, Recovery::After), ..fault }
}

fn rate_limited(pace: Option<&Pace>, after: Duration) -> Fault {
    let limit = pace.map_or_else(
        || "fewer calls".to_owned(),
        |pace| {
            let speed = pace.speed;
            let calls = if speed.calls == 1 { "call" } else { "calls" };
            format!("{} {calls} in {} for {}", speed.calls, in_words(speed.within), pace.whose)
        },
    );
    let message = format!("too fast: at most {limit}; nothing was sent, try again in {}", in_words(after));
    Fault { recovery: Recovery::After(after), ..Fault::passing(Blame::Caller, "rate_limited", message) }
}

/// A time in the largest unit that does not hide it.
fn in_words(time: Duration) -> String {
    let ms = time.as_millis();
    match ms {
        0..10_000 => format!("{ms} ms"),
        10_000..600_000 => format!("{} s", ms.div_ceil(1000)),
        600_000..36_000_000 => format!("{} min", ms.div_ceil(60_000)),
        _ => format!("{} h", ms.div_ceil(3_600_000)),
    }
}
