//! A client that can be spoken to, for tests.

use std::sync::Mutex;

use catalog::ServerId;
use dispatch::{Counterpart, Offers, ServerQuestion};
use futures::future::BoxFuture;
use query::{Blame, Fault};
use serde_json::value::RawValue;

/// Everything that can be asked, at once.
pub(crate) const ANYTHING: Offers = Offers { sampling: true, forms: true, urls: true, roots: true, later: false };

/// Answers every question with one text, and keeps what it was asked and
/// told.
pub(crate) struct Teller {
    name: &'static str,
    offers: Offers,
    answer: Option<&'static str>,
    pub(crate) level: Option<&'static str>,
    pub(crate) meta: Option<Box<RawValue>>,
    pub(crate) asked: Mutex<Vec<(String, String)>>,
    pub(crate) logged: Mutex<Vec<String>>,
}

impl Teller {
    /// Answers with this JSON, or never.
    pub(crate) fn new(name: &'static str, offers: Offers, answer: Option<&'static str>) -> Self {
        let (asked, logged) = (Mutex::default(), Mutex::default());
        Self { name, offers, answer, level: None, meta: None, asked, logged }
    }
}

impl Counterpart for Teller {
    fn name(&self) -> &str {
        self.name
    }

    fn offers(&self) -> Offers {
        self.offers
    }

    fn ask(&self, question: ServerQuestion) -> BoxFuture<'_, Result<Box<RawValue>, Fault>> {
        let params = question.params.map(|params| params.get().to_owned()).unwrap_or_default();
        self.asked.lock().expect("not poisoned").push((question.method, params));
        Box::pin(async move {
            let Some(answer) = self.answer else { return std::future::pending().await };
            RawValue::from_string(answer.to_owned())
                .map_err(|error| Fault::lasting(Blame::Caller, "unanswered", error.to_string()))
        })
    }

    fn log(&self, server: &ServerId, params: &RawValue) {
        self.logged.lock().expect("not poisoned").push(format!("{server} {}", params.get()));
    }

    fn log_level(&self) -> Option<&str> {
        self.level
    }

    fn meta(&self) -> Option<&RawValue> {
        self.meta.as_deref()
    }
}
