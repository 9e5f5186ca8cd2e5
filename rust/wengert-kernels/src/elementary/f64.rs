//! Elementary functions of f64, errors below 2.5 ULP. Depends on real::InstructionSet.
// Constants are written with all the digits of the fit or with exactly the bits a product may have.
#![allow(clippy::excessive_precision, clippy::approx_constant)]

use super::Elementary;
use crate::real::InstructionSet;

/// 1.5 * 2^52: adding it rounds to an integer and leaves that integer in the low bits.
const ROUND: f64 = 6_755_399_441_055_744.0;
/// ln 2 in two parts; the first has 33 bits, so that its product with an exponent is exact.
const LN2_HIGH: f64 = 0.693_147_180_485_539_1;
const LN2_LOW: f64 = 7.440_617_110_012_397e-11;
const SIGN: u64 = 1 << 63;

#[inline(always)]
fn fma<I: InstructionSet>(a: f64, b: f64, c: f64) -> f64 {
    f64::fma::<I>(a, b, c)
}

/// The integer k nearest to x / ln 2 (as wrapped bits) and exp(r) - 1 for r = x - k ln 2.
#[inline(always)]
fn expm1_parts<I: InstructionSet>(x: f64) -> (u64, f64) {
    let t = fma::<I>(x, std::f64::consts::LOG2_E, ROUND);
    let n = t - ROUND;
    let r = fma::<I>(n, -LN2_LOW, fma::<I>(n, -LN2_HIGH, x));
    let q = f64::polynomial::<I, 11>(
        r,
        [
            0.500_000_000_000_000_000_95,
            0.166_666_666_666_666_775_25,
            0.041_666_666_666_666_492_413,
            0.008_333_333_333_320_737_898_5,
            0.001_388_888_888_896_840_594_5,
            0.000_198_412_698_886_854_145_77,
            0.000_024_801_587_164_663_754_927,
            2.755_724_136_712_518_899e-6,
            2.755_740_600_871_356_691_4e-7,
            2.511_011_054_020_979_640_6e-8,
            2.087_529_802_820_539_452_9e-9,
        ],
    );
    (t.to_bits().wrapping_sub(ROUND.to_bits()), fma::<I>(r * r, q, r))
}

#[inline(always)]
pub(crate) fn exp<I: InstructionSet>(x: f64) -> f64 {
    // Beyond these the result is 0 or infinite anyway; the comparisons let NaN pass.
    let x = if x > 710.0 { 710.0 } else { x };
    let x = if x < -746.0 { -746.0 } else { x };
    let (k, p) = expm1_parts::<I>(x);
    // In two steps, because 2^k alone may overflow, and a denormal result must round once. The
    // bias keeps the halving unsigned: SSE2 and AVX2 have no arithmetic shift of 64 bits.
    let k = k.wrapping_add(2048);
    let half = k >> 1;
    let scale = |k: u64| f64::from_bits(k.wrapping_sub(1) << 52);
    (1.0 + p) * scale(half) * scale(k.wrapping_sub(half))
}

#[inline(always)]
pub(crate) fn log<I: InstructionSet>(x: f64) -> f64 {
    const ROOT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
    let tiny = x < f64::MIN_POSITIVE;
    let y = if tiny { x * 18_014_398_509_481_984.0 } else { x };
    let bits = y.to_bits().wrapping_sub(ROOT_HALF);
    // x = 2^k (1 + f) with 1 + f between sqrt(1/2) and sqrt(2); k + 2048 is positive, and goes to
    // f64 through the bits of 2^52 because only AVX-512 converts 64-bit integers.
    let biased = bits.wrapping_add(SIGN) >> 52;
    let k = f64::from_bits(biased | 0x4330_0000_0000_0000)
        - (4_503_599_627_370_496.0 + 2048.0)
        - if tiny { 54.0 } else { 0.0 };
    let f = f64::from_bits((bits & 0x000f_ffff_ffff_ffff).wrapping_add(ROOT_HALF)) - 1.0;
    // log(1 + f) = f - f^2 / 2 + s (f^2 / 2 + R(s^2)), s = f / (2 + f).
    let s = f / (2.0 + f);
    let z = s * s;
    let p = f64::polynomial::<I, 7>(
        z,
        [
            0.666_666_666_666_670_950_83,
            0.399_999_999_995_201_166_21,
            0.285_714_287_292_042_263_91,
            0.222_221_991_003_786_189_87,
            0.181_835_709_984_445_919_56,
            0.153_131_792_773_929_157_86,
            0.148_103_626_398_194_210_63,
        ],
    );
    let half_square = 0.5 * f * f;
    let rest = fma::<I>(s, fma::<I>(z, p, half_square), k * LN2_LOW);
    let value = fma::<I>(k, LN2_HIGH, f - (half_square - rest));
    let value = if x == f64::INFINITY { x } else { value };
    let value = if x == 0.0 { f64::NEG_INFINITY } else { value };
    // Negative numbers and NaN.
    if x >= 0.0 { value } else { f64::NAN }
}

