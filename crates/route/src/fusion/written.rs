//! Numbers in the order in which the training wrote them.

/// Why bytes are not what the training writes: they end too early or too
/// late, or name what is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable;

/// What is left to read; numbers are little end first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Written<'a>(pub(super) &'a [u8]);

impl Written<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Unreadable> {
        let (own, rest) = self.0.split_first_chunk::<N>().ok_or(Unreadable)?;
        self.0 = rest;
        Ok(*own)
    }

    /// The next byte.
    pub(super) fn byte(&mut self) -> Result<u8, Unreadable> {
        self.take().map(u8::from_le_bytes)
    }

    /// The next two bytes.
    pub(super) fn pair(&mut self) -> Result<u16, Unreadable> {
        self.take().map(u16::from_le_bytes)
    }

    /// The next four bytes, a finite number.
    pub(super) fn number(&mut self) -> Result<f32, Unreadable> {
        self.take().map(f32::from_le_bytes).and_then(|own| if own.is_finite() { Ok(own) } else { Err(Unreadable) })
    }

    /// The next `count` numbers.
    pub(super) fn numbers(&mut self, count: usize) -> Result<Vec<f32>, Unreadable> {
        (0..count).map(|_| self.number()).collect()
    }
}
