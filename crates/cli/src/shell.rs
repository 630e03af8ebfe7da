//! The terminal a command speaks to, and how it was called.

use std::io::{self, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use serde::Serialize;

use crate::args::Global;
use crate::render::progress::Drawing;

/// Columns of what is no terminal: enough that nothing is cut.
const NO_TERMINAL_COLUMNS: usize = 4096;

/// Where output goes. Answers go to standard output, everything about them to
/// standard error; colours only where there is a terminal.
pub(crate) struct Shell {
    /// What holds for every command.
    pub(crate) global: Global,
    out: AutoStream<io::Stdout>,
    err: AutoStream<io::Stderr>,
}

impl Shell {
    /// The process's own terminal.
    pub(crate) fn new(global: Global) -> Self {
        let out = AutoStream::new(io::stdout(), AutoStream::choice(&io::stdout()));
        let err = AutoStream::new(io::stderr(), AutoStream::choice(&io::stderr()));
        Self { global, out, err }
    }

    /// Writes to standard output.
    pub(crate) fn say(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }

    /// Writes one JSON document to standard output.
    pub(crate) fn say_json(&mut self, value: &impl Serialize) -> io::Result<()> {
        let text = serde_json::to_string_pretty(value)?;
        self.say(&text)?;
        self.say("\n")
    }

    /// Writes to standard error.
    pub(crate) fn tell(&mut self, text: &str) -> io::Result<()> {
        self.err.write_all(text.as_bytes())?;
        self.err.flush()
    }

    /// Whether standard error is a terminal, so that lines may move.
    pub(crate) fn is_live(&self) -> bool {
        io::stderr().is_terminal() && !self.global.json
    }

    /// How a query's progress is drawn.
    pub(crate) fn drawing(&self) -> Drawing {
        if self.is_live() && self.err.current_choice() != ColorChoice::Never {
            Drawing::Live { width: self.width(), answer_rows: self.answer_rows() }
        } else if self.global.verbose {
            Drawing::Lines
        } else {
            Drawing::Nothing
        }
    }

    /// Columns of the terminal; where there is none, lines are not cut.
    pub(crate) fn width(&self) -> usize {
        terminal_size::terminal_size_of(io::stdout()).map_or(NO_TERMINAL_COLUMNS, |(width, _)| usize::from(width.0))
    }

    /// Rows in which an answer can be shown while it is written: none where it
    /// goes elsewhere in the end.
    fn answer_rows(&self) -> usize {
        let rows = terminal_size::terminal_size_of(io::stderr()).map_or(0, |(_, height)| usize::from(height.0));
        if io::stdout().is_terminal() { rows } else { 0 }
    }

    /// Whether somebody is there who can be asked.
    pub(crate) fn can_ask(&self) -> bool {
        self.is_live() && io::stdin().is_terminal() && !self.global.demo_waits()
    }
}
