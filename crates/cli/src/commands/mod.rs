//! One file for each command.

mod approvals;
mod ask;
mod auth;
mod call;
mod call_arguments;
mod check;
mod demo;
mod eval;
mod eval_routing;
mod import;
mod inquiry;
mod install;
mod journal;
mod plan;
mod resume;
mod run;
mod serve;
mod servers;
mod strays;
mod tools;
mod tour;

use crate::args::{self, Cli, Command, Measured};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::session::Session;
use crate::shell::Shell;

/// Runs one command and tells what went wrong, if anything did.
pub(crate) async fn run(cli: Cli) -> Exit {
    let mut shell = Shell::new(cli.global);
    let done = match cli.command {
        Command::Ask(ask) => ask::run(&mut shell, ask).await,
        Command::Plan(plan) => plan::run(&mut shell, plan).await,
        Command::Run(run) => run::run(&mut shell, run).await,
        Command::Tools(tools) => tools::run(&mut shell, tools).await,
        Command::Call(call) => call::run(&mut shell, call).await,
        Command::Servers(servers) => servers::run(&mut shell, servers).await,
        Command::Serve(serve) => serve::run(&mut shell, serve).await,
        Command::Approvals(approvals) => approvals::run(&mut shell, approvals).await,
        Command::Auth(auth) => auth::run(&mut shell, auth).await,
        Command::Resume(resume) => resume::run(&mut shell, resume).await,
        Command::Journal(journal) => journal::run(&mut shell, journal).await,
        Command::Check(check) => check::run(&mut shell, check).await,
        Command::Import(import) => import::run(&mut shell, &import),
        Command::Install(install) => install::run(&mut shell, &install),
        Command::Demo(demo) => demo::run(&mut shell, demo).await,
        Command::Eval(args::Eval { what: Some(Measured::Routing(routing)), .. }) => {
            eval_routing::run(&mut shell, &routing)
        }
        Command::Eval(eval) => eval::run(&mut shell, eval).await,
    };
    match done {
        Ok(exit) => exit,
        Err(failure) => {
            // If even this cannot be written, the exit status still tells.
            let _ = failure.tell(&mut shell);
            failure.exit()
        }
    }
}

/// Opens a session, does the work, and closes it whatever came of the work.
async fn with_session(
    shell: &mut Shell,
    work: impl AsyncFnOnce(&mut Shell, &Session, &Interrupt) -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    let interrupt = Interrupt::listen();
    let session = Session::open(shell)?;
    conduct(shell, session, interrupt, work).await
}

/// Does the work in a session, and closes it whatever came of the work.
async fn conduct(
    shell: &mut Shell,
    session: Session,
    interrupt: Interrupt,
    work: impl AsyncFnOnce(&mut Shell, &Session, &Interrupt) -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    let done = work(shell, &session, &interrupt).await;
    session.close().await;
    done.map(|exit| interrupt.over(exit))
}
