//! Bounds set on the operator's examples: what they rest on, and what they
//! may not rest on.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::{Catalog, Entry, ServerId, ServerLabels, ServerListing, ToolListing};
use concertmaster_route::{Calibration, Risk, Router};
use serde_json::json;

/// Server, tool, description, examples of the operator's.
type Row<'a> = (&'a str, &'a str, &'a str, &'a [&'a str]);

const TOOLS: &[Row<'_>] = &[
    ("mail", "send_message", "Send an email.", &["send an email to Ana", "email the report", "write Ana an email"]),
    ("calendar", "create_event", "Create an event.", &["create an event on Monday", "create a calendar event"]),
    ("weather", "get_forecast", "Get the weather forecast of a city.", &["weather in Rome", "forecast for Oslo"]),
    ("files", "read_file", "Read the text of a file.", &["read notes.txt", "read the file", "text of a file"]),
    ("github", "create_issue", "Create an issue in a repository.", &["create an issue", "issue in the repository"]),
    ("github", "merge_pull_request", "Merge a pull request.", &["merge the pull request", "merge PR 5"]),
    ("maps", "get_directions", "Get walking directions.", &["walking directions home", "directions to the museum"]),
    ("shop", "track_order", "Show where an order is.", &["where is my order", "track the order", "track order 5"]),
];

fn router(rows: &[Row<'_>]) -> Router {
    let mut entries: Vec<Entry> = Vec::new();
    let mut servers: Vec<&str> = rows.iter().map(|(server, ..)| *server).collect();
    servers.dedup();
    for server in servers {
        let own: Vec<&Row<'_>> = rows.iter().filter(|(other, ..)| *other == server).collect();
        let tools = own.iter().map(|(_, name, description, _)| ToolListing {
            name: (*name).to_owned(),
            description: Some((*description).to_owned()),
            input_schema: json!({ "type": "object" }),
            ..ToolListing::default()
        });
        let listing =
            ServerListing { id: ServerId::new(server), title: None, instructions: None, tools: tools.collect() };
        let told = |examples: &[&str]| examples.iter().map(|own| (*own).to_owned()).collect::<Vec<String>>();
        let examples: BTreeMap<String, Vec<String>> =
            own.iter().map(|(_, name, _, examples)| ((*name).to_owned(), told(examples))).collect();
        entries.push(Entry::Ready(listing, ServerLabels { examples, ..ServerLabels::default() }));
    }
    Router::build(Arc::new(Catalog::new(1, entries)))
}

#[test]
fn a_few_examples_prove_nothing() {
    assert_eq!(router(&TOOLS[..4]).calibration(), Calibration::Uncalibrated);
}

#[test]
fn examples_are_asked_of_the_catalogue_without_them() {
    let Calibration::ByExamples { asked, first } = router(TOOLS).calibration() else {
        panic!("19 examples are enough")
    };
    assert_eq!(asked, 19);
    assert!(first >= 15, "{first}");
    // Examples that only their own text would find are found by nobody.
    let odd: &[&str] = &["grumble", "plinth", "wobbly", "quagmire", "zigzag", "thistle", "marzipan", "trombone"];
    let more = [TOOLS, &[("oddities", "perform", "Do what is agreed.", odd)]].concat();
    let Calibration::ByExamples { asked, first: still } = router(&more).calibration() else { panic!("27 are enough") };
    assert_eq!(asked, 27);
    assert!(still <= first + 1, "{still} after {first}");
}

#[test]
fn wrong_examples_widen_the_set_of_likely_tools() {
    let swapped: Vec<Row<'_>> = TOOLS
        .iter()
        .enumerate()
        .map(|(at, (server, name, description, _))| (*server, *name, *description, TOOLS[(at + 1) % TOOLS.len()].3))
        .collect();
    let likely = |router: &Router| router.search("merge the pull request", 8).likely(Risk::Effects).len();
    assert!(likely(&router(&swapped)) > 1);
}
