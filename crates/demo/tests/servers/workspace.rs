//! The workspace on disk: written out, used again, and what it refuses to be.

use std::fs;

use concertmaster_demo::{Workspace, WorkspaceError};
use tempfile::TempDir;

#[test]
fn content_is_written_once_and_then_left_alone() {
    let parent = TempDir::new().unwrap();
    let directory = parent.path().join("new/demo");
    let workspace = Workspace::materialise(&directory).unwrap();
    let readme = workspace.files().join("README.md");
    assert!(readme.exists() && workspace.database().exists());
    fs::write(&readme, "changed").unwrap();
    assert_eq!(Workspace::materialise(&directory).unwrap(), workspace);
    assert_eq!(Workspace::open(&directory).unwrap(), workspace);
    assert_eq!(fs::read_to_string(&readme).unwrap(), "changed");
}

#[test]
fn content_of_another_version_is_written_anew() {
    let directory = TempDir::new().unwrap();
    let workspace = Workspace::materialise(directory.path()).unwrap();
    let readme = workspace.files().join("README.md");
    fs::write(&readme, "changed").unwrap();
    fs::write(directory.path().join(".fernhill-demo"), "an earlier version\n").unwrap();
    Workspace::materialise(directory.path()).unwrap();
    assert!(fs::read_to_string(&readme).unwrap().starts_with("# gateway"));
}

#[test]
fn other_directories_are_left_alone() {
    let directory = TempDir::new().unwrap();
    fs::write(directory.path().join("thesis.tex"), "years of work").unwrap();
    let error = Workspace::materialise(directory.path()).unwrap_err();
    assert!(matches!(error, WorkspaceError::Occupied { .. }), "{error}");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    let error = Workspace::open(directory.path()).unwrap_err();
    assert!(matches!(error, WorkspaceError::Missing { .. }), "{error}");
}

#[test]
fn the_warehouse_keeps_its_own_rules() {
    let directory = TempDir::new().unwrap();
    let workspace = Workspace::materialise(directory.path()).unwrap();
    let database = rusqlite::Connection::open(workspace.database()).unwrap();
    let count = |sql: &str| database.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    for (rule, sql) in [
        ("references", "SELECT count(*) FROM pragma_foreign_key_check"),
        (
            "an order's total is the sum of its items",
            "SELECT count(*) FROM orders o WHERE abs(total_eur - (SELECT sum(quantity * unit_price_eur) \
             FROM order_items i WHERE i.order_id = o.id)) > 0.001",
        ),
        (
            "a ticket belongs to the customer of its order, and comes after it",
            "SELECT count(*) FROM tickets t JOIN orders o ON o.id = t.order_id \
             WHERE o.customer_id <> t.customer_id OR o.placed_at > t.opened_at",
        ),
        (
            "closed tickets have an end",
            "SELECT count(*) FROM tickets WHERE (status = 'closed') <> (closed_at IS NOT NULL)",
        ),
        ("nothing lies in the future", "SELECT count(*) FROM tickets WHERE closed_at > '2026-11-22'"),
    ] {
        assert_eq!(count(sql), 0, "{rule}");
    }
}
