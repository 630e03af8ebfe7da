//! What went wrong with a server, said so that people know which server, and
//! what to do.

use std::sync::Arc;
use std::time::Duration;

use catalog::ServerId;
use dispatch::{CallFault, Sent};
use query::{Blame, Fault, Recovery};
use tokio::time::timeout;

use super::process::Epitaph;
use super::session::{CallTrouble, Session};
use super::wire::Trouble;
use crate::excerpt::excerpt;
use crate::frame::{MAX_FRAME_BYTES, METHOD_NOT_FOUND};

/// How long a call that lost its server waits to hear how the server ended.
const EPITAPH_WAIT: Duration = Duration::from_millis(1500);

/// The JSON-RPC code for arguments that do not fit.
const INVALID_PARAMS: i64 = -32602;

/// What a trouble on the wire comes to. `during` reads like
/// ``while `search` ran``; `end` is how the connection ended, where it did
/// and where that is known.
pub(crate) fn of_trouble(server: &ServerId, trouble: &Trouble, during: &str, end: Option<&Epitaph>) -> Fault {
    let (code, blame, recovery, what, more) = match trouble {
        Trouble::Gone => {
            let how = end.and_then(|end| end.how.as_deref()).unwrap_or("closed the connection").to_owned();
            ("server_died", Blame::Upstream, Recovery::Later, how, end.map(Epitaph::said).unwrap_or_default())
        }
        Trouble::Expired => {
            let what = "ended the session".to_owned();
            ("server_died", Blame::Upstream, Recovery::Later, what, String::new())
        }
        Trouble::Unauthorized(why) => {
            let what = "gave us no permission".to_owned();
            ("server_unauthorized", Blame::Operator, Recovery::Later, what, format!(": {}", excerpt(why)))
        }
        Trouble::Unreachable(why) => {
            let more = format!(": {}", excerpt(why));
            ("server_unreachable", Blame::Upstream, Recovery::Later, "cannot be reached".to_owned(), more)
        }
        Trouble::Cut => {
            let what = "broke off its answer".to_owned();
            ("server_unreachable", Blame::Upstream, Recovery::Later, what, String::new())
        }
        Trouble::Refused(error) => {
            let (code, blame, recovery) = match error.code {
                INVALID_PARAMS => ("arguments_refused", Blame::Caller, Recovery::Never),
                METHOD_NOT_FOUND => ("server_refused", Blame::Upstream, Recovery::Never),
                _ => ("server_refused", Blame::Upstream, Recovery::Later),
            };
            (code, blame, recovery, format!("answered with error {}", error.code), said(&error.message))
        }
        Trouble::TooLong => {
            let what = format!("answered with more than {} MiB", MAX_FRAME_BYTES / (1024 * 1024));
            ("result_too_long", Blame::Upstream, Recovery::Never, what, String::new())
        }
        Trouble::Malformed(why) => {
            let (what, more) = ("broke the protocol".to_owned(), format!(": {why}"));
            ("result_malformed", Blame::Upstream, Recovery::Never, what, more)
        }
        Trouble::Status { code: status, body, retry_after } => {
            let (code, blame, recovery, hint) = of_status(*status, *retry_after);
            (code, blame, recovery, format!("answered with HTTP status {status}"), said(body) + hint)
        }
    };
    let during = if during.is_empty() { String::new() } else { format!(" {during}") };
    let refusal = match trouble {
        Trouble::Refused(error) => Some(Arc::new(error.into())),
        _ => None,
    };
    Fault { code: code.into(), blame, recovery, message: format!("server `{server}` {what}{during}{more}"), refusal }
}

fn of_status(status: u16, retry_after: Option<u64>) -> (&'static str, Blame, Recovery, &'static str) {
    let wait = retry_after.map_or(Recovery::Later, |seconds| Recovery::After(Duration::from_secs(seconds)));
    match status {
        401 | 403 => {
            ("server_unauthorized", Blame::Operator, Recovery::Never, "; check its `headers` in the configuration")
        }
        404 | 405 => ("server_unreachable", Blame::Operator, Recovery::Never, "; check its `url` in the configuration"),
        429 | 500.. => ("server_unavailable", Blame::Upstream, wait, ""),
        _ => ("server_refused", Blame::Upstream, Recovery::Never, ""),
    }
}

