//! Each reference server, as an operator would configure it.

use std::time::Duration;

use catalog::ServerId;
use mcp::upstream::{Transport, UpstreamConfig};

use crate::ground::Ground;
use crate::installed::{from_npm, program};

/// From its start to its first list of tools. Python takes long to start on a
/// cold and busy machine.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// One server whose annotations are believed: they were read before.
pub(crate) fn server(id: &str, transport: Transport) -> UpstreamConfig {
    let mut config = UpstreamConfig::new(ServerId::new(id), transport);
    config.start_timeout = START_TIMEOUT;
    config.labels.trust_annotations = true;
    config
}

pub(crate) fn filesystem(ground: &Ground) -> UpstreamConfig {
    let files = ground.files();
    server("filesystem", Transport::stdio(from_npm("mcp-server-filesystem"), [files.to_string_lossy()]))
}

pub(crate) fn everything() -> UpstreamConfig {
    server("everything", Transport::stdio(from_npm("mcp-server-everything"), ["stdio"]))
}

pub(crate) fn memory(ground: &Ground) -> UpstreamConfig {
    let mut config = server("memory", Transport::stdio(from_npm("mcp-server-memory"), [""; 0]));
    if let Transport::Stdio { env, .. } = &mut config.transport {
        env.insert("MEMORY_FILE_PATH".to_owned(), ground.graph());
    }
    config
}

pub(crate) fn git(ground: &Ground) -> UpstreamConfig {
    let arguments = ["--repository".to_owned(), ground.repository()];
    server("git", Transport::stdio(program("python-git-time/bin/mcp-server-git"), arguments))
}

pub(crate) fn time() -> UpstreamConfig {
    let arguments = ["--local-timezone", "Etc/UTC"];
    server("time", Transport::stdio(program("python-git-time/bin/mcp-server-time"), arguments))
}

/// The one server of the six without annotations.
pub(crate) fn sqlite(ground: &Ground) -> UpstreamConfig {
    let arguments = ["--db-path".to_owned(), ground.database()];
    server("sqlite", Transport::stdio(program("python-sqlite/bin/mcp-server-sqlite"), arguments))
}

/// All six.
pub(crate) fn all(ground: &Ground) -> Vec<UpstreamConfig> {
    vec![filesystem(ground), everything(), memory(ground), git(ground), time(), sqlite(ground)]
}
