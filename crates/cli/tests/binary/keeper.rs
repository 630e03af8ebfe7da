//! A server that asks for permission, and the authorization server that gives
//! it, at one address of this machine.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

/// What it knows; clones share it.
#[derive(Clone, Default)]
pub(crate) struct Keeper(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    /// The token it takes.
    good: String,
    /// The form of every token request.
    grants: Vec<String>,
}

impl Keeper {
    /// Listens for as long as the test runs.
    pub(crate) fn start() -> (Self, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let keeper = Self::default();
        let own = keeper.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let keeper = own.clone();
                std::thread::spawn(move || keeper.attend(stream.unwrap(), address));
            }
        });
        (keeper, address)
    }

    /// The form of every token request so far.
    pub(crate) fn grants(&self) -> Vec<String> {
        self.0.lock().unwrap().grants.clone()
    }

    /// Takes no token that it gave before.
    pub(crate) fn forget(&self) {
        self.0.lock().unwrap().good = "none".to_owned();
    }

    fn attend(&self, mut stream: TcpStream, address: SocketAddr) {
        let mut lines = BufReader::new(stream.try_clone().unwrap());
        loop {
            let (mut head, mut line) = (Vec::new(), String::new());
            while lines.read_line(&mut line).is_ok_and(|read| read > 2) {
                head.push(std::mem::take(&mut line).trim_end().to_owned());
            }
            let Some(path) = head.first().and_then(|first| first.split(' ').nth(1)) else { return };
            let field = |name: &str| {
                let fields = head.iter().filter_map(|line| line.split_once(": "));
                fields.clone().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
            };
            let mut body = vec![0; field("content-length").map_or(0, |length| length.parse().unwrap())];
            lines.read_exact(&mut body).unwrap();
            let bearer = field("authorization").unwrap_or_default();
            let (status, answer) = self.answer(path, &bearer, &String::from_utf8(body).unwrap(), address);
            let challenge = if status == 401 { "WWW-Authenticate: Bearer\r\n" } else { "" };
            let kind = "Content-Type: application/json";
            let head = format!("HTTP/1.1 {status} X\r\n{challenge}{kind}\r\nContent-Length: {}\r\n\r\n", answer.len());
            if stream.write_all((head + &answer).as_bytes()).is_err() {
                return;
            }
        }
    }

    fn answer(&self, path: &str, bearer: &str, body: &str, address: SocketAddr) -> (u16, String) {
        let own = format!("http://{address}");
        let mut known = self.0.lock().unwrap();
        match path {
            "/.well-known/oauth-protected-resource/mcp" => {
                (200, json!({"resource": format!("{own}/mcp"), "authorization_servers": [own]}).to_string())
            }
            "/.well-known/oauth-authorization-server" => {
                let about = json!({
                    "issuer": own,
                    "authorization_endpoint": format!("{own}/authorize"),
                    "token_endpoint": format!("{own}/token"),
                    "code_challenge_methods_supported": ["S256"],
                    "token_endpoint_auth_methods_supported": ["client_secret_post"],
                });
                (200, about.to_string())
            }
            "/token" => {
                known.grants.push(body.to_owned());
                let turn = known.grants.len();
                known.good = format!("Bearer token-{turn}");
                let given = json!({"access_token": format!("token-{turn}"), "token_type": "Bearer",
                    "refresh_token": format!("again-{turn}"), "expires_in": 3600});
                (200, given.to_string())
            }
            "/mcp" if bearer.is_empty() || bearer != known.good => (401, String::new()),
            "/mcp" => (200, spoken(body)),
            _ => (404, String::new()),
        }
    }
}

/// What the server says to whom it serves.
fn spoken(body: &str) -> String {
    let message: Value = serde_json::from_str(body).unwrap_or_default();
    let annotations = json!({"readOnlyHint": true, "openWorldHint": false});
    let tool = json!({"name": "get_it", "inputSchema": {"type": "object"}, "annotations": annotations});
    let result = match message["method"].as_str() {
        Some("server/discover") => json!({"supportedVersions": ["2026-07-28"], "capabilities": {"tools": {}}}),
        Some("tools/list") => json!({"tools": [tool]}),
        _ => json!({"content": [{"type": "text", "text": "it"}]}),
    };
    json!({"jsonrpc": "2.0", "id": message["id"], "result": result}).to_string()
}
