//! The thread that draws.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use engine::Event;

use super::News;
use super::journey::{Journey, on_a_line};
use super::telling::Telling;
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
        /// Rows that the picture with the answer that is being written may
        /// have; 0 where it is not to be shown.
        answer_rows: usize,
    },
}

pub(super) struct Painter {
    drawing: Drawing,
    journey: Journey,
    telling: Telling,
    started: Instant,
    drawn_lines: usize,
}

impl Painter {
    pub(super) fn new(drawing: Drawing) -> Self {
        Self {
            drawing,
            journey: Journey::default(),
            telling: Telling::default(),
            started: Instant::now(),
            drawn_lines: 0,
        }
    }

    /// Draws until nothing more will happen. A terminal that cannot be
    /// written to ends the drawing, not the query.
    pub(super) fn draw(mut self, news: &Receiver<News>) {
        let mut terminal = anstream::stderr();
        let _ = match self.drawing {
            Drawing::Nothing => Ok(()),
            Drawing::Lines => lines(news, &mut terminal),
            Drawing::Live { width, answer_rows } => self.live(news, &mut terminal, width, answer_rows),
        };
    }

    fn live(
        &mut self,
        news: &Receiver<News>,
        terminal: &mut impl Write,
        width: usize,
        answer_rows: usize,
    ) -> io::Result<()> {
        loop {
            match news.recv_timeout(FRAME) {
                Ok(News::Event(event)) => {
                    self.journey.take(&event, Instant::now());
                    self.telling.take(&event);
                    if matches!(*event, Event::AnswerDelta { .. }) {
                        self.paint(terminal, width, answer_rows)?;
                    }
                }
                Ok(News::Over) | Err(RecvTimeoutError::Disconnected) => {
                    let last = self.journey.last_lines();
                    self.repaint(terminal, &last, width)?;
                    return if last.is_empty() { Ok(()) } else { writeln!(terminal) };
                }
                Err(RecvTimeoutError::Timeout) => self.paint(terminal, width, answer_rows)?,
            }
        }
    }

    fn paint(&mut self, terminal: &mut impl Write, width: usize, answer_rows: usize) -> io::Result<()> {
        let mut picture = self.journey.lines(Instant::now(), self.started);
        // The cursor cannot go back beyond the top of the screen.
        let room = answer_rows.saturating_sub(picture.len() + 1);
        picture.extend(self.telling.lines(width, room));
        self.repaint(terminal, &picture, width)
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

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use query::QueryId;
    use synthesize::{Form, Statement};

    use super::*;

    /// What stands on a screen after these bytes, and every line that ever
    /// stood on it.
    fn screen(bytes: &[u8]) -> (Vec<String>, Vec<String>) {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let (mut rows, mut ever, mut at) = (Vec::<String>::new(), Vec::new(), 0);
        for piece in text.split_inclusive(['\n', 'A', 'J']) {
            if let Some(up) = piece.strip_prefix("\x1b[").and_then(|rest| rest.strip_suffix('A')) {
                at -= up.parse::<usize>().unwrap();
            } else if piece == "\r\x1b[J" {
                rows.truncate(at);
            } else if let Some(line) = piece.strip_suffix('\n') {
                rows.push(line.to_owned());
                ever.push(line.to_owned());
                at += 1;
            }
        }
        (rows, ever)
    }

    fn told(answer_rows: usize) -> (Vec<String>, Vec<String>) {
        let (sender, receiver) = sync_channel(16);
        let painting = std::thread::spawn(move || {
            let drawing = Drawing::Live { width: 40, answer_rows };
            let mut bytes = Vec::new();
            Painter::new(drawing).live(&receiver, &mut bytes, 40, answer_rows).unwrap();
            bytes
        });
        for text in ["One crate is full.", "The other one is not."] {
            let (form, citations, counted) = (Form::Line, Vec::new(), Vec::new());
            let statement = Statement { text: text.to_owned(), form, citations, counted };
            let event = Event::AnswerDelta { query: QueryId::new("q"), statement };
            sender.send(News::Event(Box::new(event))).unwrap();
        }
        sender.send(News::Over).unwrap();
        screen(&painting.join().unwrap())
    }

    #[test]
    fn an_answer_is_shown_while_it_is_written_and_then_makes_way() {
        let (left, ever) = told(24);
        assert!(ever.iter().any(|line| line.contains("One crate is full.")), "{ever:?}");
        assert_eq!(left, Vec::<String>::new(), "the answer itself comes after it, once");
    }

    #[test]
    fn an_answer_that_goes_elsewhere_is_not_shown() {
        assert_eq!(told(0), (Vec::new(), Vec::new()));
    }
}
