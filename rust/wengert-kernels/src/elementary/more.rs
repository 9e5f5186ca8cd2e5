//! The rarer elementary functions, made of `exp`, `log` and a few polynomials (minimax fits): one text for f32 and f64.
//! Straight-line code as in `f32` and `f64`; errors below 2.5 ULP (tan of f32 3.5). Depends on these and real::InstructionSet.
//!
//! Identities: Abramowitz and Stegun 4.1, 4.4, 4.6 and 7.1; log1p with Kahan's correction; atan in the three ranges of
//! Moshier's Cephes. `erf` is `1 - exp(-x^2) Q(w)` from 1 on, where Q fits exp(x^2) erfc(x) in w = c / (x + c); below 1 a polynomial in x^2 gives erf(x) / x - 1.
#![allow(clippy::excessive_precision, clippy::approx_constant)]

macro_rules! more {
    (
        $module:ident, $t:ident, $bits:ident, mantissa $shift:literal,
        exp2 $exp2_low:literal $exp2_denormal:literal $exp2_high:literal $bias:literal $unbias:literal,
        expm1 $expm1_low:literal $exp_high:literal,
        log10 $log10_2_high:literal $log10_2_low:literal,
        sinh $sinh_high:literal,
        asinh $asinh_large:literal,
        half_pi_low $half_pi_low:literal,
        atan $na:literal [$($atan:literal),*],
        erf $ne:literal [$($erf:literal),*] $erf_end:literal,
        erfcx $nq:literal $c:literal $centre:literal [$($erfcx:literal),*]
    ) => {
        pub(crate) mod $module {
            use crate::elementary::Elementary;
            use crate::elementary::$t::{EXP, ROUND, SIGN, exp, limit, log, sin_reduced, split, subtract_quarters};
            use crate::real::InstructionSet;
            use std::$t::consts;

            #[inline(always)]
            fn fma<I: InstructionSet>(a: $t, b: $t, c: $t) -> $t {
                <$t as Elementary>::fma::<I>(a, b, c)
            }

            #[inline(always)]
            fn with_sign(value: $t, of: $t) -> $t {
                $t::from_bits((value.to_bits() & !SIGN) | (of.to_bits() & SIGN))
            }

            /// 2^(k + shift) for k as `split` gives it.
            #[inline(always)]
            fn scale(k: $t, shift: i32) -> $t {
                let one = (1.0 as $t).to_bits().wrapping_add((shift as $bits) << $shift);
                $t::from_bits((k.to_bits() << $shift).wrapping_add(one))
            }

            /// exp(r) - 1 for |r| <= ln 2 / 2.
            #[inline(always)]
            fn expm1_reduced<I: InstructionSet>(r: $t) -> $t {
                let square = r * r;
                fma::<I>(square, $t::polynomial::<I, { EXP.len() }>(r, square, EXP), r)
            }

            #[inline(always)]
            pub(crate) fn exp2<I: InstructionSet>(x: $t) -> $t {
                let c = if x < $exp2_low { $exp2_low } else { x };
                let t = c + ROUND;
                let r = (c - (t - ROUND)) * consts::LN_2;
                let p = 1.0 + expm1_reduced::<I>(r);
                let bits = p.to_bits().wrapping_add(t.to_bits() << $shift);
                let low = x < $exp2_denormal;
                let value = $t::from_bits(if low { bits.wrapping_add($bias << $shift) } else { bits });
                let value = if low { value * $unbias } else { value };
                if x < $exp2_high { value } else { x + $t::INFINITY }
            }

            #[inline(always)]
            pub(crate) fn expm1<I: InstructionSet>(x: $t) -> $t {
                let c = if x < $expm1_low { $expm1_low } else { x };
                let (k, r) = split::<I>(c);
                // Half of it, because 2^k alone may overflow.
                let half = scale(k, -1);
                let value = 2.0 * fma::<I>(half, expm1_reduced::<I>(r), half - 0.5);
                let value = if x <= $exp_high { value } else { x + $t::INFINITY };
                if x == 0.0 { x } else { value }
            }

            #[inline(always)]
            pub(crate) fn log1p<I: InstructionSet>(x: $t) -> $t {
                let u = 1.0 + x;
                // What the sum lost.
                let lost = (x - (u - 1.0)) / u;
                let lost = if u > 0.0 && u <= $t::MAX { lost } else { 0.0 };
                let value = log::<I>(u) + lost;
                if x == 0.0 { x } else { value }
            }

            /// x = 2^k m with m between sqrt(1/2) and sqrt(2), for positive finite x.
            #[inline(always)]
            fn binary_parts(x: $t) -> ($t, $t) {
                const TWO_TO: $t = (1u64 << $shift) as $t;
                let root_half = consts::FRAC_1_SQRT_2.to_bits();
                let tiny = x < $t::MIN_POSITIVE;
                let y = if tiny { x * TWO_TO } else { x };
                let bits = y.to_bits().wrapping_sub(root_half);
                // k is small: adding it to the bits of 2^mantissa makes it a number without a conversion.
                let biased = bits.wrapping_add(SIGN) >> $shift;
                let offset = TWO_TO + (SIGN >> $shift) as $t;
                let k = $t::from_bits(biased | TWO_TO.to_bits()) - offset;
                let k = if tiny { k - $shift as $t } else { k };
                let m = $t::from_bits((bits & ((1 << $shift) - 1)).wrapping_add(root_half));
                (k, m)
            }

            /// The values that logarithms have outside of 0 < x < infinity.
            #[inline(always)]
            fn log_edges(x: $t, value: $t) -> $t {
                let value = if x <= $t::MAX { value } else { x };
                let value = if x < 0.0 { $t::NAN } else { value };
                if x == 0.0 { $t::NEG_INFINITY } else { value }
            }

            #[inline(always)]
            pub(crate) fn log2<I: InstructionSet>(x: $t) -> $t {
                let (k, m) = binary_parts(x);
                log_edges(x, fma::<I>(log::<I>(m), consts::LOG2_E, k))
            }

            #[inline(always)]
            pub(crate) fn log10<I: InstructionSet>(x: $t) -> $t {
                let (k, m) = binary_parts(x);
                let rest = fma::<I>(log::<I>(m), consts::LOG10_E, k * $log10_2_low);
                log_edges(x, fma::<I>(k, $log10_2_high, rest))
            }

            /// exp(a) / 4 for a >= 0, where exp(a) itself may overflow.
            #[inline(always)]
            fn quarter_exp<I: InstructionSet>(a: $t) -> $t {
                let (k, r) = split::<I>(a);
                scale(k, -2) * (1.0 + expm1_reduced::<I>(r))
            }

            #[inline(always)]
            pub(crate) fn sinh<I: InstructionSet>(x: $t) -> $t {
                let a = x.abs();
                let c = if a > $sinh_high { $sinh_high } else { a };
                let e = expm1::<I>(if a > 1.0 { 1.0 } else { a });
                let near = 0.5 * (e + e / (e + 1.0));
                let q = quarter_exp::<I>(c);
                let far = 2.0 * q - 0.125 / q;
                let far = if a <= $sinh_high { far } else { a + $t::INFINITY };
                with_sign(if a < 1.0 { near } else { far }, x)
            }

            #[inline(always)]
            pub(crate) fn cosh<I: InstructionSet>(x: $t) -> $t {
                let a = x.abs();
                let q = quarter_exp::<I>(if a > $sinh_high { $sinh_high } else { a });
                let value = 2.0 * q + 0.125 / q;
                if a <= $sinh_high { value } else { a + $t::INFINITY }
            }

            #[inline(always)]
            pub(crate) fn asinh<I: InstructionSet>(x: $t) -> $t {
                let a = x.abs();
                let large = a > $asinh_large;
                let c = if large { 1.0 } else { a };
                let square = c * c;
                let near = log1p::<I>(c + square / (1.0 + (1.0 + square).sqrt()));
                let far = log::<I>(a) + consts::LN_2;
                with_sign(if large { far } else { near }, x)
            }

            #[inline(always)]
            pub(crate) fn acosh<I: InstructionSet>(x: $t) -> $t {
                let large = x > $asinh_large;
                let t = if large { 1.0 } else { x - 1.0 };
                let near = log1p::<I>(t + (t * (t + 2.0)).sqrt());
                let value = if large { log::<I>(x) + consts::LN_2 } else { near };
                if x < 1.0 { $t::NAN } else { value }
            }

            #[inline(always)]
            pub(crate) fn atanh<I: InstructionSet>(x: $t) -> $t {
                let a = x.abs();
                let value = 0.5 * log1p::<I>(2.0 * a / (1.0 - a));
                with_sign(value, x)
            }

            #[inline(always)]
            pub(crate) fn tan<I: InstructionSet>(x: $t) -> $t {
                let a = x.abs();
                if I::WIDE && a > limit::<I>() {
                    return x.tan();
                }
                let t = fma::<I>(a, consts::FRAC_2_PI, ROUND);
                let r = subtract_quarters::<I>(a, t - ROUND);
                let sin = sin_reduced::<I>(r, t.to_bits());
                let cos = sin_reduced::<I>(r, t.to_bits().wrapping_add(1));
                let value = sin / cos;
                let value = $t::from_bits(value.to_bits() ^ (x.to_bits() & SIGN));
                if a <= limit::<I>() { value } else { $t::NAN }
            }

            /// atan(num / den) for num and den >= 0, at most one of them 0 or infinite.
            #[inline(always)]
            fn atan_ratio<I: InstructionSet>(num: $t, den: $t) -> $t {
                // Where the ratio is above tan(pi / 8): atan(x) = pi / 4 + atan((x - 1) / (x + 1)); above tan(3 pi / 8):
                // pi / 2 - atan(1 / x).
                let (middle, high) = (num > 0.414_213_562_373_095_03 * den, num > 2.414_213_562_373_095_15 * den);
                let top = if high { -den } else { if middle { num - den } else { num } };
                let bottom = if high { num } else { if middle { num + den } else { den } };
                let base: $t = if high { consts::FRAC_PI_2 } else { if middle { consts::FRAC_PI_4 } else { 0.0 } };
                let low: $t = if high { $half_pi_low } else { if middle { 0.5 * $half_pi_low } else { 0.0 } };
                let y = top / bottom;
                let z = y * y;
                let p = $t::polynomial::<I, $na>(z, z * z, [$($atan),*]);
                base + (y + fma::<I>(y * z, p, low))
            }

            #[inline(always)]
            pub(crate) fn atan<I: InstructionSet>(x: $t) -> $t {
                with_sign(atan_ratio::<I>(x.abs(), 1.0), x)
            }

            /// The angle of the point (x, y).
            #[inline(always)]
            pub(crate) fn atan2<I: InstructionSet>(y: $t, x: $t) -> $t {
                let (a, b) = (y.abs(), x.abs());
                let both = (a == 0.0 && b == 0.0) || (a > $t::MAX && b > $t::MAX);
                // 0 / 0 counts as 0 and infinity / infinity as 1.
                let angle = atan_ratio::<I>(if both { if a > 0.0 { 1.0 } else { 0.0 } } else { a }, if both { 1.0 } else { b });
                let angle = if x.to_bits() & SIGN == 0 { angle } else { consts::PI - (angle - 2.0 * $half_pi_low) };
                let value = with_sign(angle, y);
                // NaN has a sign of its own.
                if x.is_nan() || y.is_nan() { $t::NAN } else { value }
            }

            #[inline(always)]
            pub(crate) fn asin<I: InstructionSet>(x: $t) -> $t {
                let a = x.abs();
                with_sign(atan_ratio::<I>(a, ((1.0 - a) * (1.0 + a)).sqrt()), x)
            }

            #[inline(always)]
            pub(crate) fn acos<I: InstructionSet>(x: $t) -> $t {
                2.0 * atan_ratio::<I>((1.0 - x).sqrt(), (1.0 + x).sqrt())
            }

            #[inline(always)]
            pub(crate) fn erf<I: InstructionSet>(x: $t) -> $t {
                let a = x.abs();
                let a = if a > $erf_end { $erf_end } else { a };
                let z = a * a;
                let near = fma::<I>(a, $t::polynomial::<I, $ne>(z, z * z, [$($erf),*]), a);
                let w = $c / (a + $c) - $centre;
                let q = $t::polynomial::<I, $nq>(w, w * w, [$($erfcx),*]);
                let far = 1.0 - exp::<I>(-z) * q;
                with_sign(if a < 1.0 { near } else { far }, x)
            }

            #[inline(always)]
            pub(crate) fn hypot(x: $t, y: $t) -> $t {
                let (a, b) = (x.abs(), y.abs());
                let (large, small) = if a > b { (a, b) } else { (b, a) };
                let ratio = small / large;
                let value = large * (1.0 + ratio * ratio).sqrt();
                // The sum keeps NaN beside 0.
                let value = if large == 0.0 { large + small } else { value };
                // Infinity wins, over NaN too.
                if a > $t::MAX || b > $t::MAX { $t::INFINITY } else { value }
            }
        }
    };
}

