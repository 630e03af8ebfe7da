//! Nested queries.

use catalog::{Effect, JsonTypes, ServerId, Tool, ToolRef};
use serde_json::json;

use super::step::similar_tools;
use super::{Checker, Known};
use crate::draft::{DraftBinding, DraftStep, Field};
use crate::limits::{MAX_DEPTH, MAX_SUB_TOOLS};
use crate::shape::Shape;
use crate::{Binding, FaultCode, Op, literal};

/// How a wire plan writes "everything the parent may use".
pub(crate) const EVERYTHING: &str = "*";

impl Checker<'_> {
    /// A nested query. Once its text holds what an upstream said, it may only
    /// read, so that no upstream can word an order.
    pub(super) fn sub(&mut self, at: usize, draft: &DraftStep) -> Option<Op> {
        if self.context.depth >= MAX_DEPTH {
            let message = format!("queries nest at most {MAX_DEPTH} deep, and this plan serves a nested one already");
            self.fault(at, FaultCode::LimitExceeded, self.place(at, Field::Op), message);
        }
        let text = self.query_text(at, draft);
        let refs = text.iter().flat_map(Binding::refs);
        let steered = refs.into_iter().any(|reference| self.is_untrusted(reference.step.0));
        let tools = self.tools_of_sub(at, draft, steered);
        let harmless = tools.iter().flatten().all(|(_, effect)| effect.is_read_only());
        self.known.push(Known { shape: Shape::anything(), untrusted: true, harmless });
        let tools = tools?.into_iter().map(|(reference, _)| reference).collect();
        Some(Op::Sub { text: text?, tools })
    }

    fn query_text(&mut self, at: usize, draft: &DraftStep) -> Option<Binding> {
        let mut text = None;
        let mut given = false;
        for (place, (name, binding)) in draft.args.iter().enumerate() {
            if name != DraftStep::QUERY {
                let pointer = self.places.argument(at, place, name);
                let message = format!("a `sub` takes no argument `{name}`, only `query`");
                self.fault(at, FaultCode::UnknownArgument, pointer, message);
            } else if given {
                let pointer = self.places.query(at, place);
                self.fault(at, FaultCode::BadShape, pointer, "`query` is given twice");
            } else {
                given = true;
                let pointer = self.places.query(at, place);
                text = match binding {
                    DraftBinding::Text(words) => {
                        let types = JsonTypes::of_schema(&json!({"type": "string"}));
                        Some(Binding::Literal(literal::of_text(words, types)))
                    }
                    other => self.binding(at, other, None, None, &pointer),
                };
                text = self.as_words(at, text, &pointer);
            }
        }
        if !given {
            let message = "a `sub` needs `query`: the text to ask";
            self.fault(at, FaultCode::MissingArgument, self.place(at, Field::Args), message);
        }
        text
    }

    fn as_words(&mut self, at: usize, text: Option<Binding>, place: &str) -> Option<Binding> {
        let words = match &text {
            Some(Binding::Literal(value)) => value.as_str().is_some_and(|text| !text.trim().is_empty()),
            _ => return text,
        };
        if !words {
            self.fault(at, FaultCode::LiteralMismatch, place.to_owned(), "`query` must be a text that asks something");
            return None;
        }
        text
    }

    /// The tools it may use, spelled out, each with its effect.
    fn tools_of_sub(&mut self, at: usize, draft: &DraftStep, steered: bool) -> Option<Vec<(ToolRef, Effect)>> {
        let allowed = |tool: &Tool| !steered || tool.effect.is_read_only();
        let everything = draft.tools.is_empty() || draft.tools.iter().any(|name| name == EVERYTHING);
        let mut found: Vec<(ToolRef, Effect)> = Vec::new();
        let mut faulty = false;
        let context = self.context;
        if everything {
            found
                .extend(context.tools().filter(|tool| allowed(tool)).map(|tool| (tool.reference.clone(), tool.effect)));
        }
        for (i, name) in draft.tools.iter().enumerate().filter(|_| !everything) {
            let place = self.place(at, Field::Tools(i));
            if let Some(tool) = context.find(name) {
                if !allowed(tool) {
                    faulty = true;
                    self.steered_sub(at, tool, place);
                }
                found.push((tool.reference.clone(), tool.effect));
                continue;
            }
            let id = ServerId::new(name.as_str());
            let of_server = context.tools().filter(|tool| tool.reference.server == id);
            if context.catalog.server(&id).is_some() {
                found.extend(of_server.filter(|tool| allowed(tool)).map(|tool| (tool.reference.clone(), tool.effect)));
                continue;
            }
            faulty = true;
            self.fault(at, FaultCode::UnknownTool, place, format!("there is no tool or server `{name}`"));
            self.suggest(similar_tools(&context, name));
        }
        found.sort();
        found.dedup();
        if found.len() > MAX_SUB_TOOLS {
            faulty = true;
            let message = format!(
                "a nested query may use at most {MAX_SUB_TOOLS} tools, and these are {}; name the servers it needs",
                found.len()
            );
            self.fault(at, FaultCode::LimitExceeded, self.place(at, Field::AllTools), message);
        }
        if found.is_empty() && !faulty {
            faulty = true;
            let message = "the nested query would have no tool that it may use";
            self.fault(at, FaultCode::UnknownTool, self.place(at, Field::AllTools), message);
        }
        (!faulty).then_some(found)
    }

    fn steered_sub(&mut self, at: usize, tool: &Tool, place: String) {
        let message = format!(
            "`{}` is {}, and the nested query's text is made of what a server answered: it may only read",
            tool.reference, tool.effect
        );
        self.fault(at, FaultCode::SideEffectSteered, place, message);
    }
}
