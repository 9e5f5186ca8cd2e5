//! Random numbers from a counter: number i depends only on the key and i, whatever the threads do.
//! Philox4x32-10 (Salmon, Moraes, Dror, Shaw, 2011). Depends on map, compile and threads.

use crate::drive::GRAIN;
use crate::fold::Shared;
use crate::map::{Float, Map2};
use crate::real::Real;
use crate::threads::for_chunks;
use std::ops::{Add, Div, Mul, Sub};

/// Counters taken together.
const COUNTERS: usize = 64;

/// Four random words for one counter value.
#[inline(always)]
pub fn philox(key: u64, counter: u128) -> [u32; 4] {
    let mut c = [counter as u32, (counter >> 32) as u32, (counter >> 64) as u32, (counter >> 96) as u32];
    let mut k = [key as u32, (key >> 32) as u32];
    for _ in 0..10 {
        let p0 = c[0] as u64 * 0xD251_1F53;
        let p1 = c[2] as u64 * 0xCD9E_8D57;
        c = [(p1 >> 32) as u32 ^ c[1] ^ k[0], p1 as u32, (p0 >> 32) as u32 ^ c[3] ^ k[1], p0 as u32];
        k = [k[0].wrapping_add(0x9E37_79B9), k[1].wrapping_add(0xBB67_AE85)];
    }
    c
}

// The words of n consecutive counters, four arrays of COUNTERS; ins[0] is (key, first counter).
kernels!(words, 1, |n, out, ins, _S| {
    let (key, first) = *ins[0].cast::<(u64, u128)>();
    let out = &mut *out.cast::<[[u32; COUNTERS]; 4]>();
    // The low half counts in the loop; the carry into the high half is rare and taken here.
    let (low, high) = (first as u64, first & !(u64::MAX as u128));
    for i in 0..n.min(COUNTERS) {
        let (low, carry) = low.overflowing_add(i as u64);
        let w = philox(key, high.wrapping_add((carry as u128) << 64) | low as u128);
        for (o, w) in out.iter_mut().zip(w) {
            o[i] = w;
        }
    }
});

macro_rules! box_muller {
    ($name:ident, $f:ident) => {
        /// One of the two normal numbers from u in (0, 1] and v in [0, 1).
        struct $name;
        impl Map2 for $name {
            #[inline(always)]
            fn call<R: Real>(u: R, v: R) -> R
            where
                f64: Add<R, Output = R> + Sub<R, Output = R> + Mul<R, Output = R> + Div<R, Output = R>,
            {
                (-2.0 * u.log()).sqrt() * (v * std::f64::consts::TAU).$f()
            }
        }
    };
}
box_muller!(WithCos, cos);
box_muller!(WithSin, sin);

/// A number in [0, 1) from 24 or 53 bits, or in (0, 1] with `from_one`.
#[inline(always)]
fn unit<T: Float>(high: u32, low: u32, from_one: bool) -> T {
    if size_of::<T>() == 4 {
        T::from_f64(((high >> 8) as i32 + from_one as i32) as f64 / 16_777_216.0)
    } else {
        let bits = ((high as u64) << 32 | low as u64) >> 11;
        T::from_f64((bits as i64 + from_one as i64) as f64 / 9_007_199_254_740_992.0)
    }
}

