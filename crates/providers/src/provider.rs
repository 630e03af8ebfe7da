//! One model at one provider: time, attempts, price.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use model::{
    About, Completion, Model, ModelFault, OutputSchema, Pending, Purpose, Request, Spent, Trouble, Usage,
    estimate_tokens,
};
use query::{Blame, Fault};
use reqwest::Client;
use tokio::time::{Instant, sleep, timeout_at};

use crate::exchange::{Again, Broken, Outgoing, exchange};
use crate::lacking::{Lacking, Memory};
use crate::reading::Answered;
use crate::retry::{Failed, wait};
use crate::wire::{Ask, Delivery, Dialect, Mode, Reply, dialect};
use crate::{Key, ProviderConfig, Structured, client, shape, validate};

/// One model at one provider.
pub struct Provider {
    config: ProviderConfig,
    model: Arc<str>,
    key: Option<Key>,
    client: Client,
    dialect: Box<dyn Dialect>,
    /// What its endpoint turned out not to take.
    memory: Arc<Memory>,
}

impl Provider {
    /// A provider as configured, its key read; or everything that is wrong
    /// with the configuration. `variable` gives an environment variable.
    pub fn new(config: ProviderConfig, variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, Vec<Fault>> {
        let mut faults = validate::faults(&config);
        let mut add = |why: String| {
            let message = format!("the {} model `{}`: {why}", config.kind.name(), config.model);
            faults.push(Fault::lasting(Blame::Operator, "model_config", message));
        };
        let usual = config.kind.usual_variable().filter(|_| config.is_at_home());
        let key = config.key.read(usual, variable).map_err(&mut add).ok();
        let client = client::build(&config).map_err(&mut add).ok();
        match (faults.is_empty(), key, client) {
            (true, Some(key), Some(client)) => {
                let (model, dialect) = (config.model.as_str().into(), dialect(&config));
                Ok(Self { config, model, key, client, dialect, memory: Arc::default() })
            }
            _ => Err(faults),
        }
    }

    /// Its key, for whoever must keep it out of what is written down.
    pub fn key(&self) -> Option<&Key> {
        self.key.as_ref()
    }

    /// The same provider, remembering with another one that asks the same
    /// model at the same place, where there is one.
    pub(crate) fn remembering_with<'p>(mut self, mut others: impl Iterator<Item = &'p Arc<Self>>) -> Self {
        let place = |of: &Self| (of.config.kind, of.config.address().to_owned(), Arc::clone(&of.model));
        let own = place(&self);
        if let Some(other) = others.find(|other| place(other) == own) {
            self.memory = Arc::clone(&other.memory);
        }
        self
    }

    async fn run(&self, request: Request) -> Result<Completion, ModelFault> {
        let started = Instant::now();
        let limit = request.timeout.min(self.config.timeout);
        let attempts = AtomicU32::new(0);
        let result = self.ask(&request, started + limit, &attempts).await;
        let spent = |usage: Usage| Spent {
            usage,
            cost: self.config.rates.map(|rates| rates.cost(&usage)),
            latency: started.elapsed(),
            attempts: attempts.load(Ordering::Relaxed),
        };
        let fault = |trouble: Trouble, usage: Usage| ModelFault {
            trouble: self.redacted(trouble),
            purpose: request.purpose,
            model: Arc::clone(&self.model),
            spent: spent(usage),
        };
        let answered =
            result.map_err(|trouble| fault(trouble.unwrap_or(Trouble::TimedOut { limit }), Usage::default()))?;
        let usage = answered.reply.usage.unwrap_or_else(|| estimated(&request, &answered.reply));
        let model = answered.reply.model.as_deref().map_or_else(|| Arc::clone(&self.model), Arc::from);
        let (content, finish) = answered.read(request.max_output_tokens).map_err(|trouble| fault(trouble, usage))?;
        Ok(Completion { content, finish, model, spent: spent(usage) })
    }

