//! How many tokens a text may be, without any model's tokenizer.

/// Twelfths of a token, so that the sum is exact in integers.
const TOKEN: u64 = 12;

/// An estimate for budgets, leaning to the high side: an ASCII letter or
/// digit is a quarter of a token, a blank a twelfth, a line break, other ASCII
/// sign or other alphabetic letter half, anything else (ideographs, emoji)
/// one. For prose, JSON and code in English it lies within about a third
/// above what current tokenizers count. It never falls as a text grows.
///
/// ```
/// assert_eq!(concertmaster_model::estimate_tokens(""), 0);
/// assert_eq!(concertmaster_model::estimate_tokens("What changed in PR #123?"), 6);
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
        'a'..='z' | 'A'..='Z' | '0'..='9' => TOKEN / 4,
        ' ' => TOKEN / 12,
        '\0'..='\u{7f}' => TOKEN / 2,
        '\u{80}'..='\u{10ff}' => TOKEN / 2,
        _ => TOKEN,
    }
}
