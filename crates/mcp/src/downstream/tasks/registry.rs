//! The tasks that there are: bounded in number, in time and in bytes, and each
//! its principal's alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use query::Principal;
use tokio::sync::broadcast;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::task::{Home, Task};
use crate::downstream::client::Session;

/// Tasks kept for one principal; for more there is no room until one is over
/// and its result was had.
const MAX_TASKS_PER_PRINCIPAL: usize = 64;

/// Tasks kept altogether.
const MAX_TASKS: usize = 512;

/// Bytes of results kept altogether; while there are more, no task is made.
const MAX_KEPT_BYTES: usize = 64 * 1024 * 1024;

/// For how long a task is kept unless its client says, and at most.
pub(super) const LONGEST_TTL: Duration = Duration::from_secs(2 * 60 * 60);

/// For how long a task is kept at least.
pub(super) const SHORTEST_TTL: Duration = Duration::from_secs(60);

/// How often what nobody came back for is let go.
const SWEEP: Duration = Duration::from_secs(5);

/// Changes of tasks kept for a listener that is slow; one that misses some
/// looks at all of its tasks.
const NEWS_KEPT: usize = 256;

/// All tasks, by id.
pub(crate) struct Tasks {
    kept: Mutex<HashMap<String, Arc<Task>>>,
    news: broadcast::Sender<String>,
    /// The work on each; dropped with the tasks.
    work: Mutex<JoinSet<()>>,
}

impl Default for Tasks {
    fn default() -> Self {
        Self { kept: Mutex::default(), news: broadcast::Sender::new(NEWS_KEPT), work: Mutex::default() }
    }
}

impl Tasks {
    /// A new task; `None` where there is no room for it.
    pub(super) fn make(
        &self,
        principal: Principal,
        session: Weak<Session>,
        cancel: CancellationToken,
        ttl: Option<Duration>,
    ) -> Option<Arc<Task>> {
        let mut kept = self.lock();
        let gone = make_room(&mut kept, &principal);
        let own = kept.values().filter(|task| task.principal == principal).count();
        let bytes: usize = kept.values().map(|task| task.bytes()).sum();
        if own >= MAX_TASKS_PER_PRINCIPAL || kept.len() >= MAX_TASKS || bytes >= MAX_KEPT_BYTES {
            return None;
        }
        let ttl = ttl.unwrap_or(LONGEST_TTL).clamp(SHORTEST_TTL, LONGEST_TTL);
        let home = Home { principal, session, ttl, cancel, news: self.news.clone() };
        let task = Arc::new(Task::new(Uuid::new_v4().simple().to_string(), home));
        kept.insert(task.id.clone(), Arc::clone(&task));
        drop(kept);
        drop(gone);
        Some(task)
    }

    /// Has the work on a task done.
    pub(super) fn work_on(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(work);
    }

    /// The task of that id, if it is this principal's; to everybody else there
    /// is none.
    pub(crate) fn find(&self, id: &str, principal: &Principal) -> Option<Arc<Task>> {
        let kept = self.lock();
        let task = kept.get(id).filter(|task| task.principal == *principal && task.until > Instant::now());
        task.cloned()
    }

    /// All of a principal's, oldest first.
    pub(crate) fn of(&self, principal: &Principal) -> Vec<Arc<Task>> {
        let now = Instant::now();
        let kept = self.lock();
        let mut own: Vec<_> =
            kept.values().filter(|task| task.principal == *principal && task.until > now).cloned().collect();
        drop(kept);
        own.sort_by(|a, b| (a.made, &a.id).cmp(&(b.made, &b.id)));
        own
    }

    /// The ids of tasks that stand otherwise from now on.
    pub(crate) fn news(&self) -> broadcast::Receiver<String> {
        self.news.subscribe()
    }

