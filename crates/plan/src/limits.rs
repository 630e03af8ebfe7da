//! How much of anything one plan may have. Past any of these a plan is
//! faulty (`limit_exceeded`); nothing is cut silently.

/// The most steps in a plan.
pub const MAX_STEPS: usize = 12;
/// The most items an `each` goes over; also what it goes over when it does
/// not say.
pub const MAX_EACH_ITEMS: usize = 50;
/// The most arguments of one step.
pub const MAX_ARGUMENTS: usize = 64;
/// The most tools a nested query may use, after servers are spelled out.
pub const MAX_SUB_TOOLS: usize = 512;
/// The largest plan document, in bytes of JSON text.
pub const MAX_DOCUMENT_BYTES: usize = 256 * 1024;
/// The deepest nesting of a plan document, in arrays and objects.
pub const MAX_NESTING: usize = 64;
/// The longest step id, in characters.
pub const MAX_ID_CHARS: usize = 32;
/// The longest purpose, in characters.
pub const MAX_PURPOSE_CHARS: usize = 400;
/// How deep queries may nest: a nested query's own plan has no `sub`.
pub const MAX_DEPTH: u8 = 1;
