//! Hostile programs of views, indexing and writes: some thousands drawn from seeds, and those in `fuzz/corpus`.
#![cfg(not(feature = "gil"))] // The test harness has threads, which feature `gil` forbids.

mod fuzz;

use std::path::Path;

/// SplitMix64 (Steele et al. 2014).
fn bytes(seed: u64) -> Vec<u8> {
    let mut state = seed;
    let mut next = move || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    };
    let words = 4 + next() % 40;
    (0..words).flat_map(|_| next().to_le_bytes()).collect()
}

fn programs(seeds: std::ops::Range<u64>) {
    let broken: Vec<u64> =
        seeds.filter(|&seed| std::panic::catch_unwind(|| fuzz::run(&bytes(seed))).is_err()).collect();
    assert!(broken.is_empty(), "the programs of seeds {broken:?} break a law; see above");
}

#[test]
fn drawn_programs_obey_the_model() {
    let count = std::env::var("WENGERT_FUZZ_PROGRAMS").ok().and_then(|n| n.parse().ok()).unwrap_or(3000);
    programs(0..count);
}

#[test]
fn recorded_programs_obey_the_model() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus");
    let mut files: Vec<_> = std::fs::read_dir(corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let result = std::panic::catch_unwind(|| fuzz::run(&std::fs::read(&file).unwrap()));
        assert!(result.is_ok(), "the program in {} breaks a law; see above", file.display());
    }
}
