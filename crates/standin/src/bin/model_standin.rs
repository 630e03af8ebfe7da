//! `model-standin`: a stand-in for model providers to point a configuration at.
//!
//! `model-standin [--port PORT] [--key KEY] [--script FILE]` listens on
//! loopback, prints the base URL for each format, and replies as the script
//! says until it is interrupted.

use std::fs;
use std::io::{self, Write};
use std::process::ExitCode;

use concertmaster_standin::{Script, Standin, Wire};

/// What the command line says.
#[derive(Default)]
struct Options {
    port: u16,
    key: Option<String>,
    script: Script,
}

#[tokio::main]
async fn main() -> ExitCode {
    let result = match options(std::env::args().skip(1)) {
        Ok(options) => run(options).await.map_err(|error| error.to_string()),
        Err(wrong) => Err(wrong),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(wrong) => {
            // Nobody to tell when even this fails.
            let _ = writeln!(io::stderr(), "model-standin: {wrong}");
            ExitCode::from(2)
        }
    }
}

fn options(mut words: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options::default();
    while let Some(word) = words.next() {
        let value =
            words.next().ok_or_else(|| format!("{word} needs a value; known are --port, --key and --script"))?;
        match word.as_str() {
            "--port" => options.port = value.parse().map_err(|_| format!("{value:?} is not a port"))?,
            "--key" => options.key = Some(value),
            "--script" => {
                let text = fs::read_to_string(&value).map_err(|error| format!("{value}: {error}"))?;
                options.script = serde_json::from_str(&text).map_err(|error| format!("{value}: {error}"))?;
            }
            _ => return Err(format!("unknown option {word}; known are --port, --key and --script")),
        }
    }
    Ok(options)
}

async fn run(options: Options) -> io::Result<()> {
    let standin = Standin::listen(options.port).await?;
    standin.play(options.script);
    if let Some(key) = &options.key {
        standin.require_key(key);
    }
    for wire in Wire::ALL {
        writeln!(io::stdout(), "{wire:?} {}", standin.base_url(wire))?;
    }
    io::stdout().flush()?;
    tokio::signal::ctrl_c().await
}
