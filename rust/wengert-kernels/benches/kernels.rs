//! Throughput of the kernels: `cargo bench -p wengert-kernels [-- FILTER]`.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use std::ops::{Add, Div, Mul, Sub};
use wengert_kernels::{Float, Map1, Map2, Real, gemm, map, reduce, threads};

fn main() {
    let n = std::env::var("THREADS").ok().and_then(|s| s.parse().ok()).unwrap_or(1);
    threads::set_num_threads(n);
    eprintln!("{} | {} threads (set THREADS)", wengert_kernels::isa::features(), n);
    divan::main();
}

macro_rules! unary {
    ($($name:ident: $op:ident |$x:ident| $e:expr, $low:expr, $high:expr;)*) => {$(
        struct $op;
        impl Map1 for $op {
            #[inline(always)]
            fn call<R: Real>($x: R) -> R
            where
                f64: Add<R, Output = R> + Sub<R, Output = R> + Mul<R, Output = R> + Div<R, Output = R>,
            {
                $e
            }
        }
        #[divan::bench(types = [f32, f64], args = [1, 10, 1000, 4096, 1_000_000])]
        fn $name<T: Float>(bench: Bencher<'_, '_>, n: usize) {
            let x: Vec<T> = (0..n).map(|i| T::from_f64($low + ($high - $low) * ((i * 7919) % n) as f64 / n as f64)).collect();
            let mut y = vec![T::ZERO; n];
            bench.counter(ItemsCount::new(n)).bench_local(|| {
                // SAFETY: both hold n elements.
                unsafe { map::map1_flat::<$op, T>(black_box(n), y.as_mut_ptr(), x.as_ptr()) }
            });
        }
    )*};
}

unary! {
    exp: Exp |x| x.exp(), -20.0, 20.0;
    log: Log |x| x.log(), 0.001, 1000.0;
    tanh: Tanh |x| x.tanh(), -5.0, 5.0;
    sin: Sin |x| x.sin(), -30.0, 30.0;
    sqrt: Sqrt |x| x.sqrt(), 0.0, 10.0;
    sigmoid: Sigmoid |x| 1.0 / (1.0 + (-x).exp()), -10.0, 10.0;
}

struct Product;
impl Map2 for Product {
    #[inline(always)]
    fn call<R: Real>(a: R, b: R) -> R
    where
        f64: Add<R, Output = R> + Sub<R, Output = R> + Mul<R, Output = R> + Div<R, Output = R>,
    {
        a * b
    }
}

struct Power;
impl Map2 for Power {
    #[inline(always)]
    fn call<R: Real>(a: R, b: R) -> R
    where
        f64: Add<R, Output = R> + Sub<R, Output = R> + Mul<R, Output = R> + Div<R, Output = R>,
    {
        a.pow(b)
    }
}

#[divan::bench(types = [f32, f64], args = [1, 10, 1000, 1_000_000])]
fn mul<T: Float>(bench: Bencher<'_, '_>, n: usize) {
    let (x, mut y) = (vec![T::ONE; n], vec![T::ZERO; n]);
    bench.counter(ItemsCount::new(n)).bench_local(|| {
        // SAFETY: all hold n elements.
        unsafe { map::map2_flat::<Product, T>(black_box(n), y.as_mut_ptr(), x.as_ptr(), x.as_ptr()) }
    });
}

#[divan::bench(types = [f32, f64], args = [1000])]
fn mul_in_place<T: Float>(bench: Bencher<'_, '_>, n: usize) {
    let (x, mut y) = (vec![T::ONE; n], vec![T::ONE; n]);
    bench.counter(ItemsCount::new(n)).bench_local(|| {
        // SAFETY: all hold n elements.
        unsafe { map::map2_flat::<Product, T>(black_box(n), y.as_mut_ptr(), y.as_ptr(), x.as_ptr()) }
    });
}

#[divan::bench(types = [f32, f64], args = [1000, 1_000_000])]
fn mul_scalar<T: Float>(bench: Bencher<'_, '_>, n: usize) {
    let (x, mut y) = (vec![T::ONE; n], vec![T::ZERO; n]);
    bench.counter(ItemsCount::new(n)).bench_local(|| {
        // SAFETY: all hold n elements.
        unsafe { map::map2_scalar_rhs::<Product, T>(black_box(n), y.as_mut_ptr(), x.as_ptr(), T::ONE) }
    });
}

/// (n, n) times a row, times a column, times its transpose.
#[divan::bench(args = [(100, 1), (100, 2), (100, 3), (1000, 1), (1000, 2), (1000, 3)])]
fn mul_strided(bench: Bencher<'_, '_>, (n, kind): (usize, usize)) {
    let (x, mut y) = (vec![1f32; n * n], vec![1f32; n * n]);
    let s = n as isize;
    let bs = [[0, 1], [1, 0], [1, s]][kind - 1];
    bench.counter(ItemsCount::new(n * n)).bench_local(|| {
        // SAFETY: all hold n * n elements.
        unsafe { map::map2::<Product, f32>(&[n, n], y.as_mut_ptr(), &[s, 1], x.as_ptr(), &[s, 1], x.as_ptr(), &bs) }
    });
}

#[divan::bench(types = [f32, f64], args = [1000, 100_000])]
fn pow<T: Float>(bench: Bencher<'_, '_>, n: usize) {
    let x: Vec<T> = (0..n).map(|i| T::from_f64(0.01 + i as f64 / n as f64 * 10.0)).collect();
    let mut y = vec![T::ZERO; n];
    bench.counter(ItemsCount::new(n)).bench_local(|| {
        // SAFETY: all hold n elements.
        unsafe { map::map2_scalar_rhs::<Power, T>(black_box(n), y.as_mut_ptr(), x.as_ptr(), T::from_f64(1.7)) }
    });
}

