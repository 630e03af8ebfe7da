//! Tables of files and what the reader says of them.

mod access;
mod client;
mod models;
mod native;
mod native_servers;
mod whole;

use std::fmt::Write;
use std::path::Path;

use super::read::read;
use super::reference::Surroundings;
use super::settings::Config;
use super::source::{Source, Syntax};

/// Everything the reader says of a file called `name`, in a world in which
/// `TOKEN` is set to `s3cret`, `HOME` to `/home/u`, a few others to tokens that
/// are long enough, and nothing else is.
fn report(name: &str, text: &str) -> String {
    let (_, report) = read_text(name, text);
    let mut said = report.to_string();
    for note in &report.notes {
        let _ = writeln!(said, "note {}", note.brief());
    }
    assert!(!said.contains("s3cret"), "{said}");
    said
}

/// The configuration of a file that has no faults.
fn config(name: &str, text: &str) -> Config {
    let (config, report) = read_text(name, text);
    assert!(report.faults.is_empty(), "{report}");
    config
}

fn read_text(name: &str, text: &str) -> (Config, super::Report) {
    let variable = |name: &str| match name {
        "TOKEN" => Some("s3cret".to_owned()),
        "HOME" => Some("/home/u".to_owned()),
        "ALICE_TOKEN" | "BUILD_TOKEN" | "LONG_TOKEN" | "OTHER_TOKEN" | "THIRD_TOKEN" => {
            Some(format!("{name}-0123456789abcdef").replace('_', "-"))
        }
        _ => None,
    };
    let source = Source { path: name.into(), text: text.to_owned(), syntax: Syntax::of(Path::new(name)) };
    read(&source, &Surroundings { variable: &variable, directory: Path::new("/etc/cm") })
}
