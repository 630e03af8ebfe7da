//! The `sql` server: tables described, queries answered, and every change refused.

use concertmaster_demo::Which;
use serde_json::json;

use crate::client::{Client, each};

#[tokio::test]
async fn tables_are_listed_and_described() {
    let client = Client::of(Which::Sql).await;
    let tables = client.call("list_tables", json!({})).await;
    assert_eq!(each(&tables, "/tables", "/name"), ["customers", "order_items", "orders", "products", "tickets"]);
    assert_eq!(each(&tables, "/tables", "/row_count"), [20, 79, 42, 14, 28]);
    assert_eq!(tables["tables"][0]["columns"], json!(["id", "name", "country", "kind", "created_on"]));
    let orders = client.call("describe_table", json!({"table": "Orders"})).await;
    assert_eq!(
        orders["columns"][1],
        json!({"name": "customer_id", "type": "INTEGER", "nullable": false, "primary_key": false,
            "references": "customers.id"})
    );
    assert!(orders["create_statement"].as_str().unwrap().contains("'refunded'"));
}

#[tokio::test]
async fn queries_return_rows() {
    let client = Client::of(Which::Sql).await;
    let found = client
        .call(
            "query",
            json!({"sql": "SELECT id, subject FROM tickets WHERE subject LIKE '%timeout%' ORDER BY id LIMIT 2;"}),
        )
        .await;
    assert_eq!(
        found,
        json!({
            "columns": ["id", "subject"],
            "rows": [
                {"id": 514, "subject": "Timeout when opening the catalogue"},
                {"id": 516, "subject": "Payment timeout, order still pending"},
            ],
            "row_count": 2,
            "truncated": false,
        })
    );
    let joined = "WITH t AS (SELECT * FROM tickets) SELECT t.id, o.id, o.total_eur, t.closed_at, x'0aff' AS raw \
        FROM t JOIN orders o ON o.id = t.order_id WHERE t.id = 528";
    let found = client.call("query", json!({"sql": joined})).await;
    assert_eq!(found["columns"], json!(["id", "id_2", "total_eur", "closed_at", "raw"]));
    let row = &found["rows"][0];
    assert!(row["total_eur"].is_f64() && row["closed_at"].is_null(), "{row}");
    assert_eq!(row["raw"], "0aff");
}

#[tokio::test]
async fn long_results_are_cut() {
    let client = Client::of(Which::Sql).await;
    let found = client.call("query", json!({"sql": "SELECT o.id FROM orders o, customers c"})).await;
    assert_eq!((&found["row_count"], &found["truncated"]), (&json!(200), &json!(true)));
    let exact = client.call("query", json!({"sql": "SELECT o.id FROM orders o, customers c LIMIT 200"})).await;
    assert_eq!((&exact["row_count"], &exact["truncated"]), (&json!(200), &json!(false)));
}

#[tokio::test]
async fn nothing_can_be_changed() {
    let client = Client::of(Which::Sql).await;
    let other = client.workspace.root().join("other.db").display().to_string();
    let read_only = "this database is read only: only a SELECT on its tables is allowed";
    for sql in [
        "INSERT INTO customers (id, name, country, kind, created_on) VALUES (99, 'x', 'DE', 'club', '2026-01-01')",
        "INSERT INTO customers SELECT * FROM customers RETURNING id",
        "UPDATE orders SET status = 'refunded' RETURNING id",
        "DELETE FROM tickets",
        "DROP TABLE tickets",
        "CREATE TABLE t (x)",
        "CREATE TEMP TABLE t AS SELECT 1",
        "ALTER TABLE tickets ADD COLUMN x",
        "PRAGMA writable_schema = 1",
        "PRAGMA query_only = 0",
        "PRAGMA table_info(orders)",
        "SELECT * FROM pragma_table_info('orders')",
        &format!("ATTACH DATABASE '{other}' AS other"),
        &format!("VACUUM INTO '{other}'"),
        "VACUUM",
        "BEGIN IMMEDIATE",
        "REINDEX",
        "ANALYZE",
        "",
        "-- nothing",
    ] {
        assert_eq!(client.refusal("query", json!({"sql": sql})).await, read_only, "{sql}");
    }
    for sql in ["SELECT 1; DELETE FROM tickets", "SELECT 1; SELECT 2", "SELECT 1; PRAGMA writable_schema = 1"] {
        let message = client.refusal("query", json!({"sql": sql})).await;
        assert!(message == read_only || message == "send one statement at a time", "{sql}: {message}");
    }
    assert!(!client.workspace.root().join("other.db").exists());
    let found = client.call("query", json!({"sql": "SELECT count(*) AS n FROM tickets"})).await;
    assert_eq!(found["rows"][0]["n"], 28);
}

#[tokio::test]
async fn refusals_say_what_would_work() {
    let client = Client::of(Which::Sql).await;
    for (tool, arguments, expected) in [
        (
            "describe_table",
            json!({"table": "invoices"}),
            "there is no table \"invoices\"; the tables are customers, order_items, orders, products, tickets",
        ),
        (
            "query",
            json!({"sql": "SELECT * FROM invoices"}),
            "; the tables are customers, order_items, orders, products, tickets",
        ),
        ("query", json!({"sql": "SELECT nam FROM customers"}), "; describe_table lists the columns of a table"),
        ("query", json!({"sql": "SELEC 1"}), "SQLite says: near \"SELEC\": syntax error"),
        ("query", json!({"sql": "SELECT load_extension('x')"}), "not authorized to use function: load_extension"),
        ("query", json!({"sql": "SELECT zeroblob(900000000)"}), "a value of the result is larger than 1 MB"),
        (
            "query",
            json!({"sql": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"}),
            "the query ran longer than 2 s and was stopped",
        ),
    ] {
        let message = client.refusal(tool, arguments.clone()).await;
        assert!(message.contains(expected), "{arguments}: {message}");
    }
}
