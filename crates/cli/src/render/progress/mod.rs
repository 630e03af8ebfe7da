//! A query's way, shown while it goes.
//!
//! Events come in from the query's own task, which must not wait; a thread
//! of its own draws them on standard error. Whoever finishes the progress
//! waits until the last line is drawn, so that an answer comes after it.

mod journey;
mod painter;
mod telling;

use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use engine::{Event, Events};

pub(crate) use self::painter::Drawing;
use self::painter::Painter;

/// Events that may wait to be drawn; further ones are not drawn, and the ones
/// after them set the picture right.
const MAX_WAITING_EVENTS: usize = 4096;

/// A query's way, shown while it goes.
pub(crate) struct Progress {
    drawn: Option<(SyncSender<News>, JoinHandle<()>)>,
}

/// What the drawing thread hears of.
pub(super) enum News {
    /// Something happened.
    Event(Box<Event>),
    /// Nothing more will.
    Over,
}

impl Progress {
    /// Starts to draw; nothing is started when nothing is to be drawn.
    pub(crate) fn start(drawing: Drawing) -> Self {
        if drawing == Drawing::Nothing {
            return Self { drawn: None };
        }
        let (sender, receiver) = sync_channel(MAX_WAITING_EVENTS);
        let thread = std::thread::spawn(move || Painter::new(drawing).draw(&receiver));
        Self { drawn: Some((sender, thread)) }
    }

    /// Where the query's events go.
    pub(crate) fn events(&self) -> Events {
        let Some((sender, _)) = &self.drawn else { return Arc::new(|_| {}) };
        let sender = sender.clone();
        Arc::new(move |event| {
            // A full queue loses the event, a closed one the whole drawing:
            // neither is worth more than the query.
            let _ = sender.try_send(News::Event(Box::new(event)));
        })
    }

    /// Draws what is left and ends.
    pub(crate) fn finish(self) {
        let Some((sender, thread)) = self.drawn else { return };
        if sender.send(News::Over).is_ok() {
            let _ = thread.join();
        }
    }
}
