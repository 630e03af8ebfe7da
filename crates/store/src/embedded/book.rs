//! Everything that is kept, and the decisions over it.
//!
//! A decision reads the book and comes to records; entering them changes it.
//! Nothing here waits, writes or knows the time.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use query::Principal;

use super::record::Record;
use crate::{
    Amount, Approval, ApprovalId, Ask, Effect, EffectId, Ending, Fate, Intent, Key, MAX_VALUE_BYTES, Standing,
    StoreFault, Undecided, Unredeemed, Voice, Wall, Word,
};

/// The most questions of one principal that wait at once; one more, and the
/// oldest is forgotten, which is as if it were denied.
const MAX_WAITING: usize = 100;

/// The most questions of one principal on record, whatever became of them;
/// the oldest that are settled go first.
const MAX_OF_ONE: usize = 500;

/// The most questions on record.
const MAX_APPROVALS: usize = 10_000;

/// The most names claimed at once.
const MAX_CLAIMS: usize = 200_000;

/// The most that all values together may have, in bytes: 64 MiB.
const MAX_VALUES_BYTES: usize = 64 * 1024 * 1024;

/// The most effects on record; the oldest that are known to be over go first.
const MAX_EFFECTS: usize = 20_000;

/// How long after its end a thing stays on record for people to see, and so
/// that a clock that is set back does not revive it: seven days.
const AFTERLIFE: Duration = Duration::from_secs(7 * 86_400);

/// How long an effect of unknown outcome stays on record: ninety days.
const DOUBT: Duration = Duration::from_secs(90 * 86_400);

/// Records entered after which what is over is looked for and dropped.
const SWEEP_EVERY: usize = 1_024;

/// Everything that is kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Book {
    approvals: BTreeMap<ApprovalId, Approval>,
    effects: BTreeMap<EffectId, (String, Effect)>,
    claims: HashMap<Key, Wall>,
    values: HashMap<Key, (Arc<[u8]>, Wall)>,
    accounts: HashMap<Key, Taken>,
    entered: usize,
}

/// What was taken from an account.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Taken {
    pub(super) term: u64,
    pub(super) ends: Wall,
    pub(super) amount: Amount,
}

impl Book {
    /// Enters a record, in place of what an earlier one said.
    pub(super) fn enter(&mut self, record: Record) {
        self.entered += 1;
        match record {
            Record::Approval(approval) => drop(self.approvals.insert(approval.ask.id.clone(), approval)),
            Record::Forgotten { id } => drop(self.approvals.remove(&id)),
            Record::Effect { run, effect } => drop(self.effects.insert(effect.intent.id.clone(), (run, effect))),
            Record::Claim { key, expires } => drop(self.claims.insert(key, expires)),
            Record::Value { key, value, expires } => drop(self.values.insert(key, (value, expires))),
            Record::Account { key, term, ends, taken } => {
                self.accounts.insert(key, Taken { term, ends, amount: taken });
            }
        }
    }

    /// The same book in as few records as there can be.
    pub(super) fn records(&self) -> impl Iterator<Item = Record> {
        let approvals = self.approvals.values().cloned().map(Record::Approval);
        let effects =
            self.effects.values().map(|(run, effect)| Record::Effect { run: run.clone(), effect: effect.clone() });
        let claims = self.claims.iter().map(|(key, expires)| Record::Claim { key: key.clone(), expires: *expires });
        let values = self.values.iter().map(|(key, (value, expires))| Record::Value {
            key: key.clone(),
            value: Arc::clone(value),
            expires: *expires,
        });
        let accounts = self.accounts.iter().map(|(key, taken)| Record::Account {
            key: key.clone(),
            term: taken.term,
            ends: taken.ends,
            taken: taken.amount,
        });
        approvals.chain(effects).chain(claims).chain(values).chain(accounts)
    }

    /// Drops what is over for good, now and then.
    pub(super) fn sweep_sometimes(&mut self, now: Wall) {
        if self.entered >= SWEEP_EVERY {
            self.sweep(now);
        }
    }

