//! How long reading a catalogue and answering a query takes.
//!
//! In processor time. `speed CATALOG QUERIES TOOLS`: reads servers of the catalogue's file until
//! they have that many tools, and routes the queries over them, on one core.

use std::error::Error;
use std::fs::File;
use std::sync::Arc;

use catalog::{Catalog, Entry, ServerId, ServerLabels, ServerListing, ToolListing};
use concertmaster_route::{Router, Weights};
use serde_json::Value;

/// How many queries are timed.
const QUERIES: usize = 500;

/// How often; the quickest round counts, as what else runs on the machine
/// only ever slows one down.
const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [catalog, queries, tools] = &arguments[..] else {
        return Err("speed CATALOG QUERIES TOOLS".into());
    };
    let servers: Vec<Value> = serde_json::from_reader(File::open(catalog)?)?;
    let queries: Vec<Value> =
        std::fs::read_to_string(queries)?.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let step = (queries.len() / QUERIES).max(1);
    let queries: Vec<&str> = queries.iter().step_by(step).filter_map(|query| query["query"].as_str()).collect();
    let wanted: usize = tools.parse()?;
    let mut entries = Vec::new();
    let mut count = 0;
    for (at, server) in servers.iter().enumerate() {
        let tools: Vec<ToolListing> =
            server["tools"].as_array().into_iter().flatten().map(listing).take(wanted - count).collect();
        count += tools.len();
        let id = ServerId::new(format!("{} {at}", server["name"].as_str().unwrap_or_default()));
        let instructions = server["description"].as_str().map(str::to_owned);
        entries.push(Entry::Ready(ServerListing { id, title: None, instructions, tools }, ServerLabels::default()));
        if count >= wanted {
            break;
        }
    }
    let catalog = Arc::new(Catalog::new(1, entries));
    let weights = Weights::shipped();
    let before = resident();
    let begun = processor_ms();
    let router = Router::with_weights(Arc::clone(&catalog), weights);
    router.prepare();
    let read = processor_ms() - begun;
    let held = resident().saturating_sub(before);
    let begun = processor_ms();
    let renewed = router.renewed(Arc::clone(&catalog));
    let again = processor_ms() - begun;
    drop(renewed);
    // Kept until now, so that what it held is not taken again unseen.
    drop(servers);
    let round = || {
        let begun = processor_ms();
        for query in &queries {
            std::hint::black_box(router.search(query, 10));
        }
        (processor_ms() - begun) / queries.len() as f64
    };
    let each = (0..ROUNDS).map(|_| round()).fold(f64::MAX, f64::min);
    let figures = format!(
        "{} tools: read in {:.2} s, renewed in {:.2} s, {} MB held; a query takes {each:.2} ms\n",
        catalog.tools().len(),
        read / 1e3,
        again / 1e3,
        held / 1024,
    );
    std::io::Write::write_all(&mut std::io::stdout(), figures.as_bytes())?;
    Ok(())
}

fn listing(tool: &Value) -> ToolListing {
    ToolListing {
        name: tool["name"].as_str().unwrap_or_default().to_owned(),
        description: tool["description"].as_str().map(str::to_owned),
        input_schema: tool["input_schema"].clone(),
        ..ToolListing::default()
    }
}

/// Milliseconds this process has been on a processor; what others do on the
/// machine does not count. Linux alone tells.
fn processor_ms() -> f64 {
    let told = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    told.split_whitespace().next().and_then(|nanoseconds| nanoseconds.parse::<f64>().ok()).unwrap_or(0.0) / 1e6
}

/// Kilobytes of this process that are in memory; 0 where it cannot be told.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