/// Whole array, last axis, first axis.
#[divan::bench(types = [f32, f64], args = [(1, 1000), (1, 1_000_000), (2, 1_000_000), (3, 1_000_000), (4, 1_000_000)])]
fn sum<T: Float>(bench: Bencher<'_, '_>, (kind, n): (usize, usize)) {
    let x = vec![T::ONE; n];
    let side = if kind == 4 { 4 } else { 1000 };
    let mut out = vec![T::ZERO; n];
    bench.counter(ItemsCount::new(n)).bench_local(|| {
        let (shape, reduced) = ([n / side, side], [kind != 2, kind <= 2]);
        // SAFETY: a row-major view of n elements.
        unsafe { reduce::sum::<T>(&shape, x.as_ptr(), &[side as isize, 1], &reduced, out.as_mut_ptr()) }
    });
}

#[divan::bench(types = [f32, f64], args = [1000, 1_000_000])]
fn max<T: Float>(bench: Bencher<'_, '_>, n: usize) {
    let x: Vec<T> = (0..n).map(|i| T::from_f64((i * 7919 % n) as f64)).collect();
    let mut out = T::ZERO;
    bench.counter(ItemsCount::new(n)).bench_local(|| {
        // SAFETY: n elements.
        unsafe { reduce::max::<T>(&[n], x.as_ptr(), &[1], &[true], &mut out) }
    });
}

/// Rows of 1000, or columns of 1000.
#[divan::bench(types = [f32, f64], args = [(0, 1000), (0, 1_000_000), (1, 1000), (1, 1_000_000)])]
fn max_index<T: Float>(bench: Bencher<'_, '_>, (axis, n): (usize, usize)) {
    let x: Vec<T> = (0..n).map(|i| T::from_f64((i * 7919 % n) as f64)).collect();
    let (mut out, mut at) = ([T::ZERO; 1000], [0i64; 1000]);
    bench.counter(ItemsCount::new(n)).bench_local(|| {
        // SAFETY: n elements, 1000 outputs at most.
        unsafe {
            reduce::max_index::<T>(&[n / 1000, 1000], x.as_ptr(), &[1000, 1], axis, out.as_mut_ptr(), at.as_mut_ptr())
        }
    });
}

#[divan::bench(types = [f32, f64], args = [1000, 1_000_000])]
fn sum_squares<T: Float>(bench: Bencher<'_, '_>, n: usize) {
    let x = vec![T::ONE; n];
    let mut out = T::ZERO;
    bench.counter(ItemsCount::new(n)).bench_local(|| {
        // SAFETY: n elements.
        unsafe { reduce::sum_squares::<T>(&[n], x.as_ptr(), &[1], &[true], &mut out) }
    });
}

#[divan::bench(types = [f32, f64], args = [2, 4, 8, 16, 32, 48, 64, 96, 128, 256, 512])]
fn matmul<T: Float>(bench: Bencher<'_, '_>, n: usize) {
    let (a, b, mut c) = (vec![T::ONE; n * n], vec![T::ONE; n * n], vec![T::ZERO; n * n]);
    let s = n as isize;
    bench.counter(ItemsCount::new(2 * n * n * n)).bench_local(|| {
        // SAFETY: all hold n * n elements.
        unsafe { gemm::gemm::<T>(n, n, n, c.as_mut_ptr(), s, 1, a.as_ptr(), s, 1, b.as_ptr(), s, 1, false) }
    });
}

#[divan::bench(types = [f32, f64], args = [64, 1024])]
fn matvec<T: Float>(bench: Bencher<'_, '_>, n: usize) {
    let (a, b, mut c) = (vec![T::ONE; n * n], vec![T::ONE; n], vec![T::ZERO; n]);
    bench.counter(ItemsCount::new(2 * n * n)).bench_local(|| {
        // SAFETY: sizes as given.
        unsafe { gemm::gemm::<T>(n, 1, n, c.as_mut_ptr(), 1, 1, a.as_ptr(), n as isize, 1, b.as_ptr(), 1, 1, false) }
    });
}

#[divan::bench(types = [f32, f64], args = [100_000])]
fn uniform<T: Float>(bench: Bencher<'_, '_>, n: usize) {
    let mut x = vec![T::ZERO; n];
    bench.counter(ItemsCount::new(n)).bench_local(|| wengert_kernels::random::fill_uniform(1, 0, &mut x));
}

#[divan::bench(types = [f32, f64], args = [100_000])]
fn normal<T: Float>(bench: Bencher<'_, '_>, n: usize) {
    let mut x = vec![T::ZERO; n];
    bench.counter(ItemsCount::new(n)).bench_local(|| wengert_kernels::random::fill_normal(1, 0, &mut x));
}

#[divan::bench(args = [8, 100, 4000, 4_000_000])]
fn buffer(bench: Bencher<'_, '_>, bytes: usize) {
    use wengert_kernels::memory::{alloc, free, small_alloc, small_free};
    bench.bench_local(|| {
        // SAFETY: freed with the size they were taken with.
        unsafe {
            if bytes < 1024 {
                if let Some(p) = small_alloc(black_box(bytes)) {
                    small_free(black_box(p), bytes)
                }
            } else if let Some(p) = alloc(black_box(bytes)) {
                free(black_box(p), bytes)
            }
        }
    });
}
