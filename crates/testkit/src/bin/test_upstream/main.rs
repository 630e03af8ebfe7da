//! An MCP server for tests, which does what its arguments say.
//!
//! Arguments: any number of modes (see `Mode`), `slow-start MS`, `live MS`,
//! `era legacy|modern|both`, `revision DATE`, `log FILE`. What it is asked goes into the log,
//! one line each.

mod asking;
mod flood;
mod mode;
mod server;
mod shelf;
mod tasks;
mod tools;
mod voice;

use std::io::BufRead;
use std::process::ExitCode;

use mode::{Mode, Settings};
use server::Server;
use voice::Voice;

fn main() -> ExitCode {
    let settings = match Settings::parse(std::env::args().skip(1)) {
        Ok(settings) => settings,
        Err(message) => {
            eprint(&message);
            return ExitCode::from(2);
        }
    };
    if settings.is(Mode::IgnoreTerm) {
        mode::ignore_term();
    }
    if settings.is(Mode::ExitAtOnce) {
        eprint("starting\nfatal: cannot open the database");
        return ExitCode::from(3);
    }
    if settings.is(Mode::StderrFlood) {
        std::thread::spawn(|| {
            loop {
                eprint("flood flood flood flood flood flood flood flood flood flood");
            }
        });
    }
    if let Some(life) = settings.life {
        std::thread::spawn(move || {
            std::thread::sleep(life);
            eprint("fatal: my time has come");
            std::process::exit(5);
        });
    }
    std::thread::sleep(settings.slow_start);
    let voice = Voice::new(&settings);
    if settings.is(Mode::Storm) {
        voice.clone().storm();
    }
    let mut server = Server::new(voice, settings.clone());
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        if let Some(code) = server.hear(&line) {
            return ExitCode::from(code);
        }
    }
    if settings.is(Mode::IgnoreTerm) {
        // Deaf to its input's end as well.
        loop {
            std::thread::sleep(std::time::Duration::from_secs(1));
        }
    }
    ExitCode::SUCCESS
}

fn eprint(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "{text}");
}
