//! Philox against the published answers; independence of threads and offsets; rough moments.

use wengert_kernels::{Float, random, threads};

/// Known answers of Random123 (kat_vectors, philox4x32 10).
#[test]
fn known_answers() {
    assert_eq!(random::philox(0, 0), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
    assert_eq!(random::philox(u64::MAX, u128::MAX), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
    // Counter 243f6a88 85a308d3 13198a2e 03707344, key a4093822 299f31d0.
    let counter = 0x0370_7344_1319_8a2e_85a3_08d3_243f_6a88;
    assert_eq!(random::philox(0x299f_31d0_a409_3822, counter), [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]);
}

fn pieces_agree<T: Copy + Default + PartialEq>(fill: fn(u64, u64, &mut [T])) {
    let n = 100_003;
    let mut want = vec![T::default(); n];
    fill(5, 17, &mut want);
    for threads in [2, 3] {
        threads::set_num_threads(threads);
        let mut got = vec![T::default(); n];
        fill(5, 17, &mut got);
        assert!(got == want);
    }
    threads::set_num_threads(1);
    let mut got = vec![T::default(); n];
    let mut at = 0;
    for (i, step) in [1usize, 2, 3, 64, 255, 256, 257, 1000].into_iter().cycle().enumerate() {
        let end = n.min(at + step);
        fill(5, 17 + at as u64, &mut got[at..end]);
        at = end;
        if at == n {
            assert!(i > 0);
            break;
        }
    }
    assert!(got == want);
}

#[test]
fn element_depends_on_key_and_position_only() {
    pieces_agree::<f32>(random::fill_uniform);
    pieces_agree::<f64>(random::fill_uniform);
    pieces_agree::<f32>(random::fill_normal);
    pieces_agree::<f64>(random::fill_normal);
    pieces_agree::<u64>(random::fill_bits);
    let mut end = [0f64; 9];
    random::fill_normal(1, u64::MAX - 3, &mut end);
    assert!(end.iter().all(|v| v.is_finite()));
}

#[test]
fn bits_are_the_words_of_the_counters() {
    let mut out = [0u64; 5];
    random::fill_bits(7, 3, &mut out);
    let word = |i: u64| {
        let [a, b, c, d] = random::philox(7, u128::from(i / 2));
        let (high, low) = if i.is_multiple_of(2) { (a, b) } else { (c, d) };
        u64::from(high) << 32 | u64::from(low)
    };
    assert_eq!(out, [3, 4, 5, 6, 7].map(word));
}

fn moments<T: Float>() {
    let n = 400_000;
    let mut x = vec![T::ZERO; n];
    let mean = |x: &[T], power: i32| x.iter().map(|v| v.to_f64().powi(power)).sum::<f64>() / n as f64;
    random::fill_uniform(9, 0, &mut x);
    assert!(x.iter().all(|v| (0.0..1.0).contains(&v.to_f64())));
    assert!((mean(&x, 1) - 0.5).abs() < 0.003 && (mean(&x, 2) - 1.0 / 3.0).abs() < 0.003);
    random::fill_normal(9, 0, &mut x);
    assert!(x.iter().all(|v| v.to_f64().is_finite()));
    assert!(mean(&x, 1).abs() < 0.01 && (mean(&x, 2) - 1.0).abs() < 0.01);
    assert!(mean(&x, 3).abs() < 0.03 && (mean(&x, 4) - 3.0).abs() < 0.06);
}

#[test]
fn moments_are_right() {
    moments::<f32>();
    moments::<f64>();
}
