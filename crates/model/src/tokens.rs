//! How many tokens a text may be, without any model's tokenizer.

/// Twelfths of a token, so that the sum is exact in integers.
const TOKEN: u64 = 12;

/// An estimate for budgets, leaning to the high side: too much room costs
/// little, too little room cuts a prompt off unseen. It never falls as a text
/// grows.
///
/// The weights were set by counting the texts of this repository with two
/// published tokenizers, and taking the larger count. By kind of text (prose,
/// Rust, JSON Schema, prompts, queries, a workspace of mixed files) the
/// estimate came to 1.03 to 1.49 times the count; the lowest of any file was
/// 0.91. Texts that no dictionary holds cost more than they look: a line of
/// random identifiers came to 0.61 times, other languages to between 0.70
/// (Polish) and 2.15 times (Russian). Whoever must not run over keeps a third
/// in reserve. `tools/token-estimates` counts again.
///
/// ```
/// assert_eq!(concertmaster_model::estimate_tokens(""), 0);
/// assert_eq!(concertmaster_model::estimate_tokens("What changed in PR #123?"), 8);
/// ```
pub fn estimate_tokens(text: &str) -> u32 {
    let twelfths: u64 = text.chars().map(weight).sum();
    u32::try_from(twelfths.div_ceil(TOKEN)).unwrap_or(u32::MAX)
}

/// The length in bytes of the longest prefix estimated at no more than so
/// many tokens.
pub(crate) fn prefix_within(text: &str, tokens: u32) -> usize {
    let mut left = u64::from(tokens) * TOKEN;
    for (at, c) in text.char_indices() {
        match left.checked_sub(weight(c)) {
            Some(rest) => left = rest,
            None => return at,
        }
    }
    text.len()
}

fn weight(c: char) -> u64 {
    match c {
        'a'..='z' => 3,
        'A'..='Z' => 5,
        ' ' => 1,
        // Digits go by threes at best, signs by one or two.
        '\0'..='\u{7f}' => 8,
        '\u{80}'..='\u{2ff}' => 10,
        '\u{300}'..='\u{10ff}' => TOKEN,
        '\u{1100}'..='\u{1efff}' => 14,
        // Pictures, most of them two or three tokens.
        _ => 30,
    }
}
