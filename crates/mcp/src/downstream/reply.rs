//! An answer's bytes, in as few copies as its size deserves.

use bytes::Bytes;

/// Up to this size, in bytes, a text is copied to stand in one piece with what
/// is around it; beyond it, copying costs more than pieces do.
const COPIED: usize = 4 * 1024;

/// One JSON-RPC answer: its pieces in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    head: Bytes,
    text: Bytes,
    tail: Bytes,
}

impl Reply {
    /// A text between what stands before and after it. `text` is asked for
    /// its bytes once if they are few, and else kept as it is.
    pub(crate) fn around<T>(head: &[&str], text: T, from: usize, tail: &'static str) -> Self
    where
        T: AsRef<[u8]> + Send + 'static,
    {
        let written = &text.as_ref()[from..];
        if written.len() <= COPIED {
            let before: usize = head.iter().map(|piece| piece.len()).sum();
            let mut whole = Vec::with_capacity(before + written.len() + tail.len());
            head.iter().for_each(|piece| whole.extend_from_slice(piece.as_bytes()));
            whole.extend_from_slice(written);
            whole.extend_from_slice(tail.as_bytes());
            return whole.into();
        }
        let head = head.concat().into();
        Self { head, text: Bytes::from_owner(text).slice(from..), tail: Bytes::from_static(tail.as_bytes()) }
    }

    /// How long it is, in bytes.
    pub(crate) fn len(&self) -> usize {
        self.head.len() + self.text.len() + self.tail.len()
    }

    /// Whether nothing of it is left.
    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes the next piece that has anything in it.
    pub(crate) fn next_piece(&mut self) -> Option<Bytes> {
        let pieces = [&mut self.head, &mut self.text, &mut self.tail];
        pieces.into_iter().map(std::mem::take).find(|piece| !piece.is_empty())
    }

    /// All of it in one piece.
    pub(crate) fn whole(self) -> Bytes {
        if self.text.is_empty() && self.tail.is_empty() {
            return self.head;
        }
        [self.head, self.text, self.tail].concat().into()
    }
}

impl From<Vec<u8>> for Reply {
    fn from(whole: Vec<u8>) -> Self {
        Bytes::from(whole).into()
    }
}

impl From<String> for Reply {
    fn from(whole: String) -> Self {
        Bytes::from(whole).into()
    }
}

impl From<Bytes> for Reply {
    fn from(head: Bytes) -> Self {
        Self { head, ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_make_up_the_whole_whatever_their_size() {
        for size in [0, 1, COPIED, COPIED + 1, 100_000] {
            let text = format!("-{}", "x".repeat(size));
            let expected = Bytes::from(format!("ab{}c", &text[1..]));
            let mut reply = Reply::around(&["a", "b"], text, 1, "c");
            assert_eq!((reply.clone().whole(), reply.len()), (expected.clone(), expected.len()));
            let mut pieces = Vec::new();
            while let Some(piece) = reply.next_piece() {
                assert!(!piece.is_empty());
                pieces.extend_from_slice(&piece);
            }
            assert_eq!(pieces, expected, "{size}");
            assert!(reply.is_empty());
        }
    }
}
