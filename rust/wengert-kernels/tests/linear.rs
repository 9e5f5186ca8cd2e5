//! Matrix products against a plain triple loop: all layouts, odd sizes, threads and instruction sets.

use wengert_kernels::{Float, Int, gemm, int_gemm, threads};

/// The number of threads is one for the process, and so, with feature `gil`, is the memory that A is packed in.
static THREADS: std::sync::Mutex<()> = std::sync::Mutex::new(());

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

/// A generator of test cases, the same each time.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 33) % n as u64) as usize
    }

    fn of<U: Copy>(&mut self, from: &[U]) -> U {
        from[self.below(from.len())]
    }
}

/// A matrix inside a larger buffer: where its first element lies, and its strides.
struct Lay<T> {
    data: Vec<T>,
    start: usize,
    strides: [isize; 2],
}

impl<T: Float> Lay<T> {
    /// Row-major, column-major, with gaps, backwards, or, if `repeats`, with a stride of zero.
    fn draw(d: &mut Draw, rows: usize, columns: usize, repeats: bool, seed: u64) -> Self {
        let gap = d.of(&[1, 1, 1, 2, 3]);
        let row_major = d.below(2) == 0;
        let (inner, outer) = if row_major { (columns, rows) } else { (rows, columns) };
        let mut size = [inner as isize * gap + d.of(&[0, 0, 3]), gap];
        if repeats && d.below(4) == 0 {
            let which = d.below(3);
            size[0] *= (which == 0) as isize;
            size[1] *= (which == 1) as isize;
        }
        let last = size[0].unsigned_abs() * outer.saturating_sub(1) + size[1].unsigned_abs() * inner.saturating_sub(1);
        let mut start = 0;
        for (s, n) in size.iter_mut().zip([outer, inner]) {
            if d.below(5) == 0 {
                start += s.unsigned_abs() * n.saturating_sub(1);
                *s = -*s;
            }
        }
        let strides = if row_major { size } else { [size[1], size[0]] };
        Lay { data: numbers(last + 1, seed), start, strides }
    }

    fn index(&self, i: usize, j: usize) -> usize {
        (self.start as isize + i as isize * self.strides[0] + j as isize * self.strides[1]) as usize
    }

    fn at(&self, i: usize, j: usize) -> f64 {
        self.data[self.index(i, j)].to_f64()
    }

    fn ptr(&mut self) -> *mut T {
        self.data.as_mut_ptr().wrapping_add(self.start)
    }
}

/// `epsilon` is twice the unit roundoff, for the product and for the reference; equal terms do add up to that bound.
fn drawn<T: Float>(seed: u64, epsilon: f64) {
    let mut d = Draw(seed);
    let side = |d: &mut Draw| match d.below(6) {
        0 => d.below(5),
        1 => 60 + d.below(150),
        2 => d.of(&[8, 12, 16, 24, 32, 48, 64, 128]),
        _ => 1 + d.below(40),
    };
    let (m, n) = (side(&mut d), side(&mut d));
    let k = if d.below(8) == 0 { 250 + d.below(300) } else { side(&mut d) };
    let mut a = Lay::<T>::draw(&mut d, m, k, true, seed);
    let mut b = Lay::<T>::draw(&mut d, k, n, true, seed + 1);
    let mut out = Lay::<T>::draw(&mut d, m, n, false, seed + 2);
    let add = d.below(2) == 1;
    let before = Lay { data: out.data.clone(), ..out };
    let ([ars, acs], [brs, bcs], [ors, ocs]) = (a.strides, b.strides, out.strides);
    // SAFETY: sizes as laid out.
    unsafe { gemm::gemm(m, n, k, out.ptr(), ors, ocs, a.ptr(), ars, acs, b.ptr(), brs, bcs, add) };
    let mut written = vec![false; out.data.len()];
    for i in 0..m {
        for j in 0..n {
            let old = before.at(i, j);
            let (mut sum, mut size) = if add { (old, old.abs()) } else { (0.0, 0.0) };
            for p in 0..k {
                let v = a.at(i, p) * b.at(p, j);
                sum += v;
                size += v.abs();
            }
            let got = out.at(i, j);
            assert!(
                (got - sum).abs() <= epsilon * (k as f64 + 2.0) * size,
                "seed {seed}: {m} {n} {k} {:?} {:?} {:?} add {add} [{i}, {j}]: {got} {sum}",
                a.strides,
                b.strides,
                out.strides
            );
            written[out.index(i, j)] = true;
        }
    }
    for (i, (new, old)) in out.data.iter().zip(&before.data).enumerate() {
        assert!(written[i] || new == old, "seed {seed}: element {i} is not the output's");
    }
}