/// A peer's words as the end of a sentence.
fn said(words: &str) -> String {
    let words = excerpt(words);
    if words.is_empty() { words } else { format!(": {words}") }
}

/// An errand's trouble in words. A server that ended under it is waited for a
/// moment, to hear how.
pub(crate) async fn told(session: &Session, server: &ServerId, name: &str, trouble: CallTrouble) -> CallFault {
    let (trouble, begun) = match trouble {
        CallTrouble::Begun(trouble) => (*trouble, true),
        trouble => (trouble, false),
    };
    let unsent = |code, blame, message| CallFault::new(Fault::lasting(blame, code, message), Sent::No);
    let told = match trouble {
        CallTrouble::AsksBack(asked) => {
            let message =
                format!("server `{server}` asks something back before it runs {name}{}", said(&asked.shown()));
            unsent("input_required", Blame::Upstream, message)
        }
        CallTrouble::AsksLater(asked) => {
            let message =
                format!("server `{server}` asks something back before it runs {name}{}", said(&asked.shown()));
            let asks = Some(Box::new(asked.handed_back()));
            CallFault { asks, ..unsent("input_required", Blame::Upstream, message) }
        }
        CallTrouble::AsksImproperly(why) => {
            let message = format!("server `{server}` may not ask what it asks before it runs {name}: {why}");
            unsent("question_refused", Blame::Upstream, message)
        }
        CallTrouble::Unanswered(fault) => CallFault::new(fault, Sent::No),
        CallTrouble::Wire(fault) => {
            let end = match fault.trouble {
                Trouble::Gone => timeout(EPITAPH_WAIT, session.end()).await.ok().flatten(),
                _ => None,
            };
            let during = format!("while {name} ran");
            CallFault::new(of_trouble(server, &fault.trouble, &during, end.as_ref()), fault.sent)
        }
        CallTrouble::Cancelled => {
            let message = format!("server `{server}` cancelled {name} by itself");
            unsent("task_cancelled", Blame::Upstream, message)
        }
        CallTrouble::Begun(_) => {
            let message = format!("server `{server}` made a task of {name} twice");
            unsent("result_malformed", Blame::Upstream, message)
        }
    };
    // What had begun may have been done.
    if begun { CallFault { sent: Sent::Unknown, asks: None, ..told } } else { told }
}

/// A server did not answer in time.
pub(crate) fn silent(server: &ServerId, what: &str, limit: Duration) -> Fault {
    let message = format!("server `{server}` did not {what} within {}", seconds(limit));
    Fault::passing(Blame::Upstream, "timed_out", message)
}

/// A time in seconds, with as many digits as it needs.
pub(crate) fn seconds(time: Duration) -> String {
    format!("{} s", (time.as_secs_f64() * 1000.0).round() / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::RpcError;

    #[test]
    fn every_trouble_names_the_server_and_what_it_interrupted() {
        let end = Epitaph { how: Some("exited with status 1".into()), words: Some("no such table".into()) };
        let refusal = |code, message: &str| Trouble::Refused(RpcError { code, message: message.into(), data: None });
        let status = |code, body: &str| Trouble::Status { code, body: body.into(), retry_after: Some(3) };
        let rows = [
            (Trouble::Gone, "server_died", "exited with status 1 while `q` ran; its last words: no such table"),
            (
                Trouble::Unreachable("connection refused".into()),
                "server_unreachable",
                "cannot be reached while `q` ran: connection refused",
            ),
            (Trouble::Cut, "server_unreachable", "broke off its answer while `q` ran"),
            (refusal(-32602, "no `x`"), "arguments_refused", "answered with error -32602 while `q` ran: no `x`"),
            (refusal(-32603, ""), "server_refused", "answered with error -32603 while `q` ran"),
            (Trouble::TooLong, "result_too_long", "answered with more than 16 MiB while `q` ran"),
            (
                status(401, ""),
                "server_unauthorized",
                "answered with HTTP status 401 while `q` ran; check its `headers` in the configuration",
            ),
            (status(503, "busy"), "server_unavailable", "answered with HTTP status 503 while `q` ran: busy"),
        ];
        for (trouble, code, message) in rows {
            let fault = of_trouble(&ServerId::new("sql"), &trouble, "while `q` ran", Some(&end));
            assert_eq!((fault.code.as_str(), fault.message), (code, format!("server `sql` {message}")));
        }
    }
}
