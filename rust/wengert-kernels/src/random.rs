//! Random numbers from a counter: number i depends only on the key and i, whatever the threads do.
//! Philox4x32-10 (Salmon, Moraes, Dror, Shaw, 2011). Depends on threads.

use crate::map::Float;

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

/// Uniform in [0, 1).
pub fn fill_uniform<T: Float>(key: u64, offset: u64, out: &mut [T]) {
    for (i, o) in out.iter_mut().enumerate() {
        let w = philox(key, (offset.wrapping_add(i as u64)) as u128);
        let bits = (w[0] as u64) << 32 | w[1] as u64;
        *o = T::from_f64((bits >> 40) as f64 / (1u64 << 24) as f64);
    }
}

/// Standard normal, by Box and Muller.
pub fn fill_normal<T: Float>(key: u64, offset: u64, out: &mut [T]) {
    for (i, o) in out.iter_mut().enumerate() {
        let w = philox(key, (offset.wrapping_add(i as u64)) as u128);
        let u = (w[0] as f64 + 1.0) / 4294967296.0;
        let v = w[2] as f64 / 4294967296.0;
        *o = T::from_f64((-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos());
    }
}
