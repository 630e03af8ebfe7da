//! From a request to the reply that the script has for it.

use std::collections::VecDeque;

use crate::{Reply, Rule, Seen};

/// Answers a request, or leaves it to the rules.
pub(crate) type By = Box<dyn Fn(&Seen) -> Option<Reply> + Send + Sync>;

/// The replies that are left.
#[derive(Default)]
pub(crate) struct Choice {
    pub(crate) by: Option<By>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) queue: VecDeque<Reply>,
}

impl Choice {
    /// The function's reply, else that of the first rule that fits and is not
    /// used up, else the first in the queue.
    pub(crate) fn reply(&mut self, seen: &Seen) -> Option<Reply> {
        if let Some(reply) = self.by.as_ref().and_then(|by| by(seen)) {
            return Some(reply);
        }
        let rule = self.rules.iter_mut().find(|rule| rule.times != Some(0) && rule.when.fits(seen));
        match rule {
            Some(rule) => {
                rule.times = rule.times.map(|times| times - 1);
                Some(rule.reply.clone())
            }
            None => self.queue.pop_front(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::{Demand, Shape, When, Wire};

    #[test]
    fn functions_come_before_rules_and_rules_before_the_queue() {
        let seen = |text: &str| Seen {
            wire: Wire::OpenAi,
            path: String::new(),
            headers: BTreeMap::new(),
            body: json!(null),
            demand: Demand {
                said: vec![("user".to_owned(), text.to_owned())],
                shape: Shape::Schema(json!({"properties": {"steps": {}}})),
                ..Demand::default()
            },
        };
        let rule = |when: When, reply: &str, times| Rule { when, reply: Reply::text(reply), times };
        let mut choice = Choice {
            by: Some(Box::new(|seen| seen.text().contains("now").then(|| Reply::text("function")))),
            rules: vec![
                rule(When::contains("a"), "once", Some(1)),
                rule(When { lacks: vec!["c".to_owned()], ..When::contains("a") }, "always", None),
                rule(When::property("nonsense"), "never", None),
            ],
            queue: VecDeque::from([Reply::text("queued")]),
        };
        let rows = [
            ("a now", Some("function")),
            ("a", Some("once")),
            ("a", Some("always")),
            ("a c", Some("queued")),
            ("a c", None),
        ];
        for (text, expected) in rows {
            let reply = choice.reply(&seen(text)).and_then(|reply| reply.text);
            assert_eq!(reply.as_deref(), expected, "{text}");
        }
        assert!(When::property("steps").fits(&seen("x")));
    }
}
