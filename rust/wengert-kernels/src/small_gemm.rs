//! Matrix products too small to be worth packing: fixed accumulators, one fused multiply-add per
//! element and step of k, in order of k. Depends on map::Float.

use crate::gemm::View;
use crate::isa::{Isa, isa};
use crate::map::Float;
use crate::real::InstructionSet;
use std::mem::MaybeUninit;

/// Longest k: a packed panel of B then fits the first-level cache.
const LONGEST: usize = 128;
/// Multiply-adds up to which this kernel is quicker than a packed one.
const WORK: usize = 16 * 16 * 16;
/// Widest panel of any instruction set and type.
const WIDEST: usize = 16;

pub(crate) fn fits(m: usize, n: usize, k: usize) -> bool {
    k <= LONGEST && m.saturating_mul(n).saturating_mul(k) <= WORK
}

/// # Safety
/// As for `gemm::gemm`, with `fits(m, n, k)` and k > 0.
pub(crate) unsafe fn run<T: Float>(m: usize, n: usize, k: usize, o: View<T>, a: View<T>, b: View<T>, add: bool) {
    // Vectors run along a row of the output; a column-major output is the transposed product.
    let flip = o.2 != 1 && o.1 == 1;
    let t = |v: View<T>| View(v.0, v.2, v.1);
    let (m, n, o, a, b) = if flip { (n, m, t(o), t(b), t(a)) } else { (m, n, o, a, b) };
    // SAFETY: the caller's; the CPU has what `isa` says.
    unsafe {
        match isa() {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => avx512(m, n, k, o, a, b, add),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => avx2(m, n, k, o, a, b, add),
            _ => baseline(m, n, k, o, a, b, add),
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma,bmi1,bmi2,lzcnt")]
unsafe fn avx512<T: Float>(m: usize, n: usize, k: usize, o: View<T>, a: View<T>, b: View<T>, add: bool) {
    // One register of 64 bytes wide, eight rows: wider tiles do not stay in registers.
    // SAFETY: the caller's.
    unsafe {
        if size_of::<T>() == 4 {
            panels::<T, crate::real::Fma, 8, 16, 8>(m, n, k, o, a, b, add)
        } else {
            panels::<T, crate::real::Fma, 8, 8, 4>(m, n, k, o, a, b, add)
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,bmi1,bmi2,lzcnt")]
unsafe fn avx2<T: Float>(m: usize, n: usize, k: usize, o: View<T>, a: View<T>, b: View<T>, add: bool) {
    // SAFETY: the caller's.
    unsafe {
        if size_of::<T>() == 4 {
            panels::<T, crate::real::Fma, 4, 16, 8>(m, n, k, o, a, b, add)
        } else {
            panels::<T, crate::real::Fma, 4, 8, 4>(m, n, k, o, a, b, add)
        }
    }
}

unsafe fn baseline<T: Float>(m: usize, n: usize, k: usize, o: View<T>, a: View<T>, b: View<T>, add: bool) {
    // SAFETY: the caller's.
    unsafe {
        if size_of::<T>() == 4 {
            panels::<T, crate::compile::Lowest, 4, 8, 4>(m, n, k, o, a, b, add)
        } else {
            panels::<T, crate::compile::Lowest, 4, 4, 2>(m, n, k, o, a, b, add)
        }
    }
}

#[repr(align(64))]
struct Panel<T>(MaybeUninit<[[T; WIDEST]; LONGEST]>);

/// Panels of NR columns, the last of NARROW if that holds it.
#[inline(always)]
unsafe fn panels<T: Float, S: InstructionSet, const MR: usize, const NR: usize, const NARROW: usize>(
    m: usize,
    n: usize,
    k: usize,
    o: View<T>,
    a: View<T>,
    b: View<T>,
    add: bool,
) {
    let mut j = 0;
    while j < n {
        let width = (n - j).min(NR);
        // SAFETY: columns j..j+width of the caller's matrices.
        unsafe {
            let o = View(o.0.offset(j as isize * o.2), o.1, o.2);
            let b = View(b.0.offset(j as isize * b.2), b.1, b.2);
            if width <= NARROW {
                panel::<T, S, MR, NARROW>(m, width, k, o, a, b, add);
            } else {
                panel::<T, S, MR, NR>(m, width, k, o, a, b, add);
            }
        }
        j += width;
    }
}

#[inline(always)]
unsafe fn panel<T: Float, S: InstructionSet, const MR: usize, const NR: usize>(
    m: usize,
    width: usize,
    k: usize,
    o: View<T>,
    a: View<T>,
    b: View<T>,
    add: bool,
) {
    let mut packed = Panel::<T>(MaybeUninit::uninit());
    let mut b = b;
    if b.2 != 1 || width < NR {
        let to = packed.0.as_mut_ptr().cast::<T>();
        for p in 0..k {
            // SAFETY: k * NR elements fit the panel; row p of B has `width` columns here.
            unsafe {
                let (from, to) = (b.0.offset(p as isize * b.1), to.add(p * NR));
                if b.2 == 1 {
                    for j in 0..NR {
                        // Reading column 0 again keeps the loop free of branches and in bounds.
                        let v = *from.add(if j < width { j } else { 0 });
                        to.add(j).write(if j < width { v } else { T::ZERO });
                    }
                } else {
                    for j in 0..NR {
                        to.add(j).write(if j < width { *from.offset(j as isize * b.2) } else { T::ZERO });
                    }
                }
            }
        }
        b = View(to, NR as isize, 1);
    }
    let mut i = 0;
    // SAFETY: rows i.. of the caller's matrices.
    unsafe {
        while i + MR <= m {
            tile::<T, S, MR, NR>(i, width, k, o, a, b, add);
            i += MR;
        }
        while i + 2 <= m {
            tile::<T, S, 2, NR>(i, width, k, o, a, b, add);
            i += 2;
        }
        if i < m {
            tile::<T, S, 1, NR>(i, width, k, o, a, b, add);
        }
    }
}

#[inline(always)]
unsafe fn tile<T: Float, S: InstructionSet, const MR: usize, const NR: usize>(
    i: usize,
    width: usize,
    k: usize,
    o: View<T>,
    a: View<T>,
    b: View<T>,
    add: bool,
) {
    let mut acc = [[T::ZERO; NR]; MR];
    // SAFETY: rows i..i+MR of A, k rows of NR columns of B.
    unsafe {
        let a0 = a.0.offset(i as isize * a.1);
        for p in 0..k as isize {
            let row = *b.0.offset(p * b.1).cast::<[T; NR]>();
            for (r, acc) in acc.iter_mut().enumerate() {
                let x = *a0.offset(r as isize * a.1 + p * a.2);
                for (c, y) in acc.iter_mut().zip(row) {
                    *c = T::fused::<S>(x, y, *c);
                }
            }
        }
    }
    for (r, acc) in acc.iter().enumerate() {
        // SAFETY: row i + r of the output has `width` columns here.
        unsafe {
            let to = o.0.offset((i + r) as isize * o.1);
            if o.2 == 1 && width == NR {
                let to = to.cast::<[T; NR]>();
                if add {
                    let mut sum = *to;
                    for (s, v) in sum.iter_mut().zip(acc) {
                        *s = s.plus(*v);
                    }
                    to.write(sum);
                } else {
                    to.write(*acc);
                }
            } else {
                for (j, &v) in acc.iter().enumerate().take(width) {
                    let to = to.offset(j as isize * o.2);
                    to.write(if add { (*to).plus(v) } else { v });
                }
            }
        }
    }
}
