//! The command line: what can be typed, and its help.

mod auth;
mod clients;
mod eval;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use policy::CallHash;

pub(crate) use self::auth::{Auth, AuthVerb};
pub(crate) use self::clients::{Import, Install};
pub(crate) use self::eval::{Eval, EvalRouting, Measured};
use crate::config::parse_duration;
use crate::models::Chosen;

/// Everything that can be typed.
#[derive(Debug, Parser)]
#[command(
    name = "concertmaster",
    version,
    about = "One query, many MCP servers, one answer that names its sources",
    after_help = AFTER_HELP,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub(crate) struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub(crate) global: Global,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

const AFTER_HELP: &str = "\
Examples:
  concertmaster demo \"summarize the changes in PR #123 and the discussion in Slack about it\"
  concertmaster --config ~/.cursor/mcp.json servers
  concertmaster ask \"which open issues mention the login page?\"
  concertmaster call files.read_text_file path=/tmp/notes.txt

Exit codes: 0 answered · 1 refused, or a question came back · 2 usage or configuration ·
3 a server or a model failed · 4 deadline or budget · 70 our bug · 130 interrupted";

/// What holds for every command.
#[derive(Clone, Debug, Args)]
pub(crate) struct Global {
    /// The configuration: a concertmaster.toml, or the mcp.json of another client, taken as it is
    ///
    /// Without it: $CONCERTMASTER_CONFIG, ./concertmaster.toml, ./mcp.json, ./.mcp.json,
    /// $XDG_CONFIG_HOME/concertmaster/concertmaster.toml.
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) config: Option<PathBuf>,
    /// Use the demo's four servers and its workspace; of --config, only the [model]
    #[arg(long, global = true)]
    pub(crate) demo: bool,
    /// Set one limit in the demo, to see what comes of it
    #[arg(long, global = true, value_enum, value_name = "LIMIT")]
    pub(crate) demo_with: Option<DemoLimit>,
    /// Print one JSON document instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The longest it may take, with its unit: 500ms, 10s, 2m
    #[arg(long, global = true, value_name = "TIME", value_parser = duration)]
    pub(crate) timeout: Option<Duration>,
    /// The language model.
    #[command(flatten)]
    pub(crate) model: Chosen,
    /// Write what language models are asked and answer to a file; keys are left out
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
    /// Answer from such a file instead of asking a language model
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "record")]
    pub(crate) replay: Option<PathBuf>,
    /// Say more: the plan, every step, what was passed over in the configuration
    #[arg(long, short, global = true)]
    pub(crate) verbose: bool,
}

/// A limit that the demo can be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum DemoLimit {
    /// Three calls to github in a session
    Budget,
    /// Two calls to github at once, and one more a minute
    Rate,
    /// Results of at most 4 KiB
    Size,
    /// A second github that costs less
    Cheaper,
    /// A github that never answers a call, and a second one
    Hanging,
    /// The query asked once before
    Cache,
    /// Questions that wait for `approvals`, kept among your state files
    Waiting,
}

impl Global {
    /// Whether this is the demo whose questions outlive the command.
    pub(crate) fn demo_waits(&self) -> bool {
        self.demo && self.demo_with == Some(DemoLimit::Waiting)
    }
}

impl DemoLimit {
    /// As it is typed.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Budget => "budget",
            Self::Rate => "rate",
            Self::Size => "size",
            Self::Cheaper => "cheaper",
            Self::Hanging => "hanging",
            Self::Cache => "cache",
            Self::Waiting => "waiting",
        }
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Answer a query: route, plan, call, and tell with sources
    #[command(after_help = ASK_HELP)]
    Ask(Ask),
    /// Show what a query would do; nothing is called
    #[command(after_help = "Example:\n  concertmaster plan \"open PRs and open issues\"")]
    Plan(Plan),
    /// Run a plan that you wrote
    #[command(after_help = RUN_HELP)]
    Run(Run),
    /// List the tools, or find those that would serve a query, and why
    #[command(after_help = "Examples:\n  concertmaster tools\n  concertmaster tools \"read a file\"")]
    Tools(Tools),
    /// Call one tool directly, through the same gate as every other call
    #[command(after_help = CALL_HELP)]
    Call(Call),
    /// Show how each server stands
    Servers(Servers),
    /// Offer all of this to MCP clients, as one MCP server
    #[command(after_help = SERVE_HELP)]
    Serve(Serve),
    /// List what waits for your word, show it, let it through or not
    #[command(after_help = APPROVALS_HELP)]
    Approvals(Approvals),
    /// Go on with a query that asked something, once it was answered
    #[command(after_help = RESUME_HELP)]
    Resume(Resume),
    /// List what was done whose outcome nobody knows, or everything that was done
    Journal(Journal),
    /// Give permission to use servers that ask for it, show what is kept, forget it
    #[command(after_help = auth::HELP)]
    Auth(Auth),
    /// Check the configuration and every server, and report every fault at once
    Check(Check),
    /// Take over the servers that other MCP clients have; without --write, show what would be added
    #[command(after_help = clients::IMPORT_HELP)]
    Import(Import),
    /// Write Concertmaster into another MCP client's file; without --write, show what would change
    #[command(after_help = clients::INSTALL_HELP)]
    Install(Install),
    /// Try it on a small workspace with four servers; without a query, a tour
    #[command(after_help = DEMO_HELP)]
    Demo(Demo),
    /// Measure how well queries are planned, by their labels; nothing is called
    #[command(after_help = eval::HELP)]
    Eval(Eval),
}

