//! What sort of thing a verb has done: the same sorts for what is asked and
//! for what a tool does.
//!
//! Knows English in general and no tool in particular.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::lexical::{Key, Spoken, key};
use crate::terms::stem;

/// A sort of act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Read,
    Create,
    Change,
    Remove,
    Tell,
    Run,
    Stop,
    Work,
}

impl Action {
    /// As a sign: 1 to 8.
    pub(crate) fn number(self) -> f32 {
        f32::from(self as u8) + 1.0
    }
}

const VERBS: &[(Action, &str)] = &[
    (
        Action::Read,
        "get list show find search fetch read view see look check retrieve query browse lookup display describe tell \
         know count inspect monitor track watch compare explore discover recommend suggest give explain locate list \
         preview download scan whois detail return obtain access pull review learn",
    ),
    (
        Action::Create,
        "create add make new insert generate write compose draft register schedule book reserve build save store \
         log upload remember put record order buy purchase plan design prepare append import clone fork copy request \
         reschedule arrange init initialize attach",
    ),
    (
        Action::Change,
        "update edit change modify rename set move adjust replace increase decrease turn switch mark assign \
         configure enable disable alter patch transfer merge convert fix correct toggle reset sort resize crop \
         rotate raise lower improve sync restore",
    ),
    (
        Action::Remove,
        "delete remove cancel drop clear erase unsubscribe bin trash discard revoke purge uninstall archive detach \
         unassign destroy prune leave",
    ),
    (
        Action::Tell,
        "send share reply forward publish notify tweet email message invite post text announce comment call dial \
         remind respond submit",
    ),
    (
        Action::Run,
        "run execute start launch trigger deploy play restart invoke test perform open install apply activate \
         navigate click visit resume",
    ),
    (Action::Stop, "stop pause close end kill terminate quit halt suspend deactivate lock mute block"),
    (
        Action::Work,
        "calculate compute translate summarize analyze estimate solve evaluate validate transform parse extract \
         classify detect verify predict measure encode decode determine identify format render spell roll flip \
         simulate plot sum subtract multiply divide",
    ),
];

static ACTIONS: LazyLock<HashMap<Key, Action>> = LazyLock::new(|| {
    let each = |(action, verbs): &(Action, &'static str)| {
        let action = *action;
        verbs.split_whitespace().map(move |verb| (key(&stem(verb)), action)).collect::<Vec<(Key, Action)>>()
    };
    // A verb of two sorts is of the first.
    VERBS.iter().rev().flat_map(each).collect()
});

/// The sort of one word, if it is a verb that is known.
pub(crate) fn action(stem: Key) -> Option<Action> {
    ACTIONS.get(&stem).copied()
}

/// The first verb that is known: its place and its sort.
pub(crate) fn first_action(words: &[Spoken]) -> Option<(usize, Action)> {
    words.iter().enumerate().find_map(|(at, word)| action(word.stem).map(|action| (at, action)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexical::words;

    #[test]
    fn verbs_have_sorts() {
        let rows = [
            ("listPullRequests", Some(Action::Read)),
            ("please delete my account", Some(Action::Remove)),
            ("booking a table", Some(Action::Create)),
            ("the sky", None),
        ];
        for (text, expected) in rows {
            assert_eq!(first_action(&words(text)).map(|(_, action)| action), expected, "{text}");
        }
    }
}
