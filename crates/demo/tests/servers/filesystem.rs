//! The `filesystem` server: listing, reading, finding and writing within the workspace, and nothing outside it.

use std::fs;

use concertmaster_demo::Which;
use serde_json::json;

use crate::client::{Client, each};

#[tokio::test]
async fn directories_are_listed() {
    let client = Client::of(Which::Filesystem).await;
    let root = client.call("list_directory", json!({})).await;
    assert_eq!(
        each(&root, "/entries", "/name"),
        ["CHANGELOG.md", "README.md", "config", "docs", "notes", "requirements.txt", "src", "tests"]
    );
    assert_eq!(each(&root, "/entries", "/kind")[1..3], ["file", "directory"]);
    let source = client.call("list_directory", json!({"path": "./src/"})).await;
    assert_eq!(source["path"], "src");
    assert_eq!(
        each(&source, "/entries", "/path"),
        ["src/access_log.py", "src/auth.py", "src/client.py", "src/errors.py", "src/retry.py"]
    );
}

#[tokio::test]
async fn files_are_read() {
    let client = Client::of(Which::Filesystem).await;
    let file = client.call("read_file", json!({"path": "config/defaults.toml"})).await;
    let content = file["content"].as_str().unwrap();
    assert!(content.contains("timeout_seconds = 5.0") && content.contains("delay_seconds = 0.5"));
    assert_eq!(file["size"], content.len());
}

#[tokio::test]
async fn lines_and_names_are_found() {
    let client = Client::of(Which::Filesystem).await;
    for (arguments, expected) in [
        (json!({"query": "accept_hs256"}), vec!["config/defaults.toml:18"]),
        (json!({"query": "FIXED PAUSE"}), vec!["docs/adr-007-retries.md:13", "src/retry.py:3"]),
        (json!({"query": "pause of fixed", "path": "docs"}), vec!["docs/adr-007-retries.md:13"]),
        (json!({"query": "access_log"}), vec!["src/access_log.py:0"]),
        (json!({"query": "zeppelin"}), vec![]),
    ] {
        let found = client.call("search", arguments.clone()).await;
        let paths = each(&found, "/matches", "/path");
        let lines = each(&found, "/matches", "/line");
        let both = paths.iter().zip(&lines);
        let found: Vec<String> = both.map(|(path, line)| format!("{}:{line}", path.as_str().unwrap())).collect();
        assert_eq!(found, expected, "{arguments}");
    }
}

#[tokio::test]
async fn files_are_written() {
    let client = Client::of(Which::Filesystem).await;
    let new = client.call("write_file", json!({"path": "notes/deep/new.md", "content": "one\n"})).await;
    assert_eq!(new, json!({"path": "notes/deep/new.md", "bytes_written": 4, "created": true}));
    let again = client.call("write_file", json!({"path": "notes/deep/new.md", "content": ""})).await;
    assert_eq!(again["created"], false);
    assert_eq!(fs::read_to_string(client.workspace.files().join("notes/deep/new.md")).unwrap(), "");
}

#[tokio::test]
async fn nothing_outside_is_reached() {
    let client = Client::of(Which::Filesystem).await;
    let outside = tempfile::TempDir::new().unwrap();
    fs::write(outside.path().join("secret.txt"), "secret").unwrap();
    let files = client.workspace.files();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(outside.path(), files.join("link")).unwrap();
        std::os::unix::fs::symlink(outside.path().join("secret.txt"), files.join("secret.txt")).unwrap();
        std::os::unix::fs::symlink(outside.path().join("new.txt"), files.join("dangling.txt")).unwrap();
    }
    let absolute = outside.path().join("secret.txt").display().to_string();
    let paths = [
        "../github/issues.json",
        "src/../../github/issues.json",
        "/etc/passwd",
        absolute.as_str(),
        "link/secret.txt",
        "secret.txt",
        "link",
        "link/new.txt",
        "link/deep/new.txt",
        "dangling.txt",
    ];
    for path in paths {
        for (tool, arguments) in [
            ("read_file", json!({"path": path})),
            ("list_directory", json!({"path": path})),
            ("search", json!({"query": "secret", "path": path})),
            ("write_file", json!({"path": path, "content": "overwritten"})),
        ] {
            let message = client.refusal(tool, arguments).await;
            assert!(message.contains(path) && !message.contains("project directory; "), "{tool} {path}: {message}");
        }
    }
    let found = client.call("search", json!({"query": "secret"})).await;
    assert!(!found.to_string().contains("link/"), "{found}");
    assert_eq!(fs::read_to_string(outside.path().join("secret.txt")).unwrap(), "secret");
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn refusals_say_what_would_work() {
    let client = Client::of(Which::Filesystem).await;
    fs::write(client.workspace.files().join("large.txt"), vec![b'x'; 300 * 1024]).unwrap();
    fs::write(client.workspace.files().join("image.png"), [0xff, 0xfe, 0x00]).unwrap();
    for (tool, arguments, expected) in [
        (
            "read_file",
            json!({"path": "auth.py"}),
            "there is no \"auth.py\" in the project; did you mean \"src/auth.py\"?",
        ),
        (
            "read_file",
            json!({"path": "src/router.py"}),
            "there is no \"src/router.py\" in the project; use search or list_directory to find the path",
        ),
        ("read_file", json!({"path": "src"}), "\"src\" is a directory; use list_directory to see its files"),
        ("read_file", json!({"path": "large.txt"}), "\"large.txt\" has 307200 bytes; the limit is 262144"),
        ("read_file", json!({"path": "image.png"}), "\"image.png\" is not a text file (not valid UTF-8)"),
        (
            "read_file",
            json!({"path": "../secret"}),
            "\"../secret\" contains \"..\"; give a path inside the project, such as src/auth.py",
        ),
        ("list_directory", json!({"path": "README.md"}), "\"README.md\" is a file, not a directory; use read_file"),
        ("search", json!({"query": " "}), "the query is empty; give a text to look for"),
        ("write_file", json!({"path": "src", "content": "x"}), "\"src\" is a directory, not a file"),
        ("write_file", json!({"path": ".", "content": "x"}), "\".\" names no file"),
        (
            "write_file",
            json!({"path": "big.txt", "content": "x".repeat(262_145)}),
            "the text has 262145 bytes; the limit is 262144",
        ),
    ] {
        assert_eq!(client.refusal(tool, arguments).await, expected);
    }
}
