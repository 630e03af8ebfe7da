//! The clerk: the one thread that waits for the disk.
//!
//! Transactions that come while it writes are made together in the next, so
//! many callers share one wait.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

use futures::channel::oneshot;

use super::bank::Bank;
use super::draft::Draft;
use super::file::{FileFault, StateFile};
use super::run::{self, Run};
use super::till;
use super::watch::Watch;
use crate::{StoreFault, Wall};

/// Transactions that may wait for the clerk; further ones are refused.
const WAITING: usize = 4_096;

/// The most transactions made together.
const TOGETHER: usize = 512;

/// How long the clerk has to end in order.
const FAREWELL: Duration = Duration::from_secs(2);

/// A transaction and its time.
struct Order {
    now: Wall,
    job: Box<dyn Job>,
}

/// One caller's part of a transaction.
trait Job: Send {
    /// Decides over the book.
    fn decide(&mut self, draft: &mut Draft<'_>);

    /// Tells whoever asked what was decided, or why it could not be.
    fn tell(self: Box<Self>, kept: Result<(), StoreFault>);
}

/// A job, and where its answer goes.
struct Errand<D, T, A, U> {
    decide: Option<D>,
    decided: Option<T>,
    after: A,
    answer: oneshot::Sender<Result<U, StoreFault>>,
}

impl<D, T, A, U> Job for Errand<D, T, A, U>
where
    D: FnOnce(&mut Draft<'_>) -> T + Send,
    T: Send,
    A: FnOnce(T) -> U + Send,
    U: Send,
{
    fn decide(&mut self, draft: &mut Draft<'_>) {
        self.decided = self.decide.take().map(|decide| decide(draft));
    }

    fn tell(self: Box<Self>, kept: Result<(), StoreFault>) {
        let Self { decided, after, answer, .. } = *self;
        let told = match (kept, decided) {
            (Ok(()), Some(decided)) => Ok(after(decided)),
            (Err(fault), _) => Err(fault),
            (Ok(()), None) => Err(gone()),
        };
        // Nobody may be waiting any more; it is kept all the same.
        let _ = answer.send(told);
    }
}

/// The way to the clerk. When it is dropped, the clerk makes what it was
/// given and ends; whoever drops it waits for that, at most [`FAREWELL`].
pub(super) struct Clerk {
    /// There until it is dropped.
    orders: Option<SyncSender<Order>>,
    /// Disconnected when the clerk has ended. Nobody but the drop locks it.
    ended: Mutex<Receiver<()>>,
    /// The clerk's own thread, which does not wait for itself.
    thread: ThreadId,
}

impl Drop for Clerk {
    fn drop(&mut self) {
        self.orders = None;
        if thread::current().id() != self.thread {
            // Past that it ends with the process, as if that were killed.
            let ended = self.ended.get_mut().unwrap_or_else(PoisonError::into_inner);
            let _ = ended.recv_timeout(FAREWELL);
        }
    }
}

impl Clerk {
    /// Opens the state in that directory and starts the clerk.
    pub(super) fn start(directory: &Path, bank: Bank, watch: Box<dyn Watch>, now: Wall) -> Result<Self, FileFault> {
        let mut file = StateFile::open(directory, watch)?;
        let run = Run::begin(directory)?;
        let is_over = |other: &str| other != run.name() && run::is_over(directory, other);
        file.transact(run.name(), now, |draft| {
            for orphan in draft.book().orphans(is_over, now) {
                // One that does not fit stays as it is until it is overdue.
                let _ = draft.enter(orphan);
            }
        })?;
        run::clear(directory);
        let (orders, waiting) = sync_channel(WAITING);
        let office = Office { file, run, directory: directory.to_owned(), bank, latest: now };
        let (ending, ended) = sync_channel(0);
        let clerk = thread::Builder::new().name("state".to_owned()).spawn(move || {
            office.work(&waiting);
            drop(ending);
        })?;
        Ok(Self { orders: Some(orders), ended: Mutex::new(ended), thread: clerk.thread().id() })
    }

    /// Has a transaction made, and answers once it is kept. `after` sees the
    /// decision then, on the clerk's thread, whether or not anybody waits.
    pub(super) fn transact<T: Send + 'static, U: Send + 'static>(
        &self,
        now: Wall,
        decide: impl FnOnce(&mut Draft<'_>) -> T + Send + 'static,
        after: impl FnOnce(T) -> U + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<U, StoreFault>>, StoreFault> {
        let (answer, answered) = oneshot::channel();
        let job = Box::new(Errand { decide: Some(decide), decided: None, after, answer });
        match self.orders.as_ref().map(|orders| orders.try_send(Order { now, job })) {
            Some(Ok(())) => Ok(answered),
            Some(Err(TrySendError::Full(_))) => Err(StoreFault::Busy),
            Some(Err(TrySendError::Disconnected(_))) | None => Err(gone()),
        }
    }
}

/// Where the clerk works.
struct Office {
    file: StateFile,
    run: Run,
    directory: PathBuf,
    bank: Bank,
    /// The latest time anybody named.
    latest: Wall,
}

impl Office {
    fn work(mut self, orders: &Receiver<Order>) {
        while let Ok(first) = orders.recv() {
            let further = orders.try_iter().take(TOGETHER - 1);
            let together = std::iter::once(first).chain(further).collect();
            self.make(together);
        }
        // What is not given back counts as spent until its window ends.
        let _ = self.file.transact(self.run.name(), self.latest, |draft| till::give_back(&self.bank, draft));
        self.run.end();
        run::clear(&self.directory);
    }

    fn make(&mut self, mut orders: Vec<Order>) {
        let now = orders.iter().map(|order| order.now).max().unwrap_or_default();
        self.latest = self.latest.max(now);
        let made = self.file.transact(self.run.name(), now, |draft| {
            orders.iter_mut().for_each(|order| order.job.decide(draft));
        });
        let kept = made.map_err(StoreFault::from);
        self.file.telling();
        for order in orders {
            order.job.tell(kept.clone());
        }
    }
}

/// What is said when the clerk is not there any more.
pub(super) fn gone() -> StoreFault {
    StoreFault::Unkept("the thread that keeps it has ended".to_owned())
}
