//! A model that says what stands on a sheet, whatever it is asked.

use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use model::{About, Completion, Content, Finish, Model, ModelFault, Pending, Purpose, Request, Spent, Trouble};

/// Between what it says to one request and what it says to the next: the
/// record separator of ASCII.
const NEXT: char = '\u{1e}';

/// A model that says these in turn, JSON where it is JSON, and then cannot
/// be reached. Whether what it says conforms to a schema is not looked at:
/// nothing may rest on a provider's word for it.
pub(crate) struct Parrot(Mutex<Vec<String>>);

impl Parrot {
    pub(crate) fn of(text: &str) -> Self {
        Self(Mutex::new(text.split(NEXT).rev().map(str::to_owned).collect()))
    }
}

impl Model for Parrot {
    fn complete(&self, request: Request) -> Pending<'_, Result<Completion, ModelFault>> {
        let said = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let spent = Spent::default();
        let answer = match said {
            None => Err(ModelFault {
                trouble: Trouble::Unreachable { why: "it has said everything".to_owned() },
                purpose: request.purpose,
                model: "parrot".into(),
                spent,
            }),
            Some(text) => {
                let value = request.schema.is_some().then(|| serde_json::from_str(&text).ok()).flatten();
                if let Some(deltas) = &request.deltas {
                    text.split_inclusive(' ').for_each(|piece| deltas(piece));
                }
                let content = value.map_or(Content::Text(text), Content::Json);
                Ok(Completion { content, finish: Finish::Stop, model: "parrot".into(), spent })
            }
        };
        Box::pin(std::future::ready(answer))
    }

    fn about(&self, _: Purpose) -> About {
        About { model: "parrot".into(), rates: None }
    }
}

/// Awaits what is ready at once.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a parrot never waits"),
    }
}
