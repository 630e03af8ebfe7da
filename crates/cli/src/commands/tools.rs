//! `tools`: what can be called, or what would serve a query, and why.

use std::collections::BTreeSet;

use catalog::{Catalog, Tool};
use query::Principal;
use serde_json::{Value, json};

use super::with_session;
use crate::args;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{found_table, server_remarks, tool_table};
use crate::session::Session;
use crate::shell::Shell;

/// The most tools listed for a query.
const MAX_FOUND: usize = 20;

/// Lists the tools.
pub(super) async fn run(shell: &mut Shell, tools: args::Tools) -> Result<Exit, Failure> {
    let query = tools.words.join(" ");
    with_session(shell, async |shell, session, interrupt| {
        session.settle(shell, interrupt).await;
        let who = tools.principal.map_or_else(|| Ok(Principal::local()), |name| known(session, &name))?;
        let catalog = session.engine.catalog_of(&who);
        if query.is_empty() {
            listing(shell, &catalog)?;
        } else {
            let found = session.engine.find_tools(&who, &query, MAX_FOUND);
            if shell.global.json {
                shell.say_json(&found)?;
            } else if found.is_empty() {
                shell.say("No tool has anything to do with these words. `concertmaster tools` lists them all.\n")?;
            } else {
                shell.say(&found_table(&found, shell.width()))?;
            }
        }
        shell.tell(&server_remarks(&session.fleet.status()))?;
        Ok(if catalog.tools().is_empty() { Exit::Upstream } else { Exit::Answered })
    })
    .await
}

/// The principal of that name, if the configuration has one.
fn known(session: &Session, name: &str) -> Result<Principal, Failure> {
    let names: BTreeSet<&str> = session.config.keyring.principals().map(Principal::as_str).collect();
    if names.contains(name) {
        return Ok(Principal::new(name));
    }
    let there = match names.is_empty() {
        true => "none is configured".to_owned(),
        false => format!("there are {}", names.into_iter().collect::<Vec<_>>().join(", ")),
    };
    Err(Failure::Usage(format!("there is no principal `{name}`: {there}")))
}

fn listing(shell: &mut Shell, catalog: &Catalog) -> Result<(), Failure> {
    if shell.global.json {
        let tools: Vec<Value> = catalog.tools().iter().map(|tool| described(tool)).collect();
        shell.say_json(&tools)?;
    } else if !catalog.tools().is_empty() {
        shell.say(&tool_table(catalog, shell.width()))?;
    }
    Ok(())
}

fn described(tool: &Tool) -> Value {
    let mut described = json!({
        "tool": tool.reference,
        "public_name": tool.public_name,
        "purpose": tool.purpose(),
        "description": tool.listing.description,
        "effect": tool.effect,
        "effect_source": tool.effect_source,
        "repeatable": tool.repeatable,
        "input_schema": tool.listing.input_schema,
        "output_schema": tool.listing.output_schema,
        "fingerprint": tool.fingerprint,
    });
    if *tool.there != *tool.reference.tool {
        described["there"] = json!(tool.there);
    }
    if !tool.fixed.is_empty() {
        described["fixed"] = json!(tool.fixed);
    }
    described
}
