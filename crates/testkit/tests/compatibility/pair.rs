//! A client before the door, whichever way it speaks.

use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::http_client::HttpClient;
use crate::support::client::LineClient;

enum Client {
    Streams(LineClient, JoinHandle<()>),
    Http(HttpClient),
}

/// One client of one revision.
pub(crate) struct Pair {
    client: Client,
    /// Whether its requests stand for themselves.
    pub(crate) modern: bool,
}

impl Pair {
    pub(crate) fn over_streams(client: LineClient, door: JoinHandle<()>, modern: bool) -> Self {
        Self { client: Client::Streams(client, door), modern }
    }

    pub(crate) fn over_http(client: HttpClient, modern: bool) -> Self {
        Self { client: Client::Http(client), modern }
    }

    /// The result of a request, or why there is none.
    pub(crate) async fn ask(&mut self, method: &str, params: Value) -> Result<Value, String> {
        let mut answer = match &mut self.client {
            Client::Streams(client, _) => client.exchange(method, params).await,
            Client::Http(client) => client.exchange(method, params).await,
        };
        if answer["error"].is_null() { Ok(answer["result"].take()) } else { Err(answer["error"].to_string()) }
    }

    /// Begins a request, and takes it back once `left` says that it is on its
    /// way.
    pub(crate) async fn take_back(&mut self, method: &str, params: Value, left: impl AsyncFnOnce()) {
        match &mut self.client {
            Client::Streams(client, _) => {
                let id = client.send(method, params).await;
                left().await;
                client.tell("notifications/cancelled", json!({"requestId": id})).await;
            }
            Client::Http(client) => client.take_back(method, params, left).await,
        }
    }

    /// What it heard and was asked since this was called last.
    pub(crate) fn noted(&mut self) -> (Vec<Value>, Vec<Value>) {
        match &mut self.client {
            Client::Streams(client, _) => (std::mem::take(&mut client.heard), std::mem::take(&mut client.asked)),
            Client::Http(client) => (std::mem::take(&mut client.heard), std::mem::take(&mut client.asked)),
        }
    }

    pub(crate) async fn close(self) {
        if let Client::Streams(client, door) = self.client {
            drop(client);
            tokio::time::timeout(crate::DRAIN * 2, door).await.expect("it ends with its client").unwrap();
        }
    }
}
