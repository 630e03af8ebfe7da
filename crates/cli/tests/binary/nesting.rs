//! Concertmasters behind Concertmasters, each a process of its own.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::host::Host;
use crate::run::{Run, run};

/// A server that notes every call it gets. One of its tools never answers, one
/// asks its client first, one destroys.
const BOTTOM: &str = r#"
[servers.notes]
command = "sh"
trust_annotations = true
args = ["-c", '''
say() { printf '{"jsonrpc":"2.0","id":%s,%s}\n' "$id" "$1"; }
tool() { printf '{"name":"%s","description":"%s","inputSchema":{"type":"object"},"annotations":{"readOnlyHint":%s,"destructiveHint":%s,"openWorldHint":false}}' "$@"; }
text() { say '"result":{"content":[{"type":"text","text":"'"$1"'"}]}'; }
while read -r line; do
  id=$(printf '%s' "$line" | sed -n 's/.*"id":\("[^"]*"\|[0-9]*\).*/\1/p')
  case "$line" in
    *'"tools/call"'*) printf '%s\n' "$line" >> CALLS ;;
  esac
  case "$line" in
    *'"server/discover"'*) say '"error":{"code":-32601,"message":"unknown"}' ;;
    *'"initialize"'*) say '"result":{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"s","version":"1"}}' ;;
    *'"tools/list"'*) say '"result":{"tools":['"$(tool get_note 'Gets a note.' true false),$(tool get_late 'Never ends.' true false),$(tool get_region 'Asks for the region.' true false),$(tool wipe 'Wipes everything.' false true)"']}' ;;
    *'"tools/call"'*get_note*) text noted ;;
    *'"tools/call"'*get_late*) ;;
    *'"tools/call"'*get_region*) asked=$id; printf '{"jsonrpc":"2.0","id":"q","method":"elicitation/create","params":{"message":"Which region?","requestedSchema":{"type":"object","properties":{"region":{"type":"string"}}}}}\n' ;;
    *'"tools/call"'*wipe*) text wiped ;;
    *'"id":"q"'*) id=$asked; text "$(printf '%s' "$line" | sed -n 's/.*"region":"\([a-z]*\)".*/in \1/p')" ;;
  esac
done
''']
"#;

/// Clients' own approvals count, so that they can be seen.
const IN_BAND: &str = "[policy.approvals]\ndestructive = \"in_band\"\n";

/// So many of us in a row before the bottom, and the names of its tools at the
/// top; `more` is in the configuration of each.
fn row(levels: usize, more: &str) -> (Run, String) {
    let top = run(["serve"]);
    let program = env!("CARGO_BIN_EXE_concertmaster");
    let calls = top.path("calls.log");
    let bottom = BOTTOM.replace("CALLS", &calls) + more;
    let mut top = if levels == 1 { top.file("concertmaster.toml", &bottom) } else { top.file("1.toml", &bottom) };
    for level in 2..=levels {
        let behind = top.path(&format!("{}.toml", level - 1));
        let name = if level == levels { "concertmaster.toml".to_owned() } else { format!("{level}.toml") };
        let config = format!(
            "[servers.n{below}]\ncommand = '{program}'\nargs = ['--config', '{behind}', 'serve']\n\
             trust_annotations = true\n{more}",
            below = level - 1
        );
        top = top.file(&name, &config);
    }
    let prefix: String = (1..levels).rev().map(|level| format!("n{level}__")).collect();
    (top, prefix + "notes__")
}

