//! A client during one of its requests, as servers and plans may reach it.
//!
//! In: progress, log messages and questions of the servers that work on the
//! request. Out: messages on the request's lane, and the client's answers. A
//! client that answers in a later request is not asked here: its questions
//! are gathered until somebody collects them.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use catalog::ServerId;
use dispatch::{Counterpart, Offers, Progress, ServerQuestion};
use futures::FutureExt;
use futures::future::BoxFuture;
use query::{Blame, Fault};
use serde_json::value::RawValue;
use tokio::sync::{Notify, oneshot};

use super::client::{Client, new_name};
use super::lane::Lane;
use super::level::Level;
use super::tasks::Task;
use crate::frame;
use crate::members::push_string;

/// Questions gathered for one request, at most.
const MAX_GATHERED: usize = 16;

/// What a client is told about one request, and asked for it.
pub(crate) struct Caller {
    client: Client,
    /// Made when somebody wants to know it.
    name: OnceLock<String>,
    meta: Option<Arc<RawValue>>,
    line: Mutex<Line>,
    gathered: Mutex<Vec<Gathered>>,
    asked: Notify,
    deferred: Notify,
}

/// Where a request's messages go.
struct Line {
    lane: Arc<Lane>,
    progress_token: Option<Box<RawValue>>,
    /// The task that the work goes on as, once it is one: its client is not
    /// there any more, and comes back for it.
    task: Option<Arc<Task>>,
}

/// A question that waits for a later request.
pub(crate) struct Gathered {
    /// What is asked.
    pub(crate) question: ServerQuestion,
    /// Where the answer goes.
    pub(crate) answer: oneshot::Sender<Box<RawValue>>,
}

impl Caller {
    /// The client of a request that speaks on `lane` and brought `meta`.
    pub(crate) fn new(
        client: Client,
        lane: Arc<Lane>,
        progress_token: Option<&RawValue>,
        meta: Option<Arc<RawValue>>,
    ) -> Self {
        let line = Mutex::new(Line { lane, progress_token: progress_token.map(RawValue::to_owned), task: None });
        let (gathered, asked, deferred) = (Mutex::default(), Notify::new(), Notify::new());
        Self { client, name: OnceLock::new(), meta, line, gathered, asked, deferred }
    }

    /// The work goes on for another request of the same client, on its lane.
    pub(crate) fn continue_on(&self, lane: Arc<Lane>, progress_token: Option<&RawValue>) {
        *self.line.lock().unwrap_or_else(PoisonError::into_inner) =
            Line { lane, progress_token: progress_token.map(RawValue::to_owned), task: None };
    }

    /// The work goes on as a task.
    pub(crate) fn goes_on_as(&self, task: Arc<Task>) {
        self.line.lock().unwrap_or_else(PoisonError::into_inner).task = Some(task);
    }

    /// Waits until a server says that it made a task of the work.
    pub(crate) async fn deferred_there(&self) {
        self.deferred.notified().await;
    }

    fn is_task(&self) -> bool {
        self.line.lock().unwrap_or_else(PoisonError::into_inner).task.is_some()
    }

