//! A second copy of a read that takes long, where the operator wants it.

use std::pin::pin;
use std::sync::atomic::AtomicUsize;

use futures::future::{Either, select};
use plan::Output;
use policy::JudgedCall;
use query::Deadline;
use tokio::time::timeout;

use super::attempt::Failed;
use super::{Errand, Gate};

impl Gate<'_> {
    /// One try, and a second beside it when the first takes longer than the
    /// server's `hedge_after`. The first result counts, and the other try is
    /// cancelled. Only for what reads; every copy is paid for, and counts
    /// among the server's repeats.
    pub(super) async fn hedged(
        &self,
        judged: JudgedCall,
        until: Deadline,
        errand: &Errand<'_>,
        attempts: &AtomicUsize,
    ) -> Result<Output, Failed> {
        let call = judged.call().clone();
        let server = &call.tool.reference.server;
        let after = self.limits.of(server).hedge_after.filter(|_| call.tool.effect.is_read_only());
        let Some(after) = after else { return self.tried(judged, until, errand, attempts).await };
        let (own, other) = (errand.twin(), errand.twin());
        let mut first = pin!(self.tried(judged, until, &own, attempts));
        if let Ok(ended) = timeout(after, &mut first).await {
            return ended;
        }
        let copy = match self.judged(&call, errand) {
            Ok(copy) if self.standing.health(server).may_repeat() => copy,
            _ => return first.await,
        };
        let second = pin!(self.tried(copy, until, &other, attempts));
        match select(first, second).await {
            Either::Left((Ok(output), _second)) => {
                other.cancel.cancel();
                Ok(output)
            }
            Either::Right((Ok(output), _first)) => {
                own.cancel.cancel();
                Ok(output)
            }
            Either::Left((Err(_), second)) => second.await,
            Either::Right((Err(_), first)) => first.await,
        }
    }
}
