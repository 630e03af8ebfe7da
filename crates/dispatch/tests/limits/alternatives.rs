//! Which tool serves in another's place, and when.

use std::time::Duration;

use catalog::{Effect, Readers, ServerId, ServerLabels};
use dispatch::{BreakerSettings, Choice};
use policy::{Allowance, ServerTariff, Span, Speed, Tariff};
use query::Cost;
use serde_json::json;

use crate::rig::{Does, Rig, ToolRow, fault, word};

/// `b` and then `c` serve in `a`'s place.
fn say(server: &str, labels: &mut ServerLabels) {
    if server == "a" {
        labels.alternatives = vec![ServerId::new("b"), ServerId::new("c")];
        labels.idempotent = ["put".to_owned()].into();
    }
    labels.idempotent.insert("put".to_owned());
}

fn rows(does: Does) -> Vec<ToolRow<'static>> {
    let tool = |name, effect| {
        let does = does.clone();
        ["a", "b", "c"].map(move |server| {
            let own = if server == "a" { does.clone() } else { Does::Answers(10) };
            (server, name, effect, own)
        })
    };
    [tool("read", Effect::Read), tool("add", Effect::Additive), tool("put", Effect::Additive)].concat()
}

fn served(carried: &dispatch::Carried) -> String {
    let by = carried.instead.as_ref().map_or_else(|| "itself".to_owned(), |instead| instead.tool.to_string());
    format!("{} by {by}", word(carried))
}

#[tokio::test(start_paused = true)]
async fn the_next_one_serves_when_a_server_fails() {
    let mut slow = Rig::labelled(&rows(Does::Hangs), say);
    slow.within = Duration::from_secs(2);
    assert_eq!(served(&slow.call("a.read", json!(1)).await), "ok by b.read", "it is too slow");
    let rows = [
        (rows(Does::Breaks("server_died")), "a.read", "ok by b.read"),
        (rows(Does::Refuses("server_unreachable")), "a.read", "ok by b.read"),
        (rows(Does::Refuses("server_unreachable")), "a.put", "ok by b.put"),
        (rows(Does::Refuses("server_unreachable")), "a.add", "server_unreachable by itself"),
        (rows(Does::Errs), "a.read", "tool_error by itself"),
        (rows(Does::Answers(10)), "a.read", "ok by itself"),
    ];
    for (rows, tool, expected) in rows {
        let rig = Rig::labelled(&rows, say);
        assert_eq!(served(&rig.call(tool, json!(1)).await), expected, "{tool}");
        let alone = Rig::of(&rows);
        assert!(alone.call(tool, json!(1)).await.instead.is_none(), "nobody serves who was not declared");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_hangs_is_left_alone_while_the_next_one_serves() {
    let mut rig = Rig::labelled(&rows(Does::Hangs), say);
    rig.within = Duration::from_secs(2);
    rig.limits.per_server.call_timeout = Duration::from_millis(500);
    let failures = BreakerSettings::default().failures;
    for i in 0..=failures {
        let carried = rig.call("a.read", json!(i)).await;
        assert_eq!(served(&carried), "ok by b.read");
        let why = carried.instead.as_ref().map(|instead| instead.why.as_str()).unwrap_or_default();
        assert_eq!(why.contains("left alone"), i == failures, "{why}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_next_one_serves_when_a_budget_or_a_rate_is_used_up() {
    let budget = Allowance { span: Span::Day, calls: 1, cost: Cost::UNLIMITED };
    let speed = Speed { calls: 1, within: Duration::from_secs(3600), burst: 1 };
    let rows = [
        ServerTariff { budgets: vec![budget], ..ServerTariff::default() },
        ServerTariff { rate: Some(speed), ..ServerTariff::default() },
    ];
    for own in rows {
        let servers = ["a", "b"].map(|server| (ServerId::new(server), own.clone())).into();
        let tariff = Tariff { servers, ..Tariff::default() };
        let rig = Rig::labelled(&self::rows(Does::Answers(10)), say).with_tariff(tariff);
        let mut by = Vec::new();
        for i in 0..3 {
            by.push(served(&rig.call("a.read", json!(i)).await));
        }
        assert_eq!(by, ["ok by itself", "ok by b.read", "ok by c.read"]);
    }
}

#[tokio::test(start_paused = true)]
async fn when_none_is_left_every_reason_is_told() {
    let rig = Rig::labelled(&rows(Does::Breaks("server_died")), say);
    rig.now("b.read", Does::Refuses("server_unreachable"));
    rig.now("c.read", Does::Breaks("result_malformed"));
    let told = fault(&rig.call("a.read", json!(1)).await);
    assert_eq!(told.code, "server_died", "the fault is that of the one asked for");
    for tool in ["a.read", "b.read", "c.read"] {
        assert!(told.message.contains(&format!("`{tool}` failed: ")), "{told}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_plan_takes_the_cheapest_and_a_client_what_it_named() {
    let price = |server: &str, units: f64| {
        (ServerId::new(server), ServerTariff { price: Cost::from_units(units), ..ServerTariff::default() })
    };
    let tariff = Tariff { servers: [price("a", 2.0), price("b", 1.0), price("c", 0.5)].into(), ..Tariff::default() };
    let mut rig = Rig::labelled(&rows(Does::Answers(10)), say).with_tariff(tariff);
    let carried = rig.call("a.read", json!(1)).await;
    assert_eq!(served(&carried), "ok by c.read");
    assert_eq!(carried.instead.unwrap().why, "it costs 0.5 instead of 2");
    rig.choice = Choice::Named;
    assert_eq!(served(&rig.call("a.read", json!(2)).await), "ok by itself");
    assert_eq!(served(&rig.call("b.read", json!(3)).await), "ok by itself", "`a` is no alternative to `b`");
}

#[tokio::test(start_paused = true)]
async fn of_two_that_cost_the_same_the_clearly_quicker_one_serves() {
    for (a, b, expected) in [(400, 30, "ok by b.read"), (40, 30, "ok by itself"), (30, 400, "ok by itself")] {
        let rig = Rig::labelled(&rows(Does::Answers(a)), say);
        rig.now("b.read", Does::Answers(b));
        for (i, tool) in ["b.read", "c.read"].into_iter().enumerate() {
            rig.now("c.read", Does::Answers(1_000));
            rig.call(tool, json!(i)).await;
        }
        // Before it was measured, what was asked for goes first.
        assert_eq!(served(&rig.call("a.read", json!(3)).await), "ok by itself");
        assert_eq!(served(&rig.call("a.read", json!(4)).await), expected, "{a} ms against {b} ms");
    }
}

#[tokio::test(start_paused = true)]
async fn what_fewer_may_be_told_serves_in_nobodys_place() {
    for (readers, expected) in
        [(Readers::Everyone, "ok by b.read"), (Readers::only([ServerId::new("x")]), "ok by c.read")]
    {
        let rig = Rig::labelled(&rows(Does::Breaks("server_died")), |server, labels| {
            say(server, labels);
            if server == "b" {
                labels.readers = readers.clone();
            }
        });
        assert_eq!(served(&rig.call("a.read", json!(1)).await), expected, "{readers:?}");
    }
}
