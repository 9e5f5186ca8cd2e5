//! Elementary functions of f64, errors below 2.5 ULP. Depends on real::InstructionSet.
// Constants are written with all the digits of the fit or with exactly the bits a product may have.
#![allow(clippy::excessive_precision, clippy::approx_constant)]

use super::Elementary;
use crate::real::InstructionSet;

/// 1.5 * 2^52: adding it rounds to an integer and leaves that integer in the low bits.
pub(super) const ROUND: f64 = 6_755_399_441_055_744.0;
/// ln 2 in two parts; the first has 33 bits, so that its product with an exponent is exact.
pub(super) const LN2_HIGH: f64 = 0.693_147_180_485_539_1;
pub(super) const LN2_LOW: f64 = 7.440_617_110_012_397e-11;
pub(super) const SIGN: u64 = 1 << 63;

#[inline(always)]
fn fma<I: InstructionSet>(a: f64, b: f64, c: f64) -> f64 {
    f64::fma::<I>(a, b, c)
}

/// x / ln 2 rounded to an integer k, as k + ROUND, and x - k ln 2, for |x| < 2000.
#[inline(always)]
pub(super) fn split<I: InstructionSet>(x: f64) -> (f64, f64) {
    let t = fma::<I>(x, std::f64::consts::LOG2_E, ROUND);
    let n = t - ROUND;
    (t, fma::<I>(n, -LN2_LOW, fma::<I>(n, -LN2_HIGH, x)))
}

/// Coefficients of r^2, r^3, ... in exp(r), |r| <= ln 2 / 2.
pub(super) const EXP: [f64; 10] = [
    0.500_000_000_000_001_061_7,
    0.166_666_666_666_664_127_64,
    0.041_666_666_666_530_264_677,
    0.008_333_333_333_494_338,
    0.001_388_888_894_359_808_927_8,
    0.000_198_412_695_067_689_823_54,
    0.000_024_801_493_135_742_118_032,
    2.755_758_627_569_085_514_5e-6,
    2.763_023_408_899_820_203_2e-7,
    2.500_006_946_353_881_504_3e-8,
];

#[inline(always)]
pub(crate) fn exp<I: InstructionSet>(x: f64) -> f64 {
    // Below this the result is 0 anyway; the comparison lets NaN pass.
    let c = if x < -746.0 { -746.0 } else { x };
    let (t, r) = split::<I>(c);
    let q = f64::polynomial::<I, 10>(r, r * r, EXP);
    let p = fma::<I>(fma::<I>(q, r, 1.0), r, 1.0);
    // ROUND has nothing in its low 12 bits, so this adds k to the exponent; for results that may be
    // denormal k + 128, taken back by a product that rounds once.
    let bits = p.to_bits().wrapping_add(t.to_bits() << 52);
    let low = x < -708.0;
    let value = f64::from_bits(if low { bits.wrapping_add(128 << 52) } else { bits });
    let value = if low { value * 2.938_735_877_055_718_8e-39 } else { value };
    // Overflow, and NaN, whose bits were spoilt.
    if x <= 709.782_712_893_384 { value } else { x + f64::INFINITY }
}

/// top - y d, which is small, exactly.
#[inline(always)]
fn remainder<I: InstructionSet>(top: f64, y: f64, d: f64) -> f64 {
    let (p, low) = super::power::product::<I>(y, d);
    if I::FMA { d.mul_add(-y, top) } else { (top - p) - low }
}

/// 1 / (1 + exp(-x)) from exp(-|x|), which neither overflows nor cancels. What 1 + exp(r) loses is carried along, and the
/// quotient mended by its remainder: the last rounding is nearly the only one.
#[inline(always)]
pub(crate) fn sigmoid<I: InstructionSet>(x: f64) -> f64 {
    let c = -x.abs();
    let c = if c < -746.0 { -746.0 } else { c };
    let (t, r) = split::<I>(c);
    let square = r * r;
    let q = fma::<I>(square, f64::polynomial::<I, 10>(r, square, EXP), r);
    let e = 1.0 + q;
    let e_low = (1.0 - e) + q;
    // As in `exp`; where the result is denormal there is nothing below it to carry.
    let low = c < -708.0;
    let bits = e.to_bits().wrapping_add(t.to_bits() << 52);
    let value = f64::from_bits(if low { bits.wrapping_add(128 << 52) } else { bits });
    let value = if low { value * 2.938_735_877_055_718_8e-39 } else { value };
    let scale = f64::from_bits((t.to_bits() << 52).wrapping_add(1.0_f64.to_bits()));
    let value_low = if low { 0.0 } else { e_low * scale };
    let (top, top_low) = if x < 0.0 { (value, value_low) } else { (1.0, 0.0) };
    let d = 1.0 + value;
    let d_low = ((1.0 - d) + value) + value_low;
    let inverse = 1.0 / d;
    let y = top * inverse;
    let rest = remainder::<I>(top, y, d) + fma::<I>(-y, d_low, top_low);
    let y = fma::<I>(rest, inverse, y);
    if x.is_nan() { x } else { y }
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
    // log(1 + f) = f - s (f - R(s^2)), s = f / (2 + f).
    let s = f / (2.0 + f);
    let z = s * s;
    let p = f64::polynomial::<I, 7>(
        z,
        z * z,
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
    let value = fma::<I>(-s, fma::<I>(-z, p, f), f);
    let value = fma::<I>(k, LN2_HIGH, fma::<I>(k, LN2_LOW, value));
    // Infinity stays; NaN and what is negative become NaN; then zero. Written as comparisons of x with
    // infinity and zero the compiler would gather them into one test of classes, which costs twice as much.
    let value = if x.to_bits() < f64::INFINITY.to_bits() { value } else { fma::<I>(x, f64::INFINITY, f64::INFINITY) };
    if x == 0.0 { f64::NEG_INFINITY } else { value }
}

#[inline(always)]
pub(crate) fn tanh<I: InstructionSet>(x: f64) -> f64 {
    let a = x.abs();
    // tanh(a) = m / (m + 2), m = exp(2a) - 1.
    let a = if a > 20.0 { 20.0 } else { a };
    let (t, r) = split::<I>(a + a);
    let square = r * r;
    let p = fma::<I>(square, f64::polynomial::<I, 10>(r, square, EXP), r);
    let scale = f64::from_bits((t.to_bits() << 52).wrapping_add(1.0f64.to_bits()));
    let m = fma::<I>(scale, p, scale - 1.0);
    let value = m / (m + 2.0);
    f64::from_bits(value.to_bits() | (x.to_bits() & SIGN))
}

/// sin(r + quarter pi / 2), |r| a little over pi / 4 at most.
#[inline(always)]
pub(super) fn sin_reduced<I: InstructionSet>(r: f64, quarter: u64) -> f64 {
    let z = r * r;
    let square = z * z;
    let p = f64::polynomial::<I, 6>(
        z,
        square,
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
        square,
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
    let cos = fma::<I>(fma::<I>(q, z, -0.5), z, 1.0);
    let value = if quarter & 1 == 0 { sin } else { cos };
    f64::from_bits(value.to_bits() ^ ((quarter >> 1) << 63))
}

/// x - n pi / 2, exact but for the last rounding.
#[inline(always)]
pub(super) fn subtract_quarters<I: InstructionSet>(x: f64, n: f64) -> f64 {
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
pub(super) fn limit<I: InstructionSet>() -> f64 {
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
