//! What waits for a human waits over the end of a process, is answered from
//! another one, and is done once.

use std::path::Path;

use demo::Workspace;
use tempfile::TempDir;

use crate::run::{Ended, run};

/// A configuration over a workspace of the demo's, with state beside it.
struct Place {
    directory: TempDir,
}

impl Place {
    fn new(more: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let workspace = directory.path().join("workspace");
        std::fs::create_dir(&workspace).unwrap();
        Workspace::materialise(&workspace).unwrap();
        let server = |name: &str| {
            let (program, workspace) = (env!("CARGO_BIN_EXE_concertmaster"), workspace.to_str().unwrap());
            format!(
                "[servers.{name}]\ncommand = '{program}'\nargs = ['demo', '--serve', '{name}', '--workspace', \
                 '{workspace}']\ntrust_annotations = true\n"
            )
        };
        let servers: String = ["filesystem", "github", "slack"].map(server).concat();
        let config = format!("{servers}{more}\n[state]\ndirectory = 'state'\n");
        std::fs::write(directory.path().join("concertmaster.toml"), config).unwrap();
        Self { directory }
    }

    fn path(&self, name: &str) -> String {
        self.directory.path().join(name).to_str().unwrap().to_owned()
    }

    /// The program on this configuration.
    fn run(&self, args: &[&str]) -> Ended {
        let config = self.path("concertmaster.toml");
        run(["--config", &config].into_iter().chain(args.iter().copied())).end()
    }

    /// Asks for a merge, and the name of the question that comes of it.
    fn asked(&self) -> String {
        let outcome = self.run(&["ask", "--json", "merge PR 123"]).with_code(1).json();
        assert_eq!(
            (&outcome["kind"], &outcome["approval"]["in_band"]),
            (&"approve".into(), &false.into()),
            "{outcome}"
        );
        outcome["approval"]["id"].as_str().unwrap().to_owned()
    }
}

#[test]
fn what_is_let_through_from_another_terminal_goes_on_once() {
    let place = Place::new("");
    let told = place.run(&["ask", "merge PR 123"]).with_code(1).says(&["number = 123  from the request"]);
    let line = told.out.lines().find(|line| line.contains("approvals approve")).unwrap();
    let id = line.trim().rsplit(' ').next().unwrap().to_owned();
    place.run(&["approvals"]).with_code(0).says(&[&id, "waiting", "github.merge_pull_request"]);
    place.run(&["approvals", "show", &id[..6]]).with_code(0).says(&["asked: merge PR 123", "number = 123"]);
    place.run(&["resume", &id]).with_code(1).says(&["may `github.merge_pull_request` be called?"]);
    place.run(&["approvals", "approve", &id]).with_code(0).says(&["approved"]);
    place.run(&["approvals", "approve", &id]).with_code(2).says(&["approved already"]);
    place.run(&["approvals"]).with_code(0).says(&["nothing waits"]);
    place.run(&["resume", &id]).with_code(0).says(&["#123"]);
    place.run(&["resume", &id]).with_code(2).says(&["used before"]);
    place.run(&["journal"]).with_code(0).says(&["nothing of unknown outcome"]);
    place.run(&["journal", "--all"]).with_code(0).says(&["done", "github.merge_pull_request"]);
    let all = place.run(&["approvals", "--json", "list", "--all"]).with_code(0).json();
    assert_eq!(all["approvals"][0]["standing"], "redeemed", "{all}");
}

#[test]
fn what_is_denied_is_not_done() {
    let place = Place::new("");
    let id = place.asked();
    place.run(&["approvals", "deny", &id]).with_code(0).says(&["denied"]);
    place.run(&["resume", &id]).with_code(1).says(&["not approved"]);
    place.run(&["journal", "--all"]).with_code(0).says(&["nothing but reading was done"]);
    for unknown in ["0000-0000-0000-0000", "nonsense", ""] {
        place.run(&["approvals", "approve", unknown]).with_code(2).says(&["there is no approval"]);
    }
}

#[test]
fn a_text_that_was_carried_is_as_good_as_the_name() {
    let place = Place::new("");
    let outcome = place.run(&["ask", "--json", "merge PR 123"]).with_code(1).json();
    let id = outcome["approval"]["id"].as_str().unwrap();
    place.run(&["approvals", "approve", id]).with_code(0);
    let text = outcome["resume"].as_str().unwrap();
    let (config, other) = (place.path("concertmaster.toml"), Place::new(""));
    let resume = |config: &str| run(["--config", config, "resume", "-"]).input(text).end();
    resume(&other.path("concertmaster.toml")).with_code(2).says(&["no state of yours"]);
    resume(&config).with_code(0).says(&["#123"]);
}

#[test]
fn a_form_is_filled_in_on_the_command_line() {
    let place = Place::new("");
    let outcome = place.run(&["ask", "--json", "show the diff of the pull request"]).json();
    assert_eq!(outcome["kind"], "argument", "{outcome}");
    let text = outcome["resume"].as_str().unwrap();
    place.run(&["resume", text, "number=123"]).with_code(0).says(&["#123"]);
    place.run(&["resume", text, "number=123"]).with_code(2).says(&["answered before"]);
}

#[test]
fn what_a_server_keeps_to_itself_is_told_to_another_only_with_leave() {
    let plan = r##"{"steps": [
        {"id": "s1", "tool": "filesystem.read_file", "args": {"path": "README.md"}},
        {"id": "s2", "tool": "slack.search_messages", "args": {"query": {"$tmpl": "{{s1}}"}}}
    ]}"##;
    let open = Place::new("");
    std::fs::write(open.path("plan.json"), plan).unwrap();
    open.run(&["run", &open.path("plan.json")]).with_code(0);
    let private = |more: &str| {
        let place = Place::new(more);
        let path = place.path("concertmaster.toml");
        let config = std::fs::read_to_string(&path).unwrap();
        std::fs::write(
            &path,
            config.replacen("trust_annotations = true", "trust_annotations = true\nprivate = true", 1),
        )
        .unwrap();
        std::fs::write(place.path("plan.json"), plan).unwrap();
        place
    };
    let place = private("");
    place.run(&["run", &place.path("plan.json")]).with_code(1).says(&["it would tell `slack` what it may not read"]);
    let place = private("[policy]\nprivate = 'deny'\n");
    place.run(&["run", &place.path("plan.json")]).says(&["may not read, and the policy denies that"]);
}

#[test]
fn state_lies_where_it_is_said_to_and_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new("");
    place.asked();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let state = place.directory.path().join("state");
    assert_eq!(mode(&state), 0o700);
    for file in ["state.log", "seal.key"] {
        assert_eq!(mode(&state.join(file)), 0o600, "{file}");
    }
    let runs: Vec<_> = std::fs::read_dir(state.join("runs")).unwrap().collect();
    assert!(runs.is_empty(), "a run that ended in order leaves nothing: {runs:?}");
}
