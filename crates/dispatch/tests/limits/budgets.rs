//! Budgets and rates: whoever calls at once, nobody spends more than there is.

use std::time::Duration;

use catalog::{Effect, ServerId};
use futures::stream::{self, StreamExt};
use policy::{Allowance, ServerTariff, Span, Speed, Tariff, ToolTariff};
use query::{Cost, Recovery};
use serde_json::json;

use crate::rig::{Does, Rig, fault, word};

const DAY: Allowance = Allowance { span: Span::Day, calls: u64::MAX, cost: Cost::UNLIMITED };

fn at_a(own: ServerTariff) -> Tariff {
    Tariff { servers: [(ServerId::new("a"), own)].into(), ..Tariff::default() }
}

fn of_calls(calls: u64) -> Tariff {
    at_a(ServerTariff { budgets: vec![Allowance { calls, ..DAY }], ..ServerTariff::default() })
}

fn rig() -> Rig {
    Rig::of(&[("a", "read", Effect::Read, Does::Answers(5)), ("b", "read", Effect::Read, Does::Answers(5))])
}

/// Ten thousand calls, so many at once, of which each tenth fails before it
/// leaves; how many left.
async fn ten_thousand(rig: &Rig, at_once: usize) -> usize {
    let calls = stream::iter(0..10_000).map(|i| async move {
        let tool = if i % 10 == 3 { "a.gone" } else { "a.read" };
        rig.call(tool, json!(i)).await
    });
    calls.buffer_unordered(at_once).collect::<Vec<_>>().await;
    rig.left().len()
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_calls_at_once_spend_what_there_is_and_no_more() {
    const LIMIT: usize = 1_000;
    let rows = [("a", "read", Effect::Read, Does::Answers(5)), ("a", "gone", Effect::Read, Does::Refuses("not_there"))];
    let settings = dispatch::StandingSettings {
        breaker: dispatch::BreakerSettings { failures: u32::MAX, ..dispatch::BreakerSettings::default() },
        ..dispatch::StandingSettings::default()
    };
    for at_once in [64, 512, 10_000] {
        let held = Rig::of(&rows).with_standing(settings).with_tariff(of_calls(LIMIT as u64));
        let spent = ten_thousand(&held, at_once).await;
        assert!(spent <= LIMIT, "{at_once} at once spent {spent}");
        // What is refunded while all others are refused already stays unspent:
        // all at once, that is what failed among the first.
        if at_once < 10_000 {
            assert!(spent * 100 >= LIMIT * 98, "{at_once} at once used only {spent}");
        }
        let again = held.call("a.read", json!("more")).await;
        assert!(spent < LIMIT || word(&again) == "over_budget", "{again:?}");
    }
    let free = Rig::of(&rows).with_standing(settings);
    assert_eq!(ten_thousand(&free, 512).await, 9_000, "without the budget, all of them leave");
}

#[tokio::test(start_paused = true)]
async fn a_budget_is_one_principals_at_one_place() {
    let of_tool = ToolTariff { budgets: vec![Allowance { calls: 1, ..DAY }], ..ToolTariff::default() };
    let session = Allowance { span: Span::Session(Duration::from_secs(600)), calls: 2, cost: Cost::UNLIMITED };
    let priced = ServerTariff {
        price: Cost::from_units(0.3),
        budgets: vec![Allowance { cost: Cost::from_units(1.0), ..DAY }],
        ..ServerTariff::default()
    };
    let for_all = Tariff { budgets: vec![Allowance { calls: 3, ..DAY }], ..Tariff::default() };
    let rows = [
        ("calls at a server", of_calls(2), 2, usize::MAX),
        ("cost at a server", at_a(priced), 3, usize::MAX),
        (
            "calls of a tool",
            at_a(ServerTariff { tools: [("read".into(), of_tool)].into(), ..ServerTariff::default() }),
            1,
            usize::MAX,
        ),
        ("calls of a session", at_a(ServerTariff { budgets: vec![session], ..ServerTariff::default() }), 2, usize::MAX),
        ("calls in all", for_all, 3, 0),
        ("none", Tariff::default(), 9, usize::MAX),
    ];
    for (what, tariff, at_a, at_b) in rows {
        let rig = rig().with_tariff(tariff);
        let mut ok = 0;
        for i in 0..9 {
            let carried = rig.call("a.read", json!(i)).await;
            ok += usize::from(word(&carried) == "ok");
            assert!(["ok", "over_budget"].contains(&word(&carried)), "{what}: {carried:?}");
        }
        assert_eq!((ok, rig.left().len()), (at_a, at_a), "{what}");
        // Elsewhere, and for somebody else, there is room.
        let elsewhere = rig.call("b.read", json!(1)).await;
        assert_eq!(word(&elsewhere) == "ok", at_b > 0, "{what}");
        assert_eq!(word(&rig.call_of("bob", "a.read", json!(1)).await), "ok", "{what}");
    }
}

#[tokio::test(start_paused = true)]
async fn who_is_over_budget_is_told_which_and_until_when() {
    let rig = rig().with_tariff(of_calls(1));
    rig.call("a.read", json!(1)).await;
    let fault = fault(&rig.call("a.read", json!(2)).await);
    assert!(
        fault.message.starts_with("the budget is spent: 1 call a day for you at `a`; it starts anew in "),
        "{fault}"
    );
    let Recovery::After(wait) = fault.recovery else { panic!("{fault:?}") };
    assert!(wait <= Duration::from_secs(86_400), "{wait:?}");
}

#[tokio::test(start_paused = true)]
async fn a_rate_refuses_before_anything_leaves_and_says_when_to_come_again() {
    let speed = Speed { calls: 10, within: Duration::from_secs(600), burst: 4 };
    let rows = [
        ("server", at_a(ServerTariff { rate: Some(speed), ..ServerTariff::default() }), true),
        ("all", at_a(ServerTariff { total_rate: Some(speed), ..ServerTariff::default() }), false),
        ("in all", Tariff { rate: Some(speed), ..Tariff::default() }, true),
    ];
    for (what, tariff, bob_may) in rows {
        let rig = rig().with_tariff(tariff);
        let calls = (0..100).map(|i| rig.call("a.read", json!(i)));
        let all = futures::future::join_all(calls).await;
        let ok = all.iter().filter(|carried| word(carried) == "ok").count();
        assert_eq!((ok, rig.left().len()), (4, 4), "{what}");
        let refused = all.iter().find(|carried| word(carried) != "ok").unwrap();
        let fault = fault(refused);
        assert_eq!((fault.code.as_str(), refused.attempts), ("rate_limited", 0));
        let Recovery::After(wait) = fault.recovery else { panic!("{fault:?}") };
        assert!(wait > Duration::ZERO && wait <= Duration::from_secs(60), "{wait:?}");
        assert!(fault.message.contains("nothing was sent, try again in "), "{fault}");
        assert_eq!(word(&rig.call_of("bob", "a.read", json!(1)).await) == "ok", bob_may, "{what}");
    }
    let free = rig();
    futures::future::join_all((0..100).map(|i| free.call("a.read", json!(i)))).await;
    assert_eq!(free.left().len(), 100, "without a rate, all of them leave");
}

#[tokio::test(start_paused = true)]
async fn what_does_not_leave_costs_nothing() {
    let rig = Rig::of(&[("a", "read", Effect::Read, Does::Refuses("not_there"))]).with_tariff(of_calls(1));
    for _ in 0..3 {
        assert_eq!(word(&rig.call("a.read", json!(1)).await), "not_there");
    }
    rig.now("a.read", Does::Answers(1));
    assert_eq!(word(&rig.call("a.read", json!(1)).await), "ok", "nothing of the budget was spent");
    assert_eq!(word(&rig.call("a.read", json!(1)).await), "over_budget");
}
