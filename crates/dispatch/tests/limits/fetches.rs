//! Resources and prompts that are too large: whole contents are kept, and
//! what cannot be cut is refused; both can be read on.

use std::time::Duration;

use catalog::{Effect, Wanted};
use dispatch::Caps;
use query::Principal;
use serde_json::{Value, json};

use crate::rig::{Does, Rig};

const MOST: usize = 8 * 1024;

fn rig(offers: Value) -> Rig {
    let mut rig = Rig::of(&[("a", "read", Effect::Read, Does::Hangs)]);
    rig.limits.caps = Caps { result_bytes: MOST, ..Caps::default() };
    rig.limits.per_server.cache_ttl = Duration::from_secs(60);
    rig.offers = offers;
    rig
}

fn note() -> Wanted {
    Wanted::Resource { uri: "note:1".to_owned() }
}

fn contents(count: usize, of: usize) -> Vec<Value> {
    (0..count).map(|i| json!({"uri": format!("note:{i}"), "text": "x".repeat(of)})).collect()
}

#[tokio::test(start_paused = true)]
async fn of_a_large_resource_whole_contents_are_kept_and_the_rest_is_read_on() {
    let all = contents(100, 200);
    let rig = rig(json!({"contents": all, "ttlMs": 60_000, "cacheScope": "public", "_meta": {"own": 1}}));
    let got = rig.fetch_of("ann", note()).await.unwrap();
    assert!(got.to_string().len() <= MOST, "{}", got.to_string().len());
    let cut = &got["_meta"]["concertmaster/cut"];
    let next = usize::try_from(cut["next"].as_u64().unwrap()).unwrap();
    assert_eq!((&cut["truncated"], &cut["total"], &cut["pointer"]), (&json!(true), &json!(100), &json!("/contents")));
    assert_eq!(got["_meta"]["own"], 1);
    assert_eq!((&got["ttlMs"], &got["cacheScope"]), (&json!(0), &json!("private")), "a part is nobody's to keep");
    let kept = got["contents"].as_array().unwrap();
    assert_eq!((&kept[..next], kept.len()), (&all[..next], next + 1), "whole contents, and that some are missing");
    let handle = cut["handle"].as_str().unwrap();
    assert!(kept[next]["text"].as_str().unwrap().contains(handle), "{}", kept[next]);
    let read = |who: &str| rig.standing.shelf().read(&Principal::new(who), handle, next, usize::MAX, rig.clock.now());
    assert_eq!(read("ann").unwrap().part, json!(all[next..]));
    assert_eq!(read("bob").unwrap_err().code, "unknown_handle");
    rig.fetch_of("ann", note()).await.unwrap();
    assert_eq!(rig.left().len(), 2, "what was cut is not kept");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_cut_is_refused_and_read_by_its_handle() {
    let text = "line\n".repeat(4000);
    let prompt = Wanted::Prompt { name: "greet".to_owned(), arguments: None };
    let messages: Vec<Value> =
        (0..100).map(|_| json!({"role": "user", "content": {"text": "y".repeat(200)}})).collect();
    let rows = [
        (note(), json!({"contents": [{"uri": "note:1", "text": text}]}), json!(text)),
        (note(), json!({"contents": [{"uri": "note:1", "blob": "Zm9v".repeat(4000)}]}), json!("Zm9v".repeat(4000))),
        (note(), json!({"contents": contents(2, MOST)}), json!(contents(2, MOST))),
        (note(), json!({"contents": contents(1, 1), "x": text}), json!("x")),
        (prompt, json!({"messages": messages}), json!(messages)),
    ];
    for (wanted, offers, part) in rows {
        let rig = rig(offers);
        let fault = rig.fetch_of("ann", wanted).await.unwrap_err();
        assert_eq!(fault.code, "result_too_long");
        assert!(fault.message.contains("`result_bytes` is 8192"), "{fault}");
        let handle = fault.message.split("\"handle\":\"").nth(1).and_then(|on| on.split('"').next()).unwrap();
        let page = rig.standing.shelf().read(&Principal::new("ann"), handle, 0, usize::MAX, rig.clock.now()).unwrap();
        assert_eq!(page.part, part);
    }
}

#[tokio::test(start_paused = true)]
async fn what_fits_goes_on_as_it_came() {
    let offers = json!({"contents": contents(3, 200), "ttlMs": 60_000});
    let rig = rig(offers.clone());
    for _ in 0..2 {
        assert_eq!(rig.fetch_of("ann", note()).await.unwrap(), offers);
    }
    assert_eq!(rig.left().len(), 1);
}