/// The calls that reached the bottom.
fn calls(place: &Path) -> Vec<Value> {
    let noted = fs::read_to_string(place.join("calls.log")).unwrap_or_default();
    noted.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_call_goes_through_two_and_three_of_us_and_says_which() {
    for levels in [2, 3] {
        let (top, prefix) = row(levels, "");
        let mut host = Host::start(top, true, json!({}));
        let result = host.call(&format!("{prefix}get_note"), json!({}));
        assert_eq!(result["content"][0]["text"], "noted", "{result}");
        let arrived = calls(host.place());
        let meta = &arrived[0]["params"]["_meta"];
        assert_eq!(meta["concertmaster/path"].as_array().map(Vec::len), Some(levels), "{meta}");
        assert!(meta.get("concertmaster/share").is_none(), "it is between us alone: {meta}");
        host.leave();
    }
}

#[test]
fn what_was_spent_above_is_not_spent_below() {
    let (top, prefix) = row(2, "[policy]\ndestructive = \"permit\"\n");
    let mut host = Host::start(top, true, json!({}));
    let note = format!("{prefix}get_note");
    let rows = [
        (json!({"calls": 0}), "over_budget"),
        (json!({"cost_micros": 0, "calls": 0}), "over_budget"),
        (json!({"within_ms": 0}), "timed_out"),
    ];
    for (share, code) in rows {
        let refused = host.call_with(&note, json!({}), json!({"concertmaster/share": share}));
        assert_eq!(refused["structuredContent"]["error"]["code"], code, "{share}: {refused}");
    }
    assert_eq!(calls(host.place()), [] as [Value; 0]);

    // One call is left: the plan below makes one of its two.
    let step = |id: &str| json!({"id": id, "tool": "notes.get_note", "args": {"which": id}});
    let plan = json!({"steps": [step("s1"), step("s2")]});
    let meta = json!({"concertmaster/share": {"calls": 1}});
    let outcome = host.call_with("n1__run_plan", json!({"plan": plan}), meta);
    assert_eq!(calls(host.place()).len(), 1, "{outcome}");
    assert!(outcome.to_string().contains("budget of 1 upstream calls is spent"), "{outcome}");
    host.leave();
}

#[test]
fn the_innermost_of_us_is_the_first_to_give_up() {
    let (top, prefix) = row(3, "");
    let mut host = Host::start(top, true, json!({}));
    let share = json!({"concertmaster/share": {"within_ms": 2500}});
    let late = host.call_with(&format!("{prefix}get_late"), json!({}), share);
    let message = late["structuredContent"]["error"]["message"].as_str().unwrap_or_else(|| panic!("{late}"));
    assert!(message.starts_with("server `notes` did not answer `get_late`"), "{message}");
    assert_eq!(calls(host.place()).len(), 1);
    host.leave();
}

#[test]
fn a_question_at_the_bottom_reaches_the_client_of_either_era() {
    for levels in [2, 3] {
        for modern in [false, true] {
            let (top, prefix) = row(levels, "");
            let mut host = Host::start(top, modern, json!({"elicitation": {}}));
            host.answers = vec![json!({"action": "accept", "content": {"region": "north"}})];
            let result = host.call_answering(&format!("{prefix}get_region"));
            assert_eq!(result["content"][0]["text"], "in north", "{levels} {modern}: {result}");
            let asked: Vec<&Value> = host.asked.iter().map(|asked| &asked["params"]["message"]).collect();
            assert_eq!(asked, ["Which region?"], "{levels} {modern}");
            assert_eq!(calls(host.place()).len(), 1);
            host.leave();
        }
    }
}

#[test]
fn each_of_us_asks_for_its_own_approval_and_one_effect_comes_of_it() {
    let yes = || json!({"action": "accept", "content": {"approve": true}});
    let no = || json!({"action": "decline"});
    // What is answered at the top and then below, and how often it was done.
    let rows = [(vec![yes(), yes()], 1), (vec![yes(), no()], 0), (vec![no()], 0)];
    for modern in [false, true] {
        for (answers, done) in &rows {
            let (top, prefix) = row(2, IN_BAND);
            let mut host = Host::start(top, modern, json!({"elicitation": {}}));
            host.answers.clone_from(answers);
            let result = host.call_answering(&format!("{prefix}wipe"));
            assert_eq!(host.asked.len(), answers.len(), "{modern}: {:?}", host.asked);
            assert_eq!(calls(host.place()).len(), *done, "{modern}: {result}");
            host.leave();
        }
    }

    // A word at the top is none below, where a client's word does not count.
    let (top, prefix) = row(2, "");
    let config = top.read("concertmaster.toml") + IN_BAND;
    let top = top.file("concertmaster.toml", &config);
    let mut host = Host::start(top, true, json!({"elicitation": {}}));
    host.answers = vec![yes()];
    let result = host.call_answering(&format!("{prefix}wipe"));
    assert_eq!(calls(host.place()).len(), 0, "{result}");
    assert!(result.to_string().contains("may `notes.wipe` be called?"), "it says what waits below: {result}");
    host.leave();
}

#[test]
fn one_that_starts_itself_ends() {
    let program = env!("CARGO_BIN_EXE_concertmaster");
    let itself = run(["check"]);
    let path = itself.path("concertmaster.toml");
    let config = format!("[servers.me]\ncommand = '{program}'\nargs = ['--config', '{path}', 'serve']\n");
    itself.file("concertmaster.toml", &config).end().leaves_nothing();

    run(["--demo", "serve"]).variable("CONCERTMASTER_NESTED", "4").end().with_code(2).says(&["4 orchestrators"]);
}
