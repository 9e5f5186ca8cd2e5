//! Whole kernels of exp, log and sqrt in AVX-512's own instructions (exponents and mantissas taken apart by hardware,
//! tables in registers, reciprocals to start from), which no formula over `Real` reaches. Depends on drive, isa, real.

use crate::drive::Kernel;
use crate::real::Whole;

/// The kernel of f32 that replaces a formula on this CPU.
#[inline(always)]
pub(crate) fn f32(formula: Whole) -> Option<Kernel<1>> {
    #[cfg(target_arch = "x86_64")]
    if matches!(formula, Whole::Log) && crate::isa::isa() == crate::isa::Isa::Avx512 {
        return Some(x86::log_f32);
    }
    let _ = formula;
    None
}

/// The kernel of f64 that replaces a formula on this CPU.
#[inline(always)]
pub(crate) fn f64(formula: Whole) -> Option<Kernel<1>> {
    #[cfg(target_arch = "x86_64")]
    if matches!(formula, Whole::Exp | Whole::Log | Whole::Sqrt) && crate::isa::isa() == crate::isa::Isa::Avx512 {
        return Some(match formula {
            Whole::Exp => x86::exp_f64,
            Whole::Log => x86::log_f64,
            _ => x86::sqrt_f64,
        });
    }
    let _ = formula;
    None
}

#[cfg(target_arch = "x86_64")]
#[allow(clippy::excessive_precision, clippy::approx_constant)]
mod x86 {
    use std::arch::x86_64::*;

    /// Runs over `n` elements, the last register under a mask.
    macro_rules! kernel {
        ($name:ident, $t:ty, $step:literal, $mask:ty, $load:ident, $store:ident, |$x:ident| $body:block) => {
            #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma,bmi1,bmi2,lzcnt")]
            pub(super) unsafe fn $name(n: usize, out: *mut u8, [x]: [*const u8; 1]) {
                let (out, x) = (out.cast::<$t>(), x.cast::<$t>());
                let mut i = 0;
                while i < n {
                    let left = n - i;
                    let mask: $mask = if left >= $step { <$mask>::MAX } else { (1 << left) - 1 };
                    // SAFETY: the mask keeps to the n elements behind each pointer.
                    let $x = unsafe { $load(mask, x.add(i)) };
                    let y = $body;
                    // SAFETY: as above.
                    unsafe { $store(out.add(i), mask, y) };
                    i += $step;
                }
            }
        };
    }

    /// c[0] + c[1] x + ..., even and odd terms in two chains.
    macro_rules! polynomial {
        ($x:expr, $square:expr, $fma:ident, $set:ident, $c:expr) => {{
            let c = $c.map(|c| $set(c));
            let (mut one, mut other) = (c[c.len() - 1], c[c.len() - 2]);
            for k in (0..c.len() - 2).rev() {
                let next = $fma(one, $square, c[k]);
                (one, other) = (other, next);
            }
            $fma(one, $x, other)
        }};
    }

    // exp(x) = 2^k 2^(j/8) exp(r) with j one of 0..8 and |r| <= ln 2 / 16 (Tang, ACM Transactions on Mathematical Software
    // 15, 1989); the exponent is added by VSCALEFPD, which rounds denormal results once. Error below 1 ULP.
    kernel!(exp_f64, f64, 8, __mmask8, _mm512_maskz_loadu_pd, _mm512_mask_storeu_pd, |x| {
        // 1.5 * 2^49: adding it rounds to eighths, and leaves j in the lowest bits.
        let round = _mm512_set1_pd(844_424_930_131_968.0);
        // The second operand passes where one of them is NaN.
        let c = _mm512_max_pd(_mm512_set1_pd(-760.0), _mm512_min_pd(_mm512_set1_pd(720.0), x));
        let t = _mm512_fmadd_pd(c, _mm512_set1_pd(std::f64::consts::LOG2_E), round);
        let n = _mm512_sub_pd(t, round);
        let r = _mm512_fnmadd_pd(n, _mm512_set1_pd(super::super::f64::LN2_HIGH), c);
        let r = _mm512_fnmadd_pd(n, _mm512_set1_pd(super::super::f64::LN2_LOW), r);
        let square = _mm512_mul_pd(r, r);
        let q = polynomial!(
            r,
            square,
            _mm512_fmadd_pd,
            _mm512_set1_pd,
            [
                0.500_000_000_000_025_248_63,
                0.166_666_666_666_673_637_02,
                0.041_666_666_576_872_554_275,
                0.008_333_333_317_042_202_981_4,
                0.001_388_975_619_120_492_137_7,
                0.000_198_424_571_933_866_940_98,
            ]
        );
        let p = _mm512_fmadd_pd(q, square, r);
        let table = _mm512_setr_pd(
            1.0,
            1.090_507_732_665_257_659_2,
            1.189_207_115_002_721_066_7,
            1.296_839_554_651_009_665_9,
            1.414_213_562_373_095_048_8,
            1.542_210_825_407_940_823_6,
            1.681_792_830_507_429_086_1,
            1.834_008_086_409_342_463_5,
        );
        let power = _mm512_permutexvar_pd(_mm512_castpd_si512(t), table);
        _mm512_scalef_pd(_mm512_fmadd_pd(power, p, power), n)
    });

