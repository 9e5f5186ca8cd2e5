//! Elementwise drivers: every layout, size and thread count gives the bits of the flat loop.

use std::ops::{Add, Div, Mul, Sub};
use wengert_kernels::{Cmp, Element, Float, IMap1, IMap2, Int, Map1, Map2, Map3, Real, copy, map, threads};

struct Wave;
impl Map1 for Wave {
    #[inline(always)]
    fn call<R: Real>(x: R) -> R
    where
        f64: Add<R, Output = R> + Sub<R, Output = R> + Mul<R, Output = R> + Div<R, Output = R>,
    {
        1.0 - x.tanh() * x.sin() + x.exp() * 0.25
    }
}
struct Mix;
impl Map2 for Mix {
    #[inline(always)]
    fn call<R: Real>(a: R, b: R) -> R
    where
        f64: Add<R, Output = R> + Sub<R, Output = R> + Mul<R, Output = R> + Div<R, Output = R>,
    {
        R::pick(a.lt(b), a * b, a - 2.0 / b)
    }
}
struct Fused;
impl Map3 for Fused {
    #[inline(always)]
    fn call<R: Real>(a: R, b: R, c: R) -> R
    where
        f64: Add<R, Output = R> + Sub<R, Output = R> + Mul<R, Output = R> + Div<R, Output = R>,
    {
        a.mul_add(b, c).max(c)
    }
}
struct Less;
impl Cmp for Less {
    #[inline(always)]
    fn call<T: PartialOrd>(a: T, b: T) -> bool {
        a < b
    }
}
struct Negate;
impl IMap1 for Negate {
    #[inline(always)]
    fn call<I: Int>(x: I) -> I {
        x.wrapping_neg()
    }
}
struct Multiply;
impl IMap2 for Multiply {
    #[inline(always)]
    fn call<I: Int>(a: I, b: I) -> I {
        a.wrapping_mul(b)
    }
}

fn numbers<T: Float>(n: usize, seed: u64) -> Vec<T> {
    let mut x = vec![T::ZERO; n];
    wengert_kernels::random::fill_uniform(seed, 0, &mut x);
    x.iter().map(|v| T::from_f64(v.to_f64() * 8.0 - 4.0)).collect()
}

fn bits<T: Element>(x: &[T]) -> Vec<u64> {
    x.iter().map(|v| v.to_f64().to_bits()).collect()
}

fn one_by_one<T: Float>(x: &[T]) -> Vec<T> {
    let mut y = vec![T::ZERO; x.len()];
    for (y, x) in y.iter_mut().zip(x) {
        // SAFETY: one element each.
        unsafe { map::map1_flat::<Wave, T>(1, y, x) };
    }
    y
}

fn sizes_agree<T: Float>() {
    for n in (0..140).chain([511, 512, 513, 1000, 70_001, 200_003]) {
        let x = numbers::<T>(n, 1);
        let want = bits(&one_by_one(&x));
        for threads in [1, 2, 3] {
            threads::set_num_threads(threads);
            let mut y = vec![T::ZERO; n];
            // SAFETY: n elements each; the second call is in place.
            unsafe {
                map::map1_flat::<Wave, T>(n, y.as_mut_ptr(), x.as_ptr());
                assert_eq!(bits(&y), want, "n = {n}, {threads} threads");
                y.copy_from_slice(&x);
                map::map1_flat::<Wave, T>(n, y.as_mut_ptr(), y.as_ptr());
                assert_eq!(bits(&y), want, "in place, n = {n}, {threads} threads");
            }
        }
    }
    threads::set_num_threads(1);
}

#[test]
fn sizes_threads_and_in_place_agree() {
    sizes_agree::<f32>();
    sizes_agree::<f64>();
}

/// All index tuples of a shape, row-major.
fn offsets(shape: &[usize], strides: &[isize]) -> Vec<isize> {
    let n: usize = shape.iter().product();
    (0..n)
        .map(|mut i| {
            let mut at = 0;
            for d in (0..shape.len()).rev() {
                at += (i % shape[d]) as isize * strides[d];
                i /= shape[d];
            }
            at
        })
        .collect()
}

type Layout = (Vec<usize>, Vec<isize>, Vec<isize>, Vec<isize>);