    /// Drops what is over for good.
    pub(super) fn sweep(&mut self, now: Wall) {
        self.entered = 0;
        self.approvals.retain(|_, approval| now < approval.ask.expires.after(AFTERLIFE));
        self.effects.retain(|_, (_, effect)| {
            let remembered = if effect.fate_at(now) == Fate::Indeterminate { DOUBT } else { AFTERLIFE };
            now < effect.intent.due.after(remembered)
        });
        self.claims.retain(|_, expires| now < expires.after(AFTERLIFE));
        self.values.retain(|_, (_, expires)| now < *expires);
        self.accounts.retain(|_, taken| now < taken.ends.after(AFTERLIFE));
        let too_many = self.effects.len().saturating_sub(MAX_EFFECTS);
        if too_many > 0 {
            let over = |effect: &Effect| matches!(effect.fate_at(now), Fate::Done | Fate::NotSent);
            let mut ended: Vec<(Wall, EffectId)> = self
                .effects
                .iter()
                .filter(|(_, (_, effect))| over(effect))
                .map(|(id, (_, effect))| (effect.intent.at, id.clone()))
                .collect();
            ended.sort();
            for (_, id) in ended.into_iter().take(too_many) {
                self.effects.remove(&id);
            }
        }
    }

    /// A new question, and the questions that are forgotten for it: which is
    /// as if they had been denied.
    pub(super) fn ask(&self, ask: Ask) -> Result<Vec<Record>, StoreFault> {
        if self.approvals.contains_key(&ask.id) {
            return Err(StoreFault::TooMuch(format!("there is an approval `{}` already", ask.id)));
        }
        let now = ask.asked;
        let (mut waiting, mut settled) = (Vec::new(), Vec::new());
        for one in self.approvals.values().filter(|one| one.ask.principal == ask.principal) {
            let place = if one.standing_at(now) == Standing::Waiting { &mut waiting } else { &mut settled };
            place.push((one.ask.asked, &one.ask.id));
        }
        waiting.sort();
        settled.sort();
        let all = waiting.len() + settled.len() + 1;
        let too_many = (waiting.len() + 1).saturating_sub(MAX_WAITING);
        let forgotten = waiting.into_iter().take(too_many);
        let forgotten = forgotten.chain(settled.into_iter().take(all.saturating_sub(too_many + MAX_OF_ONE)));
        let forgotten: Vec<Record> = forgotten.map(|(_, id)| Record::Forgotten { id: id.clone() }).collect();
        if self.approvals.len() + 1 - forgotten.len() > MAX_APPROVALS {
            return Err(StoreFault::TooMuch(format!("{MAX_APPROVALS} approvals are on record already")));
        }
        let asked = Record::Approval(Approval { ask, standing: Standing::Waiting });
        Ok(std::iter::once(asked).chain(forgotten).collect())
    }

    /// The questions of one principal or of all, oldest first.
    pub(super) fn approvals(&self, of: Option<&Principal>, now: Wall) -> Vec<Approval> {
        let asked = self.approvals.values().filter(|one| of.is_none_or(|of| one.ask.principal == *of));
        let mut all: Vec<Approval> =
            asked.map(|one| Approval { ask: one.ask.clone(), standing: one.standing_at(now) }).collect();
        all.sort_by(|a, b| (a.ask.asked, &a.ask.id).cmp(&(b.ask.asked, &b.ask.id)));
        all
    }

    /// A human's word on a question.
    pub(super) fn decide(&self, id: &ApprovalId, word: Word, by: Voice, now: Wall) -> Result<Approval, Undecided> {
        let found = self.approvals.get(id).ok_or(Undecided::Unknown)?;
        let standing = found.standing_at(now);
        if standing != Standing::Waiting {
            return Err(Undecided::Settled(standing));
        }
        // Whoever asks may always take the question back.
        if word == Word::Approve && by.in_band && found.ask.out_of_band {
            return Err(Undecided::OutOfBand);
        }
        let by = by.who;
        let standing = match word {
            Word::Approve => Standing::Approved { by, at: now },
            Word::Deny => Standing::Denied { by, at: now },
        };
        Ok(Approval { ask: found.ask.clone(), standing })
    }

    /// An approval used up.
    pub(super) fn redeem(
        &self,
        id: &ApprovalId,
        principal: &Principal,
        binding: &str,
        now: Wall,
    ) -> Result<Approval, Unredeemed> {
        let found = self.approvals.get(id).ok_or(Unredeemed::Unknown)?;
        if found.ask.principal != *principal || found.ask.binding != binding {
            return Err(Unredeemed::Unknown);
        }
        match found.standing_at(now) {
            Standing::Approved { by, .. } => {
                Ok(Approval { ask: found.ask.clone(), standing: Standing::Redeemed { by, at: now } })
            }
            other => Err(Unredeemed::Standing(other)),
        }
    }

