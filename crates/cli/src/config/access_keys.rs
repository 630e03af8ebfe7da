//! The keys that say what is offered, to whom, and where: of `[servers.NAME]`,
//! `[principals.NAME]` and `[listen]`.

use super::shape::{Key, Others, Shape, TableShape};

const INCLUDE: &str = "Only these, by name or with `*` and `?`; without it, all of them.";

const EXCLUDE: &str = "None of these, whatever else is said.";

/// `include` and `exclude` of a server's tools.
pub(super) const TOOLS_INCLUDED: Key = Key::new(
    "include",
    Shape::Texts,
    "The tools that are offered, by the names the server gives them, or with `*` and `?`; without it, all of them.",
);
pub(super) const TOOLS_EXCLUDED: Key =
    Key::new("exclude", Shape::Texts, "Tools that are not offered, whatever `include` says.");

/// Names that tools go by here.
pub(super) const RENAMED: Key = Key::new(
    "rename",
    Shape::Map(&Shape::Text),
    "What tools go by here, by the names the server gives them. Every other key names them as they go by here.",
);

/// Arguments that the operator gives.
pub(super) const FIXED: Key = Key::new(
    "fixed",
    Shape::Map(&Shape::Map(&Shape::Json)),
    "Arguments that go with every call of a tool, by tool name. They are taken out of the schema that clients and \
     planners see, and nobody else can give them.",
);

/// `resources` and `prompts` of a server.
pub(super) const RESOURCES: Key =
    Key::new("resources", Shape::Table(&SELECTED), "Which of its resources and templates are offered, by URI.");
pub(super) const PROMPTS: Key = Key::new(
    "prompts",
    Shape::Table(&SELECTED),
    "Which of its prompts are offered, by the names the server gives them.",
);

static SELECTED: TableShape = TableShape {
    keys: &[Key::new("include", Shape::Texts, INCLUDE), Key::new("exclude", Shape::Texts, EXCLUDE)],
    others: Others::Refused,
};

/// `[principals.NAME]`.
pub(super) static PRINCIPAL: TableShape = TableShape {
    keys: &[
        Key::new(
            "token",
            Shape::Text,
            "What it shows to be let in, as `Authorization: Bearer …`: `${NAME}` or `${file:path}`, 24 characters or more.",
        ),
        Key::new(
            "old_token",
            Shape::Text,
            "One more that is taken as well, while its clients change from one to the other.",
        ),
        Key::new(
            "servers",
            Shape::Texts,
            "The servers it may see and use, by name or with `*` and `?`; without it, all of them, or with `tools` those \
             tools alone.",
        ),
        Key::new(
            "tools",
            Shape::Texts,
            "The tools it may see and call, as `server.tool`, also with `*` and `?`; without it, all tools of `servers`.",
        ),
    ],
    others: Others::Refused,
};

/// `[listen]`.
pub(super) static LISTEN: TableShape = TableShape {
    keys: &[
        Key::new(
            "http",
            Shape::Address,
            "Serve Streamable HTTP here instead of standard input and output. Any address but a loopback one needs \
             `principals`.",
        ),
        Key::new(
            "hosts",
            Shape::Texts,
            "Names and addresses that clients reach it by, with or without a port, beside those of this machine and the \
             address it listens on.",
        ),
        Key::new("origins", Shape::Texts, "Web origins whose pages may call, such as `https://desk.example`."),
    ],
    others: Others::Refused,
};
