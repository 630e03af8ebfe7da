//! Some models that run at home think aloud before they answer, between
//! `<think>` and `</think>`. That is not their answer.

use std::mem;

const OPEN: &str = "<think>";
const CLOSE: &str = "</think>";

/// Lets an answer through and keeps the thoughts before it.
#[derive(Debug)]
pub(crate) enum Thinking {
    /// Nothing but a beginning of the mark, or blanks, came so far.
    Unsure(String),
    /// Within thoughts; the end of them may be about to come.
    Within(String),
    /// The answer has begun.
    Over,
    /// The thoughts are over, and blanks may follow.
    Blank,
}

impl Default for Thinking {
    fn default() -> Self {
        Self::Unsure(String::new())
    }
}

impl Thinking {
    /// What of the text so far belongs to the answer and was not let through
    /// before.
    pub(crate) fn feed(&mut self, piece: &str) -> String {
        match self {
            Self::Over => piece.to_owned(),
            Self::Blank => self.begin(piece.trim_start().to_owned()),
            Self::Unsure(held) => {
                held.push_str(piece);
                let text = held.trim_start();
                if let Some(thoughts) = text.strip_prefix(OPEN) {
                    let thoughts = thoughts.to_owned();
                    *self = Self::Within(String::new());
                    self.feed(&thoughts)
                } else if OPEN.starts_with(text) {
                    String::new()
                } else {
                    let answer = mem::take(held);
                    self.begin(answer)
                }
            }
            Self::Within(held) => {
                held.push_str(piece);
                if let Some(end) = held.find(CLOSE) {
                    let answer = held[end + CLOSE.len()..].trim_start().to_owned();
                    *self = Self::Blank;
                    return self.begin(answer);
                }
                // Only what may be the beginning of the mark is kept.
                let spare = held.len().saturating_sub(CLOSE.len());
                let keep = (0..=spare).rev().find(|at| held.is_char_boundary(*at)).unwrap_or_default();
                held.drain(..keep);
                String::new()
            }
        }
    }

    /// What was held back and, as it turned out, is the answer.
    pub(crate) fn finish(self) -> String {
        match self {
            Self::Unsure(held) => held,
            Self::Within(_) | Self::Over | Self::Blank => String::new(),
        }
    }

    fn begin(&mut self, answer: String) -> String {
        if !answer.is_empty() {
            *self = Self::Over;
        }
        answer
    }
}

/// A whole text without the thoughts before it.
pub(crate) fn without_thoughts(text: &str) -> String {
    let mut thinking = Thinking::default();
    let mut answer = thinking.feed(text);
    answer.push_str(&thinking.finish());
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thoughts_go_however_they_are_cut() {
        let rows = [
            ("hello <think> not a thought </think>", "hello <think> not a thought </think>"),
            ("<think>well, é</think>\n\nhello </think> you", "hello </think> you"),
            ("\n<think></think>hello", "hello"),
            ("<thinner", "<thinner"),
            ("<thi", "<thi"),
            ("<think>never ends", ""),
            ("  two blanks", "  two blanks"),
            ("", ""),
        ];
        for (text, expected) in rows {
            assert_eq!(without_thoughts(text), expected, "{text:?}");
            for cut in 1..=text.chars().count().max(1) {
                let mut thinking = Thinking::default();
                let chars: Vec<char> = text.chars().collect();
                let mut answer: String =
                    chars.chunks(cut).map(|piece| thinking.feed(&piece.iter().collect::<String>())).collect();
                answer.push_str(&thinking.finish());
                assert_eq!(answer, expected, "{text:?} cut at {cut}");
            }
        }
    }
}
