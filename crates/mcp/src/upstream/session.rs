//! A server that introduced itself: it can be listed and called.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use catalog::Tool;
use dispatch::Sent;
use plan::Output;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};
use tokio::sync::watch;

use super::era::Era;
use super::handshake::{Introduction, raw};
use super::listing::{ListedTools, Listing};
use super::mirror::mirrored;
use super::process::Epitaph;
use super::wire::{ProgressSink, Request, Trouble, Wire, WireFault};
use crate::frame::METHOD_NOT_FOUND;

/// Request ids of one connection, each used once.
#[derive(Debug)]
pub(crate) struct Ids(AtomicU64);

impl Ids {
    pub(crate) fn new() -> Self {
        Self(AtomicU64::new(1))
    }

    pub(crate) fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

/// An open connection to a server, and what it says of itself.
pub(crate) struct Session {
    pub(crate) introduction: Introduction,
    wire: Arc<dyn Wire>,
    ids: Ids,
    /// How the connection ended, once that is known.
    end: watch::Sender<Option<Epitaph>>,
}

/// Why a call brought no result of its tool.
#[derive(Debug)]
pub(crate) enum CallTrouble {
    /// The wire's fault.
    Wire(WireFault),
    /// The server asks something back before it goes on.
    AsksBack(String),
}

#[derive(Serialize)]
struct CallParams<'a> {
    name: &'a str,
    arguments: &'a Value,
    _meta: Map<String, Value>,
}

impl Session {
    pub(crate) fn new(introduction: Introduction, wire: Arc<dyn Wire>, ids: Ids) -> Self {
        Self { introduction, wire, ids, end: watch::Sender::new(None) }
    }

    pub(crate) fn wire(&self) -> &dyn Wire {
        self.wire.as_ref()
    }

    /// All its tools. The caller bounds the wait.
    pub(crate) async fn list_tools(&self) -> Result<ListedTools, WireFault> {
        let mut listing = Listing::default();
        let mut cursor: Option<String> = None;
        loop {
            let mut params = Map::new();
            if let Some(cursor) = cursor {
                params.insert("cursor".into(), cursor.into());
            }
            let page = match self.ask("tools/list", params).await {
                Ok(page) => page,
                Err(WireFault { trouble: Trouble::Refused(error), .. }) if error.code == METHOD_NOT_FOUND => break,
                Err(fault) => return Err(fault),
            };
            cursor = listing.take(&page).map_err(|why| WireFault::unknown(Trouble::Malformed(why)))?;
            if cursor.is_none() {
                break;
            }
        }
        Ok(listing.finish())
    }

    /// Calls a tool once; its result as the server wrote it. Dropping
    /// the future cancels the call upstream. `leaving` is called right before
    /// the first byte leaves.
    pub(crate) async fn call_tool(
        &self,
        tool: &Tool,
        arguments: &Value,
        progress: ProgressSink,
        leaving: Box<dyn FnOnce() + Send + '_>,
    ) -> Result<Output, CallTrouble> {
        let id = self.ids.next();
        let mut meta = self.introduction.era.request_meta();
        meta.insert("progressToken".into(), id.into());
        let name = &tool.listing.name;
        let params = to_raw_value(&CallParams { name, arguments, _meta: meta })
            .map_err(|_| CallTrouble::Wire(WireFault::unsent(Trouble::Malformed("the arguments cannot be written"))))?;
        let mirrored = if self.mirrors() { mirrored(name, &tool.listing.input_schema, arguments) } else { Vec::new() };
        let (progress, leaving) = (Some(progress), Some(leaving));
        let request = Request { id, method: "tools/call", params, mirrored, progress, leaving };
        let result = self.wire.request(request).await.map_err(CallTrouble::Wire)?;
        read_result(result)
    }

    /// Waits for announcements where that takes a request or a stream of its
    /// own; ends when that does, and never when there is none to wait for.
    pub(crate) async fn overhear(&self) {
        match self.introduction.era {
            Era::Legacy(_) => self.wire.overhear().await,
            Era::Modern if !self.introduction.announces_tools => std::future::pending().await,
            Era::Modern => {
                let mut params = Map::new();
                params.insert("notifications".into(), json!({"toolsListChanged": true}));
                let ended = self.ask("subscriptions/listen", params).await;
                if matches!(ended, Err(WireFault { trouble: Trouble::Refused(_), .. })) {
                    std::future::pending().await
                }
            }
        }
    }

    /// Says how the connection ended.
    pub(crate) fn bury(&self, end: Epitaph) {
        self.end.send_replace(Some(end));
    }

    /// How the connection ended. The caller bounds the wait.
    pub(crate) async fn end(&self) -> Option<Epitaph> {
        let mut end = self.end.subscribe();
        let known = end.wait_for(Option::is_some).await.ok()?;
        known.clone()
    }

    fn mirrors(&self) -> bool {
        self.introduction.era == Era::Modern && self.wire.mirrors()
    }

    async fn ask(&self, method: &'static str, mut params: Map<String, Value>) -> Result<Box<RawValue>, WireFault> {
        let meta = self.introduction.era.request_meta();
        if !meta.is_empty() {
            params.insert("_meta".into(), meta.into());
        }
        let params = raw(&params.into());
        let id = self.ids.next();
        let request = Request { id, method, params, mirrored: Vec::new(), progress: None, leaving: None };
        self.wire.request(request).await
    }
}

/// What kind of result it is, without reading the rest.
#[derive(Deserialize)]
struct Kind<'a> {
    #[serde(borrow, default, rename = "resultType")]
    kind: Option<Cow<'a, str>>,
}

fn read_result(result: Box<RawValue>) -> Result<Output, CallTrouble> {
    let malformed = |why| CallTrouble::Wire(WireFault::unknown(Trouble::Malformed(why)));
    let kind: Option<Kind<'_>> = serde_json::from_str(result.get()).ok();
    match kind.and_then(|kind| kind.kind).as_deref() {
        None | Some("complete") => Output::received(result).ok_or_else(|| malformed("its result is no object")),
        Some("input_required") => Err(CallTrouble::AsksBack(questions(&result))),
        Some(_) => Err(CallTrouble::Wire(WireFault {
            trouble: Trouble::Malformed("its result is of a kind that we did not offer to take"),
            sent: Sent::Unknown,
        })),
    }
}

/// What a server that needs input asks, in its own words.
fn questions(result: &RawValue) -> String {
    let result: Value = serde_json::from_str(result.get()).unwrap_or_default();
    let requests = result["inputRequests"].as_object().into_iter().flatten();
    let messages = requests.map(|(name, request)| request["params"]["message"].as_str().unwrap_or(name));
    messages.collect::<Vec<_>>().join(" / ")
}
