//! Matrix products against a plain triple loop, for all layouts and odd sizes.

use wengert_kernels::{Float, Int, gemm, int_gemm, threads};

fn numbers<T: Float>(n: usize, seed: u64) -> Vec<T> {
    let mut x = vec![T::ZERO; n];
    wengert_kernels::random::fill_normal(seed, 0, &mut x);
    x
}

fn check<T: Float>(m: usize, n: usize, k: usize, epsilon: f64) {
    let (a, b) = (numbers::<T>(m * k, 1), numbers::<T>(k * n, 2));
    for layout in 0..16 {
        let strides = |rows: usize, cols: usize, t: bool| {
            if t { (1, rows as isize) } else { (cols as isize, 1) }
        };
        let (ars, acs) = strides(m, k, layout & 1 == 1);
        let (brs, bcs) = strides(k, n, layout & 2 == 2);
        let (ors, ocs) = strides(m, n, layout & 4 == 4);
        let add = layout & 8 == 8;
        let mut out = vec![T::from_f64(0.5); m * n];
        // SAFETY: sizes as allocated.
        unsafe { gemm::gemm(m, n, k, out.as_mut_ptr(), ors, ocs, a.as_ptr(), ars, acs, b.as_ptr(), brs, bcs, add) };
        for i in 0..m {
            for j in 0..n {
                let at = |x: &[T], r: isize, c: isize, i: usize, j: usize| {
                    x[(i as isize * r + j as isize * c) as usize].to_f64()
                };
                let (mut sum, mut size) = (if add { 0.5 } else { 0.0 }, 1.0);
                for p in 0..k {
                    let v = at(&a, ars, acs, i, p) * at(&b, brs, bcs, p, j);
                    sum += v;
                    size += v.abs();
                }
                let got = at(&out, ors, ocs, i, j);
                assert!(
                    (got - sum).abs() <= epsilon * size * 4.0,
                    "{m} {n} {k} layout {layout} [{i}, {j}]: {got} {sum}"
                );
            }
        }
    }
}

#[test]
fn all_layouts_and_sizes() {
    let sizes = [0, 1, 2, 3, 5, 8, 9, 15, 16, 17, 31, 33];
    for m in sizes {
        for n in sizes {
            for k in [0, 1, 2, 3, 7, 16, 33] {
                check::<f32>(m, n, k, 1e-6);
                check::<f64>(m, n, k, 1e-15);
            }
        }
    }
    for (m, n, k) in [(64, 64, 64), (65, 63, 67), (100, 1, 300), (1, 100, 300), (3, 200, 129), (130, 70, 90)] {
        check::<f32>(m, n, k, 1e-5);
        check::<f64>(m, n, k, 1e-14);
    }
}

#[test]
fn broadcast_inputs_and_gaps() {
    let (m, n, k) = (9, 20, 13);
    let (a, b) = (numbers::<f64>(k, 1), numbers::<f64>(2 * n, 2));
    let mut out = vec![7.0; m * n * 3];
    // SAFETY: A repeats one row, B one row with gaps, the output has gaps.
    unsafe { gemm::gemm(m, n, k, out.as_mut_ptr(), 3 * n as isize, 3, a.as_ptr(), 0, 1, b.as_ptr(), 0, 2, false) };
    let sum: f64 = a.iter().sum();
    for (i, v) in out.iter().enumerate() {
        let want = if i % 3 == 0 { sum * b[(i / 3) % n * 2] } else { 7.0 };
        assert!((v - want).abs() < 1e-12);
    }
}

#[test]
fn same_bits_on_any_number_of_threads() {
    let n = 301;
    let (a, b) = (numbers::<f32>(n * n, 1), numbers::<f32>(n * n, 2));
    let mut all = Vec::new();
    for threads in [1, 2, 3] {
        threads::set_num_threads(threads);
        let (mut out, mut v) = (vec![0f32; n * n], vec![0f32; n]);
        let s = n as isize;
        // SAFETY: sizes as allocated.
        unsafe {
            gemm::gemm(n, n, n, out.as_mut_ptr(), s, 1, a.as_ptr(), s, 1, b.as_ptr(), 1, s, false);
            gemm::gemm(n, 1, n, v.as_mut_ptr(), 1, 1, a.as_ptr(), s, 1, b.as_ptr(), 1, 1, false);
        }
        out.extend(v);
        all.push(out.iter().map(|v| v.to_bits()).collect::<Vec<_>>());
    }
    threads::set_num_threads(1);
    assert!(all[0] == all[1] && all[0] == all[2]);
}

fn whole<T: Int>(m: usize, n: usize, k: usize) {
    let number = |i: usize, seed: i64| T::from_i64((i as i64 + seed).wrapping_mul(0x1234_5678_9abc_def1) >> 7);
    let a: Vec<T> = (0..m * k).map(|i| number(i, 3)).collect();
    let b: Vec<T> = (0..k * n).map(|i| number(i, 5)).collect();
    for layout in 0..4 {
        let strides = |rows: usize, cols: usize, t: bool| if t { (1, rows) } else { (cols, 1) };
        let ((ars, acs), (brs, bcs)) = (strides(m, k, layout & 1 == 1), strides(k, n, layout & 2 == 2));
        let mut out = vec![T::ONE; m * n];
        let [ar, ac, br, bc] = [ars, acs, brs, bcs].map(|s| s as isize);
        // SAFETY: sizes as allocated.
        unsafe { int_gemm(m, n, k, out.as_mut_ptr(), a.as_ptr(), ar, ac, b.as_ptr(), br, bc) };
        for i in 0..m {
            for j in 0..n {
                let sum = (0..k)
                    .fold(T::ZERO, |sum, p| sum.wrapping_add(a[i * ars + p * acs].wrapping_mul(b[p * brs + j * bcs])));
                assert_eq!(out[i * n + j], sum, "{m} {n} {k} layout {layout} [{i}, {j}]");
            }
        }
    }
}

#[test]
fn integer_products_are_exact_modulo_the_width() {
    for (m, n, k) in [
        (1, 1, 1),
        (3, 5, 4),
        (7, 1, 9),
        (1, 9, 5),
        (0, 2, 3),
        (2, 0, 3),
        (2, 3, 0),
        (33, 17, 6),
        (5, 1030, 3),
        (3, 1, 1030),
    ] {
        whole::<u8>(m, n, k);
        whole::<i8>(m, n, k);
        whole::<i16>(m, n, k);
        whole::<i32>(m, n, k);
        whole::<i64>(m, n, k);
    }
}
