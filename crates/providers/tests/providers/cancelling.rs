//! Giving up.

use std::time::Duration;

use model::Model;
use standin::{Reply, Trick};
use tokio::time::timeout;

use super::rig::{KINDS, PATIENCE, Pieces, asking, standin, words};

#[tokio::test]
async fn a_dropped_request_hangs_up_before_and_within_the_reply() {
    for (kind, wire) in KINDS {
        for reply in [Reply::text("x").delayed(Duration::from_secs(60)), Reply::text("x y z").with(Trick::Stall)] {
            let standin = standin([reply]).await;
            let provider = asking(kind, wire, &standin);
            let asked = provider.complete(Pieces::default().of(words()));
            let arrived = async {
                standin.until_arrived(1).await;
                tokio::time::sleep(Duration::from_millis(50)).await;
            };
            tokio::select! {
                answer = asked => panic!("{answer:?}"),
                () = arrived => {}
            }
            timeout(PATIENCE, standin.until_hang_ups(1)).await.unwrap_or_else(|_| panic!("{kind:?} hangs up"));
        }
    }
}

#[tokio::test]
async fn a_reply_that_was_read_is_not_hung_up_on() {
    // The negative control: what is counted above is not counted always.
    let standin = standin([Reply::text("x"), Reply::text("y")]).await;
    let provider = asking(KINDS[0].0, KINDS[0].1, &standin);
    for _ in 0..2 {
        provider.complete(words()).await.unwrap();
    }
    assert!(timeout(Duration::from_millis(100), standin.until_hang_ups(1)).await.is_err());
}
