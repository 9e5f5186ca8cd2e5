//! Elementwise kernels: a formula written once over `Real`, compiled for each instruction set and
//! run over any strides. Depends on drive, real and isa.

use crate::drive::{Kernel, Operand, drive, flat};
use crate::element::{Element, Int};
use crate::real::{InstructionSet, Lane, Probe, Real, Wide};
use std::mem::MaybeUninit;
use std::ops::{Add, Div, Mul, Sub};

/// A formula of one number. Mark `call` `#[inline(always)]`.
pub trait Map1 {
    fn call<R: Real>(x: R) -> R
    where
        f64: Add<R, Output = R> + Sub<R, Output = R> + Mul<R, Output = R> + Div<R, Output = R>;
}

/// A formula of two numbers. Mark `call` `#[inline(always)]`.
pub trait Map2 {
    fn call<R: Real>(a: R, b: R) -> R
    where
        f64: Add<R, Output = R> + Sub<R, Output = R> + Mul<R, Output = R> + Div<R, Output = R>;
}

/// A formula of three numbers. Mark `call` `#[inline(always)]`.
pub trait Map3 {
    fn call<R: Real>(a: R, b: R, c: R) -> R
    where
        f64: Add<R, Output = R> + Sub<R, Output = R> + Mul<R, Output = R> + Div<R, Output = R>;
}

/// A formula of one integer. Mark `call` `#[inline(always)]`.
pub trait IMap1 {
    fn call<I: Int>(x: I) -> I;
}

/// A formula of two integers. Mark `call` `#[inline(always)]`.
pub trait IMap2 {
    fn call<I: Int>(a: I, b: I) -> I;
}

/// A comparison.
pub trait Cmp {
    fn call<T: PartialOrd>(a: T, b: T) -> bool;
}

/// f32 and f64: the compiled inner loops of a formula, for the instruction set in use.
pub trait Float: Element {
    #[doc(hidden)]
    fn kernel1<F: Map1>() -> Kernel<1>;
    #[doc(hidden)]
    fn kernel2<F: Map2>() -> Kernel<2>;
    #[doc(hidden)]
    fn kernel3<F: Map3>() -> Kernel<3>;
    /// a * b + c, fused where the instruction set can.
    #[doc(hidden)]
    fn fused<I: InstructionSet>(a: Self, b: Self, c: Self) -> Self;
    #[doc(hidden)]
    const GEMM: crate::gemm::Gemm<Self>;
}

/// Elements a vector loop advances by at least: four registers of the widest kind.
const STEP4: usize = 64;
const STEP8: usize = 32;

/// Elements computed before their results are looked through.
const PIECE: usize = 2048;

/// Below this many left over, single elements are quicker than a padded block.
const FEW: usize = 4;

/// The inner loop. Leftover elements go through a padded block and the same vector loop, which so
/// needs no scalar twin; every path computes the same operations on each element.
#[inline(always)]
unsafe fn inner<const N: usize, const STEP: usize, T: Element, U: Copy>(
    n: usize,
    out: *mut u8,
    ins: [*const u8; N],
    f: impl Fn([T; N]) -> U,
) {
    let (out, ins) = (out.cast::<U>(), ins.map(|p| p.cast::<T>()));
    if n < FEW {
        for i in 0..n {
            // SAFETY: i < n; inputs are read before the output is written.
            unsafe { out.add(i).write(f(ins.map(|p| *p.add(i)))) };
        }
        return;
    }
    let main = n / STEP * STEP;
    let tail = n - main;
    let mut pad = [[T::ZERO; STEP]; N];
    let mut pad_out = [const { MaybeUninit::<U>::uninit() }; STEP];
    let (mut steps, mut o, mut x) = (main / STEP, out, ins);
    loop {
        // SAFETY: `steps * STEP` elements are valid behind each pointer, the output disjoint.
        unsafe {
            let to = std::slice::from_raw_parts_mut(o.cast::<MaybeUninit<U>>(), steps * STEP);
            vector_loop(to, x, &f);
        }
        if o == pad_out.as_mut_ptr().cast::<U>() {
            // SAFETY: `tail` elements of the output follow the first `main`.
            unsafe { std::ptr::copy_nonoverlapping(o, out.add(main), tail) };
            return;
        }
        if tail == 0 {
            return;
        }
        for k in 0..N {
            // SAFETY: `tail` elements of the input follow the first `main`; tail < STEP.
            unsafe { std::ptr::copy_nonoverlapping(ins[k].add(main), pad[k].as_mut_ptr(), tail) };
            x[k] = pad[k].as_ptr();
        }
        (steps, o) = (1, pad_out.as_mut_ptr().cast::<U>());
    }
}