    // x = 2^k (1 + f), 3/4 <= 1 + f < 3/2. log(1 + f) = f - s (f - R(s^2)), s = f / (2 + f), by a reciprocal and what
    // it leaves. VGETEXPPD and VGETMANTPD give infinity for 0 and infinity, NaN below 0 (and for -0, to
    // which 0 is added): nothing is left to mend.
    kernel!(log_f64, f64, 8, __mmask8, _mm512_maskz_loadu_pd, _mm512_mask_storeu_pd, |x| {
        let x = _mm512_add_pd(x, _mm512_setzero_pd());
        let m = _mm512_getmant_pd::<_MM_MANT_NORM_P75_1P5, _MM_MANT_SIGN_NAN>(x);
        let k = _mm512_sub_pd(_mm512_getexp_pd(x), _mm512_getexp_pd(m));
        let f = _mm512_sub_pd(m, _mm512_set1_pd(1.0));
        let d = _mm512_add_pd(m, _mm512_set1_pd(1.0));
        let r = _mm512_rcp14_pd(d);
        let r = _mm512_fmadd_pd(r, _mm512_fnmadd_pd(d, r, _mm512_set1_pd(1.0)), r);
        let s = _mm512_mul_pd(f, r);
        let s = _mm512_fmadd_pd(_mm512_fnmadd_pd(s, d, f), r, s);
        let z = _mm512_mul_pd(s, s);
        let p = polynomial!(
            z,
            _mm512_mul_pd(z, z),
            _mm512_fmadd_pd,
            _mm512_set1_pd,
            [
                0.666_666_666_666_702_356_56,
                0.399_999_999_971_622_923_46,
                0.285_714_292_522_367_377_57,
                0.222_221_482_261_934_673_16,
                0.181_860_147_203_690_874_68,
                0.152_561_671_565_302_644_16,
                0.153_268_319_580_367_137_66,
            ]
        );
        let value = _mm512_fnmadd_pd(s, _mm512_fnmadd_pd(z, p, f), f);
        let low = _mm512_fmadd_pd(k, _mm512_set1_pd(super::super::f64::LN2_LOW), value);
        _mm512_fmadd_pd(k, _mm512_set1_pd(super::super::f64::LN2_HIGH), low)
    });

    // As above by a polynomial in f alone, with 1 + f between sqrt(1/2) and sqrt(2): nearer to 1, its terms round less.
    kernel!(log_f32, f32, 16, __mmask16, _mm512_maskz_loadu_ps, _mm512_mask_storeu_ps, |x| {
        let (one, x) = (_mm512_set1_ps(1.0), _mm512_add_ps(x, _mm512_setzero_ps()));
        let m = _mm512_getmant_ps::<_MM_MANT_NORM_1_2, _MM_MANT_SIGN_NAN>(x);
        let k = _mm512_getexp_ps(x);
        let upper = _mm512_cmp_ps_mask::<_CMP_GT_OQ>(m, _mm512_set1_ps(std::f32::consts::SQRT_2));
        let m = _mm512_mask_mul_ps(m, upper, m, _mm512_set1_ps(0.5));
        let k = _mm512_mask_add_ps(k, upper, k, one);
        let f = _mm512_sub_ps(m, one);
        let square = _mm512_mul_ps(f, f);
        let q = polynomial!(f, square, _mm512_fmadd_ps, _mm512_set1_ps, super::super::f32::LOG);
        _mm512_fmadd_ps(k, _mm512_set1_ps(std::f32::consts::LN_2), _mm512_fmadd_ps(square, q, f))
    });

    // Correctly rounded: from an approximate reciprocal root by Newton's steps for the root and half its reciprocal
    // together, then for the root with what x - g^2 leaves (Markstein, IBM Journal of Research and Development 34,
    // 1990). The divider, which takes 24 cycles a register, is left for arguments whose residue is not exact.
    kernel!(sqrt_f64, f64, 8, __mmask8, _mm512_maskz_loadu_pd, _mm512_mask_storeu_pd, |x| {
        let plain = _mm512_cmp_pd_mask::<_CMP_GT_OQ>(x, _mm512_set1_pd(1e-270))
            & _mm512_cmp_pd_mask::<_CMP_LT_OQ>(x, _mm512_set1_pd(1e300));
        if plain == __mmask8::MAX {
            let half = _mm512_set1_pd(0.5);
            let y = _mm512_rsqrt14_pd(x);
            let (g, h) = (_mm512_mul_pd(x, y), _mm512_mul_pd(half, y));
            let r = _mm512_fnmadd_pd(g, h, half);
            let (g, h) = (_mm512_fmadd_pd(g, r, g), _mm512_fmadd_pd(h, r, h));
            let r = _mm512_fnmadd_pd(g, h, half);
            let (g, h) = (_mm512_fmadd_pd(g, r, g), _mm512_fmadd_pd(h, r, h));
            _mm512_fmadd_pd(_mm512_fnmadd_pd(g, g, x), h, g)
        } else {
            _mm512_sqrt_pd(x)
        }
    });
}
