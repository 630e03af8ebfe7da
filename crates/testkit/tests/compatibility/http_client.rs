//! A client over Streamable HTTP, written by hand.

use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::sides::MODERN;
use crate::support::client::modern_meta;

/// One client.
pub(crate) struct HttpClient {
    http: Client,
    url: String,
    revision: &'static str,
    session: Option<String>,
    id: u64,
    capabilities: Value,
    answer: Value,
    pub(crate) asked: Vec<Value>,
    pub(crate) heard: Vec<Value>,
}

impl HttpClient {
    pub(crate) fn new(url: &str, revision: &'static str, capabilities: Value, answer: Value) -> Self {
        let (asked, heard) = (Vec::new(), Vec::new());
        let (http, url, session) = (Client::new(), url.to_owned(), None);
        Self { http, url, revision, session, id: 0, capabilities, answer, asked, heard }
    }

    /// Introduces itself in its era's way.
    pub(crate) async fn introduce(&mut self) {
        if self.revision == MODERN {
            let discovered = self.exchange("server/discover", json!({})).await;
            assert!(discovered["result"]["supportedVersions"].to_string().contains(MODERN), "{discovered}");
            return;
        }
        let info = json!({"name": "test", "version": "1"});
        let params = json!({"protocolVersion": self.revision, "capabilities": self.capabilities, "clientInfo": info});
        let response = self.sent("initialize", params).await;
        self.session = response.headers().get("mcp-session-id").map(|id| id.to_str().unwrap().to_owned());
        let id = self.id;
        let introduced = self.answered(response, id).await;
        assert_eq!(introduced["result"]["protocolVersion"], self.revision, "{introduced}");
        self.post(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).send().await.unwrap();
    }

    /// Sends a request and waits for its answer, whole.
    pub(crate) async fn exchange(&mut self, method: &str, params: Value) -> Value {
        let response = self.sent(method, params).await;
        let id = self.id;
        self.answered(response, id).await
    }

    /// Begins a request, and takes it back once `left` says so: by hanging up
    /// where requests stand for themselves.
    pub(crate) async fn take_back(&mut self, method: &str, params: Value, left: impl AsyncFnOnce()) {
        let begun = self.prepared(method, params);
        let id = self.id;
        let begun = tokio::spawn(begun.send());
        left().await;
        if self.revision == MODERN {
            begun.abort();
            return;
        }
        let cancelled = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}});
        self.post(&cancelled).send().await.unwrap();
        begun.abort();
    }

    async fn sent(&mut self, method: &str, params: Value) -> Response {
        self.prepared(method, params).send().await.unwrap()
    }

    fn prepared(&mut self, method: &str, mut params: Value) -> RequestBuilder {
        self.id += 1;
        let name = params["name"].as_str().or(params["uri"].as_str()).map(str::to_owned);
        if self.revision == MODERN {
            let own = params["_meta"].take();
            let mut meta = modern_meta();
            meta["io.modelcontextprotocol/clientCapabilities"] = self.capabilities.clone();
            meta.as_object_mut().unwrap().extend(own.as_object().cloned().unwrap_or_default());
            params["_meta"] = meta;
        }
        let message = json!({"jsonrpc": "2.0", "id": self.id, "method": method, "params": params});
        let mut request = self.post(&message);
        if self.revision == MODERN {
            request = request.header("Mcp-Method", method);
            if let Some(name) = name {
                request = request.header("Mcp-Name", name);
            }
        }
        request
    }

    fn post(&self, message: &Value) -> RequestBuilder {
        let mut request = self.http.post(&self.url).header(ACCEPT, "application/json, text/event-stream");
        request = request.header(CONTENT_TYPE, "application/json").body(message.to_string());
        if message["method"] != "initialize" {
            request = request.header("MCP-Protocol-Version", self.revision);
        }
        match &self.session {
            Some(session) => request.header("Mcp-Session-Id", session),
            None => request,
        }
    }

    /// The answer to a request, be it a body or on a stream; what is asked on
    /// the way is answered.
    async fn answered(&mut self, mut response: Response, id: u64) -> Value {
        let kind = response.headers().get(CONTENT_TYPE).map(|kind| kind.to_str().unwrap().to_owned());
        if !kind.is_some_and(|kind| kind.starts_with("text/event-stream")) {
            let text = response.text().await.unwrap();
            return serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text:?}"));
        }
        let mut text = String::new();
        loop {
            while let Some((line, rest)) = text.split_once('\n') {
                let message = line.strip_prefix("data:").map(str::trim).filter(|data| !data.is_empty());
                let message: Option<Value> = message.map(|data| serde_json::from_str(data).unwrap());
                text = rest.to_owned();
                let Some(message) = message else { continue };
                if message["method"].is_null() && message["id"] == id {
                    return message;
                }
                if message["id"].is_null() {
                    self.heard.push(message);
                    continue;
                }
                let answer = json!({"jsonrpc": "2.0", "id": message["id"], "result": self.answer});
                self.asked.push(message);
                self.post(&answer).send().await.unwrap();
            }
            let chunk = response.chunk().await.unwrap().expect("the stream ends with the answer");
            text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}
