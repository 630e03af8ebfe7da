//! Lines of messages, in any pieces. The body is `concertmaster_gauntlet`'s.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| concertmaster_fuzz::run("wire_frames", bytes));
