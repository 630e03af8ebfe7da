//! What clients ask of their tasks.

use std::sync::Arc;

use futures::future::{Either, join_all, select};
use serde_json::json;
use serde_json::value::RawValue;

use super::shape::{self, Era};
use super::task::{Ending, Putting, Seen, Task};
use crate::downstream::client::Session;
use crate::downstream::desk::Desk;
use crate::downstream::message::Params;
use crate::downstream::refusal::{INTERNAL_ERROR, Refusal};
use crate::downstream::revision::Revision;
use crate::downstream::served::Served;
use crate::downstream::visit::Visit;
use crate::members::Members;

impl Desk {
    /// Serves a request about tasks.
    pub(crate) async fn about_tasks(&self, visit: &Visit<'_>) -> Served {
        let method = &*visit.method;
        let Some(session) = visit.client.session.as_ref().filter(|_| !visit.client.revision.is_stateless()) else {
            return match method {
                "tasks/get" | "tasks/update" | "tasks/cancel" if !visit.client.takes_tasks => {
                    Served::Refused(shape::missing_extension())
                }
                "tasks/get" => self.with_task(visit, look),
                "tasks/update" => self.with_task(visit, |task| answered(task, visit.params.input_responses)),
                "tasks/cancel" => self.with_task(visit, |task| {
                    task.take_back();
                    Served::Made(json!({}))
                }),
                _ => Served::Refused(Refusal::no_method(method)),
            };
        };
        match method {
            _ if session.revision != Revision::Tasked => Served::Refused(Refusal::no_method(method)),
            "tasks/get" => self.with_task(visit, shown),
            "tasks/cancel" => self.with_task(visit, |task| match task.take_back() {
                true => shown(task),
                false => Served::Refused(Refusal::params("this task is over already")),
            }),
            "tasks/list" => self.list_tasks(visit),
            "tasks/result" => match self.task_of(visit) {
                Ok(task) => result(&task, session, visit).await,
                Err(refusal) => Served::Refused(refusal),
            },
            _ => Served::Refused(Refusal::no_method(method)),
        }
    }

    fn task_of(&self, visit: &Visit<'_>) -> Result<Arc<Task>, Refusal> {
        let id = Params::text(visit.params.task_id).ok_or_else(|| Refusal::params("`taskId` is to be a text"))?;
        // Unknown, foreign and expired tasks look alike.
        let unknown = || Refusal::params("there is no such task; it may have expired");
        self.tasks.find(&id, &visit.client.principal).ok_or_else(unknown)
    }

    fn with_task(&self, visit: &Visit<'_>, serve: impl FnOnce(&Arc<Task>) -> Served) -> Served {
        self.task_of(visit).map_or_else(Served::Refused, |task| serve(&task))
    }

    /// All of a principal's tasks: there are so few that they are one page.
    fn list_tasks(&self, visit: &Visit<'_>) -> Served {
        if visit.params.cursor.is_some() {
            return Served::Refused(Refusal::params("this cursor leads nowhere; start without one"));
        }
        let own = self.tasks.of(&visit.client.principal);
        let entries = own.iter().map(|task| format!("{{{}}}", shape::members(task, &task.look(), Era::Legacy)));
        Served::Ready(format!(r#"{{"tasks":[{}]}}"#, entries.collect::<Vec<_>>().join(",")).into())
    }
}

/// How a task stands, as the extension has it.
fn look(task: &Arc<Task>) -> Served {
    let look = task.look();
    if matches!(look.stage, Seen::Ended(_)) {
        // Its result is had with this.
        let _ = task.outcome();
    }
    Served::Ready(format!(r#"{{"resultType":"complete",{}}}"#, shape::details(task, &look)).into())
}

/// How a task stands, as revision 2025-11-25 has it.
fn shown(task: &Arc<Task>) -> Served {
    Served::Ready(format!("{{{}}}", shape::members(task, &task.look(), Era::Legacy)).into())
}

/// Takes a client's answers; those to no open question are read over.
fn answered(task: &Task, responses: Option<&RawValue>) -> Served {
    let Some(responses) = responses.and_then(|given| Members::of(given.get())) else {
        return Served::Refused(Refusal::params("`inputResponses` is to be an object"));
    };
    for (key, answer) in responses.0.iter().filter(|(_, answer)| answer.get().starts_with('{')) {
        task.answer(key, (*answer).to_owned());
    }
    Served::Made(json!({}))
}

/// Waits for the result of a task; what it asks meanwhile is put to the client
/// that waits.
async fn result(task: &Arc<Task>, session: &Arc<Session>, visit: &Visit<'_>) -> Served {
    let mut changes = task.changes();
    loop {
        changes.borrow_and_update();
        if let Some(ending) = task.outcome() {
            return ended(task, ending);
        }
        let open = task.to_put();
        let putting = join_all(open.iter().map(|(key, question)| async move {
            let _put_back = Putting { task, key };
            let params = question.params.as_deref().map_or("{}", RawValue::get);
            let params = RawValue::from_string(shape::related(params, task)).ok();
            match session.questions.ask(&visit.lane, &question.method, params.as_deref()).await {
                Ok(answer) => task.answer(key, answer),
                Err(_) => task.unanswered(key),
            }
        }));
        let progress = async {
            if open.is_empty() {
                // An error says that the task is gone; it is held here.
                let _ = changes.changed().await;
            } else {
                // A task that is over meanwhile needs no answers.
                let over = std::pin::pin!(over(task));
                match select(std::pin::pin!(putting), over).await {
                    Either::Left(_) | Either::Right(_) => {}
                }
            }
        };
        if visit.cancel.run_until_cancelled(progress).await.is_none() {
            return Served::Silent;
        }
    }
}

/// Waits for the end of a task.
async fn over(task: &Task) {
    let mut changes = task.changes();
    while !matches!(task.look().stage, Seen::Ended(_)) {
        // An error says that the task is gone; it is held here.
        let _ = changes.changed().await;
    }
}

/// What the request that became a task would have been answered with.
fn ended(task: &Task, ending: Ending) -> Served {
    match ending {
        Ending::Completed { result, .. } => {
            Served::Ready(shape::related(&String::from_utf8_lossy(&result), task).into())
        }
        Ending::Failed(refusal) => Served::Refused(refusal),
        Ending::Cancelled => Served::Refused(Refusal::new(INTERNAL_ERROR, "this task was cancelled")),
    }
}
