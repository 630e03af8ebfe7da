//! The keys of `[servers.NAME.oauth]`.

use super::shape::{Choice, Key, Others, Shape, TableShape};

/// Who gives permission.
pub(super) const GRANTS: &[Choice] = &[
    Choice { word: "person", doc: "you, in a browser, with `concertmaster auth login` (authorization code with PKCE)" },
    Choice { word: "client", doc: "the authorization server itself, to a client that it knows (client credentials)" },
];

/// `[servers.NAME.oauth]`.
pub(super) static OAUTH: TableShape = TableShape {
    keys: &[
        Key::with_default("grant", Shape::Choice(GRANTS), "\"person\"", "Who gives permission."),
        Key::new(
            "client_id",
            Shape::Text,
            "Who we are to the authorization server, where it knows us; without it, we register there.",
        ),
        Key::new("client_secret", Shape::Text, "What proves it: `${NAME}` or `${file:path}`."),
        Key::new(
            "issuer",
            Shape::Url,
            "The authorization server that knows the client; no other is shown its secret. Without it, whichever the server \
             names.",
        ),
        Key::new(
            "client_metadata",
            Shape::Url,
            "An HTTPS address at which an authorization server can read who we are.",
        ),
        Key::new(
            "redirect_port",
            Shape::Count { least: 1, most: 65_535 },
            "The port of this machine to which the browser comes back, where the authorization server must know it; without \
             it, any that is free.",
        ),
    ],
    others: Others::Refused,
};
