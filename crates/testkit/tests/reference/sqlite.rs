//! `mcp-server-sqlite`: the one server without annotations, so that the verbs
//! in its tools' names decide.

use serde_json::json;

use crate::ground::Ground;
use crate::rig::{self, answer, steps, waiting};
use crate::servers;

const TOTALS: &str = "SELECT customer, SUM(total) AS total FROM orders GROUP BY customer ORDER BY customer";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the reference servers: cargo xtask reference-servers"]
async fn tables_are_listed_described_and_queried() {
    let ground = Ground::new();
    rig::with(vec![servers::sqlite(&ground)], async |rig| {
        let rows = [
            ("list the tables".to_owned(), "sqlite.list_tables ok", &["orders", "tickets"][..]),
            ("describe the table \"orders\"".to_owned(), "sqlite.describe_table ok", &["customer", "total"]),
            (format!("run the query \"{TOTALS}\""), "sqlite.read_query ok", &["Halden", "140", "Moss", "80"]),
        ];
        for (query, step, expected) in rows {
            let outcome = rig.ask(&query).await;
            assert_eq!(steps(&outcome), [step], "{query}");
            let text = &answer(&outcome).text;
            assert!(expected.iter().all(|expected| text.contains(expected)), "{query}: {text}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the reference servers: cargo xtask reference-servers"]
async fn rows_are_deleted_when_a_human_said_so() {
    let ground = Ground::new();
    rig::with(vec![servers::sqlite(&ground)], async |rig| {
        let count =
            async || rig.result("sqlite.read_query", json!({"query": "SELECT COUNT(*) AS n FROM orders"})).await;
        let before = count().await;
        let delete = json!({"query": "DELETE FROM orders WHERE customer = 'Moss'"});
        let asked = rig.asked_first("sqlite.write_query", delete).await;
        assert!(waiting(&asked)[0].why.contains("nothing says what `sqlite.write_query` does"), "{asked:?}");
        assert_eq!(count().await, before, "nothing is deleted before a human said so");
        assert_eq!(steps(&rig.approve(asked).await), ["sqlite.write_query ok"]);
        assert_ne!(count().await, before);

        // What only reads refuses to do more, and says so.
        let told = rig.call("sqlite.read_query", json!({"query": "DELETE FROM orders"})).await;
        assert!(format!("{told:?}").contains("Only SELECT queries are allowed"), "{told:?}");
    })
    .await;
}