    /// Tells how far it has come, if the client wants to know.
    pub(crate) fn progress(&self, progress: &Progress) {
        let line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(task) = &line.task {
            task.say(progress);
        }
        let Some(token) = &line.progress_token else { return };
        let mut text = String::with_capacity(128);
        text.push_str(r#"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"#);
        text.push_str(token.get());
        text.push_str(r#","progress":"#);
        push_number(&mut text, progress.progress);
        if let Some(total) = progress.total {
            text.push_str(r#","total":"#);
            push_number(&mut text, total);
        }
        if let Some(message) = &progress.message {
            text.push_str(r#","message":"#);
            push_string(&mut text, message);
        }
        text.push_str("}}");
        match (&line.task, &self.client.session) {
            (None, _) => drop(line.lane.offer(text)),
            (Some(_), Some(session)) => session.tell(&text),
            // A client without a session asks after its task.
            (Some(_), None) => {}
        }
    }

    /// Waits until something is asked that a later request is to answer, and
    /// takes all of it.
    pub(crate) async fn gathered(&self) -> Vec<Gathered> {
        loop {
            let asked = self.asked.notified();
            let gathered = std::mem::take(&mut *self.gathered.lock().unwrap_or_else(PoisonError::into_inner));
            if !gathered.is_empty() {
                return gathered;
            }
            asked.await;
        }
    }

    fn lane(&self) -> Arc<Lane> {
        Arc::clone(&self.line.lock().unwrap_or_else(PoisonError::into_inner).lane)
    }

    fn gather(&self, question: ServerQuestion) -> Result<oneshot::Receiver<Box<RawValue>>, Fault> {
        let (answer, answered) = oneshot::channel();
        let mut gathered = self.gathered.lock().unwrap_or_else(PoisonError::into_inner);
        if gathered.len() >= MAX_GATHERED {
            let message = format!("the client has {MAX_GATHERED} questions to answer already");
            return Err(Fault::passing(Blame::Caller, "client_busy", message));
        }
        gathered.push(Gathered { question, answer });
        self.asked.notify_one();
        Ok(answered)
    }
}

impl Counterpart for Caller {
    fn name(&self) -> &str {
        match &self.client.session {
            Some(session) => &session.name,
            None => self.name.get_or_init(new_name),
        }
    }

    fn offers(&self) -> Offers {
        let offers = self.client.offers;
        // What a task asks, it asks where it is: the call is not made again.
        Offers { later: offers.later && !self.is_task(), ..offers }
    }

    fn deferred(&self) {
        self.deferred.notify_one();
    }

    fn ask(&self, question: ServerQuestion) -> BoxFuture<'_, Result<Box<RawValue>, Fault>> {
        async move {
            if let Some(session) = self.client.session.as_ref().filter(|_| !self.is_task()) {
                let lane = self.lane();
                return session.questions.ask(&lane, &question.method, question.params.as_deref()).await;
            }
            let answered = self.gather(question)?;
            answered
                .await
                .map_err(|_| Fault::passing(Blame::Caller, "client_gone", "the client did not answer in time"))
        }
        .boxed()
    }

    fn log(&self, _: &ServerId, params: &RawValue) {
        let wanted = self.wanted_level();
        // A client of the newer era hears what it asked for, and nothing else.
        let unasked = wanted.is_none() && self.client.revision.is_stateless();
        if unasked || wanted.is_some_and(|wanted| Level::of(params) < wanted) {
            return;
        }
        let message = frame::notification("notifications/message", params);
        match self.client.session.as_ref().filter(|_| self.is_task()) {
            Some(session) => session.tell(&String::from_utf8_lossy(&message)),
            None => drop(self.lane().offer(message)),
        }
    }

    fn log_level(&self) -> Option<&str> {
        self.wanted_level().map(Level::name)
    }

    fn meta(&self) -> Option<&RawValue> {
        self.meta.as_deref()
    }
}

impl Caller {
    fn wanted_level(&self) -> Option<Level> {
        self.client.level.or_else(|| self.client.session.as_ref().and_then(|session| session.level()))
    }
}

/// A whole number without a fraction, as most servers write it.
fn push_number(text: &mut String, number: f64) {
    use std::fmt::Write as _;
    /// Up to here every whole number has a float of its own.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let written = if number.is_finite() { number } else { 0.0 };
    // Writing to a text cannot fail.
    let _ = if written.fract() == 0.0 && written.abs() < EXACT {
        write!(text, "{written:.0}")
    } else {
        write!(text, "{}", serde_json::json!(written))
    };
}

#[cfg(test)]
mod tests {
    use query::Principal;

    use super::*;
    use crate::downstream::revision::Revision;

    fn client(offers: Offers, level: Option<Level>) -> Client {
        let (principal, revision) = (Principal::local(), Revision::Stateless);
        Client { principal, revision, offers, level, takes_tasks: false, session: None }
    }

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    #[tokio::test]
    async fn progress_is_told_under_the_clients_own_name_for_it() {
        let lane = Arc::new(Lane::default());
        let caller = Caller::new(client(Offers::default(), None), Arc::clone(&lane), Some(&raw("\"t\"")), None);
        let progress =
            |progress, total, message: Option<&str>| Progress { progress, total, message: message.map(Into::into) };
        caller.progress(&progress(1.0, Some(2.5), Some("a\"b")));
        caller.progress(&progress(1e300, None, None));
        for expected in [r#"1,"total":2.5,"message":"a\"b""#, "1e+300"] {
            let expected = format!(r#"{{"progressToken":"t","progress":{expected}}}"#);
            let told = String::from_utf8(lane.next().await.unwrap().to_vec()).unwrap();
            assert_eq!(told, format!(r#"{{"jsonrpc":"2.0","method":"notifications/progress","params":{expected}}}"#));
        }
    }

    #[tokio::test]
    async fn questions_for_a_later_request_are_gathered() {
        let caller = Caller::new(client(Offers::default(), None), Arc::default(), None, None);
        let question = || ServerQuestion { server: ServerId::new("a"), method: "roots/list".into(), params: None };
        let (told, ()) = tokio::join!(caller.ask(question()), async {
            let [one] = <[_; 1]>::try_from(caller.gathered().await).ok().unwrap();
            one.answer.send(raw("{}")).unwrap();
        });
        assert_eq!(told.unwrap().get(), "{}");
    }

    #[tokio::test]
    async fn log_messages_go_to_those_who_want_them() {
        let rows =
            [(None, "error", false), (Level::named("info"), "debug", false), (Level::named("info"), "info", true)];
        for (wanted, level, heard) in rows {
            let lane = Arc::new(Lane::default());
            let caller = Caller::new(client(Offers::default(), wanted), Arc::clone(&lane), None, None);
            caller.log(&ServerId::new("a"), &raw(&format!(r#"{{"level":"{level}","data":1}}"#)));
            lane.close();
            assert_eq!(lane.next().await.is_some(), heard, "{wanted:?} {level}");
        }
    }
}
