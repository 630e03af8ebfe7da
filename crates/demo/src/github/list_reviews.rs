//! `list_reviews`: a number in, who reviewed and how out.

use schemars::JsonSchema;
use serde::Serialize;

use super::{get_pull_request::ByNumber, pull_request::Review, repository::Repository};
use crate::server::{Effect, Fault, Tool};

pub(super) struct ListReviews;

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Output {
    /// Number of the pull request.
    number: u64,
    /// The reviews, oldest first. A reviewer may appear more than once.
    reviews: Vec<Review>,
}

impl Tool<Repository> for ListReviews {
    const NAME: &'static str = "list_reviews";
    const TITLE: &'static str = "List the reviews of a pull request";
    const DESCRIPTION: &'static str = "List the reviews of one pull request, oldest first: who \
        reviewed it, whether they approved or requested changes, and what they wrote.";
    const EFFECT: Effect = Effect::Read;
    type Input = ByNumber;
    type Output = Output;

    fn call(repository: &Repository, input: ByNumber) -> Result<Output, Fault> {
        let pull = repository.pull_request(input.number)?;
        Ok(Output { number: pull.number, reviews: pull.reviews })
    }
}
