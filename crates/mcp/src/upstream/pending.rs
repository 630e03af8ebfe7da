//! The requests that wait for their answers on one stream.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::value::RawValue;
use tokio::sync::{Notify, mpsc, oneshot};

use super::caller::Caller;
use super::wire::{Trouble, WireFault, read_progress};
use crate::frame::{self, Answer};
use crate::members::{Members, RELATED_TASK};

type Reply = Result<Box<RawValue>, WireFault>;

/// Who waits for which answer. Clones share one table.
#[derive(Clone, Default)]
pub(crate) struct Pending(Arc<Mutex<Table>>);

#[derive(Default)]
struct Table {
    closed: bool,
    waiting: HashMap<u64, Slot>,
    /// Calls that became tasks, by the id of the request that began each.
    attended: HashMap<u64, Attended>,
}

/// A call that goes on as a task at its server, and who waits for it.
struct Attended {
    task: String,
    caller: Arc<Caller>,
    bell: Arc<Notify>,
}

/// A task's place in the table; dropped, nobody waits for it any more.
pub(crate) struct Attending {
    id: u64,
    table: Pending,
    /// Rings when the server says something of the task.
    pub(crate) bell: Arc<Notify>,
}

struct Slot {
    reply: oneshot::Sender<Reply>,
    caller: Option<Arc<Caller>>,
}

/// One request's place in the table. Dropped before the answer came, it
/// tells the server that nobody waits any more.
pub(crate) struct Waiting {
    id: u64,
    table: Pending,
    reply: oneshot::Receiver<Reply>,
    outbox: mpsc::Sender<Vec<u8>>,
}

impl Pending {
    /// A place for a request about to leave; `None` once the stream is over.
    pub(crate) fn enter(&self, id: u64, caller: Option<Arc<Caller>>, outbox: mpsc::Sender<Vec<u8>>) -> Option<Waiting> {
        let (sender, reply) = oneshot::channel();
        let mut table = self.lock();
        if table.closed {
            return None;
        }
        table.waiting.insert(id, Slot { reply: sender, caller });
        drop(table);
        Some(Waiting { id, table: self.clone(), reply, outbox })
    }

    /// Hands an answer to whoever waits for it. An answer without an id can
    /// only be for a request that waits alone; a late one is for nobody.
    pub(crate) fn answer(&self, id: Option<u64>, outcome: Answer) {
        let mut table = self.lock();
        let id = id.or_else(|| (table.waiting.len() == 1).then(|| table.waiting.keys().next().copied()).flatten());
        let slot = id.and_then(|id| table.waiting.remove(&id));
        drop(table);
        if let Some(slot) = slot {
            let reply = match outcome {
                Answer::Result(result) => Ok(result),
                Answer::Error(error) => Err(WireFault::refused(error)),
                Answer::Malformed => {
                    Err(WireFault::unknown(Trouble::Malformed("it holds neither one result nor one error")))
                }
            };
            // Whoever waited may have gone in this very moment.
            let _ = slot.reply.send(reply);
        }
    }

    /// Passes a progress notification on, in the order of the stream.
    pub(crate) fn progressed(&self, params: &RawValue) {
        let Some((id, progress)) = read_progress(params) else { return };
        let table = self.lock();
        let waiting = table.waiting.get(&id).and_then(|slot| slot.caller.clone());
        let caller = waiting.or_else(|| table.attended.get(&id).map(|attended| Arc::clone(&attended.caller)));
        drop(table);
        if let Some(caller) = caller {
            (caller.progress)(progress);
        }
    }

    /// A place for the task that the request of this id begins: what its
    /// server says and asks of it goes to `caller`. What a server says right
    /// after its answer is not missed if the place is there before.
    pub(crate) fn attend(&self, id: u64, caller: Arc<Caller>) -> Attending {
        let bell = Arc::<Notify>::default();
        self.lock().attended.insert(id, Attended { task: String::new(), caller, bell: Arc::clone(&bell) });
        Attending { id, table: self.clone(), bell }
    }