const ASK_HELP: &str = "\
Examples:
  concertmaster ask \"summarize the changes in PR #123 and the discussion in Slack about it\"
  concertmaster ask --timeout 5s \"open PRs and open issues\"
  concertmaster ask --json \"list the channels\" | jq .answer.text

When a call has to be approved, the hash to approve it with is shown:
  concertmaster ask --approve HASH \"merge PR 123\"";

const RUN_HELP: &str = "\
The plan is JSON; schemas/plan.friendly.schema.json describes it. An example for the demo's workspace:
  concertmaster --demo run examples/plan.json
  concertmaster plan --json \"open PRs\" | jq .plan | concertmaster run -";

const CALL_HELP: &str = "\
Arguments are read by the tool's own schema; `key:=JSON` says the value is JSON as it stands.
Examples:
  concertmaster call github.get_pull_request number=123
  concertmaster call files.edit 'path=a.txt' 'edits:=[{\"from\": \"a\", \"to\": \"b\"}]'
  concertmaster call github.get_pull_request '{\"number\": 123}'";

/// `servers`.
#[derive(Debug, clap::Args)]
pub(crate) struct Servers {
    /// Show the tools that serve, or could serve, in another's place
    #[arg(long)]
    pub(crate) alternatives: bool,
}

const SERVE_HELP: &str = "\
Over standard input and output, for a client that starts it:
  { \"mcpServers\": { \"concertmaster\": { \"command\": \"concertmaster\", \"args\": [\"serve\"] } } }
Over Streamable HTTP:
  concertmaster serve --http 127.0.0.1:8931";

const APPROVALS_HELP: &str = "\
Examples:
  concertmaster approvals
  concertmaster approvals show 7k2m
  concertmaster approvals approve 7k2m-9qdx-4trw-m3ha";

const RESUME_HELP: &str = "\
Examples:
  concertmaster resume 7k2m-9qdx-4trw-m3ha
  concertmaster ask --json \"show me the pull request\" | jq -r .resume > asked; concertmaster resume - number=123 < asked";

const DEMO_HELP: &str = "\
Examples:
  concertmaster demo
  concertmaster demo \"summarize the changes in PR #123 and the discussion in Slack about it\"
With a language model, named here or in a configuration:
  concertmaster demo --model ollama/llama3.2 \"who reviewed the PRs that touched auth.py, and why\"
  concertmaster demo --config concertmaster.toml \"…\"
Every other command runs on the demo's workspace with --demo:
  concertmaster --demo tools
  concertmaster --demo call github.get_pull_request number=123";

/// `ask`.
#[derive(Debug, Args)]
pub(crate) struct Ask {
    /// What you want to know or to have done, in your own words
    #[arg(required = true, value_name = "QUERY")]
    pub(crate) words: Vec<String>,
    /// What you let through.
    #[command(flatten)]
    pub(crate) approved: Approved,
}

/// Calls that a human let through.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Approved {
    /// Let the call with this hash through; once for each call
    #[arg(long = "approve", value_name = "HASH", value_parser = call_hash)]
    pub(crate) hashes: Vec<CallHash>,
}

/// `plan`.
#[derive(Debug, Args)]
pub(crate) struct Plan {
    /// What you want to know or to have done, in your own words
    #[arg(required = true, value_name = "QUERY")]
    pub(crate) words: Vec<String>,
}

