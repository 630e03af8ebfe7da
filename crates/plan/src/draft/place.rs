//! Where in a document a part of a draft stands.

use super::Form;

/// A part of a step, named alike for both forms.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Field {
    Id,
    Op,
    Tool,
    AllTools,
    Tools(usize),
    Over,
    OverPath,
    Limit,
    When,
    WhenPath,
    WhenCmp,
    WhenValue,
    After(usize),
    Args,
    Purpose,
    Fingerprint,
}

/// JSON Pointers into the form a draft was read from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places(pub(crate) Form);

impl Places {
    /// A step.
    pub(crate) fn step(self, step: usize) -> String {
        format!("/steps/{step}")
    }

    /// A part of a step.
    pub(crate) fn field(self, step: usize, field: Field) -> String {
        let wire = self.0 == Form::Wire;
        let name = match field {
            Field::Id => "id",
            Field::Op => "op",
            Field::AllTools | Field::Tools(_) if wire => "tool",
            Field::Tool => "tool",
            Field::AllTools => "tools",
            Field::Tools(i) => return format!("/steps/{step}/tools/{i}"),
            Field::Over if wire => "over_step",
            Field::OverPath if wire => "over_path",
            Field::Over | Field::OverPath => "over",
            Field::Limit => "limit",
            Field::When if wire => "when_step",
            Field::WhenPath if wire => "when_path",
            Field::WhenCmp if wire => "when_cmp",
            Field::WhenValue if wire => "when_value",
            Field::When => "when",
            Field::WhenPath => "when/ref",
            Field::WhenCmp => "when/is",
            Field::WhenValue => "when/value",
            Field::After(i) => return format!("/steps/{step}/after/{i}"),
            Field::Args => "args",
            Field::Purpose => "purpose",
            Field::Fingerprint => "fingerprint",
        };
        format!("/steps/{step}/{name}")
    }

    /// The value of the argument at `place` with that name.
    pub(crate) fn argument(self, step: usize, place: usize, name: &str) -> String {
        match self.0 {
            Form::Wire => format!("/steps/{step}/args/{place}/value"),
            Form::Friendly => member(&format!("/steps/{step}/args"), name),
        }
    }

    /// The text of a nested query.
    pub(crate) fn query(self, step: usize, place: usize) -> String {
        match self.0 {
            Form::Wire => format!("/steps/{step}/args/{place}/value"),
            Form::Friendly => format!("/steps/{step}/query"),
        }
    }

    /// One of the steps the answer uses.
    pub(crate) fn answer_use(self, place: usize) -> String {
        format!("/answer/uses/{place}")
    }
}

/// The pointer to a member of what `at` points to.
pub(crate) fn member(at: &str, name: &str) -> String {
    format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"))
}
