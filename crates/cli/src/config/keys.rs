//! Every key of `concertmaster.toml`.

use std::time::Duration;

use super::access_keys::{FIXED, LISTEN, PRINCIPAL, PROMPTS, RENAMED, RESOURCES, TOOLS_EXCLUDED, TOOLS_INCLUDED};
use super::choices::{ANSWERS, EFFECTS, EXPOSURES};
use super::oauth_keys::OAUTH;
use super::shape::{Choice, Key, Others, Shape, TableShape};
use super::state_keys::{APPROVALS, STATE};
use super::tariff_keys::{BREAKER, BUDGET, CACHE, PER_TOOL, RATE};

/// The shortest timeout that can be configured.
pub(crate) const SHORTEST_TIMEOUT: Duration = Duration::from_millis(100);
/// The longest timeout of one call or one start that can be configured.
pub(crate) const LONGEST_TIMEOUT: Duration = Duration::from_secs(600);
/// The longest a whole query may be given.
pub(crate) const LONGEST_ANSWER: Duration = Duration::from_secs(3600);
/// The most calls at once that can be configured for one server.
pub(crate) const MOST_CONCURRENCY: u64 = 1024;
/// The most upstream calls one query can be given.
pub(crate) const MOST_CALLS_PER_QUERY: u64 = 10_000;

/// The most often that a request to a model can be sent again.
pub(crate) const MOST_MODEL_RETRIES: u64 = 10;
/// The longest context of a model that can be configured, in tokens.
pub(crate) const MOST_CONTEXT_TOKENS: u64 = 10_000_000;

/// The least and the most a result may be limited to, in bytes.
const BYTES: Shape = Shape::Count { least: 4096, most: 1 << 30 };

const TIMEOUT: Shape = Shape::Time { least: SHORTEST_TIMEOUT, most: LONGEST_TIMEOUT };

/// The whole file.
pub(crate) static ROOT: TableShape = TableShape {
    keys: &[
        Key::new(
            "servers",
            Shape::Map(&Shape::Table(&SERVER)),
            "The MCP servers, by the name they go by here: letters, digits, `-` and `_`, at most 40.",
        ),
        Key::new("policy", Shape::Table(&POLICY), "What may be called unasked."),
        Key::new("limits", Shape::Table(&LIMITS), "How long and how much one query may take."),
        Key::new("cache", Shape::Table(&CACHE), "What is answered from earlier results."),
        Key::new("breaker", Shape::Table(&BREAKER), "When a server that keeps failing is left alone."),
        Key::new(
            "facts",
            Shape::Map(&Shape::Text),
            "What is known of you and your work. A fact fills the argument of the same name when a query leaves it open: \
             `owner`, `repo`, `timezone`.",
        ),
        Key::new(
            "model",
            Shape::Table(&MODEL),
            "The language model that plans what the embedded planner cannot and writes answers. Without it, everything is \
             done without.",
        ),
        Key::new(
            "models",
            Shape::Table(&MODELS),
            "Models of their own for single purposes; what one leaves out is as in `model`, but for another provider's address \
             and key, and another model's prices.",
        ),
        Key::new("state", Shape::Table(&STATE), "Where approvals, budgets and the journal of effects are kept."),
        Key::new(
            "principals",
            Shape::Map(&Shape::Table(&PRINCIPAL)),
            "Who may come in over HTTP, by name, and what each may see and use. Without it, whoever reaches the address is \
             you. Standard input and output are always yours.",
        ),
        Key::with_default("expose", Shape::Choice(EXPOSURES), "\"all\"", "Which tools `serve` lists to its clients."),
        Key::new("listen", Shape::Table(&LISTEN), "Where `serve` offers all of this to MCP clients."),
    ],
    others: Others::Refused,
};

