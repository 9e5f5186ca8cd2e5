//! Which compiled body of a kernel runs on this CPU: chosen once, then one static load.
//! Depends on nothing.

use std::sync::atomic::{AtomicU8, Ordering};

/// Instruction sets a kernel body is compiled for, weakest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum Isa {
    /// What every CPU of the target has: SSE2 on x86-64, NEON on aarch64.
    Baseline = 1,
    /// AVX2 with FMA.
    Avx2 = 2,
    /// AVX-512 F, VL, DQ and BW.
    Avx512 = 3,
}

static CHOSEN: AtomicU8 = AtomicU8::new(0);

/// The instruction set all kernels use; the environment variable WENGERT_CPU can lower it.
#[inline(always)]
pub fn isa() -> Isa {
    match CHOSEN.load(Ordering::Relaxed) {
        3 => Isa::Avx512,
        2 => Isa::Avx2,
        1 => Isa::Baseline,
        _ => choose(),
    }
}

#[cold]
#[inline(never)]
fn choose() -> Isa {
    let wanted = match std::env::var("WENGERT_CPU").as_deref() {
        Ok("baseline") => Isa::Baseline,
        Ok("avx2") => Isa::Avx2,
        _ => Isa::Avx512,
    };
    let chosen = wanted.min(detected());
    CHOSEN.store(chosen as u8, Ordering::Relaxed);
    chosen
}

/// The best instruction set this CPU has.
pub fn detected() -> Isa {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::is_x86_feature_detected as has;
        let avx2 = has!("avx2") && has!("fma") && has!("bmi1") && has!("bmi2") && has!("lzcnt");
        if avx2 && has!("avx512f") && has!("avx512vl") && has!("avx512dq") && has!("avx512bw") {
            return Isa::Avx512;
        }
        if avx2 {
            return Isa::Avx2;
        }
    }
    Isa::Baseline
}

/// The chosen instruction set and what the CPU would allow, for display.
pub fn features() -> String {
    let name = |isa| match (isa, cfg!(target_arch = "x86_64")) {
        (Isa::Avx512, _) => "AVX-512 (F, VL, DQ, BW)",
        (Isa::Avx2, _) => "AVX2 and FMA",
        (Isa::Baseline, true) => "SSE2",
        (Isa::Baseline, false) => "baseline",
    };
    let (used, best) = (isa(), detected());
    if used == best {
        name(used).to_string()
    } else {
        format!("{} (lowered by WENGERT_CPU from {})", name(used), name(best))
    }
}
