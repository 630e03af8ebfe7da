//! Servers that fall silent, die, or talk out of turn while they are asked.

use std::time::{Duration, Instant};

use crate::run::{Run, run};

/// A server in a dozen lines of shell, with one tool without parameters. What
/// it does when the tool is called is the test's to say; `$id` is the id of
/// the request.
fn shell_server(when_called: &str) -> String {
    let script = format!(
        r#"
say() {{ printf '{{"jsonrpc":"2.0","id":%s,%s}}\n' "$id" "$1"; }}
while read -r line; do
  id=$(printf '%s' "$line" | sed -n 's/.*"id":\("[^"]*"\|[0-9]*\).*/\1/p')
  case "$line" in
    *'"server/discover"'*) say '"error":{{"code":-32601,"message":"unknown"}}' ;;
    *'"initialize"'*) say '"result":{{"protocolVersion":"2025-06-18","capabilities":{{"tools":{{}}}},"serverInfo":{{"name":"s","version":"1"}}}}' ;;
    *'"tools/list"'*) say '"result":{{"tools":[{{"name":"get_weather","description":"Get the weather report.","inputSchema":{{"type":"object"}}}}]}}' ;;
    *'"tools/call"'*) {when_called} ;;
  esac
done
"#
    );
    format!("[servers.station]\ncommand = \"sh\"\nargs = [\"-c\", '''{script}''']\n")
}

fn asked(when_called: &str) -> Run {
    run(["--timeout", "2s", "ask", "get the weather report"]).file("concertmaster.toml", &shell_server(when_called))
}

const ANSWER: &str = r#"say '"result":{"content":[{"type":"text","text":"Sunny, 21 degrees"}]}'"#;

#[test]
fn a_server_that_answers_is_heard() {
    asked(ANSWER).end().with_code(0).says(&["Sunny, 21 degrees", "[s1]", "station.get_weather"]);
}

#[test]
fn noise_between_the_messages_does_no_harm() {
    let noisy = format!("echo 'loading model... {{'; echo; {ANSWER}; echo done");
    asked(&noisy).end().with_code(0).says(&["Sunny, 21 degrees"]);
}

#[test]
fn a_server_that_never_answers_is_left_at_the_deadline() {
    let started = Instant::now();
    asked("sleep 300").end().with_code(4).says(&["Timed out", "station"]).leaves_nothing();
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
}

#[test]
fn a_server_that_dies_under_a_call_is_named_with_its_last_words() {
    asked("echo 'out of paper' >&2; exit 7").end().with_code(3).says(&["station", "out of paper", "7"]);
}

#[test]
fn a_tool_that_says_it_failed_is_quoted() {
    let failed = r#"say '"result":{"isError":true,"content":[{"type":"text","text":"the mast is down"}]}'"#;
    asked(failed).end().with_code(3).says(&["the mast is down", "station"]);
    run(["call", "station.get_weather"])
        .file("concertmaster.toml", &shell_server(failed))
        .end()
        .with_code(3)
        .says(&["The tool says that it failed", "the mast is down"]);
}

#[test]
fn a_result_cannot_write_to_the_terminal() {
    let escapes = r#"say '"result":{"content":[{"type":"text","text":"a\\u001b[2Jb\\u202ec"}]}'"#;
    let ended = asked(escapes).end().with_code(0);
    assert!(!ended.out.contains(['\u{1b}', '\u{202e}']), "{:?}", ended.out);
    let called = run(["call", "station.get_weather"]).file("concertmaster.toml", &shell_server(escapes)).end();
    assert!(!called.with_code(0).out.contains(['\u{1b}', '\u{202e}']));
}

#[test]
fn a_call_does_not_wait_for_the_neighbours_of_its_server() {
    let silent = "[servers.silent]\ncommand = \"sleep\"\nargs = [\"300\"]\n";
    let config = format!("{}\n{silent}", shell_server(ANSWER));
    let started = Instant::now();
    run(["call", "station.get_weather"]).file("concertmaster.toml", &config).end().with_code(0).says(&["Sunny"]);
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
}
