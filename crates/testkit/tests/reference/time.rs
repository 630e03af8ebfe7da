//! `mcp-server-time`: what the time is, and what it is elsewhere.

use engine::{Decision, InputRequired};
use serde_json::json;

use crate::rig::{self, answer, json as shown, steps};
use crate::servers;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the reference servers: cargo xtask reference-servers"]
async fn the_time_is_told_and_converted() {
    rig::with(vec![servers::time()], async |rig| {
        let outcome = rig.ask("get the current time in timezone Asia/Tokyo").await;
        assert_eq!(steps(&outcome), ["time.get_current_time ok"]);
        assert!(answer(&outcome).text.contains("Asia/Tokyo"), "{}", answer(&outcome).text);

        // Neither zone has summer time.
        let arguments = json!({"source_timezone": "Asia/Kolkata", "time": "12:00", "target_timezone": "Asia/Tokyo"});
        let converted = rig.result("time.convert_time", arguments).await;
        let there = converted["target"]["datetime"].as_str().expect("a time");
        assert!(there.ends_with("T15:30:00+09:00"), "{converted}");

        let complaint = rig.complaint("time.get_current_time", json!({"timezone": "Mars/Olympus"})).await;
        assert!(complaint.contains("Mars/Olympus"), "{complaint}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the reference servers: cargo xtask reference-servers"]
async fn a_time_without_a_place_is_asked_about() {
    rig::with(vec![servers::time()], async |rig| {
        let outcome = rig.ask("get the current time").await;
        let Decision::InputRequired(InputRequired::Argument { tool, schema, .. }) = &outcome.decision else {
            panic!("{}", shown(&outcome))
        };
        assert_eq!((tool.to_string().as_str(), &schema["required"]), ("time.get_current_time", &json!(["timezone"])));
        assert!(outcome.steps.is_empty());
    })
    .await;
}
