//! A language model beside the demo: named, recorded and replayed. The model
//! is a stand-in on loopback.

use std::fs;

use serde_json::json;
use standin::{Reply, Standin, When, Wire};

use crate::run::run;

/// Asked of two servers, so that a model is asked, too.
const QUERY: &str = "summarize the changes in PR #123 and the discussion in Slack about it";

/// A key that nothing may hold.
const KEY: &str = "sk-hunter2hunter2hunter2";

/// A stand-in that plans two calls and writes two sentences, and asks for a
/// key.
fn standin(runtime: &tokio::runtime::Runtime) -> Standin {
    let standin = runtime.block_on(Standin::start()).unwrap();
    standin.require_key(KEY);
    let step = |id: &str, tool: &str, name: &str, value: &str| {
        json!({"id": id, "op": "call", "tool": tool, "purpose": "", "over_step": "", "over_path": "", "limit": 0,
            "when_step": "", "when_path": "", "when_cmp": "always", "when_value": "", "after": [],
            "args": [{"name": name, "kind": "lit", "step": "", "path": "", "value": value}]})
    };
    let steps = [
        step("s1", "github.get_pull_request_diff", "number", "123"),
        step("s2", "slack.search_messages", "query", "123"),
    ];
    let plan = json!({"outcome": "plan", "question": "", "reason": "", "confidence": "high", "steps": steps,
        "answer": {"style": "summary", "uses": ["s1", "s2"]}});
    standin.when(When::property("steps"), Reply::json(plan));
    let answer = "The retry policy becomes exponential backoff. [s1]\nThe 5 s default timeout stays. [s2]";
    standin.when(When::default(), Reply::text(format!("{answer}\nYour key is {KEY}.")));
    standin
}

#[test]
fn a_model_plans_and_writes_over_the_demos_servers_and_its_key_is_nowhere() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let standin = standin(&runtime);
    let url = standin.base_url(Wire::OpenAi);
    let named = ["--model", "openai/m", "--model-url", &url, "--model-key", "MY_KEY", "--record", "r.jsonl"];
    let ended = run(named.into_iter().chain(["demo", QUERY, "--json"])).variable("MY_KEY", KEY).end().with_code(0);
    let told = ended.json();
    assert_eq!(told["drafting"]["author"], "model", "{told}");
    assert_eq!(told["usage"]["model_calls"], told["models"].as_array().unwrap().len());
    assert!(told["answer"]["text"].as_str().unwrap().contains("exponential backoff"), "{told}");
    let recorded = fs::read_to_string(ended.place.path().join("r.jsonl")).unwrap();
    for text in [&recorded, &ended.out, &ended.err] {
        assert!(!text.contains(KEY) && !text.contains("hunter2"), "{text}");
    }
    assert!(recorded.contains("‹redacted›"), "the model repeated it, so it was taken out");
    drop(standin);
    // Nobody is there any more, and no key is needed.
    let again = run(["demo", QUERY, "--json", "--replay", "r.jsonl"]).file("r.jsonl", &recorded).end().with_code(0);
    assert_eq!(again.json()["answer"]["text"], told["answer"]["text"]);
    // Piped, no statement is shown before the answer is.
    let piped = run(["demo", QUERY, "--replay", "r.jsonl"]).file("r.jsonl", &recorded).end().with_code(0);
    assert_eq!(piped.out.matches("exponential backoff").count(), 1, "{}", piped.out);
    assert_eq!(piped.err, "");
}

#[test]
fn a_configurations_model_serves_the_demo_and_its_servers_do_not() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let standin = standin(&runtime);
    let url = standin.base_url(Wire::OpenAi);
    let model = format!("[model]\nprovider = \"openai\"\nname = \"m\"\nbase_url = \"{url}\"\nkey = \"${{MY_KEY}}\"\n");
    let config = format!("{model}\n[servers.gone]\ncommand = \"/nowhere/at/all\"\n");
    for text in [&model, &config] {
        let ended = run(["--config", "c.toml", "demo", QUERY, "--json"]).file("c.toml", text).variable("MY_KEY", KEY);
        let told = ended.end().with_code(0).json();
        assert_eq!(told["drafting"]["author"], "model", "{told}");
    }
    run(["--config", "c.toml", "demo", QUERY]).file("c.toml", &config).end().with_code(2).says(&["MY_KEY"]);
    run(["--config", "c.toml", "demo", QUERY])
        .file("c.toml", "[servers.a]\ncommand = \"x\"\n")
        .end()
        .with_code(2)
        .says(&["c.toml has no [model]", "say `ask`"]);
}
