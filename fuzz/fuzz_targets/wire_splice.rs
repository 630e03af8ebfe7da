//! Objects taken apart and put together unread. The body is `concertmaster_gauntlet`'s.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| concertmaster_fuzz::run("wire_splice", bytes));