more! {
    single, f32, u32, mantissa 23,
    exp2 -151.0 -126.0 128.0 64 5.421_010_862_427_522e-20,
    expm1 -20.0 88.722_83,
    log10 0.301_025_390_625 4.605_038_981_2e-6,
    sinh 89.415_98,
    asinh 1e6,
    half_pi_low -4.371_139_000_19e-8,
    atan 5 [-0.333_333_317_538_17, 0.199_995_387_947_72, -0.142_638_971_125_99, 0.107_430_996_676_75, -0.064_498_352_245_915],
    erf 7 [0.128_379_165_840_1, -0.376_126_265_976_83, 0.112_835_938_005_97, -0.026_854_168_335_587, 0.005_188_994_224_217_0, -0.000_801_595_618_970_63, 7.872_582_762_234_8e-5] 4.0,
    erfcx 9 2.0 0.5 [0.255_395_676_310_51, 0.854_371_696_623_30, 0.966_632_776_451_43, 0.631_827_785_176_55, 0.059_726_528_437_587, -0.223_806_528_802_69, -0.054_249_957_034_958, 0.120_259_443_479_37, 0.012_768_445_934_962]
}
more! {
    double, f64, u64, mantissa 52,
    exp2 -1076.0 -1022.0 1024.0 128 2.938_735_877_055_718_8e-39,
    expm1 -40.0 709.782_712_893_384,
    log10 0.301_029_995_549_470_2 1.145_110_089_802_183_8e-10,
    sinh 710.475_860_073_943_9,
    asinh 1e12,
    half_pi_low 6.123_233_995_736_766e-17,
    atan 11 [-0.333333333333333301270729, 0.199999999999954791984289, -0.142857142846578935503772, 0.111111110145610136003782, -0.0909090454988461095423765, 0.0769218253511664820240549, -0.0666450221567144710368129, 0.0585806875686151054697255, -0.0508503049281094054326808, 0.0392195525325512940915882, -0.0191620689159025739479580],
    erf 13 [0.12837916709551257376414, -0.376126389031837480043842, 0.112837916709548760403250, -0.0268661706450762693323249, 0.00522397762481263732426009, -0.000854832698050941286987024, 0.000120553310992797980011682, -1.49255949575960262010653e-5, 1.64609953381954120916295e-6, -1.63502562786964984227801e-7, 1.46593838213400675391989e-8, -1.13712918310479529062634e-9, 5.95447158315348232256549e-11] 6.0,
    erfcx 18 3.0 0.5416666666666666 [0.207983291333428812433797, 0.740933636612971913745008, 1.14505218209421571932725, 1.40597242996195635983488, 1.31612338069748632393313, 0.844937501563372884891651, 0.239274175443839434299259, -0.142396801528983441506171, -0.156149210061912548911694, 0.00612291342646945771200622, 0.0736266756443216061683777, 0.00821877696167400327495193, -0.0386069690661894576495382, -0.00428201589049820412335701, 0.0231315403775977473502166, -0.000701380118469194675245007, -0.0132520604879918183967302, 0.00339815885455141301001173]
}
