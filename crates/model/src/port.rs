//! The port itself.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::{Completion, ModelFault, Purpose, Rates, Request};

/// Something that is being waited for.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Whatever completes prompts.
pub trait Model: Send + Sync {
    /// Completes a request within its timeout, or says why not. Dropping the
    /// future gives the request up: the provider is hung up on.
    fn complete(&self, request: Request) -> Pending<'_, Result<Completion, ModelFault>>;

    /// What is known beforehand of the model for a purpose.
    fn about(&self, purpose: Purpose) -> About;
}

/// What is known of a model before it is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct About {
    /// Its name, as configured.
    pub model: Arc<str>,
    /// What it costs, where that is configured.
    pub rates: Option<Rates>,
}

impl<M: Model + ?Sized> Model for Arc<M> {
    fn complete(&self, request: Request) -> Pending<'_, Result<Completion, ModelFault>> {
        (**self).complete(request)
    }

    fn about(&self, purpose: Purpose) -> About {
        (**self).about(purpose)
    }
}
