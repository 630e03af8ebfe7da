//! Bytes as a row of decisions.

/// Bytes that are taken from the front; once there are no more, zeros.
pub(crate) struct Tape<'a>(&'a [u8]);

impl<'a> Tape<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Whether there is more to come.
    pub(crate) fn is_over(&self) -> bool {
        self.0.is_empty()
    }

    /// The next byte.
    pub(crate) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// One of several.
    pub(crate) fn pick<'c, T>(&mut self, choices: &'c [T]) -> &'c T {
        &choices[usize::from(self.byte()) % choices.len()]
    }

    /// Whether it happens that has a chance of one in so many.
    pub(crate) fn one_in(&mut self, chances: u8) -> bool {
        self.byte().is_multiple_of(chances)
    }

    /// A short text of the bytes that follow: one of those that plans are made
    /// of, or whatever stands there.
    pub(crate) fn text(&mut self, known: &[&str]) -> String {
        let length = self.byte();
        if length < 192 {
            return (*self.pick(known)).to_owned();
        }
        let (text, rest) = self.0.split_at(usize::from(length - 192).min(self.0.len()));
        self.0 = rest;
        String::from_utf8_lossy(text).into_owned()
    }

    /// A stream cut into pieces, whose lengths are decided here, over and
    /// over; whole where nothing is.
    pub(crate) fn pieces<'b>(&self, stream: &'b [u8]) -> Vec<&'b [u8]> {
        let mut pieces = Vec::new();
        let mut rest = stream;
        for length in self.0.iter().cycle() {
            if rest.is_empty() {
                return pieces;
            }
            let (piece, after) = rest.split_at(usize::from(*length).max(1).min(rest.len()));
            pieces.push(piece);
            rest = after;
        }
        vec![stream]
    }
}
