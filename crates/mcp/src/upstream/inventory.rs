//! Everything a server lists, kept up to date.
//!
//! In: a session. Out: what its server lists of each kind, and what was left
//! out. Tools are what a server is for; a failure to list anything else costs
//! only that.

use std::time::Duration;

use catalog::{ServerId, ServerListing};
use tokio::time::timeout;

use super::behind::Behind;
use super::handshake::Introduction;
use super::listing::{Kind, Listed, ListedTool, PROMPTS, RESOURCES, TEMPLATES, TOOLS};
use super::mirror::unfit;
use super::offerings::{Offered, ServerOfferings};
use super::session::Session;
use super::wire::WireFault;
use crate::excerpt::excerpt;

/// How long a server may take to list what it offers beside its tools before
/// it is called without that.
const ASIDE_PATIENCE: Duration = Duration::from_secs(5);

/// The shortest time between two listings that no announcement asked for,
/// whatever a server says of how long its lists hold.
const SHORTEST_HOLD: Duration = Duration::from_secs(10);

/// Everything a server lists.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Inventory {
    tools: Listed<ListedTool>,
    resources: Listed<Offered>,
    templates: Listed<Offered>,
    prompts: Listed<Offered>,
    /// Who of our kind stands behind it.
    pub(crate) behind: Behind,
}

/// What of it changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stale {
    pub(crate) tools: bool,
    pub(crate) resources: bool,
    pub(crate) prompts: bool,
}

impl Stale {
    /// All of it may have changed.
    pub(crate) const ALL: Self = Self { tools: true, resources: true, prompts: true };

    /// Whether nothing changed.
    pub(crate) fn is_nothing(self) -> bool {
        self == Self::default()
    }
}

impl Inventory {
    /// Asks for everything. The caller bounds the wait for the tools.
    pub(crate) async fn take(session: &Session) -> Result<Self, WireFault> {
        let mut inventory = Self::default();
        inventory.refresh(session, Stale::ALL).await?;
        Ok(inventory)
    }

    /// Asks for what changed. On a fault the tools are what they were.
    pub(crate) async fn refresh(&mut self, session: &Session, stale: Stale) -> Result<(), WireFault> {
        let can = session.introduction.abilities;
        let tools = async {
            let listed = if stale.tools { Some(session.list(&TOOLS).await?) } else { None };
            Ok::<_, WireFault>(listed.map(|listed| if session.mirrors() { fit(listed) } else { listed }))
        };
        let resources = aside(session, &RESOURCES, stale.resources && can.resources);
        let templates = aside(session, &TEMPLATES, stale.resources && can.resources);
        let prompts = aside(session, &PROMPTS, stale.prompts && can.prompts);
        let behind = session.behind();
        let (tools, resources, templates, prompts, behind) =
            futures::join!(tools, resources, templates, prompts, behind);
        if let Some(tools) = tools? {
            self.tools = tools;
        }
        self.behind = behind;
        let fresh = [(&mut self.resources, resources), (&mut self.templates, templates), (&mut self.prompts, prompts)];
        for (kept, listed) in fresh {
            if let Some(listed) = listed {
                *kept = listed;
            }
        }
        Ok(())
    }

    /// How long its server says that all of it holds; `None` where the server
    /// says nothing of that, and announces what changes.
    pub(crate) fn holds(&self) -> Option<Duration> {
        let aside = [self.resources.holds, self.templates.holds, self.prompts.holds];
        aside.into_iter().chain([self.tools.holds]).flatten().min().map(|holds| holds.max(SHORTEST_HOLD))
    }

    /// Its tools for the catalogue.
    pub(crate) fn listing(&self, id: &ServerId, introduction: &Introduction) -> ServerListing {
        ServerListing {
            id: id.clone(),
            title: introduction.title.clone().or_else(|| introduction.name.clone()),
            instructions: introduction.instructions.clone(),
            tools: self.tools.entries.iter().map(|tool| tool.listing.clone()).collect(),
        }
    }

    /// All of it as its server wrote it.
    pub(crate) fn offerings(&self, introduction: &Introduction) -> ServerOfferings {
        ServerOfferings {
            title: introduction.title.clone().or_else(|| introduction.name.clone()),
            instructions: introduction.instructions.clone(),
            abilities: introduction.abilities,
            tools: self.tools.entries.iter().map(|tool| tool.offered.clone()).collect(),
            resources: self.resources.entries.clone(),
            templates: self.templates.entries.clone(),
            prompts: self.prompts.entries.clone(),
            tasks: self.tools.entries.iter().filter_map(|tool| Some((tool.offered.key.clone(), tool.tasks?))).collect(),
            skipped: [&self.resources.notes, &self.templates.notes, &self.prompts.notes].map(Vec::as_slice).concat(),
        }
    }

    /// What was left out of the tools.
    pub(crate) fn skipped_tools(&self) -> Vec<String> {
        self.tools.notes.clone()
    }
}

/// What is listed of a kind that a server can do without; `None` when there
/// is nothing to ask.
async fn aside(session: &Session, kind: &'static Kind<Offered>, wanted: bool) -> Option<Listed<Offered>> {
    if !wanted {
        return None;
    }
    let listed = timeout(ASIDE_PATIENCE, session.list(kind)).await;
    let note = match listed {
        Ok(Ok(listed)) => return Some(listed),
        Ok(Err(_)) => format!("its answer to `{}` cannot be used", kind.method),
        Err(_) => format!("it did not answer `{}` within {} s", kind.method, ASIDE_PATIENCE.as_secs()),
    };
    Some(Listed { notes: vec![note], ..Listed::default() })
}

/// Leaves out the tools that cannot be called where parts of a call stand in
/// headers.
fn fit(mut listed: Listed<ListedTool>) -> Listed<ListedTool> {
    let entries = std::mem::take(&mut listed.entries);
    for tool in entries {
        match unfit(&tool.listing.input_schema) {
            None => listed.entries.push(tool),
            Some(why) => listed.note(format!("`{}` is left out: {why}", excerpt(&tool.listing.name))),
        }
    }
    listed
}
