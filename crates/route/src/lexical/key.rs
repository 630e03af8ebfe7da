//! A stem as a number.

/// What a stem is looked up by (FNV-1a, 64 bits). Two stems in a million
/// share one about once in thirty million catalogues.
pub(crate) type Key = u64;

/// The number of a stem.
pub(crate) fn key(stem: &str) -> Key {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    stem.bytes().fold(OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME))
}