/// `[servers.NAME]`.
pub(crate) static SERVER: TableShape = TableShape {
    keys: &[
        Key::new("command", Shape::Text, "The program to start, spoken to over its standard input and output."),
        Key::new("args", Shape::Texts, "The program's arguments."),
        Key::new(
            "env",
            Shape::Map(&Shape::Text),
            "Environment variables for the program, beside the few every program gets (`PATH`, `HOME`, `LANG` …). \
             Nothing else of your environment reaches it.",
        ),
        Key::new(
            "inherit_env",
            Shape::Texts,
            "More variables of your own environment that the program may see, by name.",
        ),
        Key::new("cwd", Shape::Text, "The directory the program starts in: an absolute path."),
        Key::new("url", Shape::Url, "The address of a server spoken to over Streamable HTTP."),
        Key::new("headers", Shape::Map(&Shape::Text), "HTTP headers for every request to `url`."),
        Key::new("oauth", Shape::Table(&OAUTH), "How permission is got where the server at `url` asks for it."),
        Key::new(
            "description",
            Shape::Text,
            "What the server is for, in your words; queries are routed by it. Without it, the server's own words are used.",
        ),
        Key::new("tags", Shape::Texts, "More words to find the server by."),
        Key::new("timeout", TIMEOUT, "The longest that one call may take; without it, `limits.call_timeout`."),
        Key::with_default(
            "start_timeout",
            TIMEOUT,
            "\"30s\"",
            "The longest the server may take to start and list its tools.",
        ),
        Key::with_default(
            "max_concurrency",
            Shape::Count { least: 1, most: MOST_CONCURRENCY },
            "8",
            "The most calls at once; further ones wait.",
        ),
        Key::new(
            "prefix",
            Shape::Text,
            "What the names of its tools and prompts begin with when we serve them, in place of the server's own name; empty \
             for names as the server gives them.",
        ),
        Key::with_default(
            "trust_annotations",
            Shape::Flag,
            "false",
            "Whether the server is believed when it says that a tool is harmless. Without trust, what it says can only make \
             matters graver.",
        ),
        TOOLS_INCLUDED,
        TOOLS_EXCLUDED,
        RENAMED,
        FIXED,
        RESOURCES,
        PROMPTS,
        Key::new(
            "effects",
            Shape::Map(&Shape::Choice(EFFECTS)),
            "What calling a tool does, by tool name. It outranks everything the server says.",
        ),
        Key::new("idempotent", Shape::Texts, "Tools that may safely be called twice with the same arguments."),
        Key::with_default(
            "private",
            Shape::Flag,
            "false",
            "Whether what the server says is for you and itself alone: a call that would tell another server any of it \
             waits for your word, unless `readers` names that server.",
        ),
        Key::new(
            "readers",
            Shape::Texts,
            "The other servers that may be told what this one says, by name. Without it, all of them, or none if it is \
             `private`.",
        ),
        Key::new("examples", Shape::Map(&Shape::Texts), "Queries that a tool is meant to serve, by tool name."),
        Key::with_default("cost", Shape::Price, "0", "What one call costs, in your unit of price."),
        Key::new("budget", Shape::Table(&BUDGET), "What one principal may spend at this server."),
        Key::new("rate", Shape::Table(&RATE), "How fast one principal may call it."),
        Key::new("total_rate", Shape::Table(&RATE), "How fast all principals together may call it."),
        Key::new(
            "alternatives",
            Shape::Texts,
            "Servers whose tools of the same name serve as well: tried when this one fails, is spent or is too slow, and \
             first when they are cheaper or quicker. Only for tools that read or are `idempotent`.",
        ),
        Key::new("per_tool", Shape::Map(&Shape::Table(&PER_TOOL)), "What holds of single tools, by tool name."),
        Key::new(
            "idle_timeout",
            TIMEOUT,
            "The longest that a call may go without a word of progress; `timeout` holds in any case.",
        ),
        Key::new(
            "hedge_after",
            TIMEOUT,
            "After how long a read that has not been answered is sent once more beside itself; without it, never.",
        ),
        Key::new(
            "cache_ttl",
            Shape::Time { least: Duration::ZERO, most: LONGEST_ANSWER },
            "For how long its results are kept, instead of `cache.ttl`; `\"0s\"` for not at all.",
        ),
    ],
    others: Others::Refused,
};

/// `[policy]`.
static POLICY: TableShape = TableShape {
    keys: &[
        Key::with_default(
            "additive",
            Shape::Choice(ANSWERS),
            "\"permit\"",
            "Calls that add something, made of your own words alone.",
        ),
        Key::with_default(
            "additive_from_results",
            Shape::Choice(ANSWERS),
            "\"ask\"",
            "Calls that add something made of what a server answered.",
        ),
        Key::with_default(
            "destructive",
            Shape::Choice(ANSWERS),
            "\"ask\"",
            "Calls that may undo, overwrite or act beyond recall, and those of which nothing is known.",
        ),
        Key::with_default(
            "private",
            Shape::Choice(ANSWERS),
            "\"ask\"",
            "Calls that would tell a server what it may not read; see `servers.*.private` and `readers`.",
        ),
        Key::new(
            "approvals",
            Shape::Table(&APPROVALS),
            "Which way a human's word may come, and how long it is waited for.",
        ),
        Key::new("budget", Shape::Table(&BUDGET), "What one principal may spend in all."),
        Key::new("rate", Shape::Table(&RATE), "How fast one principal may call anything."),
    ],
    others: Others::Refused,
};

