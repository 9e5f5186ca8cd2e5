//! Compiles an inner loop once for each instruction set. Depends on isa and real.

/// SSE2 has no fused multiply-add, NEON has.
#[cfg(target_arch = "x86_64")]
pub(crate) type Lowest = crate::real::Base;
#[cfg(not(target_arch = "x86_64"))]
pub(crate) type Lowest = crate::real::Fma;

/// An attribute may stand on a closure in argument position only.
#[inline(always)]
pub(crate) fn keep<F>(f: F) -> F {
    f
}

/// Compiles a kernel for each instruction set: `kernels!(name<generics>, inputs, |n, out, ins, S| body)` makes a
/// module `name` whose `get` returns the right one.
macro_rules! kernels {
    ($name:ident $(<$($g:ident: $b:path),*>)?, $n:literal, |$len:ident, $out:ident, $ins:ident, $set:ident| $body:expr) => {
        mod $name {
            use super::*;
            pub(super) unsafe fn baseline<$($($g: $b),*)?>($len: usize, $out: *mut u8, $ins: [*const u8; $n]) {
                type $set = $crate::compile::Lowest;
                // SAFETY: the caller's, see Kernel.
                unsafe { $body }
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma,bmi1,bmi2,lzcnt")]
            pub(super) unsafe fn avx2<$($($g: $b),*)?>($len: usize, $out: *mut u8, $ins: [*const u8; $n]) {
                type $set = $crate::real::Fma;
                // SAFETY: the caller's, see Kernel.
                unsafe { $body }
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma,bmi1,bmi2,lzcnt")]
            pub(super) unsafe fn avx512<$($($g: $b),*)?>($len: usize, $out: *mut u8, $ins: [*const u8; $n]) {
                type $set = $crate::real::Fma;
                // SAFETY: the caller's, see Kernel.
                unsafe { $body }
            }
            #[inline(always)]
            pub(super) fn get<$($($g: $b),*)?>() -> $crate::drive::Kernel<$n> {
                match $crate::isa::isa() {
                    #[cfg(target_arch = "x86_64")]
                    $crate::isa::Isa::Avx512 => avx512::<$($($g),*)?>,
                    #[cfg(target_arch = "x86_64")]
                    $crate::isa::Isa::Avx2 => avx2::<$($($g),*)?>,
                    _ => baseline::<$($($g),*)?>,
                }
            }
        }
    };
}
