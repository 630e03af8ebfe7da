//! A query split by a model, so that each part can be looked up by itself.
//!
//! The parts serve to rank tools and for nothing else.

use model::{Model, Prompt, Purpose};
use query::Fault;
use serde_json::Value;

use super::ask::for_json;
use super::{prompt, schema};

/// The most parts taken.
const MAX_PARTS: usize = 6;

/// The longest part, in characters; longer ones are left out.
const MAX_PART_CHARS: usize = 200;

/// The longest list of parts a model may write, in tokens.
const MAX_TOKENS: u32 = 300;

const RULES: &str = "You split a request into the separate things it asks somebody to do or to look up, so that a tool \
                     can be found for each. Write each part as a short instruction in plain general words: the verb \
                     and the kind of thing (\"list pull requests\", \"send a chat message\"), without ids or names. \
                     At most 6 parts; one if it asks for one thing.";

/// The parts of a query, in the model's words.
pub(super) async fn of(query: &str, model: &dyn Model) -> Result<Vec<String>, Fault> {
    let asked = Prompt::new().system(RULES).user("The request:").slot(prompt::query(query)).user("Write its parts.");
    let reply = for_json(model, Purpose::Route, asked, schema::parts()?, MAX_TOKENS).await?;
    let parts = reply["parts"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::trim);
    let fits = |part: &&str| !part.is_empty() && part.chars().count() <= MAX_PART_CHARS;
    Ok(parts.filter(fits).take(MAX_PARTS).map(str::to_owned).collect())
}