/// Shape, output strides and two input strides; everything stays within 3000 of the middle.
fn layouts() -> Vec<Layout> {
    vec![
        (vec![], vec![], vec![], vec![]),
        (vec![1, 1], vec![7, 3], vec![0, 9], vec![1, 1]),
        (vec![0, 4], vec![4, 1], vec![4, 1], vec![1, 1]),
        (vec![17], vec![1], vec![-1], vec![0]),
        (vec![900], vec![2], vec![3], vec![-3]),
        (vec![5, 7], vec![7, 1], vec![1, 5], vec![0, 1]),
        (vec![5, 7], vec![1, 5], vec![7, 1], vec![1, 0]),
        (vec![33, 41], vec![41, 1], vec![1, 33], vec![41, 1]),
        (vec![3, 1, 600], vec![600, 600, 1], vec![0, 0, 1], vec![600, 0, 1]),
        (vec![4, 5, 6], vec![-30, 6, 1], vec![1, 4, 20], vec![30, -6, 1]),
        (vec![2, 3, 4, 5, 6], vec![360, 120, 30, 6, 1], vec![1, 2, 6, 24, 120], vec![0, 30, 0, 1, 5]),
        (
            vec![2; 10],
            (0..10).map(|d| 512 >> d).collect(),
            (0..10).map(|d| 1 << d).collect(),
            vec![0, 1, 2, 0, 8, 16, 0, 64, 1, 256],
        ),
    ]
}

fn layouts_agree<T: Float>() {
    const MIDDLE: isize = 3000;
    let (a, b, c) = (numbers::<T>(6000, 1), numbers::<T>(6000, 2), numbers::<T>(6000, 3));
    let mid = |x: &[T]| x.as_ptr().wrapping_offset(MIDDLE);
    for (shape, os, as_, bs) in layouts() {
        let place = |s: &[isize]| -> Vec<usize> { offsets(&shape, s).iter().map(|o| (o + MIDDLE) as usize).collect() };
        let (po, pa, pb) = (place(&os), place(&as_), place(&bs));
        let pick = |x: &[T], p: &[usize]| -> Vec<T> { p.iter().map(|&i| x[i]).collect() };
        let (fa, fb, fc) = (pick(&a, &pa), pick(&b, &pb), pick(&c, &pa));
        let n = po.len();
        let mut want = vec![T::ZERO; n];
        let mut got = vec![T::ZERO; 6000];
        let check = |got: &[T], want: &[T], what: &str| {
            assert_eq!(bits(&pick(got, &po)), bits(want), "{what} {shape:?} {os:?} {as_:?} {bs:?}");
            assert_eq!(got.iter().filter(|v| **v != T::ZERO).count(), want.iter().filter(|v| **v != T::ZERO).count());
        };
        // SAFETY: all offsets stay inside the arrays, by the bounds checks of `pick`.
        unsafe {
            let out = got.as_mut_ptr().wrapping_offset(MIDDLE);
            map::map1_flat::<Wave, T>(n, want.as_mut_ptr(), fa.as_ptr());
            map::map1::<Wave, T>(&shape, out, &os, mid(&a), &as_);
            check(&got, &want, "map1");
            map::map2_flat::<Mix, T>(n, want.as_mut_ptr(), fa.as_ptr(), fb.as_ptr());
            map::map2::<Mix, T>(&shape, out, &os, mid(&a), &as_, mid(&b), &bs);
            check(&got, &want, "map2");
            map::map3_flat::<Fused, T>(n, want.as_mut_ptr(), fa.as_ptr(), fb.as_ptr(), fc.as_ptr());
            map::map3::<Fused, T>(&shape, out, &os, mid(&a), &as_, mid(&b), &bs, mid(&c), &as_);
            check(&got, &want, "map3");
            copy::copy(&shape, out, &os, mid(&a), &as_);
            check(&got, &fa, "copy");
            let truth: Vec<bool> = (0..6000).map(|i| i % 3 == 0).collect();
            let chosen: Vec<T> = (0..n).map(|i| if truth[pb[i]] { fa[i] } else { fb[i] }).collect();
            map::select(&shape, out, &os, truth.as_ptr().wrapping_offset(MIDDLE), &bs, mid(&a), &as_, mid(&b), &bs);
            check(&got, &chosen, "select");
            let mut less = vec![false; 6000];
            map::cmp2::<Less, T>(&shape, less.as_mut_ptr().wrapping_offset(MIDDLE), &os, mid(&a), &as_, mid(&b), &bs);
            for i in 0..n {
                assert_eq!(less[po[i]], fa[i] < fb[i]);
            }
            copy::fill(&shape, out, &os, T::from_f64(7.0));
            check(&got, &vec![T::from_f64(7.0); n], "fill");
        }
    }
}

