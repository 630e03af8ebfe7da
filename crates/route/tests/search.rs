//! Searches over a small catalogue: what is found, and what does not help a
//! server to be found.

use std::sync::Arc;

use catalog::{Catalog, Entry, ServerId, ServerLabels, ServerListing, ToolListing};
use concertmaster_route::{Calibration, Part, Prior, Risk, Route, Router};
use query::Cost;
use serde_json::json;

/// Server, tool, description.
type Row<'a> = (&'a str, &'a str, &'a str);

const TOOLS: &[Row<'_>] = &[
    ("mail", "send_message", "Send an email to one or more recipients."),
    ("mail", "search_messages", "Search the mailbox by sender, subject or text."),
    ("mail", "list_folders", "List the folders of the mailbox."),
    ("calendar", "create_event", "Create a calendar event with a title, a start and an end."),
    ("calendar", "list_events", "List the events between two dates."),
    ("weather", "get_forecast", "Get the weather forecast for a city for the next days."),
    ("weather", "get_air_quality", "Get the air quality index of a city."),
    ("files", "read_file", "Read the whole text of a file."),
    ("files", "move_file", "Move or rename a file or a directory."),
    ("files", "directory_tree", "Show a directory and everything below it as a tree."),
    ("github", "create_issue", "Create an issue in a repository."),
    ("github", "list_pull_requests", "List the pull requests of a repository."),
    ("github", "merge_pull_request", "Merge a pull request."),
    ("maps", "get_directions", "Get driving, walking or cycling directions between two places."),
    ("maps", "geocode", "Turn an address into coordinates."),
    ("shop", "track_order", "Show where an order is and when it will be delivered."),
];