#[inline(always)]
pub(crate) fn tanh<I: InstructionSet>(x: f64) -> f64 {
    let a = x.abs();
    // tanh(a) = m / (m + 2), m = exp(2a) - 1.
    let (k, p) = expm1_parts::<I>(if a > 20.0 { 40.0 } else { a + a });
    let scale = f64::from_bits(k.wrapping_add(1023) << 52);
    let m = fma::<I>(scale, p, scale - 1.0);
    let value = m / (m + 2.0);
    f64::from_bits(value.to_bits() | (x.to_bits() & SIGN))
}

/// sin(r + quarter pi / 2), |r| a little over pi / 4 at most.
#[inline(always)]
fn sin_reduced<I: InstructionSet>(r: f64, quarter: u64) -> f64 {
    let z = r * r;
    let p = f64::polynomial::<I, 6>(
        z,
        [
            -0.166_666_666_666_666_421_48,
            0.008_333_333_333_323_662_170_4,
            -0.000_198_412_698_301_443_940_7,
            2.755_731_365_185_318_050_8e-6,
            -2.505_073_457_106_948_877_2e-8,
            1.589_471_058_163_446_382_8e-10,
        ],
    );
    let q = f64::polynomial::<I, 6>(
        z,
        [
            0.041_666_666_666_666_651_329,
            -0.001_388_888_888_888_283_913_8,
            0.000_024_801_587_294_628_005_435,
            -2.755_731_573_861_327_572_1e-7,
            2.087_589_773_868_284_191_9e-9,
            -1.136_798_188_046_904_619_4e-11,
        ],
    );
    let sin = fma::<I>(r * z, p, r);
    // 1 - z / 2 with the rounding error of the difference put back.
    let half = 0.5 * z;
    let near_one = 1.0 - half;
    let cos = near_one + fma::<I>(z * z, q, (1.0 - near_one) - half);
    let value = if quarter & 1 == 0 { sin } else { cos };
    f64::from_bits(value.to_bits() ^ ((quarter >> 1) << 63))
}

/// x - n pi / 2, exact but for the last rounding.
#[inline(always)]
fn subtract_quarters<I: InstructionSet>(x: f64, n: f64) -> f64 {
    if I::FMA {
        let r = fma::<I>(n, -1.570_796_326_794_896_6, x);
        let r = fma::<I>(n, -6.123_233_995_736_765e-17, r);
        fma::<I>(n, -1.082_856_673_921_913_9e-32, r)
    } else {
        // 33 bits a part but the last: products are exact up to `limit`.
        let r = x - n * 1.570_796_326_734_125_6;
        let r = r - n * 6.077_100_506_303_966e-11;
        let r = r - n * 2.022_266_248_711_166_5e-21;
        r - n * 8.4784276603689e-32
    }
}

/// The largest argument that `subtract_quarters` reduces well.
#[inline(always)]
fn limit<I: InstructionSet>() -> f64 {
    if I::FMA { 1e9 } else { 1e6 }
}

#[inline(always)]
pub(crate) fn sin<I: InstructionSet>(x: f64) -> f64 {
    let a = x.abs();
    if I::WIDE && a > limit::<I>() {
        return x.sin();
    }
    let t = fma::<I>(a, std::f64::consts::FRAC_2_PI, ROUND);
    let r = subtract_quarters::<I>(a, t - ROUND);
    let value = sin_reduced::<I>(r, t.to_bits());
    let value = f64::from_bits(value.to_bits() ^ (x.to_bits() & SIGN));
    if a <= limit::<I>() { value } else { f64::NAN }
}

#[inline(always)]
pub(crate) fn cos<I: InstructionSet>(x: f64) -> f64 {
    let a = x.abs();
    if I::WIDE && a > limit::<I>() {
        return x.cos();
    }
    let t = fma::<I>(a, std::f64::consts::FRAC_2_PI, ROUND);
    let r = subtract_quarters::<I>(a, t - ROUND);
    let value = sin_reduced::<I>(r, t.to_bits().wrapping_add(1));
    if a <= limit::<I>() { value } else { f64::NAN }
}

#[inline(always)]
pub(crate) fn pow(x: f64, y: f64) -> f64 {
    x.powf(y)
}
