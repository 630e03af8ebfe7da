//! A model that says what it is told to say, and a way to await it.

#![allow(dead_code, reason = "every test file uses its part of the desk")]

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use concertmaster_synthesize::{Answer, Material, Statement, Synthesis, WritingBudget, Written, write};
use model::{About, Completion, Content, Finish, Model, ModelFault, Pending, Purpose, Request, Spent, Trouble, Usage};
use serde_json::Value;

use crate::scene::Scene;

/// What the model says to one request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    Text(String),
    /// The limit came before the end.
    Cut(String),
    /// A value, though text was asked for.
    Json(Value),
    Trouble(Trouble),
}

/// A model that replies by the script, and notes what it was asked.
#[derive(Debug)]
pub(crate) struct Scripted {
    replies: Mutex<VecDeque<Reply>>,
    asked: Mutex<Vec<Request>>,
}

/// What each call is said to have taken.
pub(crate) const LATENCY: Duration = Duration::from_secs(2);

impl Scripted {
    pub(crate) fn new(replies: impl IntoIterator<Item = Reply>) -> Self {
        Self { replies: Mutex::new(replies.into_iter().collect()), asked: Mutex::default() }
    }

    pub(crate) fn saying(texts: &[&str]) -> Self {
        Self::new(texts.iter().map(|text| Reply::Text((*text).to_owned())))
    }

    pub(crate) fn asked(&self) -> Vec<Request> {
        self.asked.lock().expect("nothing panics while it holds the lock").clone()
    }
}

pub(crate) fn spent() -> Spent {
    let usage = Usage { tokens_in: 100, tokens_out: 10, ..Usage::default() };
    Spent { usage, latency: LATENCY, attempts: 1, ..Spent::default() }
}

impl Model for Scripted {
    fn complete(&self, request: Request) -> Pending<'_, Result<Completion, ModelFault>> {
        let reply = self
            .replies
            .lock()
            .expect("nothing panics while it holds the lock")
            .pop_front()
            .expect("no more was to be asked");
        self.asked.lock().expect("nothing panics while it holds the lock").push(request.clone());
        let (content, finish) = match reply {
            Reply::Text(text) => (Content::Text(text), Finish::Stop),
            Reply::Cut(text) => (Content::Text(text), Finish::Length),
            Reply::Json(value) => (Content::Json(value), Finish::Stop),
            Reply::Trouble(trouble) => {
                let fault = ModelFault { trouble, purpose: request.purpose, model: "scripted".into(), spent: spent() };
                return Box::pin(std::future::ready(Err(fault)));
            }
        };
        if let (Some(deltas), Some(text)) = (&request.deltas, content.text()) {
            let letters: Vec<char> = text.chars().collect();
            letters.chunks(7).for_each(|piece| deltas(&piece.iter().collect::<String>()));
        }
        Box::pin(std::future::ready(Ok(Completion { content, finish, model: "scripted".into(), spent: spent() })))
    }

    fn about(&self, _: Purpose) -> About {
        About { model: "scripted".into(), rates: None }
    }
}

/// Awaits what is ready at once.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the scripted model never waits"),
    }
}

pub(crate) fn budget() -> WritingBudget {
    WritingBudget::within(Duration::from_secs(20))
}

pub(crate) fn written_within(budget: WritingBudget, scene: &Scene, model: &Scripted) -> Written {
    now(write(model, &material(scene), budget, None))
}

pub(crate) fn written(scene: &Scene, model: &Scripted) -> Written {
    written_within(budget(), scene, model)
}

/// The same with every statement that was handed on.
pub(crate) fn streamed(scene: &Scene, model: &Scripted) -> (Written, Vec<Statement>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ear = Arc::clone(&heard);
    let said = Arc::new(move |statement: &Statement| {
        ear.lock().expect("nothing panics while it holds the lock").push(statement.clone())
    });
    let written = now(write(model, &material(scene), budget(), Some(said)));
    let heard = heard.lock().expect("nothing panics while it holds the lock").clone();
    (written, heard)
}

pub(crate) fn material(scene: &Scene) -> Material<'_> {
    Material {
        query: &scene.query,
        plan: &scene.plan,
        seen: &scene.seen,
        footnotes: &scene.footnotes,
        unserved: &scene.unserved,
    }
}

pub(crate) fn answer(written: &Written) -> &Answer {
    match &written.synthesis {
        Synthesis::Answer(answer) => answer,
        Synthesis::Nothing { missing } => panic!("nothing to tell: {missing:?}"),
    }
}
