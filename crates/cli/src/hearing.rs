//! What servers announce, and what is not to be believed any longer for it.
//!
//! In: news of the servers. Out: for each, the servers whose earlier answers
//! are to be forgotten. What was answered, and to whom, it does not know.

use catalog::ServerId;
use mcp::upstream::News;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinSet;

/// Hears the servers' news for as long as it lives.
pub(crate) struct Hearing {
    /// Aborted with the set.
    listeners: JoinSet<()>,
}

impl Hearing {
    /// Has what a server answered forgotten as soon as that server says that
    /// something changed. Must be called within a Tokio runtime.
    pub(crate) fn start(
        news: Receiver<News>,
        servers: Vec<ServerId>,
        forget: impl Fn(&ServerId) + Send + 'static,
    ) -> Self {
        let mut listeners = JoinSet::new();
        listeners.spawn(heed(news, servers, forget));
        Self { listeners }
    }

    /// Stops listening, and lets go of what the listener holds.
    pub(crate) async fn end(mut self) {
        self.listeners.shutdown().await;
    }
}

/// Heeds news until there will be none any more. Whoever missed some forgets
/// what every one of `servers` answered.
async fn heed(mut news: Receiver<News>, servers: Vec<ServerId>, forget: impl Fn(&ServerId)) {
    loop {
        match news.recv().await {
            Ok(told) => forget(of(&told)),
            Err(RecvError::Lagged(_)) => servers.iter().for_each(&forget),
            Err(RecvError::Closed) => return,
        }
    }
}

/// Whose news it is.
fn of(news: &News) -> &ServerId {
    match news {
        News::ToolsChanged(server) | News::ResourcesChanged(server) | News::PromptsChanged(server) => server,
        News::ResourceUpdated { server, .. } => server,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tokio::sync::broadcast;

    use super::*;

    async fn forgotten(kept: usize, told: Vec<News>) -> Vec<String> {
        let (sender, news) = broadcast::channel(kept);
        for one in told {
            sender.send(one).unwrap();
        }
        drop(sender);
        let seen = Arc::new(Mutex::new(Vec::new()));
        let servers = ["a", "b", "c"].map(ServerId::new).into();
        heed(news, servers, |server| seen.lock().unwrap().push(server.to_string())).await;
        let seen = seen.lock().unwrap();
        seen.clone()
    }

    #[tokio::test]
    async fn each_kind_of_news_takes_back_what_its_own_server_said() {
        let a = || ServerId::new("a");
        let rows = [
            News::ToolsChanged(a()),
            News::ResourcesChanged(a()),
            News::PromptsChanged(a()),
            News::ResourceUpdated { server: a(), uri: "note:1".to_owned() },
        ];
        for row in rows {
            assert_eq!(forgotten(4, vec![row.clone()]).await, ["a"], "{row:?}");
        }
        assert_eq!(forgotten(4, vec![]).await, [""; 0]);
    }

    #[tokio::test]
    async fn whoever_missed_news_believes_nobody() {
        let told = (0..3).map(|_| News::ToolsChanged(ServerId::new("a"))).collect();
        assert_eq!(forgotten(2, told).await, ["a", "b", "c", "a", "a"]);
    }
}