#[test]
fn drawn_shapes_and_strides() {
    let _one_at_a_time = THREADS.lock();
    for seed in 0..1500 {
        drawn::<f32>(seed, f32::EPSILON as f64);
        drawn::<f64>(seed, f64::EPSILON);
    }
}

#[test]
fn far_apart_matrices_are_packed() {
    let _one_at_a_time = THREADS.lock();
    for (n, turned) in [(530, false), (530, true)] {
        let (a, b) = (numbers::<f64>(n * n, 1), numbers::<f64>(n * 150, 2));
        let (ars, acs) = if turned { (1, n) } else { (n, 1) };
        let mut out = vec![0.0; n * 150];
        // SAFETY: sizes as allocated.
        unsafe {
            let s = (ars as isize, acs as isize);
            gemm::gemm(n, 150, n, out.as_mut_ptr(), 150, 1, a.as_ptr(), s.0, s.1, b.as_ptr(), 150, 1, false);
        }
        for (i, j) in [(0, 0), (1, 149), (257, 31), (529, 149), (300, 128)] {
            let sum: f64 = (0..n).map(|p| a[i * ars + p * acs] * b[p * 150 + j]).sum();
            assert!((out[i * 150 + j] - sum).abs() < 1e-11, "{turned} {i} {j}");
        }
    }
}

#[test]
fn infinities_and_nan_stay_where_they_belong() {
    for (m, n, k) in [(1, 70, 9), (70, 1, 9), (3, 3, 3), (13, 37, 20), (40, 40, 300)] {
        let (mut a, b) = (vec![1f32; m * k], vec![1f32; k * n]);
        a[0] = f32::INFINITY;
        a[(m - 1) * k + k / 2] = f32::NAN;
        let mut out = vec![0f32; m * n];
        let (rows, columns) = (k as isize, n as isize);
        // SAFETY: sizes as allocated.
        unsafe {
            gemm::gemm(m, n, k, out.as_mut_ptr(), columns, 1, a.as_ptr(), rows, 1, b.as_ptr(), columns, 1, false);
        }
        for i in 0..m {
            for v in &out[i * n..(i + 1) * n] {
                let right = match i {
                    _ if i == m - 1 => v.is_nan(),
                    0 => *v == f32::INFINITY,
                    _ => *v == k as f32,
                };
                assert!(right, "{m} {n} {k} row {i}: {v}");
            }
        }
    }
}

#[test]
fn a_batch_has_the_bits_of_its_products() {
    let _one_at_a_time = THREADS.lock();
    for threads in [1, 2, 4] {
        threads::set_num_threads(threads);
        for (count, m, n, k) in
            [(0, 3, 3, 3), (5, 1, 7, 3), (40, 16, 24, 33), (64, 64, 64, 64), (3, 70, 300, 280), (2, 3, 4, 0)]
        {
            for turned in [false, true] {
                let (a, b) = (numbers::<f32>(count * m * k, 1), numbers::<f32>(k * n, 2));
                let (mut all, mut each) = (vec![1f32; count * m * n], vec![1f32; count * m * n]);
                let [mi, ni, ki] = [m, n, k].map(|v| v as isize);
                let o = if turned { [1, mi] } else { [ni, 1] };
                // SAFETY: sizes as allocated; B is the same for all.
                unsafe {
                    let strides = ([mi * ni, o[0], o[1]], [mi * ki, ki, 1], [0, ni, 1]);
                    let out = all.as_mut_ptr();
                    gemm::batch(count, m, n, k, out, strides.0, a.as_ptr(), strides.1, b.as_ptr(), strides.2, true);
                    for i in 0..count {
                        let (out, a) = (each[i * m * n..].as_mut_ptr(), a[i * m * k..].as_ptr());
                        gemm::gemm(m, n, k, out, o[0], o[1], a, ki, 1, b.as_ptr(), ni, 1, true);
                    }
                }
                assert!(all.iter().zip(&each).all(|(x, y)| x.to_bits() == y.to_bits()), "{count} {m} {n} {k} {turned}");
            }
        }
    }
    threads::set_num_threads(1);
}

