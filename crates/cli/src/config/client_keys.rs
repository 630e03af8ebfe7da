//! The keys of other clients' files: Claude, Cursor, VS Code, Windsurf,
//! Gemini and their like. What cannot matter here is listed so that it is
//! passed over knowingly.

use super::shape::{Choice, Key, Others, Shape, TableShape};

/// A client's whole file, of which only the servers are read.
pub(crate) static CLIENT_ROOT: TableShape = TableShape {
    keys: &[
        Key::new("mcpServers", Shape::Map(&Shape::Table(&CLIENT_SERVER)), "The servers, in most clients' files."),
        Key::new("servers", Shape::Map(&Shape::Table(&CLIENT_SERVER)), "The servers, in VS Code's file."),
    ],
    others: Others::Silent,
};

/// One server.
pub(crate) static CLIENT_SERVER: TableShape = TableShape {
    keys: &[
        Key::new("command", Shape::Text, "The program to start."),
        Key::new("args", Shape::Texts, "Its arguments."),
        Key::new("env", Shape::Map(&Shape::Text), "Its environment."),
        Key::new("cwd", Shape::Text, "Where it starts."),
        Key::new("url", Shape::Url, "The address of a remote server."),
        Key::new("serverUrl", Shape::Url, "Windsurf's word for `url`."),
        Key::new("httpUrl", Shape::Url, "Gemini's word for `url`."),
        Key::new("headers", Shape::Map(&Shape::Text), "Headers for a remote server."),
        Key::new("type", Shape::Choice(TRANSPORTS), "How the server is spoken to."),
        Key::new("transportType", Shape::Choice(TRANSPORTS), "Cline's older word for `type`."),
        Key::new("disabled", Shape::Flag, "Whether the server is left out."),
        Key::new("enabled", Shape::Flag, "Whether the server is used."),
        Key::new("description", Shape::Text, "What the server is for."),
        ignored("alwaysAllow"),
        ignored("always_allow"),
        ignored("autoApprove"),
        ignored("authProviderType"),
        ignored("dev"),
        ignored("disabledTools"),
        ignored("envFile"),
        ignored("excludeTools"),
        ignored("gallery"),
        ignored("icon"),
        ignored("includeTools"),
        ignored("initTimeout"),
        ignored("name"),
        ignored("networkTimeout"),
        ignored("oauth"),
        ignored("requestTimeout"),
        ignored("timeout"),
        ignored("trust"),
        ignored("version"),
    ],
    others: Others::Noted,
};

/// The transports that clients name, under all the names they give them.
const TRANSPORTS: &[Choice] = &[
    Choice { word: "stdio", doc: "a child process" },
    Choice { word: "http", doc: "Streamable HTTP" },
    Choice { word: "sse", doc: "the HTTP transport of the first revision" },
    Choice::alias("local"),
    Choice::alias("remote"),
    Choice::alias("streamable-http"),
    Choice::alias("streamableHttp"),
    Choice::alias("streamable_http"),
];

const fn ignored(name: &'static str) -> Key {
    Key::new(name, Shape::Ignored, "It steers the client that wrote it.")
}
