//! Faithful files of each client, and what is made of them.

use std::path::{Path, PathBuf};

use expect_test::expect;

use super::client::System;
use super::*;
use crate::config::{self, Source, Syntax};

const FILES: [(&str, &str, &str); 6] = [
    (
        "claude-desktop",
        "/home/me/.config/Claude/claude_desktop_config.json",
        include_str!("claude_desktop_config.json"),
    ),
    ("claude-code", "/home/me/.claude.json", include_str!("claude_code.json")),
    ("cursor", "/srv/gateway/.cursor/mcp.json", include_str!("cursor_mcp.json")),
    ("vscode", "/srv/gateway/.vscode/mcp.json", include_str!("vscode_mcp.json")),
    ("codex", "/home/me/.codex/config.toml", include_str!("codex_config.toml")),
    ("gemini", "/srv/gateway/.gemini/settings.json", include_str!("gemini_settings.json")),
];

fn variable(name: &str) -> Option<String> {
    (name == "HOME").then(|| "/home/me".to_owned())
}

fn home(system: System) -> Home<'static> {
    Home { variable: &variable, here: Path::new("/srv/gateway"), system }
}

fn file(client: &str, path: &str, text: &str) -> File {
    let (client, path) = (Client::named(client).unwrap(), PathBuf::from(path));
    let tree = config::tree(&Source::new(path.clone(), text, client.syntax)).unwrap();
    let entries = entries(&tree, &Scene { client, path: &path, home: &home(System::Linux) });
    File { client, path, entries: Ok(entries) }
}

fn own(text: &str) -> Vec<(String, Launch)> {
    own_entries(&config::tree(&Source::new("c.toml".into(), text, Syntax::Toml)).unwrap())
}

fn added(taken: &[Vec<Taken>]) -> Vec<(&str, &Server)> {
    let added = taken.iter().flatten().filter_map(|taken| match &taken.fate {
        Fate::Added { name, server, .. } => Some((&**name, &**server)),
        Fate::Skipped { .. } => None,
    });
    added.collect()
}

/// What becomes of each server, in one line each.
fn told(taken: &[Vec<Taken>]) -> String {
    let line = |taken: &Taken| match &taken.fate {
        Fate::Skipped { why } => format!("- {}: {why}\n", taken.name),
        Fate::Added { name, server, hidden } => {
            let hidden: Vec<String> =
                hidden.iter().map(|h| format!("{} {} {}", h.place, h.shown, h.variable)).collect();
            let notes = [hidden, server.remarks.clone()].concat();
            let notes: String = notes.iter().map(|note| format!("    {note}\n")).collect();
            format!("+ {name}\n{notes}")
        }
    };
    taken.iter().flatten().map(line).collect()
}

