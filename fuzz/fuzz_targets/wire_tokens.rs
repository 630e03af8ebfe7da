//! Cursors and sealed states that a client brings back. The body is `concertmaster_gauntlet`'s.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| concertmaster_fuzz::run("wire_tokens", bytes));
