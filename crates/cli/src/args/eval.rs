//! `eval`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What follows the help of `eval`.
pub(super) const HELP: &str = "\
A file has one labelled query per line, as JSON; crates/demo/eval/README.md describes it and how it is scored.
Examples:
  concertmaster eval --demo crates/demo/eval/tuning.jsonl --misses
  concertmaster eval --demo crates/demo/eval/*.jsonl --floor crates/demo/eval/floor.json

A floor names files and the least that their figures may be:
  { \"tuning.jsonl\": { \"outcome\": 0.9, \"tools\": 0.85, \"edges\": 0.6 } }";

/// `eval`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Eval {
    /// What is measured instead of planning.
    #[command(subcommand)]
    pub(crate) what: Option<Measured>,
    /// Files of labelled queries
    #[arg(required = true, value_name = "FILE.jsonl")]
    pub(crate) files: Vec<PathBuf>,
    /// List every query that is not planned as its label has it: what was wanted, and what came
    #[arg(long)]
    pub(crate) misses: bool,
    /// Count the queries that need a language model with all others, even where no model is configured
    #[arg(long)]
    pub(crate) with_model_lines: bool,
    /// End with status 1 if a figure is below the least that this file sets for it
    #[arg(long, value_name = "FLOOR.json")]
    pub(crate) floor: Option<PathBuf>,
    /// Write better figures into that file as its new least; worse ones are never written
    #[arg(long, requires = "floor")]
    pub(crate) raise: bool,
}

/// What `eval` measures beside planning.
#[derive(Debug, Subcommand)]
pub(crate) enum Measured {
    /// Route labelled queries over any catalogue, and write where each leads
    #[command(after_help = EVAL_ROUTING_HELP)]
    Routing(EvalRouting),
}

const EVAL_ROUTING_HELP: &str = "\
docs/routing.md describes the files. No configuration is read and no server is started.
Example:
  concertmaster eval routing --catalog catalog.json --views views.json --queries queries.jsonl --out predicted.jsonl";

/// `eval routing`.
#[derive(Debug, Args)]
pub(crate) struct EvalRouting {
    /// The servers and their tools
    #[arg(long, value_name = "FILE.json")]
    pub(crate) catalog: PathBuf,
    /// Which servers each query is asked of, by the name of a view
    #[arg(long, value_name = "FILE.json")]
    pub(crate) views: PathBuf,
    /// The queries, one per line
    #[arg(long, value_name = "FILE.jsonl")]
    pub(crate) queries: PathBuf,
    /// Where the predictions go, one per line
    #[arg(long, value_name = "FILE.jsonl")]
    pub(crate) out: PathBuf,
    /// Use the tokens.table and fusion.trees of this directory instead of those built in
    #[arg(long, value_name = "DIR")]
    pub(crate) weights: Option<PathBuf>,
}
