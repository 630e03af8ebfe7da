//! `plan`: what a query would do. Nothing is called.

use engine::Preview;
use policy::CallToApprove;
use serde_json::{Value, json};

use super::inquiry::conclude;
use super::with_session;
use crate::args::{self, Approved};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::progress::Progress;
use crate::render::{Asked, CARE, ask_json, clean_line, clean_lines, styled};
use crate::shell::Shell;

/// Shows the plan, what it would ask for, and what nothing here serves.
pub(super) async fn run(shell: &mut Shell, plan: args::Plan) -> Result<Exit, Failure> {
    let query = plan.words.join(" ");
    with_session(shell, async |shell, session, interrupt| {
        let progress = Progress::start(shell.drawing());
        let request = session.request(&shell.global, &Approved::default(), progress.events(), interrupt.cancel.clone());
        let preview = session.engine.plan(&query, request).await;
        progress.finish();
        match preview {
            Preview::Ready { plan, explain, asks, unserved, .. } => {
                if shell.global.json {
                    let asks: Vec<Value> = asks.iter().map(ask_json).collect();
                    let document = json!({ "plan": plan, "explain": explain, "asks": asks, "unserved": unserved });
                    shell.say_json(&document)?;
                } else {
                    shell.say(&text(&explain, &asks, &unserved))?;
                }
                Ok(Exit::Answered)
            }
            Preview::Stopped(outcome) => {
                let asked = Asked { command: vec!["plan".to_owned(), query.clone()], has_query: true };
                conclude(shell, session, &interrupt.cancel, *outcome, &asked).await
            }
        }
    })
    .await
}

fn text(explain: &str, asks: &[CallToApprove], unserved: &[String]) -> String {
    let mut text = format!("{}\n", clean_lines(explain.trim_end()));
    if !asks.is_empty() {
        text.push_str(&format!("\n{}\n", styled(CARE, "Would wait for your word:")));
    }
    for ask in asks {
        let tool = clean_line(&ask.call.tool.reference.to_string());
        text.push_str(&format!("  {tool}: {}\n", clean_line(&ask.why)));
    }
    for part in unserved {
        text.push_str(&format!("\n{} \"{}\"\n", styled(CARE, "No server here serves:"), clean_line(part)));
    }
    text
}
