//! The named points at which a process may die, and a disk may fail.

use std::io;

/// A point in a transaction. What a crash there may leave behind is what the
/// next process has to cope with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Point {
    /// The directory is held; nothing was read.
    Held,
    /// What others wrote was read; nothing was decided.
    Read,
    /// Decided, and nothing of it written.
    Decided,
    /// Half of the bytes are written.
    HalfWritten,
    /// All bytes are written, and may be lost with the machine.
    Written,
    /// All bytes are kept; nobody was told.
    Kept,
    /// A shorter file was written beside; the old one counts.
    Beside,
    /// The shorter file counts.
    Replaced,
    /// Whoever asked is being told.
    Told,
}

impl Point {
    /// Every point, in the order of a transaction.
    pub const ALL: [Self; 9] = [
        Self::Held,
        Self::Read,
        Self::Decided,
        Self::HalfWritten,
        Self::Written,
        Self::Kept,
        Self::Beside,
        Self::Replaced,
        Self::Told,
    ];
}

/// Sees a store pass its points, and may end it there: by ending the process,
/// or as a disk that fails. For tests of what is left behind.
pub trait Watch: Send {
    /// The store is at that point.
    ///
    /// # Errors
    ///
    /// Whatever the disk is to fail with.
    fn at(&mut self, point: Point) -> io::Result<()>;

    /// Bytes of the file after which it is written anew, shorter.
    fn compacts_beyond(&self) -> u64 {
        COMPACT_BYTES
    }
}

/// The size beyond which the file is written anew, shorter, once it is twice
/// what it was the last time, in bytes: 4 MiB.
const COMPACT_BYTES: u64 = 4 * 1024 * 1024;

/// Nobody watches.
pub(super) struct Unwatched;

impl Watch for Unwatched {
    fn at(&mut self, _: Point) -> io::Result<()> {
        Ok(())
    }
}
