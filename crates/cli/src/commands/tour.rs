//! The tour: a query for each shape and each kind of asking.

use serde_json::json;

use crate::args::DemoLimit;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::quoted;
use crate::render::{FAINT, STRONG, styled};
use crate::shell::Shell;

/// A stop of the tour.
struct Stop {
    /// What kind of query it is.
    shape: &'static str,
    /// The query.
    query: &'static str,
    /// What to look at.
    look: &'static str,
}

/// A stop at which a limit is set.
struct Limited {
    /// What is limited.
    limit: DemoLimit,
    /// The query.
    query: &'static str,
    /// What to look at.
    look: &'static str,
}

/// Every limit, in the order in which they are best tried.
const LIMITS: &[Limited] = &[
    Limited {
        limit: DemoLimit::Budget,
        query: "PRs that touched auth.py, then who reviewed each of them",
        look: "three calls are paid for; the answer keeps what they brought and says what is missing",
    },
    Limited {
        limit: DemoLimit::Rate,
        query: "PRs that touched auth.py, then who reviewed each of them",
        look: "calls beyond the rate never leave, and it says when to come again",
    },
    Limited {
        limit: DemoLimit::Size,
        query: "summarize the changes in PR #123 and the discussion in Slack about it",
        look: "larger results keep whole items, and say how much is missing",
    },
    Limited {
        limit: DemoLimit::Cheaper,
        query: "list the open pull requests in github",
        look: "a copy that costs less serves in github's place, and is named as the source",
    },
    Limited {
        limit: DemoLimit::Hanging,
        query: "PRs that touched auth.py in github, then who reviewed each of them in github",
        look: "github does not answer; it is left alone from then on, and a copy serves in its place",
    },
    Limited {
        limit: DemoLimit::Cache,
        query: "list the open pull requests",
        look: "it was asked once before: nothing is called, and the source says how old its result is",
    },
    Limited {
        limit: DemoLimit::Waiting,
        query: "merge PR 123",
        look: "it waits for your word, also in another terminal: paste the commands that it names",
    },
];

/// Every stop, in the order in which they are best tried.
const TOUR: &[Stop] = &[
    Stop {
        shape: "one server",
        query: "list the open pull requests",
        look: "one call to one of four servers; the others are not touched",
    },
    Stop {
        shape: "two servers at once",
        query: "summarize the changes in PR #123 and the discussion in Slack about it",
        look: "github and slack side by side, and every statement with its source",
    },
    Stop {
        shape: "two tools at once",
        query: "open PRs and open issues",
        look: "two calls to one server, side by side",
    },
    Stop {
        shape: "one after the other",
        query: "PRs that touched auth.py, then who reviewed each of them",
        look: "the second step runs once for each result of the first",
    },
    Stop {
        shape: "a question within the question",
        query: "which commits touched the file that PR 119 changes?",
        look: "the inner question is answered first, and its answer is the outer one's argument",
    },
    Stop {
        shape: "under a condition",
        query: "if PR 119 is closed, list its comments; otherwise show its diff",
        look: "two branches, of which one is taken",
    },
    Stop {
        shape: "a count",
        query: "how many open issues are there",
        look: "the list is counted here, and the count cites the list",
    },
    Stop {
        shape: "a table",
        query: "run the SQL query \"select status, count(*) as orders from orders group by status\"",
        look: "rows of a real SQLite database as a table",
    },
    Stop {
        shape: "ambiguous",
        query: "search for retry",
        look: "three servers could search; it asks which, and names the command for each",
    },
    Stop {
        shape: "destructive",
        query: "merge PR 123",
        look: "nothing is called before you say yes to exactly this call",
    },
    Stop {
        shape: "an argument is missing",
        query: "show the diff of the pull request",
        look: "it asks for the number instead of guessing one",
    },
    Stop { shape: "out of scope", query: "book me a flight to Oslo", look: "no server here can, and it says so" },
    Stop {
        shape: "partly out of scope",
        query: "open PRs and book me a flight to Oslo",
        look: "what can be answered is, and the rest is said to be missing",
    },
];

/// Shows the tour, and the way on from it.
pub(super) fn show(shell: &mut Shell) -> Result<Exit, Failure> {
    if shell.global.json {
        let stop = |stop: &Stop| json!({ "shape": stop.shape, "query": stop.query, "look": stop.look });
        let limited = |stop: &Limited| json!({ "limit": stop.limit.word(), "query": stop.query, "look": stop.look });
        let stops = TOUR.iter().map(stop).chain(LIMITS.iter().map(limited));
        shell.say_json(&stops.collect::<Vec<_>>())?;
    } else {
        shell.say(&text())?;
    }
    Ok(Exit::Answered)
}

fn text() -> String {
    let mut text = String::from(
        "A tour on a small workspace with four MCP servers: filesystem, github, sql and slack.\n\
         They run on this machine as child processes; no key, no network.\n",
    );
    for stop in TOUR {
        let command = format!("concertmaster demo {}", quoted(stop.query));
        text.push_str(&format!("\n{}: {}\n  {}\n", styled(STRONG, stop.shape), stop.look, command));
    }
    text.push_str(&format!("\n{}\n", styled(FAINT, "With one limit set:")));
    for stop in LIMITS {
        let command = format!("concertmaster demo --demo-with {} {}", stop.limit.word(), quoted(stop.query));
        text.push_str(&format!("\n{}: {}\n  {}\n", styled(STRONG, stop.limit.word()), stop.look, command));
    }
    text.push_str(&format!(
        "\n{}\n  concertmaster --demo tools            what the four servers can do\n  \
         concertmaster --demo plan \"open PRs\"   what a query would do, without doing it\n",
        styled(FAINT, "More of it:")
    ));
    text.push_str(&format!(
        "\n{}\n  Write a concertmaster.toml, or take the mcp.json of another client as it is:\n    \
         concertmaster --config ~/.cursor/mcp.json servers\n    \
         concertmaster --config ~/.cursor/mcp.json ask \"…\"\n",
        styled(FAINT, "With your own servers:")
    ));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stop_is_a_command_that_can_be_pasted() {
        let text = text();
        for stop in TOUR {
            assert!(text.contains(&format!("concertmaster demo {}", quoted(stop.query))), "{}", stop.query);
        }
    }
}