fn catalog(rows: &[Row<'_>]) -> Arc<Catalog> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut servers: Vec<&str> = rows.iter().map(|(server, ..)| *server).collect();
    servers.dedup();
    for server in servers {
        let own = rows.iter().filter(|(other, ..)| *other == server);
        let tools = own
            .map(|(_, name, description)| ToolListing {
                name: (*name).to_owned(),
                description: Some((*description).to_owned()),
                input_schema: json!({ "type": "object" }),
                ..ToolListing::default()
            })
            .collect();
        let listing = ServerListing { id: ServerId::new(server), title: None, instructions: None, tools };
        entries.push(Entry::Ready(listing, ServerLabels::default()));
    }
    Arc::new(Catalog::new(1, entries))
}

fn first(router: &Router, text: &str) -> String {
    let found = router.search(text, 1).candidates;
    found.first().map_or_else(String::new, |best| best.tool.reference.to_string())
}

#[test]
fn the_tool_that_is_meant_comes_first() {
    let router = Router::build(catalog(TOOLS));
    let rows = [
        ("send an email to Ana", "mail.send_message"),
        ("what is the weather like in Rome tomorrow", "weather.get_forecast"),
        ("forecast weather Rome", "weather.get_forecast"),
        ("open pull requests", "github.list_pull_requests"),
        ("how do I get from the station to the museum on foot", "maps.get_directions"),
        ("where is my parcel", "shop.track_order"),
        ("list my events of next week", "calendar.list_events"),
        ("call merge_pull_request", "github.merge_pull_request"),
        // Typing errors, and other word order.
        ("raed the file notes.txt", "files.read_file"),
        ("the wether forecast for Oslo", "weather.get_forecast"),
        ("requests pull the list", "github.list_pull_requests"),
    ];
    for (text, expected) in rows {
        assert_eq!(first(&router, text), expected, "{text}");
    }
}

#[test]
fn equal_catalogues_rank_alike_however_they_were_read() {
    let before = Router::build(catalog(&TOOLS[..9]));
    let renewed = before.renewed(catalog(TOOLS));
    let anew = Router::build(catalog(TOOLS));
    for text in ["send an email", "list the open pull requests", "tree of the directory", "…"] {
        let line = |router: &Router| -> Vec<String> {
            let found = router.search(text, 20).candidates;
            found.iter().map(|own| format!("{} {}", own.tool.reference, own.score)).collect()
        };
        assert_eq!(line(&renewed), line(&anew), "{text}");
    }
    assert_eq!(anew.calibration(), Calibration::Uncalibrated);
}

#[test]
fn what_nothing_serves_is_out_of_scope() {
    let router = Router::build(catalog(TOOLS));
    for text in ["why is the sky blue according to Aristotle", "", "…", "sing me a lullaby"] {
        assert!(matches!(router.search(text, 5).into_route(), Route::OutOfScope { .. }), "{text}");
    }
    let found = router.search("merge the pull request", 5);
    assert!(found.is_in_scope(), "{}", found.scope);
    assert!(found.likely(Risk::Effects).len() >= found.likely(Risk::Reads).len());
}

const QUERIES: &[&str] = &[
    "send an email to Ana",
    "search my mailbox for the invoice",
    "create a calendar event for Monday",
    "list the events of this week",
    "weather forecast for Rome",
    "air quality in Delhi",
    "read the file notes.txt",
    "move the report into the archive directory",
    "show the directory as a tree",
    "create an issue about the login page",
    "list the pull requests",
    "merge the pull request",
    "directions from the station to the museum",
    "coordinates of this address",
    "where is my order",
    "list the folders of my mailbox",
    "rename a file",
    "when will it be delivered",
    "walking directions to the hotel",
    "is it going to rain tomorrow in Oslo",
];

/// The share of queries, in percent, for which the server's tool comes first.
fn share(router: &Router, server: &str) -> usize {
    let won = QUERIES.iter().filter(|text| first(router, text).starts_with(server)).count();
    100 * won / QUERIES.len()
}

#[test]
fn keywords_do_not_raise_a_tool() {
    const GREATEST_GAIN: usize = 5;
    let stuffed = "email mail message calendar event events weather forecast air quality file read move directory tree \
                   issue pull request requests merge directions address coordinates order delivered folders mailbox list \
                   create show send search get";
    let repeated = format!("Play a sound. {}", "email weather pull request file directions order ".repeat(60));
    let plain = [TOOLS, &[("noise", "play", "Play a sound.")]].concat();
    let before = share(&Router::build(catalog(&plain)), "noise");
    for text in [format!("Play a sound. {stuffed}"), repeated] {
        let poisoned = [TOOLS, &[("noise", "play", text.as_str())]].concat();
        let after = share(&Router::build(catalog(&poisoned)), "noise");
        assert!(after <= before + GREATEST_GAIN, "{before} % before, {after} % after: {text}");
    }
}

#[test]
fn each_part_of_a_query_has_its_tool() {
    let router = Router::build(catalog(TOOLS));
    let rows = [
        ("list the pull requests, then send an email to Ana", "list_pull_requests send_message"),
        ("get the weather forecast for Rome and create a calendar event", "get_forecast create_event"),
        ("merge the pull request and sing me a lullaby", "merge_pull_request -"),
        ("merge the pull request", ""),
    ];
    for (text, expected) in rows {
        let tool = |part: &Part| part.tool.as_ref().map_or_else(|| "-".to_owned(), |own| own.tool.to_string());
        let found: Vec<String> = router.search(text, 5).parts.iter().map(tool).collect();
        assert_eq!(found.join(" "), expected, "{text}");
    }
}

#[test]
fn what_is_known_of_servers_breaks_near_ties_only() {
    let twins = [
        ("weather", "get_forecast", "Get the weather forecast for a city for the next days."),
        ("meteo", "get_forecast", "Get the weather forecast for a city for the next days."),
    ];
    let router = Router::build(catalog(&[TOOLS, &twins[1..]].concat()));
    let free = Prior { well: true, price: Cost::FREE, latency: None };
    let dear = Prior { price: Cost::from_micros(5), ..free };
    let ill = Prior { well: false, ..free };
    let slow = Prior { latency: Some(std::time::Duration::from_secs(3)), ..free };
    // What is known of the server that comes first by text, and of its twin;
    // whether the twin comes first then.
    let text = "forecast for Rome";
    let ranked = router.search(text, 8);
    let leader = ranked.candidates[0].tool.reference.server.clone();
    let rows = [
        ((free, free), false),
        ((dear, free), true),
        ((ill, dear), true),
        ((slow, free), true),
        ((slow, dear), false),
        ((free, ill), false),
    ];
    for ((of_leader, of_others), expected) in rows {
        let prior = |tool: &catalog::Tool| if tool.reference.server == leader { of_leader } else { of_others };
        let settled = router.search(text, 8).settled(prior);
        assert_eq!(settled.candidates[0].tool.reference.server != leader, expected, "{of_leader:?} {of_others:?}");
        assert_eq!(settled.candidates[0].tool.reference.tool.as_ref(), "get_forecast");
        // Whoever came first by what it costs is not acted upon unasked.
        assert!(!expected || settled.likely(Risk::Reads).len() > 1);
    }
    // A tool that suits better stays first, however it stands.
    let worst = |_: &catalog::Tool| Prior { well: false, ..dear };
    let best = |tool: &catalog::Tool| if tool.reference.server.as_str() == "github" { worst(tool) } else { free };
    assert_eq!(
        router.search("merge the pull request", 8).settled(best).candidates[0].tool.reference.to_string(),
        "github.merge_pull_request"
    );
}
