//! The servers behind the door, and the clients before it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use catalog::ServerId;
use mcp::downstream::serve_streams;
use mcp::upstream::{Transport, UpstreamConfig};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::http_client::HttpClient;
use crate::pair::Pair;
use crate::piped;
use crate::support::client::LineClient;
use crate::support::house::House;
use crate::support::{TEST_UPSTREAM, trusted};

/// The revision whose requests stand for themselves.
pub(crate) const MODERN: &str = "2026-07-28";

/// How messages travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    Streams,
    Http,
    /// The first revision's HTTP transport.
    Events,
}

impl Over {
    fn title(self) -> &'static str {
        match self {
            Self::Streams => "stdio",
            Self::Http => "Streamable HTTP",
            Self::Events => "HTTP+SSE",
        }
    }
}

/// Every revision over every transport that it has.
const KINDS: [(&str, Over); 10] = [
    (MODERN, Over::Streams),
    (MODERN, Over::Http),
    ("2025-11-25", Over::Streams),
    ("2025-11-25", Over::Http),
    ("2025-06-18", Over::Streams),
    ("2025-06-18", Over::Http),
    ("2025-03-26", Over::Streams),
    ("2025-03-26", Over::Http),
    ("2024-11-05", Over::Streams),
    ("2024-11-05", Over::Events),
];

/// A server behind the door.
pub(crate) struct Behind {
    pub(crate) config: UpstreamConfig,
    pub(crate) revision: &'static str,
    over: Over,
    /// Where it notes what it is asked.
    pub(crate) log: PathBuf,
    /// Whether its resources are the first of their addresses.
    pub(crate) is_first: bool,
}

impl Behind {
    /// One of each kind.
    pub(crate) async fn all(place: &Path) -> Vec<Self> {
        let mut all = Vec::new();
        for (index, (revision, over)) in KINDS.into_iter().enumerate() {
            let log = place.join(format!("{index}.log"));
            let era = if revision == MODERN { "modern" } else { "legacy" };
            let noted = log.to_str().unwrap();
            let arguments = ["curious", "shelf", "era", era, "revision", revision, "log", noted];
            let transport = match over {
                Over::Streams => Transport::stdio(TEST_UPSTREAM, arguments),
                Over::Http => Transport::http(piped::over_http(&arguments).await),
                Over::Events => Transport::http(piped::over_events(&arguments).await),
            };
            let config = trusted(UpstreamConfig::new(ServerId::new(format!("u{index}")), transport));
            all.push(Self { config, revision, over, log, is_first: index == 0 });
        }
        all
    }

    pub(crate) fn name(&self) -> &str {
        self.config.id.as_str()
    }

    pub(crate) fn title(&self) -> String {
        format!("{} {}", self.revision, self.over.title())
    }
}

/// A kind of client before the door.
#[derive(Clone, Copy)]
pub(crate) struct Before {
    revision: &'static str,
    over: Over,
}

impl Before {
    /// One of each kind that can reach us: the first revision's own HTTP
    /// transport is not offered.
    pub(crate) const ALL: [Self; 9] = [
        Self { revision: MODERN, over: Over::Streams },
        Self { revision: MODERN, over: Over::Http },
        Self { revision: "2025-11-25", over: Over::Streams },
        Self { revision: "2025-11-25", over: Over::Http },
        Self { revision: "2025-06-18", over: Over::Streams },
        Self { revision: "2025-06-18", over: Over::Http },
        Self { revision: "2025-03-26", over: Over::Streams },
        Self { revision: "2025-03-26", over: Over::Http },
        Self { revision: "2024-11-05", over: Over::Streams },
    ];

    pub(crate) fn title(&self) -> String {
        format!("{} {}", self.revision, self.over.title())
    }

    /// Opens such a client, and checks what was agreed on.
    pub(crate) async fn open(&self, house: &Arc<House>, url: &str) -> Pair {
        let (capabilities, answer) = (json!({"roots": {}}), json!({"roots": [{"uri": "file:///ice"}]}));
        let modern = self.revision == MODERN;
        if self.over == Over::Http {
            let mut client = HttpClient::new(url, self.revision, capabilities, answer);
            client.introduce().await;
            return Pair::over_http(client, modern);
        }
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        let (input, output) = tokio::io::split(ours);
        let house = Arc::clone(house);
        let door = tokio::spawn(async move {
            serve_streams(house, input, output, CancellationToken::new()).await.unwrap();
        });
        let mut client = LineClient::new(theirs, modern);
        client.revision = self.revision.to_owned();
        (client.capabilities, client.answer) = (capabilities, answer);
        let introduced = client.introduce().await;
        assert!(modern || introduced["protocolVersion"] == self.revision, "{introduced}");
        Pair::over_streams(client, door, modern)
    }
}