/// `[limits]`.
static LIMITS: TableShape = TableShape {
    keys: &[
        Key::with_default(
            "answer_within",
            Shape::Time { least: SHORTEST_TIMEOUT, most: LONGEST_ANSWER },
            "\"30s\"",
            "The longest a whole query may take; what is there by then is the answer.",
        ),
        Key::with_default(
            "calls_per_query",
            Shape::Count { least: 1, most: MOST_CALLS_PER_QUERY },
            "100",
            "The most upstream calls one query may make.",
        ),
        Key::new(
            "cost_per_query",
            Shape::Price,
            "The most they may cost, in your unit of price; without it, anything.",
        ),
        Key::with_default(
            "result_bytes",
            BYTES,
            "1048576",
            "The largest result of one call that is handed on whole, in bytes; of a larger one whole items are kept, and \
             the rest can be read on.",
        ),
        Key::with_default("plan_bytes", BYTES, "8388608", "The most bytes of results that one plan takes in."),
        Key::with_default(
            "model_calls_per_query",
            Shape::Count { least: 1, most: MOST_CALLS_PER_QUERY },
            "24",
            "The most calls to language models one query may make.",
        ),
        Key::with_default(
            "call_timeout",
            TIMEOUT,
            "\"30s\"",
            "The longest one call may take, for servers without a `timeout` of their own.",
        ),
        Key::with_default(
            "start_grace",
            TIMEOUT,
            "\"10s\"",
            "How long a query waits for servers that have only just been started; it then goes on with those that are there.",
        ),
    ],
    others: Others::Refused,
};

/// `[model]`, and each of `[models.PURPOSE]`.
static MODEL: TableShape = TableShape {
    keys: &[
        Key::new("provider", Shape::Choice(PROVIDERS), "The wire format it speaks."),
        Key::new("name", Shape::Text, "The model, as its provider names it."),
        Key::new("base_url", Shape::Url, "Where it is; without it, the vendor's own address."),
        Key::new(
            "key",
            Shape::Text,
            "Its key: `${NAME}` or `${file:path}`. Without it, the vendor's usual variable (`OPENAI_API_KEY` …) for the \
             vendor's own address, and none for any other.",
        ),
        Key::new("proxy", Shape::Text, "The proxy to it: a URL, or `none`. Without it, the one the environment names."),
        Key::new("timeout", TIMEOUT, "The longest one request may take, retries included; without it, `2m`."),
        Key::new(
            "max_retries",
            Shape::Count { least: 0, most: MOST_MODEL_RETRIES },
            "How often a request is sent again after a rate limit or a failure of the provider; without it, twice.",
        ),
        Key::new(
            "structured",
            Shape::Choice(STRUCTURED),
            "What makes it answer in a given shape; without it, the best its provider has. The answer is checked here in \
             any case.",
        ),
        Key::new("context_tokens", Shape::Count { least: 1024, most: MOST_CONTEXT_TOKENS }, "For Ollama: `num_ctx`."),
        Key::new("input_price", Shape::Price, "What a million tokens of prompt cost, in your unit of price."),
        Key::new("output_price", Shape::Price, "What a million tokens of completion cost."),
        Key::new("cached_price", Shape::Price, "What a million tokens cost that the provider reads from its cache."),
        Key::new(
            "cache_write_price",
            Shape::Price,
            "What a million tokens cost that the provider writes to its cache; without it, `input_price`.",
        ),
    ],
    others: Others::Refused,
};

/// `[models]`.
static MODELS: TableShape = TableShape {
    keys: &[
        Key::new("route", Shape::Table(&MODEL), "Splits queries that retrieval cannot place: small and fast."),
        Key::new("plan", Shape::Table(&MODEL), "Plans."),
        Key::new("extract", Shape::Table(&MODEL), "Fills arguments and finds things in results: small and fast."),
        Key::new("synthesize", Shape::Table(&MODEL), "Writes answers."),
    ],
    others: Others::Refused,
};

/// Wire formats.
const PROVIDERS: &[Choice] = &[
    Choice {
        word: "openai",
        doc: "OpenAI and every server that speaks its chat completions: vLLM, llama.cpp, LM Studio …",
    },
    Choice { word: "anthropic", doc: "Anthropic" },
    Choice { word: "gemini", doc: "Google Gemini" },
    Choice { word: "ollama", doc: "Ollama" },
];

/// What makes a completion have a shape.
const STRUCTURED: &[Choice] = &[
    Choice { word: "schema", doc: "the provider decodes within the schema" },
    Choice { word: "tool", doc: "one strict tool that the model is made to call" },
    Choice { word: "json", doc: "the provider's JSON mode, the schema in the prompt" },
    Choice { word: "text", doc: "nothing but the schema in the prompt" },
];
