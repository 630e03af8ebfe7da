//! Other clients' files: taken over, and written into.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::run::{Ended, run};

const CURSOR: &str = r#"{
  // by hand
  "mcpServers": {
    "github": { "command": "gh-mcp", "env": { "GITHUB_TOKEN": "ghp_hunter2hunter2" } },
    "wiki": { "url": "https://wiki.example/mcp" },
    "off": { "command": "x", "disabled": true },
  },
}
"#;

fn read(ended: &Ended, name: &str) -> String {
    fs::read_to_string(ended.place.path().join(name)).unwrap_or_default()
}

/// The names in the directory that the run was in, but for its temporary one.
fn names(place: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(place).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| name != "tmp");
    names.sort();
    names
}

#[test]
fn a_dry_run_shows_everything_and_writes_nothing() {
    let ended =
        run(["import", "--client", "cursor", "cursor.json"]).file("cursor.json", CURSOR).end().with_code(0).says(&[
            "Cursor: cursor.json",
            "add  github  gh-mcp",
            "env.GITHUB_TOKEN is a secret (ghp_…), written as ${GITHUB_TOKEN}",
            "add  wiki  https://wiki.example/mcp",
            "skip off  it is switched off in the file",
            "Nothing is written yet. With --write, 2 servers would be added",
            "GITHUB_TOKEN env.GITHUB_TOKEN of github in cursor.json",
        ]);
    assert!(!ended.out.contains("hunter2"), "{}", ended.out);
    assert_eq!(names(ended.place.path()), ["cursor.json"]);
}

#[test]
fn servers_are_added_and_what_was_there_is_kept() {
    let own = "# mine\n[servers.files] # first\ncommand = \"files-mcp\"\n";
    let import = ["import", "--client", "cursor", "cursor.json", "--write"];
    let ended = run(import).file("cursor.json", CURSOR).file("concertmaster.toml", own).end().with_code(0);
    let after = read(&ended, "concertmaster.toml");
    assert!(
        after.starts_with(own) && after.contains("[servers.github]") && after.contains("${GITHUB_TOKEN}"),
        "{after}"
    );
    assert!(!after.contains("hunter2"));
    assert_eq!(read(&ended, "concertmaster.toml.before-concertmaster"), own);
    let again = run(import).file("cursor.json", CURSOR).file("concertmaster.toml", &after).end().with_code(0);
    assert_eq!(read(&again, "concertmaster.toml"), after);
    again.says(&["it is there already, as `github`", "There is nothing to add."]);
}

#[test]
fn the_usual_files_are_found() {
    let ended = run(["import", "--json"]).file(".mcp.json", CURSOR).end().with_code(0).json();
    let file = &ended["files"][0];
    assert_eq!((&file["client"], file["servers"].as_array().unwrap().len()), (&json!("claude-code"), 3));
    assert_eq!((&ended["written"], &ended["variables"]), (&json!(false), &json!(["GITHUB_TOKEN"])));
    assert!(ended["target"].as_str().unwrap().ends_with(".config/concertmaster/concertmaster.toml"), "{ended}");
    run(["import"]).end().with_code(0).says(&["No client's file was found", ".cursor/mcp.json", ".codex/config.toml"]);
}

#[test]
fn what_cannot_be_taken_over_is_told() {
    let rows: [(&[&str], &[&str]); 5] = [
        (&["import", "nowhere.json", "--client", "cursor"], &["nowhere.json", "no such file"]),
        (&["import", "x.json"], &["whose file", "--client"]),
        (&["--config", "x.json", "import"], &["another client's kind of file"]),
        (&["install", "--client", "emacs"], &["claude-desktop"]),
        (&["install", "--client", "cursor"], &["import --write"]),
    ];
    for (args, parts) in rows {
        run(args.iter().copied()).file("x.json", CURSOR).end().with_code(2).says(parts);
    }
    let broken = run(["import", "--client", "cursor", "c.json"]).file("c.json", "{\"mcpServers\": {,}}").end();
    broken.with_code(0).says(&["cannot be read:", "not valid JSON"]);
}

#[test]
fn concertmaster_takes_the_place_of_what_it_has() {
    let own = "[servers.github]\ncommand = \"gh-mcp\"\n";
    let install = |flags: &[&'static str]| {
        let args = ["install", "--client", "cursor", "--file", "cursor.json"].into_iter().chain(flags.iter().copied());
        run(args).file("cursor.json", CURSOR).file("concertmaster.toml", own).end().with_code(0)
    };
    let dry = install(&["--replace"]);
    assert_eq!(read(&dry, "cursor.json"), CURSOR);
    dry.says(&["set  concertmaster", "out  github", "stay wiki", "stay off", "Nothing is written yet"]);
    let ended = install(&["--replace", "--write"]);
    let after = read(&ended, "cursor.json");
    assert!(after.contains("// by hand") && after.contains("wiki.example") && !after.contains("gh-mcp"), "{after}");
    assert_eq!(read(&ended, "cursor.json.before-concertmaster"), CURSOR);
    let configured = ended.place.path().join("concertmaster.toml");
    assert!(
        after.contains(configured.file_name().unwrap().to_str().unwrap()) && after.contains("\"serve\""),
        "{after}"
    );
    let plain = install(&["--write", "--json"]);
    let told: Value = plain.json();
    assert_eq!((&told["written"], &told["removed"], &told["changes"]), (&json!(true), &json!([]), &json!(true)));
    assert!(read(&plain, "cursor.json").contains("gh-mcp"));
}

#[test]
fn installing_twice_changes_nothing() {
    let own = "[servers.github]\ncommand = \"gh-mcp\"\n";
    let args = ["install", "--client", "codex", "--file", "codex.toml", "--write"];
    let first = run(args).file("codex.toml", "model = \"x\"\n").file("concertmaster.toml", own);
    let running = first.end().with_code(0);
    let after = read(&running, "codex.toml");
    // The same directory: what is written names where the configuration is.
    let second = std::process::Command::new(env!("CARGO_BIN_EXE_concertmaster"))
        .args(args)
        .current_dir(running.place.path())
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&second.stdout).contains("There is nothing to change."));
    assert_eq!(read(&running, "codex.toml"), after);
    assert_eq!(names(running.place.path()), ["codex.toml", "codex.toml.before-concertmaster", "concertmaster.toml"]);
}
