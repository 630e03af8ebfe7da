//! One model at one provider: time, attempts, price.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use jsonschema::Validator;
use model::{
    About, Completion, Content, Finish, Model, ModelFault, OutputSchema, Pending, Purpose, Request, Spent, Trouble,
    Usage, estimate_tokens,
};
use query::{Blame, Fault};
use reqwest::Client;
use tokio::time::{Instant, sleep, timeout_at};

use crate::exchange::{Again, Broken, Outgoing, exchange};
use crate::retry::{Failed, wait};
use crate::status::excerpt;
use crate::thinking::without_thoughts;
use crate::wire::{Ask, Delivery, Dialect, End, Reply, dialect};
use crate::{Key, ProviderConfig, Structured, client, shape, validate};

/// One model at one provider.
pub struct Provider {
    config: ProviderConfig,
    model: Arc<str>,
    key: Option<Key>,
    client: Client,
    dialect: Box<dyn Dialect>,
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
                Ok(Self { config, model, key, client, dialect })
            }
            _ => Err(faults),
        }
    }

    /// Its key, for whoever must keep it out of what is written down.
    pub fn key(&self) -> Option<&Key> {
        self.key.as_ref()
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
        let (content, finish) = answered.read(&request).map_err(|trouble| fault(trouble, usage))?;
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
        let prepared = self.prepare(request);
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
                Ok(Ok(reply)) => return Ok(Answered { reply, validator }),
                Ok(Err(broken)) => broken,
            };
            let left = deadline.saturating_duration_since(Instant::now());
            match self.next_try(&broken, sent, left) {
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

    fn prepare(&self, request: &Request) -> Prepared {
        let mode = shape::mode(request.schema.as_ref(), self.config.structured.unwrap_or(Structured::Schema));
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

/// A reply, and what judges it.
struct Answered {
    reply: Reply,
    validator: Option<Validator>,
}

impl Answered {
    fn read(self, request: &Request) -> Result<(Content, Finish), Trouble> {
        let text = without_thoughts(&self.reply.text);
        let finish = match self.reply.end {
            Some(End::Refused(said)) => return Err(Trouble::Refused { said: excerpt(&said, MAX_REFUSAL_CHARS) }),
            Some(End::Length) => Finish::Length,
            Some(End::Stop) | None => Finish::Stop,
        };
        let Some(validator) = self.validator else { return Ok((Content::Text(text), finish)) };
        match shape::read(&text, &validator) {
            Ok(value) => Ok((Content::Json(value), Finish::Stop)),
            Err(_) if finish == Finish::Length => Err(Trouble::Truncated { limit_tokens: request.max_output_tokens }),
            Err(trouble) => Err(trouble),
        }
    }
}

/// The longest words of a refusal that are passed on, in characters.
const MAX_REFUSAL_CHARS: usize = 300;

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
