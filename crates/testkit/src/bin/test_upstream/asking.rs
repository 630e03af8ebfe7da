//! What the server asks of its client in the middle of a call.

use serde_json::{Value, json};

use crate::tools;
use crate::voice::Voice;

/// The state it wants back with the answers; odd enough to show any change.
const STATE: &str = "säid \"once\" \u{2028}";

/// Asks what the call's arguments say: in the modern era instead of the
/// result, as often as `rounds` says, in the legacy era with a request of its
/// own.
pub(crate) fn ask(voice: &Voice, id: &Value, params: &Value, modern: bool) {
    let arguments = &params["arguments"];
    let question = json!({"method": arguments["method"], "params": arguments["params"]});
    if !modern {
        for i in 0..arguments["extra"].as_u64().unwrap_or(0) {
            voice.say(&json!({"jsonrpc": "2.0", "id": format!("extra {i}"), "method": question["method"], "params": question["params"]}));
        }
        let own = format!("ask {id}");
        voice.say(&json!({"jsonrpc": "2.0", "id": own, "method": question["method"], "params": question["params"]}));
        return;
    }
    let round = params["requestState"].as_str().map_or(0, |state| state.matches(STATE).count() as u64);
    if round < arguments["rounds"].as_u64().unwrap_or(1) {
        let state = STATE.repeat(usize::try_from(round).unwrap_or_default() + 1);
        let requests = json!({"second": {"method": "roots/list"}, "first": question});
        voice.answer(id, json!({"resultType": "input_required", "inputRequests": requests, "requestState": state}));
        return;
    }
    let heard = json!({"responses": params["inputResponses"], "meta": params["_meta"], "rounds": round});
    voice.answer(id, tools::text(&heard.to_string()));
}

/// Takes the answer to a question of the legacy era; the call that asked it
/// ends with it.
pub(crate) fn answered(voice: &Voice, message: &Value) {
    let asked = message["id"].as_str().and_then(|id| id.strip_prefix("ask "));
    if let Some(id) = asked.and_then(|id| serde_json::from_str(id).ok()) {
        let heard = json!({"result": message["result"], "error": message["error"]["message"]});
        voice.answer(&id, tools::text(&heard.to_string()));
    }
}
