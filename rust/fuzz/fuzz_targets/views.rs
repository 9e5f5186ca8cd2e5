//! libFuzzer's way into the hostile programs of `rust/wengert/tests/fuzz`.
#![no_main]

#[path = "../../wengert/tests/fuzz/mod.rs"]
mod fuzz;

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::run(data));
