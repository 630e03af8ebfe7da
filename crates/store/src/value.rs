//! Small values with an expiry.

/// The largest value a store keeps, in bytes: 1 MiB.
pub const MAX_VALUE_BYTES: usize = 1024 * 1024;