/// `run`.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The file the plan stands in, or `-` for standard input
    #[arg(value_name = "PLAN.json")]
    pub(crate) plan: PathBuf,
    /// What you let through.
    #[command(flatten)]
    pub(crate) approved: Approved,
}

/// `tools`.
#[derive(Debug, Args)]
pub(crate) struct Tools {
    /// Only tools that have to do with these words, best first
    #[arg(value_name = "QUERY")]
    pub(crate) words: Vec<String>,
    /// As this principal of the configuration sees them
    #[arg(long = "as", value_name = "PRINCIPAL")]
    pub(crate) principal: Option<String>,
}

/// `call`.
#[derive(Debug, Args)]
pub(crate) struct Call {
    /// The tool, as `server.tool` or by its public name
    #[arg(value_name = "SERVER.TOOL")]
    pub(crate) tool: String,
    /// `key=value`, `key:=JSON`, or one JSON object
    #[arg(value_name = "ARGUMENT")]
    pub(crate) arguments: Vec<String>,
    /// What you let through.
    #[command(flatten)]
    pub(crate) approved: Approved,
}

/// `approvals`.
#[derive(Debug, Args)]
pub(crate) struct Approvals {
    /// What to do with them; without it, `list`
    #[command(subcommand)]
    pub(crate) verb: Option<Verb>,
}

/// What can be done with approvals.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// List what waits for your word
    List {
        /// Those that were answered, used or have expired as well
        #[arg(long)]
        all: bool,
    },
    /// Show the calls that one is about, their arguments and where each came from
    Show {
        /// Its name, or how it begins
        id: String,
    },
    /// Let its calls through, once
    Approve {
        /// Its name, or how it begins
        id: String,
    },
    /// Do not let its calls through
    Deny {
        /// Its name, or how it begins
        id: String,
    },
}

/// `resume`.
#[derive(Debug, Args)]
pub(crate) struct Resume {
    /// The approval's name, or the `resume` text of an outcome; `-` reads it from standard input
    #[arg(value_name = "ID|TEXT")]
    pub(crate) text: String,
    /// Take this of the readings that were offered, counted from 1
    #[arg(long, value_name = "NUMBER", conflicts_with = "values")]
    pub(crate) choose: Option<usize>,
    /// What was asked for: `key=value`, `key:=JSON`, or one JSON object
    #[arg(value_name = "VALUE")]
    pub(crate) values: Vec<String>,
}

/// `journal`.
#[derive(Debug, Args)]
pub(crate) struct Journal {
    /// Everything that did more than read, whatever became of it
    #[arg(long)]
    pub(crate) all: bool,
}

/// `serve`.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Listen here for Streamable HTTP; a loopback address, as nobody is asked who they are
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) http: Option<SocketAddr>,
}

/// `check`.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Print the JSON Schema of concertmaster.toml instead
    #[arg(long)]
    pub(crate) schema: bool,
}

/// `demo`.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// What to ask; without it, the tour
    #[arg(value_name = "QUERY")]
    pub(crate) words: Vec<String>,
    /// What you let through.
    #[command(flatten)]
    pub(crate) approved: Approved,
    /// Be one of the demo's servers, over standard input and output
    #[arg(long, hide = true, value_name = "NAME", requires = "workspace")]
    pub(crate) serve: Option<demo::Which>,
    /// The workspace that server serves
    #[arg(long, hide = true, value_name = "DIR")]
    pub(crate) workspace: Option<PathBuf>,
    /// Never answer a call
    #[arg(long, hide = true, requires = "serve")]
    pub(crate) mute: bool,
}

fn duration(text: &str) -> Result<Duration, String> {
    match parse_duration(text) {
        Some(time) if !time.is_zero() => Ok(time),
        Some(_) => Err("it has to be longer than nothing".to_owned()),
        None if text.trim().parse::<f64>().is_ok() => Err(format!("it has no unit; did you mean {text}s or {text}ms?")),
        None => Err("write a number and a unit: 500ms, 10s, 2m".to_owned()),
    }
}

fn call_hash(text: &str) -> Result<CallHash, String> {
    let expected = "a hash is the 64 hexadecimal digits that were shown with the call";
    CallHash::parse(text.trim()).ok_or_else(|| expected.to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_hash_of_another_length_is_told_what_it_lacks() {
        assert!(call_hash("abc").unwrap_err().contains("64"));
        assert!(call_hash(&"0".repeat(64)).is_ok());
    }
}
