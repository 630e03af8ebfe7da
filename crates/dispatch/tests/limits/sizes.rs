//! Results that are too large: whole items are kept, the form stays, and the
//! rest can be read on by whoever asked.

use catalog::Effect;
use dispatch::{Caps, SHELF_TTL};
use proptest::prelude::*;
use query::Principal;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::rig::{Does, Rig, value};

const MOST: usize = 8 * 1024;

fn rig(value: Value) -> Rig {
    let mut rig = Rig::of(&[("a", "read", Effect::Read, Does::Yields(value))]);
    rig.limits.caps = Caps { result_bytes: MOST, ..Caps::default() };
    rig
}

fn items(count: usize, of: usize) -> Value {
    let item = |i| json!({"id": i, "text": "x".repeat(of)});
    json!({"total": count, "items": (0..count).map(item).collect::<Vec<_>>()})
}

#[tokio::test(start_paused = true)]
async fn a_result_that_fits_is_left_alone_and_a_larger_one_says_what_is_missing() {
    let small = rig(items(3, 10));
    let carried = small.call("a.read", json!(1)).await;
    assert!(carried.cut.is_none() && carried.seen.output().unwrap().text().is_some(), "byte for byte");
    let whole = items(500, 100);
    let large = rig(whole.clone());
    let carried = large.call("a.read", json!(1)).await;
    let cut = carried.cut.clone().unwrap();
    let raw = carried.seen.output().unwrap().raw().unwrap().clone();
    assert!(raw.to_string().len() <= MOST, "{}", raw.to_string().len());
    assert_eq!((cut.pointer.as_str(), cut.total), ("/items", 500));
    assert_eq!(raw["_meta"]["concertmaster/cut"], json!(cut));
    let kept = value(&carried)["items"].as_array().unwrap().clone();
    assert_eq!(kept.len(), cut.next);
    assert_eq!(kept, whole["items"].as_array().unwrap()[..cut.next], "whole items, from the first on");
    let words = raw["content"].as_array().unwrap().last().unwrap()["text"].as_str().unwrap();
    assert!(words.contains("read_result") && words.contains(cut.handle.as_deref().unwrap()), "{words}");
}

#[tokio::test(start_paused = true)]
async fn the_rest_is_read_on_by_whoever_asked_and_by_nobody_else() {
    let whole = items(500, 100);
    let rig = rig(whole.clone());
    let carried = rig.call("a.read", json!(1)).await;
    let cut = carried.cut.clone().unwrap();
    let handle = cut.handle.unwrap();
    let (ann, bob) = (Principal::new("ann"), Principal::new("bob"));
    let read =
        |who: &Principal, handle: &str, from| rig.standing.shelf().read(who, handle, from, MOST, rig.clock.now());
    let mut all = value(&carried)["items"].as_array().unwrap().clone();
    let mut next = Some(cut.next);
    let mut pages = 0;
    while let Some(from) = next {
        let page = read(&ann, &handle, from).unwrap();
        assert!(serde_json::to_string(&page).unwrap().len() <= MOST + 256);
        all.extend(page.part.as_array().unwrap().clone());
        next = page.next;
        pages += 1;
    }
    assert_eq!(json!(all), whole["items"]);
    assert!(pages > 3);
    let code = |read: Result<dispatch::Page, query::Fault>| read.unwrap_err();
    assert_eq!(code(read(&ann, &handle, 501)).code, "out_of_range");
    let (another, none) = (code(read(&bob, &handle, 0)), code(read(&ann, "0123", 0)));
    assert_eq!((another.code.as_str(), &another), ("unknown_handle", &none), "another's looks like none");
    sleep(SHELF_TTL).await;
    assert_eq!(code(read(&ann, &handle, 0)), none, "and so does one that has expired");
}

#[tokio::test(start_paused = true)]
async fn one_principals_results_push_out_no_others() {
    let mut rig = rig(items(400, 100));
    let settings = dispatch::StandingSettings { shelf_bytes: 400_000, ..dispatch::StandingSettings::default() };
    rig.standing = dispatch::Standing::new(settings);
    let first = rig.call_of("ann", "a.read", json!(0)).await.cut.unwrap().handle.unwrap();
    for i in 0..20 {
        rig.call_of("bob", "a.read", json!(i)).await;
    }
    let read = rig.standing.shelf().read(&Principal::new("ann"), &first, 0, MOST, rig.clock.now());
    assert!(read.is_ok(), "{read:?}");
}

#[tokio::test(start_paused = true)]
async fn however_little_room_there_is_something_is_left() {
    let mut tight = rig(items(500, 100));
    tight.limits.caps.result_bytes = 1;
    let carried = tight.call("a.read", json!(1)).await;
    let length = carried.seen.output().unwrap().raw().unwrap().to_string().len();
    assert!(carried.cut.is_some() && length <= 2 * dispatch::LEAST_BYTES, "{length}");
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i32>().prop_map(Value::from),
        "[a-z\"\\\\\n é]{0,200}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 400, 40, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..40).prop_map(Value::from),
            prop::collection::btree_map("[a-z/~]{1,6}", inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Whether `part` is `whole` with items left off the ends of lists, and texts
/// cut short.
fn is_a_part(part: &Value, whole: &Value) -> bool {
    match (part, whole) {
        (Value::Array(part), Value::Array(whole)) => {
            part.len() <= whole.len() && part.iter().zip(whole).all(|(part, whole)| is_a_part(part, whole))
        }
        (Value::Object(part), Value::Object(whole)) => {
            part.len() == whole.len()
                && part.iter().all(|(name, part)| whole.get(name).is_some_and(|whole| is_a_part(part, whole)))
        }
        (Value::String(part), Value::String(whole)) => whole.starts_with(part.as_str()),
        (part, whole) => part == whole,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn what_is_left_is_a_part_of_the_same_form(whole in values()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let whole = json!({ "all": whole });
        let rig = rig(whole.clone());
        let carried = runtime.block_on(rig.call("a.read", json!(1)));
        let part = value(&carried);
        prop_assert!(is_a_part(&part, &whole), "{part} of {whole}");
        let text = whole.to_string();
        prop_assert_eq!(carried.cut.is_some(), json!({"content": [], "structuredContent": whole}).to_string().len() > MOST, "{} bytes", text.len());
        prop_assert!(carried.cut.is_some() || part == whole);
    }
}

#[test]
fn what_is_no_part_is_found_out() {
    let rows =
        [(json!([1, 3]), json!([1, 2, 3])), (json!({"a": 1}), json!({"a": 1, "b": 2})), (json!("b"), json!("ab"))];
    for (part, whole) in rows {
        assert!(!is_a_part(&part, &whole), "{part} of {whole}");
    }
}