#[test]
fn strided_equals_flat() {
    layouts_agree::<f32>();
    layouts_agree::<f64>();
}

#[test]
fn large_strided_equals_flat_on_any_threads() {
    let (m, n) = (401, 307);
    let (a, b) = (numbers::<f32>(m * n, 1), numbers::<f32>(m * n, 2));
    let mut want = vec![0f32; m * n];
    for i in 0..m {
        for j in 0..n {
            // SAFETY: single elements.
            unsafe { map::map2_flat::<Mix, f32>(1, &mut want[i * n + j], &a[i * n + j], &b[j * m + i]) };
        }
    }
    for threads in [1, 2, 3] {
        threads::set_num_threads(threads);
        let mut got = vec![0f32; m * n];
        let s = n as isize;
        // SAFETY: m * n elements each.
        unsafe {
            map::map2::<Mix, f32>(&[m, n], got.as_mut_ptr(), &[s, 1], a.as_ptr(), &[s, 1], b.as_ptr(), &[1, m as isize])
        };
        assert_eq!(bits(&got), bits(&want));
    }
    threads::set_num_threads(1);
}

#[test]
fn scalars_and_integers() {
    for n in [0usize, 1, 3, 100, 1000, 70_000] {
        let a = numbers::<f64>(n, 1);
        let (mut x, mut y) = (vec![0f64; n], vec![0f64; n]);
        // SAFETY: n elements each.
        unsafe {
            map::map2_scalar_rhs::<Mix, f64>(n, x.as_mut_ptr(), a.as_ptr(), 0.5);
            map::map2_flat::<Mix, f64>(n, y.as_mut_ptr(), a.as_ptr(), vec![0.5; n].as_ptr());
            assert_eq!(bits(&x), bits(&y));
            map::map2_scalar_lhs::<Mix, f64>(n, x.as_mut_ptr(), 0.5, a.as_ptr());
            map::map2_flat::<Mix, f64>(n, y.as_mut_ptr(), vec![0.5; n].as_ptr(), a.as_ptr());
            assert_eq!(bits(&x), bits(&y));
        }
        let i: Vec<i64> = (0..n as i64).map(|v| (v - 50).wrapping_mul(0x1234_5678_9abc_def1)).collect();
        let (mut p, mut q) = (vec![0i64; n], vec![0i64; n]);
        // SAFETY: n elements each.
        unsafe {
            map::imap1::<Negate, i64>(&[n], p.as_mut_ptr(), &[1], i.as_ptr(), &[1]);
            map::imap2::<Multiply, i64>(&[n], q.as_mut_ptr(), &[1], i.as_ptr(), &[1], p.as_ptr(), &[1]);
        }
        for k in 0..n {
            assert_eq!(q[k], i[k].wrapping_mul(i[k].wrapping_neg()));
        }
    }
}

fn integers<T: Int>() {
    for n in (0..600).step_by(7).chain([63, 64, 65, 127, 128, 255, 256, 257, 40_000]) {
        let at = |i: usize| T::from_i64((i as i64 - 50).wrapping_mul(0x1234_5678_9abc_def1));
        let x: Vec<T> = (0..n).map(at).collect();
        let (mut p, mut q) = (vec![T::ZERO; n], vec![T::ZERO; n]);
        // SAFETY: n elements each.
        unsafe {
            map::imap1::<Negate, T>(&[n], p.as_mut_ptr(), &[1], x.as_ptr(), &[1]);
            map::imap2::<Multiply, T>(&[n], q.as_mut_ptr(), &[1], x.as_ptr(), &[1], p.as_ptr(), &[1]);
        }
        for k in 0..n {
            let v = x[k].to_i64();
            assert_eq!((p[k], q[k]), (T::from_i64(v.wrapping_neg()), T::from_i64(v.wrapping_mul(v.wrapping_neg()))));
        }
    }
}