/// Numbers from `count` counters into `to`: four for each counter of f32, two of f64.
fn numbers<T: Float>(key: u64, counter: u128, count: usize, normal: bool, to: &mut [T; 4 * COUNTERS]) {
    let mut w = [[0u32; COUNTERS]; 4];
    let from = (key, counter);
    // SAFETY: four arrays of COUNTERS, and the pair the kernel wants.
    unsafe { words::get()(count, w.as_mut_ptr().cast(), [(&raw const from).cast()]) };
    let single = size_of::<T>() == 4;
    if !normal {
        for i in 0..count {
            if single {
                for k in 0..4 {
                    to[4 * i + k] = unit(w[k][i], 0, false);
                }
            } else {
                to[2 * i] = unit(w[0][i], w[1][i], false);
                to[2 * i + 1] = unit(w[2][i], w[3][i], false);
            }
        }
        return;
    }
    // f32: words 0, 1 make one pair and 2, 3 the next; f64: all four make one.
    let pairs = if single { 2 } else { 1 };
    for p in 0..pairs {
        let mut uv = [[T::ZERO; COUNTERS]; 2];
        let mut xy = [[T::ZERO; COUNTERS]; 2];
        for i in 0..count {
            let (u, v) = if single {
                ((w[2 * p][i], 0), (w[2 * p + 1][i], 0))
            } else {
                ((w[0][i], w[1][i]), (w[2][i], w[3][i]))
            };
            uv[0][i] = unit(u.0, u.1, true);
            uv[1][i] = unit(v.0, v.1, false);
        }
        let ins = [uv[0].as_ptr().cast::<u8>(), uv[1].as_ptr().cast::<u8>()];
        // SAFETY: arrays of COUNTERS >= count elements, all apart.
        unsafe {
            T::kernel2::<WithCos>()(count, xy[0].as_mut_ptr().cast(), ins);
            T::kernel2::<WithSin>()(count, xy[1].as_mut_ptr().cast(), ins);
        }
        for i in 0..count {
            to[2 * (pairs * i + p)] = xy[0][i];
            to[2 * (pairs * i + p) + 1] = xy[1][i];
        }
    }
}

fn fill<T: Float>(key: u64, offset: u64, out: &mut [T], normal: bool) {
    let each = if size_of::<T>() == 4 { 4 } else { 2 };
    let to = Shared(out.as_mut_ptr());
    for_chunks(out.len(), GRAIN, |range| {
        let mut block = [T::ZERO; 4 * COUNTERS];
        let mut at = range.start;
        while at < range.end {
            let position = offset as u128 + at as u128;
            let skip = (position % each) as usize;
            let count = (COUNTERS * each as usize - skip).min(range.end - at);
            let counters = (skip + count).div_ceil(each as usize);
            numbers(key, position / each, counters, normal, &mut block);
            // SAFETY: at..at+count lies in this chunk of `out`.
            unsafe { std::ptr::copy_nonoverlapping(block.as_ptr().add(skip), to.at(at), count) };
            at += count;
        }
    });
}

/// Uniform in [0, 1): element i depends on `key` and `offset + i` only.
pub fn fill_uniform<T: Float>(key: u64, offset: u64, out: &mut [T]) {
    fill(key, offset, out, false)
}

/// Standard normal (Box and Muller): element i depends on `key` and `offset + i` only.
pub fn fill_normal<T: Float>(key: u64, offset: u64, out: &mut [T]) {
    fill(key, offset, out, true)
}

/// Words of 64 random bits: word i depends on `key` and `offset + i` only; a counter gives two.
pub fn fill_bits(key: u64, offset: u64, out: &mut [u64]) {
    let to = Shared(out.as_mut_ptr());
    for_chunks(out.len(), GRAIN, |range| {
        let mut at = range.start;
        while at < range.end {
            let position = offset as u128 + at as u128;
            let skip = (position % 2) as usize;
            let count = (2 * COUNTERS - skip).min(range.end - at);
            let mut w = [[0u32; COUNTERS]; 4];
            let from = (key, position / 2);
            // SAFETY: four arrays of COUNTERS, and the pair the kernel wants.
            unsafe { words::get()((skip + count).div_ceil(2), w.as_mut_ptr().cast(), [(&raw const from).cast()]) };
            for i in 0..count {
                let (k, half) = ((skip + i) / 2, 2 * ((skip + i) % 2));
                // SAFETY: at + i lies in this chunk of `out`.
                unsafe { *to.at(at + i) = (w[half][k] as u64) << 32 | w[half + 1][k] as u64 };
            }
            at += count;
        }
    });
}
