//! Reading files of labelled queries: what is right is read, and everything
//! that is wrong is told at once, with its line.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod fixture;

use concertmaster_evaluate::{Category, Ending, LineFault, MAX_ENTRIES, Style, read};
use fixture::merge;
use serde_json::{Value, json};

const LINE: &str = r#"{"id":"q-1","category":"guarded","style":"natural","query":"if it is so, do it","outcome":"answered","servers":["gh","sl"],"tools":[["gh.get","gh.diff"],["sl.post"]],"shape":"guarded","shape_also":["each"],"edges":[[0,1]],"arguments":[{"tool":0,"name":"n","value":1},{"tool":1,"name":"t","contains":["x"]}],"optional":["gh.list"],"needs_model":true,"note":"why"}"#;

fn line(members: Value) -> String {
    let mut line: Value = serde_json::from_str(LINE).unwrap();
    merge(&mut line, members);
    line.to_string()
}

fn faults(file: &[u8]) -> Vec<String> {
    read(file).err().into_iter().flatten().map(|fault: LineFault| fault.to_string()).collect()
}

#[test]
fn a_file_is_read_line_by_line_with_or_without_a_newline_at_its_end() {
    let second = LINE.replace("q-1", "q-2");
    for file in [format!("{LINE}\n{second}"), format!("{LINE}\n{second}\n"), format!("{LINE}\r\n{second}\r\n")] {
        let labelled = read(file.as_bytes()).unwrap();
        let ids: Vec<&str> = labelled.iter().map(|one| one.id()).collect();
        assert_eq!(ids, ["q-1", "q-2"]);
        let one = &labelled[0];
        assert_eq!((one.category(), one.style(), one.outcome()), (Category::Guarded, Style::Natural, Ending::Answered));
        assert_eq!((one.query(), one.needs_model()), ("if it is so, do it", true));
    }
}

#[test]
fn every_faulty_line_is_told_at_once() {
    let file = [
        LINE.to_owned(),
        "{".to_owned(),
        String::new(),
        line(json!({"id": "q-2", "categry": "single"})),
        line(json!({"id": "q-3", "servers": ["gh"], "edges": [[0, 2], [1, 1], [0, 1], [0, 1]]})),
        LINE.to_owned(),
        line(json!({"id": "q-4"})),
        "# comment".to_owned(),
    ]
    .join("\n");
    let found = faults(file.as_bytes());
    let lines: Vec<&str> = found.iter().map(|fault| fault.split_once(": ").unwrap().0).collect();
    assert_eq!(lines, ["line 2", "line 3", "line 4", "line 5", "line 5", "line 5", "line 5", "line 6", "line 8"]);
    assert!(found[7].contains("`q-1` is the id of line 1 already"), "{found:?}");
}

