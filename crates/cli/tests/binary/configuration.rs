//! Configuration files, good and bad.

use crate::run::run;

const TEN_FAULTS: &str = include_str!("../../src/config/tests/ten_faults.toml");

#[test]
fn without_a_configuration_it_says_where_it_looked_and_what_to_write() {
    for command in [&["servers"][..], &["ask", "x"], &["tools"], &["check"], &["serve"]] {
        run(command.iter().copied()).end().with_code(2).says(&[
            "./concertmaster.toml",
            "./mcp.json",
            "./.mcp.json",
            ".config/concertmaster/concertmaster.toml",
            "[servers.files]",
            "concertmaster demo",
        ]);
    }
}

#[test]
fn ten_faults_are_told_at_once() {
    let ended = run(["check"]).file("concertmaster.toml", TEN_FAULTS).end().with_code(2).says(&[
        "concertmaster.toml has 10 faults",
        "concertmaster.toml:2:1: unknown key `comand`",
        "did you mean `command`?",
        "concertmaster.toml:21:17:",
    ]);
    assert!(ended.err.is_empty());
    let json = run(["check", "--json"]).file("concertmaster.toml", TEN_FAULTS).end().with_code(2).json();
    let faults = json["faults"].as_array().unwrap();
    assert_eq!(faults.len(), 10);
    assert_eq!((&faults[0]["line"], &faults[0]["code"]), (&2.into(), &"unknown_key".into()));
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let rows: [(&str, &str); 2] = [("nowhere.toml", "there is no such file"), (".", "it is a directory")];
    for (path, why) in rows {
        run(["--config", path, "servers"]).end().with_code(2).says(&[path, why]);
    }
}

#[test]
fn the_variable_names_the_file_and_the_flag_goes_first() {
    let faulty = "[servers]\n";
    let by_variable = run(["servers"]).file("a.toml", faulty).variable("CONCERTMASTER_CONFIG", "a.toml");
    by_variable.end().with_code(2).says(&["a.toml:1:1"]);
    let by_flag =
        run(["--config", "b.toml", "servers"]).file("b.toml", faulty).variable("CONCERTMASTER_CONFIG", "a.toml");
    by_flag.end().with_code(2).says(&["b.toml:1:1"]);
}

#[test]
fn a_secret_is_never_shown() {
    let text = "[servers.a]\ncommand = \"x\"\nenv = { TOKEN = \"hunter2\" }, oops\nheaders = { A = \"${TOKEN}\" }\n";
    let ended = run(["check"]).file("concertmaster.toml", text).variable("TOKEN", "hunter2").end().with_code(2);
    assert!(!format!("{}{}", ended.out, ended.err).contains("hunter2"), "{}", ended.err);
}

#[test]
fn the_schema_can_be_printed() {
    let schema = run(["check", "--schema"]).end().with_code(0).json();
    assert!(schema["properties"]["servers"].is_object());
}
