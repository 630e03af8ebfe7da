//! Whether a tool that reads answers an equal call alike for a while.
//!
//! In: its name and description. Out: a yes only where no word speaks against
//! it. The words are a server's, so they may only make matters worse.

use crate::{ToolListing, names};

/// In a name: it changes or sends something after all.
const ACTS_BY_NAME: &[&str] = &[
    "ack",
    "acknowledge",
    "add",
    "append",
    "apply",
    "approve",
    "archive",
    "assign",
    "book",
    "buy",
    "cancel",
    "claim",
    "clear",
    "close",
    "commit",
    "consume",
    "create",
    "decrement",
    "delete",
    "dequeue",
    "do",
    "drop",
    "edit",
    "email",
    "enqueue",
    "exec",
    "execute",
    "import",
    "increment",
    "insert",
    "invite",
    "lock",
    "log",
    "mark",
    "merge",
    "move",
    "mutate",
    "notify",
    "order",
    "patch",
    "pay",
    "pop",
    "post",
    "publish",
    "purge",
    "push",
    "put",
    "rebase",
    "register",
    "remove",
    "rename",
    "reply",
    "reset",
    "restart",
    "revoke",
    "rotate",
    "run",
    "save",
    "schedule",
    "send",
    "set",
    "share",
    "start",
    "stop",
    "store",
    "submit",
    "subscribe",
    "sync",
    "take",
    "toggle",
    "transfer",
    "trigger",
    "unlock",
    "update",
    "upload",
    "upsert",
    "write",
];

/// In a name: it answers differently from one moment to the next.
const VARIES: &[&str] = &[
    "clock", "cpu", "date", "dice", "elapsed", "health", "live", "next", "now", "ping", "poll", "progress", "random",
    "roll", "sample", "session", "status", "time", "token", "uptime", "uuid", "wait", "watch",
];

/// In a description, as a verb: it changes or sends something after all.
const ACTS_BY_DESCRIPTION: &[&str] = &[
    "acknowledge",
    "append",
    "consume",
    "create",
    "decrement",
    "delete",
    "dequeue",
    "execute",
    "increment",
    "insert",
    "modify",
    "mutate",
    "notify",
    "overwrite",
    "publish",
    "purge",
    "remove",
    "rename",
    "send",
    "trigger",
    "update",
    "upload",
    "write",
];

/// Whether nothing in the tool's words speaks against it.
pub(crate) fn steady(server: &str, listing: &ToolListing) -> bool {
    let prefix = names::words(server);
    let words = names::words(&listing.name);
    let own = words.strip_prefix(prefix.as_slice()).filter(|rest| !rest.is_empty()).unwrap_or(&words);
    let named = own.iter().any(|word| ACTS_BY_NAME.contains(&word.as_str()) || VARIES.contains(&word.as_str()));
    let described = listing.description.as_deref().unwrap_or_default();
    let says = |word: &str| {
        let word = word.to_lowercase();
        ACTS_BY_DESCRIPTION.iter().any(|verb| {
            let rest = word.strip_prefix(verb);
            rest.is_some_and(|rest| rest.is_empty() || rest == "s") || is_third_person(&word, verb)
        })
    };
    !named && !described.split(|c: char| !c.is_alphanumeric()).any(says)
}

/// `publishes`, `notifies`: what an `s` alone does not make.
fn is_third_person(word: &str, verb: &str) -> bool {
    let (stem, ending) = verb.split_at(verb.len().saturating_sub(1));
    word.strip_suffix("es") == Some(verb) || ending == "y" && word.strip_suffix("ies") == Some(stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_says_otherwise_is_believed() {
        let rows = [
            ("get_issue", "Get an issue that was created or updated lately.", true),
            ("github_list_pull_requests", "", true),
            ("search_files", "Search files for a text.", true),
            ("get_time", "", false),
            ("get_and_clear_queue", "", false),
            ("read_messages", "Reads messages and marks them as read. It deletes nothing else.", false),
            ("get_report", "Get the report and send it to the owner.", false),
            ("get_feed", "Publishes a read receipt.", false),
            ("lookup", "Notifies whoever is looked up.", false),
            ("git_status", "", false),
        ];
        for (name, description, expected) in rows {
            let description = Some(description.to_owned());
            let listing = ToolListing { name: name.to_owned(), description, ..ToolListing::default() };
            assert_eq!(steady("github", &listing), expected, "{name}");
        }
    }
}