#[test]
fn every_clients_servers_are_read() {
    let files: Vec<File> = FILES.map(|(client, path, text)| file(client, path, text)).into();
    let taken = take(&files, &[], Secrets::Hidden);
    expect![[r#"
        + filesystem
        + github
            env.GITHUB_PERSONAL_ACCESS_TOKEN ghp_… GITHUB_PERSONAL_ACCESS_TOKEN
        + My-Notes
            args[0] … MY_NOTES_TOKEN
            it is called `My-Notes` here
        - concertmaster: it is Concertmaster itself
        + tickets
            headers.Authorization … TICKETS_TOKEN
        + events
        + database
        + github-cursor
            `github` is another server of Claude Desktop; this one is called `github-cursor`
        + files
        - search: it is switched off in the file
        + wiki
            the editor asks for `wiki-key`; here the environment variable `WIKI_KEY` holds it
        + playwright
            only the editor knows `${config:browser}`; write what it stands for
            its `envFile` is not read; list the variables under `inherit_env`
        + docs
            env.DOCS_TOKEN hf_… DOCS_TOKEN
            its choice of tools is not taken over: all of them are offered, through the gate
        + figma
        - old: it is switched off in the file
        + python
        + remote
            headers.X-Api-Key … REMOTE_X_API_KEY
        + older
            its choice of tools is not taken over: all of them are offered, through the gate
    "#]]
    .assert_eq(&told(&taken));
    let written = with_servers("", &added(&taken)).unwrap();
    expect![[r##"
        # Concertmaster's configuration; `concertmaster check` says what is wrong with it.

        [servers.filesystem]
        command = "npx"
        args = ["-y", "@modelcontextprotocol/server-filesystem", "/srv/notes"]

        [servers.github]
        command = "npx"
        args = ["-y", "@modelcontextprotocol/server-github"]
        env = { GITHUB_PERSONAL_ACCESS_TOKEN = "${GITHUB_PERSONAL_ACCESS_TOKEN}", GITHUB_TOOLSETS = "repos,issues" }

        [servers.My-Notes]
        command = "/opt/notes/bin/notes-mcp"
        args = ["--token=${MY_NOTES_TOKEN}", "$${HOME}"]

        [servers.tickets]
        url = "https://tickets.example/mcp"
        headers = { Authorization = "Bearer ${TICKETS_TOKEN}", X-Team = "gateway" }

        [servers.events]
        url = "https://events.example/sse"

        [servers.database]
        command = "uvx"
        args = ["mcp-server-sqlite", "--db-path", "./gateway.db"]
        env = { LOG_LEVEL = "${LOG_LEVEL:-info}", DB_PASSWORD = "${DB_PASSWORD}" }
        cwd = "/srv/gateway"

        [servers.github-cursor]
        url = "https://api.githubcopilot.example/mcp/"
        headers = { Authorization = "Bearer ${GITHUB_TOKEN}" }

        [servers.files]
        command = "npx"
        args = ["-y", "@modelcontextprotocol/server-filesystem", "/srv/gateway", "${HOME}/notes"]

        [servers.wiki]
        url = "https://wiki.example/mcp?tenant=7"
        headers = { X-Api-Key = "${WIKI_KEY}" }

        [servers.playwright]
        command = "npx"
        args = ["@playwright/mcp@0.0.41", "--browser", "$${config:browser}"]

        [servers.docs]
        command = "docs-mcp"
        args = ["--quiet"]
        env = { DOCS_TOKEN = "${DOCS_TOKEN}", DOCS_DIR = "/srv/docs" }
        inherit_env = ["HTTPS_PROXY"]
        timeout = "45500ms"
        start_timeout = "20s"

        [servers.figma]
        url = "https://figma.example/mcp"
        headers = { X-Region = "eu", Authorization = "Bearer ${FIGMA_TOKEN}", X-Org = "${FIGMA_ORG}" }

        [servers.python]
        command = "python"
        args = ["-m", "my_mcp_server", "--port", "8080"]
        env = { DATABASE_URL = "${DB_URL}", API_KEY = "${EXTERNAL_API_KEY}" }
        cwd = "/srv/gateway/tools"
        timeout = "15s"

        [servers.remote]
        url = "https://remote.example/mcp"
        headers = { X-Api-Key = "${REMOTE_X_API_KEY}" }

        [servers.older]
        url = "https://older.example/events"
    "##]]
    .assert_eq(&written);
    for secret in ["hunter2", "ghp_0", "hf_0", "tvly-"] {
        assert!(!written.contains(secret), "{secret}");
    }
    let report = config::faults_of_shape(&Source::new("c.toml".into(), &written, Syntax::Toml));
    assert!(report.faults.is_empty(), "{report}");
    // What is there is not added once more.
    assert!(added(&take(&files, &own(&written), Secrets::Hidden)).is_empty());
}

#[test]
fn secrets_are_kept_only_where_that_is_said() {
    let (client, path, text) = FILES[0];
    let taken = take(&[file(client, path, text)], &[], Secrets::Kept);
    let written = with_servers("", &added(&taken)).unwrap();
    assert!(written.contains("ghp_0000") && written.contains("n0tes-hunter2"), "{written}");
}

#[test]
fn what_stands_in_the_configuration_stays_as_it_is() {
    let before = "# Mine.\n[limits] # short\nanswer_within = \"9s\"\n\n[servers.github] # first\ncommand   = \"gh-mcp\"\n\n\
                  [policy]\nadditive = \"ask\"\n";
    let (client, path, text) = FILES[0];
    let taken = take(&[file(client, path, text)], &own(before), Secrets::Hidden);
    let after = with_servers(before, &added(&taken)).unwrap();
    let (start, end) = before.split_once("\n[policy]").unwrap();
    assert!(after.starts_with(start) && after.ends_with(&format!("[policy]{end}")), "{after}");
    assert!(after.contains("[servers.github-claude-desktop]"), "{after}");
    for other in ["servers = {}\n", "[servers]\na.command = \"x\"\n", "\u{feff}# x\n"] {
        let after = with_servers(other, &added(&taken)).unwrap();
        let report = config::faults_of_shape(&Source::new("c.toml".into(), &after, Syntax::Toml));
        assert!(report.faults.is_empty(), "{report}\n{after}");
        assert_eq!(after.starts_with('\u{feff}'), other.starts_with('\u{feff}'));
    }
}

#[test]
fn two_secrets_never_share_a_variable() {
    let server = |token: &str| format!("{{\"command\": \"{token}-mcp\", \"env\": {{\"API_TOKEN\": \"{token}\"}}}}");
    let text = format!(
        "{{\"mcpServers\": {{\"a\": {}, \"b\": {}, \"c\": {}}}}}",
        server("one-hunter2"),
        server("two-hunter2"),
        server("one-hunter2").replace("one-hunter2-mcp", "three-mcp"),
    );
    let taken = take(&[file("cursor", "/srv/gateway/.cursor/mcp.json", &text)], &[], Secrets::Hidden);
    expect![[r#"
        + a
            env.API_TOKEN … API_TOKEN
        + b
            env.API_TOKEN … B_API_TOKEN
        + c
            env.API_TOKEN … API_TOKEN
    "#]]
    .assert_eq(&told(&taken));
}

#[test]
fn secrets_are_found_wherever_they_stand() {
    let rows = [
        (r#"{"url": "https://me:hunter2@x.example/mcp"}"#, "https://${A_LOGIN}@x.example/mcp"),
        (r#"{"url": "https://x.example/mcp?api_key=hunter2&v=1"}"#, "https://x.example/mcp?api_key=${A_API_KEY}&v=1"),
        (r#"{"url": "https://x.example/s/abcdef0123456789abcdef0123/mcp"}"#, "https://x.example/s/${A_TOKEN}/mcp"),
        (r#"{"command": "a", "args": ["--password", "hunter2"]}"#, "a --password ${A_PASSWORD}"),
        (r#"{"command": "a", "args": ["--api-key=hunter2"]}"#, "a --api-key=${A_API_KEY}"),
        (r#"{"command": "a", "args": ["sk-0123456789ab"]}"#, "a ${A_TOKEN}"),
        (
            r#"{"command": "a", "args": ["--header", "Authorization: Bearer hunter2"]}"#,
            "a --header Authorization: Bearer ${A_TOKEN}",
        ),
        (r#"{"command": "a", "args": ["postgres://me:hunter2@db/x"]}"#, "a postgres://${A_LOGIN}@db/x"),
        (
            r#"{"command": "a", "args": ["--max-tokens=200", "-y", "mcp-server-v2-0123"]}"#,
            "a --max-tokens=200 -y mcp-server-v2-0123",
        ),
        (r#"{"url": "https://x.example/mcp/"}"#, "https://x.example/mcp/"),
        (
            r#"{"command": "a", "args": ["--key-file=/srv/key", "https://x.example/a?b=c"]}"#,
            "a --key-file=/srv/key https://x.example/a?b=c",
        ),
    ];
    for (server, expected) in rows {
        let text = format!("{{\"mcpServers\": {{\"a\": {server}}}}}");
        let taken = take(&[file("claude-desktop", "c.json", &text)], &[], Secrets::Hidden);
        assert_eq!(added(&taken)[0].1.launch.words().join(" "), expected, "{server}");
    }
}

#[test]
fn every_client_is_found_where_it_keeps_its_file() {
    let rows = [
        (System::Linux, "claude-desktop", "/home/me/.config/Claude/claude_desktop_config.json"),
        (System::Mac, "claude-desktop", "/home/me/Library/Application Support/Claude/claude_desktop_config.json"),
        (System::Linux, "claude-code", "/home/me/.claude.json"),
        (System::Linux, "cursor", "/home/me/.cursor/mcp.json"),
        (System::Mac, "vscode", "/home/me/Library/Application Support/Code/User/mcp.json"),
        (System::Linux, "vscode", "/home/me/.config/Code/User/mcp.json"),
        (System::Linux, "codex", "/home/me/.codex/config.toml"),
        (System::Linux, "gemini", "/home/me/.gemini/settings.json"),
    ];
    for (system, client, expected) in rows {
        assert_eq!(Client::named(client).unwrap().places(&home(system))[0], Path::new(expected));
    }
    for (client, path, _) in FILES {
        assert_eq!(Client::of_file(Path::new(path), &home(System::Linux)).unwrap().name, client);
    }
    assert!(Client::of_file(Path::new("/srv/x.json"), &home(System::Linux)).is_none());
    assert!(Client::named("emacs").unwrap_err().contains("claude-desktop, claude-code"));
}

fn door(args: &[String]) -> Door<'_> {
    Door { command: "/opt/bin/concertmaster", args }
}

fn args() -> Vec<String> {
    ["--config", "/srv/c.toml", "serve"].map(str::to_owned).into()
}

#[test]
fn concertmaster_stands_in_every_file_and_all_else_as_it_was() {
    let args = args();
    for (client, path, text) in FILES {
        let door = door(&args);
        let own = Client::named(client).unwrap();
        let after = edited(text, own, &door, &[]).unwrap();
        let entries = file(client, path, &after).entries.unwrap();
        assert_eq!(entries.iter().filter(|entry| is_ours(entry, &door)).count(), 1, "{after}");
        // Line by line, nothing that was there is gone or moved.
        let mut lines = after.lines();
        for line in text.lines().filter(|line| !is_last_of_list(line) && !line.contains("concertmaster")) {
            let bare = |line: &str| line.trim_end_matches(',').to_owned();
            assert!(lines.any(|other| bare(other) == bare(line)), "{client}: {line:?} is gone from\n{after}");
        }
        assert_eq!(edited(&after, own, &door, &[]).unwrap(), after, "{client}: once is enough");
    }
}

/// A line that is rightly rewritten: the old entry of Concertmaster's own.
fn is_last_of_list(line: &str) -> bool {
    line.contains("\"args\": [\"serve\"]")
}

#[test]
fn an_entry_is_written_as_each_client_writes_it() {
    let args = args();
    let after = |client: &str, text: &str| edited(text, Client::named(client).unwrap(), &door(&args), &[]).unwrap();
    expect![[r#"
        {
        	// mine
        	"servers": {
        		"concertmaster": {
        			"type": "stdio",
        			"command": "/opt/bin/concertmaster",
        			"args": ["--config", "/srv/c.toml", "serve"]
        		}
        	}
        }
    "#]]
    .assert_eq(&after("vscode", "{\n\t// mine\n\t\"servers\": {\n\t}\n}\n"));
    expect![[r#"
        {
          "mcpServers": {
            "concertmaster": {
              "command": "/opt/bin/concertmaster",
              "args": ["--config", "/srv/c.toml", "serve"]
            }
          }
        }
    "#]]
    .assert_eq(&after("cursor", ""));
    expect![[r#"
        model = "x" # mine

        [mcp_servers.concertmaster]
        command = "/opt/bin/concertmaster"
        args = ["--config", "/srv/c.toml", "serve"]
    "#]]
    .assert_eq(&after("codex", "model = \"x\" # mine\n"));
    expect![[r#"
        {
          "theme": "Default",
          "mcpServers": {
            "concertmaster": {
              "command": "/opt/bin/concertmaster",
              "args": ["--config", "/srv/c.toml", "serve"]
            }
          }
        }"#]]
    .assert_eq(&after("gemini", "{\"theme\": \"Default\"}"));
    let marked = after("cursor", "\u{feff}{}\r\n");
    assert!(marked.starts_with('\u{feff}') && marked.ends_with("\r\n"), "{marked:?}");
    for (client, text) in
        [("cursor", "[]"), ("cursor", "{\"mcpServers\": []}"), ("cursor", "{"), ("codex", "mcp_servers = 1")]
    {
        assert!(edited(text, Client::named(client).unwrap(), &door(&args), &[]).is_err(), "{text}");
    }
}

#[test]
fn servers_are_taken_out_by_name_and_no_others() {
    let args = args();
    let (client, _, text) = FILES[3];
    let own = Client::named(client).unwrap();
    let after = edited(text, own, &door(&args), &["wiki"]).unwrap();
    assert!(
        !after.contains("wiki.example") && after.contains("playwright") && after.contains("// Asked for once"),
        "{after}"
    );
    let (_, _, text) = FILES[4];
    let after = edited(text, Client::named("codex").unwrap(), &door(&args), &["docs", "old"]).unwrap();
    assert!(
        !after.contains("docs-mcp") && after.contains("[mcp_servers.figma]") && after.contains("# asks before"),
        "{after}"
    );
}

#[test]
fn a_server_of_the_configuration_is_known_again() {
    let files: Vec<File> = FILES.map(|(client, path, text)| file(client, path, text)).into();
    let taken = take(&files, &[], Secrets::Hidden);
    let there = own(&with_servers("", &added(&taken)).unwrap());
    for file in &files {
        for entry in file.entries.as_ref().unwrap() {
            let Ok(server) = &entry.server else { continue };
            assert!(has(&there, &entry.name, server, Secrets::Hidden), "{}", entry.name);
        }
    }
}
