//! What a newcomer types first.

use crate::run::run;

#[test]
fn help_teaches() {
    let rows: [(&[&str], &[&str]); 14] = [
        (&["--help"], &["ask", "demo", "Exit codes", "CONCERTMASTER_CONFIG"]),
        (&["ask", "--help"], &["--approve", "Examples"]),
        (&["plan", "--help"], &["nothing is called"]),
        (&["run", "--help"], &["examples/plan.json", "standard input"]),
        (&["tools", "--help"], &["Examples"]),
        (&["call", "--help"], &["key:=JSON"]),
        (&["servers", "--help"], &["how each server stands"]),
        (&["serve", "--help"], &["mcpServers", "--http"]),
        (&["check", "--help"], &["--schema"]),
        (&["import", "--help"], &["--write", "--keep-secrets", "claude-desktop"]),
        (&["install", "--help"], &["--replace", "Examples"]),
        (&["demo", "--help"], &["--demo tools", "--model"]),
        (&["eval", "--help"], &["--floor", "nothing is called", "Examples"]),
        (&["--version"], &["concertmaster 0."]),
    ];
    for (args, parts) in rows {
        let ended = run(args.iter().copied()).end().with_code(0).says(parts);
        assert!(ended.err.is_empty(), "{args:?}: {}", ended.err);
        assert!(!ended.out.contains("--serve <NAME>"), "the demo's inside is not shown");
    }
}

#[test]
fn what_cannot_be_understood_is_told_with_status_2() {
    let rows: [(&[&str], &[&str]); 9] = [
        (&[], &["Usage"]),
        (&["plna", "x"], &["'plan'"]),
        (&["ask"], &["QUERY"]),
        (&["demo", "--timeout", "5", "x"], &["5s or 5ms"]),
        (&["ask", "--approve", "abc", "x"], &["64 hexadecimal digits"]),
        (&["--config", "c.toml", "demo", "x"], &["c.toml", "there is no such file"]),
        (&["--demo", "--model", "gpt", "ask", "x"], &["openai/NAME"]),
        (&["--demo", "--model-url", "http://127.0.0.1:1", "ask", "x"], &["--model PROVIDER/NAME"]),
        (&["--demo", "--record", "r.jsonl", "ask", "x"], &["nothing to record", "--model"]),
    ];
    for (args, parts) in rows {
        run(args.iter().copied()).end().with_code(2).says(parts);
    }
}
