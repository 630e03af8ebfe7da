//! Each server as a child process over stdio, which is how it is used. The
//! test binary is its own child: `child serve <server> <directory>` serves.

#![allow(clippy::print_stdout, reason = "this is its own test runner")]

use std::{env, path::Path, process::ExitCode};

use concertmaster_demo::{Which, Workspace, serve_stdio};
use rmcp::{
    ClientLifecycleMode, ClientServiceExt,
    model::{CallToolRequestParams, ProtocolVersion},
    transport::TokioChildProcess,
};
use tempfile::TempDir;
use tokio::{process::Command, runtime::Runtime};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = Runtime::new().expect("a runtime");
    match words[..] {
        ["serve", server, directory] => {
            let which = server.parse().expect("a demo server");
            runtime.block_on(serve_stdio(which, Path::new(directory))).expect("the session");
        }
        // What test runners ask before they run anything.
        _ if words.contains(&"--list") && words.contains(&"--ignored") => {}
        _ if words.contains(&"--list") => println!("children_answer_and_end: test"),
        _ => runtime.block_on(children_answer_and_end()),
    }
    ExitCode::SUCCESS
}

async fn children_answer_and_end() {
    let directory = TempDir::new().expect("a directory");
    Workspace::materialise(directory.path()).expect("a workspace");
    let modern = ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] };
    for which in Which::ALL {
        for lifecycle in [modern.clone(), ClientLifecycleMode::Initialize] {
            let mut command = Command::new(env::current_exe().expect("this test"));
            command.arg("serve").arg(which.name()).arg(directory.path());
            let transport = TokioChildProcess::new(command).expect("a child");
            let client = ().serve_with_lifecycle(transport, lifecycle).await.expect("a session");
            let tools = client.list_all_tools().await.expect("tools");
            let needs_nothing = tools.into_iter().find(|tool| !tool.input_schema.contains_key("required"));
            let call = CallToolRequestParams::new(needs_nothing.expect("a tool without arguments").name);
            let result = client.call_tool(call).await.expect("an answer");
            assert_eq!(result.is_error, Some(false), "{which}: {:?}", result.content);
            client.cancel().await.expect("the end");
        }
    }
    println!("test children_answer_and_end ... ok");
}