#[test]
fn a_line_that_contradicts_itself_says_in_what() {
    let many: Vec<Value> = (0..=MAX_ENTRIES).map(|_| json!(["gh.get"])).collect();
    let rows = [
        (json!({"id": " "}), "`id` is empty"),
        (json!({"query": ""}), "`query` is empty"),
        (json!({"category": "other"}), "unknown variant `other`, expected one of `single`"),
        (json!({"style": "terse"}), "unknown variant `terse`"),
        (json!({"outcome": "denied"}), "unknown variant `denied`"),
        (json!({"shape": "tree"}), "unknown variant `tree`"),
        (json!({"extra": 1}), "unknown field `extra`"),
        (json!({"tools": [["gh_get"], ["sl.post"]]}), "not of the form server.tool"),
        (json!({"tools": [["gh.get"], []]}), "entry 1 of `tools` lists no tool"),
        (json!({"tools": [["gh.get"], ["fs.read"]]}), "entry 1 of `tools` has no tool of a server in `servers`"),
        (json!({"servers": ["gh", "sl", "fs"]}), "no entry of `tools` has a tool of `fs`"),
        (json!({"servers": ["gh", "sl", "sl"]}), "`servers` names `sl` twice"),
        (json!({"tools": many, "servers": ["gh"]}), "`tools` has 13 entries, and 12 are the most"),
        (json!({"shape": null}), "outcome `answered` needs a `shape`"),
        (json!({"outcome": "clarify"}), "with outcome `clarify`, `shape` is null"),
        (json!({"outcome": "clarify", "shape": null}), "`shape_also` without a `shape`"),
        (json!({"outcome": "clarify", "shape": null}), "`edges` without a `shape`"),
        (json!({"outcome": "out_of_scope"}), "out of scope, so `tools` is empty"),
        (json!({"outcome": "clarify", "tools": [["gh.get"]], "arguments": []}), "two options or more"),
        (json!({"tools": [], "servers": [], "arguments": [], "edges": []}), "needs at least one entry in `tools`"),
        (json!({"outcome": "argument"}), "`missing` names what is asked for"),
        (json!({"missing": ["n"]}), "`missing` belongs to outcome `argument`, not `answered`"),
        (json!({"missing": ["n", "n"]}), "`missing` names `n` twice"),
        (json!({"edges": [[0, 2]]}), "edge [0, 2] leads to an entry that `tools` does not have"),
        (json!({"edges": [[1, 1]]}), "edge [1, 1] leads from an entry to itself"),
        (json!({"edges": [[0, 1], [0, 1]]}), "edge [0, 1] stands there twice"),
        (json!({"edges": [[0, -1]]}), "invalid value"),
        (
            json!({"arguments": [{"tool": 2, "name": "n", "value": 1}]}),
            "`n` is of entry 2, which `tools` does not have",
        ),
        (json!({"arguments": [{"tool": 0, "name": "n"}]}), "either `value` or `contains`"),
        (
            json!({"arguments": [{"tool": 0, "name": "n", "value": 1, "contains": ["x"]}]}),
            "either `value` or `contains`",
        ),
        (json!({"arguments": [{"tool": 0, "name": "n", "contains": []}]}), "`n` contains nothing"),
        (
            json!({"arguments": [{"tool": 0, "name": "n", "value": 1}, {"tool": 0, "name": "n", "value": 2}]}),
            "`n` of entry 0 stands there twice",
        ),
    ];
    for (members, expected) in rows {
        let found = faults(line(members.clone()).as_bytes());
        assert!(
            found.iter().any(|fault| fault.starts_with("line 1: ") && fault.contains(expected)),
            "{members} {found:?}"
        );
    }
    // Null is a value; a shape must be there, be it null.
    assert_eq!(faults(line(json!({"arguments": [{"tool": 0, "name": "n", "value": null}]})).as_bytes()), [""; 0]);
    let without = LINE.replace(r#""shape":"guarded","#, "");
    assert!(faults(without.as_bytes())[0].contains("missing field `shape`"));
}

#[test]
fn what_is_no_file_of_queries_says_so() {
    assert_eq!(faults(b""), ["line 1: there is no query in the file"]);
    assert_eq!(faults(b"\n"), ["line 1: there is no query in the file"]);
    let broken = [LINE.as_bytes(), b"\n\xff\xfe\n"].concat();
    assert!(faults(&broken)[0].starts_with("line 2: it is not UTF-8"));
}

#[test]
fn the_demos_own_files_are_in_order() {
    let rows: [(&[u8], usize); 3] = [
        (include_bytes!("../../demo/eval/tuning.jsonl"), 117),
        (include_bytes!("../../demo/eval/fresh.jsonl"), 360),
        (include_bytes!("../../demo/eval/held-out.jsonl"), 120),
    ];
    for (file, least) in rows {
        assert_eq!(faults(file), [""; 0]);
        let labelled = read(file).unwrap();
        assert!(labelled.len() >= least);
        let natural = labelled.iter().filter(|one| one.style() == Style::Natural).count();
        assert!(natural >= 30, "{natural} as people type");
    }
}