    /// Rings for the task that a notification speaks of.
    pub(crate) fn task_told(&self, params: &RawValue) {
        let Some(task) = Members::of(params.get()).and_then(|members| task_of(&members)) else { return };
        if let Some(attended) = self.lock().attended.values().find(|attended| attended.task == task) {
            attended.bell.notify_one();
        }
    }

    /// Whom a request of the server's is for: whoever waits for the task that
    /// it names, else the one client there is.
    pub(crate) fn client_of(&self, params: Option<&RawValue>) -> Option<Arc<Caller>> {
        if let Some(params) = params.filter(|_| !self.lock().attended.is_empty())
            && let Some(members) = Members::of(params.get())
            && let Some(related) = members.get("_meta").and_then(|meta| Members::of(meta.get())?.get(RELATED_TASK))
        {
            let task = Members::of(related.get()).and_then(|related| task_of(&related))?;
            let named = self.lock().attended.values().find(|one| one.task == task).map(|one| Arc::clone(&one.caller));
            if named.is_some() {
                return named;
            }
        }
        self.sole_client()
    }

    /// A caller whose client every call is made for that waits now; `None`
    /// when there are several clients, or none.
    pub(crate) fn sole_client(&self) -> Option<Arc<Caller>> {
        let table = self.lock();
        let waiting = || table.waiting.iter().filter_map(|(id, slot)| Some((id, slot.caller.as_ref()?)));
        let callers = || waiting().chain(table.attended.iter().map(|(id, attended)| (id, &attended.caller)));
        // The youngest call is likely to last longest.
        let (_, youngest) = callers().max_by_key(|(id, _)| **id)?;
        callers().all(|(_, caller)| caller.is_same_client(youngest)).then(|| Arc::clone(youngest))
    }

    /// An answer was too long to read: fails the request it is for, or, when
    /// that cannot be told, all of them.
    pub(crate) fn too_long(&self, id: Option<u64>) {
        let mut table = self.lock();
        let hit: Vec<Slot> = match id {
            Some(id) => table.waiting.remove(&id).into_iter().collect(),
            None => table.waiting.drain().map(|(_, slot)| slot).collect(),
        };
        drop(table);
        fail(hit, &Trouble::TooLong);
    }

    /// The stream is over: nobody waits any more, and nobody will.
    pub(crate) fn close(&self) {
        let mut table = self.lock();
        table.closed = true;
        let all = table.waiting.drain().map(|(_, slot)| slot).collect();
        drop(table);
        fail(all, &Trouble::Gone);
    }

    /// Plain data, whole after every statement: a panic elsewhere tears
    /// nothing.
    fn lock(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn task_of(members: &Members<'_>) -> Option<String> {
    serde_json::from_str(members.get("taskId")?.get()).ok()
}

impl Attending {
    /// What the server calls the task.
    pub(crate) fn name(&self, task: &str) {
        if let Some(attended) = self.table.lock().attended.get_mut(&self.id) {
            attended.task = task.to_owned();
        }
    }
}

impl Drop for Attending {
    fn drop(&mut self) {
        self.table.lock().attended.remove(&self.id);
    }
}

fn fail(slots: Vec<Slot>, trouble: &Trouble) {
    for slot in slots {
        let _ = slot.reply.send(Err(WireFault::unknown(trouble.clone())));
    }
}

impl Waiting {
    /// The answer.
    pub(crate) async fn reply(&mut self) -> Reply {
        (&mut self.reply).await.unwrap_or_else(|_| Err(WireFault::unknown(Trouble::Gone)))
    }

    /// The answer came another way.
    pub(crate) fn done(self) {
        self.table.lock().waiting.remove(&self.id);
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let abandoned = self.table.lock().waiting.remove(&self.id).is_some();
        if abandoned {
            // A server that reads so little that its queue is full is told nothing.
            let _ = self.outbox.try_send(frame::cancelled(self.id));
        }
    }
}
