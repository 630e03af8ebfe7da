//! One request at the desk: what is asked, by whom, and how to speak to them.

use std::borrow::Cow;
use std::sync::Arc;

use dispatch::Progress;
use serde_json::value::RawValue;
use tokio_util::sync::CancellationToken;

use super::caller::Caller;
use super::client::Client;
use super::lane::Lane;
use super::message::Params;
use super::meta::Meta;
use super::nesting::{Own, forwarded};
use super::orchestra::Asker;
use super::tasks::Deferral;

/// One request at the desk.
pub(crate) struct Visit<'a> {
    /// As the client wrote it.
    pub(crate) id: &'a RawValue,
    /// What is asked.
    pub(crate) method: Cow<'a, str>,
    /// With what.
    pub(crate) params: Params<'a>,
    /// What the request says of itself.
    pub(crate) meta: Meta<'a>,
    /// By whom.
    pub(crate) client: Client,
    /// Where it is told what is to be told before the answer.
    pub(crate) lane: Arc<Lane>,
    /// Cancelled when the client takes the request back.
    pub(crate) cancel: CancellationToken,
}

impl Visit<'_> {
    /// The client as servers may reach it during this request, which came
    /// through `own`.
    pub(crate) fn caller(&self, own: &Own) -> Arc<Caller> {
        let (client, lane) = (self.client.clone(), Arc::clone(&self.lane));
        let meta = match self.meta.travels || !self.meta.way.is_empty() {
            true => forwarded(self.params.meta, &self.meta.way, &own.name),
            false => Some(Arc::clone(&own.way)),
        };
        Arc::new(Caller::new(client, lane, self.meta.progress_token, meta))
    }

    /// Whether the client can be asked something, and answers in a request of
    /// its own.
    pub(crate) fn answers_later(&self) -> bool {
        let offers = self.client.offers;
        offers.later && (offers.sampling || offers.forms || offers.urls || offers.roots)
    }

    /// Who asks, for whatever is done for this request.
    pub(crate) fn asker(&self, caller: &Arc<Caller>, deferral: Deferral) -> Asker {
        // A task says how far it has come to whoever asks after it.
        let is_heard = self.meta.progress_token.is_some() || deferral != Deferral::Never;
        let progress: Arc<dyn Fn(Progress) + Send + Sync> = if is_heard {
            let caller = Arc::clone(caller);
            Arc::new(move |progress| caller.progress(&progress))
        } else {
            Arc::new(|_| {})
        };
        Asker {
            principal: self.client.principal.clone(),
            share: self.meta.share.read(),
            cancel: self.cancel.clone(),
            progress,
            counterpart: Some(Arc::clone(caller) as _),
        }
    }
}
