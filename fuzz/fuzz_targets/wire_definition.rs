//! What a server lists, and values held against it. The body is `concertmaster_gauntlet`'s.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| concertmaster_fuzz::run("wire_definition", bytes));
