//! `eval routing`: labelled queries are routed over a catalogue that is read
//! from a file, and where each leads is written down. Scoring is left to
//! whoever has the labels; they are not looked at here.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use catalog::ServerId;
use evaluate::routing::{Asked, Described, View, catalogue};
use route::{Router, Weights};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::args::EvalRouting;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// How many tools are written for each query.
const MAX_RANKED: usize = 50;

/// Routes every query of the file.
pub(super) fn run(shell: &mut Shell, eval: &EvalRouting) -> Result<Exit, Failure> {
    let weights = eval.weights.as_deref().map_or_else(|| Ok(Weights::shipped()), read_weights)?;
    let servers: Vec<Described> = read_json(&eval.catalog)?;
    let servers: HashMap<&str, &Described> = servers.iter().map(|own| (own.server.as_str(), own)).collect();
    let views: HashMap<String, View> = read_json(&eval.views)?;
    let mut by_view: BTreeMap<String, Vec<Asked>> = BTreeMap::new();
    for asked in read_queries(&eval.queries)? {
        by_view.entry(asked.view.clone()).or_default().push(asked);
    }
    let out = fs::File::create(&eval.out).map_err(|why| unusable(&eval.out, &why))?;
    let mut out = BufWriter::new(out);
    let (mut count, mut taken) = (0_usize, 0.0);
    for (name, asked) in by_view {
        let view = views.get(&name).ok_or_else(|| Failure::Usage(format!("there is no view named {name}")))?;
        let members = view.servers.iter().map(|id| {
            servers
                .get(id.as_str())
                .copied()
                .ok_or_else(|| Failure::Usage(format!("view {name} names {id}, which is not in the catalogue")))
        });
        let (catalog, ids) = catalogue(&members.collect::<Result<Vec<_>, Failure>>()?);
        let router = Router::with_weights(Arc::new(catalog), Arc::clone(&weights));
        let begun = Instant::now();
        for asked in &asked {
            writeln!(out, "{}", prediction(asked, &router, &ids))?;
        }
        count += asked.len();
        taken += begun.elapsed().as_secs_f64();
    }
    out.flush()?;
    let each = 1e3 * taken / count.max(1) as f64;
    shell.tell(&format!("{count} queries routed, {each:.2} ms each\n"))?;
    Ok(Exit::Answered)
}

fn prediction(asked: &Asked, router: &Router, ids: &HashMap<ServerId, String>) -> Value {
    let ranking = router.search(&asked.query, MAX_RANKED);
    let (confidence, ambiguity) = (ranking.scope, ranking.ambiguity);
    let tool = |candidate: &route::Candidate| {
        let reference = &candidate.tool.reference;
        format!("{}/{}", ids[&reference.server], reference.tool)
    };
    let ranked: Vec<String> = ranking.candidates.iter().map(tool).collect();
    let decision = if !ranking.is_in_scope() {
        "out_of_scope"
    } else if ranking.is_ambiguous() {
        "ambiguous"
    } else {
        "route"
    };
    let servers: Vec<&String> = ranking.servers().iter().map(|id| &ids[id]).collect();
    json!({
        "id": asked.id,
        "ranked_tools": ranked,
        "ranked_servers": servers,
        "decision": decision,
        "confidence": confidence,
        "ambiguity": ambiguity,
    })
}

fn read_weights(directory: &Path) -> Result<Arc<Weights>, Failure> {
    let (table, fusion) = (directory.join("tokens.table"), directory.join("fusion.trees"));
    let bytes = fs::read(&table).map_err(|why| unusable(&table, &why))?;
    let trees = fs::read(&fusion).map_err(|why| unusable(&fusion, &why))?;
    Weights::read(&bytes, &trees).map_err(|why| unusable(directory, &why))
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, Failure> {
    let text = fs::read_to_string(path).map_err(|why| unusable(path, &why))?;
    serde_json::from_str(&text).map_err(|why| unusable(path, &why))
}

fn read_queries(path: &Path) -> Result<Vec<Asked>, Failure> {
    let text = fs::read_to_string(path).map_err(|why| unusable(path, &why))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(at, line)| {
            let fault = |why| Failure::Usage(format!("{}, line {}: {why}", path.display(), at + 1));
            serde_json::from_str(line).map_err(fault)
        })
        .collect()
}

fn unusable(path: &Path, why: &dyn std::fmt::Display) -> Failure {
    Failure::Usage(format!("{} cannot be used: {why}", path.display()))
}
