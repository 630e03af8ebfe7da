//! Writes what `tools/train-router` learns from.
//!
//! `signs background CATALOG OUT` counts each stem's tools.
//! `signs signs TABLE FUSION CATALOG VIEWS QUERIES OUT` writes, for each query, the
//! tools on its shortlist with what speaks for them: one JSON header line per
//! query (`id`, `tools`), and `OUT.f32` with the signs, row by row.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::sync::Arc;

use catalog::Tool;
use concertmaster_evaluate::routing::{Asked, Described, View, catalogue};
use route::{Router, Weights, stems};
use serde_json::json;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["background", catalog, out] => background(catalog, out),
        ["signs", table, fusion, catalog, views, queries, out] => {
            signs([table, fusion], [catalog, views, queries], out)
        }
        _ => Err("background CATALOG OUT | signs TABLE FUSION CATALOG VIEWS QUERIES OUT".into()),
    }
}

/// Collections whose licence is not stated are left out.
const LEFT_OUT: &str = "toucan:";

fn background(catalog: &str, out: &str) -> Result<(), Box<dyn Error>> {
    let servers: Vec<Described> = serde_json::from_reader(File::open(catalog)?)?;
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut all = 0;
    for tool in servers.iter().filter(|server| !server.server.starts_with(LEFT_OUT)).flat_map(|server| &server.tools) {
        all += 1;
        let said = format!("{} {}", tool.name, tool.description.as_deref().unwrap_or_default());
        let stems: HashSet<String> = stems(&said).into_iter().collect();
        for stem in stems {
            *counts.entry(stem).or_default() += 1;
        }
    }
    let mut out = BufWriter::new(File::create(out)?);
    writeln!(out, "{all}")?;
    for (stem, count) in counts.into_iter().filter(|(_, count)| *count >= 3) {
        writeln!(out, "{stem}\t{count}")?;
    }
    Ok(())
}

fn signs([table, fusion]: [&str; 2], inputs: [&str; 3], out: &str) -> Result<(), Box<dyn Error>> {
    let weights = Weights::read(&std::fs::read(table)?, &std::fs::read(fusion)?).map_err(|bad| format!("{bad:?}"))?;
    let [catalog, views, queries] = inputs;
    let servers: Vec<Described> = serde_json::from_reader(File::open(catalog)?)?;
    let servers: HashMap<&str, &Described> = servers.iter().map(|server| (server.server.as_str(), server)).collect();
    let views: HashMap<String, View> = serde_json::from_reader(File::open(views)?)?;
    let mut by_view: BTreeMap<String, Vec<Asked>> = BTreeMap::new();
    for line in std::fs::read_to_string(queries)?.lines() {
        let asked: Asked = serde_json::from_str(line)?;
        by_view.entry(asked.view.clone()).or_default().push(asked);
    }
    let mut heads = BufWriter::new(File::create(out)?);
    let mut rows = BufWriter::new(File::create(format!("{out}.f32"))?);
    let mut second = BufWriter::new(File::create(format!("{out}.second.f32"))?);
    let mut servers_rows = BufWriter::new(File::create(format!("{out}.servers.f32"))?);
    for (view, asked) in by_view {
        let members: Vec<&Described> = views[&view].servers.iter().map(|id| servers[id.as_str()]).collect();
        let (catalog, ids) = catalogue(&members);
        let router = Router::with_weights(Arc::new(catalog), Arc::clone(&weights));
        for asked in asked {
            let signs = router.evidence(&asked.query);
            let name = |tool: &Arc<Tool>| format!("{}/{}", ids[&tool.reference.server], tool.listing.name);
            let tools: Vec<String> = signs.tools.iter().map(name).collect();
            let (scores, verdict) = (signs.scores, signs.verdict);
            let servers: Vec<&String> = signs.servers.iter().map(|(id, _)| &ids[id]).collect();
            let head = json!({
                "id": asked.id, "tools": tools, "scores": scores, "verdict": verdict, "judged": signs.judged,
                "second": signs.second.len(), "servers": servers,
            });
            writeln!(heads, "{head}")?;
            let own = signs.servers.iter().map(|(_, own)| own);
            for value in signs.signs.iter().flatten() {
                rows.write_all(&value.to_le_bytes())?;
            }
            for value in signs.second.iter().flatten() {
                second.write_all(&value.to_le_bytes())?;
            }
            for value in own.flatten() {
                servers_rows.write_all(&value.to_le_bytes())?;
            }
        }
    }
    Ok(())
}