    /// Sends the request until it is answered or its time is up, which is the
    /// error `None`.
    async fn ask(
        &self,
        request: &Request,
        deadline: Instant,
        attempts: &AtomicU32,
    ) -> Result<Answered, Option<Trouble>> {
        let validator = request.schema.as_ref().map(shape::judge).transpose().map_err(Some)?;
        let mut lacking = self.memory.recall();
        let mut weakened = 0;
        let mut prepared = self.prepare(request, lacking);
        let deltas = request.deltas.as_ref().filter(|_| request.schema.is_none());
        loop {
            if Instant::now() >= deadline {
                return Err(None);
            }
            let sent = attempts.fetch_add(1, Ordering::Relaxed) + 1;
            let outgoing = Outgoing {
                client: &self.client,
                url: &prepared.url,
                headers: self.dialect.headers(self.key.as_ref()),
                body: &prepared.body,
                dialect: self.dialect.as_ref(),
                deltas,
            };
            let broken = match timeout_at(deadline, exchange(outgoing)).await {
                Err(_) => return Err(None),
                Ok(Ok(reply)) => {
                    self.memory.keep(lacking);
                    return Ok(Answered { reply, validator });
                }
                Ok(Err(broken)) => broken,
            };
            // No retry but another request, of which there are two at most.
            if let Some(weaker) = lacking.learn(self.mode(request, lacking), &broken.trouble) {
                lacking = weaker;
                weakened += 1;
                prepared = self.prepare(request, lacking);
                continue;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            match self.next_try(&broken, sent - weakened, left) {
                Some(wait) => sleep(wait).await,
                None => return Err(Some(broken.trouble)),
            }
        }
    }

    fn next_try(&self, broken: &Broken, attempts: u32, left: Duration) -> Option<Duration> {
        if broken.again == Again::No {
            return None;
        }
        let retry_after = match broken.trouble {
            Trouble::RateLimited { retry_after } | Trouble::Overloaded { retry_after, .. } => retry_after,
            _ => None,
        };
        let failed = Failed { attempts, max_retries: self.config.max_retries, retry_after, left };
        wait(&failed, fastrand::f64())
    }

    fn mode<'r>(&self, request: &'r Request, lacking: Lacking) -> Mode<'r> {
        let configured = self.config.structured.unwrap_or(Structured::Schema);
        lacking.leaves(shape::mode(request.schema.as_ref(), configured))
    }

    fn prepare(&self, request: &Request, lacking: Lacking) -> Prepared {
        let mode = self.mode(request, lacking);
        let prompt = shape::prompted(request.prompt.clone(), request.schema.as_ref(), mode);
        let streams = request.deltas.is_some() && request.schema.is_none();
        let ask = Ask {
            model: &self.config.model,
            messages: &prompt.messages(),
            mode,
            max_output_tokens: request.max_output_tokens,
            temperature: request.temperature.filter(|_| self.config.takes_sampling()),
            seed: request.seed.filter(|_| self.config.takes_sampling()),
            delivery: if streams { Delivery::Streamed } else { Delivery::Whole },
            room: prompt.estimated_tokens().saturating_add(request.max_output_tokens),
        };
        let mut body = self.dialect.body(&ask);
        for (member, value) in &self.config.extra {
            body.insert(member.clone(), value.clone());
        }
        Prepared {
            url: format!("{}{}", self.config.address(), self.dialect.path(&ask)),
            body: serde_json::Value::Object(body).to_string(),
        }
    }

    /// A provider may repeat the key in its complaint about it.
    fn redacted(&self, trouble: Trouble) -> Trouble {
        let Some(key) = &self.key else { return trouble };
        match trouble {
            Trouble::Unauthorised { said } => Trouble::Unauthorised { said: key.redact(&said) },
            Trouble::OutOfCredit { said } => Trouble::OutOfCredit { said: key.redact(&said) },
            Trouble::NotFound { said } => Trouble::NotFound { said: key.redact(&said) },
            Trouble::Rejected { status, said } => Trouble::Rejected { status, said: key.redact(&said) },
            other => other,
        }
    }
}

impl Model for Provider {
    fn complete(&self, request: Request) -> Pending<'_, Result<Completion, ModelFault>> {
        Box::pin(self.run(request))
    }

    fn about(&self, _: Purpose) -> About {
        About { model: Arc::clone(&self.model), rates: self.config.rates }
    }
}

/// A request as it goes out, however often.
struct Prepared {
    url: String,
    body: String,
}

/// For providers that do not count.
fn estimated(request: &Request, reply: &Reply) -> Usage {
    let schema =
        request.schema.as_ref().map_or(0, |schema: &OutputSchema| estimate_tokens(&schema.schema().to_string()));
    Usage {
        tokens_in: u64::from(request.prompt.estimated_tokens()) + u64::from(schema),
        tokens_out: u64::from(estimate_tokens(&reply.text)),
        estimated: true,
        ..Usage::default()
    }
}
