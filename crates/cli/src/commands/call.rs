//! `call`: one tool, through the same gate as every other call.

use engine::Called;
use plan::Output;
use serde_json::Value;

use super::inquiry::conclude;
use super::{call_arguments, with_session};
use crate::args;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::progress::Progress;
use crate::render::{Asked, BAD, clean_line, clean_lines, styled};
use crate::shell::Shell;

/// Calls one tool and prints its result.
pub(super) async fn run(shell: &mut Shell, call: args::Call) -> Result<Exit, Failure> {
    with_session(shell, async |shell, session, interrupt| {
        session.settle_for_tool(shell, interrupt, &call.tool).await;
        let catalog = session.engine.catalog();
        let tool = catalog.find(&call.tool);
        let arguments = call_arguments::parse(&call.arguments, tool.map(|tool| &**tool))
            .map_err(|faults| Failure::Usage(faults.join("\n")))?;
        let progress = Progress::start(shell.drawing());
        let request = session.request(&shell.global, &call.approved, progress.events(), interrupt.cancel.clone());
        let called = session.engine.call(&call.tool, arguments, request).await;
        progress.finish();
        match called {
            Called::Result(output) => print(shell, &output),
            Called::Stopped(outcome) => {
                let words = ["call".to_owned(), call.tool.clone()];
                let command = words.into_iter().chain(call.arguments.clone()).collect();
                let asked = Asked { command, has_query: false };
                conclude(shell, session, &interrupt.cancel, *outcome, &asked).await
            }
        }
    })
    .await
}

fn print(shell: &mut Shell, output: &Output) -> Result<Exit, Failure> {
    let failed = output.is_error();
    if shell.global.json {
        shell.say_json(output.raw().unwrap_or(output.value()))?;
    } else {
        if failed {
            shell.tell(&format!("{}\n", styled(BAD, "The tool says that it failed:")))?;
        }
        shell.say(&text(output))?;
    }
    Ok(if failed { Exit::Upstream } else { Exit::Answered })
}

fn text(output: &Output) -> String {
    match output.value() {
        Value::String(text) if text.is_empty() => match blocks(output).as_slice() {
            [] => "(an empty result)\n".to_owned(),
            kinds => format!("(no text, but {}; --json has it)\n", kinds.join(", ")),
        },
        Value::String(text) => format!("{}\n", clean_lines(text)),
        value => format!("{}\n", clean_lines(&format!("{value:#}"))),
    }
}

/// The kinds of content a result has.
fn blocks(output: &Output) -> Vec<String> {
    let content = output.raw().and_then(|raw| raw["content"].as_array());
    content.into_iter().flatten().filter_map(|block| block["type"].as_str().map(clean_line)).collect()
}
