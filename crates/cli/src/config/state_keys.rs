//! The keys of `[policy.approvals]` and `[state]`.

use std::time::Duration;

use super::keys::SHORTEST_TIMEOUT;
use super::shape::{Choice, Key, Others, Shape, TableShape};

/// The longest a question to a human may wait: a week.
const LONGEST_WAIT: Duration = Duration::from_secs(7 * 86_400);

/// Which way a human's word may come.
const CHANNELS: &[Choice] = &[
    Choice { word: "out_of_band", doc: "beside the client: with `concertmaster approvals`" },
    Choice { word: "in_band", doc: "back through the client that asked, which may answer by itself" },
];

/// `[policy.approvals]`.
pub(super) static APPROVALS: TableShape = TableShape {
    keys: &[
        Key::with_default(
            "destructive",
            Shape::Choice(CHANNELS),
            "\"out_of_band\"",
            "For calls that may undo, overwrite or act beyond recall.",
        ),
        Key::with_default("additive", Shape::Choice(CHANNELS), "\"in_band\"", "For calls that add something."),
        Key::with_default(
            "private",
            Shape::Choice(CHANNELS),
            "\"out_of_band\"",
            "For calls that would tell a server what it may not read.",
        ),
        Key::with_default(
            "wait",
            Shape::Time { least: SHORTEST_TIMEOUT, most: LONGEST_WAIT },
            "\"1h\"",
            "How long a question waits for its answer; then what it was about is not done.",
        ),
    ],
    others: Others::Refused,
};

/// `[state]`.
pub(super) static STATE: TableShape = TableShape {
    keys: &[
        Key::new(
            "directory",
            Shape::Text,
            "An absolute path, or one beside this file. Without it, a directory of this file's own in \
             `$XDG_STATE_HOME/concertmaster`. Several processes may share one.",
        ),
        Key::new(
            "key",
            Shape::Text,
            "What seals states that clients carry: 32 random bytes as base64url, by `${NAME}` or `${file:path}`. Replicas \
             that are to resume each other's queries share it. Without it, a key in the directory.",
        ),
    ],
    others: Others::Refused,
};
