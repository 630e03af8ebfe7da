//! The published page.

use std::fmt::Write as _;

use crate::deeds::DEEDS;

/// What stands before the table.
const OPENING: &str = "\
# Compatibility

Clients and servers of every revision of the protocol meet in `serve`, whatever the other side speaks. This page is
written by a test that tries every pair (`cargo test -p concertmaster-testkit --test compatibility`; with
`UPDATE_EXPECT=1` it writes the page anew), with one server of each kind behind one front door and one client of each kind
before it. A cell says how many of the deeds below came out as they should; one that did not is named.

Stock clients and servers are tried as well, by `cargo xtask interop`: the MCP Inspector, and the current and the previous
major of the TypeScript and Python SDKs, as clients and as servers. `cargo xtask conformance client` and `cargo xtask
conformance server` run what the protocol's own suite requires.

";

/// The table, row by row.
pub(crate) struct Page {
    text: String,
}

impl Page {
    pub(crate) fn new(columns: Vec<String>) -> Self {
        let mut text = OPENING.to_owned();
        text.push_str("| deed | what must come out |\n|---|---|\n");
        for deed in DEEDS {
            // Writing to a string cannot fail, here and below.
            let _ = writeln!(text, "| {} | {} |", deed.name, deed.outcome);
        }
        let _ =
            write!(text, "\n| server \\ client | {} |\n|---|{}\n", columns.join(" | "), "---|".repeat(columns.len()));
        Self { text }
    }

    /// One server, and what failed with each client.
    pub(crate) fn row(&mut self, title: String, failed: Vec<Vec<&'static str>>) {
        let _ = write!(self.text, "| {title} |");
        for failed in failed {
            let all = DEEDS.len();
            let cell = match failed.as_slice() {
                [] => format!("{all}/{all}"),
                failed => format!("{}/{all}, not: {}", all - failed.len(), failed.join(", ")),
            };
            let _ = write!(self.text, " {cell} |");
        }
        self.text.push('\n');
    }

    pub(crate) fn text(self) -> String {
        self.text
    }
}
