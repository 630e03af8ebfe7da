//! The head of a request at the front door. The body is `concertmaster_gauntlet`'s.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| concertmaster_fuzz::run("wire_heads", bytes));
