//! The innermost loop of a matrix product: a few rows by one or two vectors of the output, held in
//! registers, for each instruction set. Depends on map::Float and isa.

use crate::isa::{Isa, isa};
use crate::map::Float;
#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;

/// `rows` (the instance's) rows of a product over k steps: address and strides of A, of B (whose
/// columns are adjacent) and of the output (the same), columns if fewer than a vector, accumulate.
pub(crate) type Tile<T> = unsafe fn(usize, *const T, isize, isize, *const T, isize, *mut T, isize, usize, bool);

/// Most rows of a tile of any instruction set.
pub(crate) const TALLEST: usize = 12;

/// The tiles of one instruction set and type.
pub(crate) struct Tiles<T: 'static> {
    /// Most rows of a tile.
    pub rows: usize,
    /// Elements of a vector.
    pub lanes: usize,
    /// [rows of A are adjacent][two whole vectors rather than one or a part][rows - 1].
    pub table: [[&'static [Tile<T>]; 2]; 2],
}

/// The tiles of one element type.
pub struct Gemm<T: 'static> {
    #[cfg(target_arch = "x86_64")]
    avx512: Tiles<T>,
    #[cfg(target_arch = "x86_64")]
    avx2: Tiles<T>,
    baseline: Tiles<T>,
}

#[inline(always)]
pub(crate) fn tiles<T: Float>() -> &'static Tiles<T> {
    match isa() {
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 => &T::GEMM.avx512,
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => &T::GEMM.avx2,
        _ => &T::GEMM.baseline,
    }
}

/// A vector register. The functions may be called only where the CPU has the register's kind.
trait Vector: Copy {
    type T: Float;
    /// Which of the first lanes take part.
    type Part: Copy;
    const LANES: usize;
    unsafe fn zero() -> Self;
    unsafe fn splat(v: Self::T) -> Self;
    unsafe fn load(from: *const Self::T) -> Self;
    unsafe fn store(self, to: *mut Self::T);
    unsafe fn part(lanes: usize) -> Self::Part;
    /// Zero in the other lanes; their memory is not touched.
    unsafe fn load_part(from: *const Self::T, part: Self::Part) -> Self;
    unsafe fn store_part(self, to: *mut Self::T, part: Self::Part);
    unsafe fn add(self, other: Self) -> Self;
    /// self + a b
    unsafe fn multiply_add(self, a: Self, b: Self) -> Self;
}

/// Rows whose addresses are reckoned from one pointer.
const GROUP: usize = 3;

#[allow(clippy::too_many_arguments)]
#[inline(always)]
unsafe fn tile<V: Vector, const MR: usize, const NV: usize, const ADJACENT: bool>(
    k: usize,
    a: *const V::T,
    ars: isize,
    acs: isize,
    b: *const V::T,
    brs: isize,
    out: *mut V::T,
    ors: isize,
    width: usize,
    add: bool,
) {
    // SAFETY: MR x k elements of A, k x `width` of B, MR x `width` of the output, the caller's; with two
    // vectors `width` is all of both. Pointers that wrap past the end are not read.
    unsafe {
        let part = V::part(width.min(V::LANES));
        let mut acc = [[V::zero(); NV]; MR];
        let mut groups = [a; TALLEST.div_ceil(GROUP)];
        let mut g = 1;
        while g < groups.len() {
            groups[g] = groups[g - 1].wrapping_offset(GROUP as isize * ars);
            g += 1;
        }
        let mut from = b;
        for _ in 0..k {
            let mut row = [V::zero(); NV];
            if NV == 1 {
                row[0] = V::load_part(from, part);
            } else {
                let mut v = 0;
                while v < NV {
                    row[v] = V::load(from.add(v * V::LANES));
                    v += 1;
                }
            }
            let mut r = 0;
            while r < MR {
                let x = if ADJACENT {
                    *groups[0].add(r)
                } else {
                    *groups[r / GROUP].wrapping_offset((r % GROUP) as isize * ars)
                };
                let x = V::splat(x);
                let mut v = 0;
                while v < NV {
                    acc[r][v] = acc[r][v].multiply_add(x, row[v]);
                    v += 1;
                }
                r += 1;
            }
            if ADJACENT {
                groups[0] = groups[0].wrapping_offset(acs);
            } else {
                let mut g = 0;
                while g < MR.div_ceil(GROUP) {
                    groups[g] = groups[g].wrapping_offset(acs);
                    g += 1;
                }
            }
            from = from.wrapping_offset(brs);
        }
        let mut to = out;
        let mut r = 0;
        while r < MR {
            if NV == 1 {
                let sum = if add { V::load_part(to, part).add(acc[r][0]) } else { acc[r][0] };
                sum.store_part(to, part);
            } else {
                let mut v = 0;
                while v < NV {
                    let to = to.add(v * V::LANES);
                    let sum = if add { V::load(to).add(acc[r][v]) } else { acc[r][v] };
                    sum.store(to);
                    v += 1;
                }
            }
            to = to.wrapping_offset(ors);
            r += 1;
        }
    }
}

