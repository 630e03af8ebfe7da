//! The MCP Inspector at its command line: one run for each thing it can ask.

use super::client::Runtime;
use super::ground::Ground;

/// The Inspector's program, below the directory it is installed in.
pub(crate) const PROGRAM: &str = "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js";

/// What it is asked, and what stands in the answer.
const RUNS: &[(&[&str], &str)] = &[
    (&["--method", "tools/call", "--tool-name", "old__test_simple_text"], "simple text response"),
    (&["--method", "tools/list"], "old__test_simple_text"),
    (&["--method", "resources/read", "--uri", "test://static-text"], "contents"),
    (&["--method", "prompts/get", "--prompt-name", "old__test_prompt_with_arguments", "--prompt-args"], "messages"),
];

/// The arguments of the prompt, which end the command line.
const PROMPT_ARGUMENTS: &[&str] = &["arg1=one", "arg2=two"];

/// Both eras, as it names them.
const ERAS: &[&str] = &["legacy", "modern"];

/// How many of them are asked of an endpoint that starts with each run, and
/// every server with it.
pub(crate) const FEW: usize = 1;

/// All of them.
pub(crate) const ALL: usize = RUNS.len();

/// What is wrong with what it showed of an endpoint, asked the first `runs` of
/// what it can ask; `None` when nothing is.
pub(crate) fn fault(ground: &Ground, reached: &[&str], runs: usize) -> Option<String> {
    let program = ground.script(PROGRAM);
    for (run, expected) in &RUNS[..runs.min(ALL)] {
        for era in ERAS {
            let more = if run.last() == Some(&"--prompt-args") { PROMPT_ARGUMENTS } else { &[] };
            let fixed = ["--cli", "--format", "json", "--protocol-era", era];
            let words = [&[program.as_str()], fixed.as_slice(), reached, run, more].concat();
            match ground.run(Runtime::Node, &words) {
                Ok(shown) if shown.contains(expected) => {}
                Ok(shown) => return Some(format!("{era} {}: it showed {shown}", run[1])),
                Err(failure) => return Some(format!("{era} {}: {failure}", run[1])),
            }
        }
    }
    None
}