#[test]
fn integers_of_every_width_wrap() {
    integers::<u8>();
    integers::<i8>();
    integers::<i16>();
    integers::<i32>();
    integers::<i64>();
    assert_eq!((i8::MIN.wrapping_abs(), Int::signum(200u8), Int::wrapping_abs(200u8)), (i8::MIN, 1, 200));
}

#[test]
fn casts_to_narrow_integers() {
    fn cast<T: Element, U: Element>(x: &[T]) -> Vec<U> {
        let mut y = vec![U::ZERO; x.len()];
        // SAFETY: x.len() elements each.
        unsafe { copy::cast::<T, U>(&[x.len()], y.as_mut_ptr(), &[1], x.as_ptr(), &[1]) };
        y
    }
    let x: Vec<f64> = (0..300).map(|i| (f64::from(i) - 150.0) * 2.37).collect();
    let whole: Vec<i32> = x.iter().map(|&v| v as i32).collect();
    assert_eq!(cast::<f64, i32>(&x), whole);
    assert_eq!(cast::<f64, u8>(&x), whole.iter().map(|&v| v as u8).collect::<Vec<_>>());
    assert_eq!(cast::<f64, i16>(&x), whole.iter().map(|&v| v as i16).collect::<Vec<_>>());
    assert_eq!(cast::<i32, i8>(&whole), whole.iter().map(|&v| v as i8).collect::<Vec<_>>());
    assert_eq!(cast::<i8, i64>(&[-1, 127]), [-1, 127]);
    assert_eq!(cast::<u8, f32>(&[0, 255]), [0.0, 255.0]);
    // The whole range that truncates into i32, and what does not.
    let edges = [2_147_483_647.9, -2_147_483_648.9, 2_147_483_648.0, -2_147_483_649.0, f64::NAN];
    assert_eq!(cast::<f64, i32>(&edges), [i32::MAX, i32::MIN, i32::MIN, i32::MIN, i32::MIN]);
    assert_eq!(
        cast::<f32, i32>(&[2_147_483_520.0, -2_147_483_648.0, 2_147_483_648.0]),
        [2_147_483_520, i32::MIN, i32::MIN]
    );
    assert_eq!(cast::<f32, u8>(&[f32::NAN, f32::INFINITY, -1.0, 255.9]), [0, 0, 255, 255]);
}

#[test]
fn casts() {
    fn cast<T: Element, U: Element>(x: &[T]) -> Vec<U> {
        let mut y = vec![U::ZERO; x.len()];
        // SAFETY: x.len() elements each.
        unsafe { copy::cast::<T, U>(&[x.len()], y.as_mut_ptr(), &[1], x.as_ptr(), &[1]) };
        y
    }
    let x: Vec<f32> = (0..200).map(|i| (i as f32 - 100.0) * 0.37).collect();
    assert_eq!(cast::<f32, i64>(&x), x.iter().map(|&v| v as i64).collect::<Vec<_>>());
    assert_eq!(cast::<f32, f64>(&x), x.iter().map(|&v| v as f64).collect::<Vec<_>>());
    assert_eq!(
        cast::<f64, i64>(&[1.9, -1.9, f64::NAN, 1e30, -1e30, -9.2e18]),
        [1, -1, i64::MIN, i64::MIN, i64::MIN, -9_200_000_000_000_000_000]
    );
    assert_eq!(cast::<f64, bool>(&[0.0, -0.0, 0.1, f64::NAN]), [false, false, true, true]);
    assert_eq!(cast::<i64, bool>(&[0, -3]), [false, true]);
    assert_eq!(cast::<bool, f32>(&[true, false]), [1.0, 0.0]);
    // One rounding, not two by way of f64.
    assert_eq!(cast::<i64, f32>(&[9_007_199_791_611_905]), [9_007_199_791_611_905i64 as f32]);
    assert_eq!(cast::<i64, f64>(&[i64::MAX, -5]), [i64::MAX as f64, -5.0]);
}
