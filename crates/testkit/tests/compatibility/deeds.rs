//! What a client does with a server.

use serde_json::{Value, json};

use crate::pair::Pair;
use crate::sides::Behind;
use crate::support::until;

/// One thing that is tried with every pair.
pub(crate) struct Deed {
    pub(crate) name: &'static str,
    /// What must come out, for people.
    pub(crate) outcome: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    List,
    Call,
    Failure,
    Progress,
    Question,
    Cancel,
    Resource,
    Prompt,
    Completion,
}

const fn deed(name: &'static str, outcome: &'static str, kind: Kind) -> Deed {
    Deed { name, outcome, kind }
}

/// All of them.
pub(crate) const DEEDS: &[Deed] = &[
    deed("list", "the server's tools are listed under its name", Kind::List),
    deed("call", "the tool's answer, with the text that was sent", Kind::Call),
    deed("failure", "a tool's own failure, as one", Kind::Failure),
    deed("progress", "every notification, in order, under the client's own token", Kind::Progress),
    deed("question", "what the server asks reaches the client, and its answer the server", Kind::Question),
    deed("cancel", "a call that the client takes back is taken back at the server", Kind::Cancel),
    deed("resource", "the contents, as the server gave them", Kind::Resource),
    deed("prompt", "the messages, with the client's argument in them", Kind::Prompt),
    deed("completion", "the server's suggestions", Kind::Completion),
];

/// Does it; why it did not come out as it should.
pub(crate) async fn done(deed: &Deed, pair: &mut Pair, behind: &Behind) -> Result<(), String> {
    pair.noted();
    let name = behind.name();
    let tool = |tool: &str| format!("{name}__{tool}");
    match deed.kind {
        Kind::List => {
            let listed = pair.ask("tools/list", json!({})).await?;
            let wanted = tool("get_echo");
            let names = listed["tools"].as_array().into_iter().flatten();
            held(names.clone().any(|listed| listed["name"] == *wanted), &listed)
        }
        Kind::Call => {
            let result = pair.ask("tools/call", call(tool("get_echo"), json!({"text": "søk"}))).await?;
            held(result["content"][0]["text"] == "søk", &result)
        }
        Kind::Failure => {
            let result = pair.ask("tools/call", call(tool("get_failure"), json!({}))).await?;
            held(result["isError"] == true, &result)
        }
        Kind::Progress => {
            let mut params = call(tool("count"), json!({"to": 3}));
            params["_meta"] = json!({"progressToken": "mine"});
            pair.ask("tools/call", params).await?;
            let (heard, _) = pair.noted();
            let told = heard.iter().filter(|told| told["method"] == "notifications/progress");
            let told: Vec<(&Value, &Value)> =
                told.map(|told| (&told["params"]["progressToken"], &told["params"]["progress"])).collect();
            let expected = [1, 2, 3].map(|step| (json!("mine"), json!(step)));
            held(told.iter().copied().eq(expected.iter().map(|(token, step)| (token, step))), &json!(heard))
        }
        Kind::Question => question(pair, tool("get_asked")).await,
        Kind::Cancel => cancel(pair, behind, tool("wait")).await,
        Kind::Resource => {
            let uri = if behind.is_first { "note:1".to_owned() } else { format!("note:1#server={name}") };
            let read = pair.ask("resources/read", json!({"uri": uri})).await?;
            held(read["contents"][0]["text"] == "ice", &read)
        }
        Kind::Prompt => {
            let got = pair.ask("prompts/get", json!({"name": tool("greet"), "arguments": {"whom": "the ice"}})).await?;
            held(got["messages"][0]["content"]["text"].as_str().is_some_and(|text| text.contains("the ice")), &got)
        }
        Kind::Completion => {
            let reference = json!({"type": "ref/prompt", "name": tool("greet")});
            let asked = json!({"ref": reference, "argument": {"name": "whom", "value": "th"}});
            let given = pair.ask("completion/complete", asked).await?;
            held(given["completion"]["values"] == json!(["th", "more"]), &given)
        }
    }
}

fn call(tool: String, arguments: Value) -> Value {
    json!({"name": tool, "arguments": arguments})
}

/// Every revision has roots to ask for.
async fn question(pair: &mut Pair, tool: String) -> Result<(), String> {
    let arguments = json!({"method": "roots/list", "params": {}});
    let mut params = call(tool, arguments);
    let mut result = pair.ask("tools/call", params.clone()).await?;
    if pair.modern {
        held(result["resultType"] == "input_required", &result)?;
        let answer = json!({"roots": [{"uri": "file:///ice"}]});
        let keys = result["inputRequests"].as_object().cloned().unwrap_or_default();
        let answers = keys.into_iter().map(|(key, _)| (key, answer.clone()));
        params["inputResponses"] = answers.collect::<serde_json::Map<_, _>>().into();
        params["requestState"] = result["requestState"].take();
        result = pair.ask("tools/call", params).await?;
    } else {
        let (_, asked) = pair.noted();
        held(!asked.is_empty() && asked.iter().all(|asked| asked["method"] == "roots/list"), &json!(asked))?;
    }
    held(result["content"][0]["text"].as_str().is_some_and(|text| text.contains("file:///ice")), &result)
}

/// The server is seen to get the call, and then to be told that it is over.
async fn cancel(pair: &mut Pair, behind: &Behind, tool: String) -> Result<(), String> {
    let count = |line: &str| {
        let log = std::fs::read_to_string(&behind.log).unwrap_or_default();
        log.lines().filter(|noted| noted.starts_with(line)).count()
    };
    let (calls, cancelled) = (count("tools/call"), count("cancelled"));
    let arguments = json!({"ms": 1000});
    pair.take_back("tools/call", call(tool, arguments), async || {
        until("the server gets the call", || count("tools/call") > calls).await;
    })
    .await;
    until(&format!("the {} server hears of it", behind.title()), || count("cancelled") > cancelled).await;
    Ok(())
}

fn held(holds: bool, seen: &Value) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("it came to {seen}")) }
}
