//! The thread that draws.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::News;
use super::journey::{Journey, on_a_line};
use crate::render::columns::fitted_styled;

/// How long a picture stands before it is drawn anew.
const FRAME: Duration = Duration::from_millis(60);

/// How progress is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Drawing {
    /// Not at all.
    Nothing,
    /// A line for each event.
    Lines,
    /// A picture that moves, on a terminal of this many columns.
    Live {
        /// Columns.
        width: usize,
    },
}

pub(super) struct Painter {
    drawing: Drawing,
    journey: Journey,
    started: Instant,
    drawn_lines: usize,
}

impl Painter {
    pub(super) fn new(drawing: Drawing) -> Self {
        Self { drawing, journey: Journey::default(), started: Instant::now(), drawn_lines: 0 }
    }

    /// Draws until nothing more will happen. A terminal that cannot be
    /// written to ends the drawing, not the query.
    pub(super) fn draw(mut self, news: &Receiver<News>) {
        let mut terminal = anstream::stderr();
        let _ = match self.drawing {
            Drawing::Nothing => Ok(()),
            Drawing::Lines => lines(news, &mut terminal),
            Drawing::Live { width } => self.live(news, &mut terminal, width),
        };
    }

    fn live(&mut self, news: &Receiver<News>, terminal: &mut impl Write, width: usize) -> io::Result<()> {
        loop {
            match news.recv_timeout(FRAME) {
                Ok(News::Event(event)) => self.journey.take(&event, Instant::now()),
                Ok(News::Over) | Err(RecvTimeoutError::Disconnected) => {
                    let last = self.journey.last_lines();
                    self.repaint(terminal, &last, width)?;
                    return if last.is_empty() { Ok(()) } else { writeln!(terminal) };
                }
                Err(RecvTimeoutError::Timeout) => {
                    let picture = self.journey.lines(Instant::now(), self.started);
                    self.repaint(terminal, &picture, width)?;
                }
            }
        }
    }

    fn repaint(&mut self, terminal: &mut impl Write, picture: &[String], width: usize) -> io::Result<()> {
        let mut frame = String::new();
        if self.drawn_lines > 0 {
            frame.push_str(&format!("\x1b[{}A", self.drawn_lines));
        }
        frame.push_str("\r\x1b[J");
        for line in picture {
            frame.push_str(&fitted_styled(line, width));
            frame.push('\n');
        }
        self.drawn_lines = picture.len();
        terminal.write_all(frame.as_bytes())?;
        terminal.flush()
    }
}

fn lines(news: &Receiver<News>, terminal: &mut impl Write) -> io::Result<()> {
    while let Ok(News::Event(event)) = news.recv() {
        if let Some(line) = on_a_line(&event) {
            writeln!(terminal, "{line}")?;
        }
    }
    Ok(())
}