/// `tile` compiled for one instruction set.
macro_rules! body {
    ($(#[$attribute:meta])* $isa:ident) => {
        $(#[$attribute])*
        #[allow(clippy::too_many_arguments)]
        unsafe fn $isa<V: Vector, const MR: usize, const NV: usize, const ADJACENT: bool>(
            k: usize,
            a: *const V::T,
            ars: isize,
            acs: isize,
            b: *const V::T,
            brs: isize,
            out: *mut V::T,
            ors: isize,
            width: usize,
            add: bool,
        ) {
            // SAFETY: the caller's.
            unsafe { tile::<V, MR, NV, ADJACENT>(k, a, ars, acs, b, brs, out, ors, width, add) }
        }
    };
}
body! {
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma,bmi1,bmi2,lzcnt")]
    avx512
}
body! {
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma,bmi1,bmi2,lzcnt")]
    avx2
}
body! { baseline }

macro_rules! tiles {
    ($isa:ident, $v:ty, $($mr:literal)*) => {
        Tiles {
            rows: [$($mr),*].len(),
            lanes: <$v as Vector>::LANES,
            table: [
                [&[$($isa::<$v, $mr, 1, false>),*], &[$($isa::<$v, $mr, 2, false>),*]],
                [&[$($isa::<$v, $mr, 1, true>),*], &[$($isa::<$v, $mr, 2, true>),*]],
            ],
        }
    };
}

macro_rules! gemm {
    ($name:ident, $t:ty, $zmm:ty, $ymm:ty) => {
        pub(crate) const $name: Gemm<$t> = Gemm {
            #[cfg(target_arch = "x86_64")]
    avx512: tiles!(avx512, $zmm, 1 2 3 4 5 6 7 8 9 10 11 12),
            #[cfg(target_arch = "x86_64")]
    avx2: tiles!(avx2, $ymm, 1 2 3 4 5 6),
    baseline: tiles!(baseline, Lanes<$t, { 16 / size_of::<$t>() }>, 1 2 3 4),
        };
    };
}
gemm!(SINGLE, f32, __m512, __m256);
gemm!(DOUBLE, f64, __m512d, __m256d);

#[cfg(target_arch = "x86_64")]
macro_rules! vector {
    ($v:ident, $t:ty, $part:ty, $lanes:literal, $zero:ident, $splat:ident, $load:ident, $store:ident, $add:ident, $fma:ident,
        |$n:ident| $of:expr, |$from:ident, $p:ident| $load_part:expr, |$x:ident, $to:ident, $q:ident| $store_part:expr) => {
        // SAFETY of all blocks: the instruction set is there, and addresses are the caller's.
        #[allow(clippy::undocumented_unsafe_blocks)]
        impl Vector for $v {
            type T = $t;
            type Part = $part;
            const LANES: usize = $lanes;
            #[inline(always)]
            unsafe fn zero() -> Self {
                unsafe { $zero() }
            }
            #[inline(always)]
            unsafe fn splat(v: $t) -> Self {
                unsafe { $splat(v) }
            }
            #[inline(always)]
            unsafe fn load(from: *const $t) -> Self {
                unsafe { $load(from) }
            }
            #[inline(always)]
            unsafe fn store(self, to: *mut $t) {
                unsafe { $store(to, self) }
            }
            #[inline(always)]
            unsafe fn part($n: usize) -> $part {
                unsafe { $of }
            }
            #[inline(always)]
            unsafe fn load_part($from: *const $t, $p: $part) -> Self {
                unsafe { $load_part }
            }
            #[inline(always)]
            unsafe fn store_part(self, $to: *mut $t, $q: $part) {
                let $x = self;
                unsafe { $store_part }
            }
            #[inline(always)]
            unsafe fn add(self, other: Self) -> Self {
                unsafe { $add(self, other) }
            }
            #[inline(always)]
            unsafe fn multiply_add(self, a: Self, b: Self) -> Self {
                unsafe { $fma(a, b, self) }
            }
        }
    };
}
#[cfg(target_arch = "x86_64")]
vector!(
    __m512,
    f32,
    __mmask16,
    16,
    _mm512_setzero_ps,
    _mm512_set1_ps,
    _mm512_loadu_ps,
    _mm512_storeu_ps,
    _mm512_add_ps,
    _mm512_fmadd_ps,
    |n| _bzhi_u32(0xffff, n as u32) as __mmask16,
    |from, p| _mm512_maskz_loadu_ps(p, from),
    |x, to, p| _mm512_mask_storeu_ps(to, p, x)
);
#[cfg(target_arch = "x86_64")]
vector!(
    __m512d,
    f64,
    __mmask8,
    8,
    _mm512_setzero_pd,
    _mm512_set1_pd,
    _mm512_loadu_pd,
    _mm512_storeu_pd,
    _mm512_add_pd,
    _mm512_fmadd_pd,
    |n| _bzhi_u32(0xff, n as u32) as __mmask8,
    |from, p| _mm512_maskz_loadu_pd(p, from),
    |x, to, p| _mm512_mask_storeu_pd(to, p, x)
);
#[cfg(target_arch = "x86_64")]
vector!(
    __m256,
    f32,
    __m256i,
    8,
    _mm256_setzero_ps,
    _mm256_set1_ps,
    _mm256_loadu_ps,
    _mm256_storeu_ps,
    _mm256_add_ps,
    _mm256_fmadd_ps,
    |n| _mm256_cmpgt_epi32(_mm256_set1_epi32(n as i32), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)),
    |from, p| _mm256_maskload_ps(from, p),
    |x, to, p| _mm256_maskstore_ps(to, p, x)
);
#[cfg(target_arch = "x86_64")]
vector!(
    __m256d,
    f64,
    __m256i,
    4,
    _mm256_setzero_pd,
    _mm256_set1_pd,
    _mm256_loadu_pd,
    _mm256_storeu_pd,
    _mm256_add_pd,
    _mm256_fmadd_pd,
    |n| _mm256_cmpgt_epi64(_mm256_set1_epi64x(n as i64), _mm256_setr_epi64x(0, 1, 2, 3)),
    |from, p| _mm256_maskload_pd(from, p),
    |x, to, p| _mm256_maskstore_pd(to, p, x)
);

/// What every CPU has: plain loops, which the compiler makes vectors of.
#[derive(Clone, Copy)]
struct Lanes<T, const N: usize>([T; N]);

macro_rules! plain {
    ($($t:ident $n:literal)*) => {$(
        // SAFETY of all blocks: addresses are the caller's.
        #[allow(clippy::undocumented_unsafe_blocks, clippy::needless_range_loop)]
        impl Vector for Lanes<$t, $n> {
            type T = $t;
            type Part = usize;
            const LANES: usize = $n;
            #[inline(always)]
            unsafe fn zero() -> Self {
                Lanes([0.0; $n])
            }
            #[inline(always)]
            unsafe fn splat(v: $t) -> Self {
                Lanes([v; $n])
            }
            #[inline(always)]
            unsafe fn load(from: *const $t) -> Self {
                Lanes(unsafe { from.cast::<[$t; $n]>().read_unaligned() })
            }
            #[inline(always)]
            unsafe fn store(self, to: *mut $t) {
                unsafe { to.cast::<[$t; $n]>().write_unaligned(self.0) }
            }
            #[inline(always)]
            unsafe fn part(lanes: usize) -> usize {
                lanes
            }
            #[inline(always)]
            unsafe fn load_part(from: *const $t, part: usize) -> Self {
                let mut v = [0.0; $n];
                for l in 0..$n {
                    if l < part {
                        v[l] = unsafe { *from.add(l) };
                    }
                }
                Lanes(v)
            }
            #[inline(always)]
            unsafe fn store_part(self, to: *mut $t, part: usize) {
                for l in 0..$n {
                    if l < part {
                        unsafe { to.add(l).write(self.0[l]) }
                    }
                }
            }
            #[inline(always)]
            unsafe fn add(self, other: Self) -> Self {
                let mut v = self.0;
                for l in 0..$n {
                    v[l] += other.0[l];
                }
                Lanes(v)
            }
            #[inline(always)]
            unsafe fn multiply_add(self, a: Self, b: Self) -> Self {
                let mut v = self.0;
                for l in 0..$n {
                    v[l] = <$t>::fused::<crate::compile::Lowest>(a.0[l], b.0[l], v[l]);
                }
                Lanes(v)
            }
        }
    )*};
}
plain!(f32 4 f64 2);