    /// A new effect of this run.
    pub(super) fn intend(&self, run: &str, intent: Intent) -> Result<Record, StoreFault> {
        if self.effects.contains_key(&intent.id) {
            return Err(StoreFault::TooMuch(format!("there is an effect `{}` already", intent.id)));
        }
        Ok(Record::Effect { run: run.to_owned(), effect: Effect { intent, fate: Fate::UnderWay, ended: None } })
    }

    /// How an effect ended; nothing for one that is not on record any more.
    pub(super) fn ended(&self, id: &EffectId, ending: Ending, now: Wall) -> Option<Record> {
        let (run, effect) = self.effects.get(id)?;
        let fate = match ending {
            Ending::Done => Fate::Done,
            Ending::NotSent => Fate::NotSent,
            Ending::Unknown => Fate::Indeterminate,
        };
        Some(Record::Effect {
            run: run.clone(),
            effect: Effect { intent: effect.intent.clone(), fate, ended: Some(now) },
        })
    }

    /// The effects under way of runs that are over, as what they are now.
    pub(super) fn orphans(&self, is_over: impl Fn(&str) -> bool, now: Wall) -> Vec<Record> {
        let under_way = self.effects.values().filter(|(_, effect)| effect.fate == Fate::UnderWay);
        let orphans = under_way.filter(|(run, _)| is_over(run)).map(|(run, effect)| {
            let effect = Effect { intent: effect.intent.clone(), fate: Fate::Indeterminate, ended: Some(now) };
            Record::Effect { run: run.clone(), effect }
        });
        orphans.collect()
    }

    /// The effects on record, oldest first.
    pub(super) fn effects(&self, now: Wall) -> Vec<Effect> {
        let as_of_now = |(_, effect): &(String, Effect)| Effect { fate: effect.fate_at(now), ..effect.clone() };
        let mut all: Vec<Effect> = self.effects.values().map(as_of_now).collect();
        all.sort_by(|a, b| (a.intent.at, &a.intent.id).cmp(&(b.intent.at, &b.intent.id)));
        all
    }

    /// A name claimed; nothing if it is claimed already.
    pub(super) fn claim(&self, key: Key, expires: Wall) -> Result<Option<Record>, StoreFault> {
        // A claim outlasts its expiry, until it is swept.
        if self.claims.contains_key(&key) {
            return Ok(None);
        }
        if self.claims.len() >= MAX_CLAIMS {
            return Err(StoreFault::TooMuch(format!("{MAX_CLAIMS} names are claimed already")));
        }
        Ok(Some(Record::Claim { key, expires }))
    }

    /// A value to keep.
    pub(super) fn keep(&self, key: Key, value: Arc<[u8]>, expires: Wall, now: Wall) -> Result<Record, StoreFault> {
        if value.len() > MAX_VALUE_BYTES {
            return Err(StoreFault::TooMuch(format!("a value is larger than {} KiB", MAX_VALUE_BYTES / 1024)));
        }
        let others = self.values.iter().filter(|(other, (_, expires))| **other != key && now < *expires);
        let kept: usize = others.map(|(_, (value, _))| value.len()).sum();
        if kept + value.len() > MAX_VALUES_BYTES {
            let mib = MAX_VALUES_BYTES / 1024 / 1024;
            return Err(StoreFault::TooMuch(format!("the values that are kept have {mib} MiB already")));
        }
        Ok(Record::Value { key, value, expires })
    }

    /// A value that is kept.
    pub(super) fn kept(&self, key: &Key, now: Wall) -> Option<Arc<[u8]>> {
        self.values.get(key).filter(|(_, expires)| now < *expires).map(|(value, _)| Arc::clone(value))
    }

    /// What was taken from an account in that window or a later one.
    pub(super) fn taken(&self, key: &Key, term: u64) -> Option<Taken> {
        self.accounts.get(key).filter(|taken| taken.term >= term).copied()
    }
}

impl Effect {
    /// What has become of it by `now`: what is overdue is not known any more.
    fn fate_at(&self, now: Wall) -> Fate {
        match self.fate {
            Fate::UnderWay if now >= self.intent.due => Fate::Indeterminate,
            fate => fate,
        }
    }
}
