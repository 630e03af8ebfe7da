//! Every revision before every revision, over every transport.
//!
//! What goes in: the test server in each revision over each transport that
//! has it, behind one front door, and a client of each revision over each
//! transport before it. What comes out: `docs/compatibility.md`. With
//! `UPDATE_EXPECT=1` the page is written anew.

#![allow(clippy::unwrap_used, reason = "a test whose helper unwraps in vain fails, as it should")]

#[path = "../support/mod.rs"]
mod support;

mod deeds;
mod http_client;
mod page;
mod pair;
mod piped;
mod sides;

use std::sync::Arc;
use std::time::Duration;

use deeds::{DEEDS, done};
use expect_test::expect_file;
use mcp::downstream::{HttpConfig, serve_http};
use page::Page;
use sides::{Before, Behind};
use support::house::House;
use support::*;

const DRAIN: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_published_table_is_what_works() {
    let place = tempfile::tempdir().unwrap();
    let behind = Behind::all(place.path()).await;
    let fleet = fleet(behind.iter().map(|behind| behind.config.clone()).collect()).await;
    for one in &behind {
        let mcp::upstream::ServerState::Ready(ready) = status_of(&fleet, one.name()).state else {
            panic!("{}: {:?}", one.title(), status_of(&fleet, one.name()))
        };
        assert_eq!(ready.protocol, one.revision, "{}", one.title());
    }
    let house = Arc::new(House::new(Arc::clone(&fleet)));
    let anywhere = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let door = serve_http(Arc::clone(&house) as _, HttpConfig::local(anywhere)).await.unwrap();
    let mut page = Page::new(Before::ALL.iter().map(Before::title).collect());
    let mut rows: Vec<Vec<Vec<&'static str>>> = behind.iter().map(|_| Vec::new()).collect();
    for before in Before::ALL {
        let mut pair = before.open(&house, &door.url()).await;
        for (place, one) in behind.iter().enumerate() {
            let mut failed = Vec::new();
            for deed in DEEDS {
                if let Err(why) = done(deed, &mut pair, one).await {
                    eprintln!("{} before {}: {}: {why}", before.title(), one.title(), deed.name);
                    failed.push(deed.name);
                }
            }
            rows[place].push(failed);
        }
        pair.close().await;
    }
    for (one, cells) in behind.iter().zip(rows) {
        page.row(one.title(), cells);
    }
    door.stop(DRAIN).await;
    fleet.stop(DRAIN).await;
    expect_file!["../../../../docs/compatibility.md"].assert_eq(&page.text());
}
