//! Resources, prompts and completions: what a server has that is no tool's
//! work.
//!
//! The result's text goes on as the server wrote it. Contents of a resource
//! are kept for as long as their server says they stay fresh, and not at all
//! if it says nothing. What is larger than a call's result may be is cut down
//! to whole contents, or refused with a handle to read it on.

use std::sync::Arc;
use std::time::Duration;

use catalog::{Fetch, Wanted};
use plan::Output;
use query::{Blame, Fault};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::attempt::{ended_as, unwell};
use super::hold::held;
use super::{Errand, Gate};
use crate::cache::{CacheKey, Claim, Lead};
use crate::size::cut_contents;
use crate::{CallFault, Ended, Sent, Stop};

/// For how long contents are kept at most, whatever their server says.
const LONGEST_FRESH: Duration = Duration::from_secs(3600);

/// What is kept of a resource.
enum Kept<'c> {
    Contents(Box<RawValue>),
    Lead(Lead<'c, Arc<str>>),
    Nothing,
}

/// What of a result says how long it stays fresh.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Freshness {
    #[serde(default)]
    ttl_ms: Option<u64>,
}

impl Gate<'_> {
    /// Has something from a server that is no tool's work, if policy permits
    /// it. The same bounds hold as for a call.
    ///
    /// # Errors
    ///
    /// What policy or the server says against it, or that it took too long.
    pub async fn fetch(&self, fetch: Fetch, errand: &Errand<'_>) -> Result<Box<RawValue>, CallFault> {
        self.standing.sees(&self.source.snapshot());
        let lead = match self.kept(&fetch, errand) {
            // What is kept was small enough when it came.
            Kept::Contents(contents) => return Ok(contents),
            Kept::Lead(lead) => Some(lead),
            Kept::Nothing => None,
        };
        let wanted = fetch.wanted.clone();
        let what = format!("{} of {}", wanted.name(), fetch.server);
        let contents = self.fetched_of_server(fetch, &what, errand).await?;
        if contents.get().len() > self.limits.caps.result_bytes {
            return self.cut_contents(&contents, &wanted, &what, errand);
        }
        if let Some((lead, fresh)) = lead.zip(fresh_for(&contents)) {
            let text: Arc<str> = contents.get().into();
            lead.keep(text, contents.get().len(), fresh, self.clock.now());
        }
        Ok(contents)
    }

    /// What is known of a resource, or leave to find out.
    fn kept(&self, fetch: &Fetch, errand: &Errand<'_>) -> Kept<'_> {
        let Wanted::Resource { uri } = &fetch.wanted else { return Kept::Nothing };
        if errand.replies.is_some() || self.limits.of(&fetch.server).cache_ttl.is_zero() {
            return Kept::Nothing;
        }
        let key = CacheKey::of_resource(&errand.authority.query.principal, &fetch.server, uri);
        match self.standing.contents.claim(key, self.clock.now()) {
            Claim::Hit(text, _) => {
                RawValue::from_string(text.as_ref().to_owned()).map_or(Kept::Nothing, Kept::Contents)
            }
            Claim::Lead(lead) => Kept::Lead(lead),
            Claim::Wait(_) => Kept::Nothing,
        }
    }

    /// What is larger than a call's result may be, cut down to whole contents;
    /// or a fault with which it can be read on.
    fn cut_contents(
        &self,
        contents: &RawValue,
        wanted: &Wanted,
        what: &str,
        errand: &Errand<'_>,
    ) -> Result<Box<RawValue>, CallFault> {
        let (bytes, most) = (contents.get().len(), self.limits.caps.result_bytes);
        let principal = &errand.authority.query.principal;
        let keep = |whole: Value, pointer: &str| {
            self.standing.shelf.put(principal, Output::computed(whole), pointer, bytes, self.clock.now())
        };
        cut_contents(contents, wanted, most, keep).map_err(|uncut| {
            let on = match uncut.handle {
                Some(handle) => format!("read it with `read_result` {{\"handle\":\"{handle}\"}}"),
                None => "it is too large to be kept; ask for less".to_owned(),
            };
            let message = format!("{what} is {bytes} bytes long, and `result_bytes` is {most}: {on}");
            CallFault::new(Fault::lasting(Blame::Upstream, "result_too_long", message), Sent::Unknown)
        })
    }

    async fn fetched_of_server(
        &self,
        fetch: Fetch,
        what: &str,
        errand: &Errand<'_>,
    ) -> Result<Box<RawValue>, CallFault> {
        let unsent = |fault| CallFault::new(fault, Sent::No);
        let server = fetch.server.clone();
        let patience = self.limits.of(&server).call_timeout;
        let now = self.clock.now();
        if errand.due.passed(now) {
            return Err(unsent(Stop::Expired.fault("it could be asked for")));
        }
        let until = errand.due.capped(patience, now);
        let today = self.source.snapshot();
        let judged = self.policy.judge_fetch(fetch, &errand.authority.query, &today).map_err(unsent)?;
        let health = self.standing.health(&server);
        let turn = health.admit(now).map_err(|wait| unsent(unwell(&server, &what, wait)))?;
        let held = held(self.store, judged.terms()).await.map_err(unsent)?;
        let permit = judged.permit(held).map_err(unsent)?;
        let ended = self.fetched(permit, &what, until, errand).await;
        let after = self.clock.now();
        let took = after.since(now);
        let how = ended.as_ref().map_or_else(|fault| ended_as(&fault.fault, took, patience), |_| Ended::Well(took));
        turn.end(how, after, self.standing.chance());
        ended
    }
}

/// For how long a result stays fresh, as its server says. Whether others may
/// share it does not matter here: every principal has its own.
fn fresh_for(contents: &RawValue) -> Option<Duration> {
    let said: Freshness = serde_json::from_str(contents.get()).ok()?;
    let fresh = Duration::from_millis(said.ttl_ms?).min(LONGEST_FRESH);
    (!fresh.is_zero()).then_some(fresh)
}
