//! `server-memory`: a graph grows, is read, and shrinks once a human said so.

use std::fs;

use serde_json::{Value, json};

use crate::ground::Ground;
use crate::rig::{self, answer, steps, waiting};
use crate::servers;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the reference servers: cargo xtask reference-servers"]
async fn the_graph_is_written_read_and_cut_back() {
    let ground = Ground::new();
    rig::with(vec![servers::memory(&ground)], async |rig| {
        let entity = |name: &str, said: &str| json!({"name": name, "entityType": "service", "observations": [said]});
        let entities = json!([entity("gateway", "retries five times"), entity("ledger", "settles at night")]);
        let created = rig.result("memory.create_entities", json!({"entities": entities})).await;
        assert_eq!(created["entities"], entities, "{created}");
        assert!(fs::read_to_string(ground.graph()).unwrap().contains("settles at night"));

        let outcome = rig.ask("read the knowledge graph").await;
        assert_eq!(steps(&outcome), ["memory.read_graph ok"]);
        let text = &answer(&outcome).text;
        assert!(text.contains("gateway") && text.contains("ledger"), "{text}");

        let asked = rig.asked_first("memory.delete_entities", json!({"entityNames": ["ledger"]})).await;
        assert_eq!(waiting(&asked)[0].call.tool.effect.as_str(), "destructive");
        assert_eq!(names(&rig.result("memory.read_graph", json!({})).await), ["gateway", "ledger"]);
        assert_eq!(steps(&rig.approve(asked).await), ["memory.delete_entities ok"]);
        assert_eq!(names(&rig.result("memory.read_graph", json!({})).await), ["gateway"]);
    })
    .await;
}

fn names(graph: &Value) -> Vec<&str> {
    let entities = graph["entities"].as_array().expect("a list of entities");
    entities.iter().map(|entity| entity["name"].as_str().expect("a name")).collect()
}