    /// Lets go what nobody came back for; never ends.
    pub(crate) async fn sweep(&self) {
        loop {
            tokio::time::sleep(SWEEP).await;
            let now = Instant::now();
            let gone: Vec<Arc<Task>> = {
                let mut kept = self.lock();
                let late: Vec<String> =
                    kept.values().filter(|task| task.until <= now).map(|task| task.id.clone()).collect();
                late.iter().filter_map(|id| kept.remove(id)).collect()
            };
            for task in gone {
                task.take_back();
            }
        }
    }

    /// Every change is made whole before the lock is let go.
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<Task>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets go the oldest task of a principal's that is over and was seen, where
/// there is no room for another.
fn make_room(kept: &mut HashMap<String, Arc<Task>>, principal: &Principal) -> Option<Arc<Task>> {
    let own = || kept.values().filter(|task| task.principal == *principal);
    if own().count() < MAX_TASKS_PER_PRINCIPAL {
        return None;
    }
    let oldest = own().filter(|task| task.is_seen()).min_by_key(|task| task.made)?.id.clone();
    kept.remove(&oldest)
}

#[cfg(test)]
mod tests {
    use super::super::task::Ending;
    use super::*;

    fn made(tasks: &Tasks, principal: &Principal) -> Option<Arc<Task>> {
        tasks.make(principal.clone(), Weak::new(), CancellationToken::new(), None)
    }

    #[test]
    fn a_task_is_its_principals_alone() {
        let tasks = Tasks::default();
        let (mine, theirs) = (Principal::new("a"), Principal::new("b"));
        let task = made(&tasks, &mine).unwrap();
        assert!(tasks.find(&task.id, &mine).is_some());
        assert!(tasks.find(&task.id, &theirs).is_none());
        assert!(tasks.find("unknown", &mine).is_none());
        assert_eq!((tasks.of(&mine).len(), tasks.of(&theirs).len()), (1, 0));
        assert_eq!(task.id.len(), 32);
    }

    #[test]
    fn there_is_room_for_so_many_and_the_seen_go_first() {
        let tasks = Tasks::default();
        let (mine, theirs) = (Principal::new("a"), Principal::new("b"));
        let kept: Vec<_> = (0..MAX_TASKS_PER_PRINCIPAL).map(|_| made(&tasks, &mine).unwrap()).collect();
        assert!(made(&tasks, &mine).is_none());
        assert!(made(&tasks, &theirs).is_some(), "another's room is another's");
        let done = || Ending::Completed { result: "{}".into(), failed: false };
        assert!(kept[3].end(done()) && !kept[3].end(Ending::Cancelled));
        assert!(made(&tasks, &mine).is_none(), "nobody has had its result");
        assert!(matches!(kept[3].outcome(), Some(Ending::Completed { .. })));
        assert!(made(&tasks, &mine).is_some());
        assert!(tasks.find(&kept[3].id, &mine).is_none());
        assert!(tasks.find(&kept[4].id, &mine).is_some());
    }

    #[test]
    fn results_take_no_more_than_their_room() {
        let tasks = Tasks::default();
        let mine = Principal::new("a");
        let task = made(&tasks, &mine).unwrap();
        task.end(Ending::Completed { result: vec![b' '; MAX_KEPT_BYTES].into(), failed: false });
        assert!(made(&tasks, &mine).is_none());
        let lasting = tasks.make(mine.clone(), Weak::new(), CancellationToken::new(), Some(Duration::MAX));
        assert!(lasting.is_none());
    }

    #[test]
    fn the_time_a_task_is_kept_has_bounds() {
        let tasks = Tasks::default();
        let rows = [(None, LONGEST_TTL), (Some(Duration::ZERO), SHORTEST_TTL), (Some(Duration::MAX), LONGEST_TTL)];
        for (wanted, expected) in rows {
            let task = tasks.make(Principal::new("a"), Weak::new(), CancellationToken::new(), wanted).unwrap();
            assert_eq!(task.ttl, expected, "{wanted:?}");
        }
    }
}
