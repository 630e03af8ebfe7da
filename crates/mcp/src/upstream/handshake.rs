//! Finding out which revision a server speaks.

use dispatch::Offers;
use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use super::era::{Era, LEGACY, MODERN, NEWEST_LEGACY, capabilities, who_we_are};
use super::letter::Letter;
use super::offerings::Abilities;
use super::session::Ids;
use super::wire::{Request, Trouble, Wire, WireFault};
use crate::excerpt::excerpt;

/// A server's instructions are kept up to this length, in characters.
const MAX_INSTRUCTIONS_CHARS: usize = 16_384;

/// What a server says of itself when the connection opens.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Introduction {
    pub(crate) era: Era,
    pub(crate) name: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) instructions: Option<String>,
    /// What it says it can do.
    pub(crate) abilities: Abilities,
}

/// What asking a server in the modern way showed.
#[derive(Debug)]
pub(crate) enum Probe {
    /// It speaks the modern revision.
    Modern(Box<Introduction>),
    /// It answered, and what it answered no modern server answers.
    Legacy,
}

/// The codes with which a modern server refuses.
const UNSUPPORTED_REVISION: i64 = -32022;
const MODERN_REFUSALS: std::ops::RangeInclusive<i64> = -32022..=-32020;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Discovered {
    supported_versions: Vec<String>,
    #[serde(default)]
    capabilities: Value,
    #[serde(default)]
    instructions: Option<String>,
    #[serde(default, rename = "_meta")]
    meta: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Initialized {
    protocol_version: String,
    #[serde(default)]
    capabilities: Value,
    #[serde(default)]
    server_info: Value,
    #[serde(default)]
    instructions: Option<String>,
}

/// Asks with `server/discover`, and once more if the server says that it
/// speaks this very revision. The caller bounds the wait.
pub(crate) async fn probe(wire: &dyn Wire, ids: &Ids) -> Result<Probe, WireFault> {
    wire.agree(&Era::Modern);
    let answer = match discover(wire, ids.next()).await {
        Err(WireFault { trouble: Trouble::Refused(error), .. })
            if error.code == UNSUPPORTED_REVISION && speaks(error.data.as_ref(), &[MODERN]) =>
        {
            discover(wire, ids.next()).await
        }
        answer => answer,
    };
    let answer = match answer {
        Ok(answer) => answer,
        Err(WireFault { trouble: Trouble::Refused(error), .. })
            if !MODERN_REFUSALS.contains(&error.code) || speaks_legacy_only(error.code, error.data.as_ref()) =>
        {
            return Ok(Probe::Legacy);
        }
        Err(WireFault { trouble: Trouble::Status { code: 400 | 404 | 405 | 406 | 415 | 422, .. }, .. }) => {
            return Ok(Probe::Legacy);
        }
        Err(fault) => return Err(fault),
    };
    let discovered = serde_json::from_str::<Discovered>(answer.get()).ok();
    let Some(found) = discovered.filter(|found| found.supported_versions.iter().any(|version| version == MODERN))
    else {
        return Ok(Probe::Legacy);
    };
    let info = &found.meta["io.modelcontextprotocol/serverInfo"];
    Ok(Probe::Modern(Box::new(Introduction {
        era: Era::Modern,
        name: text(info, "name"),
        version: text(info, "version"),
        title: text(info, "title"),
        instructions: clipped(found.instructions),
        abilities: Abilities::declared(&found.capabilities),
    })))
}

/// Opens a session with `initialize`. The caller bounds the wait.
pub(crate) async fn initialize(wire: &dyn Wire, id: u64) -> Result<Introduction, WireFault> {
    wire.agree(&Era::Legacy(NEWEST_LEGACY.to_owned()));
    // Which client there will be is not known yet; what it cannot be asked is
    // refused then.
    let anything = Offers { sampling: true, forms: true, urls: true, roots: true, later: false };
    let letter = Letter::new(id, "initialize", 0)
        .words("protocolVersion", NEWEST_LEGACY)
        .json("capabilities", &text_of(capabilities(anything, false)))
        .json("clientInfo", &raw(&who_we_are()));
    let answer = wire.request(Request::plain(id, "initialize", letter)).await?;
    let found: Initialized = serde_json::from_str(answer.get())
        .map_err(|_| WireFault::unknown(Trouble::Malformed("its answer to `initialize` names no protocol version")))?;
    if !LEGACY.contains(&found.protocol_version.as_str()) {
        return Err(WireFault::unknown(Trouble::Malformed("it wants a protocol version that we do not speak")));
    }
    let era = Era::Legacy(found.protocol_version);
    wire.agree(&era);
    wire.notify("notifications/initialized", raw(&json!({}))).await?;
    Ok(Introduction {
        era,
        name: text(&found.server_info, "name"),
        version: text(&found.server_info, "version"),
        title: text(&found.server_info, "title"),
        instructions: clipped(found.instructions),
        abilities: Abilities::declared(&found.capabilities),
    })
}

/// Whether a refused `initialize` says that there is no such thing: a server
/// of the modern revision alone.
pub(crate) fn knows_no_initialize(fault: &WireFault) -> bool {
    matches!(&fault.trouble, Trouble::Refused(error)
        if error.code == crate::frame::METHOD_NOT_FOUND || MODERN_REFUSALS.contains(&error.code))
}

async fn discover(wire: &dyn Wire, id: u64) -> Result<Box<RawValue>, WireFault> {
    let letter =
        Letter::new(id, "server/discover", 0).meta(&Era::Modern.context(Offers::default(), None, false), None, None);
    wire.request(Request::plain(id, "server/discover", letter)).await
}

fn speaks_legacy_only(code: i64, data: Option<&Value>) -> bool {
    code == UNSUPPORTED_REVISION && !speaks(data, &[MODERN]) && speaks(data, LEGACY)
}

/// Whether a refusal says that one of these revisions would do.
fn speaks(data: Option<&Value>, revisions: &[&str]) -> bool {
    let supported = data.and_then(|data| data["supported"].as_array()).into_iter().flatten();
    supported.into_iter().any(|version| version.as_str().is_some_and(|version| revisions.contains(&version)))
}

fn text(info: &Value, member: &str) -> Option<String> {
    info[member].as_str().map(excerpt).filter(|text| !text.is_empty())
}

fn clipped(instructions: Option<String>) -> Option<String> {
    instructions.map(|text| text.chars().take(MAX_INSTRUCTIONS_CHARS).collect())
}

/// JSON that was written by ourselves.
fn text_of(json: String) -> Box<RawValue> {
    RawValue::from_string(json).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

/// A value's text.
pub(crate) fn raw(value: &Value) -> Box<RawValue> {
    // A `Value` has text keys only, and can always be written.
    to_raw_value(value).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, duplex};

    use super::*;
    use crate::upstream::stdio::StdioWire;

    /// A wire whose server answers request 1 with this.
    fn answered_with(answer: Value) -> StdioWire {
        let (ours, theirs) = duplex(64 * 1024);
        let (input, output) = tokio::io::split(ours);
        tokio::spawn(async move {
            let (read, mut write) = tokio::io::split(theirs);
            let mut lines = BufReader::new(read).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                let asked: Value = serde_json::from_str(&line).unwrap();
                if asked["id"] == 1 {
                    write.write_all(format!("{answer}\n").as_bytes()).await.unwrap();
                }
            }
        });
        StdioWire::start(catalog::ServerId::new("s"), output, input)
    }

    fn result(result: Value) -> Value {
        json!({"jsonrpc": "2.0", "id": 1, "result": result})
    }

    fn error(code: i64, data: Value) -> Value {
        json!({"jsonrpc": "2.0", "id": 1, "error": {"code": code, "message": "no", "data": data}})
    }

    #[tokio::test]
    async fn the_answer_to_the_probe_tells_the_era() {
        let rows = [
            (result(json!({"supportedVersions": ["2026-07-28"]})), "modern"),
            (result(json!({"supportedVersions": ["2027-01-01", "2026-07-28"], "capabilities": null})), "modern"),
            (result(json!({"supportedVersions": ["2025-11-25"]})), "legacy"),
            (result(json!({})), "legacy"),
            (result(json!({"tools": []})), "legacy"),
            (error(-32601, json!(null)), "legacy"),
            (error(-32600, json!("not initialized")), "legacy"),
            (error(-32000, json!(null)), "legacy"),
            (json!({"jsonrpc": "2.0", "id": null, "error": {"code": -32700, "message": "parse error"}}), "legacy"),
            (error(-32022, json!({"supported": ["2025-11-25", "2025-06-18"]})), "legacy"),
            (error(-32022, json!({"supported": ["2027-01-01"]})), "refused"),
            (error(-32021, json!(null)), "refused"),
        ];
        for (answer, expected) in rows {
            let seen = match probe(&answered_with(answer.clone()), &Ids::new()).await {
                Ok(Probe::Modern(_)) => "modern",
                Ok(Probe::Legacy) => "legacy",
                Err(_) => "refused",
            };
            assert_eq!(seen, expected, "{answer}");
        }
    }

    #[tokio::test]
    async fn a_handshake_settles_on_a_revision_we_speak() {
        let info = json!({"name": "s", "version": "", "title": "S"});
        let tools = json!({"tools": {"listChanged": true}});
        let answer = result(json!({"protocolVersion": "2024-11-05", "serverInfo": info, "capabilities": tools}));
        let introduction = initialize(&answered_with(answer), 1).await.unwrap();
        let expected = Introduction {
            era: Era::Legacy("2024-11-05".into()),
            name: Some("s".into()),
            version: None,
            title: Some("S".into()),
            instructions: None,
            abilities: Abilities { tools: true, announces_tools: true, ..Abilities::default() },
        };
        assert_eq!(introduction, expected);

        let refused = [
            result(json!({"protocolVersion": "1999-01-01"})),
            result(json!({"serverInfo": info})),
            error(-32603, json!(null)),
        ];
        for answer in refused {
            assert!(initialize(&answered_with(answer.clone()), 1).await.is_err(), "{answer}");
        }
    }
}