#[test]
fn same_bits_on_any_number_of_threads() {
    let _one_at_a_time = THREADS.lock();
    for (m, n, k) in [(301, 301, 301), (1300, 40, 90), (40, 1300, 600), (1, 1300, 1300), (700, 700, 530)] {
        let (a, b) = (numbers::<f32>(m * k, 1), numbers::<f32>(k * n, 2));
        let mut all = Vec::new();
        for threads in [1, 2, 3, 4, 16] {
            threads::set_num_threads(threads);
            let (mut out, mut v) = (vec![0f32; m * n], vec![0f32; m]);
            let (ni, ki) = (n as isize, k as isize);
            // SAFETY: sizes as allocated.
            unsafe {
                gemm::gemm(m, n, k, out.as_mut_ptr(), ni, 1, a.as_ptr(), ki, 1, b.as_ptr(), 1, ki, false);
                gemm::gemm(m, n, k, out.as_mut_ptr(), ni, 1, a.as_ptr(), ki, 1, b.as_ptr(), ni, 1, true);
                gemm::gemm(m, 1, k, v.as_mut_ptr(), 1, 1, a.as_ptr(), ki, 1, b.as_ptr(), 1, 1, false);
            }
            out.extend(v);
            all.push(out.iter().map(|v| v.to_bits()).collect::<Vec<_>>());
        }
        assert!(all.iter().all(|bits| *bits == all[0]), "{m} {n} {k}");
    }
    threads::set_num_threads(1);
}

/// All of it again with the instruction sets of lesser CPUs.
#[test]
fn lower_instruction_sets() {
    const LOWER: &str = "WENGERT_CPU";
    if std::env::var_os(LOWER).is_some() {
        return;
    }
    for cpu in ["avx2", "baseline"] {
        let run = std::process::Command::new(std::env::current_exe().unwrap()).env(LOWER, cpu).output().unwrap();
        assert!(run.status.success(), "{cpu}: {}", String::from_utf8_lossy(&run.stdout));
    }
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

/// Large enough for A and B to be packed block by block: no bit differs from products of few rows, which pack nothing.
fn blocks<T: Float>(m: usize, n: usize, k: usize) {
    let (a, b) = (numbers::<T>(m * k, 3), numbers::<T>(k * n, 4));
    for layout in 0..4 {
        let strides = |rows: usize, cols: usize, t: bool| {
            if t { (1, rows as isize) } else { (cols as isize, 1) }
        };
        let (ars, acs) = strides(m, k, layout & 1 == 1);
        let (brs, bcs) = strides(k, n, layout & 2 == 2);
        let product = |rows: usize| {
            let mut out = vec![T::from_f64(0.5); m * n];
            for i in (0..m).step_by(rows) {
                // SAFETY: sizes as allocated.
                unsafe {
                    let (out, a) = (out.as_mut_ptr().add(i * n), a.as_ptr().offset(i as isize * ars));
                    gemm::gemm(rows.min(m - i), n, k, out, n as isize, 1, a, ars, acs, b.as_ptr(), brs, bcs, true);
                }
            }
            out
        };
        let whole = product(m);
        assert!(whole == product(40), "{m} {n} {k} layout {layout}");
    }
}

#[test]
fn packing_changes_no_bit() {
    let _one_at_a_time = THREADS.lock();
    threads::set_num_threads(1);
    blocks::<f32>(1000, 130, 270);
    blocks::<f64>(600, 130, 270);
}