/// `&mut` tells the compiler that the output is apart from the inputs.
#[inline(always)]
unsafe fn vector_loop<const N: usize, T: Copy, U: Copy>(
    out: &mut [MaybeUninit<U>],
    ins: [*const T; N],
    f: &impl Fn([T; N]) -> U,
) {
    for (i, o) in out.iter_mut().enumerate() {
        // SAFETY: inputs are as long as the output.
        o.write(f(ins.map(|p| unsafe { *p.add(i) })));
    }
}

/// Sine and cosine of huge arguments leave NaN in the vector loop; such elements are computed
/// again with the whole range. Formulas without them (known when compiled) skip all of this.
macro_rules! formula {
    ($t:ty, $step:ident, $set:ident, $n:literal, $f:ident, $len:ident, $out:ident, $ins:ident, ($($v:ident),*)) => {
        if $f::call($({ let $v = Probe::ARGUMENT; $v }),*).trigonometric {
            let wide = crate::compile::keep(#[inline(always)] |[$($v),*]: [$t; $n]| $f::call($(Lane::<$t, Wide<$set>>::new($v)),*).0);
            if $len == 1 {
                $out.cast::<$t>().write(wide($ins.map(|p| *p.cast::<$t>())));
            } else {
                // Piece by piece, so that the search finds the results in the first-level cache.
                for start in (0..$len).step_by(PIECE) {
                    let (n, out, ins) = (PIECE.min($len - start), $out.cast::<$t>().add(start), $ins.map(|p| p.cast::<$t>().add(start)));
                    inner::<$n, $step, $t, $t>(n, out.cast(), ins.map(|p| p.cast()), #[inline(always)] |[$($v),*]| $f::call($(Lane::<$t, $set>::new($v)),*).0);
                    let out = std::slice::from_raw_parts_mut(out, n);
                    if out.iter().fold(false, |any, v| any | v.is_nan()) {
                        for (i, o) in out.iter_mut().enumerate() {
                            if o.is_nan() {
                                *o = wide(ins.map(|p| *p.add(i)));
                            }
                        }
                    }
                }
            }
        } else {
            inner::<$n, $step, $t, $t>($len, $out, $ins, #[inline(always)] |[$($v),*]| $f::call($(Lane::<$t, $set>::new($v)),*).0)
        }
    };
}

kernels!(f32_1<F: Map1>, 1, |n, out, ins, S| formula!(f32, STEP4, S, 1, F, n, out, ins, (a)));
kernels!(f32_2<F: Map2>, 2, |n, out, ins, S| formula!(f32, STEP4, S, 2, F, n, out, ins, (a, b)));
kernels!(f32_3<F: Map3>, 3, |n, out, ins, S| formula!(f32, STEP4, S, 3, F, n, out, ins, (a, b, c)));
kernels!(f64_1<F: Map1>, 1, |n, out, ins, S| formula!(f64, STEP8, S, 1, F, n, out, ins, (a)));
kernels!(f64_2<F: Map2>, 2, |n, out, ins, S| formula!(f64, STEP8, S, 2, F, n, out, ins, (a, b)));
kernels!(f64_3<F: Map3>, 3, |n, out, ins, S| formula!(f64, STEP8, S, 3, F, n, out, ins, (a, b, c)));

/// `inner` with the step of the element's size.
macro_rules! whole {
    ($n:literal, $t:ident, $len:ident, $out:ident, $ins:ident, |$v:pat_param| $e:expr) => {
        match size_of::<$t>() {
            1 => inner::<$n, { 4 * STEP4 }, $t, $t>($len, $out, $ins, #[inline(always)] |$v| $e),
            2 => inner::<$n, { 2 * STEP4 }, $t, $t>($len, $out, $ins, #[inline(always)] |$v| $e),
            4 => inner::<$n, STEP4, $t, $t>($len, $out, $ins, #[inline(always)] |$v| $e),
            _ => inner::<$n, STEP8, $t, $t>($len, $out, $ins, #[inline(always)] |$v| $e),
        }
    };
}
kernels!(int_1<F: IMap1, T: Int>, 1, |n, out, ins, _S| whole!(1, T, n, out, ins, |[a]| F::call(a)));
kernels!(int_2<F: IMap2, T: Int>, 2, |n, out, ins, _S| whole!(2, T, n, out, ins, |[a, b]| F::call(a, b)));
kernels!(compare<F: Cmp, T: Element>, 2, |n, out, ins, _S| inner::<2, STEP4, T, bool>(n, out, ins, #[inline(always)] |[a, b]| F::call(a, b)));
kernels!(choose<T: Element>, 3, |n, out, ins, _S| {
    let (c, a, b) = (ins[0].cast::<bool>(), ins[1].cast::<T>(), ins[2].cast::<T>());
    if n == 1 {
        out.cast::<T>().write(if *c { *a } else { *b });
    } else {
        let to = std::slice::from_raw_parts_mut(out.cast::<MaybeUninit<T>>(), n);
        for (i, o) in to.iter_mut().enumerate() {
            // Both are read, so that the loop needs no branch.
            let (a, b) = (*a.add(i), *b.add(i));
            o.write(if *c.add(i) { a } else { b });
        }
    }
});

macro_rules! float {
    ($t:ident, $k1:ident, $k2:ident, $k3:ident, $gemm:ident) => {
        impl Float for $t {
            #[inline(always)]
            fn kernel1<F: Map1>() -> Kernel<1> {
                crate::elementary::wide::$t(F::call(Probe::ARGUMENT).whole).unwrap_or_else($k1::get::<F>)
            }
            #[inline(always)]
            fn kernel2<F: Map2>() -> Kernel<2> {
                $k2::get::<F>()
            }
            #[inline(always)]
            fn kernel3<F: Map3>() -> Kernel<3> {
                $k3::get::<F>()
            }
            #[inline(always)]
            fn fused<I: InstructionSet>(a: Self, b: Self, c: Self) -> Self {
                <$t as crate::elementary::Elementary>::fma::<I>(a, b, c)
            }
            const GEMM: crate::gemm::Gemm<Self> = crate::tile::$gemm;
        }
    };
}
float!(f32, f32_1, f32_2, f32_3, SINGLE);
float!(f64, f64_1, f64_2, f64_3, DOUBLE);

/// out = F(x), element by element.
///
/// # Safety
/// Pointers are valid for the shape and their strides (in elements); `out` is disjoint from each
/// input or coincides with it exactly; no two elements of `out` are the same memory.
pub unsafe fn map1<F: Map1, T: Float>(shape: &[usize], out: *mut T, os: &[isize], x: *const T, xs: &[isize]) {
    // SAFETY: the caller's.
    unsafe { drive(shape, Operand::new(out, os), [Operand::new(x, xs)], T::kernel1::<F>()) }
}

/// out = F(a, b), element by element.
///
/// # Safety
/// As for `map1`.
#[rustfmt::skip]
pub unsafe fn map2<F: Map2, T: Float>(
    shape: &[usize], out: *mut T, os: &[isize], a: *const T, as_: &[isize], b: *const T, bs: &[isize],
) {
    // SAFETY: the caller's.
    unsafe { drive(shape, Operand::new(out, os), [Operand::new(a, as_), Operand::new(b, bs)], T::kernel2::<F>()) }
}

/// out = F(a, b, c), element by element.
///
/// # Safety
/// As for `map1`.
#[allow(clippy::too_many_arguments)]
#[rustfmt::skip]
pub unsafe fn map3<F: Map3, T: Float>(
    shape: &[usize], out: *mut T, os: &[isize], a: *const T, as_: &[isize], b: *const T, bs: &[isize], c: *const T, cs: &[isize],
) {
    let ins = [Operand::new(a, as_), Operand::new(b, bs), Operand::new(c, cs)];
    // SAFETY: the caller's.
    unsafe { drive(shape, Operand::new(out, os), ins, T::kernel3::<F>()) }
}

#[inline(always)]
fn erase<T>(p: *const T) -> (*mut u8, usize) {
    (p as *mut u8, size_of::<T>())
}

/// `map1` of `n` contiguous elements.
///
/// # Safety
/// As for `map1`.
#[inline]
pub unsafe fn map1_flat<F: Map1, T: Float>(n: usize, out: *mut T, x: *const T) {
    // SAFETY: the caller's.
    unsafe { flat(n, erase(out), [erase(x)], [false], T::kernel1::<F>()) }
}

/// `map2` of `n` contiguous elements.
///
/// # Safety
/// As for `map1`.
#[inline]
pub unsafe fn map2_flat<F: Map2, T: Float>(n: usize, out: *mut T, a: *const T, b: *const T) {
    // SAFETY: the caller's.
    unsafe { flat(n, erase(out), [erase(a), erase(b)], [false; 2], T::kernel2::<F>()) }
}

/// `map2` of `n` contiguous elements and one number.
///
/// # Safety
/// As for `map1`.
#[inline]
pub unsafe fn map2_scalar_rhs<F: Map2, T: Float>(n: usize, out: *mut T, a: *const T, b: T) {
    // SAFETY: the caller's; b outlives the call.
    unsafe { flat(n, erase(out), [erase(a), erase(&b)], [false, true], T::kernel2::<F>()) }
}

/// `map2` of one number and `n` contiguous elements.
///
/// # Safety
/// As for `map1`.
#[inline]
pub unsafe fn map2_scalar_lhs<F: Map2, T: Float>(n: usize, out: *mut T, a: T, b: *const T) {
    // SAFETY: the caller's; a outlives the call.
    unsafe { flat(n, erase(out), [erase(&a), erase(b)], [true, false], T::kernel2::<F>()) }
}

/// `map3` of `n` contiguous elements.
///
/// # Safety
/// As for `map1`.
#[inline]
pub unsafe fn map3_flat<F: Map3, T: Float>(n: usize, out: *mut T, a: *const T, b: *const T, c: *const T) {
    // SAFETY: the caller's.
    unsafe { flat(n, erase(out), [erase(a), erase(b), erase(c)], [false; 3], T::kernel3::<F>()) }
}

/// out = F(x) on integers.
///
/// # Safety
/// As for `map1`.
pub unsafe fn imap1<F: IMap1, T: Int>(shape: &[usize], out: *mut T, os: &[isize], x: *const T, xs: &[isize]) {
    // SAFETY: the caller's.
    unsafe { drive(shape, Operand::new(out, os), [Operand::new(x, xs)], int_1::get::<F, T>()) }
}

/// out = F(a, b) on integers.
///
/// # Safety
/// As for `map1`.
#[rustfmt::skip]
pub unsafe fn imap2<F: IMap2, T: Int>(
    shape: &[usize], out: *mut T, os: &[isize], a: *const T, as_: &[isize], b: *const T, bs: &[isize],
) {
    // SAFETY: the caller's.
    unsafe { drive(shape, Operand::new(out, os), [Operand::new(a, as_), Operand::new(b, bs)], int_2::get::<F, T>()) }
}

/// out = F(a, b), a truth value.
///
/// # Safety
/// As for `map1`.
#[rustfmt::skip]
pub unsafe fn cmp2<F: Cmp, T: Element>(
    shape: &[usize], out: *mut bool, os: &[isize], a: *const T, as_: &[isize], b: *const T, bs: &[isize],
) {
    // SAFETY: the caller's.
    unsafe { drive(shape, Operand::new(out, os), [Operand::new(a, as_), Operand::new(b, bs)], compare::get::<F, T>()) }
}

/// out = a where c, else b.
///
/// # Safety
/// As for `map1`.
#[allow(clippy::too_many_arguments)]
#[rustfmt::skip]
pub unsafe fn select<T: Element>(
    shape: &[usize], out: *mut T, os: &[isize], c: *const bool, cs: &[isize], a: *const T, as_: &[isize], b: *const T, bs: &[isize],
) {
    let ins = [Operand::new(c, cs), Operand::new(a, as_), Operand::new(b, bs)];
    // SAFETY: the caller's.
    unsafe { drive(shape, Operand::new(out, os), ins, choose::get::<T>()) }
}
